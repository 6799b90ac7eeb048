import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLocalRepository } from '../../src/repository/local.ts'
import { createActionsRunner } from '../../src/simulator/actions.ts'
import {
  MEASURE_ARTIFACT,
  type MeasureRequest,
  makeRequest as makeMeasureRequest,
  parseMeasureRequest,
  TEST_ARTIFACT,
  writeMeasureArtifact,
  writeTestArtifact,
} from '../../src/simulator/artifact.ts'
import { emptyMeasurement } from '../../src/simulator/measure.ts'
import type { MeasureJob, TestJob } from '../../src/simulator/runner.ts'
import { writeZip } from '../../src/simulator/zip.ts'
import type { Driver } from '../../src/values/driver.ts'
import type { Measurement } from '../../src/values/measurement.ts'
import type { Report } from '../../src/values/report.ts'
import { type FakeRun, fakeActions } from './fake-actions.ts'
import { makeRequest, makeSnapshot, makeTarget, templatesDir, temporaryFolder } from './support.ts'

const silent = () => undefined
const job: MeasureJob = {
  snapshot: makeSnapshot('sim', '1.0'),
  target: makeTarget(),
  request: makeRequest('sim', '1.0', ['sim']),
}
const MEASURING = 'graft-measure/12'
const ownHash = '0'.repeat(64)
const hashes = async (name: string) => (name === 'sim' ? [ownHash, 'a'.repeat(64)] : ['f'.repeat(64)])

async function setUp() {
  const root = temporaryFolder()
  const dir = join(root, 'target')
  mkdirSync(dir)
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org']
    return execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8', stdio: 'pipe' }).trim()
  }
  git('init', '-q', '-b', 'main')
  writeFileSync(join(dir, 'README.md'), 'target\n')
  git('add', '-A')
  git('commit', '-qm', 'start')
  const github = fakeActions()
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') }
  const files = await openLocalRepository(dir)
  const start = (cacheDir: string) =>
    createActionsRunner({
      octokit: github.octokit,
      owner: 'ann',
      repository: 'target',
      issue: 12,
      files,
      templatesDir,
      cacheDir,
      hashes,
      now: () => clock.now,
    })
  const request = (): MeasureRequest => {
    const found = parseMeasureRequest(git('show', `${MEASURING}:.graft/request.json`))
    if (found === undefined) throw new Error('no request on the branch')
    return found
  }
  /** The run that GitHub starts for what was pushed to a branch. */
  const startRun = (branch: string, more: Partial<FakeRun> = {}): FakeRun => {
    const commit = git('rev-parse', branch)
    const run: FakeRun = { branch, commit, message: git('log', '-1', '--format=%B', commit), ...more }
    github.runs.push(run)
    return run
  }
  /** A run that measured the job, without the branch that started it. */
  const measuredRun = (left: (request: MeasureRequest) => Buffer, of: MeasureJob = job) => {
    const asked = makeMeasureRequest(of.snapshot, of.target, of.request, [])
    const message = `Measure\n\nGraft-Request: ${asked.binding}`
    const commit = git('commit-tree', 'main^{tree}', '-p', 'main', '-m', message)
    startRun(commit, { branch: MEASURING, message, ...success(left(asked)) })
  }
  const cacheDir = join(root, 'cache')
  return { git, github, clock, start, runner: start(cacheDir), cacheDir, request, startRun, measuredRun }
}

const pins = [
  { name: 'sim', version: '1.0' },
  { name: 'NumPy', version: '2.0' },
]
const measured: Measurement = {
  ...emptyMeasurement(job.request, '3.12.1', 'gates', { seconds: 1, ranOut: false, seen: [], log: [] }),
}
const driver = (ref: string): Driver => ({
  schema: 1,
  distribution: 'sim',
  version: '1.0',
  imports: ['sim'],
  setup: [{ var: 'circuit', value: { call: { ref }, args: [{ role: 'n' }] } }],
  gates: {},
})
const prepared = ({ binding }: { binding: string }, more: object = {}) => ({
  schema: 1 as const,
  binding,
  ok: true as const,
  python: '3.12.1',
  pins,
  modules: { sim: ['sim'] },
  ...more,
})
const success = (zip: Buffer): Partial<FakeRun> => ({
  status: 'completed',
  conclusion: 'success',
  artifacts: [{ name: MEASURE_ARTIFACT, zip }],
})

