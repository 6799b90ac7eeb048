/** Finds where the lines of a conflict are at the head, and which later changes wrote them. */
import type { Hunk, LineRange } from './merge.ts'
import { hunksBetween, linesOf } from './merge.ts'
import type { RevertEntry } from './revert.ts'

interface TraceInput {
  readonly history: readonly RevertEntry[]
  /** The change that is taken back. */
  readonly from: RevertEntry
  readonly path: string
  /** Lines of the file at `from.commit`; undefined where the whole file is in question. */
  readonly range: LineRange | undefined
  readonly read: (commit: string, path: string) => Promise<string | undefined>
}

interface Traced {
  readonly lines: LineRange
  readonly writers: readonly string[]
}

/**
 * Follows the lines through every later edit of the file; an edit that overlaps them wrote them. Where none does, because edits
 * that touch each other count as one, all that edited the file are named.
 */
export async function traceConflict(input: TraceInput): Promise<Traced> {
  const { history, from, path, read } = input
  const later = history.slice(history.indexOf(from) + 1).filter((entry) => entry.paths.includes(path))
  const traced = input.range === undefined ? undefined : await follow(input, input.range, later)
  if (traced !== undefined && traced.writers.length > 0) return traced
  const head = await read(history.at(-1)?.commit ?? from.commit, path)
  return { lines: { from: 1, to: linesOf(head ?? '').length }, writers: later.map((entry) => entry.id) }
}

async function follow(
  { from, path, read }: TraceInput,
  range: LineRange,
  later: readonly RevertEntry[],
): Promise<Traced> {
  const writers: string[] = []
  let start = range.from - 1
  let end = range.to
  let before = await read(from.commit, path)
  for (const entry of later) {
    const after = await read(entry.commit, path)
    if (!isText(before) || !isText(after)) writers.push(entry.id)
    else {
      const hunks = hunksBetween(linesOf(before ?? ''), linesOf(after ?? ''))
      // Beside a range of lines is not in it; where the range is empty, beside is all there is.
      const touching = hunks.filter((hunk) =>
        start === end ? hunk.start <= end && hunk.end >= start : hunk.start < end && hunk.end > start,
      )
      if (touching.length > 0) writers.push(entry.id)
      const shift = grown(hunks.filter((hunk) => hunk.end <= start && !touching.includes(hunk)))
      const [first, last] = [touching[0]?.start ?? start, touching.at(-1)?.end ?? end]
      start = Math.min(start, first) + shift
      end = Math.max(end, last) + shift + grown(touching)
    }
    before = after
  }
  return { lines: { from: start + 1, to: end }, writers }
}

/** How many lines the text has more after these hunks. */
function grown(hunks: readonly Hunk[]): number {
  return hunks.reduce((sum, hunk) => sum + hunk.lines.length - (hunk.end - hunk.start), 0)
}

/** Whether a content can be merged and written back as text; a file that does not exist can. */
function isText(content: string | undefined): boolean {
  return content === undefined || !content.includes('\0')
}
