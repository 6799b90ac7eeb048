/** Drivers of a made-up package `toy`, one for each way of writing a call that the language allows. */
import type { Driver, Expression, GateDriver } from '../../src/values/driver.ts'
import {
  angleFirst,
  attr,
  call,
  circuit,
  gateObjects,
  lit,
  n,
  oneMethod,
  p0,
  p1,
  p2,
  q0,
  q1,
  q2,
  ref,
  subscripts,
  text,
} from './drivers.ts'

function toy(driver: Driver): Driver {
  const written = JSON.stringify(driver).replace(/qulacs|quimb\.tensor|blueqat|braket\.(default_simulator|ir)/g, 'toy')
  const made = written.replaceAll('QuantumState', 'Circuit').replaceAll('StateVectorSimulator', 'Circuit')
  return JSON.parse(made) as Driver
}

const inplace = (apply: Expression, more: Partial<GateDriver> = {}): GateDriver => ({
  apply,
  effect: 'inplace',
  ...more,
})
const list = (...items: Expression[]): Expression => ({ list: items })
const variable = (name: string): Expression => ({ var: name })

function make(gates: Driver['gates'], more: Partial<Driver> = {}): Driver {
  return {
    ...{ schema: 1, distribution: 'toy', version: '1.0', imports: ['toy'] },
    setup: [{ var: 'circuit', value: call(ref('toy:Circuit'), [n]) }],
    gates,
    state: { run: [], root: 'circuit', path: [{ attr: 'state' }], kind: 'state', order: 'big' },
    ...more,
  }
}

const method = (name: string, ...args: Expression[]) => call(attr(circuit, name), args)
const methods: Driver['gates'] = {
  h: inplace(method('h', q0)),
  x: inplace(method('x', q0)),
  rx: inplace(method('rx', p0, q0)),
  cx: inplace(method('cx', q0, q1)),
}
const objects: Driver['gates'] = {
  h: inplace(method('add', call(ref('toy:H'), [q0]))),
  x: inplace(method('add', call(ref('toy:X'), [q0]))),
  rx: inplace(method('add', call(ref('toy:RX'), [q0, p0]))),
  cx: inplace(method('add', call(ref('toy:CX'), [q0, q1]))),
}
/** `state = (I @ gate @ I) ^ state`. */
function chained(gate: Expression, qubits?: number[]): GateDriver {
  const apply: Expression = {
    chain: gate,
    identity: ref('toy:I'),
    join: { op: '@', args: [variable('left'), variable('right')] },
    apply: { op: '^', args: [variable('operator'), circuit] },
    swap: ref('toy:SWAP'),
  }
  return { apply, effect: 'rebind', ...(qubits === undefined ? {} : { qubits }) }
}
/** The same without a state. */
function countsOnly({ state: _, ...rest }: Driver): Driver {
  const path = [{ attr: 'measure' }, { call: [], kwargs: { shots: { role: 'shots' as const } } }]
  return { ...rest, counts: { run: [], root: 'circuit', path, kind: 'counts', order: 'little' } }
}
const lines = (more: Partial<Driver>): Driver => ({ ...toy(text), ...more })

