/** Models of one invented integration, as the views get them. */
import type { ChangeStanding, ChangeState } from '../../../src/change/standing.ts'
import type {
  CheckModel,
  OnboardingModel,
  PlanModel,
  PullModel,
  StatusModel,
  VerificationModel,
} from '../../../src/integration/models.ts'
import type { Measurement } from '../../../src/values/measurement.ts'
import type { BackendOptions, Change, ChangeKind } from '../../../src/values/plan.ts'
import type { Profile } from '../../../src/values/profile.ts'
import type { Report } from '../../../src/values/report.ts'
import type { Snapshot } from '../../../src/values/snapshot.ts'

export const SHA = '0123456789abcdef0123456789abcdef01234567'
export const TREE = 'fedcba9876543210fedcba9876543210fedcba98'
export const PURL = 'pkg:pypi/sample-sim@1.2.3'
export const pullLink = { number: 13, url: 'https://github.example/lab/proxima/pull/13' }

export const backend: BackendOptions = {
  ...{ name: 'sample', displayName: 'Sample', description: 'A sample', author: 'Graft', version: '1.0.0' },
}

function change(id: string, kind: ChangeKind, title: string, why: string, files: string[], depends: string[]): Change {
  return { id, kind, title, why, files: files.map((path) => ({ path, content: '', why: '' })), depends }
}

const FOLDER = 'src/proxima/backends/sample'
export const planned: readonly Change[] = [
  change(
    ...(['c1', 'bridge', 'Add the bridge that small backends share'] as const),
    'It reads circuits, writes gates with other gates, keeps bit order, samples, validates and raises the host’s errors, so that a backend is a table of gates and a few lines. Its conformance suite measures every backend.',
    ['__init__', 'adapter', 'circuits', 'lowering', 'conformance/gates'].map(
      (name) => `src/proxima/backends/_bridge/${name}.py`,
    ),
    [],
  ),
  change(
    ...(['c2', 'discovery', 'Let the registry find backends that are folders'] as const),
    'Done once, so that no integration edits a shared file again. Built-in backends win; a folder that cannot be imported is listed as unavailable with the reason and harms no other.',
    ['src/proxima/backends/registry.py'],
    [],
  ),
  change(
    ...(['c3', 'adapter', 'Add the adapter of sample'] as const),
    'A table of 4 native gates and the lines that run them. Each entry was measured on the real simulator: which call it is, the order of its qubits and arguments, sign and unit of its angles.',
    [`${FOLDER}/adapter.py`],
    ['c1', 'c2'],
  ),
  change(
    ...(['c4', 'normalizer', 'Make sample a package with a normalizer'] as const),
    'The normalizer turns results to little-endian, as the host’s own do, so that comparisons agree.',
    [`${FOLDER}/normalizer.py`, `${FOLDER}/__init__.py`],
    ['c3'],
  ),
  change(
    ...(['c5', 'requirements', 'Pin what sample was measured with'] as const),
    'Exact versions with hashes, so that nothing else is installed later.',
    [`${FOLDER}/requirements.txt`, `${FOLDER}/driver.json`],
    ['c3'],
  ),
  change(
    ...(['c6', 'tests', 'Test sample on the real simulator'] as const),
    'Measures every gate and convention of the finished adapter again.',
    ['tests/backends/test_sample.py'],
    ['c3'],
  ),
]

export function standing(number: number, state: ChangeState): ChangeStanding {
  const { id, kind, title, why, files, depends } = planned[number - 1] as Change
  return {
    ...{ id, origin: 'change', kind, title, why, commit: SHA, depends, state },
    ...{ files: files.map((file) => file.path), added: number * 37, removed: number === 2 ? 4 : 0 },
  }
}

export const persons: ChangeStanding = {
  ...{ id: 'u1', origin: 'person', kind: undefined, title: 'Say more in the README', why: '', commit: SHA },
  ...{ files: [`${FOLDER}/README.md`], added: 3, removed: 1, depends: [], state: { type: 'proposed' } },
}

