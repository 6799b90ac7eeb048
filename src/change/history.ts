/** Reads the changes of an integration back from its commits: the repository is the database. */
import type { Repository } from '../repository/repository.ts'
import type { Trailers } from './trailers.ts'
import { parseTrailers } from './trailers.ts'

/** One commit of a branch: a change of the integration, or a person's own change (`u1`, `u2`, … in order). */
export type HistoryEntry = {
  readonly id: string
  readonly commit: string
  readonly tree: string
  readonly subject: string
  readonly author: string
  /** See `LogEntry.login`. */
  readonly login?: string | undefined
  /** ISO 8601. */
  readonly at: string
} & ({ readonly origin: 'change'; readonly trailers: Trailers } | { readonly origin: 'person' })

/**
 * Returns the commits between `base` (exclusive) and `head`, oldest first. A commit counts as a change of the integration when
 * Graft made it and its trailers name it; a second commit with the same id, and everything else, is a person's.
 */
export async function readHistory(
  repository: Pick<Repository, 'log'>,
  range: { readonly base: string; readonly head: string; readonly integration: string },
): Promise<HistoryEntry[]> {
  const seen = new Set<string>()
  let people = 0
  return (await repository.log(range.base, range.head)).map((entry) => {
    const { commit, tree, author, login, ours, at, message } = entry
    const common = { commit, tree, author, login, at, subject: message.split('\n', 1)[0] ?? '' }
    const trailers = ours ? parseTrailers(message) : undefined
    if (trailers !== undefined && trailers.integration === range.integration && !seen.has(trailers.change)) {
      seen.add(trailers.change)
      return { ...common, id: trailers.change, origin: 'change', trailers }
    }
    people += 1
    return { ...common, id: `u${people}`, origin: 'person' }
  })
}
