/**
 * The queue inside the server's own process, on SQLite.
 *
 * Durability: a delivery is answered only after its transaction has been written *and flushed*, so that it survives the end of
 * the process and the loss of power: GitHub never sends a delivery again by itself, and the press of a button can be read
 * nowhere else. What arrives while a flush is on its way shares the next transaction and the next flush, so that a burst costs
 * few of both. What is written about jobs is not flushed: the worst that a power failure does to it is a job that runs once
 * more.
 */
import { TransientError } from '../values/errors.ts'
import type { Job, JobResult, Queue } from './queue.ts'
import type { Claim } from './store.ts'
import { openStore } from './store.ts'

const DAY = 86_400_000
/** The longest time that a timer of Node can wait. */
const LONGEST_TIMER = 2 ** 31 - 1

export interface EmbeddedQueueOptions {
  /** Made when missing; its folder must exist. One process at a time. */
  readonly file: string
  /** Jobs at once. Default 4. */
  readonly concurrency?: number
  /** Jobs of one repository at once. Default 2. */
  readonly perRepository?: number
  /** Delay after the first failure, in milliseconds; it doubles with each further one. Default 2,000. */
  readonly firstDelay?: number
  /** Default 600,000. */
  readonly longestDelay?: number
  /** A job that failed so often, and not for a passing reason, is given up; the sweep will ask for it again. Default 8. */
  readonly maxAttempts?: number
  /** Days that delivery ids are remembered. GitHub offers to redeliver for three. Default 7. */
  readonly rememberDays?: number
  /** Hears how each job ended, for log and metrics. */
  readonly onEnd?: (end: JobEnd) => void
  /** Hears that the file cannot be written (a full disk). It is tried again. */
  readonly onTrouble?: (error: unknown) => void
}

export interface JobEnd {
  readonly job: Job
  readonly outcome: 'done' | 'again' | 'failed' | 'given_up'
  readonly milliseconds: number
  /** Until it runs again. */
  readonly delayMilliseconds?: number
  readonly reason?: string
  readonly error?: unknown
}

export interface EmbeddedQueue extends Queue {
  /** Writes to the file. Throws when that is not possible. */
  check(): void
}

type Delivery = Parameters<Queue['accept']>[0]

interface Arrival {
  readonly delivery: Delivery
  readonly resolve: (isNew: boolean) => void
  readonly reject: (error: unknown) => void
}

/** A job whose work has ended, and that the file does not know of yet. */
interface Ending {
  readonly claim: Claim
  readonly job: Job
  readonly outcome: { readonly result: JobResult } | { readonly error: unknown }
  readonly milliseconds: number
}

/**
 * Opens the queue.
 *
 * @throws ConfigurationError when the file cannot be used.
 */
