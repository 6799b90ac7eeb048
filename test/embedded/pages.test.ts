/** The pages for people: what they show, that a box acts in the chosen person's name, and that nobody else presses a button. */
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NAME, type Stage, setStage, WHERE } from './support/github.ts'

let stage: Stage
let origin: string

beforeAll(async () => {
  stage = await setStage()
  origin = new URL(stage.github.url).origin
})
afterAll(() => stage.close())

const page = async (path: string) => (await fetch(`${origin}${path}`)).text()

/** All pages that links lead to from one, by path; one that is not there fails the test. */
async function crawl(from: string): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>()
  const waiting = [from]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (pages.has(path)) continue
    const response = await fetch(`${origin}${path}`)
    expect([path, response.status]).toEqual([path, 200])
    const shown = await response.text()
    pages.set(path, shown)
    for (const [, href = ''] of shown.matchAll(/href="([^"]*)"/g)) {
      const url = new URL(href.replaceAll('&amp;', '&'), `${origin}${path}`)
      const known = /\/tree\/|follow=/.test(url.href)
      if (url.origin === origin && !known) waiting.push(url.pathname)
    }
  }
  return pages
}

const post = (path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${origin}${path}`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) })

test('the form of the repository files an issue as GitHub would write it', async () => {
  expect(await page(`/${NAME}/issues/new`)).toContain('name="field-source"')
  const answer = await post(
    `/${NAME}/issues/new`,
    { title: 'Integrate x', 'field-source': 'pkg:pypi/x', 'field-simulator-types': 'Statevector' },
    { cookie: 'as=cleo' },
  )
  const number = Number(answer.headers.get('location')?.split('/').at(-1))
  const { data } = await stage.as('ada').request('GET /repos/{owner}/{repo}/issues/{issue_number}', {
    ...WHERE,
    issue_number: number,
  })
  expect(data.user?.login).toBe('cleo')
  expect(data.labels).toMatchObject([{ name: 'graft' }])
  expect(data.body).toContain('### Source\n\npkg:pypi/x\n\n### Name\n\n_No response_')
  expect(data.body).toContain('- [X] Statevector\n- [ ] Density matrix')
  expect(await page(`/${NAME}/issues`)).toContain('Integrate x')
})

test('a required field that is empty is said on the page, and nothing is filed', async () => {
  const before = (await stage.as('ada').request('GET /repos/{owner}/{repo}/issues', WHERE)).data.length
  const answer = await post(`/${NAME}/issues/new`, { title: 'Nothing', 'field-source': '' })
  const there = await page(answer.headers.get('location') ?? '')
  expect(there).toMatch(/role="alert">[^<]*Source/)
  expect((await stage.as('ada').request('GET /repos/{owner}/{repo}/issues', WHERE)).data).toHaveLength(before)
})

test('comments are shown as Markdown, and what could act in a browser is left out', async () => {
  const { data: issue } = await stage
    .as('ada')
    .request('POST /repos/{owner}/{repo}/issues', { ...WHERE, title: '<b>T</b>' })
  const body =
    '| a | b |\n|---|---|\n| `1` | 2 |\n\n<script>alert(1)</script>\n\n![x](https://e.invalid/x.png)\n\n[k](javascript:alert(1))\n\n<!-- hidden -->\n\n<details><summary>More</summary>\n\n**bold**\n\n</details>'
  await post(`/${NAME}/issues/${issue.number}/comment`, { body, back: `/${NAME}/issues/${issue.number}` })
  const shown = await page(`/${NAME}/issues/${issue.number}`)
  expect(shown).toContain('&lt;b&gt;T&lt;/b&gt;')
  expect(shown).toContain('<td><code>1</code></td>')
  expect(shown).toContain('<details><summary>More</summary>')
  expect(shown).not.toMatch(/<script|<img|javascript:|hidden -->/)
})

test('what the API refuses is told on the page in its words', async () => {
  const { data: issue } = await stage
    .as('ada')
    .request('POST /repos/{owner}/{repo}/issues', { ...WHERE, title: 'Of ada' })
  const back = `/${NAME}/issues/${issue.number}`
  const answer = await post(`${back}/state`, { state: 'closed', back }, { cookie: 'as=cleo' })
  expect(answer.headers.get('location')).toMatch(/\?problem=/)
  const { data } = await stage
    .as('ada')
    .request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...WHERE, issue_number: issue.number })
  expect(data.state).toBe('open')
})

test('a page of another site presses no button, and a foreign name for this machine is no address', async () => {
  expect((await post('/as', { login: 'ada', back: '/' }, { origin: 'https://evil.invalid' })).status).toBe(403)
  const answer = await new Promise<string>((resolve, reject) => {
    get(origin, { headers: { host: 'evil.invalid' } }, (response) => resolve(text(response))).once('error', reject)
  })
  expect(answer).toBe('Not from here.')
  expect((await post('/as', { login: 'ada', back: '//evil.invalid' })).headers.get('location')).toBe('/')
})

test('every link of a pull request, its commits, files, checks and runs leads to a page', async () => {
  const ben = stage.as('ben')
  const { data: issue } = await ben.request('POST /repos/{owner}/{repo}/issues', { ...WHERE, title: 'Wish' })
  const main = await ben.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...WHERE, ref: 'heads/main' })
  const branch = `graft/${issue.number}-x`
  await ben.request('POST /repos/{owner}/{repo}/git/refs', {
    ...WHERE,
    ref: `refs/heads/${branch}`,
    sha: main.data.object.sha,
  })
  await ben.request('PUT /repos/{owner}/{repo}/contents/{path}', {
    ...{ ...WHERE, branch, path: 'docs/a b/x.py', message: 'Add x\n\nWhy.' },
    content: Buffer.from('print(1)\n').toString('base64'),
  })
  const { data: pull } = await ben.request('POST /repos/{owner}/{repo}/pulls', {
    ...{ ...WHERE, head: branch, base: 'main', title: 'Add x' },
    body: `Closes #${issue.number}, not #999.`,
  })
  const { data: check } = await stage.bot.request('POST /repos/{owner}/{repo}/check-runs', {
    ...{ ...WHERE, name: 'graft', head_sha: pull.head.sha, status: 'completed', conclusion: 'action_required' },
    output: { title: 'Waits', summary: `For #${pull.number}` },
    actions: [{ label: 'Approve all', description: 'All of it', identifier: 'approve' }],
  })
  await stage.github.idle()
  const pages = await crawl(`/${NAME}/pull/${pull.number}`)
  for (const wanted of [
    `/${NAME}/issues/${issue.number}`,
    `/${NAME}/commit/${pull.head.sha}`,
    `/${NAME}/blob/${pull.head.sha}/docs/a%20b/x.py`,
    `/${NAME}/runs/${check.id}`,
    `/${NAME}/pull/${pull.number}/checks`,
  ]) {
    expect([...pages.keys()]).toContain(wanted)
  }
  const run = [...pages.entries()].find(([path]) => /\/actions\/runs\/\d+$/.test(path))
  expect(run?.[1]).toMatch(/Set up job[\s\S]*Unit/)
  expect(run?.[1]).toContain(`/pull/${pull.number}`)
  expect(pages.get(`/${NAME}/issues/${issue.number}`)).toContain(`/${NAME}/pull/${pull.number}`)
  expect(pages.get(`/${NAME}/pull/${pull.number}`)).not.toContain('/issues/999')
})

