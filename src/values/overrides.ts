/**
 * What a person says about a simulator beyond naming it: hints, what to install, a table of gates, a driver by hand, and so
 * on. One value for all faces (form, comments, command line). All of it is data, and all of it is measured like anything else.
 */
import { z } from 'zod'
import { driver } from './driver.ts'
import { GATE_NAMES } from './gates.ts'

export const GATE_MAPPINGS = ['auto', 'template', 'manual'] as const
export const CODE_TEMPLATES = ['basic', 'advanced', 'custom'] as const

/** A gate of the list, or `matrix`. */
export const gateKey = z.enum([...GATE_NAMES, 'matrix'])
export type GateKey = z.infer<typeof gateKey>

/** Without these nothing can be measured or run, so they cannot be left out. */
export const INDISPENSABLE: readonly GateKey[] = ['x', 'h', 'cx']

/** Longest example code of one hint, and most hints of one request. */
export const MAX_HINT = 2000
export const MAX_HINTS = 12

/** Conventions of the native simulator as a person states them; they are compared with the measured ones. */
export const statedConventions = z.strictObject({
  /** `little`: qubit 0 is the least significant bit of a state's index. */
  stateOrder: z.enum(['little', 'big']).optional(),
  /** `little`: qubit 0 stands at the right of a key of counts. */
  countsOrder: z.enum(['little', 'big']).optional(),
  /** Unit of angles. */
  angles: z.enum(['radians', 'half turns', 'degrees']).optional(),
  /** Start state: |0…0⟩ or |+…+⟩. */
  start: z.enum(['zero', 'plus']).optional(),
})
export type StatedConventions = z.infer<typeof statedConventions>

export const overrides = z.strictObject({
  /** Example code, as in a README; it is cut into words of the driver language and never executed as text. */
  hints: z.array(z.string().min(1).max(MAX_HINT)).max(MAX_HINTS).optional(),
  /** Requirements (PEP 508) that the package has and does not declare. */
  with: z.array(z.string().min(1).max(200)).max(20).optional(),
  /** The package may be built from its sdist, which runs its build script. */
  allowBuild: z.boolean().optional(),
  /** `auto`: searched · `template`: only calls by the standard names · `manual`: as `gates` says, the rest searched. */
  gateMapping: z.enum(GATE_MAPPINGS).optional(),
  /** Of `manual`: one expression for each gate, in Python's spelling with the roles q0, q1, q2, p0, p1, p2. */
  gates: z.partialRecord(gateKey, z.string().min(1).max(500)).optional(),
  /** `basic`: state and counts · `advanced`: all that is measured beyond · `custom`: `driver` is the start. */
  codeTemplate: z.enum(CODE_TEMPLATES).optional(),
  /** Of `custom`: nothing is searched; it is completed and measured. */
  driver: driver.optional(),
  conventions: statedConventions.optional(),
  /** Gates whose native calls are not used; the bridge writes them with others where it can. */
  exclude: z.array(gateKey).max(30).optional(),
  /** The backend refuses larger circuits. */
  maxQubits: z.int().min(1).max(64).optional(),
})
export type Overrides = z.infer<typeof overrides>

/** Both together: lists are joined, each entry once; of everything else the second one counts. */
export function joinOverrides(first: Overrides, second: Overrides): Overrides {
  const list = (one: readonly string[] = [], other: readonly string[] = []) => [...new Set([...one, ...other])]
  const joined = { ...first, ...second }
  if (first.hints ?? second.hints) joined.hints = list(first.hints, second.hints).slice(-MAX_HINTS)
  if (first.with ?? second.with) joined.with = list(first.with, second.with).slice(0, 20)
  return joined
}
