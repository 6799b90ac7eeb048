/**
 * The check run `graft` where there is nothing to check: on pull requests that are none of Graft's and on the heads of merge
 * queues. Without it, a repository that requires the check could merge nothing else.
 */
import { parseIntegrationBranch, SETUP_BRANCH } from '../values/branches.ts'
import type { CheckContent, Hub } from './hub.ts'

/** What else is to be looked at: the pull request is one of Graft's. */
export type PullOutcome = { readonly subject?: string }

/** Posts success on an open pull request that is none of ours; answers whose it is otherwise. Never touches one of ours. */
export async function reconcilePull(hub: Hub, number: number): Promise<PullOutcome> {
  const pull = await hub.pull(number)
  if (pull === undefined) return {}
  if (pull.sameRepository) {
    if (pull.head.ref === SETUP_BRANCH) return { subject: 'setup' }
    const issue = parseIntegrationBranch(pull.head.ref)?.issue
    if (issue !== undefined) return { subject: `issue:${issue}` }
  }
  if (pull.state === 'open') await postSuccess(hub, pull.head.sha)
  return {}
}

/** A merge queue builds a commit of its own from pull requests that were green already. */
export async function reconcileGroup(hub: Hub, commit: string): Promise<void> {
  await postSuccess(hub, commit)
}

/** Posts success unless it is there. Only for commits that are none of an integration's. */
export async function postSuccess(hub: Hub, commit: string): Promise<void> {
  const check = await hub.check(commit)
  if (check?.status === 'completed' && check.conclusion === 'success') return
  const content: CheckContent = {
    ...{ status: 'completed', conclusion: 'success', title: 'Nothing to check', text: '', record: '', buttons: [] },
    summary: 'This is none of the integrations of Graft, so there is nothing to approve and nothing to test.',
  }
  if (check === undefined) await hub.createCheck(commit, content)
  else await hub.updateCheck(check.id, content)
}
