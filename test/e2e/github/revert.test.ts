/**
 * Approving and taking back, by comments, reviews and buttons, on a branch that people push to as well. Each step is one that a
 * person takes; what came of it is read from GitHub.
 */
import { beforeAll, expect, test } from 'vitest'
import { setUp } from '../../../src/cli/demo/story.ts'
import { createServices, type Services } from '../../../src/integration/services.ts'
import { CACHE } from '../support.ts'
import { type Box, type Check, type Comment, inBox, NAME, type Pull, REPO } from './box.ts'
import { rememberingRunner } from './remembering-runner.ts'

const SOURCE = 'pkg:pypi/qulacs@0.6.14'
const README = 'src/proxima/backends/qulacs/README.md'
/** Nothing here is about how often people are written to. */
const PACE = { editMilliseconds: 0, noRunMilliseconds: 180_000 }

/** Mia maintains, Wren may write, Paul asked and may read only. */
interface Scene extends Box {
  readonly wren: Box['mia']
  readonly issue: number
  readonly pull: number
}

let services: Services
beforeAll(async () => {
  const made = await createServices({ cacheDir: CACHE })
  services = { ...made, runner: rememberingRunner(made.runner) }
})

test('approved, blocked, pushed to, taken back, brought back, pressed', async () => {
  await inBox({ services, pace: PACE }, async (box) => {
    const scene = await opened(box)
    await talkDoesNothing(scene)
    await requestedChangesBlock(scene)
    const lines = await pushIsKept(scene)
    await adjacentRevert(scene, lines)
    await dependentsAreNamed(scene)
    await buttons(scene)
    expect(box.violations()).toEqual([])
    expect(box.logs.filter(({ level }) => level !== 'info')).toEqual([])
  })
})

async function opened(box: Box): Promise<Scene> {
  await setUp(box, () => undefined)
  const { hands: wren } = box.person('wren', 'write')
  const issue = await box.github.fileForm(NAME, 'paul', 'graft.yml', { title: 'qulacs', values: { source: SOURCE } })
  await box.seen('the status comment', async () => (await box.ours(issue, 'status'))[0])
  await box.say(box.mia, issue, '/integrate')
  const pull = await box.seen('the pull request', () => box.pullOf(issue))
  await box.concluded(pull.number, 'action_required')
  return { ...box, wren, issue, pull: pull.number }
}

/** What is quoted, shown, edited in, or said by somebody who may not: nothing, or a reason. */
async function talkDoesNothing(scene: Scene): Promise<void> {
  const { say, mia, paul, pull } = scene
  const edited = await say(mia, pull, 'I shall read it first.')
  const quiet = [
    await say(mia, pull, '> /approve all\n\nNot yet.'),
    await say(mia, pull, 'I would write `/approve all`, or\n\n```\n/approve all\n```'),
    await say(mia, pull, '- /approve all\n\nis in a list, and /approve all in the middle of a line.'),
  ]
  const misspelt = await say(mia, pull, '/aprove all')
  expect(await replyTo(scene, misspelt)).toMatch(/`mia`: not done\. .*\/approve/)
  // GitHub tells the times of comments in whole seconds: an edit in the very second is none that anybody can see.
  const { created_at } = await scene.get<Comment>(`/issues/comments/${edited}`)
  await scene.seen('the next second', async () => (Date.now() >= Date.parse(created_at) + 1000 ? true : undefined))
  await mia('PATCH', `${REPO}/issues/comments/${edited}`, { body: '/approve all' })
  const refused = await say(paul, pull, '/approve all')
  expect(await replyTo(scene, refused)).toMatch(/`paul`: not done\. .*write permission/)
  for (const id of [...quiet, edited]) expect(await scene.reactions(id)).toEqual([])
  for (const id of [misspelt, refused]) expect(await scene.reactions(id)).toEqual(['confused'])
  const check = await scene.concluded(pull, 'action_required')
  expect(states(check)).toEqual({ c1: 'open', c2: 'open', c3: 'open', c4: 'open', c5: 'open' })
}

