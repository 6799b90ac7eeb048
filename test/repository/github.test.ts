import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGithubRepository } from '../../src/repository/github.ts'
import { MovedError, type Repository } from '../../src/repository/repository.ts'
import { BugError, TransientError, UserError } from '../../src/values/errors.ts'
import { type Asked, type Installed, type Stage, startStage } from '../bot/support/installed.ts'
import { scriptedGithub } from '../bot/support/scripted-github.ts'
import { describeRepository } from './behaviour.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

interface Opened extends Installed {
  readonly repository: Repository
  readonly commit: string
}

function at(place: Pick<Installed, 'octokit' | 'owner' | 'github'>, repository = 'target'): Repository {
  return createGithubRepository({ octokit: place.octokit, owner: place.owner, repository, app: place.github.app })
}

async function open(): Promise<Opened> {
  const installed = await stage.repository()
  const repository = at(installed)
  const { commit } = await repository.base()
  installed.news()
  return { ...installed, repository, commit }
}

const branch = 'graft/12-toy'
const change = (path: string, content: string | null = 'b') => ({
  message: `Add ${path}\n`,
  files: [{ path, content, why: '' }],
})
const twoChanges = [change('b.txt'), change('c.txt')]
const server = { status: 502, body: { message: 'Server Error' } }

describeRepository('a repository on GitHub', async () => {
  const installed = await stage.repository()
  return { repository: at(installed), git: installed.git }
})

describe('what publishing costs', () => {
  test('two writes a change and one for the branch, no blobs; a deletion of nothing costs none', async () => {
    const { repository, commit, news } = await open()
    const commits = [...twoChanges, change('nowhere.txt', null)]
    const results = await repository.publish({ branch, expectedHead: undefined, parent: commit, commits })
    const writes = news().filter((line) => !line.startsWith('GET '))
    const pair = ['POST /git/trees', 'POST /git/commits']
    expect(writes).toEqual([...pair, ...pair, 'POST /git/commits', 'POST /git/refs'])
    expect(results[2]?.tree).toBe(results[1]?.tree)
  })

  test('what never changes is read once', async () => {
    const { repository, commit, news } = await open()
    await repository.read(commit, 'dos.txt')
    await repository.list(commit, 'sub')
    await repository.read(commit, 'dos.txt')
    await repository.entries(commit)
    expect(news()).toEqual(['GET /git/commits/{commit_sha}', 'GET /git/trees/{tree_sha}', 'GET /git/blobs/{file_sha}'])
  })
})

describe('writes whose outcome is unknown', () => {
  const writes = ['POST /git/trees', 'POST /git/commits', 'POST /git/refs', 'PATCH /git/refs/{ref}']
  const isWrite = (asked: Asked, write: string) =>
    `${asked.method} ${asked.route?.replace('/repos/{owner}/{repo}', '')}` === write

  test.each(
    writes.flatMap((write) => [
      [write, { afterwards: server }] as const,
      [write, { instead: server }] as const,
      [write, { drop: 'before' }] as const,
      [write, { drop: 'after' }] as const,
    ]),
  )('%s once answered by %j: everything is there, nothing twice', async (write, fault) => {
    const { repository, commit, git } = await open()
    const head = (
      await repository.publish({ branch, expectedHead: undefined, parent: commit, commits: twoChanges })
    ).at(-1)
    let hits = 0
    stage.fault = (asked) => (isWrite(asked, write) && hits++ === 0 ? fault : undefined)
    const onTop = write === 'PATCH /git/refs/{ref}'
    const [name, from] = onTop ? [branch, head?.commit ?? ''] : ['graft/13-toy', commit]
    const commits = [change('d.txt'), change('e.txt')]
    const results = await repository.publish({
      branch: name,
      expectedHead: onTop ? from : undefined,
      parent: from,
      commits,
    })
    expect(hits).toBeGreaterThan(0)
    expect(git('rev-list', '--count', `${from}..refs/heads/${name}`).trim()).toBe('2')
    expect(git('rev-parse', `refs/heads/${name}`).trim()).toBe(results[1]?.commit)
  })

  test.each([{ afterwards: server }, { instead: server }, { drop: 'after' }] as const)(
    'a deletion (%j)',
    async (fault) => {
      const { repository, commit } = await open()
      await repository.publish({ branch, expectedHead: undefined, parent: commit, commits: [] })
      let hits = 0
      stage.fault = ({ method }) => (method === 'DELETE' && hits++ === 0 ? fault : undefined)
      await repository.deleteBranch(branch, commit)
      expect(hits).toBeGreaterThan(0)
      await expect(repository.head(branch)).resolves.toBeUndefined()
    },
  )

  test('where GitHub stays silent, the branch stands as it stood', async () => {
    const { repository, commit } = await open()
    for (const write of writes.slice(0, 3)) {
      stage.fault = (asked) => (isWrite(asked, write) ? { instead: server } : undefined)
      const attempt = repository.publish({ branch, expectedHead: undefined, parent: commit, commits: twoChanges })
      await expect(attempt).rejects.toBeInstanceOf(TransientError)
    }
    stage.fault = undefined
    await expect(repository.head(branch)).resolves.toBeUndefined()
  })

  test('a limit ends it at once', async () => {
    const { repository, commit, news } = await open()
    const limited = {
      status: 403,
      body: { message: 'You have exceeded a secondary rate limit' },
      headers: { 'retry-after': '60' },
    }
    stage.fault = (asked) => (asked.method === 'POST' ? { instead: limited } : undefined)
    const publish = () => repository.publish({ branch, expectedHead: undefined, parent: commit, commits: twoChanges })
    await expect(publish()).rejects.toMatchObject({ audience: 'transient', retryAfterMilliseconds: 60_000 })
    expect(news().at(-1)).toBe('POST /git/trees')
    await expect(publish()).rejects.toBeInstanceOf(TransientError)
    expect(news()).toEqual([])
  })
})

