/** The port to a target repository. Implementations: `local.ts` here, `github.ts` (Git Data API) later. */
import type { FileChange } from '../values/plan.ts'

export interface CommitInput {
  readonly branch: string
  /** Compare-and-swap: the commit is made only if the branch still points here. */
  readonly expectedHead: string
  readonly message: string
  readonly files: readonly FileChange[]
}

export interface CommitResult {
  readonly commit: string
  readonly tree: string
}

/** One commit as history reads it. */
export interface LogEntry {
  readonly commit: string
  readonly tree: string
  /** `Name <address>`. */
  readonly author: string
  readonly message: string
}

export interface Repository {
  /** Commit of the branch that a new integration starts from. */
  base(): Promise<{ branch: string; commit: string }>
  /** Commit a branch points to, or undefined. */
  head(branch: string): Promise<string | undefined>
  /** Content of a text file at a commit, byte for byte (a BOM is kept), or undefined. */
  read(commit: string, path: string): Promise<string | undefined>
  /** Paths of all files below a folder at a commit. */
  list(commit: string, folder: string): Promise<string[]>
  /** Raises UserError when a branch of this name cannot be made: it exists, or the name of another one is in its way. */
  refuseTaken(branch: string): Promise<void>
  /** Raises UserError as `refuseTaken` does. */
  createBranch(branch: string, commit: string): Promise<void>
  /** Compare-and-swap as well: raises UserError when somebody else has moved the branch. */
  deleteBranch(branch: string, expectedHead: string): Promise<void>
  commit(input: CommitInput): Promise<CommitResult>
  /** Commits that `head` has and `base` has not, oldest first, along first parents. */
  log(base: string, head: string): Promise<LogEntry[]>
  /** Runs `use` with a folder that holds the files of the commit; the folder is gone afterwards. */
  withCheckout<T>(commit: string, use: (folder: string) => Promise<T>): Promise<T>
}
