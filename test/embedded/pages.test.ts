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
