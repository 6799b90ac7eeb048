import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, RepositoryServer } from './support/repository-server.ts'
import { addIssue, publish, startRepositoryServer } from './support/repository-server.ts'

const WHERE = { owner: 'ada', repo: 'proxima' }

let server: RepositoryServer
let app: Client
let clone: string

beforeAll(async () => {
  server = await startRepositoryServer()
  server.person('grace', 'write')
  server.person('eve', 'read')
  app = server.as()
  clone = await cloned('ada')
})

afterAll(() => server.close())

async function cloned(login?: string): Promise<string> {
  const folder = await server.folder()
  const { code, text } = await server.git(folder, 'clone', '--quiet', server.remote(login), '.')
  expect(text).toBe('')
  expect(code).toBe(0)
  return folder
}

async function committed(folder: string, path: string, content: string): Promise<string> {
  await writeFile(join(folder, path), content)
  await server.git(folder, 'add', '--all')
  await server.git(folder, 'commit', '--quiet', '--message', `Write ${path}`)
  return (await server.git(folder, 'rev-parse', 'HEAD')).text.trim()
}

async function headOf(branch: string): Promise<string> {
  return (await app.rest.git.getRef({ ...WHERE, ref: `heads/${branch}` })).data.object.sha
}

describe('clone', () => {
  test('is for everybody, and shows what the API has written', async () => {
    const sha = await publish(app, 'graft/1-seen', { 'seen.py': '1\n' })
    const folder = await cloned()
    expect((await server.git(folder, 'rev-parse', 'origin/graft/1-seen')).text.trim()).toBe(sha)
    expect((await server.git(folder, 'fsck', '--strict')).code).toBe(0)
  })

  test('reaches the heads of pull requests and commits that no branch has any more', async () => {
    const sha = await publish(app, 'graft/2-gone', { gone: '1\n' })
    const create = { ...WHERE, head: 'graft/2-gone', base: 'main', title: 'Gone' }
    const { number } = (await app.rest.pulls.create(create)).data
    await app.rest.git.deleteRef({ ...WHERE, ref: 'heads/graft/2-gone' })
    expect((await server.git(clone, 'fetch', '--quiet', 'origin', `refs/pull/${number}/head`)).code).toBe(0)
    expect((await server.git(clone, 'rev-parse', 'FETCH_HEAD')).text.trim()).toBe(sha)
  })

  test('of a repository that is none asks who it is, then says that there is none', async () => {
    const folder = await server.folder()
    const wrong = (login?: string) => server.remote(login).replace('proxima', 'none')
    expect((await server.git(folder, 'ls-remote', wrong())).text).toContain('could not read Username')
    expect((await server.git(folder, 'ls-remote', wrong('ada'))).text).toContain('not found')
    const bad = server.remote().replace('://', '://x:wrong@')
    expect((await server.git(clone, 'push', bad, 'HEAD:refs/heads/x')).text).toContain('Authentication failed')
    const dumb = await fetch(`${server.remote()}/HEAD`)
    expect(dumb.status).toBe(404)
  })
})

test('the old address of a renamed repository leads to the new one, for pushes, too', async () => {
  const folder = await cloned('ada')
  const { repository, world } = server
  const moved = world as { oldNames: Map<string, number> }
  moved.oldNames.set('ada/proxima', repository.id)
  repository.name = 'renamed'
  await committed(folder, 'renamed.py', '1')
  const { code, text } = await server.git(folder, 'push', 'origin', 'HEAD:refs/heads/renamed')
  expect(text).toContain('redirecting to')
  expect(code).toBe(0)
  repository.name = 'proxima'
  moved.oldNames.clear()
})

