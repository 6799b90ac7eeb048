import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CheckRun } from '../../src/embedded/entities.ts'
import type { Client, RepositoryServer } from './support/repository-server.ts'
import { addIssue, publish, refusalOf, startRepositoryServer } from './support/repository-server.ts'

const WHERE = { owner: 'ada', repo: 'proxima' }

let server: RepositoryServer
let app: Client
let ada: Client

beforeAll(async () => {
  server = await startRepositoryServer()
  server.person('grace', 'write')
  server.person('eve', 'read')
  app = server.as()
  ada = server.as('ada')
})

beforeEach(() => {
  server.events.length = 0
  server.repository.protectedBranches = []
  server.repository.mergeMethods = ['merge', 'squash', 'rebase']
})

afterAll(() => server.close())

/** A pull request of the App from a new branch. */
async function open(head: string, files: Record<string, string>, body = ''): Promise<number> {
  await publish(app, head, files)
  const { data } = await app.rest.pulls.create({ ...WHERE, head, base: 'main', title: `Add ${head}`, body })
  return data.number
}

async function pull(number: number) {
  return (await app.rest.pulls.get({ ...WHERE, pull_number: number })).data
}

async function headOf(branch: string): Promise<string> {
  return (await app.rest.git.getRef({ ...WHERE, ref: `heads/${branch}` })).data.object.sha
}

async function read(path: string, ref: string): Promise<string> {
  const { data } = await app.rest.repos.getContent({ ...WHERE, path, ref, mediaType: { format: 'raw' } })
  return data as unknown as string
}

function merge(client: Client, number: number, more: object = {}) {
  return client.rest.pulls.merge({ ...WHERE, pull_number: number, ...more })
}

function addCheck(headSha: string, name: string, conclusion: CheckRun['conclusion']): void {
  const { world, repository } = server
  const id = world.id()
  repository.checkRuns.set(id, {
    id,
    suite: 1,
    name,
    headSha,
    app: 'ours',
    externalId: null,
    detailsUrl: null,
    status: conclusion === null ? 'in_progress' : 'completed',
    conclusion,
    startedAt: null,
    completedAt: null,
    output: { title: null, summary: null, text: null },
    actions: [],
  })
}

describe('opening', () => {
  test('tells it, with head, base and counts, and keeps a ref of its head', async () => {
    const number = await open('open/one', { a: '1\n', b: '2\n' })
    const data = await pull(number)
    const head = await headOf('open/one')
    expect(data).toMatchObject({
      state: 'open',
      merged: false,
      head: { ref: 'open/one', label: 'ada:open/one', sha: head },
      base: { ref: 'main', sha: await headOf('main') },
      user: { login: 'graft[bot]' },
      commits: 1,
      changed_files: 2,
      additions: 2,
      deletions: 0,
    })
    expect((await app.rest.git.getRef({ ...WHERE, ref: `pull/${number}/head` })).data.object.sha).toBe(head)
    expect(server.names()).toEqual(['create', 'push', 'pull_request.opened'])
    expect(server.events[2]?.payload).toMatchObject({ number, pull_request: { number, head: { sha: head } } })
    const files = await app.rest.pulls.listFiles({ ...WHERE, pull_number: number })
    expect(files.data.map(({ filename, status }) => [filename, status])).toEqual([
      ['a', 'added'],
      ['b', 'added'],
    ])
    const commits = await app.rest.pulls.listCommits({ ...WHERE, pull_number: number })
    expect(commits.data.map(({ sha, author }) => [sha, author?.login])).toEqual([[head, 'graft[bot]']])
    const diff = await app.rest.pulls.get({ ...WHERE, pull_number: number, mediaType: { format: 'diff' } })
    expect(diff.data).toContain('+++ b/a')
    const of = await app.rest.repos.listPullRequestsAssociatedWithCommit({ ...WHERE, commit_sha: head })
    expect(of.data.map((each) => each.number)).toEqual([number])
  })

  test('is refused twice, without commits, and from or to what is not there', async () => {
    await open('open/twice', { twice: '1' })
    await app.rest.git.createRef({ ...WHERE, ref: 'refs/heads/open/same', sha: await headOf('main') })
    const create = async (head: string, base = 'main') =>
      refusalOf(app.rest.pulls.create({ ...WHERE, head, base, title: 'x' }))
    expect(await create('open/twice')).toMatchObject({ status: 422 })
    expect((await create('open/twice')).message).toContain('A pull request already exists for ada:open/twice.')
    expect((await create('open/same')).message).toContain('No commits between main and open/same')
    expect((await create('none')).message).toContain('"field":"head","code":"invalid"')
    expect((await create('other:open/twice')).message).toContain('"field":"head"')
    expect((await create('open/twice', 'none')).message).toContain('"field":"base"')
    const body = 'x'.repeat(65_537)
    const long = app.rest.pulls.create({ ...WHERE, head: 'open/same', base: 'main', title: 'x', body })
    expect((await refusalOf(long)).message).toContain('body is too long')
  })

  test('is listed by head, base and state', async () => {
    const number = await open('open/listed', { listed: '1' })
    const list = async (more: object) => {
      const { data } = await app.rest.pulls.list({ ...WHERE, per_page: 100, ...more })
      return data.map((each) => each.number)
    }
    expect(await list({ head: 'ada:open/listed' })).toEqual([number])
    expect(await list({ head: 'ada:none' })).toEqual([])
    expect(await list({ base: 'none' })).toEqual([])
    expect(await list({ head: 'ada:open/listed', state: 'closed' })).toEqual([])
    await app.rest.pulls.update({ ...WHERE, pull_number: number, state: 'closed' })
    expect(await list({ head: 'ada:open/listed' })).toEqual([])
    expect(await list({ head: 'ada:open/listed', state: 'all' })).toEqual([number])
  })
})

