/** Unpacks wheels (zip) and sdists (tar or zip) while streaming. Nothing in an archive is trusted. */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { type Entry, openPromise } from 'yauzl'
import { oneLine } from './metadata.ts'
import {
  ArchiveError,
  CAPS,
  type Caps,
  type EntryType,
  refuseEscape,
  type Skipped,
  type TreeFile,
  TreeWriter,
} from './tree-writer.ts'

export interface Unpacked {
  readonly files: readonly TreeFile[]
  readonly skipped: readonly Skipped[]
}

/**
 * Unpacks the text files of an archive below `root`, an empty folder.
 *
 * An sdist's single top folder (`name-version/`) is taken off. Left out, each with its reason: links, devices, version
 * control data, duplicates and case twins, what is too large or no text. The names of compiled modules are in `skipped`
 * with the reason `compiled`.
 *
 * @param filename the index's name of the file; its ending says what it is.
 * @throws ArchiveError for a damaged archive, a bomb, or a path that leads out of the tree.
 */
export async function unpack(archive: string, filename: string, root: string, caps: Caps = CAPS): Promise<Unpacked> {
  const writer = new TreeWriter(root, caps)
  try {
    if (/\.(?:whl|zip)$/.test(filename)) await unpackZip(archive, writer, filename.endsWith('.zip'))
    else await unpackTar(archive, writer)
  } catch (error) {
    if (error instanceof ArchiveError || isDiskError(error)) throw error
    throw new ArchiveError(
      `${filename} is damaged or was made to do harm (${oneLine((error as Error).message, 120)}): ` +
        'nothing of it is used; try another version.',
      { cause: error },
    )
  }
  return { files: writer.files, skipped: writer.skipped }
}

async function unpackZip(archive: string, writer: TreeWriter, strip: boolean): Promise<void> {
  const zip = await openPromise(archive, { strictFileNames: true })
  const top = new TopFolder(strip)
  try {
    for await (const entry of zip.eachEntry()) {
      const path = top.strip(entry.fileName)
      if (path === '' || !writer.wants(path, zipType(entry), entry.uncompressedSize)) continue
      if (entry.isEncrypted()) throw new ArchiveError('The archive is encrypted, which the index does not allow.')
      const chunks: Buffer[] = []
      // yauzl ends the stream with an error as soon as more comes out than the entry declared.
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        writer.inflated(chunk.length)
        chunks.push(chunk)
      }
      await writer.write(path, Buffer.concat(chunks))
    }
  } finally {
    zip.close()
  }
}

function zipType(entry: Entry): EntryType {
  if (entry.fileName.endsWith('/')) return 'directory'
  // Unix mode in the upper half; zero when another system made the archive.
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000
  if (kind === 0o120000) return 'link'
  if (kind === 0o040000) return 'directory'
  return kind === 0 || kind === 0o100000 ? 'file' : 'special'
}

async function unpackTar(archive: string, writer: TreeWriter): Promise<void> {
  const top = new TopFolder(true)
  const complete: { path: string; content: Buffer }[] = []
  let failure: unknown
  const parser = new Parser({
    strict: true,
    brotli: false,
    zstd: false,
    onReadEntry: (entry: ReadEntry) => {
      try {
        // The parser gives a folder's path a slash at its end.
        const path = top.strip(entry.path)
        if (path === '' || !writer.wants(path, tarType(entry), entry.size)) entry.resume()
        else collect(entry, (content) => complete.push({ path, content }))
      } catch (error) {
        failure ??= error
        entry.resume()
      }
    },
  })
  parser.on('error', (error) => {
    failure ??= error
  })
  const file = createReadStream(archive)
  const gunzip = createGunzip()
  file.on('error', (error) => gunzip.destroy(error))
  // The parser emits whole entries while it takes a chunk; they are written before the next one is read, so memory
  // holds no more than one chunk's files and one unfinished file.
  const drain = async () => {
    if (failure !== undefined) throw failure
    for (const { path, content } of complete.splice(0)) await writer.write(path, content)
  }
  try {
    let head: Buffer | undefined = Buffer.alloc(0)
    for await (const chunk of file.pipe(gunzip) as AsyncIterable<Buffer>) {
      writer.inflated(chunk.length)
      // The parser would inflate once more, past our count, what looks compressed: it gets to see a tar header first.
      if (head !== undefined) {
        head = Buffer.concat([head, chunk])
        if (head.length < TAR_BLOCK) continue
        if (head.toString('latin1', 257, 262) !== 'ustar') throw new ArchiveError('The archive holds no tar file.')
        parser.write(head)
        head = undefined
      } else parser.write(chunk)
      await drain()
    }
    if (head !== undefined) throw new ArchiveError('The archive holds no tar file.')
    parser.end()
    await drain()
  } finally {
    file.destroy()
    gunzip.destroy()
  }
}

/** Size of a tar header, bytes 257 to 261 of which are `ustar` in every format since 1988 (POSIX, GNU, pax). */
const TAR_BLOCK = 512

/** Calls back with a wanted entry's content; the tar format itself bounds it to the declared size. */
function collect(entry: ReadEntry, done: (content: Buffer) => void): void {
  const chunks: Buffer[] = []
  entry.on('data', (chunk: Buffer) => chunks.push(chunk))
  entry.on('end', () => done(Buffer.concat(chunks)))
}

function tarType(entry: ReadEntry): EntryType {
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return 'file'
    case 'Directory':
    case 'GNUDumpDir':
      return 'directory'
    case 'Link':
    case 'SymbolicLink':
      return 'link'
    default:
      return 'special'
  }
}

/** Takes the first entry's top folder off every path that has it. */
class TopFolder {
  readonly #active: boolean
  #prefix: string | undefined

  constructor(active: boolean) {
    this.#active = active
  }

  /** The path without the folder; empty for the folder itself. Checked first: a drive letter could be the folder. */
  strip(path: string): string {
    refuseEscape(path)
    const clean = path.replace(/^(?:\.\/)+/, '')
    if (!this.#active) return clean
    this.#prefix ??= clean.includes('/') ? clean.slice(0, clean.indexOf('/') + 1) : ''
    return clean.startsWith(this.#prefix) ? clean.slice(this.#prefix.length) : clean
  }
}

/** A full disk or missing permission is not the archive's fault. */
function isDiskError(error: unknown): boolean {
  return ['ENOSPC', 'EACCES', 'EPERM', 'EROFS', 'EMFILE', 'EDQUOT', 'EIO'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )
}
