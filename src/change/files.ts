/** Files as a tree has them, whole: mode, content by its name, and the text only when somebody asks for it. */
import { createHash } from 'node:crypto'
import type { FileEdit } from '../repository/repository.ts'

/** One file. */
export interface Version {
  readonly mode: string
  /** git's name of the content: equal names, equal bytes. */
  readonly object: string
  /** Undefined where it is no text. */
  readonly text: () => Promise<string | undefined>
  /** Text that no commit has yet. */
  readonly made?: string
}

/** By their paths. */
export type Files = ReadonlyMap<string, Version>

export function sameVersion(one: Version | undefined, other: Version | undefined): boolean {
  return one?.mode === other?.mode && one?.object === other?.object
}

/** A text that is not committed yet, named as git would name it. */
export function versionOf(text: string, mode: string): Version {
  const bytes = Buffer.from(text)
  const object = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
  return { mode, object, text: async () => text, made: text }
}

/** What has to be written so that files in the left state are in the right one; undefined is no file. */
export function editOf(path: string, before: Version | undefined, after: Version | undefined): FileEdit {
  if (after === undefined) return { path, content: null }
  if (after.made === undefined) return { path, entry: `${after.mode} ${after.object}` }
  const mode = after.mode === '100755' ? '100755' : '100644'
  return { path, content: after.made, ...(before?.mode === mode ? {} : { mode }) }
}

/** Paths that are not the same in two trees, sorted; see `editsBetween`. */
export function differing(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): string[] {
  return [...new Set([...from.keys(), ...to.keys()])].filter((path) => from.get(path) !== to.get(path)).sort()
}

/**
 * What has to be written on one tree to have the other.
 *
 * @param from entries of a commit, as `Repository.entries` gives them, and so is `to`
 */
export function editsBetween(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): FileEdit[] {
  return differing(from, to).map((path) => {
    const entry = to.get(path)
    return entry === undefined ? { path, content: null } : { path, entry }
  })
}
