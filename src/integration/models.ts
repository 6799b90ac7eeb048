/**
 * What people are told, as values; `bot/views` turns them into Markdown. Texts in here are plain: whoever renders them puts
 * foreign text (names, summaries, messages of the simulator) into a fence or escapes it.
 */
import type { ChangeStanding } from '../change/standing.ts'
import type { Pending } from '../simulator/runner.ts'
import type { RequestProblem } from '../values/issue-request.ts'
import type { Measurement } from '../values/measurement.ts'
import type { BackendOptions, Change } from '../values/plan.ts'
import type { Profile } from '../values/profile.ts'
import type { Report } from '../values/report.ts'
import type { Snapshot } from '../values/snapshot.ts'

/** The seven steps of the progress bar, in order. */
export const PROGRESS_STEPS = ['request', 'read', 'measure', 'pull request', 'test', 'review', 'merge'] as const
export type ProgressStep = (typeof PROGRESS_STEPS)[number]

/** State of a request: everything that the status comment of the issue says. */
export interface StatusModel {
  readonly issue: number
  /** Steps before it are done; `finished` after the merge was verified. */
  readonly step: ProgressStep | 'finished'
  readonly state:
    | { readonly type: 'working'; readonly detail?: string; readonly pending?: Pending }
    /** The repository is not set up yet; the link is to the onboarding pull request, absent when it was refused for good. */
    | {
        readonly type: 'setup_needed'
        readonly pull?: { readonly number: number; readonly url: string; readonly closed: boolean }
        /** Everything is there but the workflow: the page that adds it. */
        readonly workflowLink?: string
      }
    | { readonly type: 'settings_invalid'; readonly path: string; readonly line?: number; readonly expected: string }
    | { readonly type: 'problems'; readonly problems: readonly RequestProblem[] }
    /** Another request came first: for the same package (any version), or for another one under the same name. */
    | {
        readonly type: 'duplicate'
        readonly of: number
        readonly url: string
        readonly merged: boolean
        readonly same: 'package' | 'name'
      }
    | {
        readonly type: 'waits_for_maintainer'
        readonly reason: 'no_write_permission' | 'too_many_today'
        readonly limit?: number
      }
    | { readonly type: 'question' | 'declined' | 'failed'; readonly reason: string }
    | {
        readonly type: 'cancelled'
        readonly by: 'closed' | 'command' | 'pull_closed'
        /** There is none yet, or it was deleted. */
        readonly noBranch?: true
      }
    /** What the App may not do and the permission that it needs, or what keeps it from writing. */
    | { readonly type: 'blocked'; readonly reason: string; readonly advice: string }
    /** `missing`: what stands between the pull request and the merge. */
    | { readonly type: 'review'; readonly missing: readonly string[] }
    | { readonly type: 'merged'; readonly verified?: true }
  readonly backend?: Pick<BackendOptions, 'name'>
  readonly purl?: string
  readonly pull?: { readonly number: number; readonly url: string }
  readonly report?: Report
  readonly limits: readonly string[]
  /** Where what people said is not what was found or measured. */
  readonly contradictions?: readonly string[]
  /** The line for a local run, where a runner is missing. */
  readonly localRun?: string
}

/** The plan comment: written before anything is measured, so it speaks of intentions and evidence. */
export interface PlanModel {
  readonly issue: number
  readonly snapshot: Snapshot
  readonly profile: Profile
  readonly backend: BackendOptions
  /** Changes that will be made, as far as they can be known before measuring. */
  readonly changes: readonly { readonly id: string; readonly title: string; readonly files: readonly string[] }[]
  readonly wishes: readonly string[]
  /** Commit of the target and where to see a file of it. */
  readonly base: string
}

/** Body of the pull request: what was measured and the table of changes with their states. */
export interface PullModel {
  readonly issue: number
  readonly backend: BackendOptions
  readonly purl: string
  readonly changes: readonly ChangeStanding[]
  /** At the first publication; a later render of the table leaves the rest of the body as it is. */
  readonly measured?: {
    readonly measurement: Measurement
    readonly planned: readonly Change[]
    readonly limits: readonly string[]
    readonly contradictions?: readonly string[]
    readonly reason: string
  }
}

