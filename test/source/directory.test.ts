import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLocalRepository } from '../../src/repository/local.ts'
import { fetchSnapshot } from '../../src/source/fetch.ts'
import { hashOfFiles } from '../../src/source/kept-tree.ts'
import { parseLocator } from '../../src/source/locator.ts'
import type { FetchOptions, TargetPlace } from '../../src/source/options.ts'
import { UserError } from '../../src/values/errors.ts'
import type { Progress } from '../../src/values/progress.ts'
import { writeTree } from './support/git-server.ts'

let root: string
let progress: Progress[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'graft-folder-'))
  progress = []
})
afterEach(() => rm(root, { recursive: true, force: true }))

const fetch = (path: string, more: Partial<FetchOptions> = {}) =>
  fetchSnapshot(parseLocator(path), {
    cacheDir: join(root, 'cache'),
    python: { version: '3.11.7' },
    onProgress: (event) => progress.push(event),
    ...more,
  })
/** Writes a package and reads it. */
const read = async (files: Record<string, string | Buffer>) => {
  await writeTree(join(root, 'pkg'), files)
  return fetch(join(root, 'pkg'))
}

describe('what a folder says of itself', () => {
  test.each<[string, Record<string, string>, object]>([
    [
      'pyproject.toml, version in a module',
      {
        'pyproject.toml':
          '[project]\nname = "a-b"\ndynamic = ["version"]\nrequires-python = ">=3.10"\ndescription = "x"\n' +
          'license = {text = "MIT"}\ndependencies = ["numpy", "scipy>1"]\n' +
          '[tool.setuptools.dynamic]\nversion = {attr = "a_b.core.VERSION"}\n',
        'a_b/__init__.py': '',
        'a_b/core.py': 'VERSION: str = "2.0rc1"\n',
        'tests/__init__.py': '',
      },
      {
        distribution: 'a-b',
        version: '2.0rc1',
        licence: 'MIT',
        requiresPython: '>=3.10',
        requiresDist: ['numpy', 'scipy>1'],
      },
    ],
    [
      'Poetry',
      {
        'pyproject.toml':
          '[tool.poetry]\nname = "poem"\nversion = "0.3.1"\npackages = [{include = "poem", from = "lib"}]\n' +
          '[tool.poetry.dependencies]\npython = "^3.9"\nnumpy = "^1.20"\nold = "~0.2.1"\nexact = "1.0"\n' +
          'any = "*"\nmay = {version = "^2", optional = true}\nhere = {path = "../here"}\n',
        'lib/poem/__init__.py': '',
      },
      {
        version: '0.3.1',
        requiresPython: '>=3.9,<4',
        requiresDist: ['numpy>=1.20,<2', 'old>=0.2.1,<0.3', 'exact==1.0', 'any'],
        placed: { base: 'lib' },
      },
    ],
    [
      'setup.cfg',
      {
        'setup.cfg':
          '[metadata]\nname = cfg\nversion = attr: cfg.__version__\n[options]\npython_requires = >=3.8\n' +
          'package_dir =\n    = src\ninstall_requires =\n    numpy>=1.2\n    # a remark\n    scipy\n',
        'src/cfg/__init__.py': "__version__ = '1.4'\n",
      },
      { distribution: 'cfg', version: '1.4', requiresDist: ['numpy>=1.2', 'scipy'], placed: { base: 'src' } },
    ],
    [
      'setup.py, which is never run',
      {
        'setup.py':
          'import os\nfrom setuptools import setup, find_packages\nos.remove("/")\nNAME = "scripted"\nREQ = ["numpy"]\n' +
          'setup(name=NAME, version="3." + "1", install_requires=REQ, packages=find_packages("code"))\n',
        'code/scripted/__init__.py': '',
        'code/scripted/_version.py': '__version__ = "3.1"\n',
      },
      { distribution: 'scripted', version: '3.1', requiresDist: ['numpy'], placed: { base: 'code' } },
    ],
    ['one module and nothing else', { 'onefile.py': 'X = 1\n', 'setup.cfg': '' }, { distribution: 'pkg' }],
  ])('%s', async (_, files, expected) => {
    expect(await read(files)).toMatchObject(expected)
  })

  test('without a version it is named by its content, without a name by its folder', async () => {
    const first = await read({ 'sim/__init__.py': 'A = 1\n' })
    expect(first.version).toMatch(/^0\+t[0-9a-f]{10}$/)
    expect(first.distribution).toBe('pkg')
    expect(first.purl).toBe(
      `pkg:generic/pkg@${first.version.replace('+', '%2B')}?checksum=sha256%3A${hashOfFiles(first.placed?.files ?? [])}`,
    )
    const second = await read({ 'sim/__init__.py': 'A = 2\n' })
    expect(second.version).not.toBe(first.version)
  })

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a build backend that compiles',
      { 'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "maturin"\n', 'a/__init__.py': '' },
      /must be compiled/,
    ],
    [
      'extension modules',
      { 'setup.py': 'setup(name="a", ext_modules=[Extension("a.b", ["b.c"])])\n', 'a/__init__.py': '' },
      /must be compiled \(ext_modules in setup\.py\)/,
    ],
    [
      'a compiled module',
      { 'a/__init__.py': '', 'a/b.cpython-311-x86_64-linux-gnu.so': '\0' },
      /holds the compiled module/,
    ],
    ['no module', { 'README.md': 'x', 'setup.py': 'setup()\n' }, /holds no Python package/],
    ['the package itself', { '__init__.py': '', 'core.py': '' }, /is a Python package itself/],
  ])('%s is refused with the reason', async (_, files, reason) => {
    await expect(read(files)).rejects.toThrow(reason)
  })

  test('what is no text is left out, and said so', async () => {
    await read({ 'sim/__init__.py': '', 'sim/weights.npz': Buffer.from([0, 1, 2]) })
    expect(progress).toContainEqual({ type: 'warning', detail: expect.stringContaining('sim/weights.npz') })
  })
})

