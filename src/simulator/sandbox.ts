/** The runner of the command line: environments, measuring and testing on this machine, contained. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BugError } from '../values/errors.ts'
import type { Measurement } from '../values/measurement.ts'
import type { OnProgress } from '../values/progress.ts'
import type { Report } from '../values/report.ts'
import { bytecodeOf } from './bytecode.ts'
import { type Containment, type ContainmentKind, detectContainment, type Limits } from './contain.ts'
import { createEnvironments, type EnvironmentJob } from './environment.ts'
import { readNotes } from './lock.ts'
import { emptyMeasurement, measureIn } from './measure.ts'
import { hashOfProgram } from './program.ts'
import type { Python } from './python.ts'
import type { Requirement } from './requirements.ts'
import type { MeasureJob, Prepared, Runner, TestJob } from './runner.ts'
import { testIn } from './test-run.ts'

export interface SandboxOptions {
  /** Where environments, their bytecode, resolutions and measurements are kept. Deleting it costs time only. */
  readonly cacheDir: string
  /** The folder with `probe` and `sandbox`. */
  readonly templatesDir: string
  /** Interpreter to use instead of the one that is found. */
  readonly python?: string
  /** Lets an installer build the package from source, which runs its build script outside of the sandbox. Default false. */
  readonly allowBuild?: boolean
  /** Requirements that the package has and does not declare: installed and locked with it. Default none. */
  readonly undeclared?: readonly Requirement[]
  /** Ends whatever is running. */
  readonly signal?: AbortSignal
  /** Caps below or above the defaults. */
  readonly limits?: Partial<Limits>
  /** Means of containment that may be used, of those that work here the strongest. Default all. */
  readonly containments?: readonly ContainmentKind[]
  /** `pip` does without uv even where there is one. Default `auto`. */
  readonly installer?: 'auto' | 'pip'
}

/** This runner answers when a job is done, never that it is pending; `prepare` needs no request. */
export interface SandboxRunner extends Runner {
  prepare(job: Omit<MeasureJob, 'request'>, onProgress: OnProgress): Promise<Prepared>
  measure(job: MeasureJob, onProgress: OnProgress): Promise<Measurement>
  test(job: TestJob, onProgress: OnProgress): Promise<Report>
}

/** Makes the sandbox runner. Nothing is looked at or made before its first use. */
export function createSandboxRunner(options: SandboxOptions): SandboxRunner {
  const { templatesDir, signal, limits } = options
  const cacheDir = resolve(options.cacheDir)
  const environments = createEnvironments({
    cacheDir,
    projectDir: join(templatesDir, '..'),
    python: options.python,
    allowBuild: options.allowBuild ?? false,
    undeclared: options.undeclared,
    installer: options.installer,
    signal,
  })
  const containments = new Map<string, Promise<Containment>>()
  const containmentFor = (python: Python): Promise<Containment> => {
    const known = containments.get(python.base) ?? detectContainment(python, options.containments)
    containments.set(python.base, known)
    return known
  }
  const ready = async (job: EnvironmentJob, onProgress: OnProgress) => {
    const prepared = await environments.forPackage(job, onProgress)
    signal?.throwIfAborted()
    return prepared
  }

  return {
    async prepare(job, onProgress) {
      const prepared = await ready(job, onProgress)
      return prepared.ok ? { ok: true, lock: prepared.lock } : prepared
    },

    async measure({ request, ...job }, onProgress) {
      const prepared = await ready(job, onProgress)
      if (!prepared.ok) {
        const facts = { seconds: 0, ranOut: false, seen: [prepared.message], log: [] }
        return emptyMeasurement(request, 'none', 'import', facts)
      }
      const containment = await containmentFor(prepared.python)
      return measureIn(prepared, request, { templatesDir, cacheDir, containment, limits, signal }, onProgress)
    },

    test(job, onProgress) {
      const { snapshot, target } = job
      if (snapshot === undefined) throw new BugError('A test on this machine needs to know the package.')
      return job.withCheckout(async (checkout) => {
        const requirements = await lockOf(job, checkout)
        const locked = { snapshot, target, requirements }
        const prepared = await environments.forTests(locked, onProgress)
        if (!prepared.ok) return refusedReport(job, prepared.message)
        const isolated = readNotes(requirements).isolatedPython !== undefined
        const own = isolated ? await environments.ofIsolated(locked, onProgress) : undefined
        if (own?.ok === false) return refusedReport(job, own.message)
        signal?.throwIfAborted()
        const containment = await containmentFor(prepared.python)
        const more = own === undefined ? {} : { isolated: { ...own, requirements } }
        const program = await hashOfProgram(join(templatesDir, 'probe'), 'main.py')
        const bytecode = await bytecodeOf(prepared, { templatesDir, cacheDir, containment, program })
        const run = { templatesDir, containment, bytecode, limits, signal, ...more }
        return testIn(prepared, job, checkout, run, onProgress)
      })
    },
  }
}

/** What the backend was locked to: the tests run on what was measured, whatever the index has by now. */
async function lockOf({ target, backend }: TestJob, checkout: string): Promise<string> {
  const path = join(checkout, target.backendsPath, backend, 'requirements.txt')
  return existsSync(path) ? readFile(path, 'utf8') : ''
}

function refusedReport(job: TestJob, message: string): Report {
  return {
    schema: 1 as const,
    backend: job.backend,
    commit: job.commit,
    tree: job.tree,
    passed: 0,
    failed: 1,
    skipped: 0,
    seconds: 0,
    tests: [
      { category: 'run', name: 'environment', outcome: 'error' as const, seconds: 0, message: message.slice(0, 4000) },
    ],
    containment: 'none',
  }
}
