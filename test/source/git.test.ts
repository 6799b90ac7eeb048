import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isPublicAddress } from '../../src/source/addresses.ts'
import { fetchSnapshot } from '../../src/source/fetch.ts'
import { parseLocator } from '../../src/source/locator.ts'
import type { FetchOptions } from '../../src/source/options.ts'
import { UserError } from '../../src/values/errors.ts'
import { GitServer } from './support/git-server.ts'

let folder: string
let server: GitServer
let commit: string
let caches = 0

const PACKAGE = {
  'pyproject.toml': '[project]\nname = "toy-sim"\nversion = "1.2.0"\ndependencies = ["numpy>=1.20"]\n',
  'src/toysim/__init__.py': 'class Circuit:\n    pass\n',
  'README.md': '# Toy\n',
  'tests/test_it.py': 'import toysim\n',
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-git-'))
  server = await new GitServer(folder).start()
  commit = await server.add('owner/toy', PACKAGE)
  await server.tag('owner/toy', 'v1.2', commit)
})
afterEach(() => {
  server.fault = () => false
  server.requests.length = 0
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const fetch = (locator: string, more: Partial<FetchOptions> = {}) =>
  fetchSnapshot(parseLocator(locator), {
    cacheDir: join(folder, `cache-${caches++}`),
    python: { version: '3.11.7' },
    index: {
      simpleUrl: new URL('https://index.example/simple/'),
      apiUrl: new URL('https://index.example/'),
      certificates: [server.certificate],
    },
    hosts: [server.host],
    allowsAddress: () => true,
    ...more,
  })
const at = (path: string) => `git+https://${server.host}/${path}`

describe('a snapshot of a repository', () => {
  test.each(['', '@main', '@v1.2'])('at %s: pinned to the commit, its modules apart from the rest', async (ref) => {
    const snapshot = await fetch(at(`owner/toy.git${ref}`))
    expect(snapshot).toMatchObject({
      distribution: 'toy-sim',
      version: '1.2.0',
      requiresDist: ['numpy>=1.20'],
      placed: { base: 'src', origin: { kind: 'git', url: `https://${server.host}/owner/toy`, commit } },
    })
    expect(snapshot.purl).toBe(
      `pkg:generic/toy-sim@1.2.0?vcs_url=${encodeURIComponent(`git+https://${server.host}/owner/toy@${commit}`)}`,
    )
    expect(snapshot.placed?.files.map(({ path }) => path)).toEqual(['toysim/__init__.py'])
    const [installed, everything] = snapshot.trees
    expect(installed?.files.map(({ path }) => path)).toEqual(['toysim/__init__.py', 'toy_sim-1.2.0.dist-info/METADATA'])
    expect(everything?.files.map(({ path }) => path)).toEqual(Object.keys(PACKAGE).sort())
    expect(server.requests.every(({ authorization }) => authorization === undefined)).toBe(true)
  })

  test('is the same the second time, without a word to the host', async () => {
    const cacheDir = join(folder, 'kept')
    const first = await fetch(at(`owner/toy@${commit}`), { cacheDir })
    server.requests.length = 0
    expect(await fetch(at(`owner/toy@${commit}`), { cacheDir })).toEqual(first)
    expect(server.requests).toEqual([])
    expect(await fetch(first.purl, { cacheDir })).toEqual(first)
  })

  test('of a folder in it', async () => {
    const files = Object.fromEntries(Object.entries(PACKAGE).map(([path, content]) => [`python/pkg/${path}`, content]))
    await server.add('owner/nested', { ...files, 'setup.py': 'raise SystemExit(1)\n' })
    const snapshot = await fetch(at('owner/nested#subdirectory=python/pkg'))
    expect(snapshot.placed?.origin).toMatchObject({ kind: 'git', folder: 'python/pkg' })
    expect(snapshot.purl).toMatch(/#python\/pkg$/)
    await expect(fetch(at('owner/nested#subdirectory=python/none'))).rejects.toThrow(/no folder python\/none/)
  })

  test('leaves out links, submodules and what is too large', async () => {
    const files = { ...PACKAGE, 'src/toysim/large.py': Buffer.alloc(3 * 1024 * 1024, 32) }
    await server.add('owner/odd', files, { 'src/toysim/secret.py': '/etc/passwd', link: '../..' })
    await server.commit('owner/odd', `160000 ${commit}\tvendor/sub\n`)
    const [installed, everything] = (await fetch(at('owner/odd'))).trees
    expect(installed?.files.map(({ path }) => path)).not.toContain('toysim/secret.py')
    expect(everything?.skipped).toEqual(
      expect.arrayContaining([
        { path: 'link', reason: 'link' },
        { path: 'src/toysim/secret.py', reason: 'link' },
        { path: 'vendor/sub', reason: 'not a regular file' },
        { path: 'src/toysim/large.py', reason: 'too large' },
      ]),
    )
  })
})

describe('what a host does', () => {
  test('is fetched from hosts of the list only', async () => {
    await expect(fetch(at('owner/toy'), { hosts: ['github.com'] })).rejects.toThrow(/reads repositories on github\.com/)
    for (const host of ['2130706433', '0x7f.1', '127.0.0.1', '169.254.169.254'])
      await expect(fetch(`git+https://${host}/a/b`, { hosts: ['github.com'] })).rejects.toThrow(UserError)
    expect(server.requests).toEqual([])
  })

  test('has an address of the public internet, looked at when it is connected to', async () => {
    await expect(fetch(at('owner/toy'), { allowsAddress: undefined })).rejects.toThrow(
      /localhost has an address that is not one of the public internet/,
    )
    expect(server.requests).toEqual([])
  })

  test('does not send elsewhere', async () => {
    server.fault = (_request, response) => {
      response.writeHead(302, { location: 'https://169.254.169.254/owner/toy/info/refs' }).end()
      return true
    }
    await expect(fetch(at('owner/toy'))).rejects.toThrow(UserError)
    expect(server.requests).toHaveLength(1)
  })

  test('may say no', async () => {
    server.fault = (_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      return true
    }
    await expect(fetch(at('owner/toy'))).rejects.toThrow(/not there, or not public/)
    server.fault = () => false
    await expect(fetch(at('owner/none'))).rejects.toThrow(UserError)
    await expect(fetch(at('owner/toy@no-such-branch'))).rejects.toThrow(/no branch and no tag "no-such-branch"/)
    await expect(fetch(at(`owner/toy@${'1'.repeat(40)}`))).rejects.toThrow(/no such commit/)
  })

  test('is believed only with a certificate', async () => {
    const index = {
      simpleUrl: new URL('https://index.example/simple/'),
      apiUrl: new URL('https://index.example/'),
      certificates: [],
    }
    await expect(fetch(at('owner/toy'), { index })).rejects.toThrow(/cannot be fetched/)
    expect(server.requests).toEqual([])
  })
})

test('addresses of the public internet', () => {
  for (const address of ['140.82.121.4', '1.1.1.1', '2606:4700::1111', '2a00:1450:4001::1'])
    expect(isPublicAddress(address), address).toBe(true)
  for (const address of [
    ...['127.0.0.1', '10.1.2.3', '172.20.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
    ...['255.255.255.255', '192.0.2.1', '::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', '::ffff:127.0.0.1'],
    ...['::ffff:140.82.121.4', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', 'ff02::1', 'fe80::1%eth0'],
    ...['2130706433', '0x7f000001', '127.1', 'localhost', ''],
  ])
    expect(isPublicAddress(address), address).toBe(false)
})
