/**
 * The runner on GitHub Actions: the target's own workflow measures and tests, this only starts it and reads what it left.
 *
 * Everything is found again from GitHub after a restart: a run by the commit that it ran on, a request by the trailer of the
 * measuring branch's commit. What is kept on this machine saves reading twice.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { loadIndexConfig } from '../config/index-config.ts'
import { measuringFiles } from '../config/job-files.ts'
import type { Place } from '../repository/github/request.ts'
import { MovedError, type Repository } from '../repository/repository.ts'
import { formatJobBranch, parseIntegrationBranch, parseJobBranch } from '../values/branches.ts'
import { isolation } from '../values/isolation.ts'
import { measurement } from '../values/measurement.ts'
import { type Report, report } from '../values/report.ts'
import {
  type HashesOf,
  judgeMeasurement,
  judgePrepared,
  judgeReport,
  refusedReport,
  unusable,
} from './actions-results.ts'
import { fetchArtifact, isWorkflowActive, listRuns, progressOf, type Run } from './actions-runs.ts'
import {
  MEASURE_ARTIFACT,
  type MeasureRequest,
  type MeasureResult,
  makeRequest,
  preparedFile,
  REQUEST_PATH,
  REQUEST_TRAILER,
  readMeasureArtifact,
  readTestArtifact,
  TEST_ARTIFACT,
} from './artifact.ts'
import { readCached, writeAtomically } from './cache.ts'
import { hashesOnIndex } from './index-access.ts'
import type { Requirement } from './requirements.ts'
import { isPending, type MeasureJob, type Pending, type Prepared, type Runner, type TestJob } from './runner.ts'
import { ArchiveError } from './zip.ts'

export interface ActionsOptions extends Place {
  /** The issue of the integration: its jobs' branches carry the number. */
  readonly issue: number
  /** The same repository, for the branches. */
  readonly files: Repository
  /** The folder with `github` and `probe`. */
  readonly templatesDir: string
  /** Results and times are kept here. Deleting it costs requests only. */
  readonly cacheDir: string
  /** Requirements that the package has and does not declare. Default none. */
  readonly undeclared?: readonly Requirement[]
  /** Default: those of the index that pip is configured for. */
  readonly hashes?: HashesOf
  /** A job of which no run is seen for so long will not run. Default three minutes. */
  readonly noRunMilliseconds?: number
  /** Milliseconds since 1970. Default the clock. */
  readonly now?: () => number
}

/** What a test is for: asked for again, or of what was merged. The first test of a commit is started by its pull request. */
export type StartedKind = 'test' | 'verify'

export interface ActionsRunner extends Runner {
  /** Starts a test of a commit by a branch that points to it. Does nothing while the branch of an earlier one stands there. */
  startTest(test: { readonly kind: StartedKind; readonly backend: string; readonly commit: string }): Promise<void>
  /** Deletes the branch of a job whose result was read. `backend` is absent for `measure`. */
  removeJobBranch(kind: 'measure' | StartedKind, backend?: string): Promise<void>
}

const NO_RUN_MILLISECONDS = 180_000
/** Times that a measurement is started before what became of it is told. */
const MOST_ATTEMPTS = 2

const kept = z.object({ prepared: preparedFile, measurement: measurement.optional(), problem: z.string().optional() })
const locked = z.object({
  requirements: z.string(),
  pins: z.array(z.tuple([z.string(), z.string()])),
  isolated: isolation.optional(),
  undeclared: z.array(z.string()).optional(),
  built: z.object({ names: z.array(z.string()), constraints: z.array(z.string()) }).optional(),
})
const asking = z.object({ since: z.iso.datetime(), off: z.boolean().optional() })
type Asking = z.infer<typeof asking>

type Found = { readonly result: MeasureResult } | { readonly broken: string }

