/** A request whose branch exists or existed: the pull request is opened, reviewed, closed, merged and verified. Pure. */

import { parseRecords } from '../change/approval-record.ts'
import { snapshotReference } from '../change/snapshots.ts'
import { isPending } from '../simulator/runner.ts'
import { formatJobBranch } from '../values/branches.ts'
import { parseMarker } from '../values/marker.ts'
import type { BackendOptions } from '../values/plan.ts'
import { isChangeCommand } from './command.ts'
import { decide } from './decide.ts'
import {
  type Answer,
  type Answerer,
  act,
  commandDecision,
  DONE,
  type Faces,
  NO_PULL,
  refuse,
  TOO_LATE,
} from './decide-commands.ts'
import { answerPlan, cleanJobs } from './decide-request.ts'
import { answerCancel, decideReview, isRecorded } from './decide-review.ts'
import { pendingDecision, recordOf, remembered, statusDecision } from './decide-status.ts'
import type { PullFacts } from './hub.ts'
import type { Decision, IssueStep } from './issue-step.ts'
import { both, NOTHING } from './issue-step.ts'
import { commandId, type IssueThread } from './issue-thread.ts'
import type { PullModel } from './models.ts'
import { afterCommand, type RequestRecord } from './request-record.ts'
import { unmetWishes } from './wishes.ts'

const CLOSED = 'The pull request is closed. Reopen it, or comment /integrate.'

type Branch = NonNullable<IssueThread['branch']>

/** Decides when there is a branch, or a pull request that came from it. */
export function decidePull(thread: IssueThread, faces: Faces, branch: Branch): Decision {
  const { pull, issue } = thread
  if (pull === undefined && isForeign(thread)) return decideForeign(thread, faces, branch)
  if (pull === undefined) return decideUnopened(thread, faces, branch)
  if (pull.merged) return decideMerged(thread, faces, pull, branch)
  if (pull.state === 'closed') return decideClosed(thread, faces, pull, branch)
  if (issue.state === 'closed') return cancelByClosing(thread, faces, pull)
  if (isForeign(thread)) return decideRewritten(thread, faces, branch)
  return decideReview(thread, faces, pull, branch.backend)
}

/** Somebody's own branch that has the name of one of Graft's. */
function isForeign({ history }: IssueThread): boolean {
  return history !== undefined && !history.changes.some(({ origin }) => origin === 'change')
}

/** The App opens no pull request for commits of which it made none. */
function decideForeign(thread: IssueThread, faces: Faces, branch: Branch): Decision {
  if (thread.asked.type === 'nothing') return NOTHING
  return statusDecision(thread, faces.views, {
    step: 'request',
    state: {
      type: 'blocked',
      reason: `The branch \`${branch.name}\` is there already, and none of its commits is Graft’s.`,
      advice: 'Rename or delete that branch; Graft goes on by itself.',
    },
    record: recordOf(thread),
    onlyIfThere: thread.issue.state === 'closed',
  })
}

/** Somebody has pushed over everything that Graft had made: nothing is guessed, and nothing is written on top of it. */
function decideRewritten(thread: IssueThread, faces: Faces, branch: Branch): Decision {
  const reason = `The branch \`${branch.name}\` was rewritten: none of its commits is Graft’s any more.`
  const { snapshots = [] } = thread.history ?? {}
  const kept = snapshots.at(-1)?.name
  const way =
    kept === undefined
      ? 'Push the commits back that were there'
      : `\`git fetch origin ${snapshotReference(String(thread.issue.number), kept)}\` has a state that was there before: push it back`
  const advice = `${way}, or comment \`/cancel\`.`
  const { decision, busy } = commandDecision(thread, faces, (command, given) => {
    const id = commandId(given)
    if (command.name === 'cancel') {
      return recordOf(thread).done.includes(id) ? closing(thread) : answerCancel(thread, faces, id)
    }
    return refuse(`${reason} ${advice}`)
  })
  if (busy) return decision
  const record = recordOf(thread)
  const status = statusDecision(thread, faces.views, {
    step: 'review',
    state: { type: 'blocked', reason, advice },
    record,
  })
  return both(decision, status)
}

