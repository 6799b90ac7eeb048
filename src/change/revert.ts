/**
 * What a revert does: the files of its commit, or why nothing is done. Pure but for reading file contents.
 *
 * History is never rewritten: a revert is a new commit, and bringing back what was taken back is a revert of that commit.
 */
import type { FileEdit, Repository } from '../repository/repository.ts'
import { traceConflict } from './conflict-lines.ts'
import { editOf, type Files, sameVersion, type Version } from './files.ts'
import type { LineRange } from './merge.ts'
import type { RevertAction } from './trailers.ts'
import { mergeTrees } from './tree-merge.ts'

/** One commit of the branch. */
export interface RevertEntry {
  /** `c1` of Graft, `u1` of people, `r1` for a revert. */
  readonly id: string
  readonly commit: string
  /** First parent. */
  readonly parent: string
  /** Paths whose content differs between `parent` and `commit`, deleted ones too. */
  readonly paths: readonly string[]
  readonly depends: readonly string[]
  /** Of a revert: what it takes back, all of it earlier in the history. Else empty. */
  readonly reverts: readonly string[]
  /** Of a revert that is more than that: see `Trailers`. */
  readonly action?: RevertAction | undefined
}

export interface RevertInput {
  /** Every commit of the branch along first parents, oldest first; the last one is the head. */
  readonly history: readonly RevertEntry[]
  /** What is to be taken back: changes, people's changes, reverts. */
  readonly ids: readonly string[]
  readonly source: TreeSource
}

/** Where trees and contents come from. Asked only for commits of the history and the parent of its first one. */
export interface TreeSource {
  readonly entries: Repository['entries']
  /** As `Repository.read`, each content once; what is no text may come in any form with a NUL in it. */
  readonly read: (commit: string, path: string) => Promise<string | undefined>
}

/** An edit that a later change wrote over. */
export interface RevertConflict {
  readonly path: string
  /** Of the file at the head. */
  readonly lines: LineRange
  /** Later changes that wrote these lines. */
  readonly by: readonly string[]
}

export type RevertResult =
  /** `ids`: what the commit takes back, newest first. `files` may be empty, when the head has nothing of it any more. */
  | { readonly type: 'clean'; readonly ids: readonly string[]; readonly files: readonly FileEdit[] }
  | { readonly type: 'unknown'; readonly id: string }
  /** Not there to be taken back, or what would be brought back takes it a second time; `revert` took it. */
  | { readonly type: 'already_reverted'; readonly id: string; readonly revert: string }
  | {
      readonly type: 'refused'
      /** Live changes that depend on what would be taken back, in the order of the history. */
      readonly dependents: readonly string[]
      /** Reverts that took what a change needs that would be brought back. */
      readonly needs: readonly string[]
      readonly conflicts: readonly RevertConflict[]
      /** The smallest set found that contains `ids` and can be taken back cleanly, in the order of the history. */
      readonly offer: readonly string[] | undefined
    }

/** With more than so many extra changes only all of them are offered: each further one doubles the sets to try. */
const MAX_EXTRA = 7

/**
 * Works out a revert. A change that others depend on is not taken back alone; an edit that a later change wrote over is not
 * taken back at all. In both cases a larger set that works is offered when there is one.
 */
export async function planRevert(input: RevertInput): Promise<RevertResult> {
  const { history } = input
  const known = new Map(history.map((entry) => [entry.id, entry]))
  const revertedBy = findReverted(history)
  const ids = new Set(input.ids)
  for (const id of ids) {
    if (!known.has(id)) return { type: 'unknown', id }
    const revert = revertedBy.get(id)
    if (revert !== undefined) return { type: 'already_reverted', id, revert }
  }
  const twice = takenTwice(history, ids)
  if (twice !== undefined) return { type: 'already_reverted', ...twice }
  const source = remember(history, input.source)
  const missing = unmet(history, revertedBy, ids)
  const first = await attempt(history, ids, source)
  if (missing.dependents.length === 0 && missing.needs.length === 0 && first.conflicts.length === 0) {
    return { type: 'clean', ids: newestFirst(history, ids).map((entry) => entry.id), files: first.files }
  }
  const offer = await findOffer(history, revertedBy, ids, source)
  return { type: 'refused', ...missing, conflicts: first.conflicts, offer }
}

