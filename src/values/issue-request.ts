/** What a person asked for in the issue form. Everything but the source is optional: it is measured or derived. */
import { z } from 'zod'
import { overrides } from './overrides.ts'
import { backendOptions } from './plan.ts'

export const SIMULATOR_TYPES = ['statevector', 'density matrix', 'stabilizer', 'tensor network', 'other'] as const
export const TEST_CIRCUITS = ['bell', 'ghz', 'qft', 'random'] as const

/** The checked request. */
export const issueRequest = z.strictObject({
  /** Canonical package URL, with the version where one was named. */
  source: z.string().min(1).max(300),
  options: backendOptions.partial(),
  simulatorTypes: z.array(z.enum(SIMULATOR_TYPES)).max(5),
  /** Wishes that are compared with what is measured; what is not met is reported. */
  noise: z.boolean().optional(),
  gpu: z.boolean().optional(),
  batching: z.boolean().optional(),
  /** What is said about the simulator; answers in comments are joined to it. */
  overrides: overrides.default({}),
  testCircuit: z.enum(TEST_CIRCUITS).default('bell'),
  shots: z.int().min(1).max(1_000_000).default(1024),
})
export type IssueRequest = z.infer<typeof issueRequest>

/** One thing that is wrong with a request: which field, and what was expected. Plain text, never text of the request. */
export interface RequestProblem {
  readonly field: string
  readonly expected: string
}
