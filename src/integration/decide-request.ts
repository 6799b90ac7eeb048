/** A request before its branch exists: checked, read, measured, published, or ended with a reason. Pure. */

import { parseMarker } from '../values/marker.ts'
import type { Verdict } from '../values/plan.ts'
import type { GivenCommand } from './command.ts'
import { isChangeCommand } from './command.ts'
import { contradictions } from './contradictions.ts'
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
} from './decide-commands.ts'
import { pendingDecision, recordOf, remembered, type StatusWish, statusDecision } from './decide-status.ts'
import { expectedChanges } from './expected-changes.ts'
import type { Decision, IssueStep } from './issue-step.ts'
import { both, NOTHING } from './issue-step.ts'
import { type Asked, commandId, type IssueThread, mayWrite, REQUEST_LABEL } from './issue-thread.ts'
import type { PlanModel, StatusModel } from './models.ts'
import { afterCommand, type RequestRecord } from './request-record.ts'
import { wishesOf } from './wishes.ts'

type Valid = Extract<Asked, { type: 'request' }>
type State = StatusModel['state']

/** Decides while there is no branch. The repository is set up, and the issue is a request, if perhaps a wrong one. */
export function decideRequest(thread: IssueThread, faces: Faces): Decision {
  const { decision, busy } = commandDecision(thread, faces, answerer(thread, faces))
  if (busy) return decision
  return both(decision, decideState(thread, faces))
}

function decideState(thread: IssueThread, faces: Faces): Decision {
  const { asked, issue, earlier } = thread
  const record = recordOf(thread)
  if (asked.type === 'nothing') return NOTHING
  if (issue.state === 'closed') return decideClosed(thread, faces, record)
  const rest = (state: State, next: RequestRecord = record) =>
    settled(thread, faces, { step: 'request', state, record: next })
  if (asked.type === 'problems') return rest({ type: 'problems', problems: asked.problems })
  if (record.cancelled === 'command') return rest({ type: 'cancelled', by: 'command', noBranch: true })
  if (earlier !== undefined) {
    const { number: of, url, merged, same } = earlier
    return rest({ type: 'duplicate', of, url, merged, same })
  }
  const waits = waitsFor(thread, asked, record)
  if (waits !== undefined) return rest(waits)
  if (record.ended !== undefined && record.request === asked.hash) {
    const { step, type, reason } = record.ended
    return settled(thread, faces, { step, state: { type, reason }, record })
  }
  return walk(thread, faces, asked, record)
}

/** A state that lasts: once the comment says it, nothing of a job is left behind. */
function settled(thread: IssueThread, faces: Faces, wish: StatusWish): Decision {
  const status = statusDecision(thread, faces.views, wish)
  if (status.steps.length > 0 || status.again !== undefined) return status
  return cleanJobs(thread)
}

/** Deletes the branches of jobs: nobody waits for their results any more. */
export function cleanJobs(thread: IssueThread): Decision {
  return {
    steps: thread.jobBranches.flatMap(({ name, head }) =>
      head === undefined ? [] : [{ type: 'delete_job' as const, branch: name, head }],
    ),
  }
}

function decideClosed(thread: IssueThread, faces: Faces, record: RequestRecord): Decision {
  // What has ended stays as it was said; closing the issue is the natural answer to it.
  if (record.ended !== undefined || record.cancelled === 'command') return cleanJobs(thread)
  return settled(thread, faces, {
    step: 'request',
    state: { type: 'cancelled', by: 'closed', noBranch: true },
    record: { ...record, cancelled: 'closed' },
    onlyIfThere: true,
  })
}

/** Why the request is not worked on before somebody with write permission says so; undefined when it may be. */
function waitsFor(
  thread: IssueThread,
  asked: Valid,
  record: RequestRecord,
): Extract<State, { type: 'waits_for_maintainer' }> | undefined {
  if (record.granted === asked.consent || thread.setup.type !== 'ready') return undefined
  const limit = thread.setup.settings.requests.per_author_per_day
  if (!mayWrite(thread, thread.issue.author.login)) {
    return { type: 'waits_for_maintainer', reason: 'no_write_permission' }
  }
  if (thread.sameDay >= limit) return { type: 'waits_for_maintainer', reason: 'too_many_today', limit }
  return undefined
}