/** What a cancellation that was said leads to. */
function closing({ pull }: IssueThread): Answer {
  return pull === undefined ? DONE : act(closePull(pull))
}

/** The branch is there, and the process ended before the pull request was. */
function decideUnopened(thread: IssueThread, faces: Faces, branch: Branch): Decision {
  const record = recordOf(thread)
  const { decision, busy } = commandDecision(thread, faces, answerUnopened(thread, faces, record))
  if (busy) return decision
  return both(decision, open(thread, faces, branch, record))
}

function open(thread: IssueThread, faces: Faces, branch: Branch, record: RequestRecord): Decision {
  if (thread.issue.state === 'closed' || record.cancelled === 'command') {
    const by = record.cancelled === 'command' ? 'command' : 'closed'
    return statusDecision(thread, faces.views, {
      ...{ step: 'pull request' as const, state: { type: 'cancelled' as const, by } },
      ...{ record: { ...record, cancelled: by }, onlyIfThere: true },
    })
  }
  if (thread.setup.type !== 'ready') return NOTHING
  // The measurement is still to be had where it was made; it belongs into the text, but nothing is measured again for it.
  const step = stillToBeHad(thread, record)
  if (step !== undefined) return { steps: [{ type: 'core', step }] }
  const model = pullModel(thread, branch, record)
  return {
    steps: [
      {
        ...{ type: 'create_pull', branch: branch.name, base: thread.setup.base.branch },
        ...{ title: faces.views.pullTitle(model), body: faces.views.pullBody(model) },
      },
    ],
  }
}

/** The next step towards the measurement that the branch was made from, while its job's branch is there. */
function stillToBeHad(
  thread: IssueThread,
  record: RequestRecord,
): Extract<IssueStep, { type: 'core' }>['step'] | undefined {
  const { core, asked, jobBranches } = thread
  if (core === undefined || core.failure !== undefined) return undefined
  if (asked.type !== 'request' || asked.hash !== record.request) return undefined
  if (!jobBranches.some(({ kind }) => kind === 'measure')) return undefined
  const step = decide(core.thread)
  return step.type === 'finish' || step.type === 'wait' || step.type === 'publish' || step.type === 'test'
    ? undefined
    : step
}

function pullModel(thread: IssueThread, branch: Branch, record: RequestRecord): PullModel {
  const { measurement, changes, judgement } = thread.core?.thread ?? {}
  const { backend, purl } = identity(thread, branch, record)
  const request = thread.asked.type === 'request' ? thread.asked.request : undefined
  const standing = (thread.history?.changes ?? []).map(({ author: _, reverted: __, fingerprint: ___, ...change }) => ({
    ...change,
    state: { type: 'proposed' as const },
  }))
  const unmet = request !== undefined && measurement !== undefined ? unmetWishes(request, measurement) : []
  return {
    ...{ issue: thread.issue.number, backend, purl, changes: standing },
    ...(measurement === undefined || changes === undefined || judgement === undefined
      ? {}
      : {
          measured: {
            ...{ measurement, planned: changes, reason: judgement.reason },
            limits: [...judgement.limits, ...unmet],
            ...(judgement.contradictions === undefined ? {} : { contradictions: judgement.contradictions }),
          },
        }),
  }
}

