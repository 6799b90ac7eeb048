/** How requests to GitHub are sent: every failure is explained, and a write is repeated only after a look at what it did. */
import type { ProbotOctokit } from 'probot'
import { explain, isAmbiguous, messageOf, statusOf } from './errors.ts'

/** A repository and the client that reaches it. */
export interface Place {
  readonly octokit: ProbotOctokit
  readonly owner: string
  readonly repository: string
}

/** Parameters of every route of a repository. */
export function parameters({ owner, repository }: Place): { readonly owner: string; readonly repo: string } {
  return { owner, repo: repository }
}

/** `owner/repository`, for people. */
export function shown({ owner, repository }: Place): string {
  return `${owner}/${repository}`
}

/** Sends a read. Raises what `explain` makes of a failure. */
export async function asked<T>(place: Place, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    throw explain(error, shown(place))
  }
}

/** Sends a read of something that may not be there; undefined for 404, 410, and in a repository without a commit. */
export async function found<T>(place: Place, send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send()
  } catch (error) {
    const status = statusOf(error)
    if (status === 404 || status === 410) return undefined
    if (status === 409 && /\bempty\b/i.test(messageOf(error))) return undefined
    throw explain(error, shown(place))
  }
}

/**
 * Sends a write. Where nobody knows whether it happened (no answer, a 502), `look` says what came of it; when it finds
 * nothing the write is repeated once. `look` may answer undefined for writes that can be repeated without harm.
 */
export async function written<T>(
  place: Place,
  send: () => Promise<T>,
  look: () => Promise<T | undefined> = async () => undefined,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send()
    } catch (error) {
      if (!isAmbiguous(error)) throw explain(error, shown(place))
      const done = await look()
      if (done !== undefined) return done
      if (tries === 2) throw explain(error, shown(place))
    }
  }
}

/** Reads pages of a hundred until one is short or `limit` entries are there. */
export async function pages<T>(
  place: Place,
  limit: number,
  send: (page: { readonly per_page: number; readonly page: number }) => Promise<{ readonly data: readonly T[] }>,
): Promise<T[]> {
  const all: T[] = []
  for (let page = 1; all.length < limit; page++) {
    const { data } = await asked(place, () => send({ per_page: 100, page }))
    all.push(...data)
    if (data.length < 100) break
  }
  return all.slice(0, limit)
}
