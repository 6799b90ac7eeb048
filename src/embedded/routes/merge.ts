/** The merge button: three methods, and everything that GitHub answers instead of merging. */
import { z } from 'zod'
import { ApiError, invalid } from '../answers.ts'
import type { Account, MergeMethod, Repo } from '../entities.ts'
import { announceMove, closePull } from '../git/announce.ts'
import type { Commit } from '../git/commit.ts'
import { isAncestor, log } from '../git/history.ts'
import type { MergeInput } from '../git/merge.ts'
import { mergeCommit, rebaseCommits, squashCommit } from '../git/merge.ts'
import { moveRef, refuseWorkflowPaths } from '../git/move.ts'
import { missingChecks, rulesFor } from '../git/protection.ts'
import type { PullIssue } from '../git/pull-state.ts'
import { pullFacts } from '../git/pull-state.ts'
import type { GitRepository } from '../git/repository.ts'
import { repositoryUrl } from '../views/repository.ts'
import type { Answer, Call, Route } from '../world.ts'
import { signatureOf } from './git-data.ts'
import { pullOf } from './pulls.ts'

const ONE = '/repos/{owner}/{repo}/pulls/{pull_number}'
const CONTENTS = { name: 'contents', level: 'write' } as const
const READ = { name: 'pull_requests', level: 'read' } as const
const WRITE = { name: 'pull_requests', level: 'write' } as const

