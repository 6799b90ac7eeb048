/**
 * Writes the files of one hostile archive below a fresh folder, and decides what is left out.
 *
 * Invariants, whatever the archive says: only regular files are made, by exclusive creation, below `root`; no link is ever
 * made, so no path can lead out; no more than the caps reach the disk or the memory.
 */
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../values/errors.ts'
import { fileKind, looksLikeText } from './file-kinds.ts'
import { oneLine } from './metadata.ts'

export interface Caps {
  /** Bytes of all kept files. */
  readonly totalBytes: number
  /** Number of kept files. */
  readonly files: number
  /** Bytes of one kept file. */
  readonly fileBytes: number
  /** Entries of any kind: an archive with more is refused. */
  readonly entries: number
  /** Bytes that may come out of decompression, kept or not: an archive with more is refused. */
  readonly inflatedBytes: number
}

export const CAPS: Caps = {
  totalBytes: 200 * 1024 * 1024,
  files: 20_000,
  fileBytes: 2 * 1024 * 1024,
  entries: 100_000,
  inflatedBytes: 2 * 1024 * 1024 * 1024,
}

export interface TreeFile {
  readonly path: string
  readonly bytes: number
}

export interface Skipped {
  readonly path: string
  readonly reason: string
}

/** What an archive's entry is; only `file` can be kept. */
export type EntryType = 'file' | 'directory' | 'link' | 'special'

/** The archive is damaged or built to do harm: nothing of it is used. */
export class ArchiveError extends UserError {}

const MAX_PATH = 500
const MAX_DEPTH = 40
/** Controls, invisible characters, and what Windows refuses or silently drops in a name. */
const UNUSUAL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"|?*]|[. ](?:\/|$)/u

export class TreeWriter {
  readonly files: TreeFile[] = []
  readonly skipped: Skipped[] = []
  readonly caps: Caps
  readonly #root: string
  /** Case-folded paths of files and of the folders above them, with their spelling. */
  readonly #seen = new Map<string, string>()
  readonly #folders = new Map<string, string>()
  #entries = 0
  #total = 0
  #inflated = 0

  constructor(root: string, caps: Caps) {
    this.#root = root
    this.caps = caps
  }

  /**
   * Decides whether an entry's content is wanted; what is not wanted is noted with its reason.
   *
   * @param bytes declared size, which the reader must hold the content to.
   * @throws ArchiveError for a path that leads out of the tree, and for too many entries.
   */
  wants(path: string, type: EntryType, bytes: number): boolean {
    if (++this.#entries > this.caps.entries)
      throw new ArchiveError(`The archive has more than ${this.caps.entries} entries, which no source package needs.`)
    refuseEscape(path)
    if (type === 'directory') return false
    const reason = this.#reasonToSkip(path, type, bytes)
    if (reason !== undefined) this.#skip(path, reason)
    else this.#remember(path)
    return reason === undefined
  }

  /** Counts decompressed bytes. @throws ArchiveError when the archive turns out to be a bomb. */
  inflated(bytes: number): void {
    this.#inflated += bytes
    if (this.#inflated > this.caps.inflatedBytes)
      throw new ArchiveError(
        `The archive unpacks to more than ${Math.round(this.caps.inflatedBytes / 1024 / 1024)} MB: it looks like a ` +
          'decompression bomb, so nothing of it is used.',
      )
  }

  /** Writes one wanted file. */
  async write(path: string, content: Buffer): Promise<void> {
    if (content.length > this.caps.fileBytes) return this.#skip(path, 'too large')
    if (this.files.length >= this.caps.files || this.#total + content.length > this.caps.totalBytes)
      return this.#skip(path, 'over the limit of the whole tree')
    if (!looksLikeText(content)) return this.#skip(path, 'not text')
    this.#total += content.length
    const target = join(this.#root, ...path.split('/'))
    await mkdir(dirname(target), { recursive: true })
    // Exclusive: an entry can never write through something that is already there.
    const handle = await open(target, 'wx', 0o444)
    try {
      await handle.writeFile(content)
    } finally {
      await handle.close()
    }
    this.files.push({ path, bytes: content.length })
  }

  #reasonToSkip(path: string, type: EntryType, bytes: number): string | undefined {
    if (type === 'link') return 'link'
    if (type === 'special') return 'not a regular file'
    const parts = path.split('/')
    if (parts.some((part) => part.toLowerCase() === '.git')) return 'version control data'
    if (parts.some((part) => part === '' || part === '.') || UNUSUAL.test(path)) return 'unusual path'
    if (path.length > MAX_PATH || parts.length > MAX_DEPTH || parts.some((part) => Buffer.byteLength(part) > 255))
      return 'path too long'
    const kind = fileKind(path)
    if (kind === 'compiled') return 'compiled'
    if (kind === 'other') return 'not a kind of file that is read'
    if (bytes > this.caps.fileBytes) return 'too large'
    if (this.files.length >= this.caps.files) return 'over the limit of the whole tree'
    return this.#clash(path, parts)
  }

  /** A path that some file system would take for one that was there before. */
  #clash(path: string, parts: readonly string[]): string | undefined {
    const key = fold(path)
    const twin = this.#seen.get(key)
    if (twin === path) return 'duplicate'
    if (twin !== undefined) return 'differs from another path only in case'
    if (this.#folders.has(key)) return 'a folder has the same path'
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/')
      if (this.#seen.has(fold(folder))) return 'a file has the path of its folder'
      const spelled = this.#folders.get(fold(folder))
      if (spelled !== undefined && spelled !== folder) return 'differs from another path only in case'
    }
    return undefined
  }

  #remember(path: string): void {
    this.#seen.set(fold(path), path)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at)
      if (this.#folders.has(fold(folder))) break
      this.#folders.set(fold(folder), folder)
    }
  }

  /** Notes a wanted file that turned out to be another thing. */
  drop(path: string, reason: string): void {
    this.#skip(path, reason)
  }

  #skip(path: string, reason: string): void {
    this.skipped.push({ path: oneLine(path, MAX_PATH), reason })
  }
}

/** As case-insensitive and normalising file systems compare names. */
function fold(path: string): string {
  return path.normalize('NFKC').toLowerCase()
}

/** No honest packaging tool writes such a path: the archive is refused, not only the entry. */
export function refuseEscape(path: string): void {
  const bad =
    path === '' ||
    path.startsWith('/') ||
    /[\\\0]/.test(path) ||
    /^[A-Za-z]:/.test(path) ||
    path.split('/').includes('..')
  if (bad)
    throw new ArchiveError(
      `The archive holds the path ${JSON.stringify(path.slice(0, 80))}, which leads out of its folder: ` +
        'it was made to do harm or is damaged, so nothing of it is used.',
    )
}
