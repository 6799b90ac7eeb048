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
const SOON = 90
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
  const check = await tested(stage, pull, tell)
  const seconds = (performance.now() - begin) / 1000
  await approve(stage, pull, check, tell)
  await merge(stage, issue, pull, tell)
  return { issue: issue.number, pull: pull.number, backend: pull.head.ref.replace(/^graft\/\d+-/, ''), seconds }
}

/** Merges the pull request that the App opens when it is installed. A repository that is set up already has none. */
export async function setUp({ mia, until }: Stage, tell: (scene: Scene) => void): Promise<void> {
  tell({ title: `The App is installed on ${OWNER}/${REPOSITORY}` })
  const pull = await until(
    'the pull request that sets the repository up',
    async () => (await mia<Pull[]>('GET', `${REPO}/pulls?state=open`)).find((one) => one.head.ref === 'graft/setup'),
    SOON,
  )
  tell({ title: pull.title, who: 'graft[bot]', text: pull.body, url: pull.html_url })
  const file = prefilledFile(pull.body)
  if (file !== undefined) {
    const { branch, path, content } = file
    const body = { branch, message: `Create ${path}`, content: Buffer.from(content).toString('base64') }
    await mia('PUT', `${REPO}/contents/${path}`, body)
    tell({
      title: `${MAINTAINER} (maintainer) follows the link and commits ${path}: the App itself may not write workflows`,
    })
  }
  await mia('PUT', `${REPO}/pulls/${pull.number}/merge`, { merge_method: 'merge' })
  tell({ title: `${MAINTAINER} (maintainer) reads it and merges it` })
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
  const text = `### Source\n\n${locator}\n\n(The other fields of the form stay empty: measured, or derived.)`
  tell({ title: `#${number} ${issue.title}`, who: PHYSICIST, text, url: issue.html_url })
  const status = await until('the status comment of the issue', () => ours(mia, number, 'status'), SOON)
  tell({ title: 'The status comment', who: 'graft[bot]', text: status.body, url: status.html_url })
  if (recordOf(status).state === 'waits_for_maintainer') {
    await mia('POST', `${REPO}/issues/${number}/comments`, { body: '/integrate' })
    tell({ title: `${MAINTAINER} comments`, who: MAINTAINER, text: '/integrate' })
  }
  return { issue, begin }
}

async function integrated({ mia, until }: Stage, issue: Item, tell: (scene: Scene) => void): Promise<Pull> {
  const plan = await until('the plan comment', () => ours(mia, issue.number, 'plan'), SOON)
  tell({ title: 'The plan comment', who: 'graft[bot]', text: plan.body, url: plan.html_url })
  const pull = await until(
    'the pull request (the simulator is being measured)',
    async () => {
      const pulls = await mia<Pull[]>('GET', `${REPO}/pulls?state=open`)
      const found = pulls.find((one) => one.head.ref.startsWith(`graft/${issue.number}-`))
      const status = found === undefined ? await ours(mia, issue.number, 'status') : undefined
      // Waiting on would be in vain.
      if (status !== undefined && recordOf(status).ended !== undefined) throw new StoryEnd(status.body)
      return found
    },
    LONG,
  )
  tell({ title: `#${pull.number} ${pull.title}`, who: 'graft[bot]', text: pull.body, url: pull.html_url })
  return pull
}

/** What the status comment hides for the App itself: here, how the story stands. */
function recordOf(status: Comment | undefined): { readonly state?: string; readonly ended?: object } {
  const record = /<!-- graft-record ([A-Za-z0-9_-]+) -->/.exec(status?.body ?? '')?.[1]
  return record === undefined ? {} : (JSON.parse(Buffer.from(record, 'base64url').toString('utf8')) as object)
}

/** The request ended without a pull request: the bot's own words. */
export class StoryEnd extends Error {}

async function tested({ mia, until }: Stage, pull: Pull, tell: (scene: Scene) => void): Promise<Check> {
  const check = await until(
    'the check run after the tests',
    async () => {
      const one = await checkOf(mia, pull.head.sha)
      return one?.status === 'completed' ? one : undefined
    },
    LONG,
  )
  const title = `The check run graft: ${check.conclusion}. ${check.output.title}`
  tell({ title, who: 'graft[bot]', text: check.output.summary, url: check.html_url })
  if (check.conclusion !== 'action_required') throw new StoryEnd(`The check run says ${check.conclusion}.`)
  return check
}

async function approve({ mia, until }: Stage, pull: Pull, check: Check, tell: (scene: Scene) => void): Promise<void> {
  await mia('POST', `${REPO}/issues/${pull.number}/comments`, { body: '/approve all' })
  tell({ title: `${MAINTAINER} has read the diff, and comments`, who: MAINTAINER, text: '/approve all' })
  const done = await until(
    'the check run after the approval',
    async () => {
      const one = await checkOf(mia, pull.head.sha)
      return one?.conclusion === 'success' ? one : undefined
    },
    SOON,
  )
  tell({ title: `The check run graft: ${done.conclusion}. ${done.output.title}`, url: check.html_url })
}

async function merge({ mia, until }: Stage, issue: Item, pull: Pull, tell: (scene: Scene) => void): Promise<void> {
  await mia('PUT', `${REPO}/pulls/${pull.number}/merge`, { merge_method: 'merge' })
  tell({ title: `${MAINTAINER} merges #${pull.number}; the backend is tested once more at the merge commit` })
  const verification = await until('the verification comment', () => ours(mia, issue.number, 'verification'), LONG)
  tell({ title: 'The verification comment', who: 'graft[bot]', text: verification.body, url: verification.html_url })
  const status = await until(
    'the last word of the status comment',
    async () => {
      const comment = await ours(mia, issue.number, 'status')
      return recordOf(comment).state === 'finished' ? comment : undefined
    },
    SOON,
  )
  tell({ title: 'The status comment, at the end', who: 'graft[bot]', text: status.body, url: status.html_url })
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
