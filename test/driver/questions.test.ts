import { expect, test } from 'vitest'
import { stageQuestion } from '../../src/driver/questions.ts'
import type { Measurement } from '../../src/values/measurement.ts'

function measurement(more: Partial<Measurement>): Measurement {
  return {
    schema: 1,
    probe: '1',
    python: '3.11.2',
    distribution: 'veloq',
    version: '1.0',
    stage: 'object',
    gates: [],
    tried: { objects: 1, runs: 20, evaluations: 300, seconds: 12.4, ran_out: false },
    missing_modules: [],
    log: [],
    seen: [],
    limits: [],
    ...more,
  }
}

const right = (...gates: Measurement['gates'][number]['gate'][]) =>
  gates.map((gate) => ({ gate, outcome: 'right' as const }))

test.each<[string, Partial<Measurement>, RegExp]>([
  [
    'modules are missing',
    { stage: 'import', missing_modules: ['jax', 'scipy.linalg'] },
    /^Importing veloq needs jax, scipy\.linalg, which it does not declare\. Install them\?.*--with jax --with scipy\n/,
  ],
  ['the import fails', { stage: 'import' }, /cannot be imported/],
  ['no object', { stage: 'object' }, /makes a circuit of n qubits\?/],
  ['no X', { stage: 'x' }, /applies X to qubit 0\./],
  ['no reader', { stage: 'read' }, /^Which call runs the circuit/],
  ['no H', { stage: 'gates', gates: right('x') }, /applies H to qubit 0/],
  ['no CX', { stage: 'gates', gates: right('x', 'h') }, /CNOT from qubit 0 to qubit 1/],
  ['no rotation', { stage: 'gates', gates: right('x', 'h', 'cx') }, /RX\(0\.3\) on qubit 0/],
  [
    'wrong gates',
    { stage: 'measured', gates: [...right('x', 'h', 'cx', 't'), { gate: 'p', outcome: 'wrong' }] },
    /^Measured on the simulator, p are not/,
  ],
  [
    'a needed gate that is wrong on some qubits',
    {
      stage: 'measured',
      gates: [
        ...right('x', 'h', 'cz', 't'),
        { gate: 'cx', outcome: 'missing', reason: 'CX: on qubits (2, 0) it is another gate' },
      ],
    },
    /^Measured on the simulator, cx is not what it should be \(CX: on qubits \(2, 0\) it is another gate\)/,
  ],
  ['not confirmed', { stage: 'measured', gates: right('x', 'h', 'cx', 't') }, /three qubits with its result/],
])('%s', (_, more, question) => expect(stageQuestion(measurement(more))).toMatch(question))

test('only what the index has is offered for a module that is missing', () => {
  const missing = measurement({ stage: 'import', missing_modules: ['jax', 'fast_gates', 'qlib'] })
  const [question] = stageQuestion(missing, [
    { module: 'jax', requirement: 'jax', found: 'provides' },
    { module: 'fast_gates', requirement: 'fast-gates', found: 'absent' },
    { module: 'qlib', requirement: 'qlib', found: 'another' },
  ]).split('\n')
  expect(question).toBe(
    'Importing veloq needs jax, fast_gates, qlib, which it does not declare. Install them? If so, say from which packages, for example --with jax. The index has no package fast-gates: which one brings fast_gates? qlib on the index is another project, without the module that veloq imports: which one brings qlib?',
  )
})

test('what was tried stands below, on one line each and printable', () => {
  const seen = ['Circuit(n): TypeError\u001b[31m\n@everyone', 'second']
  expect(stageQuestion(measurement({ seen })).split('\n').slice(1)).toEqual([
    'Tried: 1 object, 20 runs and 300 evaluations in 12 s.',
    '- Circuit(n): TypeError [31m @everyone',
    '- second',
  ])
})
