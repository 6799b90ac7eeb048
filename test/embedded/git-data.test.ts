import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, RepositoryServer } from './support/repository-server.ts'
import { FILES, publish, refusalOf, startRepositoryServer } from './support/repository-server.ts'

const WHERE = { owner: 'ada', repo: 'proxima' }
const PERMISSIONS = { metadata: 'read', contents: 'write', pull_requests: 'write' } as const

let server: RepositoryServer
let app: Client
let main: string

beforeAll(async () => {
  server = await startRepositoryServer()
  app = server.as()
  main = (await app.rest.git.getRef({ ...WHERE, ref: 'heads/main' })).data.object.sha
})

afterAll(() => server.close())

describe('commits', () => {
  test('an App that names nobody commits as its bot, signed by GitHub', async () => {
    const sha = await publish(app, 'graft/1-own', { 'x.py': 'x = 1\n' })
    const { data } = await app.rest.git.getCommit({ ...WHERE, commit_sha: sha })
    const { bot } = server.world.app
    expect(data.author).toMatchObject({ name: 'graft[bot]', email: `${bot.id}+graft[bot]@users.noreply.github.com` })
    expect(data.committer).toEqual(data.author)
    expect(data.verification).toMatchObject({ verified: true, reason: 'valid' })
    const listed = await app.rest.repos.getCommit({ ...WHERE, ref: sha })
    expect(listed.data.author).toMatchObject({ login: 'graft[bot]', type: 'Bot' })
    expect(listed.data.files).toMatchObject([{ filename: 'x.py', status: 'added', patch: '@@ -0,0 +1 @@\n+x = 1' }])
  })

  test('with an author named they are unsigned; a person is no bot', async () => {
    const author = { name: 'graft[bot]', email: 'somebody@example.org', date: '2026-01-02T03:04:05Z' }
    const tree = await app.rest.git.getTree({ ...WHERE, tree_sha: 'main' })
    const input = { ...WHERE, message: 'm', tree: tree.data.sha, parents: [main] }
    const forged = await app.rest.git.createCommit({ ...input, author })
    expect(forged.data.verification).toMatchObject({ verified: false, reason: 'unsigned', signature: null })
    expect(forged.data.author).toEqual(author)
    const person = await server.as('ada').rest.git.createCommit(input)
    expect(person.data.author.name).toBe('ada')
    expect(person.data.verification.verified).toBe(false)
  })

  test('need a tree and parents that are there', async () => {
    const none = 'f'.repeat(40)
    const tree = (await app.rest.git.getTree({ ...WHERE, tree_sha: main })).data.sha
    const make = (input: { tree: string; parents: string[] }) =>
      refusalOf(app.rest.git.createCommit({ ...WHERE, message: 'm', ...input }))
    expect(await make({ tree: none, parents: [main] })).toEqual({ status: 422, message: 'Tree SHA does not exist' })
    expect(await make({ tree, parents: [tree] })).toMatchObject({ status: 422 })
  })
})

describe('trees', () => {
  const create = (tree: object[], base: string | undefined = main) =>
    app.request('POST /repos/{owner}/{repo}/git/trees', { ...WHERE, base_tree: base, tree })

  test('build on a base, with content inside, and take out by null', async () => {
    const made = await create([
      { path: 'docs/deep/a.md', mode: '100644', type: 'blob', content: 'ä\r\n' },
      { path: 'src/a.py', mode: '100644', sha: null },
    ])
    const { data } = await app.rest.git.getTree({ ...WHERE, tree_sha: made.data.sha, recursive: '1' })
    expect(data.tree.map(({ path, type }) => [path, type])).toEqual([
      ['README.md', 'blob'],
      ['docs', 'tree'],
      ['docs/deep', 'tree'],
      ['docs/deep/a.md', 'blob'],
    ])
    expect(data.truncated).toBe(false)
    const blob = await app.rest.git.getBlob({ ...WHERE, file_sha: data.tree[3]?.sha ?? '' })
    expect(Buffer.from(blob.data.content, 'base64').toString()).toBe('ä\r\n')
    expect(data.tree[3]?.size).toBe(4)
  })

  test('refuse what is wrong', async () => {
    const file = { mode: '100644', type: 'blob' }
    const no = async (tree: object[], base?: string) => (await refusalOf(create(tree, base))).message
    expect(await no([{ ...file, path: 'none.py', sha: null }])).toBe('GitRPC::BadObjectState')
    expect(await no([{ ...file, path: '../x', content: '' }])).toContain('malformed path component')
    expect(await no([{ ...file, path: 'x', content: '', sha: main }])).toContain('not both')
    expect(await no([{ ...file, path: 'x', sha: 'f'.repeat(40) }])).toContain('is not a valid blob')
    expect(await no([{ ...file, path: 'x', content: '' }], 'f'.repeat(40))).toContain('base_tree')
    expect(await no([{ ...file, path: 'x', mode: '777', content: '' }])).toContain('Invalid request')
    expect(await no([])).toContain('Invalid request')
  })
})

