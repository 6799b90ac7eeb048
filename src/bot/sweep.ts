/**
 * The sweep: every few minutes it looks for what a lost webhook would have told. It only adds jobs: one for each repository,
 * spread over the interval; that job then adds one for each request that is open or was touched. So it works under the queue's
 * limits, never overlaps with itself, and what it has begun survives a restart.
 */
import type { Job, JobKey, JobResult, Queue } from '../queue/queue.ts'
import type { Log } from './log.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** How far back the first look at a repository goes. */
const FIRST_LOOK = 7 * DAY
/** Clocks differ, and a list may lag behind. */
const OVERLAP = 2 * MINUTE
/** Repositories that are looked at within this distance of each other, at most. */
const LONGEST_STEP = 1000
/** How often a repository's set-up is looked at. */
const SETUP_INTERVAL = 60 * MINUTE
/** Requests of one repository in one sweep; the others come in the next ones. */
const MOST_REQUESTS = 50

/** What the sweep asks GitHub. */
export interface SweepSource {
  /** Repositories of all installations that are not suspended; archived ones left out. */
  repositories(): AsyncIterable<Omit<JobKey, 'subject'>>
  /** Numbers of the open requests. */
  openRequests(repository: Omit<JobKey, 'subject'>): Promise<readonly number[]>
  /** Issues and open pull requests that were touched since then (ISO 8601), as subjects of jobs. */
  touched(repository: Omit<JobKey, 'subject'>, since: string): Promise<readonly string[]>
}

export interface SweepOptions {
  readonly source: SweepSource
  readonly queue: Pick<Queue, 'add'>
  readonly intervalMilliseconds: number
  readonly log: Log
}

export interface Sweep {
  /** Sweeps now, and then every interval. */
  start(): void
  /** One sweep over all repositories. A sweep that runs already is joined. */
  run(): Promise<void>
  /** The job `sweep` of one repository. */
  work(job: Job): Promise<JobResult>
  /** Milliseconds since 1970 of the last one that was finished. */
  finishedAt(): number | undefined
  /** No further sweep begins; resolves when the one that runs has ended. */
  close(): Promise<void>
}

export function createSweep({ source, queue, intervalMilliseconds, log }: SweepOptions): Sweep {
  const lookedAt = new Map<string, number>()
  const setUpAt = new Map<string, number>()
  const cursors = new Map<string, number>()
  let finishedAt: number | undefined
  let current: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function sweep(): Promise<void> {
    const found = []
    for await (const repository of source.repositories()) {
      if (closed) return
      found.push(repository)
    }
    const step = Math.min(LONGEST_STEP, (intervalMilliseconds * 0.8) / Math.max(found.length, 1))
    for (const [index, repository] of found.entries()) {
      queue.add({ ...repository, subject: 'sweep' }, Math.round(index * step))
    }
    finishedAt = Date.now()
    log.debug({ repositories: found.length }, 'swept')
  }

  function run(): Promise<void> {
    current ??= sweep()
      .catch((error: unknown) => log.warn({ err: error }, 'sweep failed; the next one tries again'))
      .finally(() => {
        current = undefined
      })
    return current
  }

  /** At most so many at once, the next sweep going on where this one ended. */
  function portion(place: string, numbers: readonly number[]): number[] {
    const sorted = [...numbers].sort((a, b) => a - b)
    if (sorted.length <= MOST_REQUESTS) return sorted
    const last = cursors.get(place) ?? 0
    const ahead = [...sorted.filter((number) => number > last), ...sorted.filter((number) => number <= last)]
    const chosen = ahead.slice(0, MOST_REQUESTS)
    cursors.set(place, chosen.at(-1) ?? 0)
    return chosen
  }

  return {
    start() {
      const next = () => {
        if (closed) return
        void run().then(() => {
          if (!closed) timer = setTimeout(next, intervalMilliseconds)
        })
      }
      next()
    },
    run,
    async work({ installation, owner, repository }) {
      const key = { installation, owner, repository }
      const place = `${owner}/${repository}`.toLowerCase()
      const now = Date.now()
      const before = lookedAt.get(place)
      const since = new Date(before === undefined ? now - FIRST_LOOK : before - OVERLAP).toISOString()
      const [open, touched] = await Promise.all([source.openRequests(key), source.touched(key, since)])
      const subjects = new Set([...touched, ...portion(place, open).map((number) => `issue:${number}`)])
      if (now - (setUpAt.get(place) ?? 0) >= SETUP_INTERVAL) {
        subjects.add('setup')
        setUpAt.set(place, now)
      }
      for (const subject of subjects) queue.add({ ...key, subject })
      lookedAt.set(place, now)
      return {}
    },
    finishedAt: () => finishedAt,
    async close() {
      closed = true
      clearTimeout(timer)
      await current
    },
  }
}
