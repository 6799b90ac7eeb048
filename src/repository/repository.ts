/** The port to a target repository. Implementations: `local.ts` (git plumbing) and `github.ts` (Git Data API). */
import { UserError } from '../values/errors.ts'

/** Somebody else moved, made or deleted the branch in the meantime. Nothing was changed: look again, then decide again. */
export class MovedError extends UserError {}

/**
 * One file of a commit: its text (null deletes it), or an entry as `entries` gives it, mode and object, for what stood somewhere
 * in the repository before: links and what is no text too, byte for byte.
 */
export type FileEdit =
  | {
      readonly path: string
      readonly content: string | null
      /** Default: as before, 100644 for a new file. */
      readonly mode?: '100644' | '100755'
    }
  | { readonly path: string; readonly entry: string }

/** Commits on top of each other, and then one move of the branch: all of them appear, or none. */
export interface PublishInput {
  readonly branch: string
  /** Compare-and-swap: nothing happens unless the branch still points here; undefined makes the branch. */
  readonly expectedHead: string | undefined
  /** First parent of the first commit. The same as `expectedHead` where that is given. */
  readonly parent: string
  /** None: the branch is made at `parent`. */
  readonly commits: readonly { readonly message: string; readonly files: readonly FileEdit[] }[]
}

export interface CommitResult {
  readonly commit: string
  readonly tree: string
}

/** One commit as history reads it. */
export interface LogEntry {
  readonly commit: string
  /** First parent. */
  readonly parent: string
  readonly tree: string
  /** `Name <address>`. */
  readonly author: string
  /** Made by Graft itself: on GitHub by the App (trailers can be forged), in a local clone always true. */
  readonly ours: boolean
  /** Account of whoever made it, where GitHub vouches for that by a verified signature: names and addresses can be forged. */
  readonly login?: string | undefined
  /** When it was committed, ISO 8601. */
  readonly at: string
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
  /**
   * Mode and object name of every file, link and submodule at a commit by its path: equal entries, equal bytes that mean the
   * same. A file that becomes a symbolic link keeps its object.
   */
  entries(commit: string): Promise<ReadonlyMap<string, string>>
  /** Raises UserError when a branch of this name cannot be made: it exists, or the name of another one is in its way. */
  refuseTaken(branch: string): Promise<void>
  /**
   * Writes commits and moves the branch to the last one. Raises MovedError when somebody else moved the branch in the meantime,
   * UserError (as `refuseTaken`) when a branch that is to be made is there already; repeated after a failure it is safe, as nothing points to what was written before.
   */
  publish(input: PublishInput): Promise<CommitResult[]>
  /** Compare-and-swap as well: raises MovedError when somebody else has moved the branch. One that is gone is fine. */
  deleteBranch(branch: string, expectedHead: string): Promise<void>
  /** Commits by the full name of every reference that begins so (`refs/graft/12/`). */
  references(prefix: string): Promise<ReadonlyMap<string, string>>
  /** Makes a reference outside branches and tags; it is never moved. Raises MovedError when it is there with another commit. */
  keep(reference: string, commit: string): Promise<void>
  /** Commits that `head` has and `base` has not, oldest first, along first parents. */
  log(base: string, head: string): Promise<LogEntry[]>
  /** Runs `use` with a folder that holds the files of the commit; the folder is gone afterwards. */
  withCheckout<T>(commit: string, use: (folder: string) => Promise<T>): Promise<T>
}
