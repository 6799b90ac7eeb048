/** Events are hints: doubled, lost or in any other order, the same story ends in the same state. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { playStory } from '../../../src/cli/demo/story.ts'
import type { Delivery, EmbeddedGitHub } from '../../../src/embedded/embedded.ts'
import { createServices, type Services } from '../../../src/integration/services.ts'
import { CACHE } from '../support.ts'
import { type BoxOptions, inBox } from './box.ts'
import { type Outcome, outcomeOf } from './crash.ts'
import { rememberingRunner } from './remembering-runner.ts'

const SOURCE = 'pkg:pypi/qulacs@0.6.14'
/** Nothing here is about how often people are written to. */
const PACE = { editMilliseconds: 0, noRunMilliseconds: 180_000 }
/** So many other orders; `GRAFT_REORDERINGS=10` tries ten. */
const REORDERINGS = Number(process.env.GRAFT_REORDERINGS ?? 3)
/** Stories at once: they wait more than they work. */
const AT_ONCE = 4
/** What arrives within this time is shuffled. */
const SHUFFLE_MILLISECONDS = 400

let services: Services
let undisturbed: Outcome

beforeAll(async () => {
  const made = await createServices({ cacheDir: CACHE })
  services = { ...made, runner: rememberingRunner(made.runner) }
  undisturbed = await play()
})

/** Plays the whole story with what comes between GitHub and the App. */
function play(between: (github: EmbeddedGitHub) => void = () => undefined, more: Partial<BoxOptions> = {}) {
  const options: BoxOptions = { services, requester: 'write', pace: PACE, beforeInstallation: between, ...more }
  return inBox(options, async (box) => {
    await playStory(box, SOURCE, () => undefined)
    const outcome = await outcomeOf(box)
    expect(box.violations()).toEqual([])
    return outcome
  })
}

test('the story leaves one of each thing', () => {
  expect(undisturbed).toMatchObject({
    pulls: ['#1 graft/setup closed', '#3 graft/2-qulacs closed'],
    comments: ['#2 plan', '#2 status', '#2 verification'],
    checks: ['#3 graft success'],
  })
})

test('every event doubled, with its own id and with another', async () => {
  let doubled = 0
  const outcome = await play((github) => {
    github.onDelivery = async (delivery) => {
      doubled += 1
      await github.deliver(delivery)
      await github.deliver({ ...delivery, id: randomUUID() })
      return true
    }
  })
  expect(outcome).toEqual(undisturbed)
  expect(doubled).toBeGreaterThan(20)
})

test('every event lost: the sweep alone', async () => {
  let lost = 0
  const drop = (github: EmbeddedGitHub) => {
    github.onDelivery = () => {
      lost += 1
      return false
    }
  }
  expect(await play(drop, { sweepMilliseconds: 500 })).toEqual(undisturbed)
  expect(lost).toBeGreaterThan(20)
})

test('events in other orders', async () => {
  const seeds = Array.from({ length: REORDERINGS }, (_, index) => index + 1)
  for (let first = 0; first < seeds.length; first += AT_ONCE) {
    const some = seeds.slice(first, first + AT_ONCE)
    const outcomes = await Promise.all(some.map((seed) => reordered(seed)))
    for (const [index, outcome] of outcomes.entries()) {
      expect({ seed: some[index], outcome }).toEqual({ seed: some[index], outcome: undisturbed })
    }
  }
})

async function reordered(seed: number): Promise<Outcome> {
  let held: Delivery[] = []
  let timer: NodeJS.Timeout | undefined
  let sent = 0
  try {
    return await play((github) => {
      github.onDelivery = (delivery) => {
        held.push(delivery)
        return false
      }
      timer = setInterval(() => {
        const [order = []] = fc.sample(fc.shuffledSubarray(held, { minLength: held.length }), {
          ...{ seed: seed * 1000 + sent, numRuns: 1 },
        })
        sent += order.length
        // One of several is overtaken by what comes next.
        held = order.length > 2 ? order.splice(-1) : []
        for (const delivery of order) void github.deliver(delivery)
      }, SHUFFLE_MILLISECONDS)
    })
  } finally {
    clearInterval(timer)
  }
}
