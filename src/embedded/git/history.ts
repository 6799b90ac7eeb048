/** How commits stand to each other. */
import type { Commit } from './commit.ts'
import type { GitRepository } from './repository.ts'
import { gitText, runGit } from './run.ts'

/** Commits that are walked one by one before git is asked: most questions are about the last few. */
const STEPS = 40

/** Whether `head` has everything that `base` has. */
export async function isAncestor(repository: GitRepository, base: string, head: string): Promise<boolean> {
  if (base === head || (await straightPath(repository, base, head)) !== undefined) return true
  const { code } = await runGit(repository.dir, ['merge-base', '--is-ancestor', base, head], { accept: [0, 1] })
  return code === 0
}

/** Best common ancestor, or undefined for histories that have none. */
export async function mergeBase(repository: GitRepository, one: string, other: string): Promise<string | undefined> {
  if (one === other || (await straightPath(repository, one, other)) !== undefined) return one
  const { code, stdout } = await runGit(repository.dir, ['merge-base', one, other], { accept: [0, 1] })
  return code === 0 ? stdout.toString('utf8').trim() : undefined
}

/** Commits from `head` (first) down to `base` (left out) where each has one parent and there are few; undefined otherwise. */
async function straightPath(repository: GitRepository, base: string, head: string): Promise<Commit[] | undefined> {
  const path: Commit[] = []
  for (let at: string | undefined = head; at !== base && path.length < STEPS; ) {
    const commit: Commit | undefined = at === undefined ? undefined : await repository.commit(at)
    if (commit === undefined || commit.parents.length !== 1) return undefined
    path.push(commit)
    at = commit.parents[0]
  }
  return path.at(-1)?.parents[0] === base ? path : undefined
}

export interface LogOptions {
  /** What the listed commits are not reachable from. */
  readonly not?: readonly string[]
  readonly path?: string
  readonly oldestFirst?: boolean
  readonly skip?: number
  readonly limit?: number
  /** ISO times. */
  readonly since?: string
  readonly until?: string
}

/** Commits that `head` has, newest first, unless asked otherwise. */
export async function log(repository: GitRepository, head: string, options: LogOptions = {}): Promise<Commit[]> {
  const { not = [], oldestFirst, ...others } = options
  const [base] = not
  if (base !== undefined && not.length === 1 && Object.keys(others).length === 0) {
    const straight = head === base ? [] : await straightPath(repository, base, head)
    if (straight !== undefined) return oldestFirst === true ? straight.reverse() : straight
  }
  const args = ['rev-list', oldestFirst === true ? '--topo-order' : '--date-order']
  if (oldestFirst === true) args.push('--reverse')
  if (options.skip !== undefined) args.push(`--skip=${options.skip}`)
  if (options.limit !== undefined) args.push(`--max-count=${options.limit}`)
  if (options.since !== undefined) args.push(`--since=${options.since}`)
  if (options.until !== undefined) args.push(`--until=${options.until}`)
  args.push(head, ...not.map((name) => `^${name}`), '--')
  if (options.path !== undefined) args.push(`:(literal)${options.path}`)
  const lines = (await gitText(repository.dir, args)).split('\n').filter((line) => line !== '')
  const commits = await Promise.all(lines.map((sha) => repository.commit(sha)))
  return commits.filter((commit) => commit !== undefined)
}

/** How many commits each of the two has that the other has not. */
export async function distance(
  repository: GitRepository,
  base: string,
  head: string,
): Promise<{ ahead: number; behind: number }> {
  const text = await gitText(repository.dir, ['rev-list', '--left-right', '--count', `${base}...${head}`])
  const [behind = 0, ahead = 0] = text.split('\t').map(Number)
  return { ahead, behind }
}

/** First commit that is in no branch or tag and touches a workflow file, with that file: what an App may need leave for. */
export async function newWorkflowFile(repository: GitRepository, head: string): Promise<string | undefined> {
  const known = ['--not', '--branches', '--tags', '--', '.github/workflows']
  const [sha] = (await gitText(repository.dir, ['rev-list', head, ...known])).split('\n')
  if (sha === undefined || sha === '') return undefined
  const names = ['diff-tree', '--root', '-r', '-m', '--no-commit-id', '--name-only', sha, '--', '.github/workflows']
  return (await gitText(repository.dir, names)).split('\n')[0]
}