/** What the backend is called; what was derived is in the record, and the branch's name says the rest. */
function identity(
  thread: IssueThread,
  branch: Branch,
  record: RequestRecord,
): { readonly backend: BackendOptions; readonly purl: string } {
  const { backend, snapshot } = thread.core?.thread ?? {}
  const asked = thread.asked.type === 'request' ? thread.asked.request : undefined
  return {
    backend: backend ??
      record.backend ?? {
        name: branch.backend,
        displayName: asked?.options.displayName ?? branch.backend,
        description: asked?.options.description ?? '',
        author: asked?.options.author ?? 'Graft',
        version: asked?.options.version ?? '1.0.0',
      },
    purl: thread.measured ?? snapshot?.purl ?? record.purl ?? asked?.source ?? '',
  }
}

function answerUnopened(thread: IssueThread, faces: Faces, record: RequestRecord): Answerer {
  return (command, given) => {
    const id = commandId(given)
    if (record.done.includes(id)) return DONE
    const change = (next: RequestRecord, state: Parameters<typeof statusDecision>[2]['state']) => ({
      type: 'do' as const,
      decision: statusDecision(thread, faces.views, {
        ...{ step: 'pull request', state, record: afterCommand(next, id) },
      }),
    })
    if (isChangeCommand(command)) return refuse(NO_PULL)
    switch (command.name) {
      case 'plan':
        return answerPlan(thread, faces)
      case 'cancel':
        return change({ ...record, cancelled: 'command' }, { type: 'cancelled', by: 'command' })
      case 'integrate': {
        if (thread.issue.state === 'closed') return refuse('The issue is closed. Reopen it, and it goes on.')
        const { cancelled, ...next } = record
        return cancelled === 'command' ? change(next, { type: 'working' }) : DONE
      }
      case 'hint':
      case 'with':
      case 'allow':
        return refuse(TOO_LATE)
      case 'approve':
      case 'revert':
      case 'retest':
        return refuse(NO_PULL)
      default:
        return command satisfies never
    }
  }
}

/** The issue was closed: first it is said, so that a reopened issue knows by whom the pull request was closed. */
function cancelByClosing(thread: IssueThread, faces: Faces, pull: PullFacts): Decision {
  const record = recordOf(thread)
  if (record.cancelled !== 'closed') {
    return statusDecision(thread, faces.views, {
      ...{ step: 'review' as const, state: { type: 'cancelled' as const, by: 'closed' as const } },
      record: { ...record, cancelled: 'closed' },
    })
  }
  return both({ steps: [closePull(pull)] }, cleanJobs(thread))
}

function closePull(pull: PullFacts): IssueStep {
  return { type: 'update_pull', number: pull.number, changes: { state: 'closed' } }
}

function decideClosed(thread: IssueThread, faces: Faces, pull: PullFacts, branch: Branch): Decision {
  const record = recordOf(thread)
  const { decision, busy } = commandDecision(thread, faces, answerClosed(thread, faces, pull, branch))
  if (busy) return decision
  const reopened = thread.issue.state === 'open' && record.cancelled === 'closed' && branch.head !== undefined
  if (reopened) {
    return both(decision, {
      steps: [{ type: 'update_pull', number: pull.number, changes: { state: 'open' } }],
    })
  }
  const by = record.cancelled === 'command' || record.cancelled === 'closed' ? record.cancelled : 'pull_closed'
  const status = statusDecision(thread, faces.views, {
    step: 'review',
    state: { type: 'cancelled', by, ...(branch.head === undefined ? { noBranch: true } : {}) },
    record: { ...record, cancelled: by },
  })
  return both(both(decision, status), cleanJobs(thread))
}

