import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/integration/command.ts'
import { parseMarker } from '../../src/values/marker.ts'
import { changes } from './support/facts.ts'
import {
  essence,
  head,
  merge,
  push,
  reconcile,
  START,
  say,
  setIssue,
  setPull,
  settle,
  type World,
} from './support/model.ts'

const approve: Command = { name: 'approve', changes: 'all' }

/** Nothing doubled, whatever happened. */
function checkInvariants(world: World): void {
  const ours = world.comments.filter((one) => one.ours).map((one) => parseMarker(one.body))
  for (const kind of ['status', 'plan', 'verification'] as const) {
    expect(ours.filter((marker) => marker?.kind === kind).length, kind).toBeLessThanOrEqual(1)
  }
  const replies = ours.flatMap((marker) => (marker?.kind === 'reply' ? [marker.of] : []))
  expect(new Set(replies).size).toBe(replies.length)
  const commands = world.commits.flatMap(({ command }) => command ?? [])
  expect(new Set(commands).size).toBe(commands.length)
  for (const { ours: own, reactions } of world.comments) expect(own ? 0 : reactions.length).toBeLessThanOrEqual(1)
  const edits = world.writes.filter(({ what }) => what === 'edit status')
  for (const [index, { at }] of edits.entries()) {
    const before = edits[index - 1]
    if (before !== undefined) expect(at - before.at).toBeGreaterThanOrEqual(10_000)
  }
}

/** Every command of a person has an answer, and another look changes nothing. */
function checkSettled(world: World): void {
  checkInvariants(world)
  const again = reconcile({ ...world, now: world.now + 60_000 }).world
  expect(again.writes).toEqual(world.writes)
}

describe('a request from the issue to the verified merge', () => {
  it('takes the expected way, with few writes', () => {
    let world = settle(START)
    expect(world.pull?.state).toBe('open')
    world = settle(say(world, 'ada', [approve]))
    world = settle(merge(world))
    expect(essence(world)).toMatchObject({
      ...{ pull: { merged: true }, status: 'finished', jobs: [], comments: ['plan', 'status', 'verification'] },
      reactions: [['rocket']],
    })
    checkSettled(world)
    const n = changes.length
    expect(n).toBe(5)
    expect(world.writes.length).toBeLessThanOrEqual(2 * n + 17)
    const notifying = world.writes.filter(({ what }) => what.startsWith('comment') || what === 'pull')
    expect(notifying.length).toBeLessThanOrEqual(5)
  })

  it('ends the same wherever the process is killed', () => {
    const story = (killAfter: number | undefined) => {
      const live = (world: World) => settle(killAfter === undefined ? world : reconcile(world, killAfter).world)
      let world = live(START)
      world = live(say(world, 'ada', [approve]))
      world = live(say(world, 'bob', [{ name: 'revert', changes: ['c2'] }]))
      world = live(say(world, 'bob', [approve]))
      return live(merge(world))
    }
    const whole = essence(story(undefined))
    expect(whole).toMatchObject({ pull: { merged: true }, status: 'finished' })
    for (let steps = 0; steps < 25; steps += 1) expect(essence(story(steps)), `killed after ${steps}`).toEqual(whole)
  })
})

/** One thing that a person does, in a state in which a person can do it. */
type Act = { readonly name: string; readonly can: (world: World) => boolean; readonly does: (world: World) => World }

const answered = (world: World) => world.comments.every((one) => one.ours || one.reactions.length > 0)
const open = (world: World) => world.pull?.state === 'open' && world.issueOpen
const working = (world: World) => world.issueOpen && world.pull?.merged !== true

/** Acts whose effect does not depend on how quickly Graft looks. */
const ACTS: readonly Act[] = [
  { name: 'help', can: () => true, does: (world) => say(world, 'eve', [{ name: 'help' }]) },
  { name: 'stranger approves', can: open, does: (world) => say(world, 'eve', [approve]) },
  { name: 'approve', can: open, does: (world) => say(world, 'ada', [approve]) },
  { name: 'revert', can: open, does: (world) => say(world, 'bob', [{ name: 'revert', changes: ['c3'] }]) },
  { name: 'undo', can: open, does: (world) => say(world, 'bob', [{ name: 'undo', count: 1 }]) },
  { name: 'redo', can: open, does: (world) => say(world, 'bob', [{ name: 'redo', count: 1 }]) },
  { name: 'push', can: (world) => open(world) && answered(world), does: (world) => push(world, 'adapter.txt') },
  { name: 'close issue', can: (world) => working(world) && answered(world), does: (world) => setIssue(world, false) },
  {
    name: 'reopen issue',
    can: (world) => !world.issueOpen && world.pull?.merged !== true && answered(world),
    does: (world) => setIssue(world, true),
  },
  { name: 'merge', can: (world) => open(world) && answered(world) && merge(world) !== world, does: merge },
]