describe('push', () => {
  test('is told when git says that it is done', async () => {
    server.events.length = 0
    await server.git(clone, 'checkout', '--quiet', '-b', 'work')
    const sha = await committed(clone, 'work.py', '1\n')
    const { code, text } = await server.git(clone, 'push', '--quiet', 'origin', 'work')
    expect([code, text]).toEqual([0, ''])
    expect(server.names()).toEqual(['create', 'push'])
    expect(server.events[1]).toMatchObject({
      sender: { login: 'ada' },
      payload: { ref: 'refs/heads/work', after: sha, commits: [{ id: sha, added: ['work.py'] }] },
    })
    expect(await headOf('work')).toBe(sha)
  })

  test('moves the pull request of its branch; a forced one says so; a deletion closes it', async () => {
    const create = { ...WHERE, head: 'work', base: 'main', title: 'Work' }
    const { number } = (await app.rest.pulls.create(create)).data
    const pull = async () => (await app.rest.pulls.get({ ...WHERE, pull_number: number })).data
    server.events.length = 0
    const next = await committed(clone, 'work.py', '2\n')
    await server.git(clone, 'push', '--quiet', 'origin', 'work')
    expect(server.names()).toEqual(['push', 'pull_request.synchronize'])
    expect((await pull()).head.sha).toBe(next)
    await server.git(clone, 'reset', '--quiet', '--hard', 'HEAD~1')
    const other = await committed(clone, 'work.py', '3\n')
    expect((await server.git(clone, 'push', 'origin', 'work')).text).toContain('non-fast-forward')
    expect((await server.git(clone, 'push', '--force', '--quiet', 'origin', 'work')).code).toBe(0)
    expect(server.events[2]?.payload).toMatchObject({ forced: true, before: next, after: other })
    await server.git(clone, 'push', '--quiet', 'origin', ':work')
    expect(server.names().slice(-3)).toEqual(['push', 'delete', 'pull_request.closed'])
    expect((await pull()).state).toBe('closed')
  })

  test('of a merge made by hand marks the pull request as merged', async () => {
    await publish(app, 'by-hand', { hand: '1\n' })
    const create = { ...WHERE, head: 'by-hand', base: 'main', title: 'By hand' }
    const { number } = (await app.rest.pulls.create(create)).data
    const folder = await cloned('grace')
    await server.git(folder, 'merge', '--quiet', '--no-ff', 'origin/by-hand', '-m', 'By hand')
    await server.git(folder, 'push', '--quiet', 'origin', 'main')
    const { data } = await app.rest.pulls.get({ ...WHERE, pull_number: number })
    expect(data).toMatchObject({ merged: true, merged_by: { login: 'grace' }, merge_commit_sha: await headOf('main') })
  })

  test('to the default branch closes the issues that its commits name', async () => {
    const folder = await cloned('ada')
    const issue = addIssue(server)
    await writeFile(join(folder, 'closing.py'), '1')
    await server.git(folder, 'add', '--all')
    await server.git(folder, 'commit', '--quiet', '--message', `Write it\n\nFixes #${issue.number}`)
    await server.git(folder, 'push', '--quiet', 'origin', 'HEAD:refs/heads/elsewhere')
    expect(issue.state).toBe('open')
    await server.git(folder, 'push', '--quiet', 'origin', 'main')
    expect(issue).toMatchObject({ state: 'closed', stateReason: 'completed', closedBy: { login: 'ada' } })
  })

  test('is only for who may write', async () => {
    const folder = await cloned('eve')
    await committed(folder, 'eve.py', '1')
    const { code, text } = await server.git(folder, 'push', 'origin', 'HEAD:refs/heads/eve')
    expect(code).not.toBe(0)
    expect(text).toContain('Permission to ada/proxima.git denied to eve.')
    const nobody = await cloned()
    await committed(nobody, 'x', '1')
    expect((await server.git(nobody, 'push', 'origin', 'HEAD:refs/heads/x')).text).toContain('could not read Username')
    server.repository.archived = true
    expect((await server.git(clone, 'push', 'origin', 'HEAD:refs/heads/y')).text).toContain('archived')
    server.repository.archived = false
  })

  test('to a protected branch is refused with the reason, and nothing is told; other branches in it go through', async () => {
    server.repository.protectedBranches = [{ pattern: 'main', allow: ['ada'] }]
    const before = await headOf('main')
    const folder = await cloned('grace')
    const sha = await committed(folder, 'protected.py', '1')
    server.events.length = 0
    const { code, text } = await server.git(folder, 'push', 'origin', 'HEAD:main', 'HEAD:refs/heads/beside')
    expect(code).not.toBe(0)
    expect(text).toContain('GH006: Protected branch update failed for refs/heads/main.')
    expect(text).toContain('Cannot update this protected ref.')
    expect(text).toContain('[remote rejected] HEAD -> main (hook declined)')
    expect(await headOf('main')).toBe(before)
    expect(await headOf('beside')).toBe(sha)
    expect(server.names()).toEqual(['create', 'push'])
    const owner = await cloned('ada')
    const allowed = await committed(owner, 'allowed.py', '1')
    expect((await server.git(owner, 'push', '--quiet', 'origin', 'main')).code).toBe(0)
    expect(await headOf('main')).toBe(allowed)
    expect((await server.git(owner, 'push', 'origin', ':main')).text).toContain('Cannot delete the default branch.')
    server.repository.protectedBranches = []
  })

  test('that comes compressed is refused as well', async () => {
    server.repository.protectedBranches = [{ pattern: 'main', allow: [] }]
    const [before, after] = [await headOf('main'), await publish(app, 'compressed', { compressed: '1' })]
    const command = `${before} ${after} refs/heads/main\0report-status`
    const line = `${(command.length + 4).toString(16).padStart(4, '0')}${command}`
    // An empty pack: the server has the commit.
    const header = Buffer.from('5041434b0000000200000000', 'hex')
    const sum = createHash('sha1').update(header).digest()
    const send = (body: Buffer, encoding: Record<string, string>) =>
      fetch(`${server.remote()}/git-receive-pack`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${new URL(server.remote('ada')).password}`,
          'content-type': 'application/x-git-receive-pack-request',
          ...encoding,
        },
        body: new Uint8Array(body),
      })
    const body = Buffer.concat([Buffer.from(`${line}0000`), header, sum])
    const answer = await send(gzipSync(body), { 'content-encoding': 'gzip' })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('ng refs/heads/main hook declined')
    expect(await headOf('main')).toBe(before)
    server.repository.protectedBranches = []
    const allowed = await send(gzipSync(body), { 'content-encoding': 'gzip' })
    expect(await allowed.text()).toContain('ok refs/heads/main')
    expect(await headOf('main')).toBe(after)
    expect((await send(Buffer.from('no gzip'), { 'content-encoding': 'gzip' })).status).toBe(400)
  })

  test('to the refs of pull requests is refused', async () => {
    const { text } = await server.git(clone, 'push', 'origin', 'HEAD:refs/pull/1/head')
    expect(text).toContain('deny updating a hidden ref')
  })

  test('of a workflow needs the permission when the App does it', async () => {
    const folder = await cloned('app')
    await server.git(folder, 'checkout', '--quiet', '-b', 'flow')
    await committed(folder, 'fine.py', '1')
    expect((await server.git(folder, 'push', '--quiet', 'origin', 'flow')).code).toBe(0)
    await server.git(folder, 'mv', 'README.md', 'moved.md')
    const flows = join(folder, '.github', 'workflows')
    await mkdir(flows, { recursive: true })
    await committed(folder, '.github/workflows/ci.yml', 'on: push')
    const { code, text } = await server.git(folder, 'push', 'origin', 'flow')
    expect(code).not.toBe(0)
    expect(text).toContain('refusing to allow a GitHub App to create or update workflow without `workflows` permission')
    await server.git(folder, 'remote', 'set-url', 'origin', server.remote('ada'))
    expect((await server.git(folder, 'push', '--quiet', 'origin', 'flow')).code).toBe(0)
  })
})