function answerClosed(thread: IssueThread, faces: Faces, pull: PullFacts, branch: Branch): Answerer {
  const record = recordOf(thread)
  return (command, given) => {
    const id = commandId(given)
    const done = record.done.includes(id)
    if (isRecorded(parseRecords(thread.recorded ?? ''), given)) return DONE
    if (isChangeCommand(command)) return refuse(CLOSED)
    switch (command.name) {
      case 'plan':
        return answerPlan(thread, faces)
      case 'cancel':
        return done ? DONE : answerCancel(thread, faces, id)
      case 'integrate': {
        if (thread.issue.state === 'closed') return refuse('The issue is closed. Reopen it, and it goes on.')
        const { cancelled, ...rest } = record
        if (done && cancelled !== undefined) return DONE
        if (done) return act({ type: 'update_pull', number: pull.number, changes: { state: 'open' } })
        // Where the branch was deleted it cannot be reopened: a new run, and a new pull request.
        const next = branch.head === undefined ? { ...rest, past: pull.number } : rest
        return {
          type: 'do',
          decision: statusDecision(thread, faces.views, {
            ...{ step: branch.head === undefined ? 'measure' : 'review', state: { type: 'working' } },
            record: afterCommand(next, id),
          }),
        }
      }
      case 'hint':
      case 'with':
      case 'allow':
        return refuse(TOO_LATE)
      case 'approve':
      case 'revert':
      case 'retest':
        return refuse(CLOSED)
      default:
        return command satisfies never
    }
  }
}

function decideMerged(thread: IssueThread, faces: Faces, pull: PullFacts, branch: Branch): Decision {
  const record = recordOf(thread)
  const { decision, busy } = commandDecision(thread, faces, (command, given) => {
    if (recordOf(thread).done.includes(commandId(given))) return DONE
    // Whoever merges at once is quicker than the reaction.
    if (isRecorded(parseRecords(thread.recorded ?? ''), given)) return DONE
    if (command.name === 'plan') return answerPlan(thread, faces)
    if (command.name === 'deploy') return DONE
    return refuse('The pull request is merged. What it did can be taken back by reverting it on GitHub.')
  })
  if (busy) return decision
  return both(decision, verify(thread, faces, pull, branch, record))
}

function verify(thread: IssueThread, faces: Faces, pull: PullFacts, branch: Branch, record: RequestRecord): Decision {
  const { tests, setup } = thread
  const verified = thread.comments.some((one) => one.ours && parseMarker(one.body)?.kind === 'verification')
  if (verified) {
    if (record.state === 'finished') return cleanJobs(thread)
    const status = statusDecision(thread, faces.views, {
      step: 'finished',
      state: { type: 'merged', verified: true },
      record: withoutCancelled(remembered(thread, record)),
      onlyIfThere: true,
    })
    return both(status, cleanJobs(thread))
  }
  if (pull.mergeCommit === undefined || setup.type !== 'ready') return NOTHING
  const started = thread.jobBranches.some(({ kind }) => kind === 'verify')
  if (tests?.kind !== 'verify' || tests.commit !== pull.mergeCommit) {
    return { steps: [{ type: 'test', kind: 'verify', commit: pull.mergeCommit, backend: branch.backend }] }
  }
  if (isPending(tests.answer)) {
    const { problem, url } = tests.answer
    if (!started && url === undefined) {
      const name = formatJobBranch({ issue: thread.issue.number, kind: 'verify', backend: branch.backend })
      return { steps: [{ type: 'start_job', branch: name, commit: pull.mergeCommit }] }
    }
    const status = statusDecision(thread, faces.views, {
      step: 'merge',
      state: problem === undefined ? { type: 'merged' } : { type: 'working', pending: tests.answer },
      record: withoutCancelled(record),
      quiet: problem === undefined && ['working', 'review', 'merged'].includes(record.state),
    })
    return both(status, pendingDecision(tests.answer, thread))
  }
  const { backend, purl } = identity(thread, branch, record)
  const body = faces.views.verification({
    ...{ issue: thread.issue.number, backend, purl, mergeCommit: pull.mergeCommit, report: tests.answer },
    ...{ backendsModule: setup.backendsModule, folder: `${setup.backendsPath}/${branch.backend}` },
  })
  return { steps: [{ type: 'comment', what: 'verification', number: thread.issue.number, body }] }
}

function withoutCancelled({ cancelled: _, ...record }: RequestRecord): RequestRecord {
  return record
}
