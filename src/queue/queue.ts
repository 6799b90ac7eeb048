/**
 * The port of the work queue. A job is only a key: "look at this again". What is to be done is read from GitHub when the job
 * runs, so that lost, doubled and reordered jobs end in the same state.
 */
import type { Intent } from '../values/intent.ts'

/** `owner/name`, as GitHub spells it now. */
export interface JobKey {
  /** Installation whose rights the job works with. */
  readonly installation: number
  readonly owner: string
  readonly repository: string
  /**
   * What to look at: `issue:12` an integration, `setup` the onboarding, `pull:34` a pull request that may be none of ours,
   * `group:SHA` the head of a merge queue, `sweep` everything of the repository.
   */
  readonly subject: string
}

/** One text per key; jobs with the same text never run at the same time. */
export function formatJobKey(key: JobKey): string {
  return `${key.owner}/${key.repository}#${key.subject}`.toLowerCase()
}

export interface Job extends JobKey {
  /** Deliveries that asked for it, for the log. */
  readonly deliveries: readonly string[]
  /** What GitHub's state does not show afterwards (the press of a button); kept until the job has succeeded. */
  readonly intents: readonly Intent[]
  /** 1 for the first try. */
  readonly attempt: number
}

/**
 * What becomes of a job after its work: done, or again after a while (a run that has not ended, an edit that comes too early).
 * A delivery that asks for the same job meanwhile brings it forward. A rate limit is no result but a `TransientError` with
 * `retryAfterMilliseconds`: until then no job of the installation begins, whatever asks for it.
 */
export type JobResult = { readonly again?: { readonly afterMilliseconds: number; readonly reason: string } }

export interface Queue {
  /**
   * Takes a delivery durably: when this has resolved, a crash loses nothing. False for a delivery id that was taken before.
   * Keys that wait already are merged with the new ones. A promise, as deliveries that come together share one commit.
   */
  accept(delivery: {
    readonly id: string
    readonly event: string
    readonly jobs: readonly { readonly key: JobKey; readonly intents: readonly Intent[] }[]
  }): Promise<boolean>
  /** Adds a job that no delivery asked for (the sweep), to begin after a while (default: now). One that waits stays as it is. */
  add(key: JobKey, afterMilliseconds?: number): void
  /** Starts working: at most `concurrency` jobs at once, at most one per key. */
  start(work: (job: Job) => Promise<JobResult>): void
  /** Jobs that wait or run, for metrics and tests. */
  size(): { readonly waiting: number; readonly running: number }
  /** Resolves when nothing waits that is due and nothing runs. */
  idle(): Promise<void>
  /** Lets running jobs end (at most `milliseconds`), then closes; what waits is kept for the next start. */
  close(milliseconds: number): Promise<void>
}
