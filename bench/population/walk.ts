/** One package on the way of every integration, as far as is asked, with a clock and an ear at the runner. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTarget } from '../../src/generate/target.ts'
import { decide } from '../../src/integration/decide.ts'
import { createServices, type Services } from '../../src/integration/services.ts'
import { perform } from '../../src/integration/steps.ts'
import type { Thread } from '../../src/integration/thread.ts'
import { openLocalRepository } from '../../src/repository/local.ts'
import { parseRequirement, type Requirement } from '../../src/simulator/requirements.ts'
import type { MeasureJob, Runner } from '../../src/simulator/runner.ts'
import { createSandboxRunner } from '../../src/simulator/sandbox.ts'
import { GraftError } from '../../src/values/errors.ts'
import type { Measurement } from '../../src/values/measurement.ts'
import type { Entry } from './list.ts'
import type { Walked } from './row.ts'

export interface Way {
  /** A folder of this walk's own. */
  readonly work: string
  readonly cacheDir: string
  /** A copy of the templates: who works on the probe meanwhile does not change what is measured. */
  readonly templatesDir: string
  /** Proxima or the small target: a checkout that is copied. */
  readonly host: string
  /** End where the driver is measured and judged. */
  readonly driverOnly: boolean
  /** Layouts that the search must do without. */
  readonly ablate: readonly string[]
  /** Where the request and the result of the measurement are left. */
  readonly keep?: string | undefined
  readonly signal: AbortSignal
  readonly onNote: (note: string) => void
}

export interface Walk extends Walked {
  readonly services: Services
  /** The checkout that the branch was made in. */
  readonly repository: string
}

/** Walks until there is a verdict; what a package or Graft does wrong is part of what is returned. */
export async function walk(entry: Entry, way: Way): Promise<Walk> {
  const seconds: Record<string, number> = {}
  const services = await servicesFor(entry, way, seconds)
  const folder = makeHost(way)
  const repository = await openLocalRepository(folder)
  const { commit: base } = await repository.base()
  const request = { locator: entry.package, choices: {}, dryRun: false }
  let thread: Thread = { request, base, target: await readTarget(repository, base) }
  try {
    for (;;) {
      const step = decide(thread)
      if (step.type === 'finish') return { thread, judgement: step.judgement, seconds, services, repository: folder }
      if (step.type === 'wait') throw new Error('the sandbox does not let anybody wait')
      const { judgement } = thread
      if (step.type === 'plan' && way.driverOnly) return { thread, judgement, seconds, services, repository: folder }
      thread = await perform(step, thread, repository, services)
    }
  } catch (error) {
    const told = error instanceof GraftError && error.audience !== 'bug'
    const message = error instanceof Error ? error.message : String(error)
    return { thread, refusal: { message, defect: !told }, seconds, services, repository: folder }
  }
}

async function servicesFor(entry: Entry, way: Way, seconds: Record<string, number>): Promise<Services> {
  const cacheDir = ownMeasurements(way)
  const { templatesDir, signal } = way
  const services = await createServices({
    cacheDir,
    signal,
    allowBuild: entry.build ?? false,
    onProgress: (progress) => {
      if (progress.type === 'finished') seconds[progress.stage] = round(progress.seconds)
      if (progress.type === 'note') way.onNote(`${progress.stage}: ${progress.detail}`)
    },
  })
  const undeclared = (entry.answer ?? []).map((text) => parseRequirement(text) as Requirement)
  const runner = createSandboxRunner({ cacheDir, templatesDir, signal, allowBuild: entry.build ?? false, undeclared })
  return { ...services, templatesDir, runner: listening(runner, way) }
}

/** Downloads, resolutions and environments are shared; what is measured is measured anew. */
function ownMeasurements(way: Way): string {
  const own = join(way.work, 'cache')
  mkdirSync(own)
  for (const shared of ['sources', 'resolutions', 'environments', 'bytecode', 'builds', 'pip']) {
    mkdirSync(join(way.cacheDir, shared), { recursive: true })
    symlinkSync(join(way.cacheDir, shared), join(own, shared))
  }
  return own
}

/** The runner that leaves out layouts, and keeps what it was asked and what it answered. */
function listening(runner: Runner, { ablate, keep }: Way): Runner {
  const note = (name: string, value: unknown) => {
    if (keep === undefined) return
    mkdirSync(keep, { recursive: true })
    writeFileSync(join(keep, name), `${JSON.stringify(value, null, 2)}\n`)
  }
  const changed = (job: MeasureJob): MeasureJob =>
    ablate.length === 0 ? job : { ...job, request: { ...job.request, exclude_layouts: [...ablate] } }
  return {
    prepare: (job, onProgress) => runner.prepare(job, onProgress),
    measure: async (job, onProgress) => {
      note('request.json', changed(job).request)
      const result = (await runner.measure(changed(job), onProgress)) as Measurement
      note('result.json', result)
      return result
    },
    test: async (job, onProgress) => {
      const report = await runner.test(job, onProgress)
      note('report.json', report)
      return report
    },
  }
}

/** A copy of the host that may be written to, as a git repository. */
function makeHost({ work, host }: Way): string {
  const folder = mkdtempSync(join(work, 'host-'))
  cpSync(host, folder, { recursive: true, filter: (path) => !/__pycache__|[/\\]\.git$/.test(path) })
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { stdio: 'ignore' })
  git('init', '--initial-branch=main')
  git('add', '.')
  git('-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', 'commit', '-m', 'The host')
  return folder
}

const round = (seconds: number): number => Math.round(seconds * 100) / 100
