import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unpack } from '../../src/source/archive.ts'
import { ArchiveError, CAPS } from '../../src/source/tree-writer.ts'
import { makeTar, makeTarGz, type TarEntry } from './support/tar.ts'
import { makeZip, type ZipEntry } from './support/zip.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-archive-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function open(filename: string, content: Buffer, caps = {}) {
  const archive = join(folder, 'archive')
  const root = join(folder, 'root')
  await writeFile(archive, content)
  return unpack(archive, filename, root, { ...CAPS, ...caps })
}

const openWheel = (entries: ZipEntry[], caps = {}) => open('a-1-py3-none-any.whl', makeZip(entries), caps)
const openSdist = (entries: TarEntry[], caps = {}) => open('a-1.tar.gz', makeTarGz(entries), caps)

/** All regular files below the root, to be sure that nothing else was written. */
async function written(): Promise<string[]> {
  const entries = await readdir(join(folder, 'root'), { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'root').length + 1))
    .sort()
}

describe('what is kept', () => {
  test('text of a wheel, read-only, with its size', async () => {
    const { files, skipped } = await openWheel([
      { name: 'pkg/' },
      { name: 'pkg/__init__.py', content: 'x = 1\n' },
      { name: 'pkg/bind.cpp', content: '// c' },
      { name: 'a-1.dist-info/METADATA', content: 'Name: a\n' },
    ])
    expect(files).toEqual([
      { path: 'pkg/__init__.py', bytes: 6 },
      { path: 'pkg/bind.cpp', bytes: 4 },
      { path: 'a-1.dist-info/METADATA', bytes: 8 },
    ])
    expect(skipped).toEqual([])
    expect(await readFile(join(folder, 'root/pkg/__init__.py'), 'utf8')).toBe('x = 1\n')
    expect((await stat(join(folder, 'root/pkg/__init__.py'))).mode & 0o222).toBe(0)
  })

  test("an sdist's top folder is taken off", async () => {
    const { files } = await openSdist([
      { name: 'a-1/', type: '5' },
      { name: 'a-1/README.md', content: 'hi' },
      { name: 'a-1/docs/start.rst', content: 'start' },
    ])
    expect(files.map((file) => file.path)).toEqual(['README.md', 'docs/start.rst'])
  })

  test('an sdist may be a zip file', async () => {
    const { files } = await open('a-1.zip', makeZip([{ name: 'a-1/setup.py', content: 'pass' }]))
    expect(files).toEqual([{ path: 'setup.py', bytes: 4 }])
  })

  test('a README that is not UTF-8, byte for byte', async () => {
    const latin = Buffer.from('Zustände\n', 'latin1')
    await openSdist([{ name: 'a-1/README.rst', content: latin }])
    expect(await readFile(join(folder, 'root/README.rst'))).toEqual(latin)
  })

  test('names of compiled modules without their content', async () => {
    const { files, skipped } = await openWheel([
      { name: 'pkg/core.cpython-311-x86_64-linux-gnu.so', content: Buffer.alloc(100) },
      { name: 'pkg.libs/libgomp.so.1', content: Buffer.alloc(100) },
      { name: 'pkg/core.pyd', content: Buffer.alloc(100) },
    ])
    expect(files).toEqual([])
    expect(skipped.map(({ reason }) => reason)).toEqual(['compiled', 'compiled', 'compiled'])
    expect(await written()).toEqual([])
  })
})

describe('what is left out, with its reason', () => {
  test.each<[string, TarEntry]>([
    ['link', { name: 'a-1/evil.py', type: '2', link: '/etc/passwd' }],
    ['link', { name: 'a-1/evil.py', type: '1', link: 'a-1/README.md' }],
    ['not a regular file', { name: 'a-1/evil.py', type: '3' }],
    ['not a regular file', { name: 'a-1/evil.py', type: '6' }],
    ['version control data', { name: 'a-1/.git/config.txt', content: '[core]' }],
    ['version control data', { name: 'a-1/sub/.GIT/hooks/x.sh', content: 'rm' }],
    ['not a kind of file that is read', { name: 'a-1/logo.png', content: 'PNG' }],
    ['not text', { name: 'a-1/data.txt', content: Buffer.from([65, 0, 66]) }],
    ['too large', { name: 'a-1/data.json', content: Buffer.alloc(CAPS.fileBytes + 1, 'x') }],
    ['duplicate', { name: 'a-1/README.md', content: 'second' }],
    ['differs from another path only in case', { name: 'a-1/readme.MD', content: 'twin' }],
    ['a file has the path of its folder', { name: 'a-1/README.md/x.py', content: 'x' }],
    ['unusual path', { name: 'a-1/./x.py', content: 'x' }],
    ['unusual path', { name: 'a-1/re\u001b[2Jd.py', content: 'x' }],
    ['unusual path', { name: 'a-1/x.py:stream.txt', content: 'x' }],
    ['path too long', { name: `a-1/${'d/'.repeat(45)}x.py`, content: 'x' }],
  ])('tar: %s', async (reason, entry) => {
    const { files, skipped } = await openSdist([{ name: 'a-1/README.md', content: 'first' }, entry])
    expect(skipped.map((each) => each.reason)).toEqual([reason])
    expect(files).toEqual([{ path: 'README.md', bytes: 5 }])
    expect(await written()).toEqual(['README.md'])
    expect(await readFile(join(folder, 'root/README.md'), 'utf8')).toBe('first')
  })

  test.each<[string, ZipEntry]>([
    ['link', { name: 'pkg/evil.py', mode: 0o120777, content: '/etc/passwd' }],
    ['not a regular file', { name: 'pkg/evil.py', mode: 0o020666 }],
    ['duplicate', { name: 'pkg/a.py', content: 'second' }],
    ['differs from another path only in case', { name: 'PKG/b.py', content: 'twin' }],
    ['too large', { name: 'pkg/big.py', content: Buffer.alloc(CAPS.fileBytes + 1, 'x') }],
  ])('zip: %s', async (reason, entry) => {
    const { files, skipped } = await openWheel([{ name: 'pkg/a.py', content: 'first' }, entry])
    expect(skipped.map((each) => each.reason)).toEqual([reason])
    expect(files).toEqual([{ path: 'pkg/a.py', bytes: 5 }])
    expect(await written()).toEqual(['pkg/a.py'])
  })

  test('what exceeds the caps of the whole tree', async () => {
    const entries = ['a', 'b', 'c'].map((name) => ({ name: `x/${name}.py`, content: 'four' }))
    const byNumber = await openSdist(entries, { files: 2 })
    expect(byNumber.skipped).toEqual([{ path: 'c.py', reason: 'over the limit of the whole tree' }])
    await rm(join(folder, 'root'), { recursive: true })
    const byBytes = await openSdist(entries, { totalBytes: 9 })
    expect(byBytes.skipped).toEqual([{ path: 'c.py', reason: 'over the limit of the whole tree' }])
  })
})

