/**
 * Kill -9 before and after every write of one integration. The points are the writes that an undisturbed story makes, none is
 * picked by hand; after each the server starts again, and in the end GitHub has to look as if nothing had happened.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OWNER, REPOSITORY } from '../../../src/cli/demo/people.ts'
import { openStage, type Stage } from '../../../src/cli/demo/stage.ts'
import { playStory } from '../../../src/cli/demo/story.ts'
import type { Exchange, Fault } from '../../../src/embedded/embedded.ts'
import type { Services } from '../../../src/integration/services.ts'
import { parseMarker } from '../../../src/values/marker.ts'
import { type KillableServer, serveKillable } from './killable.ts'

const REPO = `/repos/${OWNER}/${REPOSITORY}`
/** Nothing here is about how often people are written to. */
const PACE_OF_TESTS = { editMilliseconds: 0, noRunMilliseconds: 180_000 }

/** Where the server is killed: at which of its writes, and whether GitHub has done it by then. */
export interface CrashPoint {
  /** From 1. */
  readonly write: number
  readonly when: 'before' | 'after'
  /** The queue is lost, too. */
  readonly forget: boolean
}

/** What GitHub shows at the end. Equal outcomes: nothing was doubled, lost or left behind. */
export interface Outcome {
  /** Branches and the tree of each. */
  readonly branches: Readonly<Record<string, string>>
  /** First lines of the commits of the default branch. */
  readonly commits: readonly string[]
  /** Head branch and state of each pull request. */
  readonly pulls: readonly string[]
  /** Graft's own comments by thread and kind. */
  readonly comments: readonly string[]
  /** Check runs `graft` of each integration's head. */
  readonly checks: readonly string[]
}

export interface Played {
  readonly outcome: Outcome
  /** Writes of the App in their order, `POST /repos/{owner}/{repo}/git/trees`. */
  readonly writes: readonly string[]
  readonly crashes: number
  readonly exchanges: readonly Exchange[]
  /** Seconds from the filing of the issue to the tested pull request. */
  readonly seconds: number
  /** Seconds from the kill to the next write of the process that came after it; undefined where nothing was left to write. */
  readonly recovered?: number
}

export interface CrashOptions {
  readonly services: Services
  readonly target: string
  readonly locator: string
}

/** Plays the whole story, and kills the server once where it is asked to. */
export async function playWithCrash(options: CrashOptions, point?: CrashPoint): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-crash-'))
  const writes: string[] = []
  let server: KillableServer | undefined
  let stage: Stage | undefined
  let killed: number | undefined
  let recovered: number | undefined
  const crash = () => {
    killed = performance.now()
    server?.crash(point?.forget === true)
  }
  try {
    stage = await openStage({
      ...{ folder, target: options.target, services: options.services, port: 0, requester: 'write' },
      embedded: {
        fault({ method, route, path, actor }): Fault | undefined {
          if (method === 'GET' || !actor.startsWith('installation:')) return undefined
          writes.push(`${method} ${route ?? path}`)
          if (killed !== undefined) recovered ??= (performance.now() - killed) / 1000
          if (writes.length !== point?.write) return undefined
          if (point.when === 'before') crash()
          return { drop: point.when }
        },
        onExchange: ({ number }) => {
          // The write has been done by now, and its answer never reached the server.
          if (point?.when === 'after' && stage !== undefined && isPoint(stage.github.exchanges, number, point)) {
            crash()
          }
        },
      },
      serve: async (settings) => {
        server = await serveKillable({ ...settings, sweepMilliseconds: 60_000, pace: PACE_OF_TESTS })
        return server
      },
    })
    const { seconds } = await playStory(stage, options.locator, () => undefined)
    const outcome = await outcomeOf(stage)
    return {
      ...{ outcome, writes, crashes: server?.crashes() ?? 0, exchanges: stage.github.exchanges, seconds },
      ...(recovered === undefined ? {} : { recovered }),
    }
  } finally {
    await stage?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Whether this exchange is the write at which the server is to be killed. */
function isPoint(exchanges: readonly Exchange[], number: number, point: CrashPoint): boolean {
  const before = exchanges.filter((one) => isWrite(one) && one.number <= number)
  const last = before.at(-1)
  return last?.number === number && before.length === point.write
}

/** A write of the App in the name of its installation. */
export function isWrite({ method, actor }: Pick<Exchange, 'method' | 'actor'>): boolean {
  return method !== 'GET' && actor.startsWith('installation:')
}

/** Reads what GitHub shows, once the branches of jobs are gone. */
export async function outcomeOf({ github, mia, until }: Stage): Promise<Outcome> {
  const list = <T>(path: string) => mia<T[]>('GET', `${REPO}${path}${path.includes('?') ? '&' : '?'}per_page=100`)
  type Named = { readonly name: string; readonly commit: { readonly sha: string } }
  // The last job's branch goes after the last comment.
  const branches = await until(
    'the end of the jobs’ branches',
    async () => {
      await github.idle()
      const all = await list<Named>('/branches')
      return all.some(({ name }) => name.startsWith('graft-measure/')) ? undefined : all
    },
    60,
  )
  type Logged = { readonly commit: { readonly message: string } }
  const commits = (await list<Logged>('/commits')).map(({ commit }) => commit.message.split('\n')[0] ?? '')
  const trees = await Promise.all(
    branches.map(async ({ name, commit }) => {
      const { tree } = await mia<{ tree: { sha: string } }>('GET', `${REPO}/git/commits/${commit.sha}`)
      return [name, tree.sha] as const
    }),
  )
  type Thread = { readonly number: number; readonly state: string; readonly head: { ref: string; sha: string } }
  const pulls = await list<Thread>('/pulls?state=all')
  const threads = await list<{ readonly number: number }>('/issues?state=all')
  const comments: string[] = []
  for (const { number } of threads) {
    type Comment = { readonly body: string; readonly user: { readonly login: string } }
    for (const { body, user } of await list<Comment>(`/issues/${number}/comments`)) {
      if (user.login === 'graft[bot]') comments.push(`#${number} ${parseMarker(body)?.kind ?? 'unmarked'}`)
    }
  }
  const checks: string[] = []
  // The set-up is merged at once: who is quicker than the events has no use for a check run of its last commit.
  for (const { number, head } of pulls.filter((pull) => pull.head.ref !== 'graft/setup')) {
    type Check = { readonly name: string; readonly conclusion: string | null; readonly app: { readonly slug: string } }
    const path = `${REPO}/commits/${head.sha}/check-runs?filter=all&per_page=100`
    const { check_runs } = await mia<{ check_runs: Check[] }>('GET', path)
    for (const { app, name, conclusion } of check_runs) {
      if (app.slug === 'graft') checks.push(`#${number} ${name} ${conclusion}`)
    }
  }
  return {
    branches: Object.fromEntries(trees.sort()),
    commits: commits.sort(),
    pulls: pulls.map(({ number, head, state }) => `#${number} ${head.ref} ${state}`).sort(),
    comments: comments.sort(),
    checks: checks.sort(),
  }
}