async function requestedChangesBlock(scene: Scene): Promise<void> {
  const { mia, wren, pull } = scene
  const review = await wren<{ id: number }>('POST', `${REPO}/pulls/${pull}/reviews`, {
    ...{ event: 'REQUEST_CHANGES', body: 'The README first.' },
  })
  await done(scene, await scene.say(mia, pull, '/approve all'))
  const blocked = await scene.concluded(pull, 'action_required', ({ output }) =>
    /^Wren requests changes/.test(output.title),
  )
  expect(states(blocked)).toEqual({ c1: 'mia', c2: 'mia', c3: 'mia', c4: 'mia', c5: 'mia' })
  await mia('PUT', `${REPO}/pulls/${pull}/reviews/${review.id}/dismissals`, { message: 'Done.', event: 'DISMISS' })
  await scene.concluded(pull, 'success')
}

/** Two commits of a person on adjacent lines of one file. Answers the lines as they were. */
async function pushIsKept(scene: Scene): Promise<{ readonly number: number; readonly before: readonly string[] }> {
  const { pull, wren } = scene
  const before = (await textOf(scene)).split('\n')
  const number = before.findIndex((line, index) => line !== '' && before[index + 1] !== '' && index > 2)
  const commits = [
    await edit(scene, number, 'A line of Mia’s.', 'Say it better'),
    await edit(scene, number + 1, 'Another line of Mia’s.', 'Say this better, too'),
  ]
  const check = await scene.concluded(pull, 'action_required', ({ output }) => /Tests: ✓/.test(output.summary))
  expect(check.head_sha).toBe(commits[1])
  // Only what the pushes touched is asked for again.
  const approvals = { c1: 'mia', c2: 'mia', c3: 'mia', c4: 'lapsed', c5: 'mia' }
  expect(states(check)).toEqual({ ...approvals, u1: 'open', u2: 'open' })
  await scene.seen('the table of changes', async () => {
    const { body } = await scene.get<Pull>(`/pulls/${pull}`)
    return /^\| `u2` \| `Say this better, too` \(pushed by a person\) \| .* \| in \|$/m.test(body) ? true : undefined
  })
  // Who pushed does not approve it alone where somebody else may.
  await done(scene, await scene.say(scene.mia, pull, '/approve u1 u2 c4'))
  const second = await scene.concluded(pull, 'action_required', ({ output }) => /second person/.test(output.title))
  expect(states(second)).toMatchObject({ c4: 'mia', u1: 'open', u2: 'open' })
  await done(scene, await scene.say(wren, pull, '/approve u1 u2'))
  await scene.concluded(pull, 'success')
  return { number, before }
}

/** What a later change wrote in the next line stays, and only the approvals of what is touched lapse. */
async function adjacentRevert(
  scene: Scene,
  { number, before }: { readonly number: number; readonly before: readonly string[] },
): Promise<void> {
  const { pull, mia } = scene
  const head = await headOf(scene)
  await done(scene, await scene.say(mia, pull, '/revert u1'))
  const check = await retested(scene, head)
  expect(states(check)).toEqual({
    ...{ c1: 'mia', c2: 'mia', c3: 'mia', c4: 'lapsed', c5: 'mia' },
    ...{ u1: 'r1', u2: 'lapsed' },
  })
  const lines = (await textOf(scene)).split('\n')
  expect(lines[number]).toBe(before[number])
  expect(lines[number + 1]).toBe('Another line of Mia’s.')
  const commit = await scene.get<{
    commit: { message: string }
    parents: { sha: string }[]
    author: { login: string }
  }>(`/commits/${check.head_sha}`)
  expect(commit).toMatchObject({ author: { login: 'graft[bot]' }, parents: [{ sha: head }] })
  expect(commit.commit.message).toMatch(/^Graft-Reverts: u1$/m)
  // A second time there is nothing to take back.
  const again = await scene.say(mia, pull, '/revert u1')
  expect(await replyTo(scene, again)).toMatch(/taken back already, by r1/)
  expect(await headOf(scene)).toBe(check.head_sha)
}

