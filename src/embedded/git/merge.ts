/** The three ways to merge, computed without a working tree. Nothing is pointed to by a ref here. */
import type { Commit, Signature } from './commit.ts'
import { writeCommit } from './commit.ts'
import { log, mergeBase } from './history.ts'
import type { GitRepository } from './repository.ts'
import { gitText, runGit } from './run.ts'

/** Tree of the two commits merged, or undefined on a conflict. */
export async function mergeTrees(repository: GitRepository, ours: string, theirs: string): Promise<string | undefined> {
  const base = await mergeBase(repository, ours, theirs)
  if (base === undefined) return undefined
  if (base === ours) return repository.treeOf(theirs)
  if (base === theirs) return repository.treeOf(ours)
  const args = ['merge-tree', '--write-tree', '--no-messages', ours, theirs]
  const { code, stdout } = await runGit(repository.dir, args, { accept: [0, 1] })
  return code === 0 ? stdout.toString('utf8').split('\n')[0] : undefined
}

export interface MergeInput {
  readonly base: string
  readonly head: string
  readonly message: string
  readonly author: Signature
  readonly committer: Signature
}

/** Commit with two parents, or undefined on a conflict. */
export async function mergeCommit(repository: GitRepository, input: MergeInput): Promise<string | undefined> {
  const tree = await mergeTrees(repository, input.base, input.head)
  return tree === undefined
    ? undefined
    : writeCommit(repository.objects, { ...input, tree, parents: [input.base, input.head] })
}

/** One commit on the base with all that the head changed, or undefined on a conflict. */
export async function squashCommit(repository: GitRepository, input: MergeInput): Promise<string | undefined> {
  const tree = await mergeTrees(repository, input.base, input.head)
  return tree === undefined ? undefined : writeCommit(repository.objects, { ...input, tree, parents: [input.base] })
}

/**
 * Each commit of the head made anew on the base, authors kept, merges left out as git does it; the last one's SHA, or
 * undefined on a conflict.
 */
export async function rebaseCommits(
  repository: GitRepository,
  input: { readonly base: string; readonly head: string; readonly committer: Signature },
): Promise<string | undefined> {
  const commits = await log(repository, input.head, { not: [input.base], oldestFirst: true })
  let onto = input.base
  for (const commit of commits) {
    if (commit.parents.length > 1) continue
    const tree = await replay(repository, commit, onto)
    if (tree === undefined) return undefined
    const fields = { tree, parents: [onto], author: commit.author, committer: input.committer, message: commit.message }
    onto = await writeCommit(repository.objects, fields)
  }
  return onto
}

/**
 * Tree of what a commit changed, put onto another one. git 2.39 takes no merge base by hand, so it gets three commits of which
 * the first is the parent of the others.
 */
async function replay(repository: GitRepository, commit: Commit, onto: string): Promise<string | undefined> {
  const [before] = commit.parents
  if (before === onto) return commit.tree
  const [theirs, ours] = [commit.tree, await repository.treeOf(onto)]
  const base =
    before === undefined ? await gitText(repository.dir, ['mktree'], { input: '' }) : await repository.treeOf(before)
  const who = commit.author
  const make = (tree: string, parents: readonly string[]) =>
    writeCommit(repository.objects, { tree, parents, author: who, committer: who, message: 'merge base' })
  const root = await make(base, [])
  return mergeTrees(repository, await make(ours, [root]), await make(theirs, [root]))
}
