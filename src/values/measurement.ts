/** What the probe brings back from the sandbox: a measured driver, or how far it came. Data from a hostile place. */
import { z } from 'zod'
import { driver } from './driver.ts'
import { GATE_NAMES } from './gates.ts'

const text = z.string().max(2000)

/** One gate as it was measured on the real simulator. */
export const gateMeasurement = z.strictObject({
  gate: z.enum([...GATE_NAMES, 'matrix']),
  outcome: z.enum(['right', 'wrong', 'missing']),
  /** Native expression, for people: `gate.RX(q, -a)`. */
  via: text.optional(),
  /** Largest deviation of an entry of the unitary from the reference, up to one phase. */
  error: z.number().optional(),
  /** Of `matrix`: the largest number of qubits on which random unitaries were applied right. */
  qubits: z.int().min(1).max(10).optional(),
  /** Why it is left out: raised, "is tdg", "wrong on qubits (1,3) at n = 4", with the measured matrix where it helps. */
  reason: text.optional(),
})
export type GateMeasurement = z.infer<typeof gateMeasurement>

/** Stages of the search, in order; a result names the last one that was reached. */
export const STAGES = ['import', 'object', 'x', 'read', 'gates', 'measured'] as const

export const conventions = z.strictObject({
  state_order: z.enum(['little', 'big']).optional(),
  counts_order: z.enum(['little', 'big']).optional(),
  precision: z.enum(['double', 'single', 'rounded']),
  /** Whether counts are samples; `rounded` means rounded expectations. */
  counts: z.enum(['samples', 'rounded', 'none']),
  /** Same seed, same counts; absent where there is no seed. */
  seed: z.boolean(),
  /** Largest n that ran within the memory and time limits of the measurement. */
  max_qubits: z.int().min(1).max(64),
  /** A density matrix can be read: as the result, or beside the state. */
  density: z.boolean(),
  /** The same limits for the density matrix that is read beside the state. */
  max_density_qubits: z.int().min(1).max(64).optional(),
  /** Kind of the noise that was found: nothing at p = 0, and right at p > 0. */
  noise: z.literal('depolarizing').optional(),
  /** Several circuits in one call give the same as one by one. */
  batch: z.boolean().optional(),
})
export type Conventions = z.infer<typeof conventions>

export const measurement = z.strictObject({
  schema: z.literal(1),
  probe: z.string().max(40),
  python: z.string().max(40),
  distribution: z.string().max(200),
  version: z.string().max(100),
  stage: z.enum(STAGES),
  driver: driver.optional(),
  gates: z.array(gateMeasurement).max(30),
  /** Ids of the layouts that the driver's gates are written in (`method|q, p`), the most frequent first. */
  layouts: z.array(text).max(60).optional(),
  conventions: conventions.optional(),
  tried: z.strictObject({
    objects: z.int(),
    runs: z.int(),
    evaluations: z.int(),
    seconds: z.number(),
    ran_out: z.boolean(),
  }),
  /** Modules that the package imports and that are not installed. */
  missing_modules: z.array(z.string().max(100)).max(50),
  /** How the driver was found, or what was tried: about ten lines for a person. */
  log: z.array(text).max(40),
  /** For the stage's question: objects made, types and shapes seen, first exceptions. */
  seen: z.array(text).max(40),
  /** Where what a person said is not what was measured, a sentence each. */
  contradictions: z.array(text).max(60).optional(),
  /** Limits to be stated: single precision, no seed, gate left out at a placement, fails at n = 12 … */
  limits: z.array(text).max(20),
})
export type Measurement = z.infer<typeof measurement>