test('a measurement is started once, waited for, and read once', async () => {
  const { git, github, runner, request, startRun, cacheDir, start } = await setUp()
  const base = git('rev-parse', 'main')
  expect(await runner.prepare(job, silent)).toEqual({ pending: true, steps: [], since: '2026-01-01T00:00:00.000Z' })
  const head = git('rev-parse', MEASURING)
  expect(git('rev-parse', `${MEASURING}^`)).toBe(base)
  const files = git('ls-tree', '-r', '--name-only', MEASURING).split('\n')
  expect(files).toEqual(expect.arrayContaining(['.graft/request.json', '.graft/probe/main.py', '.github/graft/job.py']))
  expect(files.filter((path) => path.includes('test') || path.startsWith('.github/workflows'))).toEqual([
    '.github/graft/testing.py',
  ])
  expect(request().search).toEqual(job.request)

  await runner.prepare(job, silent)
  await start(temporaryFolder()).prepare(job, silent)
  expect(git('rev-parse', MEASURING)).toBe(head)

  const run = startRun(MEASURING, { status: 'in_progress' })
  run.steps = [
    { name: 'Set up job', status: 'completed', conclusion: 'success' },
    { name: 'Install', status: 'completed', conclusion: 'success' },
    { name: 'Measure', status: 'in_progress', conclusion: null },
  ]
  expect(await runner.measure(job, silent)).toEqual({
    pending: true,
    url: 'https://github.test/runs/100',
    since: '2026-01-01T00:00:00Z',
    steps: [
      { name: 'Install', state: 'passed' },
      { name: 'Measure', state: 'running' },
    ],
  })

  Object.assign(run, success(writeMeasureArtifact({ prepared: prepared(request()), measurement: measured })))
  const answer = await runner.prepare(job, silent)
  if (!('ok' in answer && answer.ok)) throw new Error('not prepared')
  expect([...answer.lock.pins]).toEqual([
    ['sim', '1.0'],
    ['numpy', '2.0'],
  ])
  expect(answer.lock.requirements).toContain(`sim==1.0 \\\n    --hash=sha256:${ownHash} \\\n`)
  github.asked.length = 0
  expect(await runner.measure(job, silent)).toEqual(measured)
  expect(await runner.prepare(job, silent)).toEqual(answer)
  expect(github.asked).toEqual([])
  rmSync(cacheDir, { recursive: true })
  await runner.removeJobBranch('measure')
  await runner.removeJobBranch('measure')
  expect(await start(temporaryFolder()).prepare(job, silent)).toEqual(answer)
  expect(github.asked).toEqual(['/runs', '/runs/100/artifacts', '/artifacts/0/zip'])
  expect(git('branch', '--list', 'graft-measure/*')).toBe('')
})

test('another request takes the place of the first; a run of the first is no answer to it', async () => {
  const { git, runner, request, startRun } = await setUp()
  await runner.prepare(job, silent)
  const first = request()
  startRun(MEASURING, success(writeMeasureArtifact({ prepared: prepared(first), measurement: measured })))
  const other = { ...job, target: makeTarget({ requirements: ['numpy<3'] }) }
  expect(await runner.prepare(other, silent)).toMatchObject({ pending: true })
  expect(request().binding).not.toBe(first.binding)
  expect(git('rev-list', '--count', `main..${MEASURING}`)).toBe('1')
  startRun(MEASURING, success(writeMeasureArtifact({ prepared: prepared(first), measurement: measured })))
  expect(await runner.prepare(other, silent)).toMatchObject({ ok: false, message: /answer to another request/ })
})

test('no run within three minutes: it says whether Actions or the workflow is off', async () => {
  const { github, clock, runner, start, cacheDir } = await setUp()
  await runner.prepare(job, silent)
  clock.now += 179_000
  expect(await runner.prepare(job, silent)).not.toHaveProperty('problem')
  clock.now += 2000
  expect(await runner.prepare(job, silent)).toMatchObject({ problem: 'no_run', since: '2026-01-01T00:00:00.000Z' })
  github.state.workflow = 'disabled_manually'
  expect(await start(cacheDir).prepare(job, silent)).toMatchObject({ problem: 'actions_off' })
  github.state.workflow = undefined
  expect(await runner.prepare(job, silent)).toMatchObject({ problem: 'actions_off' })
  github.state.gone = true
  expect(await runner.prepare(job, silent)).toMatchObject({ problem: 'actions_off' })
})

