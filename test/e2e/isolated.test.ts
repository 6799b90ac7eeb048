/** A package that cannot be had beside the target: from the command line to a backend that runs in an environment of its own. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { loadIndexConfig } from '../../src/config/index-config.ts'
import type { IntegrationResult } from '../../src/integration/integrate.ts'
import { runGraft } from '../cli/support.ts'
import { makeWheel, serveIndex } from '../simulator/wheels.ts'
import { CACHE, git, makeTarget, ROOT, temporaryFolder } from './support.ts'

/** A right simulator, little-endian, that works with the old library only. */
const SIMULATOR = `"""A quantum simulator: qubits, gates, a state vector."""
import clash_lib
import numpy as np

if clash_lib.VERSION != 1:
    raise ImportError("lonely_sim needs clash-lib 1")

class Circuit:
    """A circuit of n qubits; qubit 0 is the least significant bit."""

    def __init__(self, num_qubits):
        self.num_qubits = num_qubits
        self._v = np.zeros(2**num_qubits, dtype=complex)
        self._v[0] = 1
        print("lonely_sim says hello")

    def _apply(self, matrix, *qubits):
        n, k = self.num_qubits, len(qubits)
        axes = [n - 1 - q for q in qubits]
        v = np.moveaxis(self._v.reshape((2,) * n), axes, range(k)).reshape(2**k, -1)
        v = (np.array(matrix, dtype=complex) @ v).reshape((2,) * n)
        self._v = np.moveaxis(v, range(k), axes).reshape(-1)

    def h(self, qubit):
        self._apply(np.array([[1, 1], [1, -1]]) / np.sqrt(2), qubit)

    def x(self, qubit):
        self._apply([[0, 1], [1, 0]], qubit)

    def t(self, qubit):
        self._apply([[1, 0], [0, np.exp(0.25j * np.pi)]], qubit)

    def rx(self, qubit, angle):
        c, s = np.cos(angle / 2), -1j * np.sin(angle / 2)
        self._apply([[c, s], [s, c]], qubit)

    def rz(self, qubit, angle):
        self._apply([[np.exp(-0.5j * angle), 0], [0, np.exp(0.5j * angle)]], qubit)

    def cx(self, control, target):
        self._apply(np.eye(4)[[0, 1, 3, 2]], control, target)

    def statevector(self):
        """The state vector."""
        return self._v.copy()
`

test('is resolved alone, measured, generated, isolated by the command, and passes its tests', {
  timeout: 900_000,
}, async () => {
  const beyond = (await loadIndexConfig()).simpleUrl.href
  const index = await serveIndex(beyond)
  onTestFinished(() => index.close())
  index.add(
    makeWheel('clash-lib', '1.0', { 'clash_lib.py': 'VERSION = 1\n' }),
    makeWheel('clash-lib', '2.0', { 'clash_lib.py': 'VERSION = 2\n' }),
    makeWheel('lonely-sim', '1.2', { 'lonely_sim/__init__.py': SIMULATOR }, { requires: ['numpy', 'clash-lib<2'] }),
  )
  const repo = makeTarget()
  const project = join(repo, 'pyproject.toml')
  writeFileSync(project, readFileSync(project, 'utf8').replace('"numpy>=1.26"]', '"numpy>=1.26", "clash-lib>=2"]'))
  git(
    repo,
    '-c',
    'user.name=Test',
    '-c',
    'user.email=t@example.invalid',
    'commit',
    '-qam',
    'The target needs clash-lib 2',
  )

  const environment = { PIP_INDEX_URL: index.url }
  const words = ['integrate', 'lonely-sim', '--repo', repo, '--cache-dir', CACHE, '--json']
  const { code, stdout, stderr } = await runGraft(words, environment)
  expect(code, stderr + stdout.slice(-3000)).toBe(0)
  const result = JSON.parse(stdout) as IntegrationResult
  expect(result.verdict).toBe('integrated_with_limits')
  expect(result.limits[0]).toBe(
    'isolated, as it cannot be installed beside the target (it needs clash-lib <2, the target needs clash-lib >=2): it runs in an environment of its own, made by `python -m proxima.backends._bridge.isolate lonely`',
  )
  expect(result.report).toMatchObject({ failed: 0 })
  expect(result.report?.passed).toBeGreaterThan(100)

  const folder = 'src/proxima/backends/lonely'
  const show = (file: string) => git(repo, 'show', `graft/lonely:${folder}/${file}`)
  expect(show('adapter.py')).toContain('class LonelyAdapter(IsolatedAdapter):')
  expect(show('requirements.txt')).toMatch(/^# Isolated: .*\n(?:.*\n)*clash-lib==1\.0 \\\n {4}--hash=sha256:/m)
  expect(show('README.md')).toContain('it needs clash-lib <2, the target needs clash-lib >=2')
  expect(show('README.md')).toContain('python -m proxima.backends._bridge.isolate lonely')

  // As its user: the branch is checked out, and the command is run by hand.
  git(repo, 'checkout', '--quiet', 'graft/lonely')
  const environments = join(temporaryFolder(), 'environments')
  // Not waited for in one piece: the index is served by this process.
  const python = async (...args: string[]) => {
    const done = await promisify(execFile)(join(ROOT, '.venv', 'bin', 'python'), args, {
      cwd: repo,
      encoding: 'utf8',
      env: {
        PATH: [join(ROOT, '.venv', 'bin'), process.env.PATH].join(delimiter),
        HOME: process.env.HOME,
        PYTHONPATH: 'src',
        PYTHONDONTWRITEBYTECODE: '1',
        GRAFT_ENVIRONMENTS: environments,
        PIP_INDEX_URL: index.url,
      },
    })
    return done.stdout
  }
  const status =
    'from proxima.backends.registry import BackendRegistry as R; r = R(); r.discover(); print([(s.available, s.reason) for s in r.list_statuses() if s.name == "lonely"])'
  expect(await python('-c', status)).toMatch(
    /^\[\(False, .*to make it, run: python -m proxima\.backends\._bridge\.isolate lonely'\)\]\n$/,
  )
  expect(existsSync(environments)).toBe(false)
  expect(await python('-m', 'proxima.backends._bridge.isolate', 'lonely')).toContain(join(environments, 'lonely-'))
  expect(readdirSync(environments)).toHaveLength(1)
  expect(await python('-c', status)).toMatch(/^\[\(True, /)
  expect(await python('-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests/backends/test_lonely.py')).toMatch(
    /\d+ passed/,
  )
  expect(git(repo, 'status', '--porcelain')).toBe('')
})
