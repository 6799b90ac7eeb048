/**
 * The facts of one request on GitHub, as immutable data: what `decideIssue` looks at and nothing else. Everything in it was
 * read just now, but for `core`, `tests` and `history`, which are what this process has worked out in the present reconcile.
 */
import type { ApprovableChange, ApprovalReview } from '../change/approvals.ts'
import type { Snapshot } from '../change/snapshots.ts'
import type { StackEntry } from '../change/stack.ts'
import type { RepositorySettings } from '../config/repository-settings.ts'
import type { Pending } from '../simulator/runner.ts'
import type { JobKind } from '../values/branches.ts'
import type { IssueRequest, RequestProblem } from '../values/issue-request.ts'
import type { Report } from '../values/report.ts'
import type { GivenCommand } from './command.ts'
import type { CheckFacts, CommentFacts, IssueFacts, Permission, PullFacts } from './hub.ts'
import type { Pace } from './pace.ts'
import type { RequestRecord } from './request-record.ts'
import type { Thread } from './thread.ts'

/** Label of every request. */
export const REQUEST_LABEL = 'graft'

/** Whether the repository is ready for requests, at the head of its default branch. */
export type Setup =
  | {
      readonly type: 'ready'
      readonly settings: RepositorySettings
      readonly base: { readonly branch: string; readonly commit: string }
      /** As in `Target`. */
      readonly backendsPath: string
      readonly backendsModule: string
      /** Where the workflow is missing: what adds it, the open pull request that sets the repository up or a prefilled page. */
      readonly withoutWorkflow?: Pick<Extract<Setup, { type: 'needed' }>, 'pull'> & { readonly workflowLink?: string }
    }
  /** `pull` is the onboarding pull request, absent while there is none. */
  | {
      readonly type: 'needed'
      readonly pull?: { readonly number: number; readonly url: string; readonly closed: boolean }
    }
  | { readonly type: 'invalid'; readonly path: string; readonly line?: number; readonly expected: string }

/** What the issue asks for. `hash` names the text that was read, so that an edit is noticed. */
export type Asked =
  | { readonly type: 'nothing' }
  | { readonly type: 'problems'; readonly problems: readonly RequestProblem[] }
  | {
      readonly type: 'request'
      readonly request: IssueRequest
      readonly hash: string
      /**
       * Names what somebody with write permission says yes to: the text of the issue and what others want installed. Example
       * code is none of it, as it only chooses among calls of the package.
       */
      readonly consent: string
      /** Without its version. */
      readonly package: string
    }

/** Another request that matters for this one: an earlier one for the same package or name. */
export interface EarlierRequest {
  readonly number: number
  readonly url: string
  readonly merged: boolean
  /** What both ask for: the same package in any version, or only the same name for another one. */
  readonly same: 'package' | 'name'
}

/** A short-lived branch whose push started a job. */
export interface JobBranchFacts {
  readonly name: string
  readonly kind: JobKind
  readonly head: string | undefined
}

/** The walk through the core, as far as this process has come. */
export interface CoreState {
  readonly thread: Thread
  /** What ended it without a verdict: a `UserError`, in its own words, or a bug of ours. */
  readonly failure?: { readonly type: 'question' | 'failed'; readonly reason: string }
}

/** What the runner answered for a commit. */
export interface TestState {
  readonly kind: 'test' | 'verify'
  readonly commit: string
  readonly answer: Report | Pending
}

/** One commit of the branch, for people. */
export interface TimelineEntry extends StackEntry {
  readonly title: string
  /** Of the commit, whole. */
  readonly message: string
  /** ISO 8601. */
  readonly at: string
  readonly added: number
  readonly removed: number
  /** `graft`, or the login of whoever asked for it or made it; empty where nobody vouches for that. */
  readonly by: string
}

/** The commits of the pull request and what bears on their approval. */
export interface HistoryFacts {
  readonly tree: string
  /** Paths of the workflow and its programs that are not as where the branch began, nor as on the default branch. */
  readonly edited?: readonly string[]
  readonly changes: readonly ApprovableChange[]
  /** `Graft-Command` trailers: commands that were executed as a commit. */
  readonly commands: readonly string[]
  /** Fingerprint of each change at the head, for an approval that is given now. */
  readonly fingerprints: Readonly<Record<string, string>>
  /** Every commit, oldest first. */
  readonly timeline: readonly TimelineEntry[]
  readonly snapshots: readonly Snapshot[]
  readonly reviews: readonly ApprovalReview[]
  /** Our check run of the head, and the record of approvals of the newest commit that has one. */
  readonly check?: CheckFacts
  readonly record: string
}

export interface IssueThread {
  /** ISO 8601. */
  readonly now: string
  /** Default: `PACE`. */
  readonly pace?: Pace
  readonly issue: IssueFacts
  readonly setup: Setup
  readonly asked: Asked
  /** What everybody who wrote a command, asked or reviewed may do now. */
  readonly permissions: ReadonlyMap<string, Permission>
  /** Whether somebody but the author has write permission; undefined where that cannot be read or does not matter. */
  readonly othersMayWrite: boolean | undefined
  /** Whether more than one person has write permission; undefined as above. */
  readonly severalMayWrite?: boolean | undefined
  readonly earlier: EarlierRequest | undefined
  /** Requests of the same author in the 24 hours before this one. */
  readonly sameDay: number
  /** Of the issue and of the pull request, oldest first. */
  readonly comments: readonly CommentFacts[]
  /** Of comments without our final reaction, and of buttons; oldest first. */
  readonly commands: readonly GivenCommand[]
  readonly status?: { readonly comment: CommentFacts; readonly record: RequestRecord | undefined }
  readonly jobBranches: readonly JobBranchFacts[]
  /** Of this integration; `head` is undefined when it was deleted. */
  readonly branch?: { readonly name: string; readonly backend: string; readonly head: string | undefined }
  readonly pull?: PullFacts
  /** There were pull requests from its branch into others: their runs are by the workflow of those. */
  readonly otherBases?: boolean
  readonly core?: CoreState
  readonly tests?: TestState
  /** A test was started in this reconcile: its run may not be seen yet. */
  readonly started?: boolean
  /** GitHub takes no snapshots here, as was seen in this reconcile. */
  readonly unkept?: boolean
  readonly history?: HistoryFacts
  /** Record of approvals at the head of a pull request that is closed or merged, where commands wait for an answer. */
  readonly recorded?: string
  /** Of a merged one: package URL, with the version, of what was measured. */
  readonly measured?: string
}

/** Whether somebody may write to the repository now. */
export function mayWrite(thread: Pick<IssueThread, 'permissions'>, login: string): boolean {
  const permission = thread.permissions.get(login)
  return permission === 'write' || permission === 'admin'
}

/** Command ids that stand for ever: `<source>-<place>`. */
export function commandId(command: Pick<GivenCommand, 'source' | 'place'>): string {
  return `${command.source}-${command.place}`
}
