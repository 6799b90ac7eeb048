/** The launcher, from a checkout and from a packed tarball, started by the Node that a person has on the path. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CACHE, git, ROOT, temporaryFolder } from './support.ts'

/** The path as it was before npm put `node_modules/.bin` in front: what a person's shell has. */
const PERSONS_PATH = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes(`node_modules${sep}.bin`))
  .join(delimiter)

/** Runs a command with that path, and without what npm tells its scripts. */
function run(command: string, args: readonly string[], cwd: string): string {
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...Object.fromEntries(environment), PATH: PERSONS_PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
}

/** Whatever Node started the launcher: Graft itself must run on 24 or newer. */
function nodeThatRuns(doctor: string): number {
  const { checks } = JSON.parse(doctor) as { checks: { id: string; found: string }[] }
  return Number(/^v(\d+)/.exec(checks.find(({ id }) => id === 'node')?.found ?? '')?.[1])
}

describe('npx graft', () => {
  test('works in the checkout with the Node of the path', () => {
    expect(Number(/^v(\d+)/.exec(run('node', ['--version'], ROOT))?.[1])).toBeGreaterThanOrEqual(20)
    expect(nodeThatRuns(run('npx', ['--no', 'graft', 'doctor', '--json'], ROOT))).toBeGreaterThanOrEqual(24)
  })

  test('works from a packed tarball that was installed elsewhere', () => {
    const folder = temporaryFolder()
    const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], ROOT)) as unknown
    const [tarball] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as {
      filename: string
      files: { path: string }[]
    }[]
    const files = new Set(tarball?.files.map(({ path }) => path))
    // npm never packs a .gitignore; nothing depends on the one of the small target.
    const templates = git(ROOT, 'ls-files', 'templates')
      .split('\n')
      .filter((path) => !path.endsWith('.gitignore'))
    for (const template of templates) expect(files).toContain(template)
    expect([...files].filter((path) => /^(src|test|node_modules|\.venv)\/|\.pyc$/.test(path))).toEqual([])

    const project = join(folder, 'project')
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{"name": "somewhere-else", "version": "1.0.0", "private": true}')
    run('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball?.filename ?? '')], project)
    expect(nodeThatRuns(run('npx', ['--no', 'graft', 'doctor', '--json'], project))).toBeGreaterThanOrEqual(24)

    const analysis = run('npx', ['--no', 'graft', 'analyze', 'qulacs', '--json', '--cache-dir', CACHE], project)
    const { profile } = JSON.parse(analysis) as { profile: { gates: Record<string, unknown> } }
    expect(Object.keys(profile.gates)).toEqual(expect.arrayContaining(['h', 'x', 'cx', 'rx']))
  })
})
