/** Reads files that foreign code may have written: never through a link, never a pipe or a device, never too much. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * Text of a regular file from `offset` on, or undefined when there is no such regular file.
 *
 * @throws RangeError when more than `most` bytes follow the offset.
 */
export async function readHostileFile(path: string, most: number, offset = 0): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const facts = await file.stat()
    if (!facts.isFile()) return undefined
    const length = facts.size - offset
    if (length > most) throw new RangeError(`larger than ${most} bytes`)
    if (length <= 0) return ''
    const buffer = Buffer.alloc(length)
    // The file may shrink meanwhile.
    const { bytesRead } = await file.read(buffer, 0, length, offset)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** One line of printable text, capped: what foreign code says is shown, but cannot draw on a terminal. */
export function printable(text: string, most: number): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}
