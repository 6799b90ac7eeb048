/** Drivers as the probe measures them, one of each family of calls, on four real simulators. Written by hand. */
import type { Driver, Expression, GateDriver, Reading, Role } from '../../src/values/driver.ts'
import { GATE_NAMES, GATES } from '../../src/values/gates.ts'
import type { Conventions } from '../../src/values/measurement.ts'

export const lit = (value: string | number | boolean | null): Expression => ({ lit: value })
export const ref = (text: string): Expression => ({ ref: text })
export const attr = (of: Expression, name: string): Expression => ({ attr: [of, name] })
export const call = (fn: Expression, args: Expression[], kwargs?: Record<string, Expression>): Expression =>
  kwargs === undefined ? { call: fn, args } : { call: fn, args, kwargs }
export const circuit: Expression = { var: 'circuit' }
const role = (name: Role): Expression => ({ role: name })
export const n = role('n')
export const [q0, q1, q2] = [role('q0'), role('q1'), role('q2')] as const
export const [p0, p1, p2] = [role('p0'), role('p1'), role('p2')] as const

/** Qubits and parameters of a gate as roles. */
export function roles(gate: (typeof GATE_NAMES)[number]): { qubits: Expression[]; parameters: Expression[] } {
  return {
    qubits: [q0, q1, q2].slice(0, GATES[gate].qubits),
    parameters: [p0, p1, p2].slice(0, GATES[gate].parameters.length),
  }
}

type Gates = Driver['gates']

function gates(
  names: Partial<Record<(typeof GATE_NAMES)[number], string>>,
  effect: GateDriver['effect'],
  apply: (native: string, qubits: Expression[], parameters: Expression[]) => Expression,
): Gates {
  const found: Gates = {}
  for (const gate of GATE_NAMES) {
    const native = names[gate]
    if (native === undefined) continue
    const { qubits, parameters } = roles(gate)
    found[gate] = { apply: apply(native, qubits, parameters), effect }
  }
  return found
}

const same = Object.fromEntries(GATE_NAMES.map((gate) => [gate, gate]))

export const DOUBLE: Conventions = {
  precision: 'double',
  counts: 'none',
  seed: false,
  max_qubits: 20,
  density: false,
}

const vector = (
  path: Reading['path'],
  order: Reading['order'],
  run: Reading['run'] = [],
  root = 'circuit',
): Reading => ({
  run,
  root,
  path,
  kind: 'state',
  order,
})

/** Gate objects that update a state: reversed sign of rotations, qubit 0 least significant. */
export const gateObjects: Driver = {
  schema: 1,
  distribution: 'qulacs',
  version: '0.6.14',
  imports: ['qulacs', 'qulacs.gate'],
  setup: [{ var: 'circuit', value: call(ref('qulacs:QuantumState'), [n]) }],
  gates: {
    ...gates(
      {
        ...{ h: 'H', x: 'X', y: 'Y', z: 'Z', s: 'S', sdg: 'Sdag', t: 'T', tdg: 'Tdag', sx: 'sqrtX', u3: 'U3', p: 'U1' },
        ...{ cx: 'CNOT', cz: 'CZ', swap: 'SWAP', ccx: 'TOFFOLI', cswap: 'FREDKIN' },
      },
      'inplace',
      (native, qubits, parameters) =>
        call(attr(call(ref(`qulacs.gate:${native}`), [...qubits, ...parameters]), 'update_quantum_state'), [circuit]),
    ),
    ...Object.fromEntries(
      ['rx', 'ry', 'rz'].map((gate) => [
        gate,
        {
          apply: call(attr(call(ref(`qulacs.gate:${gate.toUpperCase()}`), [q0, p0]), 'update_quantum_state'), [
            circuit,
          ]),
          effect: 'inplace',
          scale: -1,
        },
      ]),
    ),
    rzz: {
      apply: call(
        attr(
          call(ref('qulacs.gate:PauliRotation'), [{ list: [q0, q1] }, { list: [lit(3), lit(3)] }, p0]),
          'update_quantum_state',
        ),
        [circuit],
      ),
      effect: 'inplace',
      scale: -1,
    },
    matrix: {
      apply: call(
        attr(
          call(ref('qulacs.gate:DenseMatrix'), [{ role: 'gate_qubits' }, { role: 'matrix' }]),
          'update_quantum_state',
        ),
        [circuit],
      ),
      effect: 'inplace',
      qubits: [1, 0],
    },
  },
  state: vector([{ attr: 'get_vector' }, { call: [] }], 'little'),
  counts: {
    run: [],
    root: 'circuit',
    path: [{ attr: 'sampling' }, { call: [{ role: 'shots' }, { role: 'seed' }] }],
    kind: 'samples',
    order: 'little',
  },
}