test('a run that died is started once more, and then it is said', async () => {
  const { git, runner, startRun } = await setUp()
  await runner.prepare(job, silent)
  const first = git('rev-parse', MEASURING)
  startRun(MEASURING, { status: 'completed', conclusion: 'cancelled' })
  expect(await runner.prepare(job, silent)).toEqual({ pending: true, steps: [], since: '2026-01-01T00:00:00.000Z' })
  const second = git('rev-parse', MEASURING)
  expect(second).not.toBe(first)
  await runner.prepare(job, silent)
  expect(git('rev-parse', MEASURING)).toBe(second)
  startRun(MEASURING, {
    status: 'completed',
    conclusion: 'failure',
    artifacts: [{ name: MEASURE_ARTIFACT, zip: Buffer.alloc(0), expired: true }],
  })
  expect(await runner.measure(job, silent)).toMatchObject({
    problem: 'no_artifact',
    url: 'https://github.test/runs/101',
  })
  expect(git('rev-parse', MEASURING)).toBe(second)
})

test('a download that failed is tried once more; every other refusal is the answer', async () => {
  const { git, runner, request, startRun } = await setUp()
  await runner.prepare(job, silent)
  const refused = (reason: 'download' | 'conflict') =>
    success(
      writeMeasureArtifact({
        prepared: { schema: 1, binding: request().binding, ok: false, reason, message: 'so\u202eit\n@ann is' },
      }),
    )
  startRun(MEASURING, refused('download'))
  expect(await runner.prepare(job, silent)).toMatchObject({ pending: true })
  expect(git('log', '-1', '--format=%s', MEASURING)).toBe('Measure sim 1.0 once more')
  startRun(MEASURING, refused('conflict'))
  expect(await runner.prepare(job, silent)).toEqual({ ok: false, reason: 'conflict', message: 'so it @ann is.' })
})

test.each<[string, (request: MeasureRequest) => Buffer, RegExp]>([
  ['no archive', () => Buffer.from('hello'), /no zip archive/],
  ['another file', () => writeZip({ 'x.py': 'import os' }), /none of prepared\.json/],
  [
    'no pins of its own',
    (request) => writeMeasureArtifact({ prepared: prepared(request, { pins: [pins[1]] }) }),
    /another package/,
  ],
  [
    'another version',
    (request) => writeMeasureArtifact({ prepared: prepared(request, { pins: [{ name: 'sim', version: '2.0' }] }) }),
    /another package or version/,
  ],
  [
    'a name twice',
    (request) =>
      writeMeasureArtifact({ prepared: prepared(request, { pins: [...pins, { name: 'numpy', version: '1.0' }] }) }),
    /twice/,
  ],
  [
    'a name that is an option',
    (request) => writeMeasureArtifact({ prepared: prepared(request, { pins: [{ name: '-r evil', version: '1.0' }] }) }),
    /not of the form/,
  ],
])('what the workflow left is refused: %s', async (_what, zip, why) => {
  const { runner, measuredRun } = await setUp()
  measuredRun(zip)
  expect(await runner.prepare(job, silent)).toMatchObject({ ok: false, message: why })
})

test.each<[string, object, RegExp | undefined]>([
  ['its own class', { driver: driver('sim.core:Circuit') }, undefined],
  ['what it needs', { driver: driver('numpy:zeros') }, undefined],
  ['os', { driver: driver('os:system') }, /calls os:system, which is no part/],
  ['a module beside it', { driver: driver('requests:get') }, /no part of the package/],
  ['another distribution', { distribution: 'other' }, /another package/],
  ['another version in its driver', { driver: { ...driver('sim:C'), version: '2.0' } }, /another package/],
])('a driver that calls %s', async (_what, more, why) => {
  const { runner, measuredRun } = await setUp()
  const stated = { modules: { sim: ['sim', 'os', 'subprocess'] } }
  measuredRun((request) =>
    writeMeasureArtifact({ prepared: prepared(request, stated), measurement: { ...measured, ...more } }),
  )
  const answer = await runner.measure(job, silent)
  if ('pending' in answer) throw new Error('pending')
  if (why === undefined) expect(answer).toMatchObject(more)
  else expect(answer).toMatchObject({ stage: 'import', seen: [expect.stringMatching(why)] })
  expect('driver' in answer).toBe(why === undefined)
})

