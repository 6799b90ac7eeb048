/** Zip archives that no job of ours leaves. */
import { constants, crc32, deflateRawSync } from 'node:zlib'

export interface RawEntry {
  readonly name: string
  /** Content, which is packed; or `packed` bytes as they are, with a stated size and checksum. */
  readonly content?: string
  readonly packed?: Buffer
  readonly size?: number
  readonly crc?: number
  /** Unix mode with the type of the file. */
  readonly mode?: number
  readonly flags?: number
  readonly method?: number
}

/** An archive whose every field may be a lie. */
export function rawZip(...entries: readonly RawEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '')
    const packed = entry.packed ?? deflateRawSync(content)
    const name = Buffer.from(entry.name)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(entry.flags ?? 0, 2)
    head.writeUInt16LE(entry.method ?? 8, 4)
    head.writeUInt32LE(entry.crc ?? crc32(content), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(entry.size ?? content.length, 18)
    head.writeUInt16LE(name.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE((entry.mode ?? 0o100644) * 0x10000, 6)
    place.writeUInt32LE(offset, 10)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, name, packed])
    parts.push(local)
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), head, place, name)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end])
}

/** Ten gigabytes of zeros in as many megabytes, whatever size the entry states. */
export function bomb(): Buffer {
  const block = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat([...Array.from({ length: 640 }, () => block), Buffer.from([3, 0])])
}
