/**
 * The check run `graft` where there is nothing to check: on pull requests that are none of Graft's and on the heads of merge
 * queues. Without it, a repository that requires the check could merge nothing else.
 *
 * A check run belongs to a commit, not to a pull request, and everybody can open a pull request (from a fork, too) whose head
 * is a commit of an integration. So what holds commits of an open integration never gets success here.
 */
import { parseTrailers } from '../change/trailers.ts'
import type { Repository } from '../repository/repository.ts'
import { formatIntegrationBranch, parseIntegrationBranch, SETUP_BRANCH } from '../values/branches.ts'
import { UserError } from '../values/errors.ts'
import type { CheckContent, Hub, PullFacts } from './hub.ts'

/** What else is to be looked at: the pull request is one of Graft's. */
export type PullOutcome = { readonly subject?: string }

type Commits = Pick<Repository, 'head' | 'log'>

const NONE: CheckContent = {
  ...{ status: 'completed', conclusion: 'success', title: 'Nothing to check', text: '', record: '', buttons: [] },
  summary: 'This is none of the integrations of Graft, so there is nothing to approve and nothing to test.',
}

const HELD: CheckContent = {
  ...{ status: 'completed', conclusion: 'action_required', text: '', record: '', buttons: [] },
  title: 'Holds commits of an open integration',
  summary:
    'Commits of an integration of Graft are approved and tested in its own pull request. Merge that one first, or take its commits out of this branch.',
}

/** Posts success on an open pull request that is none of ours; answers whose it is otherwise. Never touches one of ours. */
export async function reconcilePull(hub: Hub, commits: Commits, number: number): Promise<PullOutcome> {
  const pull = await hub.pull(number)
  if (pull === undefined) return {}
  if (pull.sameRepository) {
    if (pull.head.ref === SETUP_BRANCH) return { subject: 'setup' }
    const issue = parseIntegrationBranch(pull.head.ref)?.issue
    if (issue !== undefined) return { subject: `issue:${issue}` }
  }
  if (pull.state === 'open') await postNone(hub, commits, pull)
  return {}
}

/** A merge queue builds a commit of its own from pull requests that were green already. */
export async function reconcileGroup(hub: Hub, commit: string): Promise<void> {
  await post(hub, commit, NONE)
}

/** Posts that there is nothing to check, unless there is. */
export async function postNone(hub: Hub, commits: Commits, pull: PullFacts): Promise<void> {
  const { sha } = pull.head
  if (!(await holdsIntegration(hub, commits, pull))) return post(hub, sha, NONE)
  // A check run that stands there already may be the integration's own.
  if ((await hub.check(sha)) === undefined) await hub.createCheck(sha, HELD)
}

async function post(hub: Hub, commit: string, content: CheckContent): Promise<void> {
  const check = await hub.check(commit)
  if (check?.status === 'completed' && check.conclusion === 'success') return
  if (check === undefined) await hub.createCheck(commit, content)
  else await hub.updateCheck(check.id, content)
}

/** Whether among the commits are some that Graft made for an integration whose pull request is not closed yet. */
async function holdsIntegration(hub: Hub, commits: Commits, { base, head }: PullFacts): Promise<boolean> {
  const below = (await commits.head(base.ref)) ?? base.sha
  let entries: Awaited<ReturnType<Commits['log']>>
  try {
    entries = await commits.log(below, head.sha)
  } catch (error) {
    // So many commits that nobody can look through them: it is not said that there is nothing.
    if (error instanceof UserError) return true
    throw error
  }
  const numbers = new Set(
    entries.flatMap(({ ours, message }) => (ours ? (parseTrailers(message)?.integration ?? []) : [])).map(Number),
  )
  for (const issue of numbers) {
    if (!Number.isSafeInteger(issue)) continue
    for (const branch of await hub.branches(formatIntegrationBranch({ issue, backend: '' }))) {
      const pulls = await hub.pullsOf(branch)
      if (pulls.length === 0 || pulls.some(({ state }) => state === 'open')) return true
    }
  }
  return false
}
