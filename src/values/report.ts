/** The report of one test run of a backend. */
import { z } from 'zod'

export const testOutcome = z.strictObject({
  /** Category of the conformance suite: unit, integration, performance, compatibility. */
  category: z.string().max(40),
  name: z.string().max(200),
  outcome: z.enum(['passed', 'failed', 'skipped', 'error']),
  seconds: z.number(),
  message: z.string().max(4000).optional(),
})

export const report = z.strictObject({
  schema: z.literal(1),
  backend: z.string(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  tree: z.string().regex(/^[0-9a-f]{40}$/),
  passed: z.int(),
  failed: z.int(),
  skipped: z.int(),
  seconds: z.number(),
  tests: z.array(testOutcome).max(2000),
  /** `bwrap`, `rlimits`: how the simulator was contained. */
  containment: z.string(),
})
export type Report = z.infer<typeof report>
