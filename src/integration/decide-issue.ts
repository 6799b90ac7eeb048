/** The decision function of the GitHub side: given all that is known of a request, the next steps. Pure and total. */
import type { Faces } from './decide-commands.ts'
import { decidePull } from './decide-pull.ts'
import { decideRequest } from './decide-request.ts'
import { recordOf, statusDecision } from './decide-status.ts'
import { type Decision, NOTHING } from './issue-step.ts'
import type { IssueThread } from './issue-thread.ts'

/**
 * Returns the steps that can be done now, in their order; afterwards the facts are read again. No steps: nothing is left to do
 * until somebody does something, or until the time that `again` names.
 */
export function decideIssue(thread: IssueThread, faces: Faces): Decision {
  const { setup, asked, issue, branch, pull } = thread
  if (issue.isPull) return NOTHING
  if (branch === undefined && asked.type === 'nothing') return NOTHING
  if (setup.type === 'invalid') {
    const { type: _, ...place } = setup
    return statusDecision(thread, faces.views, {
      ...{ step: stepOf(thread), state: { type: 'settings_invalid', ...place }, record: recordOf(thread) },
      onlyIfThere: issue.state === 'closed',
    })
  }
  if (setup.type === 'needed') {
    return statusDecision(thread, faces.views, {
      step: stepOf(thread),
      state: { type: 'setup_needed', ...(setup.pull === undefined ? {} : { pull: setup.pull }) },
      record: recordOf(thread),
      onlyIfThere: issue.state === 'closed',
    })
  }
  if (setup.withoutWorkflow !== undefined && branch === undefined && issue.state === 'open') {
    const state = { type: 'setup_needed', ...setup.withoutWorkflow } as const
    return statusDecision(thread, faces.views, { step: 'request', state, record: recordOf(thread) })
  }
  if (branch === undefined || (pull === undefined && branch.head === undefined)) return decideRequest(thread, faces)
  return decidePull(thread, faces, branch)
}

function stepOf({ branch, pull }: IssueThread): 'request' | 'review' | 'pull request' {
  if (pull !== undefined) return 'review'
  return branch?.head === undefined ? 'request' : 'pull request'
}