/** Makes the runner for one integration. Nothing is asked before its first use. */
export function createActionsRunner(options: ActionsOptions): ActionsRunner {
  const { issue, files, templatesDir, now = Date.now, undeclared = [] } = options
  const noRunMilliseconds = options.noRunMilliseconds ?? NO_RUN_MILLISECONDS
  const folder = join(options.cacheDir, 'actions', options.owner, options.repository, `${issue}`)
  const hashes = options.hashes ?? indexHashes()

  /** No run is seen yet. Since when it is waited for is noted at the first look; `again` asks for it once more. */
  const waiting = async (what: string, again: () => Promise<void>): Promise<Pending> => {
    const path = join(folder, `asked-${createHash('sha256').update(what).digest('hex').slice(0, 32)}.json`)
    const note = async (asked: Asking) => {
      await writeAtomically(path, JSON.stringify(asked))
      return asked
    }
    const fresh = () => ({ since: new Date(now()).toISOString() })
    const { since, off } = (await readCached(path, asking)) ?? (await note(fresh()))
    const pending = { pending: true as const, steps: [], since }
    if (now() - Date.parse(since) < noRunMilliseconds) return pending
    if (!(await isWorkflowActive(options))) {
      if (off !== true) await note({ since, off: true })
      return { ...pending, problem: 'actions_off' }
    }
    if (off !== true) return { ...pending, problem: 'no_run' }
    // What was pushed while Actions was off never runs.
    await again()
    return { ...pending, ...(await note(fresh())) }
  }

  /** A run that no machine has begun is none yet; one that waits for too long has no machine. */
  const unended = (run: Run): Promise<Pending> | Pending => {
    if (run.begun) return progressOf(options, run)
    const pending = { pending: true as const, steps: [], since: run.createdAt }
    if (now() - Date.parse(run.createdAt) < noRunMilliseconds) return pending
    return { ...pending, url: run.url, problem: 'no_run' }
  }

  const lost = (run: Run): Pending => ({
    pending: true,
    url: run.url,
    steps: [],
    since: run.createdAt,
    problem: 'no_artifact',
  })

  const pushRequest = async (request: MeasureRequest, attempt: number): Promise<void> => {
    const branch = formatJobBranch({ issue, kind: 'measure' })
    const old = await files.head(branch)
    if (old !== undefined) await files.deleteBranch(branch, old)
    const { commit } = await files.base()
    const again = attempt > 1 ? ' once more' : ''
    const message = `Measure ${request.distribution} ${request.version}${again}\n\n${trailerOf(request)}\n`
    const carried = [{ path: REQUEST_PATH, content: JSON.stringify(request) }, ...(await measuringFiles(templatesDir))]
    const changes = carried.map((file) => ({ ...file, why: 'What the measurement needs.' }))
    const publication = { branch, expectedHead: undefined, parent: commit, commits: [{ message, files: changes }] }
    await files.publish(publication).catch((error: unknown) => {
      // Somebody else was quicker: the next look finds what they did.
      if (!(error instanceof MovedError)) throw error
    })
  }

  /** Whether the branch stands at a commit that asks this and that no run in the list ran on. */
  const isPushed = async (request: MeasureRequest, runs: readonly Run[]): Promise<boolean> => {
    const head = await files.head(formatJobBranch({ issue, kind: 'measure' }))
    if (head === undefined || runs.some((run) => run.commit === head)) return false
    const { commit } = await files.base()
    const [entry] = (await files.log(commit, head)).slice(-1)
    return entry?.message.includes(trailerOf(request)) ?? false
  }

  /** Everybody who may push can make a branch of this name, with programs of their own and the same trailer. */
  const isPushedByUs = async ({ commit }: Run): Promise<boolean> => {
    const { commit: base } = await files.base()
    const [only, ...others] = await files.log(base, commit)
    return others.length === 0 && only?.commit === commit && only.ours
  }

  const find = async (job: MeasureJob): Promise<{ found: Found; request: MeasureRequest } | Pending> => {
    const request = makeRequest(job.snapshot, job.target, job.request, [...undeclared, ...(job.undeclared ?? [])], job)
    const path = join(folder, `measured-${request.binding}.json`)
    const known = await readCached(path, kept)
    if (known !== undefined) return { found: { result: asResult(known) }, request }
    const branch = formatJobBranch({ issue, kind: 'measure' })
    const all = await listRuns(options, { branch, event: 'push' })
    const runs: Run[] = []
    for (const run of all.filter((one) => one.branch === branch && one.message.includes(trailerOf(request))))
      if (runs.length < MOST_ATTEMPTS && (await isPushedByUs(run))) runs.push(run)
    const [newest] = runs
    if (newest !== undefined && !newest.ended) return unended(newest)
    const again = runs.length < MOST_ATTEMPTS
    if (newest !== undefined) {
      const found = await readMeasured(newest)
      if (found !== undefined && !(again && isPassing(found))) {
        if ('result' in found) await writeAtomically(path, JSON.stringify(found.result))
        return { found, request }
      }
      if (!again) return lost(newest)
    }
    const attempt = runs.length + 1
    if (!(await isPushed(request, runs))) await pushRequest(request, attempt)
    return waiting(`measure ${request.binding} ${attempt}`, () => pushRequest(request, attempt))
  }

  const readMeasured = async (run: Run): Promise<Found | undefined> => {
    try {
      const zip = await fetchArtifact(options, run, MEASURE_ARTIFACT)
      return zip === undefined ? undefined : { result: await readMeasureArtifact(zip) }
    } catch (error) {
      if (error instanceof ArchiveError) return { broken: error.message }
      throw error
    }
  }

  const lockOf = async (result: MeasureResult, request: MeasureRequest): Promise<Prepared> => {
    const path = join(folder, `locked-${request.binding}.json`)
    const known = await readCached(path, locked)
    if (known !== undefined) {
      const { pins, isolated, undeclared, built, requirements } = known
      const notes = { ...(isolated && { isolated }), ...(undeclared && { undeclared }), ...(built && { built }) }
      return { ok: true, lock: { requirements, pins: new Map(pins), ...notes } }
    }
    const judged = await judgePrepared(result.prepared, request, hashes)
    if (judged.ok) await writeAtomically(path, JSON.stringify({ ...judged.lock, pins: [...judged.lock.pins] }))
    return judged
  }

  const startTest: ActionsRunner['startTest'] = async ({ kind, backend, commit }) => {
    const branch = formatJobBranch({ issue, kind, backend })
    const old = await files.head(branch)
    if (old === commit) return
    if (old !== undefined) await files.deleteBranch(branch, old)
    await files.publish({ branch, expectedHead: undefined, parent: commit, commits: [] }).catch((error: unknown) => {
      if (!(error instanceof MovedError)) throw error
    })
  }

  /** Pushes the branch of a job of this commit anew, or the first one. */
  const startAgain = async (backend: string, commit: string): Promise<void> => {
    const kinds = ['verify', 'test'] as const
    const heads = await Promise.all(kinds.map((kind) => files.head(formatJobBranch({ issue, kind, backend }))))
    const kind = kinds.find((_, index) => heads[index] === commit) ?? 'test'
    if (heads.includes(commit)) await files.deleteBranch(formatJobBranch({ issue, kind, backend }), commit)
    await startTest({ kind, backend, commit })
  }

  const readReport = async (run: Run, job: TestJob): Promise<Report | undefined> => {
    const path = join(folder, `report-${job.backend}-${run.id}-${run.attempt}.json`)
    const known = await readCached(path, report)
    if (known?.commit === job.commit && known.tree === job.tree && known.backend === job.backend) return known
    try {
      const zip = await fetchArtifact(options, run, TEST_ARTIFACT)
      if (zip === undefined) return undefined
      const judged = judgeReport(await readTestArtifact(zip), job, run.conclusion)
      await writeAtomically(path, JSON.stringify(judged))
      return judged
    } catch (error) {
      if (error instanceof ArchiveError) return refusedReport(job, error.message)
      throw error
    }
  }

  return {
    async prepare(job) {
      const answer = await find(job)
      if (isPending(answer)) return answer
      if ('broken' in answer.found) return unusable(answer.found.broken)
      return lockOf(answer.found.result, answer.request)
    },

    async measure(job) {
      const answer = await find(job)
      if (isPending(answer)) return answer
      const { found, request } = answer
      const result = 'result' in found ? found.result : { prepared: refusalFile(request, found.broken) }
      return judgeMeasurement(result, request)
    },

    async test(job) {
      const { backend, commit, alone = false } = job
      const runs = (await listRuns(options, { head_sha: commit })).filter(
        (run) => run.commit === commit && isTestOf(run, issue, backend) && !(alone && run.event === 'pull_request'),
      )
      const [newest] = runs
      if (newest === undefined) {
        if (alone) await startTest({ kind: 'test', backend, commit })
        return waiting(`test ${backend} ${commit}`, () => startAgain(backend, commit))
      }
      if (!newest.ended) return unended(newest)
      const read = await readReport(newest, job)
      if (read !== undefined) return read
      // Cancelled, or its machine was lost. A run that a job's branch started was asked for by somebody who can ask again.
      if (newest.event !== 'pull_request' || runs.length > 1) return lost(newest)
      await startTest({ kind: 'test', backend, commit })
      return waiting(`test ${backend} ${commit} ${newest.id}`, () => startAgain(backend, commit))
    },

    startTest,

    async removeJobBranch(kind, backend) {
      const branch = formatJobBranch({ issue, kind, ...(backend === undefined ? {} : { backend }) })
      const head = await files.head(branch)
      if (head !== undefined) await files.deleteBranch(branch, head)
    },
  }
}

