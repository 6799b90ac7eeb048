import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLocalRepository } from '../../src/repository/local.ts'
import { UserError } from '../../src/values/errors.ts'
import { describeRepository, makeRepository } from './behaviour.ts'

let root: string
let dir: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'graft-test-'))
  dir = join(root, 'clone')
  await mkdir(dir)
})
afterEach(() => rm(root, { recursive: true, force: true }))

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', '-c', 'commit.gpgsign=false']
  const env = { PATH: process.env.PATH ?? '', HOME: root }
  return execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8', env })
}

async function makeClone(files: Record<string, string>): Promise<void> {
  git('init', '--quiet', '--initial-branch=main')
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(dir, path, '..'), { recursive: true })
    await writeFile(join(dir, path), content)
  }
  git('add', '--all')
  git('commit', '--quiet', '--message', 'start')
}

/** Everything a person could notice: files, index, references, where HEAD is. */
async function footprint(): Promise<unknown> {
  return {
    files: (await readdir(dir, { recursive: true })).filter((path) => !path.startsWith('.git')).sort(),
    index: (await readFile(join(dir, '.git/index'))).toString('hex'),
    head: await readFile(join(dir, '.git/HEAD'), 'utf8'),
    status: git('status', '--porcelain'),
    worktrees: git('worktree', 'list'),
  }
}

describe('opening', () => {
  test('a folder that does not exist, and one that is no repository', async () => {
    await expect(openLocalRepository(join(root, 'nowhere'))).rejects.toThrow(/is not a folder/)
    await expect(openLocalRepository(dir)).rejects.toThrow(/is not a git repository/)
    await expect(openLocalRepository(dir)).rejects.toBeInstanceOf(UserError)
  })

  test('a repository without a commit', async () => {
    git('init', '--quiet')
    await expect(openLocalRepository(dir)).rejects.toThrow(/has no commit yet/)
  })

  test('the inside of .git', async () => {
    await makeClone({ 'a.txt': 'a' })
    await expect(openLocalRepository(join(dir, '.git'))).rejects.toThrow(/the folder of the clone itself/)
    await expect(openLocalRepository(join(dir, '.git'))).rejects.toBeInstanceOf(UserError)
  })

  test('changed files are named; untracked ones do not matter', async () => {
    await makeClone({ 'a.txt': 'a', 'b.txt': 'b' })
    await writeFile(join(dir, 'new.txt'), 'new')
    await expect((await openLocalRepository(dir)).base()).resolves.toMatchObject({ branch: 'main' })
    await writeFile(join(dir, 'b.txt'), 'changed')
    await expect((await openLocalRepository(dir)).base()).rejects.toThrow(/not committed \(b\.txt\)/)
  })

  test('a subfolder, a detached HEAD and a bare clone are fine', async () => {
    await makeClone({ 'sub/a.txt': 'a' })
    const commit = git('rev-parse', 'HEAD').trim()
    await expect((await openLocalRepository(join(dir, 'sub'))).base()).resolves.toEqual({ branch: 'main', commit })
    git('checkout', '--quiet', '--detach')
    await expect((await openLocalRepository(dir)).base()).resolves.toEqual({ branch: 'HEAD', commit })
    git('clone', '--quiet', '--bare', '.', join(root, 'bare.git'))
    const bare = await openLocalRepository(join(root, 'bare.git'))
    expect((await bare.base()).commit).toBe(commit)
    await expect(bare.read(commit, 'sub/a.txt')).resolves.toBe('a')
  })
})

