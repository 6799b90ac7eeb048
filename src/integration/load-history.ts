/** Reads the commits of an integration's branch, what each of them changed, and what bears on their approval. */
import { structuredPatch } from 'diff'
import { type ApprovableChange, type ApprovalReview, fingerprint } from '../change/approvals.ts'
import { differing } from '../change/files.ts'
import { type HistoryEntry, readHistory } from '../change/history.ts'
import { findReverted, type RevertEntry, type TreeSource } from '../change/revert.ts'
import { parseSnapshots, snapshotPrefix } from '../change/snapshots.ts'
import type { StackEntry } from '../change/stack.ts'
import { isProgramPath } from '../config/job-files.ts'
import type { LogEntry, Repository } from '../repository/repository.ts'
import { UserError } from '../values/errors.ts'
import type { CheckFacts, Hub, ReviewFacts } from './hub.ts'
import type { CommitCache, CommitChanges } from './issue-ports.ts'
import type { HistoryFacts } from './issue-thread.ts'

/** Commits before the head that are asked for the record of approvals. */
const MOST_CHECKS = 15
/** Beyond so many characters a file's lines are not counted. */
const MAX_COUNTED = 400_000

/** One commit with everything that planning a revert needs. */
export interface BranchCommit extends RevertEntry, StackEntry {
  readonly entry: HistoryEntry
  readonly message: string
  readonly changes: CommitChanges
}

/** What the planning of reverts reads. What is no text has a NUL there. */
export function treeSource(repository: Pick<Repository, 'entries' | 'read'>): TreeSource {
  return {
    entries: (commit) => repository.entries(commit),
    read: (commit, path) =>
      repository.read(commit, path).catch((error: unknown) => {
        if (error instanceof UserError) return '\0'
        throw error
      }),
  }
}

interface Range {
  readonly base: string
  readonly head: string
  readonly issue: number
}

/** The commits between base and head along first parents, oldest first. */
export async function readCommits(repository: Repository, range: Range, cache: CommitCache): Promise<BranchCommit[]> {
  const log = await repository.log(range.base, range.head)
  const integration = String(range.issue)
  const history = await readHistory({ log: async () => log }, { ...range, integration })
  const raw = new Map(log.map((entry) => [entry.commit, entry]))
  const commits: BranchCommit[] = []
  for (const entry of history) {
    const { parent, message } = raw.get(entry.commit) as LogEntry
    const changes = cache.get(entry.commit) ?? (await readChanges(repository, parent, entry.commit))
    cache.set(entry.commit, changes)
    const trailers = entry.origin === 'change' ? entry.trailers : undefined
    commits.push({
      ...{ id: entry.id, commit: entry.commit, parent, paths: changes.paths, entry, message, changes },
      depends: trailers?.depends ?? [],
      reverts: trailers?.kind === 'revert' ? trailers.reverts : [],
      ...{ action: trailers?.kind === 'revert' ? trailers.action : undefined, tree: entry.tree },
    })
  }
  return commits
}

async function readChanges(repository: Repository, parent: string, commit: string): Promise<CommitChanges> {
  const [before, after] = [await repository.entries(parent), await repository.entries(commit)]
  const paths = differing(before, after)
  let [added, removed] = [0, 0]
  for (const path of paths) {
    const [old, fresh] = [await textOf(repository, parent, path, before), await textOf(repository, commit, path, after)]
    if (old.length > MAX_COUNTED || fresh.length > MAX_COUNTED) continue
    const patch = structuredPatch(path, path, old, fresh, undefined, undefined, { context: 0 })
    for (const line of patch.hunks.flatMap((hunk) => hunk.lines)) {
      if (line.startsWith('+')) added += 1
      else if (line.startsWith('-')) removed += 1
    }
  }
  return { paths, added, removed }
}

/** Empty for a file that is not there, or is no text: nobody counts its lines. */
async function textOf(
  repository: Repository,
  commit: string,
  path: string,
  entries: ReadonlyMap<string, string>,
): Promise<string> {
  if (!entries.has(path)) return ''
  return (await repository.read(commit, path).catch(() => undefined)) ?? ''
}

