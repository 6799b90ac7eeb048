/**
 * Reading from the Python index and the file hosts it names: idempotent GETs with the operator's certificate and proxy,
 * a bound on size and time for everything, and retries.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import type { z } from 'zod'
import type { IndexConfig } from '../config/index-config.ts'
import { TransientError, UserError } from '../values/errors.ts'

export interface HttpOptions {
  readonly signal?: AbortSignal | undefined
  /** Waits before the second, third, … try, in milliseconds. Default 500, 2000: three tries. */
  readonly retryDelays?: readonly number[] | undefined
  /** Milliseconds without a single byte after which a try is given up. Default 30,000. */
  readonly idleTimeout?: number | undefined
  /** Milliseconds for one whole answer, or one whole download. Defaults 60,000 and 1,200,000. */
  readonly answerTimeout?: number | undefined
  readonly downloadTimeout?: number | undefined
}

/** JSON answers of large projects reach some ten megabytes. */
const MAX_JSON_BYTES = 64 * 1024 * 1024
const MAX_REDIRECTS = 3
/** A server may ask for a longer pause than ours; up to this long it is obeyed. */
const MAX_RETRY_AFTER_MS = 10_000

/** The index answered 404 (or 410): the resource does not exist. */
export class NotFoundError extends UserError {}

/** The answer exceeds its size cap. */
export class TooLargeError extends UserError {}

/** An answer that is not what the index promised: a hash, a schema. */
export class BadAnswerError extends UserError {}

type Response = Dispatcher.ResponseData

export class IndexHttp {
  readonly #config: IndexConfig
  readonly #options: HttpOptions
  readonly #dispatcher: Dispatcher

  constructor(config: IndexConfig, options: HttpOptions = {}) {
    this.#config = config
    this.#options = options
    const idle = options.idleTimeout ?? 30_000
    const ca = [...config.certificates]
    this.#dispatcher = new EnvHttpProxyAgent({
      // Empty strings, not undefined: undefined would read the process's own environment again.
      httpProxy: config.proxy?.http ?? '',
      httpsProxy: config.proxy?.https ?? '',
      noProxy: config.proxy?.bypass ?? '',
      connect: { ca, timeout: Math.min(idle, 10_000) },
      requestTls: { ca },
      proxyTls: { ca },
      headersTimeout: idle,
      bodyTimeout: idle,
    })
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy()
  }

  /**
   * Reads JSON and checks it. `accept` is the media type to ask for.
   *
   * @throws NotFoundError for 404, BadAnswerError for an answer of another shape, TransientError after the last retry.
   */
  async json<T>(url: URL, schema: z.ZodType<T>, accept: string): Promise<{ value: T; url: URL }> {
    return this.#retry(url, this.#options.answerTimeout ?? 60_000, async (signal) => {
      const { response, url: final } = await this.#get(url, accept, signal)
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of response.body) {
        bytes += chunk.length
        if (bytes > MAX_JSON_BYTES) throw new TooLargeError(`${show(url)} answers with more than 64 MB.`)
        chunks.push(chunk)
      }
      return { value: parseJson(Buffer.concat(chunks).toString('utf8'), schema, url), url: final }
    })
  }

  /**
   * Downloads a file to `path` while its hash is computed; whatever stood there is overwritten.
   *
   * @returns its size in bytes.
   * @throws TooLargeError above `maxBytes`, BadAnswerError when the sha256 differs; the caller removes the file.
   */
  async download(url: URL, path: string, sha256: string, maxBytes: number): Promise<number> {
    return this.#retry(url, this.#options.downloadTimeout ?? 1_200_000, async (signal) => {
      const { response } = await this.#get(url, '*/*', signal)
      const hash = createHash('sha256')
      let bytes = 0
      const check = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length
          hash.update(chunk)
          if (bytes > maxBytes) done(new TooLargeError(`${show(url)} is larger than ${megabytes(maxBytes)}.`))
          else done(null, chunk)
        },
      })
      await pipeline(response.body, check, createWriteStream(path), { signal })
      const found = hash.digest('hex')
      if (found !== sha256)
        throw new BadAnswerError(
          `${show(url)} has the sha256 ${found}, but the index promises ${sha256}: the file was changed on its way or ` +
            'on its host. Nothing of it was used; try another index or version.',
        )
      return bytes
    })
  }

  /**
   * Reads a part of a file: the bytes from `start` up to, not with, `end`.
   *
   * @throws BadAnswerError when the host gives whole files only, or other bytes than those.
   */
  async part(url: URL, start: number, end: number): Promise<Buffer> {
    return this.#retry(url, this.#options.answerTimeout ?? 60_000, async (signal) => {
      const { response } = await this.#get(url, '*/*', signal, `bytes=${start}-${end - 1}`)
      const chunks: Buffer[] = []
      let bytes = 0
      // Leaving the loop ends the answer, too.
      for await (const chunk of response.body) {
        bytes += chunk.length
        if (response.statusCode !== 206 || bytes > end - start) break
        chunks.push(chunk)
      }
      if (response.statusCode === 206 && bytes === end - start) return Buffer.concat(chunks)
      throw new BadAnswerError(`${show(url)} is not given in parts.`)
    })
  }

  async #retry<T>(url: URL, timeout: number, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const delays = this.#options.retryDelays ?? [500, 2000]
    for (let tried = 0; ; tried++) {
      const deadline = AbortSignal.timeout(timeout)
      const outer = this.#options.signal
      try {
        return await attempt(outer === undefined ? deadline : AbortSignal.any([outer, deadline]))
      } catch (error) {
        outer?.throwIfAborted()
        if (error instanceof UserError) throw error
        const pause = delays[tried]
        if (pause === undefined) throw explain(url, error)
        const asked = error instanceof StatusError ? error.retryAfter : 0
        await delay(Math.max(pause, Math.min(asked, MAX_RETRY_AFTER_MS)), undefined, { signal: outer })
      }
    }
  }

  /** One GET that follows redirects by hand: credentials stay with the index's origin, https stays https. */
  async #get(
    start: URL,
    accept: string,
    signal: AbortSignal,
    range?: string,
  ): Promise<{ response: Response; url: URL }> {
    let url = start
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const authorized = this.#config.authorization !== undefined && url.origin === this.#config.simpleUrl.origin
      const response = await request(url, {
        dispatcher: this.#dispatcher,
        signal,
        headers: {
          accept,
          'user-agent': 'graft',
          ...(range === undefined ? {} : { range }),
          ...(authorized ? { authorization: this.#config.authorization } : {}),
        },
      })
      if (response.statusCode === 200 || (range !== undefined && response.statusCode === 206)) return { response, url }
      await response.body.dump()
      const location = response.headers.location
      if (response.statusCode >= 300 && response.statusCode < 400 && typeof location === 'string') {
        url = followable(url, location)
        continue
      }
      throw refusal(url, response)
    }
    throw new UserError(`${show(start)} redirects more than ${MAX_REDIRECTS} times; check the index's address.`)
  }
}

