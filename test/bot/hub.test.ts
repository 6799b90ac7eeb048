import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHub } from '../../src/bot/hub.ts'
import type { CheckContent, Hub } from '../../src/integration/hub.ts'
import { createGithubRepository } from '../../src/repository/github.ts'
import { MovedError } from '../../src/repository/repository.ts'
import { TransientError } from '../../src/values/errors.ts'
import { type Asked, type Installed, type Stage, startStage } from './support/installed.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

interface Opened extends Installed {
  readonly hub: Hub
  /** Opens an issue as the person `pia` and returns its number. */
  issue(body?: string, labels?: readonly string[]): Promise<number>
  /** A branch with one change, and the commit it points to. */
  branch(name?: string): Promise<string>
}

async function open(): Promise<Opened> {
  const installed = await stage.repository()
  const { octokit, owner, github } = installed
  const place = { octokit, owner, repository: 'target', app: github.app }
  const pia = installed.as('pia', 'write')
  return {
    ...installed,
    hub: createHub(place),
    async issue(body = 'hello', labels = []) {
      const input = { owner, repo: 'target', title: 'An issue', body, labels: [...labels] }
      return (await pia.request('POST /repos/{owner}/{repo}/issues', input)).data.number
    },
    async branch(name = 'graft/1-toy') {
      const repository = createGithubRepository(place)
      const { commit } = await repository.base()
      const files = [{ path: 'b.txt', content: 'b', why: '' }]
      const commits = [{ message: 'm', files }]
      const made = await repository.publish({ branch: name, expectedHead: undefined, parent: commit, commits })
      return made[0]?.commit ?? ''
    },
  }
}

const content = (changes: Partial<CheckContent> = {}): CheckContent => ({
  status: 'completed',
  conclusion: 'action_required',
  title: 'Two changes wait',
  summary: 'A *summary*',
  text: 'The report',
  record: '[{"source":"12"}]',
  buttons: [{ id: 'approve_all', label: 'Approve all', description: 'Approves every change' }],
  ...changes,
})
const server = { status: 502, body: { message: 'Server Error' } }
const faults = [{ afterwards: server }, { instead: server }, { drop: 'after' }, { drop: 'before' }] as const

/** Counts requests that write so, and lets the first of them fail. */
function failOnce(method: string, end: string, fault: (typeof faults)[number]): { hits: number } {
  const seen = { hits: 0 }
  stage.fault = (asked: Asked) =>
    asked.method === method && asked.route?.endsWith(end) && seen.hits++ === 0 ? fault : undefined
  return seen
}

