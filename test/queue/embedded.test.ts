import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EmbeddedQueue, EmbeddedQueueOptions, JobEnd } from '../../src/queue/embedded.ts'
import { createEmbeddedQueue } from '../../src/queue/embedded.ts'
import type { Job, JobKey, JobResult } from '../../src/queue/queue.ts'
import { formatJobKey } from '../../src/queue/queue.ts'
import { BugError, TransientError, UserError } from '../../src/values/errors.ts'
import type { Intent } from '../../src/values/intent.ts'

const HEAD = 'a'.repeat(40)
let folder: string
let file: string
const open: EmbeddedQueue[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graft-queue-'))
  file = join(folder, 'queue.db')
})

afterEach(async () => {
  vi.useRealTimers()
  for (const queue of open.splice(0)) await queue.close(1000)
  rmSync(folder, { recursive: true })
})

async function create(options: Partial<EmbeddedQueueOptions> = {}): Promise<EmbeddedQueue> {
  const queue = await createEmbeddedQueue({ file, ...options })
  open.push(queue)
  return queue
}

function key(subject: string, repository = 'target', installation = 1): JobKey {
  return { installation, owner: 'Owner', repository, subject }
}

/** Lets fake time pass, and whatever follows from it happen. */
async function pass(queue: EmbeddedQueue, milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds)
  // The queue works in turns of the event loop, of which the clock knows nothing.
  for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate)
  await queue.idle()
}

let deliveries = 0
function delivery(keys: readonly JobKey[], intents: readonly Intent[] = [], id = `d-${++deliveries}`) {
  return { id, event: 'issues', jobs: keys.map((key) => ({ key, intents })) }
}

function press(id: string): Intent {
  return { id, button: 'undo', login: 'ada', head: HEAD }
}

/** Work that ends when the test says so. */
function held() {
  const begun: Job[] = []
  const waiting: { key: string; end: (result: JobResult | Error) => void }[] = []
  const watchers: (() => void)[] = []
  const work = (job: Job) => {
    begun.push(job)
    for (const watch of watchers.splice(0)) watch()
    return new Promise<JobResult>((resolve, reject) => {
      waiting.push({
        key: formatJobKey(job),
        end: (result) => (result instanceof Error ? reject(result) : resolve(result)),
      })
    })
  }
  return {
    work,
    begun,
    subjects: () => begun.map(({ subject }) => subject),
    running: () => waiting.length,
    /** Ends the job that began first. */
    end(result: JobResult | Error = {}) {
      const first = waiting.shift()
      if (first === undefined) throw new Error('Nothing runs.')
      first.end(result)
    },
    /** Resolves when so many have begun. */
    async until(count: number) {
      while (begun.length < count) await new Promise<void>((resolve) => watchers.push(resolve))
    },
  }
}

