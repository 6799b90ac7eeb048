import { describe, expect, test } from 'vitest'
import { proposeCandidates } from '../../src/driver/propose.ts'
import type { Expression, Statement } from '../../src/values/driver.ts'
import { aClass, aFunction, anExample, aProfile, fact } from './support/profile.ts'

const n = { role: 'n' } as const
const circuit = { var: 'circuit' } as const
const call = (ref: string, args: Expression[] = [], kwargs?: Record<string, Expression>): Expression =>
  kwargs ? { call: { ref }, args, kwargs } : { call: { ref }, args }
const made = (value: Expression): Statement => ({ var: 'circuit', value })
const GATES = { h: 'q', x: 'q', cx: 'a, b', rx: 'theta, q' }

describe('classes', () => {
  test('the class with gates ranks before its noise model, its drawer and its parser', () => {
    const request = proposeCandidates(
      aProfile({
        classes: [
          aClass('veloq.draw:CircuitDrawer', 'circuit', GATES),
          aClass('veloq:NoisyCircuit', 'n_qubits', GATES),
          aClass('veloq.parser:QasmListener', '', GATES),
          aClass('veloq:Circuit', 'n_qubits', GATES),
        ],
      }),
    )
    expect(request.candidates[0]).toMatchObject({
      proposer: 'class',
      origin: 'veloq:Circuit',
      setup: [made(call('veloq:Circuit', [n]))],
    })
  })

  test.each([
    ['num_qubits=, name=', call('veloq:Circuit', [n])],
    ['name=, num_qubits=', call('veloq:Circuit', [], { num_qubits: n })],
    ['wires', call('veloq:Circuit', [{ role: 'qubits' }])],
    ['qubits: int, seed', call('veloq:Circuit', [n, { role: 'seed' }])],
    ['n, n_cbits', call('veloq:Circuit', [n, { role: 'bits' }])],
    ['weird', call('veloq:Circuit', [n])],
    ['', call('veloq:Circuit')],
    [null, call('veloq:Circuit', [n])],
  ])('a constructor (%s) is filled in by the roles of its parameters', (init, value) => {
    const request = proposeCandidates(aProfile({ classes: [aClass('veloq:Circuit', init, GATES)] }))
    expect(request.candidates[0]?.setup).toEqual([made(value)])
  })

  test('a part that the constructor asks for is made first', () => {
    const classes = [aClass('veloq:Circuit', 'reg: QuantumReg', GATES), aClass('veloq:QuantumReg', 'size')]
    const [first] = proposeCandidates(aProfile({ classes })).candidates
    expect(first?.setup).toEqual([
      { var: 'part0', value: call('veloq:QuantumReg', [n]) },
      made(call('veloq:Circuit', [{ var: 'part0' }])),
    ])
  })

  test('static makers and making functions are proposed', () => {
    const request = proposeCandidates(
      aProfile({
        classes: [aClass('veloq:State', null, { ...GATES, zeros: 'n' }, { statics: ['zeros'] })],
        functions: [aFunction('veloq:make_register', 'n_qubits')],
      }),
    )
    const setups = request.candidates.map(({ setup }) => setup)
    expect(setups).toContainEqual([made(call('veloq:State.zeros', [n]))])
    expect(setups).toContainEqual([made(call('veloq:make_register', [n]))])
  })
})

describe('examples', () => {
  const example = anExample({
    setup: [made(call('veloq:Circuit', [{ lit: 3 }]))],
    gates: [{ value: { item: [{ call: { attr: [circuit, 'rx'] }, args: [{ lit: 0.3 }] }, { lit: 2 }] } }],
    run: [
      {
        var: 'state',
        value: call('veloq:zeros', [{ lit: '000' }, { list: [{ lit: 0 }, { lit: 1 }, { lit: 2 }] }, { lit: 3 }]),
      },
      {
        value: {
          call: { attr: [circuit, 'run'] },
          args: [{ var: 'state' }],
          kwargs: { shots: { lit: 50 }, seed: { lit: 7 }, mode: { lit: 2 } },
        },
      },
    ],
  })

  test('literals become roles: sizes, zeros, all qubits, shots, seed, the qubits and angles of gates', () => {
    const [first] = proposeCandidates(
      aProfile({ examples: [example], classes: [aClass('veloq:Circuit', 'n', GATES)] }),
    ).candidates
    expect(first).toMatchObject({ proposer: 'example', origin: 'README.md:3' })
    expect(first?.setup).toEqual([made(call('veloq:Circuit', [n]))])
    expect(first?.gates).toEqual([
      { value: { item: [{ call: { attr: [circuit, 'rx'] }, args: [{ role: 'p0' }] }, { role: 'q0' }] } },
    ])
    expect(first?.run).toEqual([
      { var: 'state', value: call('veloq:zeros', [{ role: 'zeros' }, { role: 'qubits' }, n]) },
      {
        value: {
          call: { attr: [circuit, 'run'] },
          args: [{ var: 'state' }],
          kwargs: { shots: { role: 'shots' }, seed: { role: 'seed' }, mode: { lit: 2 } },
        },
      },
    ])
  })

  test('a string of as many zeros as there are qubits, written as a product', () => {
    const zeros = anExample({
      ...example,
      setup: [made(call('veloq:State', [{ op: '*', args: [{ lit: '0' }, { lit: 14 }] }]))],
    })
    const [first] = proposeCandidates(
      aProfile({ examples: [zeros], classes: [aClass('veloq:State', 'bits', GATES)] }),
    ).candidates
    expect(first?.setup).toEqual([made(call('veloq:State', [{ role: 'zeros' }]))])
  })

  test('variables from outside become roles by their names; statements with others go, and what hangs on them', () => {
    const open = anExample({
      ...example,
      setup: [made(call('veloq:Circuit', [{ var: 'num_qubits' }]))],
      run: [
        { var: 'noise', value: { call: { var: 'fixture' }, args: [] } },
        { var: 'result', value: { call: { attr: [circuit, 'run'] }, args: [{ var: 'noise' }] } },
        { var: 'state', value: { call: { attr: [circuit, 'final'] }, args: [] } },
        { var: 'unrelated', value: { lit: 3 } },
      ],
    })
    const [first] = proposeCandidates(
      aProfile({ examples: [open], classes: [aClass('veloq:Circuit', 'n', GATES)] }),
    ).candidates
    expect(first?.setup).toEqual([made(call('veloq:Circuit', [n]))])
    expect(first?.run).toEqual([{ var: 'state', value: { call: { attr: [circuit, 'final'] }, args: [] } }])
  })

  test('an example that needs a foreign package or an account comes after the plain class', () => {
    const remote = anExample({ ...example, setup: [made(call('elsewhere:CloudCircuit', [{ lit: 'api_key' }]))] })
    const request = proposeCandidates(aProfile({ examples: [remote], classes: [aClass('veloq:Circuit', 'n', GATES)] }))
    expect(request.candidates[0]?.proposer).toBe('class')
  })
})

