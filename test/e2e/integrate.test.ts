/**
 * Real simulators become backends of the small target, from the command line, on the real package index. One in every run;
 * `GRAFT_ALL=1` adds a second, very different one, whose replay alone takes minutes.
 */
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseTrailers } from '../../src/change/trailers.ts'
import type { IntegrationResult } from '../../src/integration/integrate.ts'
import { plan } from '../../src/values/plan.ts'
import { report } from '../../src/values/report.ts'
import { runGraft } from '../cli/support.ts'
import { CACHE, git, makeTarget, ROOT, stateOf } from './support.ts'

// Every run of the tests measures anew; only downloads and environments are kept.
beforeAll(() => rmSync(join(CACHE, 'measurements'), { recursive: true, force: true }))

const common = (repo: string) => ['--repo', repo, '--cache-dir', CACHE]

const SECOND: [string, string, string][] = [
  // Named gates with the angle first, a big-endian state, single-precision sampling; another name is asked for.
  ['quimb', 'contracted', 'src/proxima/backends/contracted'],
]

describe.each([
  // Gate objects, a little-endian state, and rotations that turn the other way.
  ['qulacs', 'qulacs', 'src/proxima/backends/qulacs'],
  ...(process.env.GRAFT_ALL === '1' ? SECOND : []),
])('graft integrate %s', (locator, name, folder) => {
  test('makes a backend on a branch of its own that passes its own tests', async () => {
    const repo = makeTarget()
    const base = git(repo, 'rev-parse', 'HEAD')
    const run = await runGraft(['integrate', locator, ...common(repo), '--name', name, '--json'])
    expect(run.code, run.stderr).toBe(0)
    const result = JSON.parse(run.stdout) as IntegrationResult

    expect(['integrated', 'integrated_with_limits']).toContain(result.verdict)
    expect(result).toMatchObject({ backend: name, branch: `graft/${name}` })
    const tests = report.parse(result.report)
    expect(tests.failed).toBe(0)
    expect(tests.passed).toBeGreaterThan(20)

    // The working tree is as it was, and the branch holds one commit for each change, with its trailers.
    expect(git(repo, 'status', '--porcelain')).toBe('')
    expect(git(repo, 'symbolic-ref', '--short', 'HEAD')).toBe('main')
    expect(git(repo, 'rev-parse', 'main')).toBe(base)
    const commits = git(repo, 'rev-list', '--reverse', `main..graft/${name}`).split('\n')
    expect(commits).toEqual(result.changes.map(({ commit }) => commit))
    expect(tests.commit).toBe(commits.at(-1))
    for (const [index, commit] of commits.entries()) {
      const change = result.changes[index]
      expect(parseTrailers(git(repo, 'show', '--no-patch', '--format=%B', commit))).toMatchObject({
        integration: name,
        change: change?.id,
        kind: change?.kind,
      })
      const touched = git(repo, 'show', '--format=', '--name-only', commit).split('\n').sort()
      expect(touched).toEqual([...(change?.files ?? [])].sort())
    }

    const files = git(repo, 'ls-tree', '--name-only', `graft/${name}`, `${folder}/`).split('\n')
    const expected = ['README.md', '__init__.py', 'adapter.py', 'driver.json', 'normalizer.py', 'requirements.txt']
    expect(files).toEqual(expected.map((file) => `${folder}/${file}`))
    const lines = (file: string) => git(repo, 'show', `graft/${name}:${folder}/${file}`).split('\n').length
    expect(lines('adapter.py') + lines('normalizer.py')).toBeLessThanOrEqual(150)
  })
})

test('a plan shows every change and writes nothing', async () => {
  const repo = makeTarget()
  const before = stateOf(repo)
  const run = await runGraft(['plan', 'qulacs', ...common(repo), '--json'])
  expect(run.code, run.stderr).toBe(0)
  const made = plan.parse(JSON.parse(run.stdout))
  expect(made.changes.length).toBeGreaterThan(3)
  expect(stateOf(repo)).toBe(before)

  const shown = await runGraft(['plan', 'qulacs', ...common(repo)])
  expect(shown.stdout).toMatch(/native \(\d+\) +h x y z s sdg t tdg sx rx ry rz p u3 cx/)
  expect(shown.stdout).not.toMatch(/refused/)
  for (const change of made.changes) expect(shown.stdout).toContain(change.title)
  expect(stateOf(repo)).toBe(before)
})

test('the same name a second time is refused while the branch is there', async () => {
  const repo = makeTarget()
  git(repo, 'branch', 'graft/qulacs')
  const before = stateOf(repo)
  const run = await runGraft(['integrate', 'qulacs', ...common(repo)])
  expect(run.stderr).toMatch(/✗ .*graft\/qulacs exists/)
  expect(run.code).toBe(1)
  expect(stateOf(repo)).toBe(before)
})

test('generated Python carries nothing of this machine', async () => {
  const repo = makeTarget()
  const { stdout } = await runGraft(['plan', 'qulacs', ...common(repo), '--json'])
  const home = process.env.HOME ?? '/nowhere'
  for (const change of plan.parse(JSON.parse(stdout)).changes) {
    for (const file of change.files) {
      for (const place of [CACHE, repo, ...(home.length > 1 ? [`${home}/`] : [])]) {
        expect(file.content ?? '', file.path).not.toContain(place)
      }
    }
  }
  expect(readFileSync(join(repo, 'README.md'), 'utf8')).not.toBe('')
})

test('Ctrl-C in the middle of the measurement leaves nothing', async () => {
  const repo = makeTarget()
  const before = stateOf(repo)
  rmSync(join(CACHE, 'measurements'), { recursive: true, force: true })
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'graft.js'), 'integrate', 'qulacs', ...common(repo)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  let interrupted = false
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    // The environment is ready when its line has come: the next thing is the measurement.
    if (!interrupted && /^✓ Environment/m.test(stderr)) interrupted = child.kill('SIGINT')
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(stderr).toMatch(/Interrupted\. Nothing was kept\.\n$/)
  expect(code).toBe(130)
  expect(stateOf(repo)).toBe(before)
})