describe('issues', () => {
  test('what an issue says; deleted, transferred and unknown ones are not there', async () => {
    const { hub, issue, github, name } = await open()
    const [first, second, third] = [await issue('body ü\r\nline'), await issue(), await issue()]
    await expect(hub.issue(first)).resolves.toMatchObject({
      number: first,
      title: 'An issue',
      body: 'body ü\r\nline',
      author: { login: 'pia', kind: 'person' },
      state: 'open',
      isPull: false,
      url: expect.stringMatching(/^http/),
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    github.removeIssue(name, second, 'deleted')
    github.removeIssue(name, third, 'transferred')
    for (const number of [second, third, 999]) await expect(hub.issue(number)).resolves.toBeUndefined()
  })

  test('of a renamed repository they are there; where issues are disabled, that is said', async () => {
    const { hub, issue, github, owner } = await open()
    const number = await issue()
    github.renameRepository(`${owner}/target`, `${owner}/renamed`)
    await expect(hub.issue(number)).resolves.toMatchObject({ number })
    await expect(hub.createComment(number, 'hello')).resolves.toMatchObject({ ours: true, body: 'hello' })
    github.configure(`${owner}/renamed`, { issues: false })
    await expect(hub.createComment(number, 'hello')).rejects.toMatchObject({ kind: 'issues_disabled' })
  })

  test('requests carry the label or come from the form; pull requests are none', async () => {
    const { hub, issue, branch } = await open()
    const labelled = await issue('whatever', ['graft'])
    await issue('### Elsewhere\n\nx')
    const form = await issue('### Source\n\nsome-package\n\n### Name\n\n_No response_')
    await branch()
    const pull = await hub.createPull({ branch: 'graft/1-toy', base: 'main', title: 't', body: '### Source\n\nx' })
    await hub.addLabels(pull.number, ['graft', 'graft'])
    await hub.addLabels(labelled, ['graft: review'])
    const found = await hub.requests()
    expect(found.map(({ number, labels }) => [number, labels])).toEqual([
      [form, []],
      [labelled, ['graft', 'graft: review']],
    ])
    await expect(hub.pull(pull.number)).resolves.toMatchObject({ labels: ['graft'] })
  })
})

describe('comments', () => {
  test('are ours only when the App wrote them; our reactions are read only where there are any', async () => {
    const { hub, issue, as, owner, news } = await open()
    const number = await issue()
    const ours = await hub.createComment(number, '<!-- graft:status 1 -->\nworking')
    const mallory = as('mallory')
    const write = async (body: string) => {
      const input = { owner, repo: 'target', issue_number: number, body }
      return (await mallory.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', input)).data.id
    }
    await write('<!-- graft:status 1 -->\nforged')
    const [command, decoy] = [Number(await write('/approve')), Number(await write('/help'))]
    await hub.react(command, 'eyes')
    await hub.react(command, 'eyes')
    await hub.react(command, 'rocket')
    const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'
    await mallory.request(route, { owner, repo: 'target', comment_id: decoy, content: 'rocket' })
    // Code without a command answers a question, and carries our reaction as well.
    await hub.react(Number(await write('Like `c.x(0)`.')), 'rocket')
    await hub.editComment(ours.id, '<!-- graft:status 1 -->\ndone')
    news()
    const comments = await hub.comments(number, 'issue')
    expect(comments.map((comment) => [comment.author.login, comment.ours, comment.body, comment.reactions])).toEqual([
      ['graft[bot]', true, '<!-- graft:status 1 -->\ndone', []],
      ['mallory', false, '<!-- graft:status 1 -->\nforged', []],
      ['mallory', false, '/approve', ['eyes', 'rocket']],
      ['mallory', false, '/help', []],
      ['mallory', false, 'Like `c.x(0)`.', ['rocket']],
    ])
    expect(comments[0]?.author.kind).toBe('bot')
    const asked = news().filter((line) => line.includes('reactions'))
    expect(asked).toHaveLength(4)
  })

  test('more than a page of them', async () => {
    const { hub, issue, as, owner } = await open()
    const number = await issue()
    const pia = as('pia')
    for (let index = 1; index <= 101; index++) {
      const input = { owner, repo: 'target', issue_number: number, body: `comment ${index}` }
      await pia.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', input)
    }
    const bodies = (await hub.comments(number, 'issue')).map(({ body }) => body)
    expect(bodies).toHaveLength(101)
    expect([bodies[0], bodies.at(-1)]).toEqual(['comment 1', 'comment 101'])
  })

  test.each(faults)('an answer that is lost leaves one comment (%j)', async (fault) => {
    const { hub, issue } = await open()
    const number = await issue()
    const body = '<!-- graft:plan 1 -->\nthe plan  \r\n'
    await hub.createComment(number, '<!-- graft:status 1 -->')
    const seen = failOnce('POST', '/comments', fault)
    const comment = await hub.createComment(number, body)
    expect(seen.hits).toBeGreaterThan(0)
    const ids = (await hub.comments(number, 'issue')).map(({ id }) => id)
    expect(ids).toHaveLength(2)
    expect(ids[1]).toBe(comment.id)
  })

  test('where GitHub stays silent it is told, and nothing was written', async () => {
    const { hub, issue, news } = await open()
    const number = await issue()
    news()
    stage.fault = ({ method }) => (method === 'POST' ? { instead: server } : undefined)
    await expect(hub.createComment(number, 'hello')).rejects.toBeInstanceOf(TransientError)
    const comments = '/issues/{issue_number}/comments'
    expect(news()).toEqual([`POST ${comments}`, `GET ${comments}`, `POST ${comments}`, `GET ${comments}`])
  })
})

describe('people', () => {
  test.each(['admin', 'write', 'read', 'none'] as const)('who may %s', async (permission) => {
    const { hub, as } = await open()
    as('olga', permission)
    // Whoever is nobody may still read what is public.
    const expected = permission === 'none' ? /^(none|read)$/ : new RegExp(`^${permission}$`)
    await expect(hub.permission('olga')).resolves.toMatch(expected)
    await expect(hub.permission('nobody-of-that-name')).resolves.toBe('none')
    await expect(hub.permission('../../../user')).resolves.toBe('none')
  })

  test('names everybody who may write, and nobody else', async () => {
    const { hub, as } = await open()
    as('olga', 'write')
    as('rita', 'read')
    const writers = await hub.writers()
    expect(writers).toContain('olga')
    expect(writers).not.toContain('rita')
  })

  test('a permission that the App lacks is named', async () => {
    const { hub, github, installation, issue } = await open()
    const number = await issue()
    for (const permission of ['issues', 'pull_requests'])
      github.setInstallationPermission(installation, permission, undefined)
    await expect(hub.createComment(number, 'x')).rejects.toMatchObject({
      kind: 'permission',
      reason: expect.stringMatching(/"issues: write" or "pull_requests: write"/),
    })
  })
})

describe('pull requests', () => {
  const input = { branch: 'graft/1-toy', base: 'main', title: 'Toy', body: 'The body' }

  test('made, found, edited, reviewed and merged', async () => {
    const { hub, branch, as, owner } = await open()
    const head = await branch()
    await branch('graft/1-toy-too')
    await expect(hub.pullsOf('graft/1-toy')).resolves.toEqual([])
    const made = await hub.createPull(input)
    expect(made).toMatchObject({
      state: 'open',
      merged: false,
      ours: true,
      sameRepository: true,
      head: { ref: 'graft/1-toy', sha: head },
      base: { ref: 'main' },
      title: 'Toy',
      body: 'The body',
    })
    await hub.updatePull(made.number, { body: 'Another' })
    await expect(hub.pull(made.number)).resolves.toMatchObject({ body: 'Another', state: 'open' })
    await expect(hub.issue(made.number)).resolves.toMatchObject({ isPull: true })
    const comment = await hub.createComment(made.number, 'here')
    expect(comment.where).toBe('pull')

    const pia = as('pia')
    const at = { owner, repo: 'target', pull_number: made.number }
    const reviews = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews'
    await pia.request(reviews, { ...at, event: 'APPROVE' })
    await pia.request(reviews, { ...at, body: 'draft' })
    await expect(hub.reviews(made.number)).resolves.toMatchObject([
      { author: { login: 'pia', kind: 'person' }, state: 'approved', commit: head },
    ])
    const merge = await pia.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', at)
    const [merged] = await hub.pullsOf('graft/1-toy')
    expect(merged).toMatchObject({ number: made.number, state: 'closed', merged: true, mergeCommit: merge.data.sha })
    await expect(hub.pull(999)).resolves.toBeUndefined()
    expect((await hub.branches('graft/1-')).sort()).toEqual(['graft/1-toy', 'graft/1-toy-too'])
    await expect(hub.branches('graft/2')).resolves.toEqual([])
  })

  test('one that is there is adopted; a closed one is not', async () => {
    const { hub, branch } = await open()
    await branch()
    const made = await hub.createPull(input)
    await expect(hub.createPull({ ...input, title: 'Again' })).resolves.toMatchObject({
      number: made.number,
      title: 'Toy',
    })
    await hub.updatePull(made.number, { state: 'closed' })
    const second = await hub.createPull(input)
    expect(second.number).not.toBe(made.number)
    expect((await hub.pullsOf(input.branch)).map(({ number }) => number)).toEqual([second.number, made.number])
    await expect(hub.createPull({ ...input, branch: 'nowhere' })).rejects.toThrow(/422/)
  })

  test.each(faults)('is merged once, at the head that was meant (%j)', async (fault) => {
    const { hub, branch, github, name } = await open()
    const head = await branch()
    const { number } = await hub.createPull(input)
    await expect(hub.merge(number, '0'.repeat(40), 'merge')).rejects.toBeInstanceOf(MovedError)
    github.configure(name, { mergeMethods: ['squash', 'rebase'] })
    await expect(hub.merge(number, head, 'merge')).resolves.toMatch(/not allowed/)
    await expect(hub.mergeRules('main')).resolves.toEqual({ methods: ['squash', 'rebase'], isRuled: false })
    github.configure(name, { protectedBranches: [{ pattern: 'main', allow: [] }] })
    await expect(hub.mergeRules('main')).resolves.toMatchObject({ isRuled: true })
    github.configure(name, { protectedBranches: [] })
    const seen = failOnce('PUT', '/merge', fault)
    await expect(hub.merge(number, head, 'squash')).resolves.toBeUndefined()
    expect(seen.hits).toBeGreaterThan(0)
    await expect(hub.pull(number)).resolves.toMatchObject({ merged: true })
  })

  test.each(faults)('an answer that is lost leaves one pull request (%j)', async (fault) => {
    const { hub, branch } = await open()
    await branch()
    const seen = failOnce('POST', '/pulls', fault)
    const made = await hub.createPull(input)
    expect(seen.hits).toBeGreaterThan(0)
    expect((await hub.pullsOf(input.branch)).map(({ number }) => number)).toEqual([made.number])
  })
})

describe('the check run', () => {
  test('says everything again, the record with 20,000 characters too', async () => {
    const { hub, branch, github, name, octokit, owner } = await open()
    const head = await branch()
    await expect(hub.check(head)).resolves.toBeUndefined()
    const { conclusion: _none, ...running } = content({ status: 'in_progress', record: '', buttons: [] })
    const first = await hub.createCheck(head, running)
    await expect(hub.check(head)).resolves.toMatchObject({ ...running, id: first.id, head })
    const full = content({ record: 'ab€'.repeat(6666), detailsUrl: 'https://ci.test/1' })
    await hub.updateCheck(first.id, full)
    await expect(hub.check(head)).resolves.toMatchObject({ ...full, id: first.id })
    const second = await hub.createCheck(head, content({ conclusion: 'success' }))
    await octokit.request('POST /repos/{owner}/{repo}/check-runs', {
      owner,
      repo: 'target',
      name: 'other',
      head_sha: head,
    })
    await expect(hub.check(head)).resolves.toMatchObject({ id: second.id, conclusion: 'success' })
    github.pressButton(name, second.id, owner, 'approve_all')
  })

  test.each(faults)('an answer that is lost leaves one (%j)', async (fault) => {
    const { hub, branch, octokit, owner } = await open()
    const head = await branch()
    const seen = failOnce('POST', '/check-runs', fault)
    const made = await hub.createCheck(head, content())
    expect(seen.hits).toBeGreaterThan(0)
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs'
    const { data } = await octokit.request(route, { owner, repo: 'target', ref: head, filter: 'all' })
    expect(data.check_runs.map(({ id }) => Number(id))).toEqual([made.id])
  })
})
