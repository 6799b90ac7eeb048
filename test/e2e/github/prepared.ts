/**
 * An open, tested pull request of an integration, made by hand: for stories about its changes, in which no simulator has a part.
 * The branch is written as the App writes it; the tests are green whatever is in it.
 */
import { createOctokitClass } from '../../../src/bot/github/octokit.ts'
import { commitMessage } from '../../../src/change/message.ts'
import { setUp } from '../../../src/cli/demo/story.ts'
import type { Services } from '../../../src/integration/services.ts'
import { createGithubRepository } from '../../../src/repository/github.ts'
import type { Runner } from '../../../src/simulator/runner.ts'
import type { Change, ChangeKind } from '../../../src/values/plan.ts'
import type { Report } from '../../../src/values/report.ts'
import { ROOT } from '../support.ts'
import { type Box, type Check, inBox, isWrite, NAME, type Pull, REPO } from './box.ts'

const FOLDER = 'src/proxima/backends/toy'
export const README = `${FOLDER}/README.md`
export const ADAPTER = `${FOLDER}/adapter.py`
const TESTS = 'tests/backends/test_toy.py'

const lines = (name: string) => Array.from({ length: 12 }, (_, index) => `${name} ${index + 1}\n`).join('')

function change(id: string, kind: ChangeKind, title: string, files: Record<string, string>, depends: string[]): Change {
  const why = `Why ${title.toLowerCase()}.`
  const listed = Object.entries(files).map(([path, content]) => ({ path, content, why: `what ${path} is for` }))
  return { id, kind, title, why, files: listed, depends }
}

const CHANGES: readonly Change[] = [
  change('c1', 'adapter', 'Add the adapter of toy', { [ADAPTER]: lines('# adapter') }, []),
  change('c2', 'documentation', 'Document toy', { [README]: lines('About toy') }, []),
  change(
    'c3',
    'requirements',
    'Pin what toy was measured with',
    {
      [`${FOLDER}/requirements.txt`]: `toy==1.0.0 --hash=sha256:${'0'.repeat(64)}\n`,
      [`${FOLDER}/driver.json`]: '{}\n',
    },
    ['c1'],
  ),
  change('c4', 'tests', 'Test toy on the real simulator', { [TESTS]: '# tests\n' }, ['c1', 'c3']),
]

const runner: Pick<Runner, 'test'> = {
  async test({ backend, commit, tree }): Promise<Report> {
    const tests = [{ category: 'unit', name: 'x', outcome: 'passed' as const, seconds: 0 }]
    return {
      ...{ schema: 1, backend, commit, tree, passed: 1, failed: 0, skipped: 0, seconds: 0 },
      tests,
      containment: 'none',
    }
  },
}

export interface Prepared extends Box {
  readonly issue: number
  readonly pull: number
  readonly branch: string
  head(): Promise<string>
  /** Path to content of the files of the integration at the head. */
  files(): Promise<Record<string, string>>
  /** Until the comment's commands were done; answers what was replied, and how many writes of the App it took. */
  done(who: Box['mia'], body: string): Promise<Outcome>
  /** Until they were refused; answers the reply. */
  refused(who: Box['mia'], body: string): Promise<string>
  /** The check run of the head, once its tests have ended. */
  tested(fits?: (check: Check) => boolean): Promise<Check>
  /** Somebody's commit on the branch. */
  push(who: Box['mia'], path: string, content: string, message: string): Promise<string>
}

export interface Outcome {
  readonly reply: string
  readonly writes: readonly string[]
}

/** Mia maintains, Paul asked and may only read. */
export async function inPrepared(use: (box: Prepared) => Promise<void>): Promise<void> {
  const services = {
    ...{ runner: runner as Runner, python: { version: '3.12.0' }, cacheDir: ROOT, onProgress: () => undefined },
    ...{ templatesDir: `${ROOT}/templates`, signal: new AbortController().signal },
  } satisfies Services
  const pace = { editMilliseconds: 0, noRunMilliseconds: 180_000 }
  await inBox({ services, pace }, async (box) => {
    await setUp(box, () => undefined)
    const issue = await box.github.fileForm(NAME, 'paul', 'graft.yml', {
      title: 'toy',
      values: { source: 'pkg:pypi/toy@1.0.0' },
    })
    await box.seen('the status comment', async () => (await box.ours(issue, 'status'))[0])
    const branch = `graft/${issue}-toy`
    await publish(box, issue, branch)
    const pull = await box.seen('the pull request', () => box.pullOf(issue))
    const prepared = preparedOf(box, issue, pull.number, branch)
    await prepared.tested()
    await use(prepared)
  })
}

