import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCommit, writeCommit } from '../../../src/embedded/git/commit.ts'
import { createBareRepository } from '../../../src/embedded/git/create.ts'
import { diffTrees } from '../../../src/embedded/git/diff.ts'
import { distance, isAncestor, log, mergeBase, newWorkflowFile } from '../../../src/embedded/git/history.ts'
import { mergeCommit, mergeTrees, rebaseCommits, squashCommit } from '../../../src/embedded/git/merge.ts'
import { GitRepository } from '../../../src/embedded/git/repository.ts'
import { GitError, gitText } from '../../../src/embedded/git/run.ts'
import type { TreeEdit } from '../../../src/embedded/git/tree.ts'
import { editTree, listTree, PathError } from '../../../src/embedded/git/tree.ts'

const WHO = { name: 'ada', email: '7+ada@users.noreply.github.com', date: new Date('2026-01-02T03:04:05Z') }
const FIRST = { name: 'ada', email: 'ada@example.org', message: 'First commit' }

let folder: string
let repository: GitRepository
let first: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-git-'))
  const source = join(folder, 'source')
  await mkdir(join(source, 'src', '__pycache__'), { recursive: true })
  await writeFile(join(source, 'README.md'), 'one\ntwo\nthree\nfour\nfive\n')
  await writeFile(join(source, 'src', 'a.py'), 'a = 1\n')
  await writeFile(join(source, 'src', 'crlf.txt'), 'x\r\ny\r\n')
  await writeFile(join(source, 'src', '__pycache__', 'a.pyc'), 'no')
  const dir = join(folder, 'one.git')
  expect(await createBareRepository(dir, source, undefined, FIRST)).toBe('main')
  repository = new GitRepository(dir)
  first = (await repository.resolve('main')) ?? ''
})

afterAll(async () => {
  await repository.close()
  await rm(folder, { recursive: true, maxRetries: 3 })
})

/** A commit on top of others with some files. */
async function commit(parents: string[], files: Record<string, string | null>, message = 'a change'): Promise<string> {
  const edits: TreeEdit[] = []
  for (const [path, content] of Object.entries(files)) {
    const sha = content === null ? null : await repository.objects.write('blob', Buffer.from(content))
    edits.push({ path, mode: '100644', sha })
  }
  const tree = await editTree(repository.objects, parents[0], edits)
  return writeCommit(repository.objects, { tree, parents, author: WHO, committer: WHO, message })
}

async function paths(tree: string): Promise<string[]> {
  return (await listTree(repository.dir, tree)).filter(({ mode }) => mode !== '040000').map(({ path }) => path)
}

describe('a repository from a folder', () => {
  test('has its files byte for byte, without compiled ones', async () => {
    expect(await paths(first)).toEqual(['README.md', 'src/a.py', 'src/crlf.txt'])
    const file = await repository.objects.read(`${first}:src/crlf.txt`)
    expect(file?.content.toString()).toBe('x\r\ny\r\n')
    expect((await readCommit(repository.objects, first))?.author.email).toBe('ada@example.org')
  })

  test('from a clone takes all its branches and what is checked out as the default one', async () => {
    const clone = join(folder, 'clone')
    await gitText(folder, ['clone', '--quiet', repository.dir, clone])
    await gitText(clone, ['branch', 'other'])
    await gitText(clone, ['checkout', '--quiet', '-b', 'topic/now'])
    const dir = join(folder, 'two.git')
    expect(await createBareRepository(dir, clone, undefined, FIRST)).toBe('topic/now')
    const two = new GitRepository(dir)
    expect((await two.refs('refs/heads/')).map(({ ref }) => ref)).toEqual([
      'refs/heads/main',
      'refs/heads/other',
      'refs/heads/topic/now',
    ])
    expect(await two.resolve('HEAD')).toBe(first)
    await two.close()
  })
})

