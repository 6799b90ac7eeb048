/**
 * Three-way merge of text, line by line. Only edits that overlap conflict: hunks that merely touch are both taken, where git
 * would refuse them. Line ends are part of a line, so they and a missing final newline are kept.
 */
import { diffArrays } from 'diff'

/** Lines counted from 1, both included; an empty range, before line `from`, has `to = from - 1`. */
export interface LineRange {
  readonly from: number
  readonly to: number
}

export interface MergeConflict {
  readonly base: LineRange
  readonly ours: LineRange
  /** Those of `base` that `theirs` edits: ours may have edited more in one go. */
  readonly wanted: LineRange
}

export type MergeResult =
  /** Undefined: the file is deleted. */
  | { readonly type: 'merged'; readonly content: string | undefined }
  /** In the order of the file. */
  | { readonly type: 'conflict'; readonly conflicts: readonly MergeConflict[] }

/** Beyond so many differing lines the difference is taken as one hunk: the search grows with the square of their number. */
const MAX_EDITS = 4000

/**
 * Applies to `ours` what `theirs` changed in `base`. Undefined is a file that does not exist. Insertions at the same point by
 * both sides conflict unless they are equal, as their order is not known; equal edits are made once.
 */
export function merge(base: string | undefined, ours: string | undefined, theirs: string | undefined): MergeResult {
  if (ours === base || ours === theirs) return { type: 'merged', content: theirs }
  if (theirs === base) return { type: 'merged', content: ours }
  if (base === undefined || ours === undefined || theirs === undefined) {
    const whole = (text: string | undefined) => ({ from: 1, to: linesOf(text ?? '').length })
    return { type: 'conflict', conflicts: [{ base: whole(base), ours: whole(ours), wanted: whole(base) }] }
  }
  return mergeLines(linesOf(base), linesOf(ours), linesOf(theirs))
}

/** Lines with their ends; a text without a final newline has a last line without one. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** Lines [start, end) of the old text (from 0) were replaced by `lines`. */
export interface Hunk {
  readonly start: number
  readonly end: number
  readonly lines: readonly string[]
}

/** The hunks that turn one text into the other, in order; no two of them touch. */
export function hunksBetween(before: readonly string[], after: readonly string[]): Hunk[] {
  const parts = diffArrays([...before], [...after], { maxEditLength: MAX_EDITS })
  if (parts === undefined) return [difference(before, after)]
  const hunks: Hunk[] = []
  let position = 0
  let open: { start: number; end: number; lines: string[] } | undefined
  for (const part of parts) {
    if (!part.added && !part.removed) {
      if (open !== undefined) hunks.push(open)
      open = undefined
      position += part.value.length
      continue
    }
    open ??= { start: position, end: position, lines: [] }
    if (part.added) open.lines.push(...part.value)
    else {
      position += part.value.length
      open.end = position
    }
  }
  if (open !== undefined) hunks.push(open)
  return hunks
}

/** Everything between the lines that both texts begin and end with. */
function difference(before: readonly string[], after: readonly string[]): Hunk {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let same = 0
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same += 1
  return { start, end: before.length - same, lines: after.slice(start, after.length - same) }
}

type Sided = Hunk & { readonly side: 'ours' | 'theirs' }

function mergeLines(base: readonly string[], ours: readonly string[], theirs: readonly string[]): MergeResult {
  const sided = (lines: readonly string[], side: Sided['side']): Sided[] =>
    hunksBetween(base, lines).map((hunk) => ({ ...hunk, side }))
  const all = [...sided(ours, 'ours'), ...sided(theirs, 'theirs')].sort((a, b) => a.start - b.start || a.end - b.end)
  const output: string[] = []
  const conflicts: MergeConflict[] = []
  /** Line of base that comes next, and how many lines ours has more than base up to there. */
  let position = 0
  let shift = 0
  for (const group of groupOverlapping(all)) {
    const start = Math.min(...group.map((hunk) => hunk.start))
    const end = Math.max(...group.map((hunk) => hunk.end))
    output.push(...base.slice(position, start))
    position = end
    const mine = group.filter((hunk) => hunk.side === 'ours')
    const other = group.filter((hunk) => hunk.side === 'theirs')
    const grown = mine.reduce((sum, hunk) => sum + hunk.lines.length - (hunk.end - hunk.start), 0)
    const [left, right] = [mine, other].map((hunks) =>
      hunks.length === 0 ? undefined : apply(base, hunks, start, end),
    )
    const only = left === undefined ? right : right === undefined || equal(left, right) ? left : undefined
    if (only !== undefined) output.push(...only)
    else {
      conflicts.push({
        base: { from: start + 1, to: end },
        ours: { from: start + shift + 1, to: end + shift + grown },
        wanted: { from: (other[0]?.start ?? start) + 1, to: other.at(-1)?.end ?? end },
      })
    }
    shift += grown
  }
  if (conflicts.length > 0) return { type: 'conflict', conflicts }
  output.push(...base.slice(position))
  return { type: 'merged', content: output.join('') }
}

/** Groups hunks, sorted by their start, that cannot be applied independently of each other. */
function groupOverlapping(hunks: readonly Sided[]): Sided[][] {
  const groups: Sided[][] = []
  for (const hunk of hunks) {
    const group = groups.at(-1)
    if (group?.some((other) => clash(other, hunk))) group.push(hunk)
    else groups.push([hunk])
  }
  return groups
}

/** `first` begins no later than `second`. */
function clash(first: Sided, second: Sided): boolean {
  if (first.side === second.side) return false
  // Two insertions at one point.
  if (first.end === second.start && first.start === first.end && second.start === second.end) return true
  // What follows a line that has lost its end would be joined to it.
  if (first.end === second.start && first.lines.at(-1)?.endsWith('\n') === false) return true
  return second.start < first.end
}

/** Lines [start, end) of base with the hunks of one side applied. */
function apply(base: readonly string[], hunks: readonly Hunk[], start: number, end: number): string[] {
  const output: string[] = []
  let position = start
  for (const hunk of hunks) {
    output.push(...base.slice(position, hunk.start), ...hunk.lines)
    position = hunk.end
  }
  output.push(...base.slice(position, end))
  return output
}

function equal(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index])
}
