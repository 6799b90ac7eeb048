/** Bad input is normal input: one sentence with what to do, an exit code that scripts can use, and nothing left behind. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runGraft } from '../cli/support.ts'
import { CACHE, git, makeTarget, ROOT, stateOf, temporaryFolder } from './support.ts'

const integrate = (locator: string, repo: string, ...more: string[]) =>
  runGraft(['integrate', locator, '--repo', repo, '--cache-dir', CACHE, ...more])

/** The message to the person: the one line with the mark. */
function sentenceOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('✗ '))
  expect(lines, stderr).toHaveLength(1)
  return lines[0] ?? ''
}

describe('refused with one sentence, exit code 1, and nothing changed in the repository', () => {
  test.each([
    ['an unknown package', 'no-such-package-of-anybody-31337', [], /no-such-package-of-anybody-31337/],
    ['a name that is no package name', '../../etc/passwd', [], /package/i],
    ['a version that does not exist', 'pkg:pypi/requests@999.1.2', [], /999\.1\.2/],
    ['another kind of locator', 'pkg:npm/something@1', [], /not supported yet/],
    ['a repository by another way than https', 'git+ssh://git@github.com/a/b', [], /https, the only way/],
    ['a host that is not on the list', 'git+https://localhost/a/b', [], /reads repositories on github\.com/],
    ['a name that is a Python keyword', 'requests', ['--name', 'lambda'], /keyword/],
    ['a name that cannot be a folder', 'requests', ['--name', '../x'], /--name/],
    ['a backend version of another shape', 'requests', ['--backend-version', '1'], /1\.0\.0/],
  ])('%s', async (_, locator, options, expected) => {
    const repo = makeTarget()
    const before = stateOf(repo)
    const { code, stdout, stderr } = await integrate(locator, repo, ...options)
    expect(sentenceOf(stderr)).toMatch(expected)
    expect(stdout).toBe('')
    expect(code).toBe(1)
    expect(stateOf(repo)).toBe(before)
  })

  test('a name that the target has already', async () => {
    const repo = makeTarget()
    const before = stateOf(repo)
    const { code, stderr } = await integrate('requests', repo, '--name', 'cirq')
    expect(sentenceOf(stderr)).toMatch(/already/)
    expect(code).toBe(1)
    expect(stateOf(repo)).toBe(before)
  })

  test('a branch of that name, before anything is measured', async () => {
    const repo = makeTarget()
    git(repo, 'branch', 'graft/mine')
    const before = stateOf(repo)
    const { code, stderr } = await integrate('requests', repo, '--name', 'mine')
    expect(sentenceOf(stderr)).toMatch(/graft\/mine exists already .*"git branch -D graft\/mine/)
    expect(code).toBe(1)
    expect(stateOf(repo)).toBe(before)
  })

  test('a folder that is no repository', async () => {
    const folder = temporaryFolder()
    const { code, stderr } = await integrate('requests', folder)
    expect(sentenceOf(stderr)).toMatch(/not a git repository/)
    expect(code).toBe(1)
    expect(execFileSync('ls', ['-A', folder], { encoding: 'utf8' })).toBe('')
  })

  test('a folder that does not exist', async () => {
    const { code, stderr } = await integrate('requests', join(temporaryFolder(), 'nowhere'))
    expect(sentenceOf(stderr)).toMatch(/not a folder/)
    expect(code).toBe(1)
  })

  test('a repository with changes that are not committed', async () => {
    const repo = makeTarget()
    writeFileSync(join(repo, 'README.md'), 'changed')
    const before = stateOf(repo)
    const { code, stderr } = await integrate('requests', repo)
    expect(sentenceOf(stderr)).toMatch(/commit|stash/i)
    expect(code).toBe(1)
    expect(stateOf(repo)).toBe(before)
  })

  test('a repository that is no target', async () => {
    const repo = temporaryFolder()
    git(repo, 'init', '--quiet', '--initial-branch=main')
    writeFileSync(join(repo, 'README.md'), 'something else')
    git(repo, 'add', '.')
    git(repo, '-c', 'user.name=T', '-c', 'user.email=t@example.invalid', 'commit', '--quiet', '-m', 'x')
    const before = stateOf(repo)
    const { code, stderr } = await integrate('requests', repo)
    expect(sentenceOf(stderr)).toMatch(/registry|backends/)
    expect(code).toBe(1)
    expect(stateOf(repo)).toBe(before)
  })

  test('an index that cannot be reached', async () => {
    const repo = makeTarget()
    const environment = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple' }
    const cache = temporaryFolder()
    const { code, stderr } = await runGraft(['integrate', 'x', '--repo', repo, '--cache-dir', cache], environment)
    expect(sentenceOf(stderr)).toMatch(/index|reach|connect/i)
    expect(code).toBe(1)
  })
})

test.each([
  ['what is asked', ['integrate', 'x', '--repo', '/nowhere', '--json'], 'user', /^\/nowhere is not a folder/],
  ['how it is asked', ['plan', 'x', '--json'], 'user', /--repo/],
  ['the configuration', ['analyze', 'x', '--python', '/no/python', '--json'], 'configuration', /\/no\/python/],
])('with --json an error is JSON on standard output too: %s', async (_, args, kind, message) => {
  const { code, stdout, stderr } = await runGraft(args)
  expect(JSON.parse(stdout)).toEqual({
    schema: 1,
    error: { kind, message: expect.stringMatching(message), exitCode: 1 },
  })
  expect(stderr).not.toBe('')
  expect(code).toBe(1)
})

test('a package that is no simulator is declined with exit code 2, before anything of it runs', async () => {
  const repo = makeTarget()
  const before = stateOf(repo)
  const { code, stdout } = await integrate('requests', repo, '--json')
  const result = JSON.parse(stdout) as { verdict: string; reason: string; changes: unknown[]; branch?: string }
  expect(result).toMatchObject({ verdict: 'declined', changes: [] })
  expect(result.branch).toBeUndefined()
  expect(result.reason).not.toBe('')
  expect(code).toBe(2)
  expect(stateOf(repo)).toBe(before)
})

test('reading a package that is no simulator is no error', async () => {
  const { code, stdout } = await runGraft(['analyze', 'requests', '--cache-dir', CACHE], {}, ROOT)
  expect(stdout).toMatch(/Nothing in it looks like a gate-model simulator/)
  expect(code).toBe(0)
})