async function publish({ github }: Box, issue: number, branch: string): Promise<void> {
  const actor = github.exchanges.find((one) => one.actor.startsWith('installation:'))?.actor ?? ''
  const auth = { appId: github.app.id, privateKey: github.app.privateKey, installationId: Number(actor.split(':')[1]) }
  const octokit = new (createOctokitClass({ baseUrl: github.url, throttle: false }))({ auth })
  const [owner = '', repository = ''] = NAME.split('/')
  const port = createGithubRepository({ octokit, owner, repository, app: github.app })
  const { commit } = await port.base()
  const commits = CHANGES.map((one) => ({
    message: commitMessage(one, String(issue)),
    files: one.files.map(({ path, content }) => ({ path, content })),
  }))
  await port.publish({ branch, expectedHead: undefined, parent: commit, commits })
}

function preparedOf(box: Box, issue: number, pull: number, branch: string): Prepared {
  const { get, seen, say } = box
  const head = async () => (await get<Pull>(`/pulls/${pull}`)).head.sha
  /** The comment, once the App has reacted in the end. */
  const settled = async (who: Box['mia'], body: string) => {
    const comment = await say(who, pull, body)
    const reaction = await seen(`the reaction to ${body}`, async () =>
      (await box.reactions(comment)).find((one) => one === 'rocket' || one === 'confused'),
    )
    const said = [...(await box.ours(pull, 'answer')), ...(await box.ours(pull, 'reply'))]
    const replies = said.filter((one) => new RegExp(`^<!-- graft:(answer|reply) ${comment}-`).test(one.body))
    return { reaction, reply: replies.map((one) => one.body).join('\n') }
  }
  const tested: Prepared['tested'] = (fits = () => true) =>
    seen('the tested head', async () => {
      const check = await box.check(await head())
      const kept = await get<unknown[]>(`/git/matching-refs/graft/${issue}/tested-${check?.head_sha.slice(0, 7)}`)
      return check?.status === 'completed' && kept.length === 1 && fits(check) ? check : undefined
    })
  return {
    ...box,
    ...{ issue, pull, branch, head, tested },
    async files() {
      const { tree } = await get<{ tree: { path: string; type: string; sha: string }[] }>(
        `/git/trees/${await head()}?recursive=1`,
      )
      const own = tree.filter(({ path, type }) => type === 'blob' && (path.startsWith(FOLDER) || path === TESTS))
      const read = own.map(async ({ path, sha }): Promise<[string, string]> => {
        const { content } = await get<{ content: string }>(`/git/blobs/${sha}`)
        return [path, Buffer.from(content, 'base64').toString('utf8')]
      })
      return Object.fromEntries(await Promise.all(read))
    },
    async done(who, body) {
      await box.github.idle()
      const before = box.github.exchanges.length
      const { reaction, reply } = await settled(who, body)
      if (reaction !== 'rocket') throw new Error(`${body} was refused: ${reply}`)
      const until = box.github.exchanges.findIndex(
        (one, index) => index >= before && isWrite(one) && one.path.endsWith('/reactions'),
      )
      const writes = box.github.exchanges.slice(before, until + 1).filter(isWrite)
      return { reply, writes: writes.map(({ method, route = '' }) => `${method} ${route}`) }
    },
    async refused(who, body) {
      const { reaction, reply } = await settled(who, body)
      if (reaction !== 'confused') throw new Error(`${body} was done: ${reply}`)
      return reply
    },
    async push(who, path, content, message) {
      const { sha } = await get<{ sha: string }>(`/contents/${path}?ref=${branch}`)
      const made = await who<{ commit: { sha: string } }>('PUT', `${REPO}/contents/${path}`, {
        ...{ branch, message, sha, content: Buffer.from(content).toString('base64') },
      })
      return made.commit.sha
    },
  }
}

/** How each change stands by the check run: `open`, `lapsed`, who approved it, or what took it back. */
export function states({ output }: Check): Record<string, string> {
  const rows = output.summary.matchAll(/^\| `([cu]\d+)` \|.*\| ([^|]+) \|$/gm)
  return Object.fromEntries(
    [...rows].map(([, id = '', state = '']) => {
      const approved = /^✓ approved by `(\w+)`/.exec(state)?.[1]
      const taken = /^taken back by `(r\d+)`/.exec(state)?.[1]
      const rejected = /^rejected by `(\w+)` \(`(r\d+)`\)/.exec(state)
      const gone = rejected === null ? taken : `${rejected[2]} rejected by ${rejected[1]}`
      return [id, approved ?? gone ?? (state.includes('edited since') ? 'lapsed' : 'open')]
    }),
  )
}
