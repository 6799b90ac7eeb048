/** An open pull request: its tests, the approvals of its changes, its check run and its table of changes. Pure. */
import { type ApprovalRecord, parseRecords, printRecords } from '../change/approval-record.ts'
import { standings } from '../change/approvals.ts'
import { concludeGate, type Gate } from '../change/gate.ts'
import { automaticName } from '../change/snapshots.ts'
import { readStack } from '../change/stack.ts'
import { type ChangeStanding, isLive } from '../change/standing.ts'
import { isPending, type Pending } from '../simulator/runner.ts'
import { formatJobBranch } from '../values/branches.ts'
import type { Report } from '../values/report.ts'
import { type Command, type GivenCommand, isChangeCommand } from './command.ts'
import { answerChanges, MOVED } from './decide-changes.ts'
import {
  type Answer,
  type Answerer,
  act,
  commandDecision,
  DONE,
  type Faces,
  refuse,
  TOO_LATE,
} from './decide-commands.ts'
import { answerPlan } from './decide-request.ts'
import { pendingDecision, recordOf, remembered, statusDecision } from './decide-status.ts'
import type { CheckContent, CheckFacts, PullFacts } from './hub.ts'
import type { Decision, IssueStep } from './issue-step.ts'
import { both, NOTHING } from './issue-step.ts'
import { commandId, type HistoryFacts, type IssueThread, mayWrite } from './issue-thread.ts'
import { afterCommand, type RequestRecord } from './request-record.ts'

const PROBLEMS: Readonly<Record<NonNullable<Pending['problem']>, string>> = {
  no_run: 'no run has begun within three minutes',
  actions_off: 'GitHub Actions is off in this repository',
  no_artifact: 'the run ended without a report',
}

/** What the issue says is missing: constant, so that not every approval edits its comment. The check run says it in full. */
const REVIEW_CLAUSE = 'the review: the check graft of the pull request says what is missing'

interface Review {
  readonly pull: PullFacts
  readonly backend: string
  readonly history: HistoryFacts
  readonly records: readonly ApprovalRecord[]
  readonly report?: Report
  readonly pending?: Pending
}

/** Decides for an open pull request of an open issue. */
export function decideReview(thread: IssueThread, faces: Faces, pull: PullFacts, backend: string): Decision {
  const { history, tests } = thread
  if (history === undefined) return NOTHING
  if (tests?.kind !== 'test' || tests.commit !== pull.head.sha) {
    return { steps: [{ type: 'test', kind: 'test', commit: pull.head.sha, backend }] }
  }
  const review: Review = {
    ...{ pull, backend, history, records: parseRecords(history.record) },
    ...(isPending(tests.answer) ? { pending: tests.answer } : { report: tests.answer }),
  }
  const { decision, busy } = commandDecision(thread, faces, answerer(thread, faces, review))
  if (busy) return decision
  return [checkDecision, bodyDecision, snapshotDecision, reviewStatus, cleanTests].reduce(
    (all, part) => both(all, part(thread, faces, review)),
    decision,
  )
}

function judge(
  thread: IssueThread,
  review: Review,
): { changes: readonly ChangeStanding[]; gate: Gate; blockedBy: readonly string[] } {
  const { history, records, report, pending } = review
  const derived = standings({
    ...{ changes: history.changes, records, reviews: history.reviews },
    writers: new Set([...thread.permissions.keys()].filter((login) => mayWrite(thread, login))),
    policy: {
      requester: thread.issue.author.login,
      requesterAlone: oneSuffices(thread, thread.othersMayWrite),
      ownChanges: oneSuffices(thread, thread.severalMayWrite),
    },
  })
  const gate = concludeGate({
    ...derived,
    ...{ tree: history.tree, report, pending: pending !== undefined, edited: history.edited },
    misplaced: isMisplaced(thread, review.pull) ? MISPLACED : undefined,
    problem: pending?.problem === undefined ? undefined : PROBLEMS[pending.problem],
  })
  return { changes: derived.changes, gate, blockedBy: derived.blockedBy }
}

/** A pull request is run by the workflow of the branch that it goes into. */
const MISPLACED = 'it does not go into the default branch'

function isMisplaced({ setup }: IssueThread, { base }: PullFacts): boolean {
  return setup.type === 'ready' && base.ref !== setup.base.branch
}

function oneSuffices({ setup }: IssueThread, thereAreOthers: boolean | undefined): boolean {
  if (setup.type !== 'ready') return false
  const policy = setup.settings.approvals.requester_may_approve
  // Not knowing who else there is asks for nobody else: a repository with one maintainer must not be stuck.
  return policy === 'always' || (policy === 'auto' && thereAreOthers !== true)
}

