/** What git says of a pull request: commits, files, whether it merges. Computed once for each pair of base and head. */
import type { Issue, Pull, Repo } from '../entities.ts'
import type { World } from '../world.ts'
import type { Commit } from './commit.ts'
import type { FileDiff } from './diff.ts'
import { diffTrees } from './diff.ts'
import { log, mergeBase } from './history.ts'
import { mergeCommit, rebaseCommits } from './merge.ts'
import type { GitRepository } from './repository.ts'

/** A pull request with its thread. */
export interface PullIssue extends Issue {
  pull: Pull
}

export interface PullFacts {
  readonly commits: readonly Commit[]
  readonly files: readonly FileDiff[]
}

export interface Mergeability {
  /** Commit under `refs/pull/N/merge`; undefined on a conflict. */
  readonly merge: string | undefined
  readonly rebaseable: boolean
}

interface Known<T> {
  readonly key: string
  readonly value: Promise<T>
}

const facts = new WeakMap<Pull, Known<PullFacts>>()
const merges = new WeakMap<Pull, Known<Mergeability>>()
const asked = new WeakMap<Pull, string>()

export function isPullIssue(issue: Issue): issue is PullIssue {
  return issue.pull !== undefined
}

/** All pull requests of a repository, open or not. */
export function pullsOf(repository: Repo): PullIssue[] {
  return [...repository.issues.values()].filter(isPullIssue)
}

/** The open pull request from one branch into another one, of which there is at most one. */
export function openPull(repository: Repo, headRef: string, baseRef: string): PullIssue | undefined {
  return pullsOf(repository).find(
    ({ state, pull }) => state === 'open' && pull.headRef === headRef && pull.baseRef === baseRef,
  )
}

/** Commit that the pull request is compared with: the base branch's head while it is open, afterwards that of the time. */
async function baseOf(git: GitRepository, issue: PullIssue): Promise<string> {
  if (issue.state === 'closed') return issue.pull.baseSha
  return (await git.resolve(`refs/heads/${issue.pull.baseRef}`)) ?? issue.pull.baseSha
}

/** Commits (oldest first) and files of a pull request, against the point where it left its base. */
export async function pullFacts(git: GitRepository, issue: PullIssue): Promise<PullFacts> {
  const [base, head] = [await baseOf(git, issue), issue.pull.headSha]
  return once(facts, issue.pull, `${base} ${head}`, async () => {
    const [commits, from] = await Promise.all([
      log(git, head, { not: [base], oldestFirst: true }),
      mergeBase(git, base, head),
    ])
    return { commits, files: await diffTrees(git, from ?? base, head) }
  })
}

/** Computes the merge of base and head and keeps `refs/pull/N/merge` at it. */
export async function mergeability(world: World, repository: Repo, issue: PullIssue): Promise<Mergeability> {
  const git = world.git.of(repository)
  const [base, head] = [await baseOf(git, issue), issue.pull.headSha]
  return once(merges, issue.pull, `${base} ${head}`, async () => {
    const who = { name: 'GitHub', email: 'noreply@github.com', date: new Date(world.now()) }
    const merge = await mergeCommit(git, {
      base,
      head,
      message: `Merge ${head} into ${base}`,
      author: who,
      committer: who,
    })
    const rebased = await rebaseCommits(git, { base, head, committer: who })
    // A conflict leaves the last merge that worked where it was, as on GitHub.
    if (merge !== undefined) await git.forceRef(`refs/pull/${issue.number}/merge`, merge)
    return { merge, rebaseable: merge !== undefined && rebased !== undefined }
  })
}

/**
 * What `GET pulls/N` shows: undefined the first time that it is asked after base or head moved, as GitHub computes in the
 * background and then says `mergeable: null`.
 */
export async function shownMergeability(
  world: World,
  repository: Repo,
  issue: PullIssue,
): Promise<Mergeability | undefined> {
  const key = `${await baseOf(world.git.of(repository), issue)} ${issue.pull.headSha}`
  const first = asked.get(issue.pull) !== key
  asked.set(issue.pull, key)
  const computed = mergeability(world, repository, issue)
  if (!first) return computed
  world.background(computed.then(() => undefined))
  return undefined
}

function once<T>(cache: WeakMap<Pull, Known<T>>, pull: Pull, key: string, compute: () => Promise<T>): Promise<T> {
  const known = cache.get(pull)
  if (known?.key === key) return known.value
  const value = compute()
  cache.set(pull, { key, value })
  value.catch(() => {
    if (cache.get(pull)?.value === value) cache.delete(pull)
  })
  return value
}
