/** Where what a person said and what was measured differ: shown, and the measurement counts. Pure. */
import type { Measurement } from '../values/measurement.ts'
import type { Overrides } from '../values/overrides.ts'
import type { HintFacts } from '../values/profile.ts'

const ORDERS = { little: 'qubit 0 least significant', big: 'qubit 0 most significant' }

/** One sentence each. `hints` are those of the profile, in the order of what was said. */
export function contradictions(
  stated: Overrides,
  measurement: Measurement | undefined,
  hints: readonly HintFacts[] = [],
): string[] {
  return [
    ...unused(hints),
    ...(measurement?.contradictions ?? []),
    ...(measurement === undefined ? [] : conventionsOf(stated, measurement)),
    ...(measurement === undefined ? [] : limitOf(stated, measurement)),
  ]
}

function unused(hints: readonly HintFacts[]): string[] {
  let number = 0
  return hints.flatMap(({ gate, problem }) => {
    number += gate === undefined ? 1 : 0
    if (problem === undefined) return []
    const what = gate === undefined ? `hint ${number}` : `the table's ${gate}`
    return [`You gave ${what}; it could not be used: ${problem}.`]
  })
}

function conventionsOf({ conventions: said }: Overrides, { conventions: measured, driver }: Measurement): string[] {
  if (said === undefined || measured === undefined) return []
  const differ = (what: string, one: string, other: string) => `You said ${what}: ${one}; measured: ${other}.`
  const found: string[] = []
  if (said.stateOrder !== undefined && measured.state_order !== undefined && said.stateOrder !== measured.state_order) {
    found.push(differ('order of the state', ORDERS[said.stateOrder], ORDERS[measured.state_order]))
  }
  if (
    said.countsOrder !== undefined &&
    measured.counts_order !== undefined &&
    said.countsOrder !== measured.counts_order
  ) {
    found.push(differ('order of the counts', ORDERS[said.countsOrder], ORDERS[measured.counts_order]))
  }
  const start = driver?.plus === true ? 'plus' : 'zero'
  if (said.start !== undefined && driver !== undefined && said.start !== start) {
    const names = { zero: '|0…0⟩', plus: '|+…+⟩' }
    found.push(differ('start state', names[said.start], names[start]))
  }
  const units = unitsOf(measured === undefined ? undefined : driver)
  if (said.angles !== undefined && units.size > 0 && !(units.size === 1 && units.has(said.angles))) {
    found.push(differ('unit of angles', said.angles, [...units].join(' and ')))
  }
  return found
}

/** Units of the angles of native gates, by the factor that ours is multiplied with. */
function unitsOf(driver: Measurement['driver']): Set<string> {
  const units = new Set<string>()
  for (const [gate, entry] of Object.entries(driver?.gates ?? {})) {
    if (entry === undefined || !/^(rx|ry|rz|p|cp|crz|rzz)$/.test(gate)) continue
    if (JSON.stringify(entry.apply).includes('"role":"matrix"')) continue
    const factor = Math.abs(entry.scale ?? 1)
    const close = (value: number) => Math.abs(factor - value) < 1e-9
    if (close(1)) units.add('radians')
    else if (close(1 / Math.PI)) units.add('half turns')
    else if (close(180 / Math.PI)) units.add('degrees')
    else units.add(`radians × ${Number(factor.toPrecision(4))}`)
  }
  return units
}

function limitOf({ maxQubits }: Overrides, { conventions: measured }: Measurement): string[] {
  if (maxQubits === undefined || measured === undefined || measured.max_qubits >= maxQubits) return []
  return [`You wished for ${maxQubits} qubits; measured: ${measured.max_qubits} ran within the limits.`]
}

/** The measurement with a person's own limit on the number of qubits. */
export function withLimit(measurement: Measurement, { maxQubits }: Overrides): Measurement {
  const { conventions } = measurement
  if (maxQubits === undefined || conventions === undefined || conventions.max_qubits <= maxQubits) return measurement
  const limit = `more than ${maxQubits} qubits are refused, as was asked for (${conventions.max_qubits} ran)`
  return {
    ...measurement,
    conventions: { ...conventions, max_qubits: maxQubits },
    limits: [...measurement.limits, limit].slice(-20),
  }
}