describe('objects', () => {
  test('written here are the ones that git would write, and git finds nothing wrong with them', async () => {
    const content = 'print("ünïcode")\n'
    const sha = await repository.objects.write('blob', Buffer.from(content))
    expect(sha).toBe(await gitText(repository.dir, ['hash-object', '--stdin'], { input: content }))
    const made = await commit([first], { 'b-dir/x': 'x', 'b.py': 'b', 'b-dir.txt': 't', bdir: 'd' })
    const checked = await gitText(repository.dir, ['fsck', '--strict', '--no-dangling', made])
    expect(checked).toBe('')
    const tree = await repository.treeOf(made)
    const listed = await gitText(repository.dir, ['ls-tree', '-r', '--name-only', made])
    expect(await paths(tree)).toEqual(listed.split('\n'))
  })

  test('are read in order when many are asked for at once, large and missing ones among them', async () => {
    const large = Buffer.alloc(3_000_000, 'line\n')
    const sha = await repository.objects.write('blob', large)
    const names = [first, 'main:none', sha, 'f'.repeat(40), `${first}^{tree}`, sha]
    const found = await Promise.all(names.map((name) => repository.objects.read(name)))
    expect(found.map((object) => object?.type)).toEqual(['commit', undefined, 'blob', undefined, 'tree', 'blob'])
    expect(found[2]?.content.equals(large)).toBe(true)
  })

  test('a name with a line break asks no second question', async () => {
    expect(await repository.objects.read(`${first}\n${first}`)).toBeUndefined()
    expect(await repository.resolve('main~1')).toBeUndefined()
    expect(await repository.resolve('main..main')).toBeUndefined()
    expect((await repository.objects.read('main'))?.sha).toBe(first)
  })
})

describe('trees', () => {
  test('an edit adds, replaces and takes out; a folder without files disappears', async () => {
    const made = await commit([first], { 'src/a.py': null, 'src/crlf.txt': null, 'new/deep/file': 'x' })
    expect(await paths(made)).toEqual(['README.md', 'new/deep/file'])
  })

  test('a file takes the place of a folder and the other way round', async () => {
    const made = await commit([first], { src: 'a file now' })
    expect(await paths(made)).toEqual(['README.md', 'src'])
    const back = await commit([made], { 'src/b.py': 'b' })
    expect(await paths(back)).toEqual(['README.md', 'src/b.py'])
  })

  test.each(['../x', 'a//b', '/a', 'a/', '.git/config', 'x/.GIT/hooks/y', '.', 'a\0b'])(
    '%j is no path',
    async (path) => {
      await expect(commit([first], { [path]: 'x' })).rejects.toThrow(PathError)
    },
  )
})

describe('refs', () => {
  test('move by compare-and-swap', async () => {
    const [one, two] = [await commit([first], { x: '1' }), await commit([first], { x: '2' })]
    await repository.setRef('refs/heads/cas', undefined, one)
    await expect(repository.setRef('refs/heads/cas', undefined, two)).rejects.toThrow(GitError)
    await expect(repository.setRef('refs/heads/cas', two, first)).rejects.toThrow(GitError)
    await expect(repository.setRef('refs/heads/cas/below', undefined, one)).rejects.toThrow(GitError)
    await repository.setRef('refs/heads/cas', one, two)
    expect(await repository.resolve('cas')).toBe(two)
    await repository.setRef('refs/heads/cas', two, undefined)
    expect(await repository.resolve('cas')).toBeUndefined()
  })

  test('work in the queue follows work in the queue, also behind a failure', async () => {
    const order: number[] = []
    const failing = repository.exclusive(async () => {
      await Promise.resolve()
      order.push(1)
      throw new Error('no')
    })
    const next = repository.exclusive(async () => {
      order.push(2)
    })
    await expect(failing).rejects.toThrow('no')
    await next
    expect(order).toEqual([1, 2])
  })
})

