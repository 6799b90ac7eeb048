/**
 * The object store of one bare repository: read through one `git cat-file --batch` process, written as loose objects.
 *
 * A loose object is the deflated text `type size\0content` under its SHA-1, which is git's own format since 2005; writing it
 * here saves a process for each blob, tree and commit.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import { gitEnvironment } from './run.ts'

const compress = promisify(deflate)

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag'

export interface GitObject {
  readonly sha: string
  readonly type: ObjectType
  readonly content: Buffer
}

interface Waiting {
  readonly resolve: (object: GitObject | undefined) => void
  readonly reject: (error: Error) => void
}

const HEADER = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/

export class ObjectStore {
  readonly #dir: string
  #reader: ChildProcessWithoutNullStreams | undefined
  #waiting: Waiting[] = []
  #chunks: Buffer[] = []
  #size = 0
  #closed = false
  /** Bytes that the next answer needs before it is worth looking at it. */
  #needed = 1

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Reads an object by anything that git resolves (a SHA, `main^{tree}`, `main:path`); undefined when there is none. */
  async read(name: string): Promise<GitObject | undefined> {
    // A line break would be a second question, and its answer somebody else's.
    if (/[\n\r\0]/.test(name) || name === '') return undefined
    if (this.#closed) throw new Error(`the objects of ${this.#dir} are closed`)
    this.#reader ??= this.#start()
    const reader = this.#reader
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      reader.stdin.write(`${name}\n`)
    })
  }

  /** Writes an object unless it is there, and returns its SHA. */
  async write(type: ObjectType, content: Uint8Array): Promise<string> {
    const full = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
    const sha = createHash('sha1').update(full).digest('hex')
    const folder = join(this.#dir, 'objects', sha.slice(0, 2))
    const path = join(folder, sha.slice(2))
    const there = await access(path).then(
      () => true,
      () => false,
    )
    if (there) return sha
    await mkdir(folder, { recursive: true })
    // Readers see the whole object or none.
    const temporary = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`)
    await writeFile(temporary, await compress(full), { mode: 0o444 })
    await rename(temporary, path)
    return sha
  }

  /** Answers what was asked for and ends the reading process. Reads after this are refused. */
  async close(): Promise<void> {
    this.#closed = true
    const reader = this.#reader
    if (reader === undefined) return
    this.#reader = undefined
    const gone = new Promise((resolve) => reader.once('close', resolve))
    reader.stdin.end()
    await gone
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = spawn('git', ['cat-file', '--batch'], {
      cwd: this.#dir,
      env: gitEnvironment(),
    })
    child.stdin.on('error', () => undefined)
    child.stderr.resume()
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk))
    const fail = (error: Error) => {
      if (this.#reader === child) this.#reader = undefined
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
    }
    child.once('error', fail)
    child.once('close', () => fail(new Error(`git cat-file has ended in ${this.#dir}`)))
    return child
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#needed) return
    let data = Buffer.concat(this.#chunks)
    this.#needed = 1
    for (;;) {
      const end = data.indexOf(10)
      if (end < 0) break
      const header = data.toString('utf8', 0, end)
      const found = HEADER.exec(header)
      if (found === null) {
        // `name missing`, `name ambiguous`
        this.#waiting.shift()?.resolve(undefined)
        data = data.subarray(end + 1)
        continue
      }
      const [, sha, type, length] = found as unknown as [string, string, ObjectType, string]
      const until = end + 1 + Number(length) + 1
      if (data.length < until) {
        this.#needed = until
        break
      }
      this.#waiting.shift()?.resolve({ sha, type, content: Buffer.from(data.subarray(end + 1, until - 1)) })
      data = data.subarray(until)
    }
    this.#chunks = data.length > 0 ? [data] : []
    this.#size = data.length
  }
}
