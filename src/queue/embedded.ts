/**
 * The queue inside the server's own process, on SQLite.
 *
 * Durability: a delivery is answered only after its transaction has been written *and flushed* (`synchronous = FULL`), so that
 * it survives the end of the process and the loss of power: GitHub never sends a delivery again by itself, and the press of a
 * button can be read nowhere else. Deliveries that arrive in the same turn of the event loop share one transaction, so the
 * flush is paid once for all of them. What is written about jobs survives the process but not the power (`NORMAL`): the worst
 * that follows is a job that runs once more.
 */
import { setTimeout as pause } from 'node:timers/promises'
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

/**
 * Opens the queue.
 *
 * @throws ConfigurationError when the file cannot be used.
 */
export function createEmbeddedQueue(options: EmbeddedQueueOptions): EmbeddedQueue {
  const { concurrency = 4, perRepository = 2, firstDelay = 2000, longestDelay = 600_000, maxAttempts = 8 } = options
  const delayAfter = (tries: number) => Math.min(longestDelay, firstDelay * 2 ** Math.min(tries - 1, 30))
  const store = openStore(options.file, (tries) => (tries <= 2 ? 0 : delayAfter(tries - 2)), Date.now())

  const running = new Map<string, Claim>()
  const waitingForIdle: (() => void)[] = []
  const waitingForEnds: (() => void)[] = []
  let arrivals: Arrival[] = []
  let work: ((job: Job) => Promise<JobResult>) | undefined
  let timer: NodeJS.Timeout | undefined
  let prunedAt = 0
  let state: 'open' | 'closing' | 'closed' = 'open'

  /** Commits everything that has arrived, then answers. All of it or, if the disk refuses, none. */
  function flush(): void {
    const batch = arrivals
    arrivals = []
    if (batch.length === 0) return
    const now = Date.now()
    let fresh: boolean[] = []
    try {
      store.transaction('power', () => {
        fresh = batch.map(({ delivery: { id, event, jobs } }) => {
          if (!store.insertDelivery(id, event, now)) return false
          for (const { key, intents } of jobs) store.ask(key, id, intents, now)
          return true
        })
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
      return
    }
    for (const [index, { resolve }] of batch.entries()) resolve(fresh[index] === true)
    pump()
  }

  /** Repositories that may not begin another job now. */
  function fullPlaces(): string[] {
    const counts = new Map<string, number>()
    for (const { place } of running.values()) counts.set(place, (counts.get(place) ?? 0) + 1)
    return [...counts].filter(([, count]) => count >= perRepository).map(([place]) => place)
  }

  /** Begins what may begin, and sets the timer for what may begin later. */
  function pump(): void {
    if (state !== 'open' || work === undefined) return
    clearTimeout(timer)
    try {
      while (running.size < concurrency) {
        const claimed = claim()
        if (claimed === undefined) break
        running.set(claimed.text, claimed)
        void run(claimed, work)
      }
      if (running.size < concurrency) {
        const due = store.nextDue(fullPlaces())
        if (due !== undefined) timer = setTimeout(pump, Math.min(Math.max(due - Date.now(), 1), LONGEST_TIMER))
      }
      if (isIdle()) for (const resolve of waitingForIdle.splice(0)) resolve()
    } catch (error) {
      options.onTrouble?.(error)
      timer = setTimeout(pump, firstDelay)
    }
  }

  function claim(): Claim | undefined {
    let claimed: Claim | undefined
    store.transaction('process', () => {
      claimed = store.claim(Date.now(), fullPlaces())
    })
    return claimed
  }

  async function run(claimed: Claim, perform: (job: Job) => Promise<JobResult>): Promise<void> {
    const job = { ...claimed.key, deliveries: claimed.deliveries, intents: claimed.intents, attempt: claimed.tries }
    const begin = performance.now()
    let settle: () => JobEnd
    try {
      const result = await perform(job)
      settle = () => settled(claimed, job, result, performance.now() - begin)
    } catch (error) {
      settle = () => failed(claimed, job, error, performance.now() - begin)
    }
    const end = await settleDurably(settle)
    running.delete(claimed.text)
    if (end !== undefined) options.onEnd?.(end)
    if (running.size === 0) for (const resolve of waitingForEnds.splice(0)) resolve()
    prune()
    pump()
  }

  /**
   * Writes how a job ended, again and again while the disk refuses. Undefined when the queue was closed before: the job then
   * counts as interrupted and is there again at the next start.
   */
  async function settleDurably(settle: () => JobEnd): Promise<JobEnd | undefined> {
    while (state !== 'closed') {
      let end: JobEnd | undefined
      try {
        store.transaction('process', () => {
          end = settle()
        })
        return end
      } catch (error) {
        options.onTrouble?.(error)
        await pause(firstDelay)
      }
    }
    return undefined
  }

  function settled(claimed: Claim, job: Job, { again }: JobResult, milliseconds: number): JobEnd {
    const now = Date.now()
    if (again === undefined) {
      store.succeed(claimed, now)
      return { job, outcome: 'done', milliseconds }
    }
    store.again(claimed, now, now + again.afterMilliseconds)
    return { job, outcome: 'again', milliseconds, delayMilliseconds: again.afterMilliseconds, reason: again.reason }
  }

  function failed(claimed: Claim, job: Job, error: unknown, milliseconds: number): JobEnd {
    const now = Date.now()
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

  function prune(): void {
    const now = Date.now()
    if (now - prunedAt < DAY / 24) return
    prunedAt = now
    store.transaction('process', () => store.prune(now - (options.rememberDays ?? 7) * DAY))
  }

  function isIdle(): boolean {
    if (arrivals.length > 0 || running.size > 0) return false
    const due = store.nextDue([])
    return due === undefined || due > Date.now()
  }

  prune()
  return {
    accept: (delivery) =>
      new Promise((resolve, reject) => {
        if (state !== 'open') return reject(new TransientError('The queue is closing.'))
        if (arrivals.push({ delivery, resolve, reject }) === 1) setImmediate(flush)
      }),
    add(key, afterMilliseconds = 0) {
      if (state !== 'open') return
      store.transaction('process', () => store.add(key, Date.now() + afterMilliseconds))
      pump()
    },
    start(wanted) {
      work = wanted
      pump()
    },
    size: () => (state === 'closed' ? { waiting: 0, running: 0 } : store.count()),
    check: () => store.transaction('process', () => store.touch(Date.now())),
    idle: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => waitingForIdle.push(resolve))),
    async close(milliseconds) {
      if (state !== 'open') return
      flush()
      state = 'closing'
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
      store.close()
      for (const resolve of waitingForIdle.splice(0)) resolve()
    },
  }
}

/** Milliseconds that GitHub asked to wait. */
function retryAfter(error: TransientError): number | undefined {
  const asked = 'retryAfterMilliseconds' in error ? error.retryAfterMilliseconds : undefined
  return typeof asked === 'number' && Number.isFinite(asked) && asked >= 0 ? asked : undefined
}
