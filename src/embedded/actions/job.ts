/**
 * The two jobs of the workflow, done by the sandbox runner instead of the workflow's own programs: the same request in, the same
 * artifact out, the same steps.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { driverFile } from '../../generate/driver-file.ts'
import { readTarget } from '../../generate/target.ts'
import { openLocalRepository } from '../../repository/local.ts'
import {
  describePrepared,
  MEASURE_ARTIFACT,
  type MeasureRequest,
  parseMeasureRequest,
  REQUEST_PATH,
  TEST_ARTIFACT,
  writeMeasureArtifact,
  writeTestArtifact,
} from '../../simulator/artifact.ts'
import { parsePins } from '../../simulator/lock.ts'
import { parseRequirement, type Requirement } from '../../simulator/requirements.ts'
import { isPending, type Runner } from '../../simulator/runner.ts'
import { parseIntegrationBranch, parseJobBranch } from '../../values/branches.ts'
import type { Target } from '../../values/plan.ts'
import type { OnProgress } from '../../values/progress.ts'
import type { Report } from '../../values/report.ts'
import { placed, type Snapshot, type SourceTree } from '../../values/snapshot.ts'
import type { Conclusion, Repo } from '../entities.ts'
import type { World } from '../world.ts'
import { withPlacedFiles } from './placed-files.ts'

/** Steps by the names of the workflow. A step that it does not have is passed over. */
export interface Steps {
  start(name: string): void
  finish(name: string, conclusion: Conclusion): void
}

export interface JobContext {
  readonly world: World
  readonly repository: Repo
  readonly branch: string
  readonly commit: string
  /** Makes a runner that ends when the run is cancelled; `undeclared` is what the request names beside the package. */
  readonly runner: (undeclared: readonly Requirement[]) => Runner
  readonly steps: Steps
}

export interface JobResult {
  readonly conclusion: 'success' | 'failure'
  readonly artifact?: { readonly name: string; readonly zip: Buffer }
  /** What the job's log would end with. */
  readonly log: string
}

const TEST_STEPS = ['Unit', 'Integration', 'Performance', 'Compatibility'] as const

/** Which job of the workflow an event starts: the conditions that stand in the workflow. */
export function jobFor(event: 'push' | 'pull_request', branch: string): 'measure' | 'test' | undefined {
  if (event === 'pull_request') return branch.startsWith('graft/') && branch !== 'graft/setup' ? 'test' : undefined
  return branch.includes('-test-') || branch.includes('-verify-') ? 'test' : 'measure'
}

/** Reads the request of the branch, resolves, installs and measures. A refusal is a result, too. */
export async function runMeasureJob(context: JobContext): Promise<JobResult> {
  const { world, repository, commit, steps } = context
  steps.start('Install')
  const text = (await world.git.read(repository, commit, REQUEST_PATH))?.toString('utf8')
  const request = text === undefined ? undefined : parseMeasureRequest(text)
  if (request === undefined) {
    steps.finish('Install', 'failure')
    return { conclusion: 'failure', log: `There is no valid ${REQUEST_PATH}.` }
  }
  const undeclared = request.undeclared.flatMap((line) => parseRequirement(line) ?? [])
  const runner = context.runner(undeclared)
  const read = (path: string) => world.git.read(repository, commit, path)
  return withPlacedFiles(request.placed, read, (trees) => measured(request, snapshotOf(request, trees), runner, steps))
}

async function measured(request: MeasureRequest, snapshot: Snapshot, runner: Runner, steps: Steps): Promise<JobResult> {
  const job = {
    snapshot,
    target: targetOf(request),
    request: request.search,
    ...(request.build && { allowBuild: true as const }),
  }
  const prepared = local(await runner.prepare(job, ignore))
  steps.finish('Install', 'success')
  steps.start('Measure')
  const { binding } = request
  if (!prepared.ok) {
    steps.finish('Measure', 'success')
    const zip = writeMeasureArtifact({ prepared: describePrepared(binding, '', prepared) })
    return { conclusion: 'success', artifact: { name: MEASURE_ARTIFACT, zip }, log: prepared.message }
  }
  const measurement = local(await runner.measure(job, ignore))
  steps.finish('Measure', 'success')
  const python = /^\d+\.\d+\.\d+$/.test(measurement.python) ? measurement.python : '3.0.0'
  const zip = writeMeasureArtifact({ prepared: describePrepared(binding, python, prepared), measurement })
  return { conclusion: 'success', artifact: { name: MEASURE_ARTIFACT, zip }, log: measurement.log.join('\n') }
}

