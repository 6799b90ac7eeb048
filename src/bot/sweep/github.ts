/** What the sweep asks GitHub, over its REST API. */
import type { ProbotOctokit } from 'probot'
import type { Hub } from '../../integration/hub.ts'
import type { JobKey } from '../../queue/queue.ts'
import { explain } from '../../repository/github/errors.ts'
import type { Log } from '../log.ts'
import type { SweepSource } from '../sweep.ts'

/** Issues and pull requests of one repository that are looked at in one sweep: three pages. */
const MOST_TOUCHED = 300

export interface GitHubSweepOptions {
  readonly octokit: (installation?: number) => Promise<ProbotOctokit>
  readonly hub: (repository: Omit<JobKey, 'subject'>) => Promise<Pick<Hub, 'requests'>>
  /** What an installation lacks of what the App asks for, one clause each. */
  readonly lacking: (granted: {
    readonly permissions: Readonly<Record<string, string>>
    readonly events: readonly string[]
  }) => readonly string[]
  readonly log: Log
}

export function createGitHubSweepSource({ octokit, hub, lacking, log }: GitHubSweepOptions): SweepSource {
  const told = new Map<number, string>()

  /** Some of what is missing nobody would ever notice: an event that does not come leaves no trace. Said once, and when it changes. */
  function tellLacking(installation: number, missing: readonly string[]): void {
    const before = told.get(installation) ?? ''
    told.set(installation, missing.join())
    if (missing.length > 0 && missing.join() !== before) {
      log.warn({ installation, missing }, 'installation lacks what the App needs')
    }
  }

  async function* repositoriesOf(installation: number): AsyncGenerator<Omit<JobKey, 'subject'>> {
    const client = await octokit(installation)
    const pages = client.paginate.iterator(client.rest.apps.listReposAccessibleToInstallation, { per_page: 100 })
    for await (const { data } of pages) {
      for (const { owner, name, archived } of data) {
        if (archived !== true) yield { installation, owner: owner.login, repository: name }
      }
    }
  }

  return {
    async *repositories() {
      const client = await octokit()
      for await (const { data } of client.paginate.iterator(client.rest.apps.listInstallations, { per_page: 100 })) {
        for (const { id, suspended_at, permissions, events } of data) {
          if (suspended_at) continue
          tellLacking(id, lacking({ permissions: levelsOf(permissions), events }))
          try {
            yield* repositoriesOf(id)
          } catch (error) {
            // One account that was suspended or left just now is no reason to forget the others.
            log.warn({ installation: id, err: error }, 'installation cannot be swept')
          }
        }
      }
    },
    async openRequests(repository) {
      const requests = await (await hub(repository)).requests()
      return requests.filter(({ state }) => state === 'open').map(({ number }) => number)
    },
    async touched({ installation, owner, repository }, since) {
      const client = await octokit(installation)
      const subjects: string[] = []
      const pages = client.paginate.iterator(client.rest.issues.listForRepo, {
        owner,
        repo: repository,
        state: 'all',
        sort: 'updated',
        direction: 'desc',
        since,
        per_page: 100,
      })
      try {
        for await (const { data } of pages) {
          for (const { number, state, pull_request } of data) {
            if (pull_request === undefined) subjects.push(`issue:${number}`)
            else if (state === 'open') subjects.push(`pull:${number}`)
          }
          if (subjects.length >= MOST_TOUCHED) break
        }
      } catch (error) {
        throw explain(error, `${owner}/${repository}`)
      }
      return subjects
    },
  }
}

function levelsOf(permissions: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(permissions).flatMap(([name, level]) => (typeof level === 'string' ? [[name, level]] : [])),
  )
}