describe('other ways in', () => {
  test('a class of a dependency that a run method names takes the text by its keyword', () => {
    const request = proposeCandidates(
      aProfile({
        annotations: [fact('lang.qasm:Program', 0.8)],
        capabilities: { textDialects: [fact('openqasm2', 0.3), fact('openqasm3', 0.8)], hosts: [] },
      }),
    )
    expect(request.candidates[0]).toMatchObject({
      proposer: 'annotation',
      dialect: 'openqasm3_plain',
      measured: false,
      setup: [made(call('lang.qasm:Program', [], { source: { role: 'text' } }))],
    })
  })

  test('functions and methods that take text, with the dialect that their names say', () => {
    const request = proposeCandidates(
      aProfile({
        functions: [
          aFunction('veloq:parse_quil', 'text'),
          aFunction('veloq:save_qasm', 'text'),
          aFunction('veloq:to_qasm', 'circuit'),
        ],
        classes: [aClass('veloq:Circuit', 'n', { ...GATES, from_qasm2: 'source' }, { statics: ['from_qasm2'] })],
        capabilities: { textDialects: [fact('openqasm2', 0.5), fact('quil', 0.8)], hosts: [] },
      }),
    )
    const texts = request.candidates
      .filter(({ proposer }) => proposer === 'text')
      .map(({ origin, dialect }) => `${origin} ${dialect}`)
    expect(new Set(texts)).toEqual(
      new Set(['veloq:parse_quil quil', 'veloq:Circuit.from_qasm2 openqasm2', 'openqasm2 openqasm2', 'quil quil']),
    )
  })

  test('hosts: circuits of a declared dependency; the plain list is always tried, first where lists are taken', () => {
    const request = proposeCandidates(
      aProfile({
        capabilities: { textDialects: [], hosts: [fact('cirq')] },
        functions: [aFunction('veloq:simulate', 'gates')],
      }),
    )
    expect(request.candidates[0]).toMatchObject({ proposer: 'host', host: 'cirq' })
    expect(request.candidates.find(({ proposer }) => proposer === 'list')?.score).toBeGreaterThan(30)
    expect(request.runners).toEqual(['veloq:simulate'])
  })
})

describe('the request', () => {
  const profile = aProfile({
    classes: [
      aClass('veloq:Circuit', 'n', GATES),
      aClass('veloq:LocalSimulator', '', { run: 'circuit, shots=' }),
      aClass('veloq:Helper', ''),
      aClass('veloq:Ket', 'n', { amplitudes: '' }),
    ],
    gates: { h: [fact('veloq.gates:H')] },
    functions: [aFunction('veloq.gates:H', 'q')],
    undeclared: [fact('scipy')],
    dependencies: [fact('numpy')],
  })

  test('engines, runners, gates, start states and the facts of all that is mentioned', () => {
    const request = proposeCandidates(profile)
    expect(request).toMatchObject({
      modules: ['veloq'],
      undeclared: ['scipy'],
      requires: ['numpy'],
      gates: { h: ['veloq.gates:H'] },
    })
    expect(request.engines).toEqual(['veloq:LocalSimulator'])
    expect(Object.keys(request.functions)).toEqual(['veloq.gates:H'])
    expect(request.states).toContainEqual(call('veloq:Ket', [n]))
    expect(request.classes['veloq:LocalSimulator']?.methods.run?.map(({ name }) => name)).toEqual(['circuit', 'shots'])
  })

  test('the same profile gives the same request, whatever the order of its facts', () => {
    const shuffled = { ...profile, classes: [...profile.classes].reverse() }
    expect(JSON.stringify(proposeCandidates(shuffled).candidates)).toBe(
      JSON.stringify(proposeCandidates(profile).candidates),
    )
  })
})