function checkDecision(thread: IssueThread, faces: Faces, review: Review): Decision {
  const { check } = review.history
  const idle = review.pending !== undefined && review.pending.problem === undefined
  // While the tests run for the first time there is nothing to say and nothing to lose: no check run is no success, either.
  if (check === undefined && idle && review.records.length === 0) return NOTHING
  const content = checkContent(thread, faces, review)
  if (check !== undefined && sameContent(check, content)) return NOTHING
  return { steps: [checkStep(review, content)] }
}

function checkStep({ history, pull }: Review, content: CheckContent): IssueStep {
  const id = history.check?.id
  return { type: 'check', ...(id === undefined ? {} : { id }), head: pull.head.sha, content }
}

function checkContent(thread: IssueThread, faces: Faces, review: Review): CheckContent {
  const { history, pull, backend, records, report, pending } = review
  const { changes, gate, blockedBy } = judge(thread, review)
  const running = pending !== undefined && pending.problem === undefined
  const text = faces.views.check({
    ...{ issue: thread.issue.number, backend, head: pull.head.sha, tree: history.tree, changes },
    ...(report === undefined ? {} : { report }),
    ...(pending === undefined ? {} : { pending }),
    ...{ missing: gate.missing, blockedBy },
  })
  const live = changes.filter(isLive)
  return {
    ...(running ? { status: 'in_progress' } : { status: 'completed', conclusion: gate.conclusion }),
    ...text,
    record: printRecords(records),
    buttons: [
      ...(live.some((change) => change.state.type !== 'approved')
        ? [{ id: 'approve_all', label: 'Approve all', description: 'Approve every change as it is here' } as const]
        : []),
      ...(readStack(history.timeline).done.length > 0
        ? [{ id: 'undo', label: 'Undo', description: 'Take the last action back' } as const]
        : []),
      { id: 'retest', label: 'Test again', description: 'Run the tests once more' },
    ],
    ...(pending?.url === undefined ? {} : { detailsUrl: pending.url }),
  }
}

function sameContent(check: CheckFacts, content: CheckContent): boolean {
  const key = ({ status, conclusion, title, summary, text, record, buttons }: CheckContent) =>
    JSON.stringify([
      status,
      conclusion ?? null,
      title,
      summary.trim(),
      text.trim(),
      record,
      buttons.map(({ id }) => id),
    ])
  return key(check) === key(content)
}

/** The table says what the changes are and which were taken back; who approved them stands in the check run. */
function bodyDecision(thread: IssueThread, faces: Faces, review: Review): Decision {
  const changes = judge(thread, review).changes.map(
    (change): ChangeStanding => (isLive(change) ? { ...change, state: { type: 'proposed' } } : change),
  )
  const body = faces.views.renewPullBody(review.pull.body, changes)
  if (body === review.pull.body) return NOTHING
  return { steps: [{ type: 'update_pull', number: review.pull.number, changes: { body } }] }
}

/** What was tested can be returned to. */
function snapshotDecision({ unkept }: IssueThread, _: Faces, { history, pull, report }: Review): Decision {
  const snapshot = automaticName(pull.head.sha)
  if (report === undefined || unkept === true || history.snapshots.some(({ name }) => name === snapshot)) return NOTHING
  return { steps: [{ type: 'keep', snapshot, commit: pull.head.sha }] }
}

function reviewStatus(thread: IssueThread, faces: Faces, { pull, report, pending }: Review): Decision {
  const { cancelled: _, ...record } = remembered(thread, recordOf(thread))
  const next = { ...record, branch: pull.head.ref }
  if (pending !== undefined) {
    const { problem } = pending
    const status = statusDecision(thread, faces.views, {
      step: 'test',
      state: { type: 'working', ...(problem === undefined ? {} : { pending }) },
      record: next,
      quiet: problem === undefined && isQuiet(record),
    })
    return both(status, pendingDecision(pending, thread))
  }
  return statusDecision(thread, faces.views, {
    ...{ step: 'review' as const, record: next },
    state: { type: 'review', missing: [REVIEW_CLAUSE] },
    ...(report === undefined ? {} : { report }),
  })
}

/** Whether the comment says already that it goes on by itself. */
function isQuiet({ state }: RequestRecord): boolean {
  return state === 'working' || state === 'review'
}

