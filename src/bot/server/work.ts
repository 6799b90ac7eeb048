/** The work of the server's jobs, from its settings. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Job, JobResult } from '../../queue/queue.ts'
import { createActionsRunner } from '../../simulator/actions.ts'
import type { PythonTarget } from '../../source/wheel-tags.ts'
import { createWorker } from '../reconcile.ts'
import type { ServerSettings } from '../settings.ts'
import type { WorkPorts } from './run.ts'

/** What the workflow installs decides which wheel is read; the server itself starts no program. */
const WORKFLOW_PYTHON: PythonTarget = {
  version: '3.12.0',
  others: async () => [{ version: '3.13.0' }, { version: '3.11.0' }],
}

/** Makes the work for one server. */
export function createWork(
  settings: Pick<ServerSettings, 'apiUrl' | 'dataDir' | 'pace'>,
): (ports: WorkPorts) => (job: Job) => Promise<JobResult> {
  const cacheDir = join(settings.dataDir, 'cache')
  const { pace } = settings
  const limits = pace === undefined ? {} : { noRunMilliseconds: pace.noRunMilliseconds }
  const templatesDir = fileURLToPath(new URL('../../../templates', import.meta.url))
  return ({ octokit, hub, repository, queue, log }) =>
    createWorker({
      ...{ hub, repository, queue, log, cacheDir, templatesDir, webUrl: webUrlOf(settings.apiUrl) },
      ...(pace === undefined ? {} : { pace }),
      runner: async ({ installation, owner, repository: name }, files) => {
        const place = { octokit: await octokit(installation), owner, repository: name }
        return (issue) => createActionsRunner({ ...place, issue, files, templatesDir, cacheDir, ...limits })
      },
      python: async () => WORKFLOW_PYTHON,
    })
}

/** Of GitHub `https://github.com`; elsewhere the API is below the site, or is its own origin. */
function webUrlOf(apiUrl: string): string {
  const { origin, hostname } = new URL(apiUrl)
  return hostname === 'api.github.com' ? 'https://github.com' : origin
}