test('a measurement that cannot be read does not take the lock along', async () => {
  const { runner, measuredRun, start, cacheDir } = await setUp()
  measuredRun((request) => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    return writeZip({ 'prepared.json': JSON.stringify(prepared(request)), 'measurement.json': deep })
  })
  for (const found of [runner, start(cacheDir)]) {
    expect(await found.prepare(job, silent)).toMatchObject({ ok: true })
    expect(await found.measure(job, silent)).toMatchObject({ stage: 'import', seen: [/nested too deeply/] })
  }
})

test('an index that offers other files than those that were read, or none', async () => {
  const { runner, measuredRun } = await setUp()
  const other = {
    ...job,
    snapshot: makeSnapshot('sim', '1.0', {
      filename: 'sim-1.0-py3-none-any.whl',
      sha256: '9'.repeat(64),
      bytes: Buffer.alloc(0),
    }),
  }
  measuredRun((request) => writeMeasureArtifact({ prepared: prepared(request) }), other)
  expect(await runner.prepare(other, silent)).toMatchObject({ ok: false, message: /other files of sim 1\.0/ })
  expect(await runner.measure(other, silent)).toMatchObject({ seen: [/left no measurement/] })
})

test('runs of commits that somebody else made for the same question are none', async () => {
  const { git, runner, startRun, request, measuredRun } = await setUp()
  await runner.prepare(job, silent)
  const message = `Measure\n\nGraft-Request: ${request().binding}`
  const forged = success(
    writeMeasureArtifact({ prepared: prepared(request(), { python: '3.66.6' }), measurement: measured }),
  )
  // On top of ours, with other programs; and on the default branch itself.
  const above = git('commit-tree', 'main^{tree}', '-p', MEASURING, '-m', message)
  for (const commit of [above, 'main']) startRun(commit, { ...forged, branch: MEASURING, message })
  expect(await runner.prepare(job, silent)).toMatchObject({ pending: true })
  measuredRun((asked) => writeMeasureArtifact({ prepared: prepared(asked), measurement: measured }))
  expect(await runner.prepare(job, silent)).toMatchObject({ ok: true })
})

// Tests

async function setUpTest() {
  const set = await setUp()
  set.git('branch', 'graft/12-sim')
  const commit = set.git('rev-parse', 'graft/12-sim')
  const tree = set.git('rev-parse', 'graft/12-sim^{tree}')
  const testJob: TestJob = {
    ...job,
    backend: 'sim',
    commit,
    tree,
    withCheckout: () => Promise.reject(new Error('not here')),
  }
  const report: Report = {
    schema: 1,
    backend: 'sim',
    commit,
    tree,
    passed: 1,
    failed: 0,
    skipped: 0,
    seconds: 2,
    tests: [{ category: 'unit', name: 'test_x', outcome: 'passed', seconds: 1 }],
    containment: 'unshare',
  }
  const left = (content: object): Partial<FakeRun> => ({
    status: 'completed',
    conclusion: 'success',
    artifacts: [{ name: TEST_ARTIFACT, zip: writeTestArtifact({ ...report, ...content }) }],
  })
  return { ...set, testJob, report, left }
}
const PULL = { event: 'pull_request' } as const

