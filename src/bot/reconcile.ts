/** The work of a job: what is to be looked at, with the rights of its installation. Everything else is read from GitHub. */
import { createHash } from 'node:crypto'
import type { Hub } from '../integration/hub.ts'
import { createCommitCache, type IssuePorts } from '../integration/issue-ports.ts'
import type { Pace } from '../integration/pace.ts'
import { reconcileIssue } from '../integration/reconcile-issue.ts'
import { reconcileGroup, reconcilePull } from '../integration/reconcile-pull.ts'
import { reconcileSetup } from '../integration/reconcile-setup.ts'
import type { Job, JobKey, JobResult, Queue } from '../queue/queue.ts'
import type { Repository } from '../repository/repository.ts'
import type { Runner } from '../simulator/runner.ts'
import type { PythonTarget } from '../source/wheel-tags.ts'
import { BugError } from '../values/errors.ts'
import { buttonCommand } from './commands/button.ts'
import { parseAnswers, parseCommands } from './commands/parse.ts'
import { allowedCommands } from './commands/table.ts'
import { readRequest } from './form/request.ts'
import type { Log } from './log.ts'
import { views } from './views/views.ts'

type Place = Omit<JobKey, 'subject'>

/** Each keeps some megabytes. */
const MOST_REPOSITORIES = 4
/** Of texts that were parsed; each takes some hundred bytes. */
const MOST_RESULTS = 5000

export interface WorkerOptions {
  readonly hub: (place: Place) => Promise<Hub>
  readonly repository: (place: Place) => Promise<Repository>
  /** The runner for the jobs of one issue; `files` is the same repository. */
  readonly runner: (place: Place, files: Repository) => Promise<(issue: number) => Runner>
  readonly queue: Pick<Queue, 'add'>
  readonly log: Log
  /** Python that decides which version and which wheel of a package is read; found out before the first walk. */
  readonly python: () => Promise<PythonTarget>
  /** Downloads are kept here. Deleting it costs time, never data. */
  readonly cacheDir: string
  readonly templatesDir: string
  /** Address of the site, without a slash at its end. */
  readonly webUrl: string
  /** Ends what runs when the server stops. */
  readonly signal?: AbortSignal
  readonly now?: () => Date
  /** Default: `PACE`. */
  readonly pace?: Pace
}

/**
 * Makes the work for everything but the sweep. What it raises is for the queue: a TransientError is tried again, a bug as well
 * and is logged; what people can put right has been said to them where they asked.
 */
export function createWorker(options: WorkerOptions): (job: Job) => Promise<JobResult> {
  const commits = createCommitCache()
  // Every look reads everything again, and strangers choose how long the parser takes.
  const readOnce = remembering(readRequest)
  const parseOnce = remembering(parseCommands)
  const answersOnce = remembering(parseAnswers)
  const { hub: hubOf, templatesDir, cacheDir, webUrl, queue } = options
  const repositories = new Map<string, Repository>()

  /** What git objects hold never changes: the repositories that were looked at last are kept with what they have read. */
  async function repositoryOf(place: Place): Promise<Repository> {
    const key = `${place.installation}/${place.owner}/${place.repository}`
    const repository = repositories.get(key) ?? (await options.repository(place))
    repositories.delete(key)
    repositories.set(key, repository)
    if (repositories.size > MOST_REPOSITORIES) repositories.delete(repositories.keys().next().value ?? '')
    return repository
  }

  async function issue(job: Job, number: number): Promise<JobResult> {
    const [hub, repository] = [await hubOf(job), await repositoryOf(job)]
    const ports: IssuePorts = {
      ...{ hub, repository, commits, cacheDir, templatesDir },
      readRequest: ({ title, body, labels }, takenNames) => readOnce({ title, body, labels }, takenNames),
      runner: await options.runner(job, repository),
      faces: { views, allowed: allowedCommands },
      // What was reacted to changes nothing about what was said.
      readCommands: (comment) => parseOnce({ ...comment, reactions: [] }),
      readAnswers: (comment) => answersOnce({ ...comment, reactions: [] }),
      readButton: buttonCommand,
      python: await options.python(),
      signal: options.signal ?? new AbortController().signal,
      now: options.now ?? (() => new Date()),
      ...(options.pace === undefined ? {} : { pace: options.pace }),
    }
    const facts = { repository: `${job.owner}/${job.repository}`, issue: number, deliveries: job.deliveries }
    return reconcileIssue(ports, number, job, {
      blocked: (error) => options.log.warn({ ...facts, err: error }, 'an integration cannot go on'),
      bug: (error) => options.log.error({ ...facts, err: error }, 'an integration met a bug'),
    })
  }

  return async (job) => {
    const { installation, owner, repository } = job
    const [kind, rest] = partsOf(job.subject)
    switch (kind) {
      case 'issue':
        return issue(job, numberOf(rest))
      case 'setup':
        await reconcileSetup({
          ...{ hub: await hubOf(job), repository: await repositoryOf(job), views, templatesDir, webUrl },
        })
        return {}
      case 'pull': {
        // Two jobs must not work on one integration at once: the queue keeps them apart by their key.
        const { subject } = await reconcilePull(await hubOf(job), await repositoryOf(job), numberOf(rest))
        if (subject !== undefined) queue.add({ installation, owner, repository, subject })
        return {}
      }
      case 'group':
        await reconcileGroup(await hubOf(job), rest)
        return {}
      default:
        throw new BugError(`Nobody knows what to do about ${JSON.stringify(job.subject)}.`)
    }
  }
}

/** A pure function with its last results, by a hash of what it was given. */
function remembering<A extends readonly unknown[], R>(read: (...given: A) => R): (...given: A) => R {
  const known = new Map<string, R>()
  return (...given) => {
    const key = createHash('sha256').update(JSON.stringify(given)).digest('base64')
    if (known.has(key)) return known.get(key) as R
    const result = read(...given)
    known.set(key, result)
    if (known.size > MOST_RESULTS) known.delete(known.keys().next().value ?? '')
    return result
  }
}

function partsOf(subject: string): [string, string] {
  const colon = subject.indexOf(':')
  return colon < 0 ? [subject, ''] : [subject.slice(0, colon), subject.slice(colon + 1)]
}

function numberOf(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new BugError(`${JSON.stringify(text)} is no number of an issue.`)
  return number
}