/**
 * The address of a link or redirect, resolved and checked.
 *
 * @throws UserError for anything but http(s), and for http on a page that came by https.
 */
export function followable(from: URL, link: string): URL {
  const url = URL.canParse(link, from.href) ? new URL(link, from) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new UserError(`${show(from)} names a file address that is not an http or https URL.`)
  if (from.protocol === 'https:' && url.protocol === 'http:')
    throw new UserError(`${show(from)} points to an address without encryption, which is not followed.`)
  url.username = ''
  url.password = ''
  return url
}

/** An address for people: without credentials, query and fragment, which may hold secrets. */
export function show(url: URL): string {
  return `${url.origin}${url.pathname}`.slice(0, 300)
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`
}

/** A status that may be another one next time. */
class StatusError extends Error {
  readonly retryAfter: number

  constructor(status: number, retryAfter: number) {
    super(`it answered ${status}`)
    this.retryAfter = retryAfter
  }
}

function refusal(url: URL, response: Response): Error {
  const status = response.statusCode
  if (status === 404 || status === 410) return new NotFoundError(`${show(url)} does not exist (${status}).`)
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(response.headers['retry-after'])
    return new StatusError(status, Number.isFinite(seconds) ? seconds * 1000 : 0)
  }
  if (status === 401 || status === 403)
    return new UserError(`${show(url)} refuses access (${status}); check the credentials in pip's index-url.`)
  return new UserError(`${show(url)} answered ${status}, which is no answer of a Python index; check its address.`)
}

function explain(url: URL, error: unknown): TransientError {
  const { code, message } = error as NodeJS.ErrnoException
  const certificate = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code ?? '')
  const advice = certificate
    ? "set pip's cert (or SSL_CERT_FILE) to the certificate of your network"
    : 'check the network and the index address, then try again'
  return new TransientError(`${show(url)} cannot be read (${code ?? message}); ${advice}.`, { cause: error })
}

function parseJson<T>(text: string, schema: z.ZodType<T>, url: URL): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BadAnswerError(`${show(url)} does not answer with JSON; check the index's address.`, { cause: error })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new BadAnswerError(
    `${show(url)} answers with JSON of an unknown shape (${issue?.path.join('.')}: ${issue?.message}).`,
    { cause: parsed.error },
  )
}