/** One method for all gates: name, then angles, then qubits. */
export const angleFirst: Driver = {
  schema: 1,
  distribution: 'quimb',
  version: '1.15.0',
  imports: ['quimb.tensor'],
  setup: [{ var: 'circuit', value: call(ref('quimb.tensor:Circuit'), [n]) }],
  gates: {
    ...gates(
      { ...same, ...Object.fromEntries(GATE_NAMES.map((gate) => [gate, gate.toUpperCase()])), p: 'PHASE', cp: 'CU1' },
      'inplace',
      (native, qubits, parameters) => call(attr(circuit, 'apply_gate'), [lit(native), ...parameters, ...qubits]),
    ),
    matrix: {
      apply: call(attr(circuit, 'apply_gate_raw'), [{ role: 'matrix' }, { role: 'gate_qubits' }]),
      effect: 'inplace',
    },
  },
  state: vector([{ attr: 'to_dense' }, { call: [] }], 'big'),
}

/** The same without matrices: then the loop can be factored. */
export const oneMethod: Driver = { ...angleFirst, gates: withoutMatrix(angleFirst.gates) }

function withoutMatrix(all: Gates): Gates {
  const { matrix: _, ...rest } = all
  return rest
}

/** A gate is subscripted with its qubits and gives the circuit. */
export const subscripts: Driver = {
  schema: 1,
  distribution: 'blueqat',
  version: '0.5.7',
  imports: ['blueqat'],
  setup: [{ var: 'circuit', value: call(ref('blueqat:Circuit'), [n]) }],
  gates: gates(withoutIswap({ ...same, u3: 'u' }), 'rebind', (native, qubits, parameters) => ({
    item: [
      parameters.length === 0 ? attr(circuit, native) : call(attr(circuit, native), parameters),
      qubits.length === 1 ? q0 : { tuple: qubits },
    ],
  })),
  state: vector(
    [],
    'little',
    [{ var: 'result', value: call(attr(circuit, 'run'), [], { backend: lit('numpy') }) }],
    'result',
  ),
}

function withoutIswap<T extends Record<string, string>>(names: T): Omit<T, 'iswap'> {
  const { iswap: _, ...rest } = names
  return rest
}

/** A whole program as text. */
export const text: Driver = {
  schema: 1,
  distribution: 'amazon-braket-default-simulator',
  version: '1.34.0',
  imports: ['braket.default_simulator', 'braket.ir.openqasm'],
  setup: [],
  gates: gates(
    {
      ...{
        h: 'h',
        x: 'x',
        y: 'y',
        z: 'z',
        s: 's',
        sdg: 'si',
        t: 't',
        tdg: 'ti',
        sx: 'v',
        rx: 'rx',
        ry: 'ry',
        rz: 'rz',
      },
      ...{ p: 'phaseshift', u3: 'U', cx: 'cnot', cz: 'cz', swap: 'swap', iswap: 'iswap', cp: 'cphaseshift', rzz: 'zz' },
      ...{ ccx: 'ccnot', cswap: 'cswap' },
    },
    'line',
    (native, qubits, parameters) => ({
      format: [
        native,
        ...parameters.flatMap((parameter, index) => [index === 0 ? '(' : ', ', parameter]),
        ...(parameters.length > 0 ? [')'] : []),
        ...qubits.flatMap((qubit, index) => [index === 0 ? ' q[' : ', q[', qubit, ']']),
        ';',
      ],
    }),
  ),
  text: {
    dialect: 'openqasm3',
    header: [['OPENQASM 3.0;'], ['qubit[', n, '] q;'], ['i q[', q0, '];']],
    footer: [['#pragma braket result state_vector']],
    separator: '\n',
  },
  state: vector(
    [{ attr: 'resultTypes' }, { item: 0 }, { attr: 'value' }],
    'big',
    [
      {
        var: 'result',
        value: call(
          attr(call(ref('braket.default_simulator:StateVectorSimulator'), []), 'run'),
          [call(ref('braket.ir.openqasm:Program'), [], { source: { role: 'text' } })],
          { shots: lit(0) },
        ),
      },
    ],
    'result',
  ),
}

/** A density matrix of a register of its own, noise that shows in it, and a batch. */
export const beyond: Driver = {
  ...angleFirst,
  density: {
    setup: [{ var: 'circuit', value: call(ref('quimb.tensor:MixedCircuit'), [n]) }],
    ...vector([{ attr: 'to_matrix' }, { call: [] }], 'big'),
    kind: 'density',
  },
  noise: {
    apply: call(attr(circuit, 'depolarize'), [p0, q0]),
    effect: 'inplace',
    scale: 4 / 3,
    shows: 'density',
  },
  batch: {
    ...vector([{ attr: 'to_dense' }, { call: [] }], 'big'),
    run: [{ var: 'results', value: call(ref('quimb.tensor:run_all'), [{ role: 'circuits' }]) }],
    root: 'results',
  },
}
