/** The runner on Actions against the embedded GitHub, whose every answer is held against GitHub's own description. */
import { afterEach, expect, test } from 'vitest'
import { createGithubRepository } from '../../src/repository/github.ts'
import { createActionsRunner } from '../../src/simulator/actions.ts'
import { emptyMeasurement } from '../../src/simulator/measure.ts'
import type { Runner, TestJob } from '../../src/simulator/runner.ts'
import type { Report } from '../../src/values/report.ts'
import { NAME, type Stage, setStage } from '../embedded/support/github.ts'
import { makeRequest, makeSnapshot, makeTarget, templatesDir, temporaryFolder } from './support.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.close()
  stage = undefined
})

const silent = () => undefined
const job = { snapshot: makeSnapshot('sim', '1.0'), target: makeTarget(), request: makeRequest('sim', '1.0', ['sim']) }
const measured = emptyMeasurement(job.request, '3.12.1', 'gates', { seconds: 1, ranOut: false, seen: [], log: ['a'] })

function reportOf({ backend, commit, tree }: TestJob): Report {
  const tests = [{ category: 'unit', name: 'test_x', outcome: 'passed' as const, seconds: 1 }]
  const numbers = { passed: 1, failed: 0, skipped: 0, seconds: 1 }
  return { schema: 1, backend, commit, tree, ...numbers, tests, containment: 'bwrap' }
}

const machine: Runner = {
  prepare: async () => ({ ok: true, lock: { requirements: '', pins: new Map([['sim', '1.0']]) } }),
  measure: async () => measured,
  test: async (asked) => reportOf(asked),
}

async function setUp(runner?: Runner) {
  stage = await setStage(runner === undefined ? {} : { runner })
  const { github, bot } = stage
  const place = { octokit: bot, owner: 'ada', repository: 'proxima' }
  const files = createGithubRepository({ ...place, app: { slug: github.app.slug } })
  const hashes = async () => ['0'.repeat(64)]
  const clock = { now: Date.now() }
  const options = { ...place, issue: 12, files, templatesDir, hashes, now: () => clock.now }
  const start = () => createActionsRunner({ ...options, cacheDir: temporaryFolder() })
  const writes = () =>
    github.exchanges
      .filter(({ method, actor }) => method !== 'GET' && actor.startsWith('installation:'))
      .map(({ method, route }) => `${method} ${route?.replace('/repos/{owner}/{repo}/git/', '')}`)
  return { github, files, start, writes, clock }
}

test('measured by three writes, found again by a process that knows nothing', async () => {
  const { github, start, writes } = await setUp(machine)
  const runner = start()
  expect(await runner.prepare(job, silent)).toMatchObject({ pending: true })
  await github.idle()
  expect(writes()).toEqual(['POST trees', 'POST commits', 'POST refs'])
  for (const found of [runner, start()]) {
    expect(await found.prepare(job, silent)).toMatchObject({ ok: true, lock: { pins: new Map([['sim', '1.0']]) } })
    expect(await found.measure(job, silent)).toEqual(measured)
  }
  await runner.removeJobBranch('measure')
  expect(writes().slice(3)).toEqual(['DELETE refs/{ref}'])
  expect(await start().measure(job, silent)).toEqual(measured)
  expect(writes()).toHaveLength(4)
})

test('a test that is asked for is one write and its report is that of the commit', async () => {
  const { github, files, start, writes } = await setUp(machine)
  const { commit } = await files.base()
  const lock = `sim==1.0 \\\n    --hash=sha256:${'0'.repeat(64)}\n`
  const backend = [
    { path: 'src/proxima/backends/sim/requirements.txt', content: lock, why: '' },
    { path: 'tests/backends/test_sim.py', content: 'def test_x() -> None: ...\n', why: '' },
  ]
  const [made] = await files.publish({
    ...{ branch: 'graft/12-sim', expectedHead: undefined, parent: commit },
    commits: [{ message: 'Add sim\n', files: backend }],
  })
  if (made === undefined) throw new Error('nothing was published')
  const before = writes().length
  const runner = start()
  const withCheckout = () => Promise.reject(new Error('not here'))
  const testJob: TestJob = { target: job.target, backend: 'sim', ...made, withCheckout }
  expect(await runner.test(testJob, silent)).toMatchObject({ pending: true })
  await runner.startTest({ kind: 'verify', backend: 'sim', commit: made.commit })
  expect(writes().slice(before)).toEqual(['POST refs'])
  await github.idle()
  expect(await runner.test(testJob, silent)).toEqual(reportOf(testJob))
  await runner.removeJobBranch('verify', 'sim')
  expect(await files.head('graft-measure/12-verify-sim')).toBeUndefined()
  expect(await start().test(testJob, silent)).toEqual(reportOf(testJob))
})

test('Actions that are off are told; once they are on, it is asked for again', async () => {
  const { github, start, clock } = await setUp(machine)
  github.configure(NAME, { actions: false })
  const runner = start()
  await runner.prepare(job, silent)
  clock.now += 181_000
  expect(await runner.prepare(job, silent)).toMatchObject({ problem: 'actions_off' })
  github.configure(NAME, { actions: true })
  // Nothing runs that was pushed before; so it is pushed once more.
  expect(await runner.prepare(job, silent)).not.toHaveProperty('problem')
  await github.idle()
  expect(await runner.prepare(job, silent)).toMatchObject({ ok: true })
})

test('a run that no machine takes is told with its address', async () => {
  const { github, start, clock } = await setUp()
  const runner = start()
  await runner.prepare(job, silent)
  await github.idle()
  const waiting = await runner.prepare(job, silent)
  expect(waiting).toMatchObject({ pending: true, steps: [] })
  expect(waiting).not.toHaveProperty('problem')
  clock.now += 181_000
  expect(await runner.prepare(job, silent)).toMatchObject({
    problem: 'no_run',
    url: expect.stringContaining('/actions/runs/'),
  })
})