function trailerOf({ binding }: MeasureRequest): string {
  return `${REQUEST_TRAILER}: ${binding}`
}

/** Whether a refusal may be gone the next time. */
function isPassing(found: Found): boolean {
  return 'result' in found && !found.result.prepared.ok && found.result.prepared.reason === 'download'
}

function isTestOf(run: Run, issue: number, backend: string): boolean {
  // Other events (somebody's `workflow_dispatch` or `pull_request_target`) are none of the workflow as it is installed.
  if (run.event !== 'pull_request' && run.event !== 'push') return false
  const branch = run.event === 'pull_request' ? parseIntegrationBranch(run.branch) : parseJobBranch(run.branch)
  return branch?.issue === issue && branch.backend === backend
}

function asResult({ prepared, measurement: measured, problem }: z.infer<typeof kept>): MeasureResult {
  return {
    prepared,
    ...(measured === undefined ? {} : { measurement: measured }),
    ...(problem === undefined ? {} : { problem }),
  }
}

function refusalFile({ binding }: MeasureRequest, why: string): MeasureResult['prepared'] {
  const { reason, message } = unusable(why)
  return { schema: 1, binding, ok: false, reason, message }
}

function indexHashes(): HashesOf {
  let index: ReturnType<typeof loadIndexConfig> | undefined
  return async (name, version) => {
    index ??= loadIndexConfig()
    return hashesOnIndex(await index, name, version)
  }
}