test('the report of the pull request is read; a test that was asked for later counts', async () => {
  const { git, github, runner, startRun, testJob, report, left } = await setUpTest()
  expect(await runner.test(testJob, silent)).toMatchObject({ pending: true, steps: [] })
  startRun('graft/12-sim', { ...PULL, ...left({ passed: 0 }), path: '.github/workflows/ci.yml' })
  startRun('graft/12-sim', { ...PULL, ...left({ passed: 0 }), from: 'eve/target' })
  startRun('main', { ...PULL, ...left({}), branch: 'graft/13-sim' })
  startRun('main', { ...left({}) })
  expect(await runner.test(testJob, silent)).toMatchObject({ pending: true, steps: [] })
  startRun('graft/12-sim', { ...PULL, ...left({}) })
  expect(await runner.test(testJob, silent)).toEqual(report)
  github.asked.length = 0
  expect(await runner.test(testJob, silent)).toEqual(report)
  expect(github.asked).toEqual(['/runs'])

  const again = { kind: 'test', backend: 'sim', commit: testJob.commit } as const
  await runner.startTest(again)
  await runner.startTest(again)
  expect(git('rev-parse', 'graft-measure/12-test-sim')).toBe(testJob.commit)
  const run = startRun('graft-measure/12-test-sim', { status: 'queued' })
  expect(await runner.test(testJob, silent)).toMatchObject({ pending: true, steps: [] })
  Object.assign(run, left({ seconds: 3 }))
  expect(await runner.test(testJob, silent)).toEqual({ ...report, seconds: 3 })
  await runner.removeJobBranch('test', 'sim')
  expect(git('branch', '--list', 'graft-measure/*')).toBe('')
})

test('runs of other events, and of a pull request where that is not to be trusted, are no tests', async () => {
  const { git, runner, startRun, testJob, report, left } = await setUpTest()
  for (const event of ['workflow_dispatch', 'pull_request_target'] as const) {
    startRun('graft/12-sim', { ...left({}), event })
    startRun('graft/12-sim', { ...left({}), event, branch: 'graft-measure/12-test-sim' })
  }
  startRun('graft/12-sim', { ...PULL, ...left({}) })
  expect(await runner.test({ ...testJob, alone: true }, silent)).toMatchObject({ pending: true, steps: [] })
  expect(git('rev-parse', 'graft-measure/12-test-sim')).toBe(testJob.commit)
  startRun('graft-measure/12-test-sim', left({ seconds: 3 }))
  expect(await runner.test({ ...testJob, alone: true }, silent)).toEqual({ ...report, seconds: 3 })
})

test('a branch of a job that stands elsewhere is moved to what is to be tested', async () => {
  const { git, runner } = await setUpTest()
  git('commit', '-q', '--allow-empty', '-m', 'merged')
  git('branch', 'graft-measure/12-verify-sim', 'main^')
  const commit = git('rev-parse', 'main')
  await runner.startTest({ kind: 'verify', backend: 'sim', commit })
  expect(git('rev-parse', 'graft-measure/12-verify-sim')).toBe(commit)
})

test('a run of the pull request that died is started again by a branch, once', async () => {
  const { git, runner, startRun, testJob } = await setUpTest()
  startRun('graft/12-sim', { ...PULL, status: 'completed', conclusion: 'cancelled' })
  expect(await runner.test(testJob, silent)).toMatchObject({ pending: true })
  expect(git('rev-parse', 'graft-measure/12-test-sim')).toBe(testJob.commit)
  startRun('graft-measure/12-test-sim', { status: 'completed', conclusion: 'failure' })
  expect(await runner.test(testJob, silent)).toMatchObject({
    problem: 'no_artifact',
    url: 'https://github.test/runs/101',
  })
})

test.each<[string, object, object, RegExp]>([
  ['another commit', { commit: 'e'.repeat(40) }, {}, /another commit/],
  ['another tree', { tree: 'e'.repeat(40) }, {}, /another commit/],
  ['another backend', { backend: 'other' }, {}, /another backend/],
  ['numbers of its own', { passed: 500 }, {}, /numbers are not those/],
  ['no tests', { passed: 0, tests: [] }, {}, /no test ran/],
  ['a run that failed', {}, { conclusion: 'failure' }, /ended with failure/],
  [
    'more than it may hold',
    {},
    { artifacts: [{ name: TEST_ARTIFACT, zip: Buffer.alloc(1), size: 9e6 }] },
    /9000000 bytes/,
  ],
  ['no archive', {}, { artifacts: [{ name: TEST_ARTIFACT, zip: Buffer.from('<xml/>') }] }, /no zip archive/],
])('a report that is refused: %s', async (_what, content, run, why) => {
  const { runner, startRun, testJob, left } = await setUpTest()
  startRun('graft/12-sim', { ...PULL, ...left(content), ...run })
  const answer = await runner.test(testJob, silent)
  expect(answer).toMatchObject({ backend: 'sim', commit: testJob.commit, passed: 0, failed: 1 })
  expect((answer as Report).tests[0]?.message).toMatch(why)
})