/** What the check run says. */
export interface CheckModel {
  readonly issue: number
  readonly backend: string
  readonly head: string
  readonly tree: string
  readonly changes: readonly ChangeStanding[]
  readonly report?: Report
  readonly pending?: Pending
  /** What is missing for success, one clause each; empty: success. */
  readonly missing: readonly string[]
  /** People who requested changes. */
  readonly blockedBy: readonly string[]
}

/** A reply to one command. */
export type ReplyModel =
  | {
      readonly type: 'help'
      readonly login: string
      readonly where: 'issue' | 'pull'
      readonly allowed: readonly string[]
    }
  /** The command was not done: why, and what to do. */
  | { readonly type: 'refused'; readonly login: string; readonly reason: string }
  /** A revert that would break what depends on it, or conflicts: nothing was done. */
  | {
      readonly type: 'revert_refused'
      readonly login: string
      readonly changes: readonly string[]
      readonly dependents: readonly ChangeStanding[]
      /** Reverts that took what would be needed by a change that is brought back. */
      readonly needs?: readonly string[]
      readonly conflicts: readonly { readonly path: string; readonly lines: string; readonly by: readonly string[] }[]
      /** The command that would take all of it back cleanly. */
      readonly offer?: string
    }
  | ChangeReply

/** What was asked about the changes of a pull request. */
export type ChangeReply =
  | {
      readonly type: 'changes'
      readonly login: string
      readonly changes: readonly ChangeStanding[]
      readonly missing: readonly string[]
    }
  | {
      readonly type: 'explain'
      readonly login: string
      readonly change: ChangeStanding
      readonly impact: string
      readonly alternative: string
      readonly neededBy: readonly string[]
      /** Address of the pull request. */
      readonly pull: string
    }
  | {
      readonly type: 'edit'
      readonly login: string
      readonly change: ChangeStanding
      readonly branch: string
      readonly pull: string
    }
  | {
      readonly type: 'snapshots'
      readonly login: string
      /** `here`: its commit is in the branch. */
      readonly snapshots: readonly {
        readonly name: string
        readonly commit: string
        readonly here: boolean
        readonly at?: string
      }[]
    }
  | {
      readonly type: 'diff'
      readonly login: string
      /** Of one commit, or between the states after two. */
      readonly ids: readonly string[]
      /** `patch`: undefined for what is no text, or too long to be compared. */
      readonly files: readonly { readonly path: string; readonly patch: string | undefined; readonly why: string }[]
      readonly link: string
    }
  | {
      readonly type: 'history'
      readonly login: string
      readonly entries: readonly {
        readonly id: string
        readonly title: string
        readonly by: string
        readonly at: string
        readonly added: number
        readonly removed: number
        /** What the tests said of the state after it; absent where they did not run on it. */
        readonly tests?: string
      }[]
    }
  | { readonly type: 'export'; readonly login: string; readonly link: string; readonly json?: string }

export interface VerificationModel {
  readonly issue: number
  readonly backend: BackendOptions
  readonly purl: string
  readonly mergeCommit: string
  readonly report: Report
  readonly backendsModule: string
  readonly folder: string
}

/** The pull request that sets a repository up. */
export interface OnboardingModel {
  readonly changes: readonly Change[]
  /** Prefilled page that adds the workflow, where the App has no permission to add it. */
  readonly workflowLink?: string
  readonly defaultBranch: string
  /** The target's own workflows that will run on Graft's branches, by path. */
  readonly otherWorkflows: readonly { readonly path: string; readonly usesSecrets: boolean }[]
  readonly checkName: string
}

/** Renders every model. Pure; snapshot-tested. */
export interface Views {
  status(model: StatusModel): string
  plan(model: PlanModel): string
  pullTitle(model: PullModel): string
  pullBody(model: PullModel): string
  /** The body with its table of changes renewed; the same text when nothing differs. What people wrote around it stays. */
  renewPullBody(body: string, changes: readonly ChangeStanding[]): string
  check(model: CheckModel): { readonly title: string; readonly summary: string; readonly text: string }
  reply(model: ReplyModel, command: { readonly source: string; readonly place: number }): string
  verification(model: VerificationModel): string
  onboarding(model: OnboardingModel): { readonly title: string; readonly body: string }
}
