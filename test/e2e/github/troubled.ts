/** A box that is set up, for what goes wrong: a lever on the requests of the App, and what people read afterwards. */
import { appendFileSync } from 'node:fs'
import { setUp } from '../../../src/cli/demo/story.ts'
import type { Exchange, Fault } from '../../../src/embedded/embedded.ts'
import type { Services } from '../../../src/integration/services.ts'
import { type Box, type BoxOptions, inBox, NAME, type Pull } from './box.ts'

export const SOURCE = 'pkg:pypi/qulacs@0.6.14'
/** A person would wait longer; nothing here is about how often people are written to. */
const PACE = { editMilliseconds: 0, noRunMilliseconds: 3000 }
/** What GitHub sends no event for is found by the sweep. */
const SWEEP_MILLISECONDS = 2500

type Asked = Pick<Exchange, 'method' | 'path' | 'route' | 'actor'>

export interface Troubled extends Box {
  readonly installation: number
  /** Somebody fills in the form. Default: Paul, who may write here, asks for the one simulator. */
  ask(values?: Readonly<Record<string, string>>, login?: string): Promise<number>
  /** Once, before the next request of the App that fits is answered. Resolves when it has happened. */
  meanwhile(fits: (asked: Asked) => boolean, then: () => Fault | undefined | Promise<Fault | undefined>): Promise<void>
  /** Until the status comment of the issue, of which there is one, says this. Answers what people see of it. */
  told(issue: number, text: RegExp): Promise<string>
  /** The tested pull request of an issue. */
  tested(issue: number): Promise<Pull>
  /** The default branch has this file from now on. */
  put(path: string, content: string): Promise<void>
  /** Writes of the App that GitHub took, `POST git/trees`. */
  writes(from?: number): string[]
}

export interface TroubledOptions extends Partial<Pick<BoxOptions, 'requester'>> {
  readonly services: Services
  readonly embedded?: Omit<NonNullable<BoxOptions['embedded']>, 'fault'>
  /** Before it is set up. */
  readonly before?: (box: Box) => Promise<void> | void
}

/** Whether a request is a write of the App to this end of a route (`git/trees`). */
export const writing =
  (method: string, end: string) =>
  (asked: Asked): boolean =>
    asked.method === method && (asked.route?.endsWith(`/${end}`) ?? false)

/** Sets a box up and uses it; in the end no request was one that GitHub does not know, and no bug is in the log. */
export async function inTrouble<T>(options: TroubledOptions, use: (box: Troubled) => Promise<T>): Promise<T> {
  const { services, requester = 'write', before } = options
  interface Lever {
    readonly fits: (asked: Asked) => boolean
    readonly then: () => Fault | undefined | Promise<Fault | undefined>
    readonly done: () => void
  }
  const levers = new Set<Lever>()
  const fault = async (asked: Asked): Promise<Fault | undefined> => {
    for (const lever of levers) {
      if (!asked.actor.startsWith('installation:') || !lever.fits(asked)) continue
      levers.delete(lever)
      const answer = await lever.then()
      lever.done()
      return answer
    }
    return undefined
  }
  const stage = {
    ...{ services, requester, pace: PACE, sweepMilliseconds: SWEEP_MILLISECONDS },
    embedded: { ...options.embedded, fault },
  }
  return inBox(stage, async (box) => {
    await before?.(box)
    await setUp(box, () => undefined)
    const result = await use(troubled(box, (lever) => levers.add(lever)))
    const unknown = box.violations()
    if (unknown.length > 0) throw new Error(`GitHub's description does not know this: ${unknown.join('\n')}`)
    const bugs = box.logs.filter(({ level }) => level === 'error' || level === 'fatal')
    if (bugs.length > 0) throw new Error(`The log has errors: ${JSON.stringify(bugs)}`)
    return result
  })

  function troubled(box: Box, pull: (lever: Lever) => void): Troubled {
    const { github, mia } = box
    const installation = Number(
      github.exchanges.flatMap(({ actor }) => /^installation:(\d+)$/.exec(actor)?.[1] ?? [])[0],
    )
    const status = async (issue: number) => {
      const all = await box.ours(issue, 'status')
      if (all.length > 1) throw new Error(`Issue #${issue} has ${all.length} status comments.`)
      return shown(all[0]?.body ?? '')
    }
    return {
      ...box,
      installation,
      ask: (values = {}, login = 'paul') =>
        github.fileForm(NAME, login, 'graft.yml', { title: 'a simulator', values: { source: SOURCE, ...values } }),
      meanwhile: (fits, then) => new Promise((done) => pull({ fits, then, done })),
      async told(issue, text) {
        const found = await box.seen(`the status comment of #${issue} that says ${text}`, async () => {
          const body = await status(issue)
          return text.test(body) ? body : undefined
        })
        if (process.env.GRAFT_TOLD !== undefined) appendFileSync(process.env.GRAFT_TOLD, `\n=== ${text}\n${found}\n`)
        return found
      },
      async tested(issue) {
        const found = await box.seen(`the pull request of #${issue}`, () => box.pullOf(issue))
        await box.concluded(found.number, 'action_required', ({ output }) =>
          /passed|green/.test(output.summary + output.title),
        )
        return found
      },
      async put(path, content) {
        const known = await box.get<{ sha: string }>(`/contents/${path}`).catch(() => undefined)
        await mia('PUT', `/repos/${NAME}/contents/${path}`, {
          message: `Change ${path}`,
          content: Buffer.from(content).toString('base64'),
          ...(known === undefined ? {} : { sha: known.sha }),
        })
      },
      writes: (from = 0) =>
        github.exchanges
          .slice(from)
          .filter(
            ({ method, actor, status: code }) => method !== 'GET' && actor.startsWith('installation:') && code < 400,
          )
          .map(({ method, route, path }) => `${method} ${(route ?? path).replace('/repos/{owner}/{repo}/', '')}`),
    }
  }
}

/** Without what GitHub does not show. */
function shown(body: string): string {
  return body.replaceAll(/<!--.*?-->/gs, '').trim()
}
