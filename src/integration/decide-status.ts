/** The status comment of an issue: one, found by its marker, written only when its text differs and not too often. Pure. */
import type { Pending } from '../simulator/runner.ts'
import type { Decision } from './issue-step.ts'
import { NOTHING } from './issue-step.ts'
import type { IssueThread } from './issue-thread.ts'
import type { StatusModel, Views } from './models.ts'
import { PACE } from './pace.ts'
import { EMPTY_RECORD, type RequestRecord, withRecord } from './request-record.ts'

/** GitHub's times are whole seconds, rounded down: the last edit may be so much younger than it says. */
const CLOCK_MILLISECONDS = 1000
const SHOWN_LIMITS = 20

/** What is remembered of the request now. */
export function recordOf(thread: IssueThread): RequestRecord {
  return thread.status?.record ?? EMPTY_RECORD
}

export interface StatusWish {
  readonly step: StatusModel['step']
  readonly state: StatusModel['state']
  readonly record: RequestRecord
  readonly report?: StatusModel['report']
  /** Not worth an edit of its own: the comment that is there says enough. */
  readonly quiet?: boolean
  /** Nobody has to be told who was told nothing before. */
  readonly onlyIfThere?: boolean
}

/** Brings the status comment up to date, or says when that can be done. */
export function statusDecision(thread: IssueThread, views: Views, wish: StatusWish): Decision {
  const { status } = thread
  if (status === undefined && wish.onlyIfThere === true) return NOTHING
  if (status !== undefined && wish.quiet === true) return NOTHING
  const { asked } = thread
  const record: RequestRecord = {
    ...wish.record,
    state: stateName(wish),
    ...(asked.type === 'request' ? { seen: asked.consent } : {}),
  }
  const body = withRecord(views.status(statusModel(thread, wish)), record)
  if (status === undefined) {
    return { steps: [{ type: 'comment', what: 'status', number: thread.issue.number, body }] }
  }
  const { comment } = status
  // Trailing white space is GitHub's to keep or not.
  if (comment.body.trimEnd() === body.trimEnd()) return NOTHING
  // The first edit may come at once: somebody waits for it.
  const { editMilliseconds } = thread.pace ?? PACE
  const edited = comment.updatedAt !== comment.createdAt && editMilliseconds > 0
  const wait = edited
    ? Date.parse(comment.updatedAt) + CLOCK_MILLISECONDS + editMilliseconds - Date.parse(thread.now)
    : 0
  if (wait > 0) return { steps: [], again: { afterMilliseconds: wait, reason: 'an edit that would come too early' } }
  return { steps: [{ type: 'edit_comment', what: 'status', comment: comment.id, body }] }
}

function statusModel(thread: IssueThread, { step, state, record, report }: StatusWish): StatusModel {
  // From the record alone: what this process happens to know must not make a difference.
  const { purl } = record
  const { pull, branch } = thread
  // A request that waited begins with an edit that knows no name yet; later the branch says it.
  const backend = record.backend ?? (branch === undefined ? undefined : { name: branch.backend })
  return {
    issue: thread.issue.number,
    step,
    state,
    ...(backend === undefined ? {} : { backend }),
    ...(purl === undefined ? {} : { purl }),
    ...(pull === undefined ? {} : { pull: { number: pull.number, url: pull.url } }),
    ...(report === undefined ? {} : { report }),
    limits: record.limits,
    ...(record.contradictions === undefined ? {} : { contradictions: record.contradictions }),
    ...(state.type === 'working' && state.pending?.problem !== undefined && purl !== undefined
      ? { localRun: `graft integrate "${purl}" --repo .` }
      : {}),
  }
}

function stateName({ step, state }: StatusWish): string {
  if (step === 'finished') return step
  return state.type === 'working' && state.pending?.problem !== undefined ? 'stuck' : state.type
}

/** What the record keeps of the walk, for the time after the branch exists. */
export function remembered(thread: IssueThread, record: RequestRecord): RequestRecord {
  const core = thread.core?.thread
  const known = thread.measured === undefined ? record : { ...record, purl: thread.measured }
  if (core === undefined) return known
  const { contradictions: before, ...rest } = known
  const said = core.judgement === undefined ? before : core.judgement.contradictions
  return {
    ...rest,
    ...(said === undefined ? {} : { contradictions: said.slice(0, SHOWN_LIMITS).map((one) => one.slice(0, 400)) }),
    ...(core.backend === undefined ? {} : { backend: core.backend }),
    ...(core.snapshot === undefined ? {} : { purl: core.snapshot.purl }),
    ...(core.judgement === undefined
      ? {}
      : { limits: core.judgement.limits.slice(0, SHOWN_LIMITS).map((limit) => limit.slice(0, 300)) }),
  }
}

/** When to look again at a job that nobody may ever speak of: while it has not begun, there is no event to hope for. */
export function pendingDecision(pending: Pending, { now, pace = PACE }: Pick<IssueThread, 'now' | 'pace'>): Decision {
  if (pending.problem !== undefined || pending.url !== undefined) return NOTHING
  const wait = Date.parse(pending.since) + pace.noRunMilliseconds - Date.parse(now)
  return { steps: [], again: { afterMilliseconds: Math.max(wait, 1000), reason: 'a run that has not begun' } }
}