describe('deliveries', () => {
  test('one that was taken is not taken again, in this process or the next', async () => {
    const seen: string[] = []
    const queue = await create()
    queue.start(async ({ subject }) => {
      seen.push(subject)
      return {}
    })
    expect(await queue.accept(delivery([key('issue:1')], [], 'same'))).toBe(true)
    expect(await queue.accept(delivery([key('issue:1')], [], 'same'))).toBe(false)
    await queue.idle()
    await queue.close(0)
    const next = await create()
    next.start(() => Promise.reject(new Error('There is nothing to do.')))
    expect(await next.accept(delivery([key('issue:1')], [], 'same'))).toBe(false)
    expect(next.size()).toEqual({ waiting: 0, running: 0 })
    expect(seen).toEqual(['issue:1'])
  })

  test('twice in the same batch, one is new', async () => {
    const queue = await create()
    const answers = await Promise.all([
      queue.accept(delivery([key('issue:1')], [], 'twin')),
      queue.accept(delivery([key('issue:1')], [], 'twin')),
    ])
    expect(answers).toEqual([true, false])
  })

  test('keys that wait are merged, whatever the spelling; the job names its deliveries and all presses, each once', async () => {
    const queue = await create()
    await queue.accept(delivery([key('issue:1', 'target')], [press('p1')], 'one'))
    await queue.accept(delivery([key('issue:1', 'TARGET', 2)], [press('p2')], 'two'))
    await queue.accept(delivery([key('issue:1')], [press('p1')], 'three'))
    await queue.accept(delivery([key('issue:2')]))
    expect(queue.size()).toEqual({ waiting: 2, running: 0 })
    const jobs: Job[] = []
    queue.start(async (job) => {
      jobs.push(job)
      return {}
    })
    await queue.idle()
    expect(jobs).toHaveLength(2)
    expect(jobs[0]).toMatchObject({ subject: 'issue:1', deliveries: ['one', 'two', 'three'], attempt: 1 })
    expect(jobs[0]?.intents.map(({ id }) => id)).toEqual(['p1', 'p2'])
  })

  test('a storm of deliveries for one job that waits stays small, and loses no press', async () => {
    const queue = await create()
    for (let index = 0; index < 60; index++) await queue.accept(delivery([key('issue:1')]))
    await queue.accept(delivery([key('issue:1')], [press('late')]))
    const jobs: Job[] = []
    queue.start(async (job) => {
      jobs.push(job)
      return {}
    })
    await queue.idle()
    expect(jobs).toHaveLength(1)
    expect(jobs[0]?.deliveries).toHaveLength(20)
    expect(jobs[0]?.intents).toMatchObject([{ id: 'late' }])
  })

  test('what cannot be written is refused as a whole, and nothing of it is there', async () => {
    const queue = await create()
    const bad = { ...delivery([key('issue:1')]), event: undefined as unknown as string }
    const answers = await Promise.allSettled([queue.accept(delivery([key('issue:2')])), queue.accept(bad)])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(queue.size().waiting).toBe(0)
    expect(await queue.accept(delivery([key('issue:2')]))).toBe(true)
  })

  test('ids are forgotten after some days', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const queue = await create({ rememberDays: 3 })
    await queue.accept(delivery([key('issue:1')], [], 'old'))
    await queue.close(0)
    vi.setSystemTime(Date.now() + 2.9 * 86_400_000)
    const before = await create({ rememberDays: 3 })
    expect(await before.accept(delivery([key('issue:1')], [], 'old'))).toBe(false)
    await before.close(0)
    vi.setSystemTime(Date.now() + 0.2 * 86_400_000)
    expect(await (await create({ rememberDays: 3 })).accept(delivery([key('issue:1')], [], 'old'))).toBe(true)
  })
})