describe('following', () => {
  test('the head, when the App moves its branch', async () => {
    const number = await open('follow/app', { a: '1\n' })
    const before = await headOf('follow/app')
    server.events.length = 0
    const after = await publish(app, 'follow/app', { a: '2\n' })
    expect(server.names()).toEqual(['push', 'pull_request.synchronize'])
    expect(server.events[1]?.payload).toMatchObject({ before, after, pull_request: { head: { sha: after } } })
    expect(await pull(number)).toMatchObject({ head: { sha: after }, commits: 2 })
    expect((await app.rest.git.getRef({ ...WHERE, ref: `pull/${number}/head` })).data.object.sha).toBe(after)
  })

  test('edits, closing and opening again', async () => {
    const number = await open('follow/edit', { edit: '1\n' }, 'old')
    server.events.length = 0
    const update = (more: object, client = app) => client.rest.pulls.update({ ...WHERE, pull_number: number, ...more })
    expect((await update({ title: 'New', body: 'new' })).data).toMatchObject({ title: 'New', body: 'new' })
    await update({ body: 'new' })
    await update({ state: 'closed' })
    await update({ state: 'open' })
    expect(server.names()).toEqual(['pull_request.edited', 'pull_request.closed', 'pull_request.reopened'])
    expect(server.events[0]?.payload.changes).toMatchObject({ body: { from: 'old' } })
    expect((await refusalOf(update({ body: 'x' }, server.as('eve')))).status).toBe(403)
  })

  test('a branch that is deleted closes it; without the branch it does not open again', async () => {
    const number = await open('follow/gone', { gone: '1\n' })
    const head = await headOf('follow/gone')
    server.events.length = 0
    await ada.rest.git.deleteRef({ ...WHERE, ref: 'heads/follow/gone' })
    expect(server.names()).toEqual(['push', 'delete', 'pull_request.closed'])
    expect(await pull(number)).toMatchObject({ state: 'closed', merged: false, head: { sha: head } })
    const reopen = app.rest.pulls.update({ ...WHERE, pull_number: number, state: 'open' })
    expect((await refusalOf(reopen)).message).toContain('The follow/gone branch has been deleted.')
    // Its commits are still there to be read.
    const commits = await app.rest.pulls.listCommits({ ...WHERE, pull_number: number })
    expect(commits.data.map(({ sha }) => sha)).toEqual([head])
  })
})