/** Facts for the approvals. `reviews` and the check runs are read only where there is a pull request. */
export async function loadHistory(
  hub: Hub,
  repository: Repository,
  range: Range & { readonly pull: number | undefined; readonly main: string },
  cache: CommitCache,
): Promise<HistoryFacts> {
  const commits = await readCommits(repository, range, cache)
  const entries = await repository.entries(range.head)
  const changes = approvable(commits, entries)
  const tree = commits.at(-1)?.entry.tree ?? ''
  const edited = await editedPrograms(repository, [commits[0]?.parent ?? range.base, range.main], entries)
  const commands = commits.flatMap(({ entry }) =>
    entry.origin === 'change' && entry.trailers.kind === 'revert' && entry.trailers.command !== undefined
      ? [entry.trailers.command]
      : [],
  )
  const fingerprints = Object.fromEntries(changes.map((change) => [change.id, change.fingerprint]))
  const snapshots = parseSnapshots(
    String(range.issue),
    range.pull === undefined ? new Map() : await repository.references(snapshotPrefix(String(range.issue))),
  )
  const timeline = commits.map((commit) => ({
    ...{ id: commit.id, commit: commit.commit, parent: commit.parent, tree: commit.tree },
    ...{
      reverts: commit.reverts,
      action: commit.action,
      title: commit.entry.subject,
      message: commit.message,
      at: commit.entry.at,
    },
    ...{ added: commit.changes.added, removed: commit.changes.removed },
    by: commit.entry.origin === 'change' ? (askedBy(commit) ?? 'graft') : (commit.entry.login ?? ''),
  }))
  const none = { tree, edited, changes, commands, fingerprints, timeline, snapshots, reviews: [], record: '' }
  if (range.pull === undefined) return none
  const { check, record } = await readRecord(hub, [range.head, ...commits.map(({ commit }) => commit).reverse()])
  const reviews: ApprovalReview[] = []
  for (const review of await hub.reviews(range.pull)) {
    const seen = await seenIn(repository, review, commits, changes)
    reviews.push({
      ...{ login: review.author.login, kind: review.author.kind, state: review.state, at: review.submittedAt },
      fingerprints: seen,
    })
  }
  return { ...none, reviews, record, ...(check === undefined ? {} : { check }) }
}

/**
 * Paths of what runs the tests that the branch changed. What a merge of the default branch brought in is none of them, and
 * what is on neither side any more is.
 */
async function editedPrograms(
  repository: Repository,
  [began, main]: readonly [string, string],
  head: ReadonlyMap<string, string>,
): Promise<string[]> {
  const [before, now] = [await repository.entries(began), await repository.entries(main)]
  const paths = new Set([...before.keys(), ...now.keys(), ...head.keys()].filter(isProgramPath))
  return [...paths].filter((path) => head.get(path) !== before.get(path) && head.get(path) !== now.get(path)).sort()
}

function approvable(commits: readonly BranchCommit[], entries: ReadonlyMap<string, string>): ApprovableChange[] {
  const reverted = findReverted(commits)
  const byId = new Map(commits.map((commit) => [commit.id, commit]))
  return commits
    .filter(({ id }) => !id.startsWith('r'))
    .map(({ id, commit, entry, paths, changes, depends, message }) => {
      const revert = reverted.get(id)
      const own = entry.origin === 'change'
      return {
        ...{ id, origin: entry.origin, kind: own ? entry.trailers.kind : undefined },
        ...{ title: entry.subject, why: own ? reasonOf(message) : '', commit, files: paths, depends },
        ...{ added: changes.added, removed: changes.removed },
        author: own ? undefined : entry.login,
        reverted: revert === undefined ? undefined : takenBy(byId.get(revert), revert),
        fingerprint: fingerprint(entries, paths),
      }
    })
}

function takenBy(commit: BranchCommit | undefined, revert: string): ApprovableChange['reverted'] {
  const common = { revert, commit: commit?.commit ?? '' }
  if (commit?.action !== 'reject') return common
  return { ...common, rejected: { by: askedBy(commit), reason: reasonOf(commit.message) } }
}

/** Whoever asked for a commit of Graft's by a command. */
function askedBy({ entry }: BranchCommit): string | undefined {
  return entry.origin === 'change' && entry.trailers.kind === 'revert' ? entry.trailers.by : undefined
}

/** The second paragraph of a message of ours. */
function reasonOf(message: string): string {
  return (message.split(/\n[ \t]*\n/)[1] ?? '').replaceAll('\n', ' ').slice(0, 500)
}

/** The check run of the head, and the record of the newest commit that has one: a new commit begins without. */
async function readRecord(
  hub: Hub,
  commits: readonly string[],
): Promise<{ readonly check?: CheckFacts; readonly record: string }> {
  const [head, ...before] = [...new Set(commits)].slice(0, MOST_CHECKS)
  const check = head === undefined ? undefined : await hub.check(head)
  if (check !== undefined) return { check, record: check.record }
  for (const commit of before) {
    const older = await hub.check(commit)
    if (older !== undefined) return { record: older.record }
  }
  return { record: '' }
}

/** What a reviewer saw: the content of every change that was there at the commit of the review. */
async function seenIn(
  repository: Repository,
  review: ReviewFacts,
  commits: readonly BranchCommit[],
  changes: readonly ApprovableChange[],
): Promise<Record<string, string>> {
  const place = commits.findIndex(({ commit }) => commit === review.commit)
  // A commit that is no longer in the history says nothing about what is.
  if (review.state !== 'approved' || place < 0) return {}
  const there = new Set(commits.slice(0, place + 1).map(({ id }) => id))
  const entries = await repository.entries(review.commit)
  return Object.fromEntries(
    changes.flatMap(({ id, files }) => (there.has(id) ? [[id, fingerprint(entries, files)]] : [])),
  )
}
