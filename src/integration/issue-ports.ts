/** What the GitHub side of the integration runs on: the ports of one repository, and how issues and comments are read. */
import type { Repository } from '../repository/repository.ts'
import type { Runner } from '../simulator/runner.ts'
import type { PythonTarget } from '../source/wheel-tags.ts'
import type { Intent } from '../values/intent.ts'
import type { IssueRequest, RequestProblem } from '../values/issue-request.ts'
import type { GivenCommand } from './command.ts'
import type { Faces } from './decide-commands.ts'
import type { CommentFacts, Hub, IssueFacts } from './hub.ts'
import type { Pace } from './pace.ts'

export interface IssuePorts {
  readonly hub: Hub
  readonly repository: Repository
  /** The runner for the jobs of one issue. */
  readonly runner: (issue: number) => Runner
  readonly faces: Faces
  /** Undefined for an issue that is no request. */
  readonly readRequest: (
    issue: Pick<IssueFacts, 'title' | 'body' | 'labels'>,
    takenNames: readonly string[],
  ) => { readonly request: IssueRequest } | { readonly problems: readonly RequestProblem[] } | undefined
  /** In their order; none for comments that are not to be obeyed. */
  readonly readCommands: (comment: CommentFacts) => readonly GivenCommand[]
  /** What may answer a question without being a command: code, names of what is missing. */
  readonly readAnswers: (comment: CommentFacts) => readonly GivenCommand[]
  readonly readButton: (intent: Intent, at: string) => GivenCommand
  readonly python: PythonTarget
  readonly cacheDir: string
  readonly templatesDir: string
  readonly signal: AbortSignal
  readonly now: () => Date
  /** Default: `PACE`. */
  readonly pace?: Pace
  /** What commits do never changes; kept from one reconcile to the next. */
  readonly commits: CommitCache
}

/** What one commit changed against its first parent. */
export interface CommitChanges {
  readonly paths: readonly string[]
  readonly added: number
  readonly removed: number
}

export interface CommitCache {
  get(commit: string): CommitChanges | undefined
  set(commit: string, changes: CommitChanges): void
}

/** A cache that forgets the oldest of more than `most` commits. */
export function createCommitCache(most = 2000): CommitCache {
  const known = new Map<string, CommitChanges>()
  return {
    get: (commit) => known.get(commit),
    set(commit, changes) {
      known.set(commit, changes)
      if (known.size > most) known.delete(known.keys().next().value ?? '')
    },
  }
}