test('what the API calls the page of a comment, a check run and a commit is one', async () => {
  const ada = stage.as('ada')
  const { data: issue } = await ada.request('POST /repos/{owner}/{repo}/issues', { ...WHERE, title: 'Anchors' })
  const said = { ...WHERE, issue_number: issue.number, body: 'x' }
  const { data: comment } = await ada.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', said)
  const address = new URL(comment.html_url)
  expect(await page(address.pathname)).toContain(`id="${address.hash.slice(1)}"`)
  const { data: commits } = await ada.request('GET /repos/{owner}/{repo}/commits', WHERE)
  expect((await fetch(commits[0]?.html_url ?? '')).status).toBe(200)
  const { data: file } = await ada.request('GET /repos/{owner}/{repo}/contents/{path}', { ...WHERE, path: 'README.md' })
  expect((await fetch(('html_url' in file && file.html_url) || '')).status).toBe(200)
})

test('a prefilled link opens an editor, and its button commits in the name of who presses it', async () => {
  const path = `/${NAME}/new/main`
  const shown = await page(
    `${path}?filename=${encodeURIComponent('.github/note.yml')}&value=${encodeURIComponent('a: "<b>"\n')}`,
  )
  expect(shown).toContain('value=".github/note.yml"')
  expect(shown).toContain('a: &quot;&lt;b&gt;&quot;')
  const fields = { path: 'notes/new.txt', text: 'one\r\ntwo\r\n', back: `/${NAME}` }
  expect((await post(path, fields, { cookie: 'as=cleo' })).headers.get('location')).toMatch(/problem=/)
  expect((await post(path, fields, { cookie: 'as=ben' })).headers.get('location')).toBe(`/${NAME}`)
  expect(await page(`/${NAME}/blob/main/notes/new.txt`)).toMatch(/id="L2">two</)
  expect(await page(`/${NAME}/tree/main/notes`)).toContain('new.txt')
})

test('a page that is followed loads itself again, another does not', async () => {
  expect(await page(`/${NAME}?follow=1`)).toContain('http-equiv="refresh"')
  expect(await page(`/${NAME}`)).not.toContain('http-equiv')
})

test('what is not there is said so', async () => {
  const paths = [
    'runs/1',
    'actions/runs/1',
    `commit/${'0'.repeat(40)}`,
    'blob/main/none',
    'tree/none',
    'new/none',
    'blob/main/..%2Fx',
  ]
  for (const path of paths) expect([path, (await fetch(`${origin}/${NAME}/${path}`)).status]).toEqual([path, 404])
})