export async function createEmbeddedQueue(options: EmbeddedQueueOptions): Promise<EmbeddedQueue> {
  const { concurrency = 4, perRepository = 2, firstDelay = 2000, longestDelay = 600_000, maxAttempts = 8 } = options
  const delayAfter = (tries: number) => Math.min(longestDelay, firstDelay * 2 ** Math.min(tries - 1, 30))
  const store = await openStore(options.file, (tries) => (tries <= 2 ? 0 : delayAfter(tries - 2)), Date.now())

  let running = new Map<string, Claim>()
  const waitingForIdle: (() => void)[] = []
  const waitingForEnds: (() => void)[] = []
  let arrivals: Arrival[] = []
  let endings: Ending[] = []
  let work: ((job: Job) => Promise<JobResult>) | undefined
  let accepting: Promise<void> | undefined
  let turnComes = false
  let timer: NodeJS.Timeout | undefined
  let prunedAt = 0
  let state: 'open' | 'closing' | 'closed' = 'open'

  /** Commits, flushes and answers what has arrived, until nothing arrives any more. */
  async function acceptAll(): Promise<void> {
    // The other deliveries of this turn of the event loop come along.
    await new Promise(setImmediate)
    while (arrivals.length > 0) {
      const batch = arrivals
      arrivals = []
      try {
        const fresh = turn(batch)
        await store.sync()
        for (const [index, { resolve }] of batch.entries()) resolve(fresh[index] === true)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    accepting = undefined
    lookWhetherIdle()
  }

  /** A turn soon, without arrivals: jobs have ended, or may begin. */
  function turnSoon(): void {
    if (turnComes || state === 'closed') return
    turnComes = true
    setImmediate(() => {
      turnComes = false
      if (state === 'closed') return
      try {
        turn([])
      } catch (error) {
        options.onTrouble?.(error)
        clearTimeout(timer)
        timer = setTimeout(turnSoon, firstDelay)
      }
    })
  }

  /**
   * One transaction: takes what has arrived, writes how jobs ended, and begins what may begin. All of it happens or, if the
   * disk refuses, nothing. Gives for each arrival whether it is new.
   */
  function turn(batch: readonly Arrival[]): boolean[] {
    const now = Date.now()
    const ended = endings
    const left = new Map(running)
    for (const { claim } of ended) left.delete(claim.text)
    const { fresh, ends, begun } = store.transaction(() => ({
      fresh: batch.map(({ delivery: { id, event, jobs } }) => {
        if (!store.insertDelivery(id, event, now)) return false
        for (const { key, intents } of jobs) store.ask(key, id, intents, now)
        return true
      }),
      ends: ended.map((ending) => settle(ending, now)),
      begun: begin(left, now),
    }))
    endings = endings.slice(ended.length)
    running = left
    for (const end of ends) options.onEnd?.(end)
    for (const claim of begun) void perform(claim)
    wakeUp(now)
    prune(now)
    return fresh
  }

  /** Claims all that may begin beside what runs. */
  function begin(beside: Map<string, Claim>, now: number): Claim[] {
    const begun: Claim[] = []
    while (state === 'open' && work !== undefined && beside.size < concurrency) {
      const claim = store.claim(now, fullPlaces(beside))
      if (claim === undefined) break
      beside.set(claim.text, claim)
      begun.push(claim)
    }
    return begun
  }

  /** Repositories that may not begin another job now. */
  function fullPlaces(beside: ReadonlyMap<string, Claim>): string[] {
    const counts = new Map<string, number>()
    for (const { place } of beside.values()) counts.set(place, (counts.get(place) ?? 0) + 1)
    return [...counts].filter(([, count]) => count >= perRepository).map(([place]) => place)
  }

  /** Sets the timer for what may begin later, and tells who waits for jobs to end. */
  function wakeUp(now: number): void {
    if (running.size === 0) for (const resolve of waitingForEnds.splice(0)) resolve()
    clearTimeout(timer)
    if (state !== 'open' || work === undefined) return
    if (running.size < concurrency) {
      const due = store.nextDue(now, fullPlaces(running))
      if (due !== undefined) timer = setTimeout(turnSoon, Math.min(Math.max(due - now, 1), LONGEST_TIMER))
    }
    lookWhetherIdle()
  }

  async function perform(claim: Claim): Promise<void> {
    if (work === undefined) return
    const job = { ...claim.key, deliveries: claim.deliveries, intents: claim.intents, attempt: claim.tries }
    const begin = performance.now()
    let outcome: Ending['outcome']
    try {
      outcome = { result: await work(job) }
    } catch (error) {
      outcome = { error }
    }
    // When the queue was closed before, the job counts as interrupted: it is there again at the next start.
    endings.push({ claim, job, outcome, milliseconds: performance.now() - begin })
    turnSoon()
  }

  function settle({ claim, job, outcome, milliseconds }: Ending, now: number): JobEnd {
    return 'result' in outcome
      ? settled(claim, job, outcome.result, milliseconds, now)
      : failed(claim, job, outcome.error, milliseconds, now)
  }

  function settled(claimed: Claim, job: Job, { again }: JobResult, milliseconds: number, now: number): JobEnd {
    if (again === undefined) {
      store.succeed(claimed, now)
      return { job, outcome: 'done', milliseconds }
    }
    store.again(claimed, now, now + again.afterMilliseconds)
    return { job, outcome: 'again', milliseconds, delayMilliseconds: again.afterMilliseconds, reason: again.reason }
  }

  function failed(claimed: Claim, job: Job, error: unknown, milliseconds: number, now: number): JobEnd {
    const passes = error instanceof TransientError
    if (!passes && claimed.tries >= maxAttempts) {
      store.succeed(claimed, now)
      return { job, outcome: 'given_up', milliseconds, error }
    }
    const asked = passes ? retryAfter(error) : undefined
    if (asked !== undefined) store.hold(job.installation, now + asked)
    const delayMilliseconds = asked ?? delayAfter(claimed.tries)
    store.fail(claimed, now + delayMilliseconds)
    return { job, outcome: 'failed', milliseconds, delayMilliseconds, error }
  }

  function prune(now: number): void {
    if (now - prunedAt < DAY / 24) return
    prunedAt = now
    store.transaction(() => store.prune(now - (options.rememberDays ?? 7) * DAY))
  }

  function isIdle(): boolean {
    if (accepting !== undefined || running.size > 0) return false
    const now = Date.now()
    const due = store.nextDue(now, [])
    return due === undefined || due > now
  }

  function lookWhetherIdle(): void {
    if (waitingForIdle.length > 0 && isIdle()) for (const resolve of waitingForIdle.splice(0)) resolve()
  }

  prune(Date.now())
  return {
    accept: (delivery) =>
      new Promise((resolve, reject) => {
        if (state !== 'open') return reject(new TransientError('The queue is closing.'))
        arrivals.push({ delivery, resolve, reject })
        accepting ??= acceptAll()
      }),
    add(key, afterMilliseconds = 0) {
      if (state !== 'open') return
      store.transaction(() => store.add(key, Date.now() + afterMilliseconds))
      turnSoon()
    },
    start(wanted) {
      work = wanted
      turnSoon()
    },
    size: () => (state === 'closed' ? { waiting: 0, running: 0 } : store.count()),
    check: () => store.transaction(() => store.touch(Date.now())),
    idle: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => waitingForIdle.push(resolve))),
    async close(milliseconds) {
      if (state !== 'open') return
      state = 'closing'
      await accepting
      clearTimeout(timer)
      if (running.size > 0) {
        await new Promise<void>((resolve) => {
          const patience = setTimeout(resolve, milliseconds)
          waitingForEnds.push(() => {
            clearTimeout(patience)
            resolve()
          })
        })
      }
      state = 'closed'
      clearTimeout(timer)
      await store.close()
      for (const resolve of waitingForIdle.splice(0)) resolve()
    },
  }
}

/** Milliseconds that GitHub asked to wait. */
function retryAfter(error: TransientError): number | undefined {
  const asked = 'retryAfterMilliseconds' in error ? error.retryAfterMilliseconds : undefined
  return typeof asked === 'number' && Number.isFinite(asked) && asked >= 0 ? asked : undefined
}