export const proposed = [1, 2, 3, 4, 5, 6].map((number) => standing(number, { type: 'proposed' }))
export const mixed: readonly ChangeStanding[] = [
  standing(1, { type: 'approved', by: 'ann' }),
  standing(2, { type: 'approved', by: 'bob' }),
  standing(3, { type: 'lapsed', by: 'ann' }),
  standing(4, { type: 'reverted', revert: 'r1', commit: SHA }),
  standing(5, { type: 'proposed' }),
  standing(6, { type: 'proposed' }),
  persons,
]
export const approved = [1, 2, 3, 4, 5, 6].map((number) => standing(number, { type: 'approved', by: 'ann' }))

export const measurement: Measurement = {
  schema: 1,
  probe: '1',
  python: '3.11.7',
  distribution: 'sample-sim',
  version: '1.2.3',
  stage: 'measured',
  driver: {
    schema: 1,
    distribution: 'sample-sim',
    version: '1.2.3',
    imports: ['sample_sim'],
    setup: [],
    gates: {
      x: { apply: { lit: 1 }, effect: 'inplace' },
      cx: { apply: { lit: 1 }, effect: 'inplace', qubits: [1, 0] },
      rx: { apply: { lit: 1 }, effect: 'inplace', scale: -1 },
      rz: { apply: { lit: 1 }, effect: 'inplace', scale: 1 / Math.PI },
    },
  },
  gates: [
    { gate: 'h', outcome: 'right', error: 2.2e-16 },
    { gate: 'x', outcome: 'right', error: 0 },
    { gate: 'rx', outcome: 'right', error: 2.2e-16 },
    { gate: 'rz', outcome: 'right', error: 4.1e-16 },
    { gate: 'cx', outcome: 'right', error: 0 },
    { gate: 't', outcome: 'wrong', via: 'c.t(q)', reason: 'is tdg' },
    { gate: 'swap', outcome: 'missing' },
  ],
  conventions: {
    ...{ state_order: 'little', counts_order: 'big', precision: 'double', counts: 'samples', seed: false },
    ...{ max_qubits: 25, density: false },
  },
  tried: { objects: 1, runs: 10, evaluations: 100, seconds: 2, ran_out: false },
  missing_modules: [],
  log: ['made sample_sim:Circuit(n)'],
  seen: [],
  limits: ['no seed'],
}

export const report: Report = {
  ...{ schema: 1, backend: 'sample', commit: SHA, tree: TREE, passed: 122, failed: 0, skipped: 1, seconds: 17.6 },
  containment: 'unshare',
  tests: [
    { category: 'unit', name: 'test_gate[h]', outcome: 'passed', seconds: 0.11 },
    { category: 'unit', name: 'test_gate[rz]', outcome: 'passed', seconds: 0.12 },
    { category: 'integration', name: 'test_bell', outcome: 'passed', seconds: 0.3 },
    { category: 'performance', name: 'test_twenty_qubits', outcome: 'passed', seconds: 6.2 },
    ...[{ category: 'compatibility', name: 'test_density_matrix', outcome: 'skipped' as const, seconds: 0 }].map(
      (test) => ({
        ...test,
        message: 'the simulator gives no density matrix',
      }),
    ),
  ],
}

export const red: Report = {
  ...report,
  ...{ passed: 121, failed: 1 },
  tests: [
    {
      ...{ category: 'unit', name: 'test_gate[rz]', outcome: 'failed', seconds: 0.12 },
      message:
        'rz(0.7) on qubit 1 of 3: entry (1, 1) of the unitary\n  measured  0.9394+0.3429j\n  expected  0.9394-0.3429j\nThe angle turns the other way: the factor of rz in the table of gates has the wrong sign.',
    },
    ...report.tests.filter((test) => test.name !== 'test_gate[rz]'),
  ],
}

export const snapshot: Snapshot = {
  schema: 1,
  purl: PURL,
  distribution: 'sample-sim',
  normalizedName: 'sample-sim',
  version: '1.2.3',
  summary: 'Fast simulator of quantum circuits',
  licence: 'MIT',
  requiresPython: '>=3.9',
  requiresDist: ['numpy'],
  wheelAvailable: true,
  projectUrls: {},
  trees: [
    {
      artifact: { filename: 'sample_sim-1.2.3-py3-none-any.whl', kind: 'wheel', sha256: 'a'.repeat(64), bytes: 1000 },
      ...{ root: '/', files: [], skipped: [] },
    },
  ],
}