/** What is not in force, with the live revert that took it. */
export function findReverted(history: readonly Pick<RevertEntry, 'id' | 'reverts'>[]): Map<string, string> {
  const reverted = new Map<string, string>()
  for (const entry of history.toReversed()) {
    if (reverted.has(entry.id)) continue
    for (const id of entry.reverts) if (!reverted.has(id)) reverted.set(id, entry.id)
  }
  return reverted
}

/**
 * Something that two reverts would take back at once: brought back by one of them, its text would be there while the other one
 * still says that it is not.
 */
function takenTwice(
  history: readonly RevertEntry[],
  ids: ReadonlySet<string>,
): { readonly id: string; readonly revert: string } | undefined {
  const after = findReverted([...history, { id: '', reverts: [...ids] }])
  const taker = new Map<string, string>()
  for (const entry of history) {
    if (after.has(entry.id)) continue
    for (const id of entry.reverts) {
      const other = taker.get(id)
      if (other !== undefined) return { id, revert: other }
      if (ids.has(id)) return { id, revert: entry.id }
      taker.set(id, entry.id)
    }
  }
  return undefined
}

/** Id of the next revert of a history. */
export function nextRevertId(history: readonly Pick<RevertEntry, 'id'>[]): string {
  const numbers = history.flatMap(({ id }) => (/^r\d+$/.test(id) ? [Number(id.slice(1))] : []))
  return `r${Math.max(0, ...numbers) + 1}`
}

/** Trees by their commits, and contents. */
interface Source {
  readonly files: (commit: string) => Promise<Files>
  readonly read: TreeSource['read']
}
type Reverted = ReadonlyMap<string, string>

/** Dependencies that would not be in force after `ids` were taken back, transitively. */
function unmet(history: readonly RevertEntry[], before: Reverted, ids: ReadonlySet<string>) {
  const after = findReverted([...history, { id: 'r', reverts: [...ids] }])
  const lost = new Set([...after.keys()].filter((id) => !before.has(id)))
  const dependents: string[] = []
  const needs = new Set<string>()
  for (const entry of history) {
    if (after.has(entry.id)) continue
    for (const id of entry.depends) {
      const revert = before.get(id)
      if (lost.has(id)) {
        // What depends on a dependent is one as well.
        lost.add(entry.id)
        if (!dependents.includes(entry.id)) dependents.push(entry.id)
      } else if (revert !== undefined && after.has(id) && before.has(entry.id)) needs.add(revert)
    }
  }
  return { dependents, needs: [...needs] }
}

interface Attempt {
  readonly files: readonly FileEdit[]
  readonly conflicts: readonly RevertConflict[]
}

/** Takes back each of `ids`, newest first, by merging the step from its commit to its parent into what is there. */
async function attempt(history: readonly RevertEntry[], ids: ReadonlySet<string>, source: Source): Promise<Attempt> {
  const head = history.at(-1)
  if (head === undefined) return { files: [], conflicts: [] }
  const before = await source.files(head.commit)
  let present = before
  const touched = new Set<string>()
  const conflicts: RevertConflict[] = []
  for (const entry of newestFirst(history, ids)) {
    const [base, theirs] = [await source.files(entry.commit), await source.files(entry.parent)]
    const merged = await mergeTrees(base, present, theirs, entry.paths)
    for (const { path, ours, range } of merged.conflicts) {
      // Lines are followed under one name; of a file that was renamed, all of it is meant.
      const followed = ours === path ? range : undefined
      const traced = await traceConflict({ history, from: entry, path: ours, range: followed, read: source.read })
      conflicts.push({ path: ours, lines: traced.lines, by: authors(history, traced.writers, ids) })
    }
    if (merged.edits.size > 0) present = overlaid(present, merged.edits)
    for (const path of merged.edits.keys()) touched.add(path)
  }
  const files = [...touched].sort().flatMap((path): FileEdit[] => {
    const [old, now] = [before.get(path), present.get(path)]
    return sameVersion(old, now) ? [] : [editOf(path, old, now)]
  })
  return { files, conflicts }
}

