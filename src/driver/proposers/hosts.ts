/** Proposer `host`: circuits of a well-known format that the package takes instead of its own. */
import type { Expression, Statement } from '../../values/driver.ts'
import type { Candidate } from '../../values/profile.ts'
import type { Context } from '../context.ts'

interface Template {
  readonly setup: Statement[]
  readonly run: Statement[]
}

const CIRCUIT: Expression = { var: 'circuit' }
const call = (ref: string, args: Expression[] = [], kwargs?: Record<string, Expression>): Expression =>
  kwargs ? { call: { ref }, args, kwargs } : { call: { ref }, args }
const method = (name: string, args: Expression[] = []): Expression => ({ call: { attr: [CIRCUIT, name] }, args })
const made = (value: Expression): Statement => ({ var: 'circuit', value })

const TEMPLATES: Readonly<Record<string, readonly Template[]>> = {
  cirq: [
    {
      setup: [{ var: 'register', value: call('cirq:LineQubit.range', [{ role: 'n' }]) }, made(call('cirq:Circuit'))],
      run: [],
    },
  ],
  qiskit: [
    { setup: [made(call('qiskit:QuantumCircuit', [{ role: 'n' }]))], run: [] },
    { setup: [made(call('qiskit:QuantumCircuit', [{ role: 'n' }]))], run: [{ value: method('measure_all') }] },
    { setup: [made(call('qiskit:QuantumCircuit', [{ role: 'n' }]))], run: [{ value: method('save_statevector') }] },
  ],
  pytket: [
    { setup: [made(call('pytket:Circuit', [{ role: 'n' }]))], run: [] },
    { setup: [made(call('pytket:Circuit', [{ role: 'n' }]))], run: [{ value: method('measure_all') }] },
  ],
  pennylane: [
    {
      setup: [made({ list: [] })],
      run: [
        {
          var: 'tape',
          value: call('pennylane.tape:QuantumScript', [CIRCUIT, { list: [call('pennylane:state')] }]),
        },
      ],
    },
  ],
}

/** Names of devices that a package registers with the host, as they stand in its own example. */
const DEVICE = /"ref":"pennylane:device"\},"args":\[\{"lit":"([\w.-]{1,60})"\}/

export function proposeHosts({ profile }: Context): Candidate[] {
  return profile.capabilities.hosts.flatMap((host) =>
    (TEMPLATES[host.value] ?? []).map(
      (template, index): Candidate => ({
        proposer: 'host',
        origin: host.value,
        host: host.value,
        score: (host.confidence >= 0.9 ? 62 : 36) - index,
        setup: template.setup,
        gates: [],
        run:
          host.value === 'pennylane' ? [...template.run, ...deviceRun(JSON.stringify(profile.examples))] : template.run,
      }),
    ),
  )
}

function deviceRun(examples: string): Statement[] {
  const name = DEVICE.exec(examples)?.[1] ?? 'default.qubit'
  return [
    { var: 'device', value: call('pennylane:device', [{ lit: name }], { wires: { role: 'n' } }) },
    { value: call('pennylane:execute', [{ list: [{ var: 'tape' }] }, { var: 'device' }]) },
  ]
}
