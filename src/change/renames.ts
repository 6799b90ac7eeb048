/** Which of the files that one tree has not any more are still there under another name. */
import type { Files, Version } from './files.ts'
import { linesOf } from './merge.ts'

/** Files of which at least half is the same are one file that was renamed, as git has it by default. */
const SIMILAR = 0.5
/** Beyond so many pairs only files that are wholly the same count: each pair is compared line by line. */
const MOST_PAIRS = 400
/** git's name of the empty file: two of them are no sign of a rename. */
const EMPTY = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'

/**
 * Finds for each of `gone` (paths of `before`) the path among `fresh` (of `after`) that it was renamed to; each is taken once,
 * the most similar first.
 */
export async function findRenamed(
  gone: readonly string[],
  fresh: readonly string[],
  before: Files,
  after: Files,
): Promise<Map<string, string>> {
  const pairs: { from: string; to: string; same: number }[] = []
  const compared = gone.length * fresh.length <= MOST_PAIRS
  for (const from of gone) {
    for (const to of fresh) {
      const same = await similarity(before.get(from), after.get(to), compared)
      if (same >= SIMILAR) pairs.push({ from, to, same })
    }
  }
  const name = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  const kept = ({ from, to }: { from: string; to: string }) => Number(name(from) === name(to))
  pairs.sort((one, other) => other.same - one.same || kept(other) - kept(one))
  const found = new Map<string, string>()
  const taken = new Set<string>()
  for (const { from, to } of pairs) {
    if (found.has(from) || taken.has(to)) continue
    found.set(from, to)
    taken.add(to)
  }
  return found
}

/** How much of the larger file is in the other, from 0 to 1, by characters of whole lines. */
async function similarity(one: Version | undefined, other: Version | undefined, compared: boolean): Promise<number> {
  if (one === undefined || other === undefined || one.object === EMPTY) return 0
  if (one.object === other.object) return 1
  if (!compared) return 0
  const [left, right] = [await one.text(), await other.text()]
  if (left === undefined || right === undefined || left === '' || right === '') return 0
  const lines = new Map<string, number>()
  for (const line of linesOf(left)) lines.set(line, (lines.get(line) ?? 0) + 1)
  let common = 0
  for (const line of linesOf(right)) {
    const number = lines.get(line) ?? 0
    if (number === 0) continue
    lines.set(line, number - 1)
    common += line.length
  }
  return common / Math.max(left.length, right.length)
}
