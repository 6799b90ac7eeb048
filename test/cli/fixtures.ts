/** A plan and a result of an integration as the views get them. */
import type { IntegrationResult } from '../../src/integration/integrate.ts'
import type { Driver } from '../../src/values/driver.ts'
import type { Measurement } from '../../src/values/measurement.ts'
import type { Plan } from '../../src/values/plan.ts'

const driver: Driver = {
  schema: 1,
  distribution: 'sample-sim',
  version: '1.2.3',
  imports: ['sample_sim'],
  setup: [],
  gates: {
    x: { apply: { lit: 1 }, effect: 'inplace' },
    rx: { apply: { lit: 1 }, effect: 'inplace', scale: -1 },
    rz: { apply: { lit: 1 }, effect: 'inplace', scale: 1 / Math.PI },
    cx: { apply: { lit: 1 }, effect: 'inplace', qubits: [1, 0] },
  },
}

export const measurement: Measurement = {
  schema: 1,
  probe: '1',
  python: '3.11.7',
  distribution: 'sample-sim',
  version: '1.2.3',
  stage: 'measured',
  driver,
  gates: [
    { gate: 'x', outcome: 'right', error: 1e-16 },
    { gate: 'rx', outcome: 'right', error: 1e-16 },
    { gate: 'rz', outcome: 'right', error: 1e-16 },
    { gate: 'cx', outcome: 'right', error: 1e-16 },
    { gate: 't', outcome: 'wrong', reason: 'is tdg' },
  ],
  conventions: {
    state_order: 'little',
    counts_order: 'big',
    precision: 'double',
    counts: 'samples',
    seed: false,
    max_qubits: 25,
    density: false,
  },
  tried: { objects: 1, runs: 10, evaluations: 100, seconds: 2, ran_out: false },
  missing_modules: [],
  log: ['made sample_sim:Circuit(n)'],
  seen: [],
  limits: ['no seed'],
}

export const plan: Plan = {
  schema: 1,
  backend: { name: 'sample', displayName: 'Sample', description: 'A sample', author: 'Graft', version: '1.0.0' },
  purl: 'pkg:pypi/sample-sim@1.2.3',
  verdict: 'integrated_with_limits',
  reason: '4 native gates were measured on the real simulator and are right.',
  measurement,
  driver,
  changes: [],
}

export const result: IntegrationResult = {
  schema: 1,
  verdict: 'integrated_with_limits',
  reason: plan.reason,
  limits: ['no seed'],
  backend: 'sample',
  branch: 'graft/sample',
  changes: [
    {
      id: 'c1',
      kind: 'adapter',
      title: 'Add the adapter',
      why: 'It calls the simulator.',
      files: ['src/a/adapter.py', 'src/a/driver.json'],
      added: 120,
      removed: 0,
      depends: [],
      commit: 'a'.repeat(40),
    },
  ],
  report: {
    schema: 1,
    backend: 'sample',
    commit: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    passed: 2,
    failed: 1,
    skipped: 1,
    seconds: 3.5,
    containment: 'bwrap',
    tests: [
      { category: 'unit', name: 'test_h', outcome: 'passed', seconds: 0.1 },
      { category: 'unit', name: 'test_x', outcome: 'passed', seconds: 0.1 },
      { category: 'unit', name: 'test_rz', outcome: 'failed', seconds: 0.1, message: 'rz turns the other way' },
      { category: 'performance', name: 'test_big', outcome: 'skipped', seconds: 0, message: 'only 10 qubits' },
    ],
  },
  plan,
}
