/** What a person asked for in the issue form. Everything but the source is optional: it is measured or derived. */
import { z } from 'zod'
import { backendOptions } from './plan.ts'

export const SIMULATOR_TYPES = ['statevector', 'density matrix', 'stabilizer', 'tensor network', 'other'] as const
export const TEST_CIRCUITS = ['bell', 'ghz', 'qft', 'random'] as const

/** The checked request. */
export const issueRequest = z.strictObject({
  /** Canonical package URL, with the version where one was named. */
  source: z.string().min(1).max(300),
  options: backendOptions.partial(),
  simulatorTypes: z.array(z.enum(SIMULATOR_TYPES)).max(5),
  /** A wish that is compared with what is measured and reported when it is not met. */
  maxQubits: z.int().min(1).max(64).optional(),
  noise: z.boolean().optional(),
  gpu: z.boolean().optional(),
  batching: z.boolean().optional(),
  gateMapping: z.enum(['auto', 'template', 'manual']).default('auto'),
  codeTemplate: z.enum(['basic', 'advanced', 'custom']).default('basic'),
  testCircuit: z.enum(TEST_CIRCUITS).default('bell'),
  shots: z.int().min(1).max(1_000_000).default(1024),
})
export type IssueRequest = z.infer<typeof issueRequest>

/** One thing that is wrong with a request: which field, and what was expected. Plain text, never text of the request. */
export interface RequestProblem {
  readonly field: string
  readonly expected: string
}
