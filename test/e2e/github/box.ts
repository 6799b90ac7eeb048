/** A GitHub in a box with the App's server beside it, for stories: everything is seen through REST and git alone. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../../src/bot/log.ts'
import { startBot } from '../../../src/bot/server/run.ts'
import { createWork } from '../../../src/bot/server/work.ts'
import { OWNER, REPOSITORY } from '../../../src/cli/demo/people.ts'
import type { Hands, Stage, StageOptions } from '../../../src/cli/demo/stage.ts'
import { openStage } from '../../../src/cli/demo/stage.ts'
import type { EmbeddedGitHub, Exchange } from '../../../src/embedded/embedded.ts'
import { parseMarker } from '../../../src/values/marker.ts'
import { validateExchange } from '../../support/openapi/validate.ts'
import { ROOT } from '../support.ts'

export const NAME = `${OWNER}/${REPOSITORY}`
export const REPO = `/repos/${NAME}`
/** Seconds in which something is to be seen on GitHub; a busy machine is slow, not wrong. */
const PATIENCE = 240

export interface Pull {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly state: string
  readonly merged: boolean
  readonly draft: boolean
  readonly created_at: string
  readonly user: { readonly login: string }
  readonly head: { readonly ref: string; readonly sha: string }
  readonly merge_commit_sha: string | null
}
export interface Comment {
  readonly id: number
  readonly body: string
  readonly created_at: string
  readonly user: { readonly login: string }
}
export interface Check {
  readonly id: number
  readonly name: string
  readonly status: string
  readonly conclusion: string | null
  readonly head_sha: string
  readonly output: { readonly title: string; readonly summary: string; readonly text: string }
  readonly app: { readonly slug: string }
}
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string }

export interface Box extends Stage {
  /** What the App's server wrote into its log. */
  readonly logs: readonly LogLine[]
  /** A further person, with a permission. */
  person(
    login: string,
    permission: 'admin' | 'write' | 'read' | 'none',
  ): { readonly hands: Hands; readonly token: string }
  /** Everything that GitHub's own description does not know of the exchanges so far. */
  violations(): string[]
  get<T>(path: string): Promise<T>
  /** Until the look finds something, by default for two minutes. */
  seen<T>(what: string, look: () => Promise<T | undefined>, seconds?: number): Promise<T>
  /** The App's comments of one kind in an issue or a pull request. */
  ours(number: number, kind: string): Promise<Comment[]>
  /** The open pull request of an issue; undefined while there is none. */
  pullOf(issue: number): Promise<Pull | undefined>
  /** The App's newest check run of a commit. */
  check(sha: string): Promise<Check | undefined>
  /** The check run of the branch's head once it concludes so. */
  concluded(pull: number, conclusion: string, fits?: (check: Check) => boolean): Promise<Check>
  /** Names of the App's reactions to a comment. */
  reactions(comment: number): Promise<string[]>
  /** A person comments; answers the comment's id. */
  say(hands: Hands, number: number, body: string): Promise<number>
}

export type BoxOptions = Pick<
  StageOptions,
  'services' | 'requester' | 'sweepMilliseconds' | 'pace' | 'embedded' | 'beforeInstallation'
>

let boxes = 0

/**
 * Octokit shares a request for a token among all Apps of a process by the installation's number alone, so that boxes beside each
 * other must not have the same: each has one more account than the one before.
 */
function numberApart(github: EmbeddedGitHub): void {
  boxes += 1
  for (let index = 0; index < boxes; index++) github.addUser(`bystander-${index}`)
}

/** Opens a box with the small target in it, uses it, and leaves nothing. */
export async function inBox<T>(options: BoxOptions, use: (box: Box) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-box-'))
  const logs: LogLine[] = []
  let stage: Stage | undefined
  try {
    stage = await openStage({
      ...options,
      ...{ folder, target: join(ROOT, 'templates', 'target'), port: 0 },
      beforeInstallation(github) {
        numberApart(github)
        options.beforeInstallation?.(github)
      },
      serve(settings) {
        const destination = { write: (line: string) => void logs.push(...linesOf(line)) }
        const log = createLog('info', [settings.privateKey, settings.webhookSecret], destination)
        return startBot({ settings, createWork: createWork(settings), log, throttle: false })
      },
    })
    return await use(boxOf(stage, logs))
  } finally {
    await stage?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

function linesOf(text: string): LogLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine)
}

function boxOf(stage: Stage, logs: readonly LogLine[]): Box {
  const { github, mia, until } = stage
  const get = <T>(path: string) => mia<T>('GET', `${REPO}${path}`)
  const seen: Box['seen'] = (what, look, seconds = PATIENCE) => until(what, look, seconds)
  const check = async (sha: string) => {
    const { check_runs } = await get<{ check_runs: Check[] }>(`/commits/${sha}/check-runs?check_name=graft`)
    return check_runs.find(({ app }) => app.slug === 'graft')
  }
  return {
    ...stage,
    ...{ logs, get, seen, check },
    person(login, permission) {
      const token = github.addUser(login)
      github.setPermission(NAME, login, permission)
      return { token, hands: handsOf(github.url, token) }
    },
    violations: () => github.exchanges.flatMap((exchange) => validateExchange(exchange)),
    async ours(number, kind) {
      const comments = await get<Comment[]>(`/issues/${number}/comments?per_page=100`)
      return comments.filter(({ user, body }) => user.login === 'graft[bot]' && parseMarker(body)?.kind === kind)
    },
    async pullOf(issue) {
      const pulls = await get<Pull[]>('/pulls?state=open')
      return pulls.find(({ head }) => head.ref.startsWith(`graft/${issue}-`))
    },
    concluded: (pull, conclusion, fits = () => true) =>
      seen(`the check run of #${pull} that says ${conclusion}`, async () => {
        const { head } = await get<Pull>(`/pulls/${pull}`)
        const one = await check(head.sha)
        return one?.status === 'completed' && one.conclusion === conclusion && fits(one) ? one : undefined
      }),
    async reactions(comment) {
      type One = { readonly content: string; readonly user: { readonly login: string } }
      const all = await get<One[]>(`/issues/comments/${comment}/reactions`)
      return all.filter(({ user }) => user.login === 'graft[bot]').map(({ content }) => content)
    },
    async say(hands, number, body) {
      return (await hands<Comment>('POST', `${REPO}/issues/${number}/comments`, { body })).id
    },
  }
}

function handsOf(api: string, token: string): Hands {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok)
      throw new Error(`${method} ${path} was answered with ${response.status}: ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
}

/** A write of the App in the name of its installation that GitHub took. */
export function isWrite({ method, actor, status }: Exchange): boolean {
  return method !== 'GET' && actor.startsWith('installation:') && status < 400
}
