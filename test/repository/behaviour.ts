/** What every implementation of the port has to do; each runs it on a real git repository of its own. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MovedError, type Repository } from '../../src/repository/repository.ts'
import { BugError, UserError } from '../../src/values/errors.ts'

/** A bare git repository with one commit on `main`, and the port to it. */
export interface Subject {
  readonly repository: Repository
  /** Runs git on the repository, as somebody else. */
  git(...args: string[]): string
}

/** Files of the first commit. `tool.sh` is executable. */
const START: Readonly<Record<string, string | Buffer>> = {
  'bom.py': '\uFEFFa = 1\n',
  'dos.txt': 'a\r\nb\r\n',
  'empty.txt': '',
  'gone.txt': 'gone\n',
  'latin.txt': Buffer.from([0x66, 0xfc, 0x72]),
  'sub/x.txt': 'x',
  'sub/y z ü.txt': 'y',
  'subway.txt': 'not below sub',
  'tool.sh': '#!/bin/sh\n',
}

const file = (path: string, content: string | null) => ({ path, content, why: '' })
const one = [{ message: 'm\n', files: [file('b.txt', 'b')] }]

/** Declares the tests; `open` makes a fresh subject for each. */
export function describeRepository(name: string, open: () => Promise<Subject>): void {
  describe(name, () => {
    const branch = 'graft/12-toy'

    test('reads byte for byte: byte order mark, line ends, missing files', async () => {
      const { repository } = await open()
      const { branch: base, commit } = await repository.base()
      expect(base).toBe('main')
      await expect(repository.head('main')).resolves.toBe(commit)
      await expect(repository.head('nowhere')).resolves.toBeUndefined()
      for (const [path, content] of Object.entries(START)) {
        if (typeof content === 'string') await expect(repository.read(commit, path)).resolves.toBe(content)
      }
      await expect(repository.read(commit, 'sub')).resolves.toBeUndefined()
      await expect(repository.read(commit, 'nothing.txt')).resolves.toBeUndefined()
      await expect(repository.list(commit, 'sub')).resolves.toEqual(['sub/x.txt', 'sub/y z ü.txt'])
      await expect(repository.list(commit, 'sub/')).resolves.toHaveLength(2)
      await expect(repository.list(commit, 'nothing')).resolves.toEqual([])
      expect((await repository.list(commit, '')).sort()).toEqual(Object.keys(START).sort())
    })

    test('names mode and object of every file', async () => {
      const { repository, git } = await open()
      const { commit } = await repository.base()
      const entries = await repository.entries(commit)
      expect([...entries.keys()].sort()).toEqual(Object.keys(START).sort())
      expect(entries.get('sub/y z ü.txt')).toBe(`100644 ${git('rev-parse', `${commit}:sub/y z ü.txt`).trim()}`)
    })

    test('publishes a chain of commits with one move of the branch', async () => {
      const { repository, git } = await open()
      const { commit } = await repository.base()
      const results = await repository.publish({
        branch,
        expectedHead: undefined,
        parent: commit,
        commits: [
          {
            message: 'subject\n\nbody with ü\n\nGraft-Change: c1\n',
            files: [
              file('new/a b.py', '\uFEFFa = 1\r\n'),
              file('tool.sh', '#!/bin/sh\necho\n'),
              file('gone.txt', null),
            ],
          },
          { message: 'second\n', files: [file('new/a b.py', 'changed'), file('new/c.txt', 'c')] },
        ],
      })
      expect(results).toHaveLength(2)
      const [first, second] = results
      if (first === undefined || second === undefined) throw new Error('too few results')
      await expect(repository.head(branch)).resolves.toBe(second.commit)
      expect(git('rev-parse', `refs/heads/${branch}`, `${second.commit}^{tree}`, `${second.commit}^`)).toBe(
        `${second.commit}\n${second.tree}\n${first.commit}\n`,
      )
      expect(git('-c', 'core.quotePath=false', 'show', '--name-status', '--format=', first.commit)).toBe(
        'D\tgone.txt\nA\tnew/a b.py\nM\ttool.sh\n',
      )
      expect(git('ls-tree', second.commit, 'tool.sh')).toMatch(/^100755 /)
      await expect(repository.read(first.commit, 'new/a b.py')).resolves.toBe('\uFEFFa = 1\r\n')
      await expect(repository.read(second.commit, 'new/a b.py')).resolves.toBe('changed')
      const log = await repository.log(commit, second.commit)
      expect(log.map((entry) => ({ ...entry, message: entry.message.trimEnd() }))).toMatchObject([
        { ...first, parent: commit, ours: true, message: 'subject\n\nbody with ü\n\nGraft-Change: c1' },
        { ...second, parent: first.commit, ours: true, message: 'second' },
      ])
      await expect(repository.log(second.commit, second.commit)).resolves.toEqual([])
      const more = { branch, expectedHead: second.commit, parent: second.commit, commits: one }
      const [third] = await repository.publish(more)
      await expect(repository.head(branch)).resolves.toBe(third?.commit)
      await repository.deleteBranch(branch, third?.commit ?? '')
      await expect(repository.head(branch)).resolves.toBeUndefined()
      await repository.deleteBranch(branch, third?.commit ?? '')
    })

    test('puts back what stood somewhere before: links, what is no text, the mode', async () => {
      const { repository, git } = await open()
      const { commit } = await repository.base()
      const start = await repository.entries(commit)
      const link = git('rev-parse', `${commit}:sub/x.txt`).trim()
      const files = [
        { path: 'gone.txt', content: null },
        { path: 'gone.txt/inside.bin', entry: start.get('latin.txt') ?? '' },
        { path: 'a link', entry: `120000 ${link}` },
        { path: 'tool.sh', content: 'no longer\n', mode: '100644' as const },
        { path: 'run.sh', content: 'new\n', mode: '100755' as const },
      ]
      const input = { branch, expectedHead: undefined, parent: commit, commits: [{ message: 'm\n', files }] }
      const [made] = await repository.publish(input)
      const now = await repository.entries(made?.commit ?? '')
      expect(now.get('gone.txt')).toBeUndefined()
      expect(now.get('gone.txt/inside.bin')).toBe(start.get('latin.txt'))
      expect(now.get('a link')).toBe(`120000 ${link}`)
      expect(now.get('tool.sh')).toMatch(/^100644 /)
      expect(now.get('run.sh')).toMatch(/^100755 /)
      const bad = { ...input, expectedHead: made?.commit, parent: made?.commit ?? '' }
      const strange = [{ message: 'm\n', files: [{ path: 'x', entry: '040000 --help' }] }]
      await expect(repository.publish({ ...bad, commits: strange })).rejects.toThrow(BugError)
    })

    test('a commit that changes nothing has the same tree', async () => {
      const { repository } = await open()
      const { commit } = await repository.base()
      const [tree] = (await repository.publish({ branch, expectedHead: undefined, parent: commit, commits: one })).map(
        (made) => made.tree,
      )
      const head = (await repository.head(branch)) ?? ''
      const empty = [{ message: 'nothing\n', files: [] }]
      const [made] = await repository.publish({ branch, expectedHead: head, parent: head, commits: empty })
      expect(made).toMatchObject({ tree })
      expect(await repository.head(branch)).toBe(made?.commit)
    })

    test('keeps commits under names of their own, for ever', async () => {
      const { repository, git } = await open()
      const { commit } = await repository.base()
      await expect(repository.references('refs/graft/12/')).resolves.toEqual(new Map())
      await repository.keep('refs/graft/12/first', commit)
      await repository.keep('refs/graft/12/first', commit)
      await repository.keep('refs/graft/123/other', commit)
      const [made] = await repository.publish({ branch, expectedHead: undefined, parent: commit, commits: one })
      await expect(repository.keep('refs/graft/12/first', made?.commit ?? '')).rejects.toThrow(MovedError)
      await expect(repository.references('refs/graft/12/')).resolves.toEqual(new Map([['refs/graft/12/first', commit]]))
      expect(git('rev-parse', 'refs/graft/12/first').trim()).toBe(commit)
      for (const bad of ['refs/heads/main', 'refs/graft/12/a..b', 'refs/graft/-x', '--all']) {
        await expect(repository.keep(bad, commit)).rejects.toThrow(BugError)
      }
    })

    test('makes a branch at a commit that is there already', async () => {
      const { repository } = await open()
      const { commit } = await repository.base()
      const input = { branch, expectedHead: undefined, parent: commit, commits: [] }
      await expect(repository.publish(input)).resolves.toEqual([])
      await expect(repository.head(branch)).resolves.toBe(commit)
    })

    test('compare and swap: nobody’s commit is lost', async () => {
      const { repository, git } = await open()
      const { commit } = await repository.base()
      await repository.publish({ branch, expectedHead: undefined, parent: commit, commits: one })
      const ours = (await repository.head(branch)) ?? ''
      const theirs = git('commit-tree', '-p', ours, '-m', 'theirs', `${ours}^{tree}`).trim()
      git('update-ref', `refs/heads/${branch}`, theirs)
      const late = repository.publish({ branch, expectedHead: ours, parent: ours, commits: one })
      await expect(late).rejects.toBeInstanceOf(MovedError)
      await expect(repository.deleteBranch(branch, ours)).rejects.toBeInstanceOf(MovedError)
      await expect(repository.head(branch)).resolves.toBe(theirs)
      git('update-ref', '-d', `refs/heads/${branch}`)
      const gone = repository.publish({ branch, expectedHead: ours, parent: ours, commits: one })
      await expect(gone).rejects.toBeInstanceOf(MovedError)
      await expect(repository.head(branch)).resolves.toBeUndefined()
      const elsewhere = repository.publish({ branch, expectedHead: ours, parent: commit, commits: one })
      await expect(elsewhere).rejects.toBeInstanceOf(BugError)
    })

    test('a branch that is taken, or that another one is in the way of', async () => {
      const { repository, git } = await open()
      const { commit } = await repository.base()
      const make = (name: string) =>
        repository.publish({ branch: name, expectedHead: undefined, parent: commit, commits: one })
      await expect(repository.refuseTaken(branch)).resolves.toBeUndefined()
      await make(branch)
      const before = await repository.head(branch)
      for (const taken of [branch, 'graft', `${branch}/more`]) {
        await expect(repository.refuseTaken(taken)).rejects.toBeInstanceOf(UserError)
        await expect(make(taken)).rejects.toBeInstanceOf(UserError)
      }
      await expect(repository.head(branch)).resolves.toBe(before)
      await expect(repository.refuseTaken('graft/12-to')).resolves.toBeUndefined()
      for (const name of ['a..b', '--all', 'a b', '', 'x.lock'])
        await expect(make(name)).rejects.toBeInstanceOf(UserError)
      expect(git('for-each-ref', '--format=%(refname)').trim().split('\n')).toEqual([
        `refs/heads/${branch}`,
        'refs/heads/main',
      ])
    })

    test('no path leaves the repository', async () => {
      const { repository } = await open()
      const { commit } = await repository.base()
      const hostile = fc.constantFrom('..', '.', '', '.git', '.GIT', 'a\nb', 'a\0b', 'a\\b')
      await fc.assert(
        fc.asyncProperty(hostile, fc.constantFrom('', 'x/'), async (part, prefix) => {
          const commits = [{ message: 'm', files: [file(`${prefix}${part}`, 'b')] }]
          const attempt = repository.publish({ branch, expectedHead: undefined, parent: commit, commits })
          await expect(attempt).rejects.toThrow(/no path inside a repository/)
        }),
        { numRuns: 16 },
      )
      await expect(repository.head(branch)).resolves.toBeUndefined()
    })

    test('text that is not UTF-8 is refused, never mangled', async () => {
      const { repository } = await open()
      const { commit } = await repository.base()
      await expect(repository.read(commit, 'latin.txt')).rejects.toThrow(/latin\.txt .* is not UTF-8/)
    })
  })
}

/** Makes the repository that a subject begins with: a bare one, in a folder that does not exist yet. */
export async function makeRepository(gitDir: string): Promise<Subject['git']> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-start-'))
  try {
    for (const [path, content] of Object.entries(START)) {
      await mkdir(join(folder, path, '..'), { recursive: true })
      await writeFile(join(folder, path), content, { mode: path.endsWith('.sh') ? 0o755 : 0o644 })
    }
    const git = gitIn(folder)
    git('init', '--quiet', '--initial-branch=main')
    git('add', '--all')
    git('commit', '--quiet', '--message', 'start')
    git('clone', '--quiet', '--bare', '.', gitDir)
    return gitIn(gitDir)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs git in a folder, as Ann, without anybody's configuration. */
export function gitIn(folder: string): Subject['git'] {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', '-c', 'commit.gpgsign=false']
  const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent' }
  return (...args) => execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', env })
}
