/**
 * What a revert does: the files of its commit, or why nothing is done. Pure but for reading file contents.
 *
 * History is never rewritten: a revert is a new commit, and bringing back what was taken back is a revert of that commit.
 */
import type { FileChange } from '../values/plan.ts'
import { isText, traceConflict } from './conflict-lines.ts'
import type { LineRange } from './merge.ts'
import { merge } from './merge.ts'

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
}

export interface RevertInput {
  /** Every commit of the branch along first parents, oldest first; the last one is the head. */
  readonly history: readonly RevertEntry[]
  /** What is to be taken back: changes, people's changes, reverts. */
  readonly ids: readonly string[]
  /**
   * Content of a file at a commit, byte for byte, or undefined when there is none (`Repository.read`). Asked only for commits of
   * the history and the parent of its first one, each content once. What is not text may come in any form with a NUL in it.
   */
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
  | { readonly type: 'clean'; readonly ids: readonly string[]; readonly files: readonly FileChange[] }
  | { readonly type: 'unknown'; readonly id: string }
  /** Not there to be taken back; `revert` took it. */
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
  const read = remember(history, input.read)
  const missing = unmet(history, revertedBy, ids)
  const first = await attempt(history, ids, read)
  if (missing.dependents.length === 0 && missing.needs.length === 0 && first.conflicts.length === 0) {
    return { type: 'clean', ids: newestFirst(history, ids).map((entry) => entry.id), files: first.files }
  }
  const offer = await findOffer(history, revertedBy, ids, read)
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

/** Id of the next revert of a history. */
export function nextRevertId(history: readonly Pick<RevertEntry, 'id'>[]): string {
  const numbers = history.flatMap(({ id }) => (/^r\d+$/.test(id) ? [Number(id.slice(1))] : []))
  return `r${Math.max(0, ...numbers) + 1}`
}

type Read = RevertInput['read']
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
  readonly files: readonly FileChange[]
  readonly conflicts: readonly RevertConflict[]
}

/** Takes back each of `ids`, newest first, by merging the step from its commit to its parent into what is there. */
async function attempt(history: readonly RevertEntry[], ids: ReadonlySet<string>, read: Read): Promise<Attempt> {
  const head = history.at(-1)
  if (head === undefined) return { files: [], conflicts: [] }
  const present = new Map<string, string | undefined>()
  const conflicts: RevertConflict[] = []
  for (const entry of newestFirst(history, ids)) {
    for (const path of entry.paths) {
      const [after, before] = [await read(entry.commit, path), await read(entry.parent, path)]
      const ours = present.has(path) ? present.get(path) : await read(head.commit, path)
      const text = isText(after) && isText(before) && isText(ours)
      // Deleting needs no text where nobody has written the file since.
      const alone = history.findLast((later) => later.paths.includes(path)) === entry
      const merged = text || (before === undefined && alone) ? merge(after, ours, before) : undefined
      if (merged?.type === 'merged') present.set(path, merged.content)
      else {
        const lined = text && after !== undefined && before !== undefined && ours !== undefined
        const ranges = lined ? (merged?.conflicts.map((conflict) => conflict.wanted) ?? []) : [undefined]
        for (const range of ranges) {
          const traced = await traceConflict({ history, from: entry, path, range, read })
          conflicts.push({ path, lines: traced.lines, by: authors(history, traced.writers, ids) })
        }
      }
    }
  }
  const files: FileChange[] = []
  for (const [path, content] of present) {
    if (content === (await read(head.commit, path))) continue
    files.push({ path, content: content ?? null, why: `without ${[...ids].join(', ')}` })
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { files, conflicts }
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
  read: Read,
): Promise<string[] | undefined> {
  const works = async (set: ReadonlySet<string>) => {
    const { dependents, needs } = unmet(history, reverted, set)
    if (dependents.length + needs.length > 0) return { clean: false, obstacles: [...dependents, ...needs] }
    const { conflicts } = await attempt(history, set, read)
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

/** Asks for each content once, and at the commit that wrote it: a later one has the same. */
function remember(history: readonly RevertEntry[], read: Read): Read {
  const known = new Map<string, Promise<string | undefined>>()
  return (commit, path) => {
    const writer = history
      .slice(0, history.findIndex((entry) => entry.commit === commit) + 1)
      .findLast((entry) => entry.paths.includes(path))
    const place = writer?.commit ?? history[0]?.parent ?? commit
    const key = `${place}:${path}`
    const content = known.get(key) ?? read(place, path)
    known.set(key, content)
    return content
  }
}
