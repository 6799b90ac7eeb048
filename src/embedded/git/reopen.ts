/** Opening a closed pull request again. */
import type { ApiError } from '../answers.ts'
import { invalid } from '../answers.ts'
import type { Account, Repo } from '../entities.ts'
import type { World } from '../world.ts'
import { announcePull } from './announce.ts'
import { isAncestor } from './history.ts'
import type { PullIssue } from './pull-state.ts'
import { mergeability, openPull } from './pull-state.ts'

/** Opens it and tells it. Throws ApiError 422 where GitHub does not: it was merged, or its branches are not what they were. */
export async function reopenPull(world: World, repository: Repo, issue: PullIssue, account: Account): Promise<void> {
  const git = world.git.of(repository)
  const { pull } = issue
  if (pull.mergedAt !== null) throw never('The pull request cannot be reopened.')
  const [head, base] = await Promise.all([pull.headRef, pull.baseRef].map((name) => git.resolve(`refs/heads/${name}`)))
  if (head === undefined) throw never(`The ${pull.headRef} branch has been deleted.`)
  if (base === undefined) throw never(`The ${pull.baseRef} branch has been deleted.`)
  if (!(await isAncestor(git, pull.headSha, head))) {
    throw never(`The ${pull.headRef} branch was force-pushed or recreated.`)
  }
  if (openPull(repository, pull.headRef, pull.baseRef) !== undefined) {
    throw never(`There is already an open pull request from ${repository.owner.login}:${pull.headRef}.`)
  }
  Object.assign(issue, { state: 'open', stateReason: null, closedAt: null, closedBy: null, updatedAt: world.now() })
  pull.headSha = head
  pull.baseSha = base
  await git.forceRef(`refs/pull/${issue.number}/head`, head)
  world.background(mergeability(world, repository, issue).then(() => undefined))
  await announcePull(world, repository, issue, 'reopened', account)
}

function never(reason: string): ApiError {
  const message = `state cannot be changed. ${reason}`
  return invalid('Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }])
}
