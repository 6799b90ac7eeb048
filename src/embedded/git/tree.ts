/** Trees: their binary form, whole listings, and building one from another and a list of edits. */
import type { ObjectStore } from './objects.ts'
import { gitText } from './run.ts'

export type TreeMode = '100644' | '100755' | '120000' | '040000' | '160000'

export interface TreeEntry {
  /** Name inside its folder, or the whole path in a flattened tree. */
  readonly path: string
  readonly mode: TreeMode
  readonly sha: string
}

/** What becomes of one path; a `sha` of null takes it out. */
export interface TreeEdit {
  readonly path: string
  readonly mode: TreeMode
  readonly sha: string | null
}

/** Kind of object that a mode stands for. */
export function kindOfMode(mode: TreeMode): 'blob' | 'tree' | 'commit' {
  return mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob'
}

/** Reads the binary content of a tree object. */
export function parseTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at)
    const zero = content.indexOf(0, space)
    entries.push({
      mode: content.toString('utf8', at, space).padStart(6, '0') as TreeMode,
      path: content.toString('utf8', space + 1, zero),
      sha: content.toString('hex', zero + 1, zero + 21),
    })
    at = zero + 21
  }
  return entries
}

/** Writes one folder. git sorts names by their bytes, folders as if they ended in a slash. */
async function writeTree(store: ObjectStore, entries: Iterable<TreeEntry>): Promise<string> {
  const key = (entry: TreeEntry) => Buffer.from(entry.mode === '040000' ? `${entry.path}/` : entry.path)
  const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)))
  const parts = sorted.flatMap((entry) => [
    Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.path}\0`),
    Buffer.from(entry.sha, 'hex'),
  ])
  return store.write('tree', Buffer.concat(parts))
}

/** Entries of the tree that `name` resolves to (a tree, a commit, a tag), or undefined when it is none. */
export async function readTree(
  store: ObjectStore,
  name: string,
): Promise<{ sha: string; entries: TreeEntry[] } | undefined> {
  const object = await store.read(`${name}^{tree}`)
  return object?.type === 'tree' ? { sha: object.sha, entries: parseTree(object.content) } : undefined
}

export interface ListedEntry extends TreeEntry {
  /** Bytes of a file; undefined for folders and submodules. */
  readonly size: number | undefined
}

/** All entries below a tree with whole paths, each folder before what it holds. */
export async function listTree(dir: string, tree: string): Promise<ListedEntry[]> {
  const text = await gitText(dir, ['ls-tree', '-r', '-t', '--long', '-z', '--full-tree', tree])
  const entries = text.split('\0').filter((entry) => entry !== '')
  return entries.map((entry) => {
    const [facts = '', path = ''] = entry.split(/\t(.*)/s)
    const [mode = '', , sha = '', size = '-'] = facts.split(/ +/)
    return { path, mode: mode as TreeMode, sha, size: size === '-' ? undefined : Number(size) }
  })
}

/** A path that cannot be written into a tree. */
export class PathError extends Error {
  override readonly name = 'PathError'
}

/** Throws PathError for what git itself refuses: empty parts, `.`, `..`, `.git` in any case, NUL. */
function checkPath(path: string): void {
  const parts = path.split('/')
  const bad = parts.some(
    (part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part) || /\0/.test(part),
  )
  if (bad) throw new PathError('tree.path contains a malformed path component')
}

interface Folder {
  /** What the folder holds after the edits: entries kept and written. */
  readonly entries: Map<string, TreeEntry>
  readonly below: Map<string, TreeEdit[]>
}

/**
 * Applies edits to a tree (none: the empty one) and returns the new tree's SHA. A file that stands where a folder is needed is
 * replaced, a folder that becomes empty disappears, as git knows no empty ones. Throws PathError.
 */
export async function editTree(
  store: ObjectStore,
  base: string | undefined,
  edits: readonly TreeEdit[],
): Promise<string> {
  for (const edit of edits) checkPath(edit.path)
  return (await apply(store, base, edits)) ?? store.write('tree', Buffer.alloc(0))
}

async function apply(
  store: ObjectStore,
  base: string | undefined,
  edits: readonly TreeEdit[],
): Promise<string | undefined> {
  const old = base === undefined ? [] : ((await readTree(store, base))?.entries ?? [])
  const folder: Folder = { entries: new Map(old.map((entry) => [entry.path, entry])), below: new Map() }
  for (const edit of edits) {
    const slash = edit.path.indexOf('/')
    if (slash < 0) {
      folder.below.delete(edit.path)
      if (edit.sha === null) folder.entries.delete(edit.path)
      else folder.entries.set(edit.path, { path: edit.path, mode: edit.mode, sha: edit.sha })
      continue
    }
    const name = edit.path.slice(0, slash)
    const list = folder.below.get(name) ?? []
    list.push({ ...edit, path: edit.path.slice(slash + 1) })
    folder.below.set(name, list)
  }
  for (const [name, list] of folder.below) {
    const there = folder.entries.get(name)
    const from = there?.mode === '040000' ? there.sha : undefined
    const onlyDeletes = list.every((edit) => edit.sha === null)
    if (from === undefined && onlyDeletes) continue
    const sha = await apply(store, from, list)
    if (sha === undefined) folder.entries.delete(name)
    else folder.entries.set(name, { path: name, mode: '040000', sha })
  }
  return folder.entries.size === 0 ? undefined : writeTree(store, folder.entries.values())
}
