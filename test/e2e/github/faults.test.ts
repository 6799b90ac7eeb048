/**
 * What goes wrong between the App and GitHub, over the whole story: answers that are lost after a write that was done, connections
 * that break, limits, somebody who is quicker. In the end GitHub looks as if nothing had happened, and nobody's commit is lost.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { playStory } from '../../../src/cli/demo/story.ts'
import type { Exchange, Fault } from '../../../src/embedded/embedded.ts'
import { createServices, type Services } from '../../../src/integration/services.ts'
import { CACHE } from '../support.ts'
import { type Box, inBox, isWrite, REPO } from './box.ts'
import { type Outcome, outcomeOf } from './crash.ts'
import { rememberingRunner } from './remembering-runner.ts'
import { inTrouble, SOURCE, writing } from './troubled.ts'

const PACE = { editMilliseconds: 0, noRunMilliseconds: 180_000 }
type Asked = Pick<Exchange, 'method' | 'path' | 'route' | 'actor'>

interface Played {
  readonly outcome: Outcome
  readonly exchanges: readonly Exchange[]
  /** Faults that were met. */
  readonly faults: number
}

let services: Services
let undisturbed: Played
/** Kinds of writes that the story makes, `POST /repos/{owner}/{repo}/git/refs`. */
let kinds: readonly string[]

beforeAll(async () => {
  const made = await createServices({ cacheDir: CACHE })
  services = { ...made, runner: rememberingRunner(made.runner) }
  undisturbed = await play(() => undefined)
  kinds = [...new Set(undisturbed.exchanges.filter(isWrite).map(kindOf))]
})

function kindOf({ method, route }: Asked): string {
  return `${method} ${route}`
}

