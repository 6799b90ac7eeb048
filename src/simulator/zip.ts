/** Small zip archives of text files: those that a workflow leaves are read as what they are, data from a hostile place. */
import { crc32, deflateRawSync } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'

/** The archive is not what a job of ours leaves; the message says what is wrong with it, in words of ours. */
export class ArchiveError extends Error {}

export interface ZipLimits {
  /** The names that an entry may have. Anything else, and each second of a name, refuses the archive. */
  readonly names: readonly string[]
  /** Bytes of one file, and of all together, unpacked. */
  readonly entryBytes: number
  readonly totalBytes: number
}

/** How much smaller than its content an entry may be: text of ours packs 5 to 50 times, a bomb a thousand times. */
const MAX_RATIO = 300
/** Below this, a ratio says nothing. */
const RATIO_BYTES = 64 * 1024
const REGULAR_FILE = 0o100000
const STORED = 0
const DEFLATED = 8

/**
 * Files of an archive by name.
 *
 * @throws ArchiveError for anything but regular, unencrypted files of the given names within the limits.
 */
export async function readZip(data: Buffer, limits: ZipLimits): Promise<Map<string, string>> {
  const archive = await open(data)
  try {
    if (archive.entryCount > limits.names.length) throw new ArchiveError(`it has ${archive.entryCount} entries`)
    const files = new Map<string, string>()
    let total = 0
    for await (const entry of archive.eachEntry()) {
      const name = checkedName(entry, limits)
      if (files.has(name)) throw new ArchiveError(`it has two entries ${name}`)
      const content = await unpack(archive, entry, Math.min(limits.entryBytes, limits.totalBytes - total))
      total += content.length
      files.set(name, content.toString('utf8'))
    }
    return files
  } catch (error) {
    if (error instanceof ArchiveError) throw error
    // What yauzl and zlib say of broken archives: part of its text is the archive's.
    throw new ArchiveError('it is damaged', { cause: error })
  } finally {
    archive.close()
  }
}

async function open(data: Buffer): Promise<ZipFile> {
  const options = { lazyEntries: true, strictFileNames: true, validateEntrySizes: true, autoClose: false } as const
  return fromBufferPromise(data, options).catch((cause: unknown) => {
    throw new ArchiveError('it is no zip archive', { cause })
  })
}

function checkedName(entry: Entry, { names, entryBytes }: ZipLimits): string {
  const name = names.find((known) => known === entry.fileName)
  if (name === undefined) throw new ArchiveError(`it has an entry that is none of ${names.join(', ')}`)
  if (entry.isEncrypted()) throw new ArchiveError(`${name} is encrypted`)
  const mode = (entry.externalFileAttributes >>> 16) & 0o170000
  if (mode !== 0 && mode !== REGULAR_FILE) throw new ArchiveError(`${name} is no regular file`)
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)
    throw new ArchiveError(`${name} is compressed in an unknown way`)
  const { uncompressedSize, compressedSize } = entry
  if (uncompressedSize > entryBytes) throw new ArchiveError(`${name} is larger than ${entryBytes} bytes`)
  if (uncompressedSize > RATIO_BYTES && uncompressedSize > MAX_RATIO * compressedSize)
    throw new ArchiveError(`${name} is packed too tightly to be what it should be`)
  return name
}

/** Content of an entry; the size that the archive states is not believed. */
async function unpack(archive: ZipFile, entry: Entry, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of await archive.openReadStreamPromise(entry)) {
    bytes += (chunk as Buffer).length
    if (bytes > most) throw new ArchiveError(`its files are larger than ${most} bytes`)
    chunks.push(chunk as Buffer)
  }
  const content = Buffer.concat(chunks)
  if (crc32(content) !== entry.crc32) throw new ArchiveError(`${entry.fileName} is damaged`)
  return content
}

/** An archive of text files (PKWARE application note 4.5, without extras): the same files give the same bytes. */
export function writeZip(files: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const [name, content] = [Buffer.from(path, 'utf8'), Buffer.from(text, 'utf8')]
    const packed = deflateRawSync(content)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0) // version 2.0 unpacks it
    common.writeUInt16LE(0x0800, 2) // names are UTF-8
    common.writeUInt16LE(DEFLATED, 4)
    common.writeUInt32LE(0x00210000, 6) // 1980-01-01, the first day that zip knows
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE((REGULAR_FILE | 0o644) * 0x10000, 6)
    place.writeUInt32LE(offset, 10)
    const head = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed])
    local.push(head)
    central.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, place, name)
    offset += head.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  const count = Object.keys(files).length
  end.writeUInt16LE(count, 4)
  end.writeUInt16LE(count, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end])
}