describe('somebody else is quicker', () => {
  test('a push in the middle stays', async () => {
    const { repository, commit, git } = await open()
    const [first] = await repository.publish({
      branch,
      expectedHead: undefined,
      parent: commit,
      commits: [change('b.txt')],
    })
    const head = first?.commit ?? ''
    const theirs = git('commit-tree', '-p', head, '-m', 'theirs', `${head}^{tree}`).trim()
    stage.fault = ({ method }) => {
      if (method === 'PATCH') git('update-ref', `refs/heads/${branch}`, theirs)
      return undefined
    }
    const late = repository.publish({ branch, expectedHead: head, parent: head, commits: [change('c.txt')] })
    await expect(late).rejects.toBeInstanceOf(MovedError)
    expect(git('rev-parse', `refs/heads/${branch}`).trim()).toBe(theirs)
  })

  test('a branch of the same name in the middle stays', async () => {
    const { repository, commit, git } = await open()
    stage.fault = ({ route }) => {
      if (route?.endsWith('/git/refs')) git('update-ref', `refs/heads/${branch}`, commit)
      return undefined
    }
    const late = repository.publish({ branch, expectedHead: undefined, parent: commit, commits: [change('c.txt')] })
    await expect(late).rejects.toBeInstanceOf(MovedError)
    expect(git('rev-parse', `refs/heads/${branch}`).trim()).toBe(commit)
  })
})

describe('what is ours', () => {
  test('only what GitHub signed for the App, whatever the commit says', async () => {
    const { repository, commit, git, github, as, owner } = await open()
    const [made] = await repository.publish({
      branch,
      expectedHead: undefined,
      parent: commit,
      commits: [change('b.txt')],
    })
    const address = git('log', '-1', '--format=%ae', made?.commit ?? '').trim()
    expect(address).toContain(`${github.app.slug}[bot]@`)
    const forgery = ['-c', `user.name=${github.app.slug}[bot]`, '-c', `user.email=${address}`]
    const pushed = git(
      ...forgery,
      'commit-tree',
      '-p',
      made?.commit ?? '',
      '-m',
      'forged',
      `${made?.commit}^{tree}`,
    ).trim()
    const person = as('mallory', 'write')
    const { data } = await person.request('POST /repos/{owner}/{repo}/git/commits', {
      owner,
      repo: 'target',
      message: 'forged over the API',
      tree: made?.tree ?? '',
      parents: [pushed],
      author: { name: `${github.app.slug}[bot]`, email: address },
    })
    const log = await repository.log(commit, data.sha)
    expect(log.map(({ ours, message }) => [message.trim(), ours])).toEqual([
      ['Add b.txt', true],
      ['forged', false],
      ['forged over the API', false],
    ])
  })

  test('what a merge brought in is not the branch’s own', async () => {
    const { repository, commit, git } = await open()
    const [made] = await repository.publish({
      branch,
      expectedHead: undefined,
      parent: commit,
      commits: [change('b.txt')],
    })
    const main = git('commit-tree', '-p', commit, '-m', 'on main', `${commit}^{tree}`).trim()
    const merge = git(
      'commit-tree',
      '-p',
      made?.commit ?? '',
      '-p',
      main,
      '-m',
      'merge',
      `${made?.commit}^{tree}`,
    ).trim()
    git('update-ref', `refs/heads/${branch}`, merge)
    const log = await repository.log(commit, merge)
    expect(log.map(({ message }) => message.trim())).toEqual(['Add b.txt', 'merge'])
  })
})

