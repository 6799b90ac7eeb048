/**
 * Hidden markers by which Graft finds its own comments again. Only a comment that the App wrote counts: everybody can write
 * the same characters.
 */

export const MARKER_KINDS = ['status', 'plan', 'reply', 'answer', 'verification', 'table'] as const
export type MarkerKind = (typeof MARKER_KINDS)[number]

export interface Marker {
  readonly kind: MarkerKind
  /** What it belongs to: the number, or for a reply (a refusal) or an answer the id of the comment that it answers. */
  readonly of: string
}

/** `<!-- graft:status 12 -->`, an HTML comment that GitHub does not show. */
export function formatMarker({ kind, of }: Marker): string {
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(of)) throw new RangeError(`"${of}" cannot stand in a marker.`)
  return `<!-- graft:${kind} ${of} -->`
}

/** Reads the marker in the first line of a comment; undefined when there is none. */
export function parseMarker(body: string): Marker | undefined {
  const match = /^<!-- graft:([a-z]+) ([A-Za-z0-9_-]{1,80}) -->/.exec(body)
  const kind = MARKER_KINDS.find((known) => known === match?.[1])
  return kind !== undefined && match?.[2] !== undefined ? { kind, of: match[2] } : undefined
}
