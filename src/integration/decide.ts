/** The one decision function: what is the next step of an integration, given all that is known. Pure and total. */
import type { Pending } from '../simulator/runner.ts'
import type { Thread } from './thread.ts'
import type { Judgement } from './verdict.ts'
import { judgeReport } from './verdict.ts'

export type Step =
  | { readonly type: 'fetch' }
  | { readonly type: 'name' }
  | { readonly type: 'analyse' }
  | { readonly type: 'prepare' }
  | { readonly type: 'measure' }
  | { readonly type: 'plan' }
  /** All changes at once: a branch of Graft's is never seen half made. */
  | { readonly type: 'publish' }
  | { readonly type: 'test' }
  /** A job runs elsewhere; whoever hears of its end asks again. */
  | { readonly type: 'wait'; readonly pending: Pending }
  | { readonly type: 'finish'; readonly judgement: Judgement; readonly keepBranch: boolean }

/**
 * Returns the next step. Reading comes first, then measuring, and only a measurement that is good enough leads to a branch:
 * a refusal never leaves a branch or a file behind.
 */
export function decide(thread: Thread): Step {
  if (thread.pending !== undefined) return { type: 'wait', pending: thread.pending }
  if (thread.snapshot === undefined) return { type: 'fetch' }
  if (thread.backend === undefined) return { type: 'name' }
  if (thread.profile === undefined) return { type: 'analyse' }
  if (thread.decline !== undefined) return refuse('declined', thread.decline)
  if (thread.prepared === undefined) return { type: 'prepare' }
  if (!thread.prepared.ok) {
    // A build can be allowed by the person; a conflict of pins cannot be answered away.
    return refuse(thread.prepared.reason === 'no_wheel' ? 'needs_answer' : 'declined', thread.prepared.message)
  }
  if (thread.measurement === undefined || thread.judgement === undefined) return { type: 'measure' }
  const { judgement } = thread
  if (judgement.verdict !== 'integrated' && judgement.verdict !== 'integrated_with_limits') {
    return { type: 'finish', judgement, keepBranch: false }
  }
  if (thread.changes === undefined) return { type: 'plan' }
  if (thread.request.dryRun) return { type: 'finish', judgement, keepBranch: false }
  if (thread.branch?.head === undefined) return { type: 'publish' }
  if (thread.report === undefined) return { type: 'test' }
  const final = judgeReport(judgement, thread.report)
  return { type: 'finish', judgement: final, keepBranch: final.verdict !== 'failed' }
}

function refuse(verdict: 'declined' | 'needs_answer', reason: string): Step {
  return { type: 'finish', judgement: { verdict, reason, limits: [] }, keepBranch: false }
}
