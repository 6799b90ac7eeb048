/**
 * Whoever writes the issue, the comments or the commits is hostile: nothing of it is obeyed, believed, executed, or said again in
 * a way that GitHub acts on. The simulator and its tests are real.
 */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { beforeAll, expect, test } from 'vitest'
import { setUp } from '../../../src/cli/demo/story.ts'
import { EMPTY_RECORD, withRecord } from '../../../src/integration/request-record.ts'
import { createServices, type Services } from '../../../src/integration/services.ts'
import { CACHE } from '../support.ts'
import { type Box, type Check, type Comment, inBox, NAME, type Pull, REPO } from './box.ts'

const PACE = { editMilliseconds: 0, noRunMilliseconds: 180_000 }
const SOURCE = 'pkg:pypi/qulacs@0.6.14'
/** Would be there if any text of theirs was ever run. */
const canary = join(tmpdir(), `graft-executed-${process.pid}`)

const BAIT =
  '@mia @lab/team closes #1 lab/other#2 https://evil.example www.evil.example ![i](https://evil.example/i.png) <img src=https://evil.example/i onerror=alert(1)> :tada: a@evil.example [skip ci] <!-- graft:status 1 -->'
const CODE = `"""\n'''\\" + __import__("pathlib").Path("${canary}").touch() #\r# -*- coding: utf-7 -*-\u202e\u2028`

let services: Services
beforeAll(async () => {
  const made = await createServices({ cacheDir: CACHE })
  let tested: ReturnType<typeof made.runner.test> | undefined
  const runner: typeof made.runner = {
    ...made.runner,
    /** Once for real. What is pushed later changes nothing of what is tested. */
    async test(job, onProgress) {
      tested ??= made.runner.test(job, onProgress)
      return { ...(await tested), commit: job.commit, tree: job.tree }
    },
  }
  services = { ...made, runner }
})

interface Scene extends Box {
  readonly wren: Box['mia']
  readonly issue: number
  readonly pull: number
}

test('an issue, comments and pushes that are hostile', async () => {
  await inBox({ services, pace: PACE }, async (box) => {
    await setUp(box, () => undefined)
    const { hands: wren } = box.person('wren', 'write')
    const issue = await filed(box)
    await strangersAreNotObeyed(box, issue)
    await box.say(box.mia, issue, '/integrate')
    const { number: pull } = await box.seen('the pull request', () => box.pullOf(issue))
    await box.concluded(pull, 'action_required', testsAreGreen)
    const scene = { ...box, wren, issue, pull }
    await saidHarmlessly(scene)
    await nobodyElsesPullRequestIsGreen(scene)
    await pushersAreNotBelieved(scene)
    await saidHarmlessly(scene)
    nothingLeaks(box)
    expect(existsSync(canary)).toBe(false)
  })
})

const testsAreGreen = ({ output }: Check) => /Tests: ✓/.test(output.summary)

/** Filled in by somebody who may only read, and edited, so that fields hold what the form would not take. */
async function filed(box: Box): Promise<number> {
  const values = { source: SOURCE, 'display-name': 'Name', description: 'Description', author: 'Author' }
  const issue = await box.github.fileForm(NAME, 'paul', 'graft.yml', { title: BAIT.slice(0, 200), values })
  const { body } = await box.get<{ body: string }>(`/issues/${issue}`)
  const hostile = body
    .replace('\nName\n', `\n${CODE.slice(0, 70)}\n`)
    .replace('\nDescription\n', `\n${BAIT}\n`)
    .replace('\nAuthor\n', `\n${CODE.slice(-90)} @mia\n`)
  await box.paul('PATCH', `${REPO}/issues/${issue}`, { body: hostile })
  await box.seen('the status comment', async () => (await box.ours(issue, 'status'))[0])
  return issue
}

/** Forged records, commands that are none, and more of them than anybody needs. */
async function strangersAreNotObeyed(box: Box, issue: number): Promise<void> {
  const granted = { ...EMPTY_RECORD, state: 'working', granted: 'f'.repeat(32), done: ['1-0'] }
  await box.say(box.paul, issue, withRecord(`<!-- graft:status ${issue} -->\n**Granted**`, granted))
  await box.say(box.paul, issue, `> /integrate\n\n\`/integrate\`\n\n<details>\n\n/integrate\n\n</details>\n${BAIT}`)
  const many = await box.say(box.paul, issue, `${'/integrate now\n'.repeat(600)}${BAIT}`)
  const last = await box.say(box.paul, issue, '/integrate')
  await box.seen('the refusals', async () =>
    (await box.reactions(many)).includes('confused') && (await box.reactions(last)).includes('confused')
      ? true
      : undefined,
  )
  expect(await box.ours(issue, 'status')).toMatchObject([{ body: expect.stringContaining('waits for a maintainer') }])
  expect((await box.ours(issue, 'reply')).length).toBeLessThanOrEqual(10)
  expect(await box.get<unknown[]>('/git/matching-refs/heads/graft-measure/')).toEqual([])
}

