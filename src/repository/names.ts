/** What may be handed to git as a commit or a path, whatever stands behind the port. */
import { BugError, UserError } from '../values/errors.ts'
import type { PublishInput } from './repository.ts'

const SHA = /^[0-9a-f]{40}$/

/** A full object name. Raises BugError for anything else. */
export function checkedCommit(commit: string): string {
  if (!SHA.test(commit)) throw new BugError(`"${commit}" is no full object name.`)
  return commit
}

/**
 * A path inside a repository: relative, without `.`, `..`, empty or `.git` parts, without control characters. Raises BugError
 * for anything else.
 */
export function checkedPath(path: string): string {
  const parts = path.split('/')
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')
  if (bad || /[\p{Cc}\\]/u.test(path)) throw new BugError(`"${path}" is no path inside a repository.`)
  return path
}

/** The parent of the first commit. Raises BugError for a bad path, and where a branch would be moved to what is not on top of it. */
export function checkedParent(input: PublishInput): string {
  if (input.expectedHead !== undefined && input.expectedHead !== input.parent) {
    throw new BugError('What is published on a branch begins at the head of that branch.')
  }
  for (const { files } of input.commits) for (const { path } of files) checkedPath(path)
  return checkedCommit(input.parent)
}

/** Mode and object of an entry as `Repository.entries` gives it. Raises BugError for anything else. */
export function parsedEntry(entry: string): { readonly mode: FileMode; readonly object: string } {
  const [mode, object = ''] = entry.split(' ')
  const known = FILE_MODES.find((one) => one === mode)
  if (known === undefined) throw new BugError(`"${entry}" is no entry of a tree.`)
  return { mode: known, object: checkedCommit(object) }
}

const FILE_MODES = ['100644', '100755', '120000', '160000'] as const
type FileMode = (typeof FILE_MODES)[number]

/** A reference of Graft's own, or how such names begin. Raises BugError for any other. */
export function checkedReference(reference: string): string {
  if (!/^refs\/graft\/[A-Za-z0-9][A-Za-z0-9_/-]*$/.test(reference)) {
    throw new BugError(`"${reference}" is no reference of Graft's own.`)
  }
  return reference
}

/** The name of a branch, as `git check-ref-format` allows it. Raises UserError for any other. */
export function checkedBranch(branch: string): string {
  const parts = branch.split('/')
  const bad = parts.some((part) => part === '' || part.startsWith('.') || part.endsWith('.lock'))
  if (
    bad ||
    branch.startsWith('-') ||
    branch.endsWith('.') ||
    branch === '@' ||
    /\.\.|@\{|[\p{Cc} ~^:?*[\\]/u.test(branch)
  ) {
    throw new UserError(`"${branch}" is no valid name of a branch. Choose another name.`)
  }
  return branch
}