describe('writing', () => {
  test('commits on a branch of its own and leaves the working tree, index and HEAD alone', async () => {
    await makeClone({ 'keep.txt': 'keep\n', 'tool.sh': '#!/bin/sh\n', 'gone.txt': 'gone\n' })
    await chmod(join(dir, 'tool.sh'), 0o755)
    git('add', '--all')
    git('commit', '--quiet', '--amend', '--no-edit')
    await mkdir(join(dir, '.git/hooks'), { recursive: true })
    for (const hook of ['pre-commit', 'commit-msg', 'post-commit', 'reference-transaction', 'post-checkout']) {
      await writeFile(join(dir, '.git/hooks', hook), `#!/bin/sh\ntouch ${join(root, 'hook-ran')}\nexit 1\n`, {
        mode: 0o755,
      })
    }
    const before = await footprint()
    const repository = await openLocalRepository(dir)
    const { commit } = await repository.base()
    const [result] = await repository.publish({
      branch: 'graft/toy',
      expectedHead: undefined,
      parent: commit,
      commits: [
        {
          message: 'subject\n\nbody\n',
          files: [
            { path: 'new/a b.py', content: '\uFEFFa = 1\r\n' },
            { path: 'tool.sh', content: '#!/bin/sh\necho\n' },
            { path: 'gone.txt', content: null },
          ],
        },
      ],
    })
    if (result === undefined) throw new Error('nothing was published')
    expect(await footprint()).toEqual(before)
    expect(existsSync(join(root, 'hook-ran'))).toBe(false)
    await expect(repository.head('graft/toy')).resolves.toBe(result.commit)
    expect(git('rev-parse', `${result.commit}^{tree}`).trim()).toBe(result.tree)
    expect(git('show', '--name-status', '--format=%B', result.commit)).toBe(
      'subject\n\nbody\n\n\nD\tgone.txt\nA\tnew/a b.py\nM\ttool.sh\n',
    )
    expect(git('ls-tree', result.commit, 'tool.sh')).toMatch(/^100755 /)
    expect(execFileSync('git', ['show', `${result.commit}:new/a b.py`], { cwd: dir })).toEqual(
      Buffer.from('\uFEFFa = 1\r\n'),
    )
    await repository.deleteBranch('graft/toy', result.commit)
    await expect(repository.head('graft/toy')).resolves.toBeUndefined()
  })

  test('signs with the configured identity, else with a neutral one', async () => {
    await makeClone({ 'a.txt': 'a' })
    const repository = await openLocalRepository(dir)
    const { commit } = await repository.base()
    const commits = [{ message: 'm\n', files: [{ path: 'b.txt', content: 'b', why: '' }] }]
    git('config', 'user.name', 'Bob')
    git('config', 'user.email', 'bob@example.org')
    const [bob] = await repository.publish({ branch: 'one', expectedHead: undefined, parent: commit, commits })
    expect((await repository.log(commit, bob?.commit ?? ''))[0]).toMatchObject({
      author: 'Bob <bob@example.org>',
      ours: true,
      message: 'm\n',
    })
    git('config', '--unset', 'user.email')
    const [own] = await repository.publish({ branch: 'two', expectedHead: undefined, parent: commit, commits })
    // A global identity of the machine that runs the tests counts as configured too.
    expect((await repository.log(commit, own?.commit ?? ''))[0]?.author).toMatch(/^(Graft|Bob) </)
  })

  // Nothing is forbidden to root.
  test.skipIf(process.getuid?.() === 0)('a repository that may not be written to', async () => {
    await makeClone({ 'a.txt': 'a' })
    const repository = await openLocalRepository(dir)
    await chmod(join(dir, '.git'), 0o555)
    await expect(repository.refuseTaken('one')).rejects.toThrow(/cannot be written to/)
    await chmod(join(dir, '.git'), 0o755)
    await expect(repository.refuseTaken('one')).resolves.toBeUndefined()
  })

  test('a taken, a checked-out and an impossible branch', async () => {
    await makeClone({ 'a.txt': 'a' })
    const repository = await openLocalRepository(dir)
    const { commit } = await repository.base()
    const make = (branch: string) =>
      repository.publish({ branch, expectedHead: undefined, parent: commit, commits: [] })
    await expect(make('main')).rejects.toThrow(/exists already/)
    const onTop = { branch: 'main', expectedHead: commit, parent: commit, commits: [] }
    await expect(repository.publish(onTop)).rejects.toThrow(/is checked out/)
    await expect(repository.deleteBranch('main', commit)).rejects.toThrow(/is checked out/)
    for (const name of ['a..b', '--all', 'a b', '', 'x.lock']) {
      await expect(make(name)).rejects.toThrow(/no valid name of a branch/)
    }
  })

  test.each([
    ['graft', 'graft/toy'],
    ['graft/toy/old', 'graft/toy'],
  ])('a branch %s is in the way of %s: said before and when it is made', async (other, wanted) => {
    await makeClone({ 'a.txt': 'a' })
    git('branch', other)
    const repository = await openLocalRepository(dir)
    const { commit } = await repository.base()
    const expected = `beside the branch ${other}. Rename that one with "git branch -m ${other} OTHER"`
    await expect(repository.refuseTaken(wanted)).rejects.toThrow(expected)
    const made = repository.publish({ branch: wanted, expectedHead: undefined, parent: commit, commits: [] })
    await expect(made).rejects.toThrow(expected)
    await expect(repository.refuseTaken('toy')).resolves.toBeUndefined()
  })
})

describe('checking out', () => {
  test('gives the files of the commit, without links, and takes the folder away', async () => {
    await makeClone({ 'a.txt': 'a\n', 'sub/b.txt': 'b\n' })
    await symlink('/etc/passwd', join(dir, 'link'))
    git('add', '--all')
    git('commit', '--quiet', '--message', 'link')
    const before = await footprint()
    const repository = await openLocalRepository(dir)
    const { commit } = await repository.base()
    const seen = await repository.withCheckout(commit, async (folder) => ({
      folder,
      files: (await readdir(folder, { recursive: true })).sort(),
      link: await readFile(join(folder, 'link'), 'utf8'),
    }))
    expect(seen.files).toEqual(['a.txt', 'link', 'sub', 'sub/b.txt'])
    expect(seen.link).toBe('/etc/passwd')
    expect(existsSync(seen.folder)).toBe(false)
    const broken = repository.withCheckout(commit, async (folder) => {
      throw new Error(folder)
    })
    const error = await broken.catch((thrown: unknown) => thrown as Error)
    expect(existsSync((error as Error).message)).toBe(false)
    expect(await footprint()).toEqual(before)
  })
})

describeRepository('a bare repository on this machine', async () => {
  const gitDir = join(root, 'target.git')
  const git = await makeRepository(gitDir)
  return { repository: await openLocalRepository(gitDir), git }
})
