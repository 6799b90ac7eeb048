import { describe, expect, test } from 'vitest'
import { contradictions, withLimit } from '../../src/integration/contradictions.ts'
import {
  clashOf,
  parseConventions,
  parseDriver,
  parseExcluded,
  parseGateTable,
  parseHint,
  parseRequirements,
} from '../../src/integration/said.ts'
import { foreignWord } from '../../src/simulator/references.ts'
import type { Driver } from '../../src/values/driver.ts'
import type { Measurement } from '../../src/values/measurement.ts'
import { joinOverrides } from '../../src/values/overrides.ts'

const circuit = { var: 'circuit' }
const driver: Driver = {
  ...{ schema: 1, distribution: 'toy', version: '1.0', imports: ['toy'] },
  setup: [{ var: 'circuit', value: { call: { ref: 'toy:Circuit' }, args: [{ role: 'n' }] } }],
  gates: {
    rx: { apply: { call: { attr: [circuit, 'rx'] }, args: [{ role: 'p0' }, { role: 'q0' }] }, effect: 'inplace' },
  },
}

const problem = (said: object) => ('problem' in said ? said.problem : `understood: ${JSON.stringify(said)}`)

describe('what people write', () => {
  test('code keeps its lines; what no code holds is refused', () => {
    expect(parseHint('\r\nc.x(0)\r\n\tc.h(0)\n')).toEqual({ value: 'c.x(0)\n    c.h(0)' })
    for (const bad of ['', ' \n', 'x'.repeat(2001), 'c.x(0)\u0000', 'c.x(0)\u001b[2J']) {
      expect(problem(parseHint(bad))).not.toMatch(/understood/)
    }
  })

  test('requirements: names and ranges, nothing that leads elsewhere', () => {
    expect(parseRequirements('scipy, jax>=0.4,<1\nnumba')).toEqual({ value: ['scipy', 'jax>=0.4,<1', 'numba'] })
    for (const bad of ['-r x.txt', '--index-url=https://host.example', 'a@b', './here', 'git+https://host.example/x']) {
      expect(problem(parseRequirements(bad))).toMatch(/^names of distributions/)
    }
  })

  test('a table of gates, one line each', () => {
    expect(parseGateTable('# mine\nrx: c.rx(q0, -p0)\n"cx": c.cnot(q0, q1),\n')).toEqual({
      value: { rx: 'c.rx(q0, -p0)', cx: 'c.cnot(q0, q1)' },
    })
    expect(problem(parseGateTable('rx: a\nrx: b'))).toMatch(/`rx` has two/)
    for (const bad of ['', 'sqrtx: c.v(q0)', 'rx', '__proto__: x']) {
      expect(problem(parseGateTable(bad))).toMatch(/^lines such as/)
    }
  })

  test('excluded gates, but none of those that nothing can do without', () => {
    expect(parseExcluded('iSWAP cp,cp')).toEqual({ value: ['iswap', 'cp'] })
    expect(problem(parseExcluded('cp x'))).toMatch(/^other gates than x/)
    expect(problem(parseExcluded('grover'))).toMatch(/^names of gates/)
  })

  test('conventions in pairs of words', () => {
    expect(parseConventions('State: little; counts = big\nangles are half-turns, start plus')).toEqual({
      value: { stateOrder: 'little', countsOrder: 'big', angles: 'half turns', start: 'plus' },
    })
    for (const bad of ['little', 'state big endian', 'angles turns']) {
      expect(problem(parseConventions(bad))).toMatch(/^one or more/)
    }
  })

  test('a driver, alone or in the file of a backend; what is wrong is named by its place', () => {
    expect(parseDriver(JSON.stringify(driver))).toEqual({ value: driver })
    expect(parseDriver(JSON.stringify({ schema: 1, measured: {}, driver }))).toEqual({ value: driver })
    const wrong = structuredClone(driver) as unknown as { gates: { rx: { apply: { args: unknown[] } } } }
    wrong.gates.rx.apply.args[1] = { eval: 'print(1)' }
    expect(problem(parseDriver(JSON.stringify(wrong)))).toMatch(/at \$\.gates\.rx\.apply\.args\[1\]/)
    const hidden = { ...driver, setup: [{ value: { attr: [{ ref: 'toy' }, '__class__'] } }] }
    expect(problem(parseDriver(JSON.stringify(hidden)))).toMatch(/at \$\.setup\[0\]\.value\.attr\[1\]/)
    expect(problem(parseDriver('{'))).toMatch(/as JSON/)
    expect(problem(parseDriver('['.repeat(5000)))).toMatch(/nested/)
    expect(problem(parseDriver(' '.repeat(200_000)))).toMatch(/characters/)
  })

  test('what cannot be said together', () => {
    expect(clashOf({ codeTemplate: 'custom' })?.about).toBe('driver')
    expect(clashOf({ driver, codeTemplate: 'basic' })?.about).toBe('codeTemplate')
    expect(clashOf({ driver, hints: ['c.x(0)'] })?.about).toBe('driver')
    expect(clashOf({ gateMapping: 'manual' })?.about).toBe('gates')
    expect(clashOf({ gateMapping: 'auto', gates: { rx: 'c.rx(q0, p0)' } })?.about).toBe('gateMapping')
    expect(clashOf({ driver })).toBeUndefined()
    expect(clashOf({ gates: { rx: 'c.rx(q0, p0)' }, hints: ['c.x(0)'] })).toBeUndefined()
  })

  test('answers are joined to what was said before, each once', () => {
    const first = { hints: ['a'], with: ['scipy'], exclude: ['cp' as const] }
    expect(joinOverrides(first, { hints: ['a', 'b'], allowBuild: true })).toEqual({
      ...{ hints: ['a', 'b'], with: ['scipy'], exclude: ['cp'], allowBuild: true },
    })
  })
})