const mergeInput = z.object({
  commit_title: z.string().nullish(),
  commit_message: z.string().nullish(),
  sha: z.string().nullish(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
})
const branchInput = z.object({ expected_head_sha: z.string().optional() })

const NAMES = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' } as const

function refused(message: string): ApiError {
  return new ApiError(405, message)
}

async function merge(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const input = call.parse(mergeInput)
  const { world, repository, account } = call
  const git = world.git.of(repository)
  return git.exclusive(async () => {
    const base = await git.resolve(`refs/heads/${issue.pull.baseRef}`)
    if (issue.state === 'closed' || base === undefined) throw refused('Pull Request is not mergeable')
    if (issue.pull.draft) throw refused('Pull Request is still a draft')
    if (input.sha && input.sha !== issue.pull.headSha) {
      throw new ApiError(409, 'Head branch was modified. Review and try the merge again.')
    }
    if (!repository.mergeMethods.includes(input.merge_method)) {
      throw refused(`${NAMES[input.merge_method]} are not allowed on this repository.`)
    }
    refuseProtected(repository, issue, account)
    const { files } = await pullFacts(git, issue)
    const paths = files.flatMap(({ filename, previous }) =>
      previous === undefined ? [filename] : [filename, previous],
    )
    refuseWorkflowPaths(world, call.actor, repository, paths)
    const title = input.commit_title ?? undefined
    const message = input.commit_message ?? undefined
    const after = await merged(call, git, issue, base, { method: input.merge_method, title, message })
    // Rebased commits are by whoever pressed the button; GitHub signs only what it makes itself.
    if (input.merge_method !== 'rebase') world.signed.add(after)
    const ref = `refs/heads/${issue.pull.baseRef}`
    await git.setRef(ref, base, after)
    // Closed before the push is told: it must not look like a merge by hand.
    await closePull(world, repository, issue, account, { sha: after, base })
    await announceMove(world, { repository, ref, before: base, after, actor: account })
    return { status: 200, body: { sha: after, merged: true, message: 'Pull Request successfully merged' } }
  })
}

function refuseProtected(repository: Repo, issue: PullIssue, account: Account): void {
  const { baseRef, headSha } = issue.pull
  const missing = missingChecks(repository, baseRef, headSha)
  if (missing !== undefined) throw refused(missing)
  const login = account.login.toLowerCase()
  if (!rulesFor(repository, baseRef).every(({ allow }) => allow.some((each) => each.toLowerCase() === login))) {
    throw refused("You're not authorized to push to this branch.")
  }
}

interface How {
  readonly method: MergeMethod
  readonly title: string | undefined
  readonly message: string | undefined
}

async function merged(call: Call, git: GitRepository, issue: PullIssue, base: string, how: How): Promise<string> {
  const { world, repository, account } = call
  const date = new Date(world.now())
  const github = { name: 'GitHub', email: 'noreply@github.com', date }
  const head = issue.pull.headSha
  const shared = { base, head, committer: github }
  const presser = signatureOf(account, date)
  switch (how.method) {
    case 'merge': {
      const title =
        how.title ?? `Merge pull request #${issue.number} from ${repository.owner.login}/${issue.pull.headRef}`
      return made(mergeCommit(git, { ...shared, author: presser, message: joined(title, how.message ?? issue.title) }))
    }
    case 'squash':
      return made(
        squashCommit(git, await squashInput(git, issue, how, { ...shared, author: signatureOf(issue.user, date) })),
      )
    case 'rebase': {
      const after = await rebaseCommits(git, { base, head, committer: presser })
      if (after === undefined) throw refused("This branch can't be rebased")
      return after
    }
  }
}

async function made(commit: Promise<string | undefined>): Promise<string> {
  const sha = await commit
  if (sha === undefined) throw refused('Pull Request is not mergeable')
  return sha
}

/** One commit keeps its own words, several are listed under the pull request's title, as GitHub's default has it. */
async function squashInput(
  git: GitRepository,
  issue: PullIssue,
  how: How,
  input: Omit<MergeInput, 'message'>,
): Promise<MergeInput> {
  const commits = await log(git, input.head, { not: [input.base], oldestFirst: true })
  const own = commits.filter(({ parents }) => parents.length < 2)
  const [only] = own
  const alone = own.length === 1 && only !== undefined ? parts(only) : undefined
  const title = how.title ?? `${alone?.subject ?? issue.title} (#${issue.number})`
  const listed = own.map((commit) => `* ${commit.message}`).join('\n\n')
  return { ...input, message: joined(title, how.message ?? alone?.body ?? listed) }
}

function parts(commit: Commit): { subject: string; body: string } {
  const [subject = '', body = ''] = commit.message.split(/\n\n?(.*)/s)
  return { subject, body }
}

function joined(title: string, body: string): string {
  return body === '' ? title : `${title}\n\n${body}`
}

function isMerged(call: Call): Answer {
  if (pullOf(call).pull.mergedAt === null) throw new ApiError(404, 'Not Found')
  return { status: 204 }
}

/** The button that merges the base into the head. */
async function updateBranch(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const input = call.parse(branchInput)
  const { world, repository, actor, account } = call
  const git = world.git.of(repository)
  return git.exclusive(async () => {
    const { headRef, headSha, baseRef } = issue.pull
    if (input.expected_head_sha !== undefined && input.expected_head_sha !== headSha) {
      throw invalid("expected head sha didn't match current head ref.")
    }
    const base = await git.resolve(`refs/heads/${baseRef}`)
    if (base === undefined || issue.state === 'closed') throw invalid('The pull request is not open.')
    if (await isAncestor(git, base, headSha)) throw invalid('There are no new commits on the base branch.')
    const date = new Date(world.now())
    const after = await mergeCommit(git, {
      base: headSha,
      head: base,
      message: `Merge branch '${baseRef}' into ${headRef}`,
      author: signatureOf(account, date),
      committer: { name: 'GitHub', email: 'noreply@github.com', date },
    })
    if (after === undefined) throw invalid(`merge conflict between base and head`)
    world.signed.add(after)
    await moveRef(world, { repository, ref: `refs/heads/${headRef}`, before: headSha, after, actor, account })
    const url = `${repositoryUrl(world, repository)}/pulls/${issue.number}`
    return { status: 202, body: { message: 'Updating pull request branch.', url } }
  })
}

export const mergeRoutes: readonly Route[] = [
  { method: 'PUT', path: `${ONE}/merge`, access: CONTENTS, handler: merge },
  { method: 'GET', path: `${ONE}/merge`, access: READ, handler: isMerged },
  { method: 'PUT', path: `${ONE}/update-branch`, access: WRITE, handler: updateBranch },
]