describe('refs', () => {
  test('are made once, moved forward only, unless by force, and deleted once', async () => {
    const one = await publish(app, 'graft/2-refs', { a: '1' })
    const two = await publish(app, 'graft/2-refs', { a: '2' })
    const ref = 'heads/graft/2-refs'
    const create = app.rest.git.createRef({ ...WHERE, ref: `refs/${ref}`, sha: one })
    expect(await refusalOf(create)).toEqual({ status: 422, message: 'Reference already exists' })
    const back = { ...WHERE, ref, sha: one }
    expect(await refusalOf(app.rest.git.updateRef({ ...back, force: false }))).toEqual({
      status: 422,
      message: 'Update is not a fast forward',
    })
    expect((await app.rest.git.getRef({ ...WHERE, ref })).data.object.sha).toBe(two)
    expect((await app.rest.git.updateRef({ ...back, force: true })).data.object.sha).toBe(one)
    expect((await app.rest.git.deleteRef({ ...WHERE, ref })).status).toBe(204)
    expect(await refusalOf(app.rest.git.deleteRef({ ...WHERE, ref }))).toMatchObject({
      status: 422,
      message: 'Reference does not exist',
    })
    expect((await refusalOf(app.rest.git.getRef({ ...WHERE, ref }))).status).toBe(404)
    expect((await refusalOf(app.rest.git.updateRef({ ...back, force: true }))).status).toBe(422)
  })

  test('of two moves from the same commit one is done', async () => {
    await publish(app, 'race', { a: '1' })
    const ref = 'heads/race'
    const head = (await app.rest.git.getRef({ ...WHERE, ref })).data.object.sha
    const tree = (await app.rest.git.getTree({ ...WHERE, tree_sha: head })).data.sha
    const commits = await Promise.all(
      ['one', 'two'].map((message) => app.rest.git.createCommit({ ...WHERE, message, tree, parents: [head] })),
    )
    const moves = await Promise.allSettled(
      commits.map(({ data }) => app.rest.git.updateRef({ ...WHERE, ref, sha: data.sha, force: false })),
    )
    expect(moves.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('match by their beginning, and no name stands in another one’s way', async () => {
    await publish(app, 'group/a', { a: '1' })
    await publish(app, 'group/b', { a: '1' })
    const { data } = await app.rest.git.listMatchingRefs({ ...WHERE, ref: 'heads/group/' })
    expect(data.map(({ ref }) => ref)).toEqual(['refs/heads/group/a', 'refs/heads/group/b'])
    expect((await app.rest.git.listMatchingRefs({ ...WHERE, ref: 'heads/nothing' })).data).toEqual([])
    const create = (ref: string, sha = main) => refusalOf(app.rest.git.createRef({ ...WHERE, ref, sha }))
    expect(await create('refs/heads/group')).toMatchObject({ status: 422, message: 'Reference update failed' })
    expect((await create('refs/heads/a..b')).status).toBe(422)
    expect((await create('main')).status).toBe(422)
    expect(await create('refs/heads/x', 'f'.repeat(40))).toMatchObject({ message: 'Object does not exist' })
    expect((await create('refs/pull/1/head')).status).toBe(403)
  })

  test('tell pushes, with their commits', async () => {
    server.events.length = 0
    const sha = await publish(app, 'told', { 'a.py': '1', 'src/a.py': null })
    const next = await publish(app, 'told', { 'a.py': '2' })
    await app.rest.git.deleteRef({ ...WHERE, ref: 'heads/told' })
    expect(server.names()).toEqual(['create', 'push', 'push', 'push', 'delete'])
    const [, first, second, last] = server.events.map(({ payload }) => payload)
    expect(first).toMatchObject({
      ref: 'refs/heads/told',
      before: '0'.repeat(40),
      after: sha,
      created: true,
      forced: false,
      pusher: { name: 'graft[bot]' },
      head_commit: { id: sha, added: ['a.py'], removed: ['src/a.py'], modified: [] },
    })
    expect(second).toMatchObject({ before: sha, after: next, commits: [{ id: next, modified: ['a.py'] }] })
    expect(last).toMatchObject({ deleted: true, after: '0'.repeat(40), head_commit: null, commits: [] })
    expect(server.events.every(({ sender }) => sender.login === 'graft[bot]')).toBe(true)
  })
})

describe('contents', () => {
  test('of files, folders and the root, plain and raw', async () => {
    const file = await app.rest.repos.getContent({ ...WHERE, path: 'src/a.py' })
    expect(file.data).toMatchObject({ type: 'file', encoding: 'base64', name: 'a.py', path: 'src/a.py', size: 6 })
    const { content } = file.data as { content: string }
    expect(Buffer.from(content, 'base64').toString()).toBe(FILES['src/a.py'])
    const raw = await app.rest.repos.getContent({ ...WHERE, path: 'README.md', mediaType: { format: 'raw' } })
    expect(raw.data).toBe(FILES['README.md'])
    const folder = await app.rest.repos.getContent({ ...WHERE, path: '' })
    expect(folder.data).toMatchObject([
      { name: 'README.md', type: 'file' },
      { name: 'src', type: 'dir' },
    ])
    expect((await refusalOf(app.rest.repos.getContent({ ...WHERE, path: 'none' }))).status).toBe(404)
    expect((await refusalOf(app.rest.repos.getContent({ ...WHERE, path: 'src/a.py', ref: 'none' }))).status).toBe(404)
  })

  test('are written with the blob that they replace', async () => {
    await publish(app, 'files', { a: '1' })
    const put = (path: string, text: string, sha?: string) =>
      app.rest.repos.createOrUpdateFileContents({
        ...WHERE,
        path,
        branch: 'files',
        message: `Write ${path}`,
        content: Buffer.from(text).toString('base64'),
        ...(sha === undefined ? {} : { sha }),
      })
    const made = await put('dir/new', 'new')
    expect(made.status).toBe(201)
    expect(made.data.commit.verification?.verified).toBe(true)
    const sha = made.data.content?.sha ?? ''
    expect((await refusalOf(put('dir/new', 'again'))).status).toBe(422)
    expect((await refusalOf(put('dir/new', 'again', main))).status).toBe(409)
    expect((await put('dir/new', 'again', sha)).status).toBe(200)
    const old = { ...WHERE, path: 'a', branch: 'files', message: 'Take it out' }
    const a = await app.rest.repos.getContent({ ...WHERE, path: 'a', ref: 'files' })
    const deleted = await app.rest.repos.deleteFile({ ...old, sha: (a.data as { sha: string }).sha })
    expect(deleted.data.content).toBeNull()
    expect((await refusalOf(app.rest.repos.getContent({ ...WHERE, path: 'a', ref: 'files' }))).status).toBe(404)
  })
})

describe('workflow files', () => {
  const path = '.github/workflows/graft.yml'
  const words = `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`

  test('need the permission, in trees, in contents, and in commits made elsewhere', async () => {
    expect(await refusalOf(publish(app, 'flow', { [path]: 'on: push' }))).toEqual({ status: 403, message: words })
    const put = app.rest.repos.createOrUpdateFileContents({ ...WHERE, path, message: 'm', content: '' })
    expect(await refusalOf(put)).toEqual({ status: 403, message: words })
    const sha = await publish(server.as('ada'), 'flow', { [path]: 'on: push' })
    await server.as('ada').rest.git.deleteRef({ ...WHERE, ref: 'heads/flow' })
    const create = app.rest.git.createRef({ ...WHERE, ref: 'refs/heads/flow', sha })
    expect(await refusalOf(create)).toEqual({ status: 403, message: words })
    server.grant({ ...PERMISSIONS, workflows: 'write' })
    expect((await app.rest.git.createRef({ ...WHERE, ref: 'refs/heads/flow', sha })).status).toBe(201)
    await publish(app, 'flow', { [path]: 'on: pull_request' })
    server.grant(PERMISSIONS)
    // What the repository has already may be pointed at.
    await publish(app, 'flow-next', { x: 'x' }, { from: 'flow' })
  })
})

describe('comparisons and lists', () => {
  test('say who is ahead, with commits and files', async () => {
    const head = await publish(app, 'ahead/branch', { b: '1' })
    await publish(app, 'aside', { c: '1' })
    const compare = (basehead: string) => app.rest.repos.compareCommitsWithBasehead({ ...WHERE, basehead })
    const ahead = (await compare('main...ahead/branch')).data
    expect(ahead).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, total_commits: 1 })
    expect(ahead.commits.map(({ sha }) => sha)).toEqual([head])
    expect(ahead.files).toMatchObject([{ filename: 'b', status: 'added' }])
    expect(ahead.merge_base_commit.sha).toBe(main)
    expect((await compare('aside...ada:ahead/branch')).data).toMatchObject({ status: 'diverged', behind_by: 1 })
    expect((await compare(`${head}...${main}`)).data).toMatchObject({ status: 'behind', files: [] })
    expect((await refusalOf(compare('main...none'))).status).toBe(404)
  })

  test('of commits are paged and filtered', async () => {
    for (const text of ['1', '2', '3']) await publish(app, 'long', { [`f${text}`]: text })
    const list = (more: object) => app.rest.repos.listCommits({ ...WHERE, sha: 'long', ...more })
    const page = await list({ per_page: 2 })
    expect(page.data.map(({ commit }) => commit.message)).toEqual(['Change f3', 'Change f2'])
    expect(page.headers.link).toContain('rel="next"')
    expect((await list({ per_page: 2, page: 2 })).data).toHaveLength(2)
    expect((await list({ path: 'f2' })).data).toHaveLength(1)
    expect((await list({ author: 'graft[bot]' })).data).toHaveLength(3)
    expect((await list({ author: 'ada' })).data.map(({ sha }) => sha)).toEqual([main])
    expect((await refusalOf(app.rest.repos.getCommit({ ...WHERE, ref: 'none' }))).status).toBe(422)
  })

  test('of branches and their protection', async () => {
    server.repository.protectedBranches = [{ pattern: 'main', allow: ['ada'], requiredChecks: ['graft'] }]
    const { data } = await app.rest.repos.getBranch({ ...WHERE, branch: 'ahead/branch' })
    expect(data).toMatchObject({ name: 'ahead/branch', protected: false })
    const all = await app.rest.repos.listBranches({ ...WHERE, protected: true })
    expect(all.data).toMatchObject([{ name: 'main', protected: true, commit: { sha: main } }])
    const rules = await app.rest.repos.getBranchRules({ ...WHERE, branch: 'main' })
    expect(rules.data.map(({ type }) => type)).toEqual(['update', 'required_status_checks'])
    const ada = server.as('ada')
    const protection = await ada.rest.repos.getBranchProtection({ ...WHERE, branch: 'main' })
    expect(protection.data.required_status_checks?.contexts).toEqual(['graft'])
    expect(protection.data.restrictions?.users).toMatchObject([{ login: 'ada' }])
    const none = ada.rest.repos.getBranchProtection({ ...WHERE, branch: 'aside' })
    expect(await refusalOf(none)).toEqual({ status: 404, message: 'Branch not protected' })
    const put = { ...WHERE, path: 'x', message: 'm', content: '' }
    const refused = await refusalOf(app.rest.repos.createOrUpdateFileContents(put))
    expect(refused.status).toBe(422)
    expect(refused.message).toContain('Cannot update this protected ref.')
    server.repository.protectedBranches = []
  })
})