/** Branches of jobs that have ended, or that are about a commit that is no longer the head. */
function cleanTests(thread: IssueThread, _: Faces, { pull, pending }: Review): Decision {
  // The branch is also what shows that a button was obeyed: it stays as long as this job knows of the press.
  const pressed = thread.commands.some(({ from, asked }) => from === 'button' && asked.name === 'retest')
  const expected = pending !== undefined || thread.started === true || pressed
  return {
    steps: thread.jobBranches.flatMap(({ name, kind, head }) => {
      const runs = kind === 'test' && head === pull.head.sha && expected
      return runs || head === undefined ? [] : [{ type: 'delete_job' as const, branch: name, head }]
    }),
  }
}

function answerer(thread: IssueThread, faces: Faces, review: Review): Answerer {
  return (command, given) => {
    const { pull, history } = review
    const id = commandId(given)
    const record = recordOf(thread)
    const done = record.done.includes(id)
    const moved = given.from === 'button' && given.head !== undefined && given.head !== pull.head.sha
    if (isChangeCommand(command)) {
      const { changes, gate } = judge(thread, review)
      return answerChanges(command, given, { pull, history, changes, missing: gate.missing, moved })
    }
    switch (command.name) {
      case 'plan':
        return answerPlan(thread, faces)
      case 'integrate':
        if (done) return DONE
        return refuse(`Pull request #${pull.number} is open already. /retest runs its tests again.`)
      case 'cancel':
        if (!done) return answerCancel(thread, faces, id)
        // Said, and not done yet; unless an /integrate has come after it.
        return record.cancelled === 'command'
          ? act({ type: 'update_pull', number: pull.number, changes: { state: 'closed' } })
          : DONE
      case 'hint':
      case 'with':
      case 'allow':
        return refuse(TOO_LATE)
      case 'retest':
        return answerRetest(thread, review)
      case 'approve':
        return answerApprove(thread, faces, review, command, given, moved)
      case 'revert':
        if (history.commands.includes(id)) return DONE
        return act({ type: 'revert', command: given, ids: command.changes, head: pull.head.sha })
      default:
        return command satisfies never
    }
  }
}

/** It is said before it is done, so that nobody else's closing is taken for it. */
export function answerCancel(thread: IssueThread, faces: Faces, id: string): Answer {
  return {
    type: 'do',
    decision: statusDecision(thread, faces.views, {
      ...{ step: 'review', state: { type: 'cancelled', by: 'command' } },
      record: { ...afterCommand(recordOf(thread), id), cancelled: 'command' },
    }),
  }
}

function answerApprove(
  thread: IssueThread,
  faces: Faces,
  review: Review,
  command: Extract<Command, { name: 'approve' }>,
  given: GivenCommand,
  moved: boolean,
): Answer {
  const { history, records } = review
  if (isRecorded(records, given)) return DONE
  if (moved) return refuse(MOVED)
  const live = history.changes.filter((change) => change.reverted === undefined)
  const ids = command.changes === 'all' ? live.map((change) => change.id) : command.changes
  const strange = ids.filter((id) => !live.some((change) => change.id === id))
  if (strange.length > 0 || ids.length === 0) {
    const known = live.map((change) => change.id).join(', ')
    return refuse(
      `${strange.length > 0 ? `${strange.join(', ')} cannot be approved` : 'There is nothing to approve'}: ${known === '' ? 'every change was taken back' : `the changes in force are ${known}`}.`,
    )
  }
  const fingerprints = Object.fromEntries(ids.map((id) => [id, history.fingerprints[id] ?? '']))
  // Said before, by the same person, of the same content: a record would say nothing new.
  const before = records.filter((record) => record.by === given.author)
  if (ids.every((id) => before.some((record) => record.fingerprints[id] === fingerprints[id]))) return DONE
  const added = { source: given.source, place: given.place, by: given.author, at: given.at, fingerprints }
  const next = { ...review, records: [...records, added] }
  return { ...act(checkStep(next, checkContent(thread, faces, next))), settles: true }
}

/** Whether an approval stands in the record. */
export function isRecorded(records: readonly ApprovalRecord[], { source, place }: GivenCommand): boolean {
  return records.some((record) => record.source === source && record.place === place)
}

function answerRetest(thread: IssueThread, { pull, backend, pending }: Review): Answer {
  const branch = formatJobBranch({ issue: thread.issue.number, kind: 'test', backend })
  const there = thread.jobBranches.find(({ name }) => name === branch)
  if (there?.head === pull.head.sha) return DONE
  // A run of this very commit is on its way.
  if (pending !== undefined && pending.problem === undefined) return DONE
  const old: IssueStep[] = there?.head === undefined ? [] : [{ type: 'delete_job', branch, head: there.head }]
  return act(...old, { type: 'start_job', branch, commit: pull.head.sha })
}
