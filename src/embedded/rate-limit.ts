/** The primary rate limit: 5,000 requests an hour for whoever asks, 60 without a token. Counted, and shown in every answer. */

const HOUR_SECONDS = 3600

export interface RateState {
  readonly limit: number
  readonly used: number
  readonly remaining: number
  /** Seconds since the epoch. */
  readonly reset: number
}

export interface RateLimit {
  /** Counts one request and answers the headers. */
  headers(actor: string): Record<string, string>
  state(actor: string): RateState
}

/** Makes the counters. `now` is the clock in milliseconds. Nobody is refused: tests do that by a fault. */
export function createRateLimit(now: () => number): RateLimit {
  const windows = new Map<string, { used: number; reset: number }>()
  const window = (actor: string) => {
    const seconds = Math.floor(now() / 1000)
    const known = windows.get(actor)
    if (known !== undefined && known.reset > seconds) return known
    const fresh = { used: 0, reset: seconds + HOUR_SECONDS }
    windows.set(actor, fresh)
    return fresh
  }
  const state = (actor: string): RateState => {
    const { used, reset } = window(actor)
    const limit = actor === 'anonymous' ? 60 : 5000
    return { limit, used, remaining: Math.max(0, limit - used), reset }
  }
  return {
    state,
    headers(actor) {
      window(actor).used += 1
      const { limit, used, remaining, reset } = state(actor)
      return {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-used': String(used),
        'x-ratelimit-reset': String(reset),
        'x-ratelimit-resource': 'core',
      }
    },
  }
}