function walk(thread: IssueThread, faces: Faces, asked: Valid, record: RequestRecord): Decision {
  const { core } = thread
  if (core === undefined) return NOTHING
  if (core.failure !== undefined) return end(thread, faces, asked, record, core.failure)
  const step = decide(core.thread)
  switch (step.type) {
    case 'fetch':
    case 'name':
    case 'analyse':
    case 'publish':
      return { steps: [{ type: 'core', step }] }
    case 'prepare':
    case 'measure':
    case 'plan': {
      const announced = announce(thread, faces, asked, record)
      return announced.again === undefined ? both(announced, { steps: [{ type: 'core', step }] }) : announced
    }
    case 'wait': {
      const { problem } = step.pending
      const status = statusDecision(thread, faces.views, {
        step: 'measure',
        state: { type: 'working', ...(problem === undefined ? {} : { pending: step.pending }) },
        record: running(thread, asked, record),
        quiet: problem === undefined && record.state === 'working',
      })
      return both(status, pendingDecision(step.pending, thread))
    }
    case 'finish':
      return end(thread, faces, asked, record, {
        type: endOf(step.judgement.verdict),
        reason: step.judgement.reason,
      })
    case 'test':
      // There is a branch by then, and the branch is looked at instead.
      return NOTHING
    default:
      return step satisfies never
  }
}

function endOf(verdict: Verdict): 'question' | 'declined' | 'failed' {
  return verdict === 'needs_answer' ? 'question' : verdict === 'declined' ? 'declined' : 'failed'
}

function end(
  thread: IssueThread,
  faces: Faces,
  asked: Valid,
  record: RequestRecord,
  ended: { readonly type: 'question' | 'declined' | 'failed'; readonly reason: string },
): Decision {
  const state = { type: ended.type, reason: ended.reason.slice(0, 4000) }
  const step = thread.core?.thread.profile === undefined ? 'read' : 'measure'
  const { backend: _, purl: __, limits: ___, ...rest } = running(thread, asked, record)
  return statusDecision(thread, faces.views, {
    step,
    state,
    record: {
      ...remembered(thread, { ...rest, limits: [] }),
      ...(ended.type === 'question' && record.questioned === undefined ? { questioned: wholeSecond(thread.now) } : {}),
      ended: { ...state, step },
    },
  })
}

/** GitHub's times have no fractions: what is written in the same second counts as later. */
function wholeSecond(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z')
}

/** The record of a run that has begun. */
function running(thread: IssueThread, asked: Valid, record: RequestRecord): RequestRecord {
  const { ended: _, cancelled: __, ...rest } = record
  const base = thread.core?.thread.base ?? (thread.setup.type === 'ready' ? thread.setup.base.commit : undefined)
  return { ...remembered(thread, rest), request: asked.hash, ...(base === undefined ? {} : { base }) }
}

/** What people hear before anything is measured: the label, the status and the plan. */
function announce(thread: IssueThread, faces: Faces, asked: Valid, record: RequestRecord): Decision {
  const next = running(thread, asked, record)
  const begun = isWorking(record) && record.request === next.request && record.base === next.base
  const status = statusDecision(thread, faces.views, {
    step: 'measure',
    state: { type: 'working' },
    record: next,
    quiet: begun && record.ended === undefined && record.cancelled === undefined,
  })
  const label: IssueStep[] = thread.issue.labels.includes(REQUEST_LABEL)
    ? []
    : [{ type: 'label', number: thread.issue.number, label: REQUEST_LABEL }]
  return both(both({ steps: label }, status), { steps: planSteps(thread, faces, asked) })
}

/** Whether the comment that is there says that the request is worked on. */
function isWorking({ state }: RequestRecord): boolean {
  return state === 'working' || state === 'stuck'
}

/** Writes or renews the plan comment; empty when it stands there as it would be written. */
function planSteps(thread: IssueThread, faces: Faces, asked: Valid): IssueStep[] {
  const { snapshot, profile, backend, target, base } = thread.core?.thread ?? {}
  if (snapshot === undefined || profile === undefined || backend === undefined || target === undefined) return []
  const { number } = thread.issue
  const model: PlanModel = {
    ...{ issue: number, snapshot, profile, backend, base: base ?? '' },
    changes: expectedChanges(target, backend.name, snapshot.placed !== undefined),
    wishes: [...wishesOf(asked.request), ...contradictions({}, undefined, profile.hints)],
  }
  const body = faces.views.plan(model)
  const old = thread.comments.find((comment) => comment.ours && parseMarker(comment.body)?.kind === 'plan')
  if (old === undefined) return [{ type: 'comment', what: 'plan', number, body }]
  if (old.body.trimEnd() === body.trimEnd()) return []
  return [{ type: 'edit_comment', what: 'plan', comment: old.id, body }]
}

