/** The port behind which a real simulator runs. Implementations: `sandbox.ts` here, GitHub Actions later. */

import type { Measurement } from '../values/measurement.ts'
import type { Target } from '../values/plan.ts'
import type { SearchRequest } from '../values/profile.ts'
import type { OnProgress } from '../values/progress.ts'
import type { Report } from '../values/report.ts'
import type { Snapshot } from '../values/snapshot.ts'

/** Exact versions and hashes of the package and all its dependencies, in pip's `--require-hashes` format. */
export interface Lock {
  readonly requirements: string
  /** Name and version of each pinned distribution. */
  readonly pins: ReadonlyMap<string, string>
}

export interface MeasureJob {
  readonly snapshot: Snapshot
  /** Requirements of the target, resolved together with the package. */
  readonly target: Target
  readonly request: SearchRequest
}

export interface TestJob {
  readonly snapshot: Snapshot
  readonly target: Target
  readonly backend: string
  /** A checkout of the head commit; the runner copies what it needs and never writes into it. */
  readonly checkout: string
  readonly commit: string
  readonly tree: string
}

/** Cannot be resolved, no wheel, import fails, …: what a person can do about it is in `message`. */
export type Prepared =
  | { readonly ok: true; readonly lock: Lock }
  | { readonly ok: false; readonly reason: 'no_wheel' | 'conflict' | 'python' | 'download'; readonly message: string }

export interface Runner {
  /** Resolves target and package together and makes the environment (cached by its lock). Network allowed. */
  prepare(job: { snapshot: Snapshot; target: Target }, onProgress: OnProgress): Promise<Prepared>
  /** Runs the probe without network. Throws only for a bug or a missing tool; everything else is in the measurement. */
  measure(job: MeasureJob, onProgress: OnProgress): Promise<Measurement>
  /** Runs the backend's own tests without network. */
  test(job: TestJob, onProgress: OnProgress): Promise<Report>
}