describe('a driver by hand names the package and what it needs', () => {
  const allowance = { modules: ['toy', 'toy_core'], distributions: ['toy-host', 'numpy'] }
  const withSetup = (value: object) => ({ ...driver, setup: [{ var: 'circuit', value }] })

  test.each([
    [{ ref: 'toy.sub:Name' }],
    [{ ref: 'numpy:pi' }],
    [{ ref: 'host.circuit:Circuit' }],
    [{ ref: 'builtins:list' }],
    [{ ref: 'qiskit:QuantumCircuit' }],
    [{ attr: [{ ref: 'toy:make' }, 'state'] }],
  ])('%j may stand there', (value) => {
    expect(foreignWord(withSetup(value), allowance)).toBeUndefined()
  })

  test.each([
    [{ ref: 'os:system' }, 'ref'],
    [{ ref: 'subprocess:run' }, 'ref'],
    [{ ref: 'builtins:eval' }, 'ref'],
    [{ ref: 'other:Circuit' }, 'ref'],
    [{ ref: 'toy:os.system' }, 'ref'],
    [{ attr: [{ ref: 'toy' }, 'os'] }, 'attr'],
    [{ attr: [{ attr: [{ ref: 'numpy' }, 'sys'] }, 'modules'] }, 'attr'],
  ])('%j is refused with its place', (value, word) => {
    expect(foreignWord(withSetup({ call: value, args: [] }), allowance)?.path.slice(0, 4)).toEqual([
      ...['setup', 0, 'value', 'call'],
    ])
    expect(foreignWord(withSetup(value), allowance)?.path).toContain(word)
  })

  test('an import as well', () => {
    expect(foreignWord({ ...driver, imports: ['toy', 'ctypes'] }, allowance)).toEqual({
      path: ['imports', 1],
      reference: 'ctypes',
    })
  })
})

describe('what was said and what was measured', () => {
  const measurement: Measurement = {
    ...{ schema: 1, probe: '1', python: '3.11', distribution: 'toy', version: '1.0', stage: 'measured', driver },
    gates: [{ gate: 'rx', outcome: 'right' }],
    conventions: {
      ...{ state_order: 'big', counts_order: 'little', precision: 'double', counts: 'samples' },
      ...{ seed: true, max_qubits: 24, density: false },
    },
    tried: { objects: 1, runs: 1, evaluations: 1, seconds: 1, ran_out: false },
    ...{ missing_modules: [], log: [], seen: [], limits: [] },
  }

  test('what agrees is not worth a word', () => {
    const conventions = { stateOrder: 'big', countsOrder: 'little', angles: 'radians', start: 'zero' } as const
    expect(contradictions({ conventions, maxQubits: 20 }, measurement)).toEqual([])
    expect(contradictions({}, undefined)).toEqual([])
  })

  test('each difference is one sentence', () => {
    const conventions = { stateOrder: 'little', countsOrder: 'big', angles: 'degrees', start: 'plus' } as const
    expect(contradictions({ conventions, maxQubits: 30 }, measurement)).toEqual([
      expect.stringMatching(/order of the state: .*least.*; measured: .*most/),
      expect.stringMatching(/order of the counts: .*most.*; measured: .*least/),
      expect.stringMatching(/start state: \|\+…\+⟩; measured: \|0…0⟩/),
      expect.stringMatching(/unit of angles: degrees; measured: radians/),
      expect.stringMatching(/30 qubits; measured: 24/),
    ])
  })

  test('a hint that could not be used is named by its number, and the probe speaks for itself', () => {
    const none = { examples: [], setup: [], gates: [], run: [] }
    const hints = [none, { ...none, problem: 'it names os' }, { ...none, gate: 'rx' as const, problem: 'it is empty' }]
    const said = { ...measurement, contradictions: ["The table's t is not used."] }
    expect(contradictions({}, said, hints)).toEqual([
      'You gave hint 2; it could not be used: it names os.',
      "You gave the table's rx; it could not be used: it is empty.",
      "The table's t is not used.",
    ])
  })

  test("a person's own limit holds below the measured one", () => {
    expect(withLimit(measurement, { maxQubits: 10 })).toMatchObject({
      conventions: { max_qubits: 10 },
      limits: [expect.stringMatching(/more than 10 qubits/)],
    })
    expect(withLimit(measurement, { maxQubits: 30 })).toBe(measurement)
  })
})
