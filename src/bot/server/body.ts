/** Reads the body of a request under caps: of its own size, and of all bodies that are in memory at this moment. */
import type { IncomingMessage } from 'node:http'

export type Body =
  | { readonly ok: true; readonly bytes: Buffer; readonly release: () => void }
  /** `broken`: the sender went away or was too slow; there is nobody to answer. */
  | { readonly ok: false; readonly reason: 'too_large' | 'busy' | 'broken' }

export interface BodyReader {
  /** What was read counts as being in memory until `release` is called. */
  read(request: IncomingMessage): Promise<Body>
}

/**
 * Makes a reader. Without the second cap, a few hundred senders of large bodies, each of them allowed, would fill the memory
 * before the first signature is looked at.
 *
 * @param mostBytes Of one body.
 * @param mostBytesTogether Of all bodies that are being read or worked on.
 */
export function createBodyReader(mostBytes: number, mostBytesTogether: number): BodyReader {
  let together = 0
  return {
    read: (request) =>
      new Promise((resolve) => {
        if (Number(request.headers['content-length'] ?? 0) > mostBytes)
          return resolve({ ok: false, reason: 'too_large' })
        const chunks: Buffer[] = []
        let size = 0
        const release = () => {
          together -= size
          size = 0
          chunks.length = 0
        }
        const stop = (reason: 'too_large' | 'busy' | 'broken') => {
          request.off('data', onData)
          release()
          resolve({ ok: false, reason })
        }
        const onData = (chunk: Buffer) => {
          size += chunk.length
          together += chunk.length
          chunks.push(chunk)
          if (size > mostBytes) stop('too_large')
          else if (together > mostBytesTogether) stop('busy')
        }
        request.on('data', onData)
        request.once('end', () => resolve({ ok: true, bytes: Buffer.concat(chunks), release }))
        request.once('error', () => stop('broken'))
        request.once('close', () => {
          if (!request.complete) stop('broken')
        })
      }),
  }
}