const at = (file: string, line: number) => ({ file, line })
export const profile: Profile = {
  schema: 1,
  distribution: 'sample-sim',
  version: '1.2.3',
  licence: { value: 'MIT', evidence: [at('sample_sim-1.2.3.dist-info/METADATA', 7)], confidence: 1 },
  dependencies: [],
  modules: [{ value: 'sample_sim', evidence: [], confidence: 1 }],
  undeclared: [{ value: 'scipy', evidence: [at('sample_sim/noise.py', 3)], confidence: 1 }],
  compiled: false,
  classes: [],
  functions: [],
  gates: {
    h: [{ value: 'sample_sim.gates:H', evidence: [at('sample_sim/gates.py', 12)], confidence: 0.6 }],
    x: [{ value: 'sample_sim.gates:X', evidence: [at('sample_sim/gates.py', 20)], confidence: 0.6 }],
    rz: [{ value: 'sample_sim.gates:RZ', evidence: [at('sample_sim/gates.py', 31)], confidence: 0.6 }],
    cx: [{ value: 'sample_sim.gates:CNOT', evidence: [at('sample_sim/gates.py', 44)], confidence: 0.6 }],
  },
  examples: [
    { setup: [], gates: [], run: [], strong: false, evidence: at('examples/hello.py', 3) },
    { setup: [], gates: [], run: [], strong: true, evidence: at('README.md', 41) },
  ],
  annotations: [],
  names: [],
  capabilities: {
    noise: { value: true, evidence: [at('sample_sim/noise.py', 1)], confidence: 0.8 },
    textDialects: [{ value: 'OpenQASM 2', evidence: [at('sample_sim/qasm.py', 9)], confidence: 0.8 }],
    hosts: [],
  },
  looksLikeSimulator: { value: true, evidence: [], confidence: 1 },
  statistics: { files: 34, bytes: 120_000, milliseconds: 300, skipped: [] },
}

export const planModel: PlanModel = {
  ...{ issue: 12, snapshot, profile, backend, base: SHA },
  changes: planned.map(({ id, title, files }) => ({ id, title, files: files.map((file) => file.path) })),
  wishes: ['at most 20 qubits', 'noise models'],
}

export const pullModel: PullModel = {
  ...{ issue: 12, backend, purl: PURL, changes: proposed },
  measured: {
    ...{ measurement, planned, limits: ['no seed: the same seed gives different counts'] },
    reason: '5 native gates were measured on the real simulator and are right.',
  },
}

export const checkModel: CheckModel = {
  ...{ issue: 12, backend: 'sample', head: SHA, tree: TREE, changes: approved, report, missing: [], blockedBy: [] },
}

export const verificationModel: VerificationModel = {
  ...{ issue: 12, backend, purl: PURL, mergeCommit: SHA, report, backendsModule: 'proxima.backends', folder: FOLDER },
}

export const onboardingModel: OnboardingModel = {
  changes: [
    ...planned.slice(0, 2),
    change(
      ...(['c3', 'configuration', 'Add the settings of Graft'] as const),
      'One place for what this repository wants to be different.',
      ['.github/graft.yml', '.github/graft.schema.json'],
      [],
    ),
    change(
      ...(['c4', 'form', 'Add the form for requests'] as const),
      'Only the name of the package is required.',
      ['.github/ISSUE_TEMPLATE/graft.yml'],
      [],
    ),
    change(
      ...(['c5', 'workflow', 'Add the workflow that runs simulators'] as const),
      'Measuring and testing run here, without secrets and without network.',
      ['.github/workflows/graft.yml'],
      [],
    ),
  ],
  defaultBranch: 'main',
  otherWorkflows: [
    { path: '.github/workflows/ci.yml', usesSecrets: false },
    { path: '.github/workflows/docs.yml', usesSecrets: true },
  ],
  checkName: 'graft',
}

export function status(
  step: StatusModel['step'],
  state: StatusModel['state'],
  more: Partial<StatusModel> = {},
): StatusModel {
  return { issue: 12, step, state, backend, purl: PURL, limits: [], ...more }
}