describe('interleaved with what people do', () => {
  it('ends in the same state however often, late or in pieces it looks', () => {
    const looks = fc.array(
      fc.record({ act: fc.constantFrom(...ACTS), steps: fc.array(fc.nat(12), { maxLength: 3 }) }),
      {
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(looks, (script) => {
        let quick = settle(START)
        let slow = quick
        for (const { act, steps } of script) {
          if (!act.can(quick)) continue
          quick = settle(act.does(quick))
          // The other one looks in pieces, and as often as it likes, before it may do the next thing.
          if (!act.can(slow)) slow = settle(slow)
          slow = act.does(slow)
          for (const most of steps) slow = reconcile({ ...slow, now: slow.now + 700 }, most).world
          checkInvariants(slow)
        }
        slow = settle(slow)
        checkSettled(quick)
        checkSettled(slow)
        expect(essence(slow)).toEqual(essence(quick))
      }),
      { numRuns: 200 },
    )
  })

  const anything: fc.Arbitrary<(world: World) => World> = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('ada' as const, 'bob' as const, 'eve' as const),
        fc.array(
          fc.constantFrom<Command>(
            { name: 'help' },
            { name: 'plan' },
            { name: 'integrate' },
            { name: 'cancel' },
            { name: 'retest' },
            approve,
            { name: 'approve', changes: ['c1', 'c9'] },
            { name: 'revert', changes: ['c2'] },
            { name: 'revert', changes: ['r1'] },
            { name: 'reject', changes: ['c3'], reason: 'no' },
            { name: 'undo', count: 1 },
            { name: 'undo', count: 2 },
            { name: 'redo', count: 1 },
            { name: 'snapshot', snapshot: 'one' },
            { name: 'restore', snapshot: 'one' },
            { name: 'changes' },
            { name: 'diff', from: 'c1' },
            { name: 'deploy' },
          ),
          { minLength: 1, maxLength: 3 },
        ),
      )
      .map(
        ([login, given]) =>
          (world: World) =>
            say(world, login, given),
      ),
    fc.constantFrom('adapter.txt', 'new.txt').map((path) => (world: World) => push(world, path)),
    fc.boolean().map((isOpen) => (world: World) => setIssue(world, isOpen)),
    fc.constantFrom('open' as const, 'closed' as const).map((state) => (world: World) => setPull(world, state)),
    fc.constant(merge),
    fc.constant((world: World): World => ({ ...world, runs: world.runs.map((run) => ({ ...run, done: true })) })),
    fc.constantFrom('hash-1', 'hash-2').map(
      (hash) =>
        (world: World): World => ({ ...world, hash }),
    ),
    fc.nat(20_000).map(
      (wait) =>
        (world: World): World => ({ ...world, now: world.now + wait }),
    ),
    fc.nat(15).map((most) => (world: World) => reconcile(world, most).world),
    fc.constant((world: World) => reconcile(world).world),
  )

  it('doubles nothing and always comes to rest, whatever happens', () => {
    fc.assert(
      fc.property(fc.constantFrom(START, settle(START)), fc.array(anything, { maxLength: 25 }), (begin, events) => {
        let world = begin
        for (const event of events) {
          world = event(world)
          checkInvariants(world)
        }
        world = settle(world)
        checkSettled(world)
        for (const one of world.comments) {
          if (!one.ours && world.issueOpen) expect(one.reactions.length, `comment ${one.id}`).toBe(1)
        }
      }),
      { numRuns: 600 },
    )
  })

  it('keeps every commit that a person pushed', () => {
    let world = settle(START)
    world = push(say(world, 'bob', [{ name: 'revert', changes: ['c2'] }]), 'adapter.txt')
    world = settle(world)
    expect(world.commits.map(({ id }) => id)).toEqual(['c1', 'c2', 'c3', 'c4', 'c5', 'u1', 'r1'])
    expect(head(world)?.files['adapter.txt']).toBe('edited 0')
  })
})
