/** What follows when a ref has moved: events, and the pull requests that follow their head. Runs inside the repository's queue. */
import type { Account, Repo } from '../entities.ts'
import { noreplyAddress, pushedCommitView } from '../views/commit.ts'
import { pullView } from '../views/pull.ts'
import { repositoryPage } from '../views/repository.ts'
import type { RefUpdate, World } from '../world.ts'
import { closeMentioned } from './closing.ts'
import type { Commit } from './commit.ts'
import { diffTrees } from './diff.ts'
import { isAncestor, log } from './history.ts'
import type { PullIssue } from './pull-state.ts'
import { mergeability, pullFacts, pullsOf } from './pull-state.ts'
import type { GitRepository } from './repository.ts'
import { ZERO } from './repository.ts'

/** Commits that one `push` event carries at most. */
const MOST_COMMITS = 20

/** Emits an event of a pull request with its JSON as it is now. */
export async function announcePull(
  world: World,
  repository: Repo,
  issue: PullIssue,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const facts = await pullFacts(world.git.of(repository), issue)
  const view = pullView(world, repository, issue, facts, undefined)
  const payload = { number: issue.number, pull_request: view, ...more }
  world.emit({ event: 'pull_request', action, repository, sender, payload })
}

/** Emits what GitHub emits after a move that has happened. */
export async function announceMove(world: World, move: RefUpdate): Promise<void> {
  const kind = move.ref.startsWith('refs/heads/') ? 'branch' : move.ref.startsWith('refs/tags/') ? 'tag' : undefined
  if (kind === undefined || move.before === move.after) return
  const { repository, actor } = move
  const name = move.ref.replace(/^refs\/(heads|tags)\//, '')
  repository.pushedAt = world.now()
  const emit = (event: string, payload: Record<string, unknown>) =>
    world.emit({ event, action: undefined, repository, sender: actor, payload })
  const facts = { ref: name, ref_type: kind, pusher_type: 'user' }
  if (move.before === undefined) {
    emit('create', { ...facts, master_branch: repository.defaultBranch, description: null })
  }
  emit('push', await pushPayload(world, move))
  if (move.after === undefined) emit('delete', facts)
  if (kind === 'branch') await followPulls(world, move, name)
  if (kind === 'branch' && name === repository.defaultBranch && move.after !== undefined) {
    for (const commit of await pushedCommits(world.git.of(repository), move, move.after)) {
      closeMentioned(world, repository, commit.message, actor)
    }
  }
}

async function pushPayload(world: World, move: RefUpdate): Promise<Record<string, unknown>> {
  const { repository, actor } = move
  const git = world.git.of(repository)
  const head = move.after === undefined ? undefined : await git.commit(move.after)
  const commits = head === undefined ? [] : await pushedCommits(git, move, head.sha)
  const views = await Promise.all(commits.map((commit) => commitOfPush(world, repository, git, commit)))
  const [before, after] = [move.before ?? ZERO, move.after ?? ZERO]
  const range = move.before === undefined ? after.slice(0, 12) : `${before.slice(0, 12)}...${after.slice(0, 12)}`
  const forced =
    move.before !== undefined && move.after !== undefined && !(await isAncestor(git, move.before, move.after))
  return {
    ref: move.ref,
    before,
    after,
    pusher: { name: actor.login, email: noreplyAddress(actor) },
    created: move.before === undefined,
    deleted: move.after === undefined,
    forced,
    base_ref: null,
    compare: `${repositoryPage(world, repository)}/compare/${range}`,
    commits: views,
    head_commit: head === undefined ? null : await commitOfPush(world, repository, git, head),
  }
}

async function pushedCommits(git: GitRepository, move: RefUpdate, head: string): Promise<Commit[]> {
  const others = (await git.refs('refs/heads/')).filter(({ ref }) => ref !== move.ref).map(({ sha }) => sha)
  const not = move.before === undefined ? others : [move.before]
  return (await log(git, head, { not, limit: MOST_COMMITS })).reverse()
}

async function commitOfPush(world: World, repository: Repo, git: GitRepository, commit: Commit) {
  return pushedCommitView(world, repository, commit, await diffTrees(git, commit.parents[0], commit.sha))
}

async function followPulls(world: World, move: RefUpdate, branch: string): Promise<void> {
  const { repository, before, after, actor } = move
  const git = world.git.of(repository)
  for (const issue of pullsOf(repository).filter(({ state }) => state === 'open')) {
    const { pull } = issue
    if (pull.headRef === branch && after !== undefined) {
      pull.headSha = after
      pull.baseSha = (await git.resolve(`refs/heads/${pull.baseRef}`)) ?? pull.baseSha
      issue.updatedAt = world.now()
      await git.forceRef(`refs/pull/${issue.number}/head`, after)
      await announcePull(world, repository, issue, 'synchronize', actor, { before, after })
      world.background(mergeability(world, repository, issue).then(() => undefined))
    } else if (pull.headRef === branch || (pull.baseRef === branch && after === undefined)) {
      await closePull(world, repository, issue, actor)
    } else if (pull.baseRef === branch && after !== undefined) {
      if (await isAncestor(git, pull.headSha, after)) {
        // Somebody merged it by hand and pushed.
        await closePull(world, repository, issue, actor, { sha: after, base: before ?? pull.baseSha })
      } else {
        world.background(mergeability(world, repository, issue).then(() => undefined))
      }
    }
  }
}

/** Closes a pull request, merged or not, tells it, and closes the issues that a merged one names. */
export async function closePull(
  world: World,
  repository: Repo,
  issue: PullIssue,
  actor: Account,
  merged?: { readonly sha: string; readonly base: string },
): Promise<void> {
  const now = world.now()
  issue.state = 'closed'
  issue.closedAt = now
  issue.updatedAt = now
  issue.closedBy = actor
  if (merged !== undefined) {
    issue.pull.mergedAt = now
    issue.pull.mergedBy = actor
    issue.pull.mergeCommitSha = merged.sha
    issue.pull.baseSha = merged.base
  }
  await announcePull(world, repository, issue, 'closed', actor)
  if (merged !== undefined && issue.pull.baseRef === repository.defaultBranch) {
    closeMentioned(world, repository, issue.body ?? '', actor)
  }
}