describe('history and differences', () => {
  test('know what is ahead, behind and shared', async () => {
    const one = await commit([first], { x: '1' }, 'one')
    const two = await commit([one], { x: '2' }, 'two')
    const side = await commit([first], { y: '1' }, 'side')
    expect(await distance(repository, side, two)).toEqual({ ahead: 2, behind: 1 })
    expect(await mergeBase(repository, side, two)).toBe(first)
    expect(await isAncestor(repository, one, two)).toBe(true)
    expect(await isAncestor(repository, two, one)).toBe(false)
    const listed = await log(repository, two, { not: [side], oldestFirst: true })
    expect(listed.map(({ message }) => message)).toEqual(['one', 'two'])
    expect((await log(repository, two, { path: 'x' })).map(({ sha }) => sha)).toEqual([two, one])
  })

  test('files carry their status, counts and hunks', async () => {
    const readme = await readFile(join(folder, 'source', 'README.md'), 'utf8')
    const made = await commit([first], {
      'README.md': readme.replace('three', 'THREE'),
      'src/a.py': null,
      'moved/crlf.txt': 'x\r\ny\r\n',
      'src/crlf.txt': null,
      'new.py': 'diff --git a/x b/x\n',
      'bin.dat': 'a\0b',
    })
    const files = await diffTrees(repository, first, made)
    expect(files.map(({ filename, status, additions, deletions }) => [filename, status, additions, deletions])).toEqual(
      [
        ['README.md', 'modified', 1, 1],
        ['bin.dat', 'added', 0, 0],
        ['moved/crlf.txt', 'renamed', 0, 0],
        ['new.py', 'added', 1, 0],
        ['src/a.py', 'removed', 0, 1],
      ],
    )
    expect(files.map(({ patch }) => patch?.split('\n')[0])).toEqual([
      '@@ -1,5 +1,5 @@',
      undefined,
      undefined,
      '@@ -0,0 +1 @@',
      '@@ -1 +0,0 @@',
    ])
    expect(files[3]?.patch).toBe('@@ -0,0 +1 @@\n+diff --git a/x b/x')
    expect(files[2]?.previous).toBe('src/crlf.txt')
  })

  test('a new commit that touches a workflow is found, one that came before is not', async () => {
    const flow = await commit([first], { '.github/workflows/ci.yml': 'on: push' })
    const later = await commit([flow], { z: 'z' })
    expect(await newWorkflowFile(repository, later)).toBe('.github/workflows/ci.yml')
    await repository.setRef('refs/heads/flow', undefined, flow)
    expect(await newWorkflowFile(repository, later)).toBeUndefined()
    await repository.setRef('refs/heads/flow', flow, undefined)
  })
})

describe('merges', () => {
  const input = (base: string, head: string) => ({ base, head, message: 'merged', author: WHO, committer: WHO })

  test('of different files keep both, as two parents, one commit or commits anew', async () => {
    const base = await commit([first], { x: '1' }, 'base')
    const one = await commit([first], { y: '1' }, 'one')
    const head = await commit([one], { y: '2' }, 'two')
    const merge = (await mergeCommit(repository, input(base, head))) ?? ''
    const squash = (await squashCommit(repository, input(base, head))) ?? ''
    const rebase = (await rebaseCommits(repository, { base, head, committer: WHO })) ?? ''
    const trees = await Promise.all([merge, squash, rebase].map((sha) => repository.treeOf(sha)))
    expect(new Set(trees).size).toBe(1)
    expect((await repository.commit(merge))?.parents).toEqual([base, head])
    expect((await repository.commit(squash))?.parents).toEqual([base])
    const replayed = await log(repository, rebase, { not: [base], oldestFirst: true })
    expect(replayed.map(({ message }) => message)).toEqual(['one', 'two'])
  })

  test('of the same line are a conflict in each way', async () => {
    const base = await commit([first], { 'README.md': 'one\n2\nthree\nfour\nfive\n' })
    const head = await commit([first], { 'README.md': 'one\nzwei\nthree\nfour\nfive\n' })
    expect(await mergeTrees(repository, base, head)).toBeUndefined()
    expect(await mergeCommit(repository, input(base, head))).toBeUndefined()
    expect(await squashCommit(repository, input(base, head))).toBeUndefined()
    expect(await rebaseCommits(repository, { base, head, committer: WHO })).toBeUndefined()
  })

  test('a conflict in the middle that the end resolves merges, and does not rebase', async () => {
    const base = await commit([first], { 'README.md': 'one\n2\nthree\nfour\nfive\n' })
    const middle = await commit([first], { 'README.md': 'one\nzwei\nthree\nfour\nfive\n' })
    const head = await commit([middle], { 'README.md': 'one\n2\nthree\nfour\nfive\n' })
    expect(await mergeTrees(repository, base, head)).toBe(await repository.treeOf(base))
    expect(await rebaseCommits(repository, { base, head, committer: WHO })).toBeUndefined()
  })

  test('of histories that share nothing are none', async () => {
    expect(await mergeTrees(repository, first, await commit([], { q: 'q' }))).toBeUndefined()
  })
})

test('closing answers what was asked for and refuses what comes later', async () => {
  const other = new GitRepository(repository.dir)
  const asked = Promise.all([
    other.objects.read(first),
    other.objects.read('none'),
    other.objects.read(`${first}^{tree}`),
  ])
  await other.close()
  expect((await asked).map((object) => object?.type)).toEqual(['commit', undefined, 'tree'])
  await expect(other.objects.read(first)).rejects.toThrow('closed')
})