describe('a folder of this machine', () => {
  test('no link is followed, no pipe is waited for, and what tools leave there is passed by', async () => {
    await writeFile(join(root, 'secret.py'), 'SECRET = 1\n')
    await writeTree(join(root, 'pkg'), {
      'sim/__init__.py': '',
      '.venv/x.py': '',
      '.git/config': '',
      'node_modules/y.py': '',
    })
    await symlink(join(root, 'secret.py'), join(root, 'pkg/sim/secret.py'))
    await symlink(root, join(root, 'pkg/sim/up'))
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(root, 'pkg/sim/pipe.py')])
    const [installed, everything] = (await fetch(join(root, 'pkg'))).trees
    expect(installed?.files.map(({ path }) => path)).toEqual(['sim/__init__.py', expect.stringMatching(/METADATA$/)])
    expect(everything?.skipped).toEqual([
      { path: 'sim/pipe.py', reason: 'not a regular file' },
      { path: 'sim/secret.py', reason: 'link' },
      { path: 'sim/up', reason: 'link' },
    ])
  })

  test('that is not there', async () => {
    await expect(fetch(join(root, 'none'))).rejects.toThrow(/is not a folder/)
  })
})

describe('a folder of the target', () => {
  let target: TargetPlace
  beforeEach(async () => {
    const clone = join(root, 'clone')
    await writeTree(clone, { 'sims/toy/toysim/__init__.py': '__version__ = "1.0"\n', 'other.txt': 'x' })
    await symlink('/etc/passwd', join(clone, 'sims/toy/toysim/link.py'))
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: clone, stdio: 'pipe' })
    git('init', '--quiet')
    git('add', '.')
    git('commit', '--quiet', '-m', 'files')
    const repository = await openLocalRepository(clone)
    target = { repository, commit: (await repository.base()).commit }
  })

  test('is read at the commit, without a clone too', async () => {
    const snapshot = await fetch('./sims/toy', { target })
    expect(snapshot).toMatchObject({
      purl: 'pkg:generic/toy@1.0#sims/toy',
      placed: { origin: { kind: 'target', folder: 'sims/toy' }, files: [{ path: 'toysim/__init__.py' }] },
    })
    expect(await fetch(snapshot.purl, { target })).toEqual(snapshot)
  })

  test('is one of the clone by whatever path it is named; what is not committed is one of the machine', async () => {
    const folder = join(root, 'clone')
    const here = { target: { ...target, folder } }
    expect((await fetch(join(folder, 'sims', 'toy'), here)).placed?.origin).toEqual({
      kind: 'target',
      folder: 'sims/toy',
    })
    await mkdir(join(folder, 'new'))
    await writeFile(join(folder, 'new', 'fresh.py'), '')
    expect((await fetch(join(folder, 'new'), here)).placed?.origin).toEqual({ kind: 'directory' })
  })

  test.each(['../other', './sims/../../x', '/etc', '~/x', './sims/.git', '.', './-x', 'C:\\x', './none'])(
    '%s is refused where there is no clone',
    async (path) => {
      await expect(fetch(path, { target })).rejects.toThrow(UserError)
    },
  )
})