describe('a repository that changed', () => {
  const publish = ({ repository, commit }: Opened) =>
    repository.publish({ branch, expectedHead: undefined, parent: commit, commits: twoChanges })

  test('renamed: everything goes on', async () => {
    const opened = await open()
    stage.github.renameRepository(opened.name, `${opened.owner}/renamed`)
    const results = await publish(opened)
    await expect(opened.repository.head(branch)).resolves.toBe(results.at(-1)?.commit)
    await expect(at(opened, 'renamed').head(branch)).resolves.toBe(results.at(-1)?.commit)
  })

  test('archived, protected, a permission taken away, suspended, gone: said with what to do, and nothing was done', async () => {
    const opened = await open()
    const { github, name, installation, owner } = opened
    github.configure(name, { archived: true })
    await expect(publish(opened)).rejects.toMatchObject({ audience: 'configuration', kind: 'archived' })
    github.configure(name, { archived: false, protectedBranches: [{ pattern: 'graft/**', allow: [owner] }] })
    await expect(publish(opened)).rejects.toMatchObject({ kind: 'protected', reason: expect.stringContaining('rule') })
    github.configure(name, { protectedBranches: [] })
    github.setInstallationPermission(installation, 'contents', 'read')
    await expect(publish(opened)).rejects.toMatchObject({
      kind: 'permission',
      reason: expect.stringContaining('"contents: write"'),
    })
    github.setInstallationPermission(installation, 'contents', 'write')
    expect(opened.git('for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main')
    github.setInstallation(installation, 'suspended')
    await expect(publish(opened)).rejects.toMatchObject({ kind: 'installation' })
    github.setInstallation(installation, 'active')
    await expect(at(opened, 'nowhere').base()).rejects.toMatchObject({ kind: 'vanished' })
  })
})

test('a repository without a commit is told so', async () => {
  const github = await scriptedGithub(
    { to: 'GET /repos/ann/target', body: { default_branch: 'main' } },
    { to: 'GET /repos/ann/target/git/ref/heads/main', status: 409, body: { message: 'Git Repository is empty.' } },
  )
  const repository = createGithubRepository({
    octokit: github.client(),
    owner: 'ann',
    repository: 'target',
    app: { slug: 'graft' },
  })
  await expect(repository.base()).rejects.toThrow(/has no branch main with a commit/)
})

test('there is no checkout of what lies on GitHub', async () => {
  const { repository, commit } = await open()
  await expect(repository.withCheckout(commit, async () => 1)).rejects.toBeInstanceOf(BugError)
})

describe('sizes', () => {
  const commit = 'c'.repeat(40)
  const [tree, sub, blob] = ['d', 'e', 'f'].map((digit) => digit.repeat(40)) as [string, string, string]
  const git = '/repos/ann/target/git'
  const start = { to: `GET ${git}/commits/${commit}`, body: { tree: { sha: tree } } }
  const file = (path: string, size: number) => ({ path, mode: '100644', type: 'blob', sha: blob, size })
  const folder = { path: 'sub', mode: '040000', type: 'tree', sha: sub }

  test('a tree that GitHub cuts is walked folder by folder', async () => {
    const github = await scriptedGithub(
      start,
      { to: `GET ${git}/trees/${tree}?recursive=1`, body: { tree: [file('a.txt', 1)], truncated: true } },
      { to: `GET ${git}/trees/${tree}`, body: { tree: [file('a.txt', 1), folder], truncated: false } },
      { to: `GET ${git}/trees/${sub}?recursive=1`, body: { tree: [file('x/y.txt', 1)], truncated: false } },
    )
    const repository = createGithubRepository({
      octokit: github.client(),
      owner: 'ann',
      repository: 'target',
      app: { slug: 'graft' },
    })
    await expect(repository.list(commit, '')).resolves.toEqual(['a.txt', 'sub/x/y.txt'])
    await expect(repository.list(commit, 'sub')).resolves.toEqual(['sub/x/y.txt'])
  })

  test('a folder that is cut by itself, and a file above 8 MB, are refused', async () => {
    const cut = { tree: [folder], truncated: true }
    const github = await scriptedGithub(
      start,
      { to: `GET ${git}/trees/${tree}?recursive=1`, body: cut },
      { to: `GET ${git}/trees/${tree}`, body: cut },
      { to: `GET ${git}/trees/${tree}?recursive=1`, body: { tree: [file('big.bin', 9_000_000)], truncated: false } },
    )
    const repository = createGithubRepository({
      octokit: github.client(),
      owner: 'ann',
      repository: 'target',
      app: { slug: 'graft' },
    })
    await expect(repository.list(commit, '')).rejects.toThrow(/too many files/)
    await expect(repository.read(commit, 'big.bin')).rejects.toBeInstanceOf(UserError)
  })
})
