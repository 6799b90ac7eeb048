/**
 * The client for GitHub's REST API: Probot's, made safe for writes.
 *
 * Invariants: a write is never repeated by the client (who sent it looks first whether it happened); nothing is sent before
 * the moment that GitHub asked to wait for, one wait per installation; a redirect keeps method and body, and takes the token
 * to no other host.
 */
import Bottleneck from 'bottleneck'
import { ProbotOctokit } from 'probot'
import { waitOf } from '../../repository/github/errors.ts'
import { TransientError } from '../../values/errors.ts'

export interface OctokitOptions {
  /** Base of the REST API, without a slash at its end. Default: GitHub's. */
  readonly baseUrl?: string | undefined
  /** Spaces many writes by a second and many notifying ones by three, as GitHub asks. Default true; off where GitHub is a test. */
  readonly throttle?: boolean | undefined
  /** Milliseconds before a read that failed with 5xx is repeated (then four and nine times as long). Default 1,000. */
  readonly retryBaseMilliseconds?: number | undefined
  /** Milliseconds for one answer. Default 30,000. */
  readonly timeout?: number | undefined
  /** Milliseconds of the clock. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

interface InstanceOptions {
  readonly auth?: unknown
  readonly request?: object
  readonly throttle?: object
}

/**
 * Writes of an installation that may follow each other at once; each second brings back one. GitHub asks for a second between
 * them where there are many, and admits 80 that create content in a minute (20 + 60) and 180 of any kind. The branch of one
 * integration takes about a dozen.
 */
const WRITES_AT_ONCE = 20
/** Those that people are notified of: a second apart, and beyond three of them three seconds. A request has four or five. */
const NOTIFYING_AT_ONCE = 3

const MAX_REDIRECTS = 3
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308])

/**
 * Makes the class that Probot is given as `Octokit`; instances share the waits. Beside its options, the client's log goes
 * through Probot's, which knows the method, the address and the status, and no token.
 */
export function createOctokitClass(options: OctokitOptions = {}): typeof ProbotOctokit {
  const now = options.now ?? Date.now
  /** When requests of an installation (or of the App itself: 0) may go on. */
  const waits = new Map<number, number>()
  const enabled = options.throttle ?? true
  const paces = enabled
    ? { write: paceOf(WRITES_AT_ONCE, 0, 1000), notifications: paceOf(NOTIFYING_AT_ONCE, 1000, 3000) }
    : {}
  const careful = ({ hook }: Pick<ProbotOctokit, 'hook'>, settings: InstanceOptions) => {
    const key = installationOf(settings.auth)
    hook.before('request', (request) => {
      refuseEarly(waits, key, now())
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      // A new object: the one that is there belongs to all requests of the client.
      if (!isRead) request.request = { ...request.request, retries: 0 }
    })
    return {}
  }
  return ProbotOctokit.plugin(careful).defaults((instance: InstanceOptions) => ({
    ...instance,
    // For the requests of the installation's token too, which pass by the hooks.
    request: {
      ...instance.request,
      fetch: guardedFetch(waits, installationOf(instance.auth), now, options.timeout ?? 30_000),
    },
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
    throttle: enabled ? { ...instance.throttle, enabled, ...paces, ...NO_REPEATS } : { enabled },
    retry: {
      doNotRetry: [400, 401, 403, 404, 408, 409, 410, 422, 429, 451],
      retryAfterBaseValue: options.retryBaseMilliseconds ?? 1000,
    },
  })) as typeof ProbotOctokit
}

/** The queue repeats, when the wait is over; a client that sleeps would hold up everything behind it. */
const NO_REPEATS = { onRateLimit: () => false, onSecondaryRateLimit: () => false }

/** One limiter for each installation; one that rests for two minutes is dropped, and would be full by then. */
function paceOf(atOnce: number, minTime: number, interval: number): Bottleneck.Group {
  return new Bottleneck.Group({
    maxConcurrent: 1,
    minTime,
    reservoir: atOnce,
    reservoirIncreaseAmount: 1,
    reservoirIncreaseInterval: interval,
    reservoirIncreaseMaximum: atOnce,
    timeout: 120_000,
  })
}

function installationOf(auth: unknown): number {
  const id = typeof auth === 'object' && auth !== null && 'installationId' in auth ? Number(auth.installationId) : 0
  return Number.isSafeInteger(id) ? id : 0
}

function remaining(waits: ReadonlyMap<number, number>, key: number, now: number): number {
  return Math.max(0, (waits.get(key) ?? 0) - now)
}

function refuseEarly(waits: ReadonlyMap<number, number>, key: number, now: number): void {
  const wait = remaining(waits, key, now)
  if (wait === 0) return
  const message = `GitHub asks to be left alone for ${Math.ceil(wait / 1000)} s (a rate limit).`
  throw new TransientError(message, { retryAfterMilliseconds: wait })
}

/** The innermost step: what waited in a queue meanwhile is held back here, with an answer as GitHub would give it. */
function guardedFetch(waits: Map<number, number>, key: number, now: () => number, timeout: number): typeof fetch {
  return async (input, init) => {
    const wait = remaining(waits, key, now())
    if (wait > 0) {
      const headers = { 'retry-after': String(Math.ceil(wait / 1000)), 'content-type': 'application/json' }
      return new Response('{"message":"Held back by Graft: a rate limit."}', { status: 429, headers })
    }
    const deadline = AbortSignal.timeout(timeout)
    const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline
    const response = await follow(String(input), { ...init, signal })
    if (response.status === 403 || response.status === 429 || response.status === 503) {
      const text = await response.clone().text()
      const asked = waitOf(response.status, (name) => response.headers.get(name) ?? undefined, text, now())
      if (asked !== undefined) waits.set(key, Math.max(waits.get(key) ?? 0, now() + asked))
    }
    return response
  }
}

/** Follows what a renamed repository answers. `fetch` itself would turn a write into a read. */
async function follow(start: string, init: RequestInit): Promise<Response> {
  if (init.redirect === 'manual') return fetch(start, init)
  let url = new URL(start)
  for (let hops = 0; ; hops++) {
    const response = await fetch(url, { ...init, redirect: 'manual' })
    const location = response.headers.get('location')
    if (!REDIRECTS.has(response.status) || location === null || hops === MAX_REDIRECTS) return refuseRedirect(response)
    const next = new URL(location, url)
    if (next.origin !== url.origin) {
      if (init.method !== 'GET') return refuseRedirect(response)
      await response.body?.cancel()
      const headers = new Headers(init.headers)
      headers.delete('authorization')
      return fetch(next, { ...init, headers, redirect: 'follow' })
    }
    await response.body?.cancel()
    url = next
  }
}

/** A redirect that was not followed is no success: what was asked for did not happen. */
function refuseRedirect(response: Response): Response {
  if (!REDIRECTS.has(response.status)) return response
  return new Response('{"message":"Moved"}', { status: 410, headers: { 'content-type': 'application/json' } })
}