/** `/plan`: also of use when the branch exists, as it only reads. */
export function answerPlan(thread: IssueThread, faces: Faces): Answer {
  const { asked, core } = thread
  if (asked.type !== 'request') return refuse('The request has to be put right first; my comment above says how.')
  if (core?.failure !== undefined) return refuse(core.failure.reason)
  const step = core === undefined ? undefined : decide(core.thread)
  if (step === undefined) return refuse('This repository cannot be read as a target at the moment.')
  if (step.type === 'fetch' || step.type === 'name' || step.type === 'analyse') return act({ type: 'core', step })
  const steps = planSteps(thread, faces, asked)
  return steps.length === 0 ? DONE : act(...steps)
}

function answerer(thread: IssueThread, faces: Faces): Answerer {
  const record = recordOf(thread)
  return (command, given) => {
    const id = commandId(given)
    const { asked } = thread
    if (isChangeCommand(command)) return refuse(NO_PULL)
    switch (command.name) {
      case 'plan':
        if (asked.type === 'request' && waitsFor(thread, asked, record) && !mayWrite(thread, given.author)) {
          return refuse('Somebody with write permission has to say /integrate first.')
        }
        return answerPlan(thread, faces)
      case 'integrate':
        return record.done.includes(id) ? DONE : answerIntegrate(thread, faces, given)
      case 'cancel':
        if (record.done.includes(id)) return DONE
        return {
          type: 'do',
          decision: statusDecision(thread, faces.views, {
            step: 'request',
            state: { type: 'cancelled', by: 'command', noBranch: true },
            record: { ...afterCommand(record, id), cancelled: 'command' },
          }),
        }
      case 'hint':
      case 'with':
      case 'allow':
        // It is part of what is asked for already, wherever the request stands now.
        return DONE
      case 'approve':
      case 'revert':
      case 'retest':
        return refuse(NO_PULL)
      default:
        return command satisfies never
    }
  }
}

/**
 * Whether a command was given about the text that stands there now, so that nobody gets a yes to one text and then puts another
 * in its place. GitHub does not say when a text was edited: either Graft had read this text before the command was given, or
 * nothing has happened to the issue since.
 */
function isAbout({ status, issue }: IssueThread, asked: Valid, { at }: GivenCommand): boolean {
  const given = Date.parse(at)
  const read = status?.record?.seen === asked.consent && Date.parse(status.comment.updatedAt) <= given
  return read || Date.parse(issue.updatedAt) <= given
}

function answerIntegrate(thread: IssueThread, faces: Faces, given: GivenCommand): Answer {
  const { asked, issue, earlier } = thread
  const record = recordOf(thread)
  if (issue.state === 'closed') return refuse('The issue is closed. Reopen it, and it goes on.')
  if (asked.type !== 'request') return refuse('The request has to be put right first; my comment above says how.')
  if (earlier !== undefined) return refuse(`Request #${earlier.number} for the same ${earlier.same} came first.`)
  const waits = waitsFor(thread, asked, record) !== undefined
  if (waits && !mayWrite(thread, given.author)) {
    return refuse('The /integrate has to come from somebody with write permission to this repository.')
  }
  if (waits && !isAbout(thread, asked, given)) {
    return refuse('The request was edited since, or it was not read yet. Look at it as it is now and say it again.')
  }
  const ended = record.ended !== undefined && record.request === asked.hash
  // A job that is stuck is asked for anew; one that runs is not.
  const stuck = record.state === 'stuck'
  if (!waits && !ended && !stuck && record.cancelled !== 'command') return DONE
  const { ended: _, cancelled: __, base: ___, ...rest } = record
  const base = thread.setup.type === 'ready' ? thread.setup.base.commit : undefined
  const next: RequestRecord = {
    ...afterCommand(rest, commandId(given)),
    request: asked.hash,
    ...(ended || stuck ? { run: commandId(given) } : {}),
    ...(base === undefined ? {} : { base }),
    ...(mayWrite(thread, given.author) ? { granted: asked.consent } : {}),
  }
  return {
    type: 'do',
    decision: statusDecision(thread, faces.views, { step: 'measure', state: { type: 'working' }, record: next }),
  }
}