/** The whole story, with faults at some of the requests that the App makes for its installation. */
async function play(faultOf: (asked: Asked) => Fault | undefined): Promise<Played> {
  let faults = 0
  const fault = (asked: Asked) => {
    const answer = asked.actor.startsWith('installation:') ? faultOf(asked) : undefined
    if (answer !== undefined) faults += 1
    return answer
  }
  return inBox({ services, requester: 'write', pace: PACE, embedded: { fault } }, async (box) => {
    await playStory(box, SOURCE, () => undefined)
    const outcome = await outcomeOf(box)
    expect(box.logs.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([])
    return { outcome, exchanges: box.github.exchanges, faults }
  })
}

/** The fault at the first write of each kind. */
function onceEach(answer: Fault): (asked: Asked) => Fault | undefined {
  const met = new Set<string>()
  return (asked) => {
    const kind = kindOf(asked)
    if (asked.method === 'GET' || met.has(kind)) return undefined
    met.add(kind)
    return answer
  }
}

const BAD_GATEWAY = { status: 502, body: { message: 'Server Error' } }

describe.concurrent('every kind of write once', () => {
  test.each<[string, Fault]>([
    ['was done, and is answered with 502', { afterwards: BAD_GATEWAY }],
    ['was done, and its answer is lost', { drop: 'after' }],
    ['was not done: the connection broke before', { drop: 'before' }],
  ])('%s: nothing is there twice', async (_, fault) => {
    const { outcome, faults } = await play(onceEach(fault))
    expect(kinds.length).toBeGreaterThanOrEqual(8)
    expect(faults).toBeGreaterThanOrEqual(kinds.length)
    expect(outcome).toEqual(undisturbed.outcome)
  })
})

describe.concurrent('GitHub asks to be left alone', () => {
  test.each([
    [403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'],
    [429, 'Too many requests'],
  ])('by a %i with retry-after: nothing is sent before the time is over', async (status, message) => {
    const seconds = 2
    const headers = { 'retry-after': `${seconds}` }
    const at = ['git/commits', 'pulls', 'comments', 'check-runs', 'git/trees']
    const met = new Set<string>()
    let filed = false
    const { outcome, exchanges } = await play((asked) => {
      // A set-up that is merged while it is waited needs no check run any more.
      filed ||= writing('POST', 'comments')(asked)
      if (!filed) return undefined
      const end = at.find((one) => writing('POST', one)(asked) && !met.has(one))
      if (end === undefined) return undefined
      met.add(end)
      return { instead: { status, body: { message }, headers } }
    })
    expect(met.size).toBe(at.length)
    expect(outcome).toEqual(undisturbed.outcome)
    const limits = exchanges.filter((one) => one.headers['retry-after'] !== undefined)
    expect(limits).toHaveLength(at.length)
    for (const { number, at: asked, actor } of limits) {
      const next = exchanges.find((one) => one.number > number && one.actor === actor && one.at > asked)
      expect((next?.at ?? Number.POSITIVE_INFINITY) - asked).toBeGreaterThanOrEqual(seconds * 1000 - 50)
    }
  })
})

/** Somebody with write permission puts a commit on the branch, as a push does. */
async function push(box: Box, branch: string, path: string, text: string): Promise<string> {
  const { mia } = box
  const made = await mia<{ commit: { sha: string } }>('PUT', `${REPO}/contents/${path}`, {
    ...{ branch, message: `Add ${path}`, content: Buffer.from(text).toString('base64') },
  })
  return made.commit.sha
}

async function subjects(box: Box, branch: string): Promise<string[]> {
  type Logged = { readonly commit: { readonly message: string } }
  const commits = await box.get<Logged[]>(`/commits?sha=${branch}&per_page=100`)
  return commits.map(({ commit }) => commit.message.split('\n')[0] ?? '')
}

describe.concurrent('somebody is quicker', () => {
  test('a pull request for the branch is there already: it is adopted', async () => {
    await inTrouble({ services }, async (box) => {
      const raced = box.meanwhile(writing('POST', 'pulls'), async () => {
        const branch = (await box.get<{ name: string }[]>('/branches')).find(({ name }) => /^graft\/\d+-/.test(name))
        await box.mia('POST', `${REPO}/pulls`, { title: 'Mine', head: branch?.name, base: 'main', body: 'By hand.' })
        return undefined
      })
      const issue = await box.ask()
      await raced
      const pull = await box.tested(issue)
      expect(pull).toMatchObject({ title: 'Mine', user: { login: 'mia' } })
    })
  })

  test('a commit comes onto the branch while its pull request is opened, tested and reverted on: all of them stay', async () => {
    await inTrouble({ services }, async (box) => {
      const early = box.meanwhile(writing('POST', 'pulls'), async () => {
        const branch = (await box.get<{ name: string }[]>('/branches')).find(({ name }) => /^graft\/\d+-/.test(name))
        await push(box, branch?.name ?? '', 'notes/early.md', 'early\n')
        return undefined
      })
      const issue = await box.ask()
      await early
      const { number, head } = await box.seen('the pull request', () => box.pullOf(issue))
      await push(box, head.ref, 'notes/tests.md', 'in the middle of the tests\n')
      await box.tested(issue)
      // Between the commit of the revert and the move of the branch.
      const raced = box.meanwhile(writing('PATCH', 'git/refs/{ref}'), async () => {
        await push(box, head.ref, 'notes/revert.md', 'in the middle of the revert\n')
        return undefined
      })
      await box.say(box.mia, number, '/revert c4')
      await raced
      const all = await box.seen('the revert on the branch', async () => {
        const found = await subjects(box, head.ref)
        return found.some((subject) => /revert/i.test(subject) && !subject.startsWith('Add notes')) ? found : undefined
      })
      for (const name of ['early', 'tests', 'revert']) expect(all).toContain(`Add notes/${name}.md`)
      await box.tested(issue)
      const end = await subjects(box, head.ref)
      expect(end).toEqual(all)
      expect(new Set(end).size).toBe(end.length)
      expect(await box.ours(issue, 'status')).toHaveLength(1)
    })
  })
})
