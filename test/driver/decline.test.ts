import { describe, expect, test } from 'vitest'
import { declineAfter, declineReason, declineText } from '../../src/driver/decline.ts'
import type { GateMeasurement, Measurement } from '../../src/values/measurement.ts'
import { aProfile, fact } from './support/profile.ts'

const none = { textDialects: [], hosts: [] }

describe('declining without a search', () => {
  test('no qubits and no gates: not a simulator, with the place and what would change that', () => {
    const decline = declineReason(aProfile({ looksLikeSimulator: fact(false, 0.95) }))
    expect(decline && declineText(decline).split('\n')).toEqual([
      expect.stringMatching(/^veloq 1\.0 is not a quantum simulator .* no qubits and no gates in 3 files\.$/),
      'Evidence: p/__init__.py:1.',
      expect.stringMatching(/^To change this: .*X to qubit 0\.$/),
    ])
  })

  test('no module', () => {
    expect(declineReason(aProfile({ modules: [] }))?.reason).toContain('installs no Python module')
    // One that only brings others names them: one of them may be the simulator.
    const brings = declineReason(aProfile({ modules: [], dependencies: [fact('veloq-core'), fact('veloq-draw')] }))
    expect(brings?.change).toContain('perhaps one of veloq-core, veloq-draw.')
  })

  test.each([
    ['photonic', /photons instead of qubits/],
    ['continuousVariable', /continuous variables/],
    ['annealing', /an annealer/],
    ['analog', /pulses and Hamiltonians/],
    ['topological', /braids instead of gates/],
    ['remote', /no simulator of its own/],
    ['stabilizerOnly', /no T and no rotations/],
  ] as const)('%s', (kind, reason) => {
    const capabilities = { ...none, [kind]: fact(true, 0.8) }
    expect(declineReason(aProfile({ capabilities }))?.reason).toMatch(reason)
    // With H and a rotation among its names it may run circuits all the same: the search decides.
    const gates = { h: [fact('veloq:H')], rx: [fact('veloq:RX')] }
    expect(declineReason(aProfile({ capabilities, gates }))).toBeUndefined()
    // The same when they are methods of its circuit.
    const methods = { h: [], rx: [] }
    const circuit = { ref: 'veloq:Circuit', bases: [], init: [], methods, attributes: [], statics: [], exported: true }
    const classes = [{ ...circuit, evidence: { file: 'veloq.py', line: 3 } }]
    expect(declineReason(aProfile({ capabilities, classes }))).toBeUndefined()
    expect(declineReason(aProfile({ capabilities: { ...none, [kind]: fact(true, 0.5) } }))).toBeUndefined()
  })

  test('what has no qubits and says what it is instead is told as that; a service may be about anything', () => {
    const looksLikeSimulator = { value: false, confidence: 0.7, evidence: [] }
    const told = (capabilities: object) =>
      declineReason(aProfile({ looksLikeSimulator, capabilities: { ...none, ...capabilities } }))?.reason
    expect(told({ topological: fact(true, 0.7) })).toMatch(/anyons/)
    expect(told({ topological: fact(true, 0.6) })).toMatch(/no qubits and no gates/)
    expect(told({ remote: fact(true, 0.9) })).toMatch(/no qubits and no gates/)
  })

  test('what only a search can tell is searched first', () => {
    for (const kind of ['oneQubit', 'compiler', 'fixedPrograms'] as const) {
      expect(declineReason(aProfile({ capabilities: { ...none, [kind]: fact(true, 0.9) } }))).toBeUndefined()
    }
  })

  test('a licence that forbids its use, and none that only asks for something', () => {
    const terms = { licence: fact('Confidential'), licenceTerms: fact('forbidden' as const) }
    expect(declineReason(aProfile(terms))?.reason).toMatch(/licence .* does not let others use it \(Confidential\)/)
    for (const licence of ['MIT', 'GPL-3.0-only', 'Proprietary', 'EULA']) {
      expect(
        declineReason(aProfile({ licence: fact(licence), licenceTerms: fact('restricted' as const) })),
      ).toBeUndefined()
    }
  })

  test('a doubtful package is searched', () => {
    expect(declineReason(aProfile({ looksLikeSimulator: fact(false, 0.4) }))).toBeUndefined()
    expect(declineReason(aProfile())).toBeUndefined()
  })
})

