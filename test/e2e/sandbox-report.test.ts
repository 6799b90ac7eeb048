/** Test runs in the sandbox, with the real pytest: a report is green only when tests ran and passed. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { loadIndexConfig } from '../../src/config/index-config.ts'
import { createSandboxRunner } from '../../src/simulator/sandbox.ts'
import { BugError } from '../../src/values/errors.ts'
import { type Report, report } from '../../src/values/report.ts'
import { makeSnapshot, makeTarget, temporaryFolder } from '../simulator/support.ts'
import { type LocalIndex, makeWheel, serveIndex } from '../simulator/wheels.ts'
import { ROOT } from './support.ts'

let index: LocalIndex
let remove: () => void
let cacheDir: string
// It brings a pytest plug-in that would make every test green.
const plugin = `import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item, call):
    call.excinfo = None
`
const file = makeWheel('sim', '1.0', {
  'sim.py': 'VERSION = 1\n',
  'sim_plugin.py': plugin,
  'sim-1.0.dist-info/entry_points.txt': '[pytest11]\nsim = sim_plugin\n',
})
const newer = makeWheel('dep', '2.0', { 'dep.py': '' })

beforeAll(async () => {
  const { simpleUrl } = await loadIndexConfig()
  index = await serveIndex(simpleUrl.href)
  index.add(file, makeWheel('dep', '1.0', { 'dep.py': '' }), newer, makeWheel('numpy', '2.0', { 'numpy.py': '' }))
  vi.stubEnv('PIP_INDEX_URL', index.url)
  cacheDir = temporaryFolder((done) => {
    remove = done
  })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await index.close()
  remove()
})

async function run(testFile: string, more: Record<string, string> = {}, requirements: string[] = []): Promise<Report> {
  const checkout = temporaryFolder()
  const files = {
    'pytest.ini': '[pytest]\naddopts = --no-such-option\nasyncio_mode = auto\n',
    'src/proxima/__init__.py': '',
    'src/proxima/backends/__init__.py': 'HERE = 1\n',
    ...(testFile === '' ? {} : { 'tests/backends/test_mine.py': testFile }),
    ...more,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true })
    writeFileSync(join(checkout, path), text)
  }
  const before = readdirSync(checkout, { recursive: true })
  const runner = createSandboxRunner({ cacheDir, templatesDir: join(ROOT, 'templates'), limits: { seconds: 10 } })
  const result = await runner.test(
    {
      snapshot: makeSnapshot('sim', '1.0', file),
      target: makeTarget({ requirements }),
      backend: 'mine',
      withCheckout: (use) => use(checkout),
      commit: 'c'.repeat(40),
      tree: 'd'.repeat(40),
    },
    () => undefined,
  )
  expect(readdirSync(checkout, { recursive: true })).toEqual(before)
  return report.parse(result)
}

const summary = ({ passed, failed, skipped }: Report) => ({ passed, failed, skipped })

test('binds what ran to the commit, the target on the path, nothing installed into it', async () => {
  const result = await run(`
import pytest, os, pathlib
from proxima.backends import HERE
import sim

class TestUnit:
    def test_passes(self): assert HERE == sim.VERSION
    def test_writes(self): pathlib.Path("left").write_text("x")
class TestCompatibility:
    @pytest.mark.parametrize("gate", ["cx"])
    def test_fails(self, gate): assert [1, 2] == [1, 3], "cx is wrong"
    def test_skips(self): pytest.skip("no counts")
`)
  expect(summary(result)).toEqual({ passed: 2, failed: 1, skipped: 1 })
  expect(result).toMatchObject({ backend: 'mine', commit: 'c'.repeat(40), tree: 'd'.repeat(40) })
  expect(result.tests.map(({ category, name, outcome }) => [category, name, outcome])).toEqual([
    ['unit', 'test_passes', 'passed'],
    ['unit', 'test_writes', 'passed'],
    ['compatibility', 'test_fails[cx]', 'failed'],
    ['compatibility', 'test_skips', 'skipped'],
  ])
  expect(result.tests[2]?.message).toContain('cx is wrong')
  expect(result.tests[2]?.message).toContain('tests/backends/test_mine.py:')
  expect(result.tests[2]?.message).not.toContain('/checkout/')
  expect(result.tests[3]?.message).toBe('no counts')
})

test.each([
  ['crashes', 'def test_a(): pass\ndef test_b():\n    import os; os.kill(os.getpid(), 11)', /killed by signal 11/],
  ['ends the process with success', 'def test_a():\n    import os; os._exit(0)', /exit code 0, and it left no report/],
  ['hangs', 'def test_a():\n    while True: pass', /did not end within 1\d s/],
  ['has no test in it', 'X = 1', /exit code 5/],
  ['cannot be imported', 'import no_such_module', /no_such_module/],
  ['skips everything', 'import pytest\npytestmark = pytest.mark.skip\ndef test_a(): pass', /all were skipped/],
])('a run that %s is not green', async (_, text, expected) => {
  const result = await run(text)
  expect(result.failed).toBeGreaterThan(0)
  expect(result.tests.map(({ message }) => message).join('\n')).toMatch(expected)
})

test('a backend without its tests was generated wrong', async () => {
  await expect(run('')).rejects.toThrow(BugError)
})

test('runs on the versions that the backend is locked to', async () => {
  const text = `import importlib.metadata
def test_version(): assert importlib.metadata.version("dep") == "1.0"`
  expect(summary(await run(text, {}, ['dep']))).toMatchObject({ passed: 0, failed: 1 })
  const lock = { 'src/proxima/backends/mine/requirements.txt': `dep==1.0 \\\n    --hash=sha256:${newer.sha256}\n` }
  expect(summary(await run(text, lock, ['dep']))).toMatchObject({ passed: 1, failed: 0 })
})

test('what cannot be installed together is a report that says so', async () => {
  const result = await run('def test_a(): pass', {}, ['dep>=3'])
  expect(result).toMatchObject({ passed: 0, failed: 1, containment: 'none' })
  expect(result.tests[0]?.message).toContain('dep')
})