describe('whether it merges', () => {
  test('is unknown at first, then known, and asked anew when head or base moves', async () => {
    const number = await open('able/one', { 'README.md': 'one\nTWO\nthree\nfour\nfive\n' })
    expect(await pull(number)).toMatchObject({ mergeable: null, mergeable_state: 'unknown' })
    expect(await pull(number)).toMatchObject({ mergeable: true, rebaseable: true, mergeable_state: 'clean' })
    const trial = (await app.rest.git.getRef({ ...WHERE, ref: `pull/${number}/merge` })).data.object.sha
    expect(await read('README.md', trial)).toContain('TWO')
    expect((await pull(number)).merge_commit_sha).toBe(trial)
    const before = await headOf('main')
    await publish(ada, 'main', { 'README.md': 'one\nzwei\nthree\nfour\nfive\n' })
    expect((await pull(number)).mergeable).toBeNull()
    expect(await pull(number)).toMatchObject({ mergeable: false, rebaseable: false, mergeable_state: 'dirty' })
    expect(await refusalOf(merge(ada, number))).toEqual({ status: 405, message: 'Pull Request is not mergeable' })
    await ada.rest.git.updateRef({ ...WHERE, ref: 'heads/main', sha: before, force: true })
    const update = { ...WHERE, pull_number: number, state: 'closed' as const }
    await app.rest.pulls.update(update)
  })
})

