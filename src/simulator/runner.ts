/** The port behind which a real simulator runs. Implementations: `sandbox.ts` on this machine, `actions.ts` on GitHub Actions. */

import type { Isolation } from '../values/isolation.ts'
import type { Measurement } from '../values/measurement.ts'
import type { Target } from '../values/plan.ts'
import type { SearchRequest } from '../values/profile.ts'
import type { OnProgress } from '../values/progress.ts'
import type { Report } from '../values/report.ts'
import type { Snapshot } from '../values/snapshot.ts'
import type { Requirement } from './requirements.ts'

/** Exact versions and hashes of the package and all its dependencies, in pip's `--require-hashes` format. */
export interface Lock {
  readonly requirements: string
  /** Name and version of each pinned distribution. */
  readonly pins: ReadonlyMap<string, string>
  /** Set where the package cannot be installed beside the target and gets an environment of its own. */
  readonly isolated?: Isolation
  readonly built?: Built
  /** Distributions that the package needs and does not declare. */
  readonly undeclared?: readonly string[]
}

/** What was built from source, where that was allowed. */
export interface Built {
  /** Normalised names. */
  readonly names: readonly string[]
  /** Older versions that their build scripts need: `setuptools<58`. */
  readonly constraints: readonly string[]
}

export interface MeasureJob {
  readonly snapshot: Snapshot
  /** Requirements of the target, resolved together with the package. */
  readonly target: Target
  readonly request: SearchRequest
  /** Set where somebody asked to measure once more what was measured before; a new name is a new job. */
  readonly run?: string
  /** Requirements that the package has and does not declare, as people said; beside those of the runner's options. */
  readonly undeclared?: readonly Requirement[]
  /** The package may be built from its sdist: a person said so for this request. */
  readonly allowBuild?: true
}

export interface TestJob {
  /** Of the package; only a runner on this machine needs it. */
  readonly snapshot?: Snapshot
  readonly target: Target
  readonly backend: string
  /** Runs `use` with a checkout of the head commit; a runner elsewhere does not call it. Nothing is written into it. */
  readonly withCheckout: <T>(use: (folder: string) => Promise<T>) => Promise<T>
  readonly commit: string
  readonly tree: string
  /** Only a run at the commit itself counts, not one of a pull request, which another branch had a part in. */
  readonly alone?: boolean
}

/** Cannot be resolved, no wheel, import fails, …: what a person can do about it is in `message`. */
export type Prepared =
  | { readonly ok: true; readonly lock: Lock }
  | { readonly ok: false; readonly reason: 'no_wheel' | 'conflict' | 'python' | 'download'; readonly message: string }

/** A job that runs elsewhere and has not ended: the caller ends, too, and asks again when it hears of the run. */
export interface Pending {
  readonly pending: true
  /** Page of the run, once there is one. */
  readonly url?: string
  /** Steps of the run that have ended and all there are, e.g. the categories of the tests. Empty before the run began. */
  readonly steps: readonly { readonly name: string; readonly state: 'waiting' | 'running' | 'passed' | 'failed' }[]
  /** When the job was asked for (ISO 8601). */
  readonly since: string
  /** What keeps it from running; a person must act. `no_run`: asked for three minutes ago and nothing began. */
  readonly problem?: 'no_run' | 'actions_off' | 'no_artifact'
}

/** Whether a runner's answer is that the job still runs. */
export function isPending(value: object): value is Pending {
  return 'pending' in value && value.pending === true
}

/**
 * The sandbox answers when the job is done; a runner elsewhere answers `Pending` until then, and starts each job only once,
 * however often it is asked.
 */
export interface Runner {
  /**
   * Resolves target and package together and makes the environment (cached by its lock). Network allowed.
   * The request is for runners that measure in the same job.
   */
  prepare(job: MeasureJob, onProgress: OnProgress): Promise<Prepared | Pending>
  /** Runs the probe without network. Throws only for a bug or a missing tool; everything else is in the measurement. */
  measure(job: MeasureJob, onProgress: OnProgress): Promise<Measurement | Pending>
  /** Runs the backend's own tests without network. */
  test(job: TestJob, onProgress: OnProgress): Promise<Report | Pending>
}
