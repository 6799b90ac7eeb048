import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from '../../src/bot/log.ts'
import type { SweepSource } from '../../src/bot/sweep.ts'
import { createSweep } from '../../src/bot/sweep.ts'
import type { Job, JobKey } from '../../src/queue/queue.ts'

const log = createLog('silent', [])
const INTERVAL = 300_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

function place(repository: string): Omit<JobKey, 'subject'> {
  return { installation: 1, owner: 'o', repository }
}

function job(repository: string): Job {
  return { ...place(repository), subject: 'sweep', deliveries: [], intents: [], attempt: 1 }
}

function create(source: Partial<SweepSource>) {
  const added: { readonly name: string; readonly after: number }[] = []
  const sweep = createSweep({
    source: {
      async *repositories() {},
      openRequests: async () => [],
      touched: async () => [],
      ...source,
    },
    queue: {
      add: ({ repository, subject }, after = 0) => void added.push({ name: `${repository}#${subject}`, after }),
    },
    intervalMilliseconds: INTERVAL,
    log,
  })
  return { sweep, added, names: () => added.map(({ name }) => name) }
}

test('it sweeps at once and then every interval, until it is closed', async () => {
  const { sweep, added } = create({
    async *repositories() {
      yield place('one')
    },
  })
  expect(sweep.finishedAt()).toBeUndefined()
  sweep.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(added).toEqual([{ name: 'one#sweep', after: 0 }])
  expect(sweep.finishedAt()).toBe(Date.now())
  await vi.advanceTimersByTimeAsync(2 * INTERVAL)
  expect(added).toHaveLength(3)
  await sweep.close()
  await vi.advanceTimersByTimeAsync(2 * INTERVAL)
  expect(added).toHaveLength(3)
})

test('many repositories are spread over the interval, few come quickly', async () => {
  const many = create({
    async *repositories() {
      for (let index = 0; index < 1000; index++) yield place(`r${index}`)
    },
  })
  await many.sweep.run()
  expect(many.added.at(-1)?.after).toBeGreaterThan(INTERVAL / 2)
  expect(many.added.at(-1)?.after).toBeLessThan(INTERVAL)
  expect(new Set(many.added.map(({ after }) => after)).size).toBe(1000)
  const few = create({
    async *repositories() {
      for (let index = 0; index < 5; index++) yield place(`r${index}`)
    },
  })
  await few.sweep.run()
  expect(few.added.at(-1)?.after).toBe(4000)
})

test('a sweep that still runs is joined, not doubled', async () => {
  let listed = 0
  let go = () => {}
  const { sweep } = create({
    async *repositories() {
      listed++
      await new Promise<void>((resolve) => {
        go = resolve
      })
      yield place('one')
    },
  })
  const both = Promise.all([sweep.run(), sweep.run()])
  go()
  await both
  expect(listed).toBe(1)
})

test('one that fails is tried again with the next interval', async () => {
  let tries = 0
  const { sweep, names } = create({
    async *repositories() {
      if (++tries === 1) throw new Error('502')
      yield place('one')
    },
  })
  sweep.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(sweep.finishedAt()).toBeUndefined()
  await vi.advanceTimersByTimeAsync(INTERVAL)
  expect(names()).toEqual(['one#sweep'])
  await sweep.close()
})

test('the job of a repository asks for what is open, what was touched, and now and then the set-up', async () => {
  const since: string[] = []
  const { sweep, added, names } = create({
    openRequests: async () => [12, 3],
    touched: async (_, from) => {
      since.push(from)
      return ['issue:12', 'issue:7', 'pull:34']
    },
  })
  const start = Date.now()
  await sweep.work(job('one'))
  expect(names().sort()).toEqual(['one#issue:12', 'one#issue:3', 'one#issue:7', 'one#pull:34', 'one#setup'])
  expect(since[0]).toBe(new Date(start - 7 * 86_400_000).toISOString())
  added.length = 0
  vi.setSystemTime(start + INTERVAL)
  await sweep.work(job('one'))
  expect(names()).not.toContain('one#setup')
  // From the last look on, and a little before.
  expect(since[1]).toBe(new Date(start - 120_000).toISOString())
  vi.setSystemTime(start + 3_600_000)
  await sweep.work(job('one'))
  expect(names()).toContain('one#setup')
})

test('a look that failed is done again from the same moment', async () => {
  const since: string[] = []
  const { sweep } = create({
    touched: async (_, from) => {
      since.push(from)
      if (since.length === 2) throw new Error('502')
      return []
    },
  })
  await sweep.work(job('one'))
  vi.setSystemTime(Date.now() + INTERVAL)
  await expect(sweep.work(job('one'))).rejects.toThrow('502')
  vi.setSystemTime(Date.now() + INTERVAL)
  await sweep.work(job('one'))
  expect(since[2]).toBe(since[1])
})

test('hundreds of requests come in portions, and each has its turn', async () => {
  const open = Array.from({ length: 120 }, (_, index) => index + 1)
  const { sweep, added, names } = create({ openRequests: async () => open })
  const seen = new Set<string>()
  for (let round = 0; round < 3; round++) {
    added.length = 0
    await sweep.work(job('one'))
    expect(names().filter((name) => name !== 'one#setup')).toHaveLength(50)
    for (const name of names()) seen.add(name)
  }
  expect(seen.size).toBe(121)
})
