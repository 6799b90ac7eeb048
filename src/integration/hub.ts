/**
 * The port to what people see on GitHub: issues, comments, pull requests, reviews, check runs. One implementation
 * (`bot/hub.ts`, over the REST API). Files and branches are the business of `Repository`.
 *
 * Every write is one request. A write that failed may have happened all the same: callers look again before they repeat it.
 */

export interface Person {
  readonly login: string
  readonly kind: 'person' | 'bot'
}

/** `maintain` counts as write, `triage` as read. */
export type Permission = 'admin' | 'write' | 'read' | 'none'

export interface IssueFacts {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly author: Person
  readonly state: 'open' | 'closed'
  readonly labels: readonly string[]
  /** ISO 8601, as all times here. */
  readonly createdAt: string
  /** Of the last edit or comment; nothing says which of them it was. */
  readonly updatedAt: string
  readonly url: string
  /** An issue, not a pull request. */
  readonly isPull: boolean
}

export type Reaction = 'eyes' | 'rocket' | 'confused'

export interface CommentFacts {
  readonly id: number
  readonly where: 'issue' | 'pull'
  readonly author: Person
  /** Written by this App. */
  readonly ours: boolean
  readonly body: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly url: string
  /** This App's own reactions; read only for comments that `reactions` says have some. */
  readonly reactions: readonly Reaction[]
}

export interface PullFacts {
  readonly number: number
  readonly state: 'open' | 'closed'
  readonly merged: boolean
  /** Commit on the base branch, after the merge. */
  readonly mergeCommit?: string
  readonly head: { readonly ref: string; readonly sha: string }
  readonly base: { readonly ref: string; readonly sha: string }
  readonly title: string
  readonly body: string
  readonly author: Person
  readonly ours: boolean
  readonly labels: readonly string[]
  readonly createdAt: string
  readonly url: string
  /** From a branch of this repository, not of a fork. */
  readonly sameRepository: boolean
}

export interface ReviewFacts {
  readonly id: number
  readonly author: Person
  readonly state: 'approved' | 'changes_requested' | 'commented' | 'dismissed'
  /** Head commit that was reviewed. */
  readonly commit: string
  readonly submittedAt: string
}

export type CheckConclusion = 'success' | 'failure' | 'action_required' | 'cancelled'

/** Name of the check run, as branch protection refers to it. */
export const CHECK_NAME = 'graft'

/** Content of the check run. */
export interface CheckContent {
  readonly status: 'queued' | 'in_progress' | 'completed'
  /** Present when completed. */
  readonly conclusion?: CheckConclusion
  readonly title: string
  /** Markdown, at most 65,535 characters. */
  readonly summary: string
  readonly text: string
  /** What Graft itself has to find again (the record of approvals), at most 20,000 characters. Not shown to people. */
  readonly record: string
  readonly buttons: readonly {
    readonly id: 'approve_all' | 'undo' | 'retest'
    readonly label: string
    readonly description: string
  }[]
  readonly detailsUrl?: string
}

export interface CheckFacts extends CheckContent {
  readonly id: number
  readonly head: string
  readonly startedAt: string
  readonly url: string
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

/** How pull requests into a branch are merged. */
export interface MergeRules {
  /** Those that the repository allows, GitHub's own order. */
  readonly methods: readonly MergeMethod[]
  /** The branch has rules of which only GitHub can say whether they let somebody merge. */
  readonly isRuled: boolean
}

export interface Hub {
  readonly owner: string
  readonly repository: string
  /** Undefined when it was deleted or transferred. */
  issue(number: number): Promise<IssueFacts | undefined>
  /** Oldest first. `where` says which thread they are from. */
  comments(number: number, where: 'issue' | 'pull'): Promise<CommentFacts[]>
  /** Open and closed issues (no pull requests) that carry the label or were opened by the form, newest first, at most 200. */
  requests(): Promise<IssueFacts[]>
  /** Pull requests from a branch of this repository, newest first, whatever their state. */
  pullsOf(branch: string): Promise<PullFacts[]>
  pull(number: number): Promise<PullFacts | undefined>
  reviews(pull: number): Promise<ReviewFacts[]>
  /** This App's newest check run `graft` of a commit. */
  check(head: string): Promise<CheckFacts | undefined>
  /** The permission that a person has now; `none` when it cannot be read. */
  permission(login: string): Promise<Permission>
  /** Logins of people who may write, at most 200; undefined where the App may not see them. */
  writers(): Promise<readonly string[] | undefined>
  /** Names of branches that begin so. */
  branches(prefix: string): Promise<string[]>

  createComment(number: number, body: string): Promise<CommentFacts>
  editComment(id: number, body: string): Promise<void>
  react(comment: number, reaction: Reaction): Promise<void>
  createPull(input: {
    readonly branch: string
    readonly base: string
    readonly title: string
    readonly body: string
  }): Promise<PullFacts>
  updatePull(number: number, changes: { readonly body?: string; readonly state?: 'open' | 'closed' }): Promise<void>
  addLabels(number: number, labels: readonly string[]): Promise<void>
  mergeRules(branch: string): Promise<MergeRules>
  /** Merges at this head. Answers why GitHub refuses it; undefined: merged. Raises MovedError when the head has moved. */
  merge(number: number, head: string, method: MergeMethod): Promise<string | undefined>
  createCheck(head: string, content: CheckContent): Promise<CheckFacts>
  updateCheck(id: number, content: CheckContent): Promise<void>
}
