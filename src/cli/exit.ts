/** Exit codes, in one place. `docs/command-line.md` explains them to people. */
import { GraftError } from '../values/errors.ts'
import type { Verdict } from '../values/plan.ts'

export const EXIT = {
  done: 0,
  /** The person can act: the request, the configuration, or trying again. */
  act: 1,
  declined: 2,
  bug: 3,
  /** 128 + SIGINT, as shells expect it. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A generated backend that fails its own tests (`failed`) is a defect of Graft: the measurement had said that it is right. */
const VERDICTS: Record<Verdict, ExitCode> = {
  integrated: EXIT.done,
  integrated_with_limits: EXIT.done,
  needs_answer: EXIT.act,
  declined: EXIT.declined,
  failed: EXIT.bug,
}

export function exitOfVerdict(verdict: Verdict): ExitCode {
  return VERDICTS[verdict]
}

export function exitOfError(error: unknown): ExitCode {
  return error instanceof GraftError && error.audience !== 'bug' ? EXIT.act : EXIT.bug
}