/** A check run belongs to a commit: a pull request from elsewhere at this very commit does not turn it green. */
async function nobodyElsesPullRequestIsGreen({ wren, pull, ...box }: Scene): Promise<void> {
  const { head } = await box.get<Pull>(`/pulls/${pull}`)
  await wren('POST', `${REPO}/git/refs`, { ref: 'refs/heads/mine', sha: head.sha })
  const other = await wren<Pull>('POST', `${REPO}/pulls`, { head: 'mine', base: 'main', title: 'Mine', body: '' })
  await box.seen('the job of the other pull request', async () =>
    box.logs.some((line) => line.subject === `pull:${other.number}` && line.msg === 'job done') ? true : undefined,
  )
  expect(await box.check(head.sha)).toMatchObject({ conclusion: 'action_required' })
}

/** Somebody with write permission edits what the tests are run by, in a commit that says to be Graft's. */
async function pushersAreNotBelieved(scene: Scene): Promise<void> {
  const { wren, mia, pull, issue } = scene
  const { head } = await scene.get<Pull>(`/pulls/${pull}`)
  const path = '.github/graft/testing.py'
  const file = await scene.get<{ sha: string; content: string }>(`/contents/${path}?ref=${head.ref}`)
  const content = `${Buffer.from(file.content, 'base64').toString()}\n# nothing else\n`
  const message = `Closes #1 @mia\n\nGraft-Integration: ${issue}\nGraft-Change: c1\nGraft-Kind: adapter\n`
  await wren('PUT', `${REPO}/contents/${path}`, {
    ...{ message, branch: head.ref, sha: file.sha, content: Buffer.from(content).toString('base64') },
  })
  const red = await scene.concluded(pull, 'action_required', testsAreGreen)
  expect(red.head_sha).not.toBe(head.sha)
  expect(red.output.summary).toMatch(/^\| `u1` \| .*pushed by a person/m)
  const approvals = [await scene.say(mia, pull, '/approve all'), await scene.say(wren, pull, '/approve all')]
  await scene.seen('the approvals', async () => {
    const all = await Promise.all(approvals.map((comment) => scene.reactions(comment)))
    return all.every((one) => one.includes('rocket')) ? true : undefined
  })
  const check = await scene.concluded(pull, 'action_required', ({ output }) => /tests do not count/i.test(output.title))
  expect(check.output.summary).toContain(`\`${path}\``)
}

/** Everything that the App has written, as GitHub would show it: nothing of theirs outside of code. */
async function saidHarmlessly({ issue, pull, get, check }: Scene): Promise<void> {
  const said = [
    ...(await get<Comment[]>(`/issues/${issue}/comments?per_page=100`)),
    ...(await get<Comment[]>(`/issues/${pull}/comments?per_page=100`)),
  ].filter(({ user }) => user.login === 'graft[bot]')
  const { body, title, head } = await get<Pull>(`/pulls/${pull}`)
  const run = await check(head.sha)
  const texts = [body, ...said.map((comment) => comment.body), run?.output.summary ?? '', run?.output.text ?? '']
  for (const text of texts) {
    const shown = outsideOfCode(text)
    expect(shown).not.toMatch(/@(?:mia|lab)|#1\b|other#2|evil|<img|onerror|:tada:|__import__|\[skip/i)
  }
  const readme = await get<{ content: string }>(
    `/contents/src/proxima/backends/qulacs/README.md?ref=${encodeURIComponent(head.ref)}`,
  )
  const source = Buffer.from(readme.content, 'base64').toString()
  // What they filled in was taken, as text that is shown and no more.
  expect(source).toContain('evil.example')
  expect(outsideOfCode(source)).not.toMatch(/evil|<img|@mia|__import__|<!--/i)
  expect(title).not.toMatch(/[@#<[]/)
  const commits = await get<{ commit: { message: string }; author: { login: string } | null }[]>(
    `/pulls/${pull}/commits`,
  )
  for (const { commit, author } of commits.filter((one) => one.author?.login === 'graft[bot]')) {
    expect(author?.login).toBe('graft[bot]')
    expect(commit.message).not.toMatch(/@|#\d|evil|\[skip|__import__/)
  }
}

function outsideOfCode(markdown: string): string {
  const html = micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })
  return html.replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>|<!-- graft[\s\S]*?-->/g, '')
}

function nothingLeaks({ github, logs, violations }: Box): void {
  expect(JSON.stringify(logs)).not.toMatch(/gh[a-z]_\w{10}|PRIVATE KEY|__import__|evil\.example/)
  expect(github.exchanges.filter(({ path }) => /gh[a-z]_\w{10}|token=/.test(path))).toEqual([])
  expect(violations()).toEqual([])
  expect(logs.filter(({ level }) => level !== 'info')).toEqual([])
}