describe('merging', () => {
  test.each(['merge', 'squash', 'rebase'] as const)('by %s gives the tree of both sides', async (method) => {
    const issue = addIssue(server)
    const head = `how/${method}`
    await publish(app, head, { [`${method}-1`]: '1\n' }, { message: 'First\n\nGraft-Change: c1' })
    await publish(app, head, { [`${method}-2`]: '2\n' }, { message: 'Second\n\nGraft-Change: c2' })
    const body = `Closes #${issue.number}`
    const number = (await app.rest.pulls.create({ ...WHERE, head, base: 'main', title: 'Two', body })).data.number
    await publish(ada, 'main', { [`aside-${method}`]: 'x\n' })
    const before = await headOf('main')
    const head2 = await headOf(head)
    server.events.length = 0
    const { data } = await merge(server.as('grace'), number, { merge_method: method, sha: head2 })
    expect(data).toMatchObject({ merged: true, sha: await headOf('main') })
    for (const path of [`${method}-1`, `${method}-2`, `aside-${method}`, 'README.md']) {
      expect(await read(path, 'main')).not.toBe('')
    }
    const history = await app.rest.repos.compareCommitsWithBasehead({ ...WHERE, basehead: `${before}...main` })
    const messages = history.data.commits.map(({ commit }) => commit.message)
    const parents = history.data.commits.at(-1)?.parents.map(({ sha }) => sha)
    const last = history.data.commits.at(-1)
    const both = ['First\n\nGraft-Change: c1', 'Second\n\nGraft-Change: c2']
    if (method === 'merge') {
      expect(messages).toEqual([...both, `Merge pull request #${number} from ada/${head}\n\nTwo`])
      expect(parents).toEqual([before, head2])
      expect(last?.author?.login).toBe('grace')
      expect(last?.commit.verification?.verified).toBe(true)
    } else if (method === 'squash') {
      expect(messages).toEqual([`Two (#${number})\n\n* ${both.join('\n\n* ')}`])
      expect(parents).toEqual([before])
      expect(last?.author?.login).toBe('graft[bot]')
    } else {
      expect(messages).toEqual(both)
      expect(last?.author?.login).toBe('graft[bot]')
      expect(last?.committer?.login).toBe('grace')
    }
    expect(server.names()).toEqual(['pull_request.closed', 'issues.closed', 'push'])
    expect(server.events[0]?.payload).toMatchObject({ pull_request: { merged: true, merge_commit_sha: data.sha } })
    expect(issue).toMatchObject({ state: 'closed', stateReason: 'completed' })
    expect(await pull(number)).toMatchObject({
      merged: true,
      state: 'closed',
      merged_by: { login: 'grace' },
      merge_commit_sha: data.sha,
      commits: 2,
      changed_files: 2,
    })
    expect((await app.rest.pulls.checkIfMerged({ ...WHERE, pull_number: number })).status).toBe(204)
    expect((await refusalOf(merge(ada, number))).status).toBe(405)
    const reopen = app.rest.pulls.update({ ...WHERE, pull_number: number, state: 'open' })
    expect((await refusalOf(reopen)).status).toBe(422)
  })

  test('of one commit by squash keeps its words', async () => {
    await publish(app, 'how/alone', { alone: '1' }, { message: 'Only\n\nbecause' })
    const create = { ...WHERE, head: 'how/alone', base: 'main', title: 'Title' }
    const { number } = (await app.rest.pulls.create(create)).data
    const { data } = await merge(ada, number, { merge_method: 'squash' })
    const commit = await app.rest.git.getCommit({ ...WHERE, commit_sha: data.sha })
    expect(commit.data.message).toBe(`Only (#${number})\n\nbecause`)
  })

  test('takes no body at all', async () => {
    const number = await open('how/empty', { empty: '1' })
    const answer = await fetch(`${server.world.apiUrl}/repos/ada/proxima/pulls/${number}/merge`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${new URL(server.remote('ada')).password}` },
    })
    expect(answer.status).toBe(200)
  })

  test('is refused when the head moved, the method is off, or the person may only read', async () => {
    const number = await open('no/moved', { moved: '1' })
    const old = await headOf('no/moved')
    await publish(app, 'no/moved', { moved: '2' })
    expect(await refusalOf(merge(ada, number, { sha: old }))).toEqual({
      status: 409,
      message: 'Head branch was modified. Review and try the merge again.',
    })
    server.repository.mergeMethods = ['squash']
    expect(await refusalOf(merge(ada, number))).toEqual({
      status: 405,
      message: 'Merge commits are not allowed on this repository.',
    })
    expect((await refusalOf(merge(server.as('eve'), number))).status).toBe(403)
    expect((await pull(number)).merged).toBe(false)
  })

  test('waits for required checks; neutral and skipped are enough', async () => {
    const number = await open('no/checks', { checks: '1' })
    const head = await headOf('no/checks')
    const allow = ['ada', 'grace']
    server.repository.protectedBranches = [{ pattern: 'ma*', allow, requiredChecks: ['graft', 'lint'] }]
    const reason = async () => (await refusalOf(merge(ada, number))).message
    expect(await reason()).toBe('2 of 2 required status checks are expected.')
    addCheck(head, 'lint', 'skipped')
    expect(await reason()).toBe('Required status check "graft" is expected.')
    addCheck(head, 'graft', null)
    expect(await reason()).toBe('Required status check "graft" is in progress.')
    addCheck(head, 'graft', 'action_required')
    expect(await reason()).toBe('Required status check "graft" is failing.')
    await pull(number)
    expect((await pull(number)).mergeable_state).toBe('blocked')
    addCheck(head, 'graft', 'neutral')
    expect(await refusalOf(merge(app, number))).toEqual({
      status: 405,
      message: "You're not authorized to push to this branch.",
    })
    expect((await merge(ada, number)).status).toBe(200)
  })

  test('of a workflow needs the permission when the App does it', async () => {
    const path = '.github/workflows/other.yml'
    await publish(ada, 'no/flow', { [path]: 'on: push' })
    const create = { ...WHERE, head: 'no/flow', base: 'main', title: 'Flow' }
    const { number } = (await ada.rest.pulls.create(create)).data
    expect((await refusalOf(merge(app, number))).status).toBe(403)
    expect((await merge(ada, number)).status).toBe(200)
  })

  test('a branch brought up to date has the base in it', async () => {
    const number = await open('update/me', { me: '1' })
    await publish(ada, 'main', { newer: '1' })
    const update = () => ada.rest.pulls.updateBranch({ ...WHERE, pull_number: number })
    expect((await update()).status).toBe(202)
    expect(await read('newer', 'update/me')).toBe('1')
    expect((await refusalOf(update())).message).toContain('no new commits')
  })
})