describe('what makes the whole archive refused', () => {
  test.each(['../evil.py', '/etc/evil.py', 'pkg/../../evil.py', 'C:/evil.py', 'pkg\\..\\evil.py'])(
    'the path %s',
    async (name) => {
      await expect(openWheel([{ name, content: 'x' }])).rejects.toThrow(ArchiveError)
      await expect(openSdist([{ name: 'a-1/x.py' }, { name, content: 'x' }])).rejects.toThrow(/leads out of its folder/)
      await expect(openSdist([{ name, content: 'x' }])).rejects.toThrow(ArchiveError)
      expect(await readdir(folder)).not.toContain('evil.py')
    },
  )

  test('a bomb in a zip that lies about its size', async () => {
    const bomb = { name: 'pkg/a.py', content: Buffer.alloc(50 * 1024 * 1024, 'x'), declaredSize: 100 }
    await expect(openWheel([bomb])).rejects.toThrow(/damaged or was made to do harm \(too many bytes/)
    expect(await written()).toEqual([])
  })

  test('a bomb in a tar, while it is streamed', async () => {
    const bomb = [{ name: 'a-1/core.so', content: Buffer.alloc(8 * 1024 * 1024) }]
    await expect(openSdist(bomb, { inflatedBytes: 1024 * 1024 })).rejects.toThrow(/decompression bomb/)
  })

  test('a tar that is compressed twice, where the second layer would go uncounted', async () => {
    const twice = gzipSync(gzipSync(makeTar([{ name: 'a-1/x.py', content: 'x' }])))
    await expect(open('a-1.tar.gz', twice)).rejects.toThrow(/no tar file/)
  })

  test('too many entries', async () => {
    const entries = Array.from({ length: 30 }, (_, index) => ({ name: `a/${index}.png`, content: 'x' }))
    await expect(openWheel(entries, { entries: 20 })).rejects.toThrow(/more than 20 entries/)
    await expect(openSdist(entries, { entries: 20 })).rejects.toThrow(/more than 20 entries/)
  })

  test('an encrypted entry', async () => {
    await expect(openWheel([{ name: 'a.py', content: 'x', encrypted: true }])).rejects.toThrow(/encrypted/)
  })

  test.each<[string, string, Buffer]>([
    ['garbage as a wheel', 'a-1-py3-none-any.whl', Buffer.from('<html>not found</html>')],
    ['garbage as an sdist', 'a-1.tar.gz', Buffer.from('<html>not found</html>')],
    ['an empty file', 'a-1.tar.gz', Buffer.alloc(0)],
    ['a tar that breaks off', 'a-1.tar.gz', makeTarGz([{ name: 'a/x.py', content: 'x'.repeat(5000) }]).subarray(0, 60)],
    [
      'a tar whose content breaks off',
      'a-1.tar.gz',
      gzipSync(makeTar([{ name: 'a/x.py', content: 'xy' }]).subarray(0, 514)),
    ],
    ['a zip that breaks off', 'a-1.whl', makeZip([{ name: 'a.py', content: 'x'.repeat(500) }]).subarray(0, 40)],
  ])('%s', async (_, filename, content) => {
    await expect(open(filename, content)).rejects.toThrow(ArchiveError)
  })

  test('the message shows nothing that a terminal would obey', async () => {
    const error = await openWheel([{ name: '../\u001b[31mevil\n.py', content: 'x' }]).catch((reason) => reason)
    expect(error).toBeInstanceOf(ArchiveError)
    expect(error.message).not.toMatch(/\p{Cc}/u)
  })
})
