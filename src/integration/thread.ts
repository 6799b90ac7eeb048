/**
 * The thread: everything that is known about one integration. `decide` looks only at this value, so that the same decision is
 * made whether the facts come from a local clone or, later, from GitHub.
 */
import type { Example } from '../generate/example.ts'
import type { Pending, Prepared } from '../simulator/runner.ts'
import type { Measurement } from '../values/measurement.ts'
import type { Overrides } from '../values/overrides.ts'
import type { BackendOptions, Change, Target } from '../values/plan.ts'
import type { Profile } from '../values/profile.ts'
import type { Report } from '../values/report.ts'
import type { Snapshot } from '../values/snapshot.ts'
import type { Judgement } from './verdict.ts'

/** A change that stands on the branch as one commit. */
export interface CommittedChange {
  readonly id: string
  readonly commit: string
  readonly tree: string
}

/** The branch as it is now. */
export interface Branch {
  readonly name: string
  /** Undefined while the branch does not exist. */
  readonly head: string | undefined
  readonly committed: readonly CommittedChange[]
}

/** What the person asked for. */
export interface Request {
  readonly locator: string
  readonly choices: Partial<BackendOptions>
  /** What a person said about the simulator. */
  readonly overrides?: Overrides
  /** What the README of the backend shows; the Bell pair unless a person chose. */
  readonly example?: Example
  /** Working tree of the target, for a clone on this machine. */
  readonly repositoryDir?: string
  /** A dry run ends with the plan. */
  readonly dryRun: boolean
  /** Number of the issue that asks; absent in a local clone. */
  readonly issue?: number
  /** Names the run where somebody asked for another one. */
  readonly run?: string
}

export interface Thread {
  readonly request: Request
  /** Commit of the target that everything is read from and the branch starts at; what is committed meanwhile changes nothing. */
  readonly base: string
  readonly target: Target
  readonly snapshot?: Snapshot
  readonly profile?: Profile
  readonly decline?: string | undefined
  /** Requirements that the package was found to miss at its import, and that may be installed without asking. */
  readonly missed?: readonly string[]
  readonly prepared?: Prepared
  readonly measurement?: Measurement
  readonly judgement?: Judgement
  readonly backend?: BackendOptions
  readonly changes?: readonly Change[]
  readonly branch?: Branch
  readonly report?: Report
  /** The answer of the last job that was asked for, while it runs elsewhere. */
  readonly pending?: Pending
}
