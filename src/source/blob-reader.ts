/** Reads objects of a git repository one after the other through one `git cat-file --batch`. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'

export class BlobReader {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #output: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #failure: Error | undefined

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    this.#output = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    child.stderr.resume()
    for (const part of [child, child.stdin])
      part.on('error', (error: Error) => {
        this.#failure ??= error
      })
  }

  /** The object's content; undefined when it is no blob or larger than `maxBytes`. One read at a time. */
  async read(object: string, maxBytes: number): Promise<Buffer | undefined> {
    this.#child.stdin.write(`${object}\n`)
    const [, type, size] = (await this.#line()).split(' ')
    if (size === undefined) return undefined
    // The content and a line end.
    const content = await this.#take(Number(size) + 1, maxBytes)
    return type === 'blob' ? content?.subarray(0, -1) : undefined
  }

  close(): void {
    this.#child.stdin.end()
    this.#child.kill('SIGKILL')
  }

  async #line(): Promise<string> {
    let end = this.#rest.indexOf(10)
    while (end === -1) {
      await this.#more()
      end = this.#rest.indexOf(10)
    }
    const line = this.#rest.subarray(0, end).toString('utf8')
    this.#rest = this.#rest.subarray(end + 1)
    return line
  }

  /** So many bytes; what is too much passes by without being kept. */
  async #take(bytes: number, maxBytes: number): Promise<Buffer | undefined> {
    const chunks: Buffer[] = []
    let missing = bytes
    for (;;) {
      const part = this.#rest.subarray(0, missing)
      this.#rest = this.#rest.subarray(part.length)
      missing -= part.length
      if (bytes <= maxBytes + 1) chunks.push(part)
      if (missing === 0) return bytes <= maxBytes + 1 ? Buffer.concat(chunks) : undefined
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#output.next()
    if (done === true || value === undefined)
      throw this.#failure ?? new Error('git ended before it had given an object')
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value])
  }
}