describe('declining after a search that found nothing', () => {
  const ended = (measured: Partial<Measurement>, profile: Parameters<typeof aProfile>[0] = {}, hinted = false) => {
    const decline = declineAfter(aProfile(profile), { ...measurement, ...measured }, hinted)
    return decline === undefined ? undefined : declineText(decline)
  }

  test('nothing explains it: a person is asked', () => {
    for (const stage of ['object', 'x', 'read', 'gates'] as const) expect(ended({ stage })).toBeUndefined()
  })

  test('what the source says, however weakly, explains it, with the search as evidence', () => {
    const text = ended({ stage: 'x' }, { capabilities: { ...none, photonic: fact(true, 0.5) } })
    expect(text).toMatch(
      /photonic.*\nEvidence: searched \(2 objects, 40 runs\): no X was found; p\/__init__\.py:1\.\n/s,
    )
  })

  test('a compiler is one when no circuit of it gave a result; a simulator that says so may be asked about', () => {
    const capabilities = { ...none, compiler: fact(true, 0.6) }
    expect(ended({ stage: 'object' }, { capabilities })).toMatch(/compiler/)
    expect(ended({ stage: 'gates' }, { capabilities })).toBeUndefined()
  })

  test('fixed programs: no names of gates, and nobody showed one', () => {
    const capabilities = { ...none, fixedPrograms: fact(true, 0.5) }
    expect(ended({ stage: 'x' }, { capabilities })).toMatch(/fixed programs/)
    expect(ended({ stage: 'x' }, { capabilities }, true)).toBeUndefined()
    expect(ended({ stage: 'read' }, { capabilities })).toBeUndefined()
  })

  test('a single qubit', () => {
    expect(ended({ stage: 'gates' }, { capabilities: { ...none, productStates: fact(true, 0.6) } })).toMatch(
      /one Bloch vector for each/,
    )
    expect(ended({ stage: 'gates' }, { capabilities: { ...none, oneQubit: fact(true, 0.6) } })).toMatch(/single qubits/)
  })

  test.each([
    ['ImportError: cannot import name Aer from host', /cannot be imported: it does not fit what it needs/],
    ['OSError: libcudart.so.12: cannot open shared object file', /needs a GPU/],
  ])('import: %s', (error, expected) => {
    expect(ended({ stage: 'import', seen: [error] })).toMatch(expected)
    // A module that could be installed beside it is a question.
    expect(ended({ stage: 'import', seen: [error], missing_modules: ['scipy'] })).toBeUndefined()
  })

  test('a GPU that is needed: by its errors, what it imports, what it requires', () => {
    const declaresGpu = fact('needed' as const)
    expect(ended({ stage: 'object' }, { declaresGpu })).toMatch(/needs a GPU/)
    expect(ended({ stage: 'gates' }, { declaresGpu })).toBeUndefined()
    expect(ended({ stage: 'object' }, { declaresGpu: fact('possible' as const) })).toBeUndefined()
    const cuda = 'Circuit(n): RuntimeError: Torch not compiled with CUDA enabled'
    expect(ended({ stage: 'x', seen: [cuda, 'made'] })).toMatch(/needs a GPU/)
    expect(ended({ stage: 'x', seen: [cuda, 'Circuit(n): TypeError: n', 'f(): ValueError: n'] })).toBeUndefined()
    expect(ended({ stage: 'import', missing_modules: ['cupy'] })).toMatch(/needs a GPU[\s\S]*imports cupy/)
    expect(ended({ stage: 'import', missing_modules: ['cupy', 'scipy'] })).toBeUndefined()
  })

  test('a part of itself that it imports as if it stood alone is nothing that anybody can install', () => {
    const ended_ = { stage: 'import' as const, seen: ["ModuleNotFoundError: No module named 'engine'"] }
    const misplaced = [fact('engine', 0.95)]
    expect(ended({ ...ended_, missing_modules: ['engine'] }, { misplaced })).toMatch(
      /imports engine, a part of itself, as if it were installed by itself/,
    )
    expect(ended({ ...ended_, missing_modules: ['scipy'] }, { misplaced })).toBeUndefined()
  })

  test('a missing module is a question, never a decline', () => {
    expect(ended({ stage: 'import', seen: ["ModuleNotFoundError: No module named 'scipy'"] })).toBeUndefined()
  })

  test('wrong physics is told with what was measured', () => {
    const driver = { schema: 1 as const, distribution: 'veloq', version: '1.0', imports: [], setup: [], gates: {} }
    const wrong: GateMeasurement = {
      gate: 'cx',
      outcome: 'wrong',
      via: 'c.cnot(q0, q1)',
      reason: 'on qubits (1, 3): [[1, 0]]',
    }
    const right: GateMeasurement = { gate: 'x', outcome: 'right', via: 'c.x(q0)' }
    const text = ended({ stage: 'gates', driver, gates: [right, wrong] })
    expect(text).toMatch(
      /physics of veloq 1\.0 is wrong.*cx.*\nEvidence: measured: cx by c\.cnot\(q0, q1\): on qubits \(1, 3\): \[\[1, 0\]\]\./s,
    )
    // Another gate than those that everything needs is left out, and that is all.
    expect(ended({ stage: 'gates', driver, gates: [right, { ...wrong, gate: 'iswap' }] })).toBeUndefined()
    // Nothing is right: it is us who call it wrongly.
    expect(ended({ stage: 'gates', driver, gates: [wrong] })).toBeUndefined()
    const unseen = { ...wrong, reason: 'its phases cannot be seen before a superposition is known' }
    expect(ended({ stage: 'gates', driver, gates: [right, unseen] })).toBeUndefined()
  })
})

const measurement: Measurement = {
  ...{ schema: 1, probe: '1', python: '3.11.2', distribution: 'veloq', version: '1.0', stage: 'object', gates: [] },
  tried: { objects: 2, runs: 40, evaluations: 90, seconds: 3, ran_out: false },
  ...{ missing_modules: [], log: [], seen: [], limits: [] },
}
