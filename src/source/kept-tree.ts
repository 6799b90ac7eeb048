/** Files of an origin that is no archive, kept like an unpacked one: the same caps, the same refusals, named by their hash. */
import { createHash } from 'node:crypto'
import type { SourceTree } from '../values/snapshot.ts'
import type { SourceCache } from './cache.ts'
import { CAPS, type Caps, type EntryType, TreeWriter } from './tree-writer.ts'

/** One entry of an origin; `read` is only called for what is kept. Undefined: it cannot be read as what it was listed as. */
export interface OriginEntry {
  readonly path: string
  readonly type: EntryType
  readonly bytes: number
  readonly read: () => Promise<Buffer | undefined>
}

export interface HashedFile {
  readonly path: string
  readonly sha256: string
}

/**
 * Keeps the text files of an origin.
 *
 * @param key names what is read (a repository and a commit); the same key is not read twice. Absent for what may change.
 * @param filename what the tree is called when people are told of it.
 */
export async function keepTree(
  entries: AsyncIterable<OriginEntry> | Iterable<OriginEntry>,
  filename: string,
  cache: SourceCache,
  key?: string,
  caps: Caps = CAPS,
): Promise<SourceTree> {
  const known = key === undefined ? undefined : await cache.findByKey(key)
  if (known !== undefined) return known
  const tree = await cache.add(async (root) => {
    const writer = new TreeWriter(root, caps)
    const hashed: HashedFile[] = []
    for await (const entry of entries) {
      if (!writer.wants(entry.path, entry.type, entry.bytes)) continue
      const content = await entry.read()
      if (content === undefined) writer.drop(entry.path, 'not text')
      else {
        await writer.write(entry.path, content)
        hashed.push({ path: entry.path, sha256: sha256Of(content) })
      }
    }
    const kept = new Set(writer.files.map(({ path }) => path))
    const sha256 = hashOfFiles(hashed.filter(({ path }) => kept.has(path)))
    const bytes = writer.files.reduce((sum, file) => sum + file.bytes, 0)
    return { artifact: { filename, kind: 'sdist', sha256, bytes }, files: writer.files, skipped: writer.skipped }
  })
  if (key !== undefined) await cache.remember(key, tree.artifact.sha256)
  return tree
}

/** Hash of a tree: that of the lines which `sha256sum` prints for its files, sorted by path. */
export function hashOfFiles(files: readonly HashedFile[]): string {
  const lines = files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, sha256 }) => `${sha256}  ${path}\n`)
  return sha256Of(lines.join(''))
}

export function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
