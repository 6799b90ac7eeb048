/** Jobs for the workflow of the embedded GitHub: a backend, a request, and runners that do what a test says. */
import type { Runner, TestJob } from '../../../src/simulator/runner.ts'
import type { Measurement } from '../../../src/values/measurement.ts'
import type { Target } from '../../../src/values/plan.ts'
import type { SearchRequest } from '../../../src/values/profile.ts'
import type { OnProgress } from '../../../src/values/progress.ts'
import type { Report } from '../../../src/values/report.ts'
import type { Snapshot } from '../../../src/values/snapshot.ts'

/** Folder of the backend `toy`, and the files that a branch of it has. */
export const BACKEND = 'src/proxima/backends/toy'
export const LOCK = `toy==1.2.3 \\\n    --hash=sha256:${'0'.repeat(64)}\n`
export const FILES = { [`${BACKEND}/requirements.txt`]: LOCK, 'tests/backends/test_toy.py': '# tests\n' }

export const SEARCH: SearchRequest = {
  schema: 1,
  distribution: 'toy',
  version: '1.2.3',
  modules: ['toy'],
  undeclared: [],
  requires: [],
  candidates: [],
  classes: {},
  functions: {},
  engines: [],
  runners: [],
  states: [],
  gates: {},
  names: [],
  budget: { trial_seconds: 1, search_seconds: 1, search_trials: 1, measure_seconds: 1 },
}
export const TARGET = { requirements: ['numpy>=1'], requiresPython: '>=3.11' } as unknown as Target
export const SNAPSHOT = {
  purl: 'pkg:pypi/toy@1.2.3',
  distribution: 'toy',
  version: '1.2.3',
  requiresPython: '>=3.9',
  trees: [{ artifact: { sha256: 'a'.repeat(64) } }],
} as unknown as Snapshot
export const MEASURED: Measurement = {
  schema: 1,
  probe: '1',
  python: '3.12.4',
  distribution: 'toy',
  version: '1.2.3',
  stage: 'measured',
  gates: [],
  tried: { objects: 1, runs: 1, evaluations: 1, seconds: 1, ran_out: false },
  missing_modules: [],
  log: ['found it'],
  seen: [],
  limits: [],
}

/** The report of a run in which these categories failed. */
export function reportOf(job: TestJob, failures: readonly string[] = []): Report {
  const tests = ['unit', 'integration', 'performance', 'compatibility'].map((category) => ({
    category,
    name: `test_${category}`,
    outcome: failures.includes(category) ? ('failed' as const) : ('passed' as const),
    seconds: 0.1,
  }))
  const { backend, commit, tree } = job
  const [failed, passed] = [failures.length, 4 - failures.length]
  return { schema: 1, backend, commit, tree, passed, failed, skipped: 0, seconds: 1, tests, containment: 'bwrap' }
}

/** A runner of which each test run ends when the test says so. */
export function heldRunner() {
  const waiting: {
    job: TestJob
    onProgress: OnProgress
    end: (report: Report) => void
    fail: (error: Error) => void
  }[] = []
  const arrivals: (() => void)[] = []
  const unused = () => Promise.reject(new Error('nothing is measured here'))
  const runner: Runner = {
    prepare: unused,
    measure: unused,
    test: (job, onProgress) =>
      new Promise((end, fail) => {
        waiting.push({ job, onProgress, end, fail })
        for (const tell of arrivals.splice(0)) tell()
      }),
  }
  return {
    runner,
    /** The n-th job that came, once it has come. */
    async job(index: number) {
      while (waiting.length <= index) await new Promise<void>((resolve) => arrivals.push(resolve))
      return waiting[index] as (typeof waiting)[number]
    },
    count: () => waiting.length,
  }
}

/** A runner with which everything goes well. */
export const allPass: Runner = {
  prepare: async () => ({ ok: true, lock: { requirements: '', pins: new Map([['toy', '1.2.3']]) } }),
  measure: async () => MEASURED,
  test: async (job) => reportOf(job),
}
