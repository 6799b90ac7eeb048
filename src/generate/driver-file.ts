/** `driver.json` in a backend's folder: what was measured. Tests, upkeep and a restarted Graft read it. */
import { z } from 'zod'
import type { Driver } from '../values/driver.ts'
import { driver } from '../values/driver.ts'
import { UserError } from '../values/errors.ts'
import type { GateMeasurement, Measurement } from '../values/measurement.ts'
import { conventions, gateMeasurement } from '../values/measurement.ts'
import { takesOneQubit } from './render/gate-terms.ts'

export const driverFile = z.strictObject({
  schema: z.literal(1),
  /** Versions of the probe and of the Python that measured. */
  measured: z.strictObject({ probe: z.string().max(40), python: z.string().max(40) }),
  conventions,
  gates: z.array(gateMeasurement).max(30),
  driver,
})
export type DriverFile = z.infer<typeof driverFile>

/** The measurement of a driver; UserError where none was found. */
export function toDriverFile(measurement: Measurement): DriverFile {
  if (measurement.driver === undefined || measurement.conventions === undefined) {
    throw new UserError('No driver was measured, so there is nothing to generate. See what the measurement says.')
  }
  return {
    schema: 1,
    measured: { probe: measurement.probe, python: measurement.python },
    conventions: measurement.conventions,
    gates: measurement.gates.map((gate) => withoutChance(gate, measurement.driver)),
    driver: onlyRight(measurement),
  }
}

/** Bounds in which a deviation is stated. */
const ERROR_BOUNDS = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1]

/**
 * A gate's measurement with what is the same in every measurement of it: the last digits of a deviation are the machine's,
 * and one that was counted is drawn at random.
 */
function withoutChance(gate: GateMeasurement, found: Driver | undefined): GateMeasurement {
  const { error, ...rest } = gate
  const kind = found?.state?.kind ?? found?.counts?.kind
  if (error === undefined || kind === 'counts' || kind === 'samples') return rest
  // Half a bound is left, so that a deviation close to one is not sometimes above it.
  return { ...rest, error: ERROR_BOUNDS.find((bound) => 2 * error <= bound) ?? 2 }
}

/** A gate that was measured wrong has no place in a table. */
function onlyRight(measurement: Measurement): DriverFile['driver'] {
  const found = measurement.driver
  if (found === undefined) throw new UserError('No driver was measured.')
  const bad = new Set(measurement.gates.filter((gate) => gate.outcome !== 'right').map((gate) => gate.gate))
  const gates = Object.fromEntries(Object.entries(found.gates).filter(([gate]) => !bad.has(gate as 'h')))
  return { ...found, gates }
}

/** JSON in ASCII: one line per field, and one per gate, so that a later change shows as the lines that it is about. */
export function printDriverFile(file: DriverFile): string {
  const { gates: applied, ...rest } = file.driver
  const text = [
    '{',
    `"schema": ${file.schema},`,
    `"measured": ${JSON.stringify(file.measured)},`,
    `"conventions": ${JSON.stringify(file.conventions)},`,
    '"gates": [',
    rows(file.gates.map((gate) => JSON.stringify(gate))),
    '],',
    '"driver": {',
    ...Object.entries(rest).map(([key, value]) => `"${key}": ${JSON.stringify(value)},`),
    '"gates": {',
    rows(Object.entries(applied).map(([gate, value]) => `${JSON.stringify(gate)}: ${JSON.stringify(value)}`)),
    '}',
    '}',
    '}',
    '',
  ].join('\n')
  return text.replace(/[^\n\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function rows(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join(',\n')
}

/** What an entry `matrix` is trusted with where the measurement does not say. */
const MATRIX_QUBITS = 2

/**
 * Largest unitary that a driver applies itself, in qubits; 0 where it has no entry for unitaries.
 *
 * @param gates what was measured, where it is known
 */
export function matrixQubits(found: Driver, gates: readonly GateMeasurement[] = []): number {
  const { matrix } = found.gates
  if (matrix === undefined) return 0
  if (takesOneQubit(matrix)) return 1
  return gates.find((gate) => gate.gate === 'matrix')?.qubits ?? MATRIX_QUBITS
}