/** Installs what the backend of the branch was locked to and runs its tests on a checkout of the commit. */
export async function runTestJob(context: JobContext): Promise<JobResult> {
  const { world, repository, branch, commit, steps } = context
  steps.start('Install')
  const backend = parseIntegrationBranch(branch)?.backend ?? parseJobBranch(branch)?.backend
  if (backend === undefined) {
    for (const name of ['Install', ...TEST_STEPS, 'Report']) steps.finish(name, 'success')
    return { conclusion: 'success', log: 'This branch is none of an integration: nothing is tested.' }
  }
  const git = await openLocalRepository(world.git.gitDir(repository))
  const target = await readTarget(git, commit)
  const tree = (await world.git.commit(repository, commit))?.tree ?? ''
  const read = async (name: string) =>
    (await world.git.read(repository, commit, `${target.backendsPath}/${backend}/${name}`))?.toString('utf8')
  const [lock, driver, source] = await Promise.all(['requirements.txt', 'driver.json', 'source.json'].map(read))
  const bound = { backend, commit, tree }
  if (lock === undefined) {
    const message = `0 files backends/${backend}/requirements.txt where there should be one`
    return tested(refused(bound, message), steps, 'failure')
  }
  if ((await world.git.read(repository, commit, `${target.testsPath}/test_${backend}.py`)) === undefined) {
    steps.finish('Install', 'success')
    for (const name of TEST_STEPS) steps.finish(name, 'failure')
    return tested(refused(bound, `The commit has no ${target.testsPath}/test_${backend}.py.`), steps, 'success')
  }
  const runner = context.runner([])
  const own = source === undefined ? undefined : placed.safeParse(json(source)).data
  const readFile = (path: string) => world.git.read(repository, commit, path)
  const report = await withPlacedFiles(own, readFile, async (trees) => {
    const snapshot = { ...lockedSnapshot(lock, driver, target), trees, ...(own === undefined ? {} : { placed: own }) }
    const job = { ...bound, target, snapshot, withCheckout: checkoutsOf(context) }
    return local(await runner.test(job, installThenTest(steps)))
  })
  const installed = !report.tests.some((test) => test.name === 'environment' && test.outcome === 'error')
  return tested(report, steps, installed ? 'success' : 'failure')
}

/** A sandbox answers when it is done; one that does not is no runner for jobs. */
function local<T extends object>(answer: T): Exclude<T, { pending: true }> {
  if (isPending(answer)) throw new Error('The runner of the embedded GitHub must not answer that it is pending')
  return answer as Exclude<T, { pending: true }>
}

const ignore: OnProgress = () => undefined

/** The first word about the tests is the end of the step `Install`; the categories are run together. */
function installThenTest(steps: Steps): OnProgress {
  return (progress) => {
    if (progress.type !== 'note' || progress.stage !== 'test') return
    steps.finish('Install', 'success')
    steps.start('Unit')
  }
}

function tested(report: Report, steps: Steps, install: Conclusion): JobResult {
  steps.finish('Install', install)
  for (const name of TEST_STEPS) {
    const mine = report.tests.filter((test) => test.category.toLowerCase() === name.toLowerCase())
    const bad = mine.some(({ outcome }) => outcome === 'failed' || outcome === 'error')
    steps.finish(name, bad ? 'failure' : 'success')
  }
  const conclusion = report.failed > 0 ? 'failure' : 'success'
  steps.finish('Report', conclusion)
  const { passed, failed, skipped } = report
  const artifact = { name: TEST_ARTIFACT, zip: writeTestArtifact(report) }
  return { conclusion, artifact, log: `${passed} passed, ${failed} failed, ${skipped} skipped` }
}

function refused(bound: { backend: string; commit: string; tree: string }, message: string): Report {
  const test = { category: 'run', name: 'environment', outcome: 'error' as const, seconds: 0, message }
  return { schema: 1, ...bound, passed: 0, failed: 1, skipped: 0, seconds: 0, tests: [test], containment: 'none' }
}

function checkoutsOf({ world, repository, commit }: JobContext) {
  return async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(join(tmpdir(), 'graft-embedded-'))
    try {
      await world.git.checkout(repository, commit, folder)
      return await use(folder)
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    }
  }
}

/** As much of a snapshot as an environment is made from. */
function snapshotWith(
  facts: Pick<Snapshot, 'distribution' | 'version' | 'purl' | 'requiresPython' | 'trees'>,
): Snapshot {
  return {
    schema: 1,
    normalizedName: facts.distribution.toLowerCase().replace(/[-_.]+/g, '-'),
    summary: '',
    licence: '',
    requiresDist: [],
    wheelAvailable: true,
    projectUrls: {},
    ...facts,
  }
}

function snapshotOf(request: MeasureRequest, placedTrees: SourceTree[]): Snapshot {
  const { distribution, version, purl, files, pythons } = request
  if (request.placed !== undefined) {
    const facts = { distribution, version, purl, requiresPython: pythons.package, trees: placedTrees }
    return { ...snapshotWith(facts), placed: request.placed }
  }
  const trees = files.map((sha256) => ({
    artifact: { filename: distribution, kind: 'wheel' as const, sha256, bytes: 0 },
    root: '',
    files: [],
    skipped: [],
  }))
  return snapshotWith({ distribution, version, purl, requiresPython: pythons.package, trees })
}

/** As much of a target as measuring needs. */
function targetOf({ target, pythons }: MeasureRequest): Target {
  return {
    backendsPath: '',
    backendsModule: '',
    testsPath: '',
    takenNames: [],
    hasBridge: false,
    hasDiscovery: false,
    hasConfiguration: false,
    requirements: [...target],
    requiresPython: pythons.target,
  }
}

/** The package that a backend is locked to: named by its driver, pinned in its lock. */
function lockedSnapshot(lock: string, driver: string | undefined, target: Target): Snapshot {
  const described = driver === undefined ? undefined : driverFile.safeParse(json(driver)).data?.driver
  const [first] = parsePins(lock)
  const distribution = described?.distribution ?? first?.name ?? ''
  const version = described?.version ?? first?.version ?? ''
  const purl = `pkg:pypi/${distribution}@${version}`
  return snapshotWith({ distribution, version, purl, requiresPython: target.requiresPython, trees: [] })
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
