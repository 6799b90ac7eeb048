/** Killed at some of the writes, spread over the whole story; `npm run bench:crash` kills at all of them. */
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { createServices, type Services } from '../../../src/integration/services.ts'
import { CACHE, ROOT } from '../support.ts'
import { type CrashPoint, type Played, playWithCrash } from './crash.ts'
import { rememberingRunner } from './remembering-runner.ts'

const LOCATOR = 'pkg:pypi/qulacs@0.6.14'
/** Of the writes that an undisturbed story makes, so many are tried, half of them before and half of them after. */
const SAMPLE = 6

let services: Services
let undisturbed: Played

const play = (point?: CrashPoint) =>
  playWithCrash({ services, target: join(ROOT, 'templates', 'target'), locator: LOCATOR }, point)

beforeAll(async () => {
  const made = await createServices({ cacheDir: CACHE })
  services = { ...made, runner: rememberingRunner(made.runner) }
  undisturbed = await play()
})

test('the undisturbed story makes at least twenty writes and leaves one of each thing', () => {
  expect(undisturbed.writes.length).toBeGreaterThanOrEqual(20)
  expect(undisturbed.outcome).toMatchObject({
    pulls: ['#1 graft/setup closed', '#3 graft/2-qulacs closed'],
    comments: ['#2 plan', '#2 status', '#2 verification'],
    checks: ['#3 graft success'],
  })
})

test('killed at a write and started again: GitHub looks the same in the end', async () => {
  const count = undisturbed.writes.length
  const points = Array.from(
    { length: SAMPLE },
    (_, index): CrashPoint => ({
      write: Math.max(1, Math.round(((index + 0.5) / SAMPLE) * count)),
      when: index % 2 === 0 ? 'before' : 'after',
      forget: index % 3 === 0,
    }),
  )
  // They wait more than they work.
  for (let first = 0; first < points.length; first += 3) {
    const some = points.slice(first, first + 3)
    const played = await Promise.all(some.map((point) => play(point)))
    for (const [index, { outcome, crashes }] of played.entries()) {
      expect({ at: some[index], crashes, outcome }).toEqual({
        at: some[index],
        crashes: 1,
        outcome: undisturbed.outcome,
      })
    }
  }
})
