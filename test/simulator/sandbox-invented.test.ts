/**
 * Simulators that a test invents, each with its own way of being driven, are found, measured, rendered and right. Two hundred of
 * them in `npm run bench:invented`; the inventor is in `templates/probe/tests/invented`.
 */
import { expect, test } from 'vitest'
import { type InventedRow, tryInvented } from '../../bench/invented/one.ts'

/** Numbers of inventions that together have every receiver, most ways of naming, all units, both signs and both orders. */
const SEEDS = [5, 8, 42, 49, 57, 44, 36, 28, 9, 10, 4, 6, 11, 3, 12, 18, 13, 27, 41, 7]
const AT_ONCE = 2

// A minute on a machine that does nothing else.
test('twenty invented simulators become right adapters', { timeout: 900_000 }, async () => {
  const waiting = [...SEEDS]
  const rows: InventedRow[] = []
  const work = async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) rows.push(await tryInvented(seed))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  expect(rows.map(({ seed, wrong }) => ({ seed, wrong }))).toEqual(rows.map(({ seed }) => ({ seed, wrong: [] })))
  expect(rows.filter(({ verdict }) => verdict !== 'complete').map(({ seed, missing }) => ({ seed, missing }))).toEqual(
    [],
  )
  // What is drawn is varied enough to mean something.
  expect(new Set(rows.map(({ axes }) => axes.receiver)).size).toBeGreaterThanOrEqual(5)
})
