/** Proposer `host`: circuits of a well-known format that the package takes instead of its own. */
import type { Expression, Statement } from '../../values/driver.ts'
import type { Candidate } from '../../values/profile.ts'
import type { Context } from '../context.ts'

const call = (ref: string, args: Expression[] = []): Expression => ({ call: { ref }, args })
const made = (value: Expression): Statement => ({ var: 'circuit', value })

/** How each host makes a circuit; how it is run on the package's engines is the probe's work (`templates/probe/hosts.py`). */
const CIRCUITS: Readonly<Record<string, readonly Statement[]>> = {
  cirq: [{ var: 'register', value: call('cirq:LineQubit.range', [{ role: 'n' }]) }, made(call('cirq:Circuit'))],
  qiskit: [made(call('qiskit:QuantumCircuit', [{ role: 'n' }]))],
  pytket: [made(call('pytket:Circuit', [{ role: 'n' }]))],
  pennylane: [made({ list: [] })],
  braket: [made(call('braket.circuits:Circuit'))],
}

/** Modules beside the circuit's own that hold the host's gates and words; naming them in the run lets the probe look there. */
const BESIDE: Readonly<Record<string, string>> = { pennylane: 'pennylane.tape:QuantumScript' }

/** Distributions that are hosts themselves: their own simulators run their own circuits. */
const ARE_HOSTS: Readonly<Record<string, string>> = {
  cirq: 'cirq',
  'cirq-core': 'cirq',
  qiskit: 'qiskit',
  pytket: 'pytket',
  pennylane: 'pennylane',
  'amazon-braket-sdk': 'braket',
}

export function proposeHosts({ profile }: Context): Candidate[] {
  const own = ARE_HOSTS[profile.distribution.toLowerCase()]
  const scores = new Map(
    profile.capabilities.hosts.map(({ value, confidence }) => [value, confidence >= 0.9 ? 62 : 36]),
  )
  if (own !== undefined) scores.set(own, 140)
  return [...scores].flatMap(([host, score]): Candidate[] => {
    const setup = CIRCUITS[host]
    if (setup === undefined) return []
    const beside = BESIDE[host]
    const run: Statement[] =
      beside === undefined ? [] : [{ var: 'tape', value: call(beside, [{ var: 'circuit' }, { list: [] }]) }]
    return [{ proposer: 'host', origin: host, host, score, setup: [...setup], gates: [], run }]
  })
}
