/** The story of one request, from the installation of the App to the verified merge, played by two people on the stage. */
import { parseMarker } from '../../values/marker.ts'
import { MAINTAINER, OWNER, PHYSICIST, REPOSITORY } from './people.ts'
import type { Stage } from './stage.ts'

const REPO = `/repos/${OWNER}/${REPOSITORY}`

/** One scene as a user would have seen it. */
export interface Scene {
  /** What has happened, in one line. */
  readonly title: string
  /** Who said it; undefined for a mere fact. */
  readonly who?: string
  /** Markdown, as it stands on GitHub. */
  readonly text?: string
  /** Page where it is. */
  readonly url?: string
  /** Headings of the parts of the text that matter most. Default: all. */
  readonly sections?: readonly string[]
}

export interface Ending {
  /** Number of the issue and of the pull request. */
  readonly issue: number
  readonly pull: number
  readonly backend: string
  /** Seconds from the filing of the issue to the tested pull request. */
  readonly seconds: number
}

interface Item {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly state: string
  readonly html_url: string
}
interface Pull extends Item {
  readonly head: { readonly ref: string; readonly sha: string }
}
interface Comment {
  readonly id: number
  readonly body: string
  readonly html_url: string
  readonly user: { readonly login: string }
}
interface Check {
  readonly id: number
  readonly name: string
  readonly status: string
  readonly conclusion: string | null
  readonly html_url: string
  readonly output: { readonly title: string; readonly summary: string }
  readonly app: { readonly slug: string }
}

/** Times in seconds after which the story is over; a busy machine with an empty cache is slow, not wrong. */
const SOON = 180
const LONG = 900

/**
 * Plays the story. Each scene is told as soon as it is seen on GitHub; a scene that does not come ends the story with an error.
 *
 * @param locator what is asked for, as in the issue form.
 */
export async function playStory(stage: Stage, locator: string, tell: (scene: Scene) => void): Promise<Ending> {
  await setUp(stage, tell)
  const { issue, begin } = await ask(stage, locator, tell)
  const pull = await integrated(stage, issue, tell)
  await tested(stage, pull, tell)
  const seconds = (performance.now() - begin) / 1000
  await approve(stage, pull, tell)
  await merge(stage, issue, pull, tell)
  return { issue: issue.number, pull: pull.number, backend: pull.head.ref.replace(/^graft\/\d+-/, ''), seconds }
}

/** Merges the pull request that the App opens when it is installed. A repository that is set up already has none. */
export async function setUp({ mia, until }: Stage, tell: (scene: Scene) => void): Promise<void> {
  tell({ title: `The App is installed on ${OWNER}/${REPOSITORY}, and answers with a pull request` })
  const pull = await until(
    'the pull request that sets the repository up',
    async () => (await mia<Pull[]>('GET', `${REPO}/pulls?state=open`)).find((one) => one.head.ref === 'graft/setup'),
    SOON,
  )
  const title = `#${pull.number} ${pull.title}`
  tell({ title, who: 'graft[bot]', text: pull.body, url: pull.html_url, sections: ['What comes'] })
  const file = prefilledFile(pull.body)
  if (file !== undefined) {
    const { branch, path, content } = file
    const body = { branch, message: `Create ${path}`, content: Buffer.from(content).toString('base64') }
    await mia('PUT', `${REPO}/contents/${path}`, body)
    tell({
      title: `${MAINTAINER}, a maintainer, follows the link and commits ${path}: an App may not write workflows`,
    })
  }
  await mia('PUT', `${REPO}/pulls/${pull.number}/merge`, { merge_method: 'merge' })
  tell({ title: `${MAINTAINER} reads #${pull.number} and merges it` })
}