async function dependentsAreNamed(scene: Scene): Promise<void> {
  const { pull, mia, wren } = scene
  const head = await headOf(scene)
  const tree = await treeOf(scene, head)
  const comment = await scene.say(mia, pull, '/revert c1')
  const reply = await replyTo(scene, comment)
  for (const id of ['c2', 'c3', 'c4', 'c5']) expect(reply).toContain(`\`${id}\``)
  expect(reply).toContain('nothing was changed')
  expect(await headOf(scene)).toBe(head)
  const offer = /`(\/revert c1 [^`]+)`/.exec(reply)?.[1] ?? 'no offer'
  expect(offer.split(' ')).toEqual(['/revert', 'c1', 'c2', 'c3', 'c4', 'c5', 'u2'])
  await done(scene, await scene.say(wren, pull, offer))
  const empty = await scene.seen('the check run of what is left', async () => {
    const now = await headOf(scene)
    const check = await scene.check(now)
    return now !== head && check?.status === 'completed' ? check : undefined
  })
  expect(empty.conclusion).not.toBe('success')
  expect(empty.output.summary).toContain('every change is taken back')
  const live = Object.values(states(empty)).filter((state) => !/^r\d$/.test(state))
  expect(live).toEqual([])
  // The revert of the revert: the same files, and so the same approvals.
  await done(scene, await scene.say(wren, pull, '/revert r2'))
  const back = await retested(scene, empty.head_sha)
  expect(await treeOf(scene, back.head_sha)).toBe(tree)
  expect(states(back)).toEqual({
    ...{ c1: 'mia', c2: 'mia', c3: 'mia', c4: 'lapsed', c5: 'mia' },
    ...{ u1: 'r1', u2: 'lapsed' },
  })
}

async function buttons(scene: Scene): Promise<void> {
  const { github, pull } = scene
  const press = (check: Check, login: string, button: string) => github.pressButton(NAME, check.id, login, button)
  const head = await headOf(scene)
  const open = await scene.concluded(pull, 'action_required')
  for (const button of ['approve_all', 'undo', 'retest', 'rerequest']) {
    const before = await replies(scene)
    press(open, 'paul', button)
    const reply = await scene.seen(`the refusal of ${button}`, async () => (await replies(scene))[before.length])
    expect(reply.body).toMatch(/`paul`: not done\. .*write permission/)
  }
  expect(await headOf(scene)).toBe(head)
  expect(await runsOf(scene, head)).toBe(1)

  press(open, 'wren', 'approve_all')
  // Nobody vouches for who pushed, so it takes two.
  const second = await scene.concluded(pull, 'action_required', ({ output }) => /second person/.test(output.title))
  expect(states(second)).toMatchObject({ c1: 'mia', c4: 'wren', u2: 'lapsed' })
  expect(second.output.summary).toContain('edited since `mia` approved')
  await done(scene, await scene.say(scene.mia, pull, '/approve u2'))
  const success = await scene.concluded(pull, 'success')
  expect(states(success)).toMatchObject({ c1: 'mia', c4: 'wren', u2: 'wren' })
  for (const [index, button] of ['retest', 'rerequest', 'rerequest_all'].entries()) {
    press(await scene.concluded(pull, 'success'), 'wren', button)
    await scene.seen(`a run for ${button}`, async () => {
      const jobs = await scene.get<unknown[]>('/git/matching-refs/heads/graft-measure/')
      return (await runsOf(scene, head)) === index + 2 && jobs.length === 0 ? true : undefined
    })
  }
  // The approvals are of the same files still.
  expect(states(await scene.concluded(pull, 'success'))).toEqual(states(success))

  press(success, 'wren', 'undo')
  // The last action was to bring back what r2 had taken.
  const undone = await scene.seen('what the button did', async () => {
    const one = await scene.check(await headOf(scene))
    return one?.head_sha !== head && one?.status === 'completed' ? one : undefined
  })
  expect(Object.values(states(undone)).every((state) => /^r\d$/.test(state))).toBe(true)
  // A button that was shown before the branch moved does nothing any more.
  const before = await replies(scene)
  press(success, 'wren', 'undo')
  const late = await scene.seen('the refusal', async () => (await replies(scene))[before.length])
  expect(late.body).toContain('The branch has moved')
  expect(await headOf(scene)).toBe(undone.head_sha)
}

/** How each change stands by the table of the check run: `open`, `lapsed`, who approved it, or what took it back. */
function states({ output }: Check): Record<string, string> {
  const rows = output.summary.matchAll(/^\| `([cu]\d+)` \|.*\| ([^|]+) \|$/gm)
  return Object.fromEntries(
    [...rows].map(([, id = '', state = '']) => {
      const approved = /^✓ approved by `(\w+)`/.exec(state)?.[1]
      const taken = /^taken back by `(r\d+)`/.exec(state)?.[1]
      return [id, approved ?? taken ?? (state.includes('edited since') ? 'lapsed' : 'open')]
    }),
  )
}

async function headOf(scene: Scene): Promise<string> {
  return (await scene.get<Pull>(`/pulls/${scene.pull}`)).head.sha
}

async function treeOf(scene: Scene, commit: string): Promise<string> {
  return (await scene.get<{ tree: { sha: string } }>(`/git/commits/${commit}`)).tree.sha
}

/** The check run of a newer head, after its tests: the merge waits for people again. */
function retested(scene: Scene, old: string): Promise<Check> {
  const fits = ({ head_sha, output }: Check) => head_sha !== old && /Tests: ✓ \d+ passed/.test(output.summary)
  return scene.concluded(scene.pull, 'action_required', fits)
}

async function textOf(scene: Scene): Promise<string> {
  return Buffer.from((await fileOf(scene)).content, 'base64').toString('utf8')
}

async function fileOf(scene: Scene): Promise<{ readonly content: string; readonly sha: string }> {
  return scene.get(`/contents/${README}?ref=${await headOf(scene)}`)
}

/** A person's commit on the branch; answers it. */
async function edit(scene: Scene, line: number, text: string, message: string): Promise<string> {
  const { content, sha } = await fileOf(scene)
  const lines = Buffer.from(content, 'base64').toString('utf8').split('\n')
  lines[line] = text
  const branch = (await scene.get<Pull>(`/pulls/${scene.pull}`)).head.ref
  const made = await scene.mia<{ commit: { sha: string } }>('PUT', `${REPO}/contents/${README}`, {
    ...{ branch, message, sha, content: Buffer.from(lines.join('\n')).toString('base64') },
  })
  return made.commit.sha
}

/** Until the comment carries the sign that its command was done. */
async function done(scene: Scene, comment: number): Promise<void> {
  await scene.seen('the rocket', async () => ((await scene.reactions(comment)).includes('rocket') ? true : undefined))
}

/** The reply to a comment's first command, after the comment was marked as refused. */
async function replyTo(scene: Scene, comment: number): Promise<string> {
  const reply = await scene.seen('the reply', async () =>
    (await replies(scene)).find(({ body }) => body.startsWith(`<!-- graft:reply ${comment}-`)),
  )
  await scene.seen('the sign', async () => ((await scene.reactions(comment)).includes('confused') ? true : undefined))
  return reply.body
}

function replies(scene: Scene): Promise<Comment[]> {
  return scene.ours(scene.pull, 'reply')
}

/** How many runs there were of a commit. */
async function runsOf(scene: Scene, head: string): Promise<number> {
  return (await scene.get<{ total_count: number }>(`/actions/runs?head_sha=${head}`)).total_count
}