describe('work', () => {
  test('one job a key at a time; what comes meanwhile runs it once more', async () => {
    const queue = await create()
    const { work, begun, until, end, running } = held()
    queue.start(work)
    await queue.accept(delivery([key('issue:1')], [press('p1')]))
    await until(1)
    await queue.accept(delivery([key('issue:1')], [press('p2')]))
    await queue.accept(delivery([key('issue:1')]))
    queue.add(key('issue:1'))
    expect(running()).toBe(1)
    end()
    await until(2)
    expect(begun[1]?.intents.map(({ id }) => id)).toEqual(['p2'])
    end()
    await queue.idle()
    expect(begun).toHaveLength(2)
  })

  test('limits hold: overall, and for each repository', async () => {
    const queue = await create({ concurrency: 3, perRepository: 2 })
    const { work, until, end, subjects, running } = held()
    queue.start(work)
    await queue.accept(delivery(['issue:1', 'issue:2', 'issue:3', 'issue:4'].map((subject) => key(subject, 'one'))))
    await queue.accept(delivery([key('issue:5', 'two'), key('issue:6', 'three')]))
    await until(3)
    expect(running()).toBe(3)
    expect(subjects().slice(0, 2)).toEqual(['issue:1', 'issue:2'])
    expect(['issue:5', 'issue:6']).toContain(subjects()[2])
    for (let more = 4; more <= 6; more++) {
      end()
      await until(more)
      expect(running()).toBe(3)
    }
    for (let left = 3; left > 0; left--) end()
    await queue.idle()
  })

  test('a failure that passes is tried again for as long as it takes, later each time, with its presses', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const ends: JobEnd[] = []
    const queue = await create({ firstDelay: 1000, longestDelay: 8000, maxAttempts: 3, onEnd: (end) => ends.push(end) })
    const seen: Job[] = []
    queue.start(async (job) => {
      seen.push(job)
      if (seen.length < 7) throw new TransientError('The network is down.')
      return {}
    })
    await queue.accept(delivery([key('issue:1')], [press('p1')]))
    await queue.idle()
    for (let tries = 1; tries < 7; tries++) {
      await pass(queue, (ends.at(-1)?.delayMilliseconds ?? 0) - 1)
      expect(seen).toHaveLength(tries)
      await pass(queue, 1)
      expect(seen).toHaveLength(tries + 1)
    }
    expect(ends.map(({ delayMilliseconds }) => delayMilliseconds)).toEqual([
      1000,
      2000,
      4000,
      8000,
      8000,
      8000,
      undefined,
    ])
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(seen.every(({ intents }) => intents[0]?.id === 'p1')).toBe(true)
    expect(queue.size()).toEqual({ waiting: 0, running: 0 })
  })

  test('no delivery hurries a failure, but it hurries what only waits', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const queue = await create({ firstDelay: 60_000 })
    const seen: string[] = []
    queue.start(async ({ subject }) => {
      seen.push(subject)
      if (subject === 'issue:1') throw new TransientError('502')
      return { again: { afterMilliseconds: 60_000, reason: 'a run has not ended' } }
    })
    await queue.accept(delivery([key('issue:1'), key('issue:2')]))
    await queue.idle()
    queue.add(key('issue:2'))
    await pass(queue, 1000)
    expect(seen).toEqual(['issue:1', 'issue:2'])
    await queue.accept(delivery([key('issue:1'), key('issue:2')]))
    await queue.idle()
    expect(seen).toEqual(['issue:1', 'issue:2', 'issue:2'])
    await pass(queue, 60_000)
    expect(seen.filter((subject) => subject === 'issue:1')).toHaveLength(2)
  })

  test('a rate limit holds every job of that installation until its moment, also in the next process', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const seen: string[] = []
    const work = async ({ subject, installation }: Job): Promise<JobResult> => {
      seen.push(`${installation} ${subject}`)
      if (seen.length === 1) throw new TransientError('429', { retryAfterMilliseconds: 90_000 })
      return {}
    }
    const first = await create({ firstDelay: 1000 })
    first.start(work)
    await first.accept(delivery([key('issue:1')]))
    await first.idle()
    await first.accept(delivery([key('issue:2'), key('issue:3', 'other', 2)]))
    await first.idle()
    expect(seen).toEqual(['1 issue:1', '2 issue:3'])
    await first.close(0)
    const second = await create()
    second.start(work)
    await pass(second, 89_990)
    expect(seen).toHaveLength(2)
    await pass(second, 20)
    expect(seen.slice(2).sort()).toEqual(['1 issue:1', '1 issue:2'])
  })

  test.each([new UserError('No.'), new BugError('Oops.'), new Error('undefined is not a function')])(
    'what does not pass is given up after some tries: %s',
    async (error) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
      const ends: JobEnd[] = []
      const queue = await create({ maxAttempts: 3, onEnd: (end) => ends.push(end) })
      queue.start(() => Promise.reject(error))
      await queue.accept(delivery([key('issue:1')]))
      await queue.idle()
      for (let hour = 0; hour < 4; hour++) await pass(queue, 3_600_000)
      expect(ends.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'given_up'])
      expect(ends[2]?.error).toBe(error)
      expect(queue.size()).toEqual({ waiting: 0, running: 0 })
    },
  )

  test('the sweep does not hurry what waits, and can come later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const queue = await create()
    const seen: string[] = []
    queue.start(async ({ subject }) => {
      seen.push(subject)
      return {}
    })
    queue.add(key('issue:2'), 5000)
    queue.add(key('issue:2'))
    queue.add(key('issue:1'))
    await queue.idle()
    expect(seen).toEqual(['issue:1'])
    await pass(queue, 5001)
    expect(seen).toEqual(['issue:1', 'issue:2'])
  })

  test('property: every key is worked on after the last time it was asked for, never twice at once', async () => {
    const command = fc.record({ subject: fc.integer({ min: 1, max: 4 }), turn: fc.boolean(), fails: fc.boolean() })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
        const queue = await createEmbeddedQueue({
          file: join(folder, `${++run}.db`),
          firstDelay: 1,
          longestDelay: 1,
          concurrency: 3,
        })
        const active = new Set<string>()
        const askedAt = new Map<string, number>()
        const readAt = new Map<string, number>()
        const fails = new Set(commands.flatMap(({ subject, fails }) => (fails ? [`issue:${subject}`] : [])))
        let clock = 0
        queue.start(async ({ subject }) => {
          expect(active.has(subject)).toBe(false)
          active.add(subject)
          const read = ++clock
          await new Promise(setImmediate)
          active.delete(subject)
          if (fails.delete(subject)) throw new TransientError('once')
          readAt.set(subject, read)
          return {}
        })
        for (const { subject, turn } of commands) {
          askedAt.set(`issue:${subject}`, ++clock)
          await queue.accept(delivery([key(`issue:${subject}`)]))
          if (turn) await new Promise(setImmediate)
        }
        while (queue.size().waiting + queue.size().running > 0) await new Promise(setImmediate)
        for (const [subject, asked] of askedAt) expect(readAt.get(subject)).toBeGreaterThan(asked)
        await queue.close(100)
      }),
      { numRuns: 15 },
    )
  })
})

