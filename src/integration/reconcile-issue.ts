/**
 * Brings one request on: reads what GitHub says now, decides, performs, and reads again, until nothing is left to do or
 * something is waited for. Called twice, or after a crash at any point, it ends in the same state.
 */
import type { JobResult } from '../queue/queue.ts'
import { BlockedError } from '../repository/github/errors.ts'
import { MovedError } from '../repository/repository.ts'
import { parseJobBranch } from '../values/branches.ts'
import { BugError, ConfigurationError, TransientError, UserError } from '../values/errors.ts'
import type { Intent } from '../values/intent.ts'
import { decideIssue } from './decide-issue.ts'
import { recordOf, statusDecision } from './decide-status.ts'
import { findStatus } from './find-status.ts'
import type { IssuePorts } from './issue-ports.ts'
import type { IssueStep } from './issue-step.ts'
import { performStep } from './issue-steps.ts'
import type { IssueThread } from './issue-thread.ts'
import { loadThread, type Worked } from './load-thread.ts'
import type { StatusModel } from './models.ts'
import type { RequestRecord } from './request-record.ts'

/** More rounds than any story takes; beyond, a step that does not show in the facts would repeat for ever. */
const MOST_ROUNDS = 60

/** How the log hears of what people are told. */
export interface ReconcileLog {
  blocked(error: ConfigurationError): void
  bug(error: unknown): void
}

/**
 * Reconciles one issue.
 *
 * Raises TransientError when GitHub, the index or the runner may answer later; everything else is told to the people in the
 * issue, as far as GitHub allows it.
 */
export async function reconcileIssue(
  ports: IssuePorts,
  issue: number,
  job: { readonly intents: readonly Intent[]; readonly deliveries: readonly string[] },
  log: ReconcileLog,
): Promise<JobResult> {
  let thread: IssueThread | undefined
  let worked: Worked = { permissions: new Map() }
  /** Facts that nothing was written since. */
  let fresh: IssueThread | undefined
  try {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      ports.signal.throwIfAborted()
      thread = fresh ?? (await loadThread(ports, issue, job.intents, worked))
      fresh = undefined
      if (thread === undefined) {
        await forget(ports, issue)
        return {}
      }
      const { steps, again } = decideIssue(thread, ports.faces)
      if (steps.length === 0) return again === undefined ? {} : { again }
      try {
        for (const step of steps) worked = await performStep(step, thread, ports, worked)
        if (steps.every(isOurOwn)) fresh = withWorked(thread, worked)
      } catch (error) {
        // Somebody pushed in the middle: their commit stays, and what is to be done is decided anew.
        if (!(error instanceof MovedError)) throw error
      }
    }
    throw new BugError(`Issue ${issue} was still not done after ${MOST_ROUNDS} rounds.`)
  } catch (error) {
    if (error instanceof TransientError || ports.signal.aborted) throw error
    if (error instanceof ConfigurationError) {
      log.blocked(error)
      return tell(ports, thread, blockedBy(error))
    }
    if (error instanceof UserError) return tell(ports, thread, blockedBy(error))
    log.bug(error)
    const name = job.deliveries.at(-1)
    await tell(ports, thread, {
      type: 'failed',
      reason: `Graft itself went wrong here. This is a bug, not a fault of the request. ${name === undefined ? 'It is in the log.' : `In the log it stands under the delivery ${name}.`}`,
    })
    throw error
  }
}

/** Steps that change nothing on GitHub that the facts are made of: the job of a pending one speaks for itself. */
function isOurOwn(step: IssueStep): boolean {
  return step.type === 'test' || (step.type === 'core' && step.step.type !== 'publish')
}

function withWorked(thread: IssueThread, { core, tests }: Worked): IssueThread {
  return { ...thread, ...(core === undefined ? {} : { core }), ...(tests === undefined ? {} : { tests }) }
}

/** Tells in the status comment what stands in the way. What GitHub refuses now as well, only the log says. */
async function tell(
  ports: IssuePorts,
  known: IssueThread | undefined,
  state: StatusModel['state'],
): Promise<JobResult> {
  if (known === undefined || known.issue.isPull || known.asked.type === 'nothing') return {}
  const { number } = known.issue
  try {
    // The steps that went well before this one may have written the comment.
    const { status: _, ...rest } = known
    const status = findStatus(await ports.hub.comments(number, 'issue'), number)
    const thread: IssueThread = status === undefined ? rest : { ...rest, status }
    const record = recordOf(thread)
    const decision = statusDecision(thread, ports.faces.views, { step: stepOf(thread, record), state, record })
    for (const next of decision.steps) await performStep(next, thread, ports, {})
    return decision.again === undefined ? {} : { again: decision.again }
  } catch (error) {
    if (error instanceof TransientError) throw error
    return {}
  }
}

/** How far it had come. */
function stepOf({ pull, branch }: IssueThread, record: RequestRecord): StatusModel['step'] {
  if (pull !== undefined) return 'review'
  if (branch?.head !== undefined) return 'pull request'
  return record.base === undefined ? 'request' : 'measure'
}

/** Deletes the branches of the jobs of an issue that was deleted or transferred. Its own branch and pull request stay. */
async function forget({ hub, repository }: IssuePorts, issue: number): Promise<void> {
  for (const name of await hub.branches(`graft-measure/${issue}`)) {
    if (parseJobBranch(name)?.issue !== issue) continue
    const head = await repository.head(name)
    if (head !== undefined) await repository.deleteBranch(name, head)
  }
}

function blockedBy(error: ConfigurationError | UserError): Extract<StatusModel['state'], { type: 'blocked' }> {
  if (error instanceof BlockedError) return { type: 'blocked', reason: error.reason, advice: error.advice }
  const reason = firstSentence(error.message)
  return { type: 'blocked', reason, advice: adviceAfter(reason, error.message) }
}

function firstSentence(message: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(message)?.[0] ?? message
}

/** What follows the first sentence says what to do. */
function adviceAfter(sentence: string, message: string): string {
  const rest = message.slice(sentence.length).trim()
  return rest === '' ? 'Put that right.' : rest
}