function overlaid(files: Files, edits: ReadonlyMap<string, Version | undefined>): Files {
  const next = new Map(files)
  for (const [path, version] of edits) {
    if (version === undefined) next.delete(path)
    else next.set(path, version)
  }
  return next
}

/** Of the writers those in force that are not taken back anyway; changes rather than reverts. */
function authors(history: readonly RevertEntry[], writers: readonly string[], ids: ReadonlySet<string>): string[] {
  const reverted = findReverted(history)
  const live = writers.filter((id) => !reverted.has(id) && !ids.has(id))
  const changes = live.filter((id) => !id.startsWith('r'))
  return changes.length > 0 ? changes : live
}

/** Adds what is in the way until nothing is, then looks for the fewest of the added that suffice. */
async function findOffer(
  history: readonly RevertEntry[],
  reverted: Reverted,
  ids: ReadonlySet<string>,
  source: Source,
): Promise<string[] | undefined> {
  const works = async (set: ReadonlySet<string>) => {
    if (takenTwice(history, set) !== undefined) return { clean: false, obstacles: [] }
    const { dependents, needs } = unmet(history, reverted, set)
    if (dependents.length + needs.length > 0) return { clean: false, obstacles: [...dependents, ...needs] }
    const { conflicts } = await attempt(history, set, source)
    return { clean: conflicts.length === 0, obstacles: conflicts.flatMap((conflict) => conflict.by) }
  }
  const all = new Set(ids)
  for (let state = await works(all); !state.clean; state = await works(all)) {
    const added = state.obstacles.filter((id) => !all.has(id))
    // What a revert in the set would bring back cannot be taken back by the same commit.
    if (added.length === 0 || added.some((id) => reverted.has(id))) return undefined
    for (const id of added) all.add(id)
  }
  const extra = [...all].filter((id) => !ids.has(id))
  if (extra.length > 1 && extra.length <= MAX_EXTRA) {
    for (const subset of subsets(extra)) {
      const set = new Set([...ids, ...subset])
      if ((await works(set)).clean) return inOrder(history, set)
    }
  }
  return inOrder(history, all)
}

/** Every proper subset with at least one element, the smallest first. */
function subsets(items: readonly string[]): string[][] {
  const count = 2 ** items.length - 1
  const all = Array.from({ length: count - 1 }, (_, index) =>
    items.filter((_, place) => ((index + 1) >> place) % 2 === 1),
  )
  return all.sort((a, b) => a.length - b.length)
}

function newestFirst(history: readonly RevertEntry[], ids: ReadonlySet<string>): RevertEntry[] {
  return history.filter((entry) => ids.has(entry.id)).reverse()
}

function inOrder(history: readonly RevertEntry[], ids: ReadonlySet<string>): string[] {
  return history.flatMap((entry) => (ids.has(entry.id) ? [entry.id] : []))
}

/** Asks for each tree and each content once, a content at the commit that wrote it: a later one has the same. */
function remember(history: readonly RevertEntry[], source: TreeSource): Source {
  const contents = new Map<string, Promise<string | undefined>>()
  const trees = new Map<string, Promise<Files>>()
  const places = new Map(history.map((entry, index) => [entry.commit, index]))
  const read: TreeSource['read'] = (commit, path) => {
    const writer = history.slice(0, (places.get(commit) ?? -1) + 1).findLast((entry) => entry.paths.includes(path))
    const place = writer?.commit ?? history[0]?.parent ?? commit
    const key = `${place}:${path}`
    const content = contents.get(key) ?? source.read(place, path)
    contents.set(key, content)
    return content
  }
  const files = async (commit: string): Promise<Files> => {
    const found = [...(await source.entries(commit))].map(([path, entry]): [string, Version] => {
      const [mode = '', object = ''] = entry.split(' ')
      return [path, { mode, object, text: async () => textOrNone(await read(commit, path)) }]
    })
    return new Map(found)
  }
  return {
    read,
    files(commit) {
      const known = trees.get(commit) ?? files(commit)
      trees.set(commit, known)
      return known
    },
  }
}

function textOrNone(content: string | undefined): string | undefined {
  return content?.includes('\0') === true ? undefined : content
}
