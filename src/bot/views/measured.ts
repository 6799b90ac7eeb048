/** What was measured, in the words of a pull request: gates, conventions, limits. */
import { GATE_NAMES } from '../../values/gates.ts'
import type { GateMeasurement, Measurement } from '../../values/measurement.ts'
import { fence, sections, table } from './markdown.ts'

export function measuredView(
  measurement: Measurement,
  limits: readonly string[],
  contradictions: readonly string[] = [],
): string {
  const right = measurement.gates.filter((gate) => gate.outcome === 'right')
  const wrong = measurement.gates.filter((gate) => gate.outcome === 'wrong')
  const native = new Set<string>(right.map((gate) => gate.gate))
  const others = GATE_NAMES.filter((gate) => !native.has(gate))
  const errors = right.flatMap((gate) => (gate.error === undefined ? [] : [gate.error]))
  const worst = errors.length === 0 ? '' : `, off by at most ${Math.max(...errors).toExponential(0)} in any entry`
  return sections([
    table(
      ['how', 'gates'],
      [
        [`native (${right.length})`, `${codes(right)}${worst}`],
        [
          `by the bridge (${others.length})`,
          others.length === 0
            ? 'none'
            : `${others.map(code).join(' ')}, written with the native ones${limits.length === 0 ? '' : ', unless a limit says otherwise'}`,
        ],
        ...(wrong.length === 0
          ? []
          : [[`not used (${wrong.length})`, `${codes(wrong)}: the simulator’s own does something else`]]),
      ],
    ),
    wrong.length === 0 ? undefined : fence(wrong.map((gate) => `${gate.gate}: ${gate.via ?? ''} ${gate.reason ?? ''}`)),
    conventions(measurement),
    contradictionsSection(contradictions),
    limits.length === 0 ? 'No limits were measured.' : `Limits:\n\n${fence(limits, { wrap: true, lines: 25 })}`,
  ]).trimEnd()
}

/** Where what people said is not what was found or measured; undefined where there is nothing to say. */
export function contradictionsSection(contradictions: readonly string[] = []): string | undefined {
  return contradictions.length === 0
    ? undefined
    : `What was said, and what was measured (the measurement counts):\n\n${fence(contradictions, { wrap: true, lines: 25 })}`
}

function conventions({ conventions: found, driver }: Measurement): string | undefined {
  if (found === undefined) return undefined
  const order = (value: 'little' | 'big') =>
    value === 'little' ? 'qubit 0 is the least significant bit' : 'qubit 0 is the most significant bit'
  const counts = {
    samples: found.counts_order === undefined ? 'samples' : `samples; ${order(found.counts_order)}`,
    rounded: 'rounded expectations, so the bridge samples from the state',
    none: 'none of its own, so the bridge samples from the state',
  }[found.counts]
  const precision = { double: 'double', single: 'single', rounded: 'rounded' }[found.precision]
  const differing = Object.entries(driver?.gates ?? {}).flatMap(([gate, { scale = 1 } = {}]) =>
    scale === 1 ? [] : [`${code(gate)} × ${factor(scale)}`],
  )
  const turned = Object.entries(driver?.gates ?? {}).flatMap(([gate, value]) =>
    value?.qubits?.some((qubit, index) => qubit !== index) ? [`${code(gate)}: ${value.qubits.join(' ')}`] : [],
  )
  return table(
    ['convention', 'measured'],
    [
      ['state', found.state_order === undefined ? 'not given' : order(found.state_order)],
      ['counts', counts],
      [
        'angles',
        differing.length === 0
          ? 'radians, as here'
          : `radians, but native angle = ours × factor for ${differing.join(', ')}`,
      ],
      ['order of qubits', turned.length === 0 ? 'as here' : `as here, but native order for ${turned.join(', ')}`],
      ['same seed, same counts', found.seed || found.counts !== 'samples' ? 'yes' : 'no'],
      ['precision', precision],
      ['density matrices', found.density ? 'yes' : 'no'],
      ...(found.noise === undefined ? [] : [['noise', `${found.noise}: nothing at p = 0, and right at p > 0`]]),
      ...(found.batch === undefined ? [] : [['several circuits in one call', found.batch ? 'yes' : 'no']]),
      ['largest number of qubits that was run', String(found.max_qubits)],
    ],
  )
}

function factor(scale: number): string {
  const close = (value: number) => Math.abs(scale - value) < 1e-9
  if (close(1 / Math.PI)) return '1/π'
  if (close(-1 / Math.PI)) return '−1/π'
  if (close(180 / Math.PI)) return '180/π'
  return String(Number(scale.toPrecision(6))).replace('-', '−')
}

function codes(gates: readonly GateMeasurement[]): string {
  return gates.length === 0 ? 'none' : gates.map((gate) => code(gate.gate)).join(' ')
}

/** Names of gates are ours: the schema allows no others. */
function code(gate: string): string {
  return `\`${gate}\``
}