export const FAMILIES: Record<string, Driver> = {
  'gate objects': toy(gateObjects),
  'one method and one for matrices': toy(angleFirst),
  'one method': toy(oneMethod),
  subscripts: toy(subscripts),
  text: toy(text),
  'text, reversed sign and touched qubits': lines({
    touch: true,
    plus: true,
    gates: { ...toy(text).gates, rx: { apply: { format: ['rx(', p0, ') q[', q0, '];'] }, effect: 'line', scale: -1 } },
  }),
  'text, lines with the number of qubits': lines({
    touch: true,
    gates: {
      ...toy(text).gates,
      x: { apply: { format: ['x q[', { op: '-', args: [{ op: '-', args: [n, lit(1)] }, q0] }, '];'] }, effect: 'line' },
      rx: { apply: { format: ['rx ', n, ' ', p0, ' ', q0] }, effect: 'line', scale: 0.5 },
    },
  }),
  'density, and counts that are drawn': make(methods, {
    state: { run: [], root: 'circuit', path: [{ attr: 'rho' }], kind: 'density', order: 'little' },
    counts: {
      run: [{ var: 'job', value: call(ref('toy:run'), [circuit, { role: 'shots' }], { seed: { role: 'seed' } }) }],
      root: 'job',
      path: [{ attr: 'counts' }, { call: [] }],
      kind: 'counts',
      order: 'big',
    },
  }),
  'probabilities only, from a run with shots and a seed': make(methods, {
    setup: [{ var: 'circuit', value: call(ref('toy:Circuit'), [n], { seed: { role: 'seed' } }) }],
    state: {
      run: [{ var: 'job', value: call(ref('toy:run'), [circuit], { shots: { role: 'shots' } }) }],
      root: 'job',
      path: [{ attr: 'probabilities' }],
      kind: 'probabilities',
      order: 'little',
    },
  }),
  'probabilities and samples': make(methods, {
    state: { run: [], root: 'circuit', path: [{ attr: 'weights' }], kind: 'probabilities', order: 'little' },
    counts: {
      run: [],
      root: 'circuit',
      path: [{ attr: 'draw' }, { call: [{ role: 'shots' }] }],
      kind: 'samples',
      order: 'big',
    },
  }),
  'counts only': countsOnly(make(methods)),
  'functions inside a context': make(
    { h: inplace(call(ref('toy:h'), [q0])), cx: inplace(call(ref('toy:cx'), [q0, q1])) },
    { context: { var: 'circuit', value: call(ref('toy:Circuit'), [n]), over: 'gates' }, setup: [] },
  ),
  'methods inside a context that lasts until the result is read': make(methods, {
    setup: [{ var: 'session', value: call(ref('toy:Session'), []) }],
    context: { var: 'circuit', value: call(attr(variable('session'), 'Circuit'), [n]), over: 'all' },
  }),
  'a function that the package calls back with the circuit': make(methods, {
    kernel: { parameters: ['circuit', 'n'], returns: call(attr(circuit, 'end'), []) },
    setup: [{ var: 'circuit', value: call(call(ref('toy:circuit_of'), [n]), [{ role: 'kernel' }]) }],
  }),
  'a function without parameters': make(
    { h: inplace(call(ref('toy:h'), [q0])), cx: inplace(call(ref('toy:cx'), [q0, q1])) },
    { kernel: { parameters: [] }, setup: [{ var: 'circuit', value: call(ref('toy:Circuit'), [{ role: 'kernel' }]) }] },
  ),
  'a measurement of each qubit': make(methods, {
    counts: {
      run: [
        { value: method('measure', q0, q0), each: true },
        { var: 'circuit', value: method('measured', q0), each: true },
      ],
      ...{ root: 'circuit', path: [{ attr: 'counts' }], kind: 'counts', order: 'little' },
    },
  }),
  'an amplitude for each basis state': make(methods, {
    state: {
      ...{ run: [], root: 'circuit', kind: 'state', order: 'big' },
      path: [{ attr: 'amplitude' }, { each: [{ role: 'basis' }], kwargs: { place: { role: 'index' } } }],
    },
    counts: {
      ...{ run: [], root: 'circuit', kind: 'counts', order: 'big' },
      path: [{ attr: 'seen' }, { each: [{ role: 'basis_list' }, { role: 'shots' }] }],
    },
  }),
  'text that is measured only for counts': lines({
    setup: [{ var: 'circuit', value: call(ref('toy:Circuit'), [{ role: 'text' }]) }],
    counts: {
      run: [{ var: 'job', value: call(ref('toy:run'), [circuit, { role: 'shots' }]) }],
      ...{ root: 'job', path: [{ attr: 'counts' }], kind: 'counts', order: 'big' },
      text: { dialect: 'openqasm3', header: [['qubit[', n, '] q;']], footer: [['measure ', q0]], separator: '\n' },
    },
  }),
  'text in a file': lines({
    setup: [{ var: 'circuit', value: call(ref('toy:Circuit'), [{ role: 'file' }]) }],
  }),
  augment: make({
    h: { apply: call(ref('toy:H'), [q0]), effect: 'augment' },
    rx: { apply: call(call(ref('toy:RX'), [p0]), [q0]), effect: 'augment' },
  }),
  'operators on a register': make(
    {
      h: inplace({ op: '|', args: [ref('toy.ops:H'), { item: [variable('q'), q0] }] }),
      rx: inplace({ op: '|', args: [call(ref('toy.ops:RX'), [p0]), { item: [variable('q'), q0] }] }),
      cx: inplace({
        op: '|',
        args: [ref('toy.ops:CX'), { tuple: [{ item: [variable('q'), q0] }, { item: [variable('q'), q1] }] }],
      }),
    },
    {
      setup: [
        { var: 'circuit', value: call(ref('toy:Circuit'), []) },
        { var: 'q', value: call(attr(circuit, 'allocate'), [n]) },
      ],
      handle: 'q',
    },
  ),
  'a function of circuit, gate, qubits and angles': make({
    h: inplace(call(ref('toy:apply'), [circuit, ref('toy:H'), list(q0), list()])),
    rx: inplace(call(ref('toy:apply'), [circuit, ref('toy:RX'), list(q0), list(p0)])),
    ccx: inplace(call(ref('toy:apply'), [circuit, ref('toy:CCX'), list(q0, q1, q2), list()])),
  }),
  'functions on hidden state': make(
    { h: inplace(call(ref('toy:h'), [q0])), cx: inplace(call(ref('toy:cx'), [q0, q1])) },
    {
      setup: [{ value: call(ref('toy:start'), [n]) }],
      state: {
        run: [{ var: 'r0', value: call(ref('toy:read'), []) }],
        root: 'r0',
        path: [],
        kind: 'state',
        order: 'little',
      },
    },
  ),
  'keyword arguments': make({
    h: inplace(call(attr(circuit, 'add'), [lit('H')], { targets: list(q0) })),
    rx: inplace(call(attr(circuit, 'add'), [lit('RX')], { targets: list(q0), lambda: p0 })),
    cx: inplace(call(attr(circuit, 'add'), [lit('CX')], { controls: q0, targets: q1 })),
  }),
  'several effects': make({
    h: { apply: method('h', q0), effect: 'rebind' },
    x: inplace(method('x', q0)),
    rx: { apply: call(ref('toy:RX'), [p0, q0]), effect: 'augment' },
  }),
  'order, sign and unit': make({
    cx: inplace(method('cx', q0, q1), { qubits: [1, 0] }),
    ccx: inplace(method('ccx', list(q0, q1), q2), { qubits: [2, 0, 1] }),
    u3: inplace(method('u', p0, p1, p2, q0), { parameters: [2, 0, 1], scale: 1 / Math.PI }),
    rx: inplace(method('rx', p0, q0), { scale: -1 / Math.PI }),
    ry: inplace(method('ry', p0, q0), { scale: 180 / Math.PI }),
    rz: inplace(method('rz', p0, q0), { scale: 0.5 }),
    p: inplace(method('p', p0, q0), { scale: -1.5 }),
    cp: inplace(method('cp', p0, q0, q1), { scale: 1 / (2 * Math.PI) }),
  }),
  'start state and touched qubits, methods': make(methods, { plus: true, touch: true }),
  'start state and touched qubits, objects': make(objects, { plus: true, touch: true }),
  'touched qubits, rebinding': make(
    { h: { apply: method('h', q0), effect: 'rebind' }, x: { apply: method('x', q0), effect: 'rebind' } },
    { touch: true },
  ),
  'keywords of Python as names': make({
    h: inplace(call(attr(circuit, 'or'), [q0])),
    x: inplace(call(attr(circuit, 'not'), [q0], { class: lit(1), in: lit('a') })),
  }),
  'the number of qubits': make({
    h: inplace(call(ref('toy:h'), [circuit, n, q0])),
    x: inplace(call(ref('toy:x'), [circuit, { role: 'qubits' }, q0])),
  }),
  'names that mean something else': make(
    {
      h: inplace(call(ref('toy:q'), [variable('gates'), q0, ref('toy:a.b'), ref('toy.np:list'), ref('toy:c')])),
      rx: inplace(call(ref('toy:m'), [variable('gates'), q0, p0, ref('toy:lines'), variable('np')])),
    },
    {
      setup: [
        { var: 'np', value: ref('toy:gate') },
        { var: 'gates', value: call(ref('toy:Circuit'), [n, variable('np')]) },
      ],
      state: {
        run: [{ var: 'n', value: call(ref('toy:gates'), [variable('gates')]) }],
        root: 'n',
        path: [{ item: 0 }, { call: [], kwargs: { key: lit('x') } }],
        kind: 'state',
        order: 'big',
      },
    },
  ),
  'operators over the whole register, applied by an operator': make(
    { x: chained(ref('toy:X')), cx: chained(ref('toy:CNOT'), [1, 0]), rx: chained(call(ref('toy:RX'), [p0])) },
    { state: { run: [], root: 'circuit', path: [{ attr: 'vector' }], kind: 'state', order: 'big' } },
  ),
  'operators over the whole register, some of them, handed over': make({
    ...methods,
    ccx: {
      apply: {
        chain: ref('toy:CCX'),
        identity: call(ref('toy:identity'), [lit(1)]),
        join: call(ref('toy:kron'), [variable('left'), variable('right')]),
        apply: call(attr(circuit, 'apply'), [variable('operator')]),
        swap: ref('toy:SWAP'),
      },
      effect: 'rebind',
    },
  }),
  'qubits one by one in a matrix call': make({
    x: inplace(method('x', q0)),
    matrix: inplace(method('unitary', { role: 'matrix' }, q0, q1), { qubits: [1, 0] }),
  }),
  'operators, dictionaries and roles': make(
    {
      x: inplace(
        call(attr(circuit, 'add'), [
          { op: '-', args: [ref('toy:A'), { op: '+', args: [ref('toy:B'), q0] }] },
          { dict: [[lit('t'), q0]] },
        ]),
      ),
      z: inplace(
        call(attr(circuit, 'add'), [
          {
            op: '*',
            args: [
              { op: '+', args: [ref('toy:A'), lit(-2)] },
              { op: '**', args: [ref('toy:B'), lit(-1)] },
            ],
          },
          { dict: [[lit('t'), q0]] },
        ]),
      ),
    },
    {
      setup: [
        {
          var: 'circuit',
          value: call(ref('toy:Circuit'), [
            { role: 'zeros' },
            { role: 'zero_list' },
            { role: 'dims' },
            { role: 'qubits' },
            { role: 'ket0' },
          ]),
        },
      ],
    },
  ),
}