/** The file that a prefilled link of GitHub's editor would create (`…/new/BRANCH?filename=…&value=…`). */
function prefilledFile(
  body: string,
): { readonly branch: string; readonly path: string; readonly content: string } | undefined {
  const link = /\((https?:\/\/[^\s)]+\/new\/[^\s)]+)\)/.exec(body)?.[1]
  if (link === undefined) return undefined
  const url = new URL(link)
  const [path, content] = [url.searchParams.get('filename'), url.searchParams.get('value')]
  const branch = decodeURIComponent(url.pathname.split('/new/')[1] ?? '')
  return path === null || content === null ? undefined : { branch, path: path.replace(/^\//, ''), content }
}

/** The physicist files the issue; the maintainer says yes. */
async function ask(
  { github, mia, until }: Stage,
  locator: string,
  tell: (scene: Scene) => void,
): Promise<{ readonly issue: Item; readonly begin: number }> {
  const number = await github.fileForm(`${OWNER}/${REPOSITORY}`, PHYSICIST, 'graft.yml', {
    title: locator,
    values: { source: locator },
  })
  const begin = performance.now()
  const issue = await mia<Item>('GET', `${REPO}/issues/${number}`)
  const text = `Source: ${locator}\n\nAll other fields of the form stay empty: they are measured, or derived.`
  tell({
    title: `${PHYSICIST}, who may only read, files #${number} ${issue.title}`,
    who: PHYSICIST,
    text,
    url: issue.html_url,
  })
  const status = await until('the status comment of the issue', () => ours(mia, number, 'status'), SOON)
  tell({ title: 'Graft answers', who: 'graft[bot]', text: status.body, url: status.html_url })
  if (recordOf(status).state === 'waits_for_maintainer') {
    await mia('POST', `${REPO}/issues/${number}/comments`, { body: '/integrate' })
    tell({ title: `${MAINTAINER} comments`, who: MAINTAINER, text: '`/integrate`', url: issue.html_url })
  }
  return { issue, begin }
}

async function integrated({ mia, until }: Stage, issue: Item, tell: (scene: Scene) => void): Promise<Pull> {
  const plan = await until('the plan comment', () => ours(mia, issue.number, 'plan'), SOON)
  const sections = ['What it is', 'What will change', 'What it will not do']
  tell({
    title: 'Graft has read the source, and plans',
    who: 'graft[bot]',
    text: plan.body,
    url: plan.html_url,
    sections,
  })
  const pull = await until(
    'the pull request: the real simulator is installed and measured first',
    async () => {
      const pulls = await mia<Pull[]>('GET', `${REPO}/pulls?state=open`)
      const found = pulls.find((one) => one.head.ref.startsWith(`graft/${issue.number}-`))
      const status = found === undefined ? await ours(mia, issue.number, 'status') : undefined
      // Waiting on would be in vain.
      const ended = recordOf(status).ended?.type
      if (status !== undefined && ended !== undefined) throw new StoryEnd(ended, status.body)
      return found
    },
    LONG,
  )
  const title = `The pull request #${pull.number} ${pull.title}`
  const shown = ['Changes', 'What was measured']
  tell({ title, who: 'graft[bot]', text: pull.body, url: pull.html_url, sections: shown })
  return pull
}

/** What the status comment hides for the App itself: here, how the story stands. */
function recordOf(status: Comment | undefined): {
  readonly state?: string
  readonly ended?: { readonly type: StoryEnd['kind'] }
} {
  const record = /<!-- graft-record ([A-Za-z0-9_-]+) -->/.exec(status?.body ?? '')?.[1]
  return record === undefined ? {} : (JSON.parse(Buffer.from(record, 'base64url').toString('utf8')) as object)
}

/** The request ended without a backend: how, and the bot's own words. */
export class StoryEnd extends Error {
  readonly kind: 'question' | 'declined' | 'failed'

  constructor(kind: StoryEnd['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

async function tested({ mia, until }: Stage, pull: Pull, tell: (scene: Scene) => void): Promise<void> {
  const check = await until(
    'the tests on the real simulator, and the check run with their report',
    async () => {
      const one = await checkOf(mia, pull.head.sha)
      return one?.status === 'completed' ? one : undefined
    },
    LONG,
  )
  const title = `The check graft says ${check.conclusion}: ${check.output.title}`
  tell({ title, who: 'graft[bot]', text: check.output.summary, url: check.html_url })
  if (check.conclusion !== 'action_required') throw new StoryEnd('failed', `The check says ${check.conclusion}.`)
}

async function approve({ mia, until }: Stage, pull: Pull, tell: (scene: Scene) => void): Promise<void> {
  await mia('POST', `${REPO}/issues/${pull.number}/comments`, { body: '/approve all' })
  const adapter = await adapterOf(mia, pull)
  if (adapter !== undefined) {
    const title = `${MAINTAINER} reads the diff: each gate is one line of ${adapter.path}`
    tell({ title, text: adapter.table, url: `${pull.html_url}/files` })
  }
  const title = `${MAINTAINER} has read it, and comments`
  tell({ title, who: MAINTAINER, text: '`/approve all`', url: pull.html_url })
  const done = await until(
    'the check run after the approval',
    async () => {
      const one = await checkOf(mia, pull.head.sha)
      return one?.conclusion === 'success' ? one : undefined
    },
    SOON,
  )
  const said = `The check graft says ${done.conclusion}: ${done.output.title}`
  tell({ title: said, who: 'graft[bot]', url: done.html_url })
}

/** The adapter's table of gates, as it stands in the pull request. */
async function adapterOf(hands: Stage['mia'], pull: Pull): Promise<{ path: string; table: string } | undefined> {
  const files = await hands<{ filename: string; patch?: string }[]>('GET', `${REPO}/pulls/${pull.number}/files`)
  const file = files.find(({ filename }) => filename.endsWith('/adapter.py'))
  const lines = file?.patch?.split('\n') ?? []
  const begin = lines.findIndex((line) => /^\+\s+return \{$/.test(line))
  if (file === undefined || begin < 0) return undefined
  const table = lines.slice(begin).map((line) => line.slice(1).replace(/^ {8}/, ''))
  return { path: file.filename, table: ['```python', ...table, '```'].join('\n') }
}

async function merge({ mia, until }: Stage, issue: Item, pull: Pull, tell: (scene: Scene) => void): Promise<void> {
  await mia('PUT', `${REPO}/pulls/${pull.number}/merge`, { merge_method: 'merge' })
  tell({ title: `${MAINTAINER} merges #${pull.number}; the backend is tested once more, at the merge commit` })
  const verification = await until(
    'the tests at the merge commit, and the comment about them',
    () => ours(mia, issue.number, 'verification'),
    LONG,
  )
  const title = 'Graft has tested what was merged'
  tell({ title, who: 'graft[bot]', text: verification.body, url: verification.html_url })
  const status = await until(
    'the last word of the status comment',
    async () => {
      const comment = await ours(mia, issue.number, 'status')
      return recordOf(comment).state === 'finished' ? comment : undefined
    },
    SOON,
  )
  tell({
    title: 'The status comment of the issue, at the end',
    who: 'graft[bot]',
    text: status.body,
    url: status.html_url,
  })
}

async function ours(
  hands: Stage['mia'],
  number: number,
  kind: 'status' | 'plan' | 'verification',
  fits: (comment: Comment) => boolean = () => true,
): Promise<Comment | undefined> {
  const comments = await hands<Comment[]>('GET', `${REPO}/issues/${number}/comments?per_page=100`)
  return comments.find(
    (comment) => comment.user.login === 'graft[bot]' && parseMarker(comment.body)?.kind === kind && fits(comment),
  )
}

async function checkOf(hands: Stage['mia'], sha: string): Promise<Check | undefined> {
  const path = `${REPO}/commits/${sha}/check-runs?check_name=graft`
  return (await hands<{ check_runs: Check[] }>('GET', path)).check_runs.find((check) => check.app.slug === 'graft')
}