describe('end and beginning', () => {
  test('closing waits for what runs, begins nothing, and keeps what waits', async () => {
    const queue = await create({ concurrency: 1 })
    const { work, until, end } = held()
    queue.start(work)
    await queue.accept(delivery([key('issue:1'), key('issue:2')]))
    await until(1)
    const closed = queue.close(60_000)
    await expect(queue.accept(delivery([key('issue:3')]))).rejects.toThrow(TransientError)
    end()
    await closed
    const next = await create()
    expect(next.size()).toEqual({ waiting: 1, running: 0 })
  })

  test('a job that was cut off is there again, once, with its presses and its count', async () => {
    const queue = await create()
    const { work, until, end } = held()
    queue.start(work)
    await queue.accept(delivery([key('issue:1')], [press('p1')]))
    await until(1)
    await queue.accept(delivery([key('issue:1')], [press('p2')]))
    await queue.close(0)
    // The interrupted work goes on to its end, which nobody hears any more.
    end()
    const next = await create()
    expect(next.size()).toEqual({ waiting: 1, running: 0 })
    const jobs: Job[] = []
    next.start(async (job) => {
      jobs.push(job)
      return {}
    })
    await next.idle()
    expect(jobs).toHaveLength(1)
    expect(jobs[0]).toMatchObject({ attempt: 2, intents: [{ id: 'p1' }, { id: 'p2' }] })
  })

  test('a file that another server uses, that is damaged or cannot be made is named in one sentence', async () => {
    await create()
    await expect(createEmbeddedQueue({ file })).rejects.toThrow(/is in use: another Graft server/)
    const damaged = join(folder, 'damaged.db')
    writeFileSync(
      damaged,
      'This is not a database, although it is long enough to look like one at a glance.'.repeat(20),
    )
    await expect(createEmbeddedQueue({ file: damaged })).rejects.toThrow(/is damaged\. Delete it/)
    await expect(createEmbeddedQueue({ file: join(folder, 'no', 'folder.db') })).rejects.toThrow(/cannot be opened/)
  })

  test('it says whether it can write', async () => {
    const queue = await create()
    expect(() => queue.check()).not.toThrow()
    await queue.close(0)
    expect(() => queue.check()).toThrow()
  })
})
