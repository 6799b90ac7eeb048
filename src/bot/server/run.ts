/** Puts the server together: log, metrics, queue, the App, the sweep, and the work that jobs do. */
import { join } from 'node:path'
import type { Hub } from '../../integration/hub.ts'
import type { EmbeddedQueue, JobEnd } from '../../queue/embedded.ts'
import { createEmbeddedQueue } from '../../queue/embedded.ts'
import type { Job, JobKey, JobResult } from '../../queue/queue.ts'
import { createGithubRepository } from '../../repository/github.ts'
import type { Repository } from '../../repository/repository.ts'
import { GraftError } from '../../values/errors.ts'
import type { AppIdentity } from '../github/facts.ts'
import { createHub } from '../hub.ts'
import type { Log } from '../log.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import type { RunningServer } from '../server.ts'
import { startServer } from '../server.ts'
import type { ServerSettings } from '../settings.ts'
import { createGitHubSweepSource } from '../sweep/github.ts'
import { createSweep } from '../sweep.ts'
import { makeDataDir } from './data-dir.ts'
import type { GitHubApp } from './github-app.ts'
import { createGitHubApp } from './github-app.ts'
import { lackingOf, readManifest } from './manifest.ts'

type Place = Omit<JobKey, 'subject'>

const MANIFEST = join(import.meta.dirname, '../../../app.yml')

/** What the work of a job is made of. */
export interface WorkPorts {
  readonly app: AppIdentity
  readonly octokit: GitHubApp['octokit']
  readonly hub: (place: Place) => Promise<Hub>
  readonly repository: (place: Place) => Promise<Repository>
  readonly queue: EmbeddedQueue
  readonly log: Log
}

export interface BotOptions {
  readonly settings: ServerSettings
  /** Makes the work, once, before the first job. */
  readonly createWork: (ports: WorkPorts) => (job: Job) => Promise<JobResult>
  /** Default: standard output, redacted. */
  readonly log?: Log
  /** Spaces writes as GitHub asks. Default true; off where GitHub is a test. */
  readonly throttle?: boolean
}

/** The secrets of the settings, for the log. */
export function secretsOf({ privateKey, webhookSecret }: ServerSettings): string[] {
  return [privateKey, webhookSecret]
}

/**
 * Starts the whole server.
 *
 * @throws ConfigurationError when GitHub does not know the App, the folder cannot be used or the port is taken;
 *   TransientError when GitHub cannot be reached.
 */
export async function startBot(options: BotOptions): Promise<RunningServer> {
  const { settings, throttle } = options
  const log = options.log ?? createLog(settings.logLevel, secretsOf(settings))
  await makeDataDir(settings.dataDir)

  let sweptAt: () => number | undefined = () => undefined
  const metrics = createMetrics({ queueSize: () => queue.size(), sweptAt: () => sweptAt() })
  const queue = await createEmbeddedQueue({
    file: join(settings.dataDir, 'queue.db'),
    concurrency: settings.concurrency,
    onEnd(end) {
      metrics.job(end)
      logEnd(log, end)
    },
    onTrouble: (error) => log.error({ err: error }, 'queue cannot be written; it is tried again'),
  })
  try {
    const github = createGitHubApp({ ...settings, baseUrl: settings.apiUrl, throttle, log, metrics })
    const app = await github.identity()
    log.info({ app: app.slug, api: settings.apiUrl }, 'GitHub knows the App')
    const place = async ({ installation, owner, repository }: Place) => ({
      octokit: await github.octokit(installation),
      app,
      owner,
      repository,
    })
    const hub = async (of: Place) => createHub(await place(of))
    const manifest = await readManifest(MANIFEST)
    const sweep = createSweep({
      source: createGitHubSweepSource({
        ...{ octokit: github.octokit, hub, log },
        lacking: (granted) => lackingOf(manifest, granted),
      }),
      queue,
      intervalMilliseconds: settings.sweepMilliseconds,
      log,
    })
    sweptAt = sweep.finishedAt
    const work = options.createWork({
      app,
      octokit: github.octokit,
      hub,
      repository: async (of) => createGithubRepository(await place(of)),
      queue,
      log,
    })
    return await startServer({ ...settings, secret: settings.webhookSecret, app, queue, sweep, work, metrics, log })
  } catch (error) {
    await queue.close(0)
    throw error
  }
}

/** A bug is an error, whatever passes or a person can mend is a warning. */
function logEnd(log: Log, { job, outcome, milliseconds, delayMilliseconds, reason, error }: JobEnd): void {
  const facts = {
    repository: `${job.owner}/${job.repository}`,
    subject: job.subject,
    deliveries: job.deliveries,
    attempt: job.attempt,
    milliseconds: Math.round(milliseconds),
    ...(delayMilliseconds === undefined ? {} : { againAfterMilliseconds: delayMilliseconds }),
    ...(reason === undefined ? {} : { reason }),
  }
  switch (outcome) {
    case 'done':
      log.info(facts, 'job done')
      break
    case 'again':
      log.info(facts, 'job will be looked at again')
      break
    case 'failed':
      if (error instanceof GraftError && error.audience !== 'bug') log.warn({ ...facts, err: error }, 'job failed')
      else log.error({ ...facts, err: error }, 'job failed')
      break
    case 'given_up':
      log.error({ ...facts, intents: job.intents, err: error }, 'job given up; the sweep will ask for it again')
      break
    default:
      outcome satisfies never
  }
}
