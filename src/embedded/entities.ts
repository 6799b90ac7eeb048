/** What the embedded GitHub remembers. Mutable on purpose: this is the state of a server; git objects live in the bare repositories. */

/** A person, an organisation, or the bot of an App. */
export interface Account {
  readonly id: number
  login: string
  readonly type: 'User' | 'Organization' | 'Bot'
}

export type Level = 'admin' | 'write' | 'read' | 'none'

export interface Label {
  readonly id: number
  name: string
  color: string
  description: string | null
}

export const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const
export type ReactionContent = (typeof REACTIONS)[number]

export interface Reaction {
  readonly id: number
  readonly content: ReactionContent
  readonly user: Account
  readonly createdAt: string
}

/** Whose hand it was: an App's installation, or undefined for a person's. */
export interface Authored {
  readonly user: Account
  readonly viaApp: boolean
}

export interface Comment extends Authored {
  readonly id: number
  /** Number of the issue or pull request. */
  readonly issue: number
  body: string
  readonly createdAt: string
  updatedAt: string
  readonly reactions: Reaction[]
}

/** An issue; with `pull` it is a pull request: both share their numbers, comments and labels, as on GitHub. */
export interface Issue extends Authored {
  readonly id: number
  readonly number: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  stateReason: 'completed' | 'not_planned' | 'reopened' | 'duplicate' | null
  locked: boolean
  readonly labels: Label[]
  readonly createdAt: string
  updatedAt: string
  closedAt: string | null
  closedBy: Account | null
  /** Gone for the API: deleted answers 410, transferred 301 to elsewhere. */
  removed?: 'deleted' | 'transferred'
  readonly reactions: Reaction[]
  pull?: Pull
}

export interface Pull {
  /** Id of the pull request itself; the issue has another one. */
  readonly id: number
  readonly headRef: string
  /** Commit of the head; kept when the branch is deleted. */
  headSha: string
  baseRef: string
  /** Commit of the base branch when the pull request was opened or last synchronised. */
  baseSha: string
  draft: boolean
  mergedAt: string | null
  mergedBy: Account | null
  mergeCommitSha: string | null
  readonly reviews: Review[]
  readonly reviewComments: ReviewComment[]
}

export interface Review extends Authored {
  readonly id: number
  body: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'
  readonly commit: string
  submittedAt: string
}

export interface ReviewComment extends Authored {
  readonly id: number
  readonly review: number | null
  readonly path: string
  readonly line: number | null
  readonly commit: string
  body: string
  readonly createdAt: string
  updatedAt: string
}

export type Conclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'stale'

export interface CheckRun {
  readonly id: number
  readonly suite: number
  name: string
  readonly headSha: string
  readonly app: 'ours' | 'actions'
  externalId: string | null
  detailsUrl: string | null
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: Conclusion | null
  startedAt: string | null
  completedAt: string | null
  output: { title: string | null; summary: string | null; text: string | null }
  actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[]
  /** Of its suite: whose head its commit was when something was first heard of it; it stays when the branch moves on. */
  branch?: string | undefined
}

export interface CommitStatus {
  readonly id: number
  readonly sha: string
  readonly context: string
  readonly state: 'error' | 'failure' | 'pending' | 'success'
  readonly description: string | null
  readonly targetUrl: string | null
  readonly creator: Account
  readonly createdAt: string
}

export interface Step {
  readonly number: number
  readonly name: string
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: Conclusion | null
  startedAt: string | null
  completedAt: string | null
}

export interface Artifact {
  readonly id: number
  readonly name: string
  readonly zip: Uint8Array
  /** `sha256:…` of the zip. */
  readonly digest: string
  readonly createdAt: string
}

/** One job of a run; a job whose condition does not hold is `skipped` and has no steps. */
export interface WorkflowJob {
  readonly id: number
  /** Key in the workflow file, and the name that people see. */
  readonly key: string
  readonly name: string
  readonly checkRun: number
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: Conclusion | null
  readonly createdAt: string
  startedAt: string
  completedAt: string | null
  steps: Step[]
}

export interface WorkflowRun {
  readonly id: number
  readonly runNumber: number
  attempt: number
  readonly name: string
  readonly suite: number
  readonly event: 'pull_request' | 'push'
  readonly branch: string
  readonly headSha: string
  /** Of the commit, for its JSON. */
  readonly headCommit: {
    readonly tree: string
    readonly message: string
    readonly date: string
    readonly author: { readonly name: string; readonly email: string }
  }
  readonly pull: number | undefined
  actor: Account
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: Conclusion | null
  readonly createdAt: string
  updatedAt: string
  startedAt: string
  /** Of the last attempt. */
  jobs: WorkflowJob[]
  artifacts: Artifact[]
}

export interface ProtectedBranch {
  readonly pattern: string
  readonly allow: readonly string[]
  readonly requiredChecks?: readonly string[]
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export interface Repo {
  readonly id: number
  owner: Account
  name: string
  readonly private: boolean
  defaultBranch: string
  issuesEnabled: boolean
  actionsEnabled: boolean
  archived: boolean
  protectedBranches: readonly ProtectedBranch[]
  mergeMethods: readonly MergeMethod[]
  /** By login. The owner is admin without an entry. */
  readonly permissions: Map<string, Level>
  /** By name in lower case. */
  readonly labels: Map<string, Label>
  /** Issues and pull requests by number. */
  readonly issues: Map<number, Issue>
  readonly comments: Map<number, Comment>
  readonly checkRuns: Map<number, CheckRun>
  readonly statuses: CommitStatus[]
  readonly runs: Map<number, WorkflowRun>
  readonly createdAt: string
  updatedAt: string
  pushedAt: string
  /** Of the next issue or pull request. */
  nextNumber: number
}

export type PermissionLevel = 'read' | 'write'
export type Permissions = Readonly<Record<string, PermissionLevel>>

export interface Installation {
  readonly id: number
  readonly account: Account
  /** Ids of repositories. */
  readonly repositories: Set<number>
  permissions: Permissions
  state: 'active' | 'suspended' | 'deleted'
  readonly createdAt: string
  updatedAt: string
}
