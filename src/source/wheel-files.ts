/** Names of the files of a wheel on the index, read from its directory at the end: a few kilobytes of perhaps a gigabyte. */
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl'
import { type IndexHttp, TooLargeError } from './http.ts'

/** Read at first; the directory of most wheels lies within. */
const TAIL_BYTES = 128 * 1024
/** A larger directory is nobody's. */
const MOST_BYTES = 16 * 1024 * 1024
const MOST_NAMES = 50_000

/**
 * Lists a wheel's files without downloading it.
 *
 * @param bytes its size
 * @throws UserError when the host gives no parts of files, or the wheel is damaged; TransientError when it does not answer.
 */
export async function wheelFiles(url: URL, bytes: number, http: IndexHttp): Promise<string[]> {
  const reader = new EndReader(url, bytes, http)
  const zip = await fromRandomAccessReaderPromise(reader, bytes, { strictFileNames: true, validateEntrySizes: false })
  const names: string[] = []
  for await (const { fileName } of zip.eachEntry()) {
    if (names.length === MOST_NAMES) throw new TooLargeError(`The wheel has more than ${MOST_NAMES} files.`)
    names.push(fileName)
  }
  return names
}

/** The end of a file, as much of it as is asked for. */
class EndReader extends RandomAccessReader {
  readonly #url: URL
  readonly #http: IndexHttp
  readonly #bytes: number
  #start: number
  #held: Buffer = Buffer.alloc(0)

  constructor(url: URL, bytes: number, http: IndexHttp) {
    super()
    this.#url = url
    this.#http = http
    this.#bytes = bytes
    this.#start = bytes
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#reach(position).then(
      () => {
        this.#held.copy(buffer, offset, position - this.#start, position - this.#start + length)
        callback(null)
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    )
  }

  async #reach(position: number): Promise<void> {
    if (position >= this.#start) return
    const from = Math.max(0, Math.min(position, this.#start - TAIL_BYTES))
    if (this.#bytes - from > MOST_BYTES) throw new TooLargeError('The directory of the wheel is too large.')
    const more = await this.#http.part(this.#url, from, this.#start)
    this.#held = Buffer.concat([more, this.#held])
    this.#start = from
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null)
  }
}
