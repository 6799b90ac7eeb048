import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runGraft } from './support.ts'

interface Check {
  readonly id: string
  readonly status: string
  readonly found: string
  readonly advice?: string
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graft-doctor-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function checksOf(stdout: string): Map<string, Check> {
  const { checks } = JSON.parse(stdout) as { checks: Check[] }
  return new Map(checks.map((check) => [check.id, check]))
}

describe('graft doctor', () => {
  test('on this machine finds all that the tests themselves need', async () => {
    const { code, stdout } = await runGraft(['doctor', '--json', '--cache-dir', join(folder, 'new', 'cache')])
    const checks = checksOf(stdout)
    expect(code).toBe(0)
    expect([...checks.keys()]).toEqual([
      ...['node', 'git', 'python', 'pythons', 'uv', 'compiler', 'index', 'bwrap', 'cache', 'disk'],
    ])
    for (const id of ['node', 'git', 'python', 'uv', 'index', 'cache']) expect(checks.get(id)?.status, id).toBe('ok')
  })

  test('says what is missing on a machine with nothing on its path, and exits with 1', async () => {
    const { code, stdout } = await runGraft(['doctor', '--json'], { PATH: folder })
    const checks = checksOf(stdout)
    expect(code).toBe(1)
    expect(checks.get('git')?.status).toBe('missing')
    expect(checks.get('git')?.advice).toContain('Install git')
    expect(checks.get('python')?.status).toBe('missing')
    expect(checks.get('bwrap')?.status).toBe('warning')
    expect(checks.get('compiler')?.advice).toContain('build-essential')
  })

  test('names the index without its credentials, and a wrong address without the address', async () => {
    const good = await runGraft(['doctor'], { PIP_INDEX_URL: 'https://someone:hunter2@index.invalid/simple' })
    expect(good.stdout).toContain('https://index.invalid/simple/, with credentials')
    expect(good.stdout + good.stderr).not.toMatch(/someone|hunter2/)
    const bad = await runGraft(['doctor'], { PIP_INDEX_URL: 'ftp://someone:hunter2@index.invalid' })
    expect(bad.code).toBe(1)
    expect(bad.stdout + bad.stderr).not.toMatch(/someone|hunter2/)
  })

  test('a cache folder below a file cannot be used', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { code, stdout } = await runGraft(['doctor', '--json', '--cache-dir', join(folder, 'file', 'cache')])
    expect(code).toBe(1)
    expect(checksOf(stdout).get('cache')?.found).toContain('is a file')
  })
})

describe('the command line', () => {
  test.each([
    [['--help'], 0, /Usage: graft .*integrate.*Exit codes/s],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [['plan', '--help'], 0, /--repo <dir>/],
  ])('%j', async (args, code, pattern) => {
    const result = await runGraft(args)
    expect(result.stdout).toMatch(pattern)
    expect(result.stderr).toBe('')
    expect(result.code).toBe(code)
  })

  test.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['plan', 'x'], /required option '--repo <dir>' not specified/],
    [['analyze'], /missing required argument 'locator'/],
    [['analyze', 'x', '--bogus'], /unknown option '--bogus'/],
  ])('%j is refused with a sentence on standard error', async (args, pattern) => {
    const result = await runGraft(args)
    expect(result.stderr).toMatch(pattern)
    expect(result.stdout).toBe('')
    expect(result.code).toBe(1)
  })

  test('the reader of a pipe may go away', () => {
    const bin = join(import.meta.dirname, '..', '..', 'bin', 'graft.js')
    const { status, stderr } = spawnSync('sh', ['-c', `"$0" "$1" --help | true`, process.execPath, bin], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
})
