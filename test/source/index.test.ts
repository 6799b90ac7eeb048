import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fetchSnapshot } from '../../src/source/fetch.ts'
import { parseLocator } from '../../src/source/locator.ts'
import type { FetchOptions } from '../../src/source/options.ts'
import { ConfigurationError, TransientError, UserError } from '../../src/values/errors.ts'
import type { Progress } from '../../src/values/progress.ts'
import { IndexServer, type ServedFile, sdist, wheel } from './support/index-server.ts'
import { makeZip } from './support/zip.ts'

let server: IndexServer
let cacheDir: string
let progress: Progress[]
beforeEach(async () => {
  server = await new IndexServer().start()
  cacheDir = await mkdtemp(join(tmpdir(), 'graft-index-'))
  progress = []
})
afterEach(async () => {
  await server.stop()
  await rm(cacheDir, { recursive: true, force: true })
})

const fetch = (locator: string, more: Partial<FetchOptions> = {}) =>
  fetchSnapshot(parseLocator(locator), {
    cacheDir,
    python: { version: '3.11.7', tags: ['cp311-cp311-linux_x86_64', 'cp311-abi3-linux_x86_64', 'py3-none-any'] },
    index: server.config(),
    http: { retryDelays: [0, 0] },
    onProgress: (event) => progress.push(event),
    ...more,
  })

const toy = (releases: Record<string, ServedFile[]>) => server.add({ name: 'Toy_Sim', releases })
const both = (version: string, more: Partial<ServedFile> = {}) => [
  wheel('toy-sim', version, 'py3-none-any', more),
  sdist('toy-sim', version, more),
]
const warnings = () => progress.flatMap((event) => (event.type === 'warning' ? [event.detail] : []))

describe('a snapshot', () => {
  test('of the newest stable version: wheel and sdist, unpacked, with the metadata of the wheel', async () => {
    toy({ '0.9': both('0.9'), '0.10': both('0.10'), '1.0rc1': both('1.0rc1') })
    const snapshot = await fetch('toy.sim')
    expect(snapshot).toMatchObject({
      purl: 'pkg:pypi/toy-sim@0.10',
      distribution: 'toy-sim',
      normalizedName: 'toy-sim',
      version: '0.10',
      summary: 'A toy',
      licence: 'MIT',
      // As its compiled module says; the wheel's name does not.
      requiresPython: '>=3.11,<3.12',
      description: '# Hello\n',
      wheelAvailable: true,
    })
    const [fromWheel, fromSdist] = snapshot.trees
    expect(fromWheel?.artifact).toMatchObject({ kind: 'wheel', filename: 'toy_sim-0.10-py3-none-any.whl' })
    expect(fromWheel?.skipped).toEqual([{ path: 'toy-sim/core.cpython-311-x86_64-linux-gnu.so', reason: 'compiled' }])
    expect(fromSdist?.files.map((file) => file.path)).toEqual(['PKG-INFO', 'tests/test_it.py'])
    expect(await readFile(join(fromSdist?.root ?? '', 'tests/test_it.py'), 'utf8')).toBe('assert True\n')
    expect(warnings()).toEqual([])
  })

  test('of a package that only brings others: their wheels in the versions that it asks for', async () => {
    const only = (name: string, requires: readonly string[]): ServedFile => {
      const stem = `${name.replaceAll('-', '_')}-1.0`
      const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, 'Version: 1.0', ...requires]
      const content = makeZip([{ name: `${stem}.dist-info/METADATA`, content: `${metadata.join('\n')}\n` }])
      return { filename: `${stem}-py3-none-any.whl`, content }
    }
    const requires = [
      'toy-core (<2,>=1)',
      'toy-more',
      'numpy>=2',
      'toy-test; extra == "test"',
      'toy-gone',
      'toy-core==9',
    ].map((line) => `Requires-Dist: ${line}`)
    server.add({ name: 'toy-all', releases: { '1.0': [only('toy-all', requires)] } })
    server.add({ name: 'toy-more', releases: { '1.0': [only('toy-more', ['Requires-Dist: toy-deep'])] } })
    for (const name of ['toy-core', 'toy-deep', 'toy-test', 'numpy'])
      server.add({
        name,
        releases: { '1.0': [wheel(name, '1.0')], '1.5': [wheel(name, '1.5')], '2.0': [wheel(name, '2.0')] },
      })
    const { brings, trees } = await fetch('toy-all')
    expect(brings?.map(({ distribution, version }) => `${distribution} ${version}`)).toEqual([
      'toy-core 1.5',
      'toy-deep 2.0',
    ])
    expect(trees).toHaveLength(1)
    expect(warnings()).toEqual([expect.stringContaining('toy-gone, which toy-all brings, is not read')])
  })

  test('over the Simple API where the index has no JSON API', async () => {
    server.jsonApi = false
    toy({
      '1.0': both('1.0'),
      '1.1': both('1.1', { yanked: 'broken' }),
      '1.2': both('1.2', { requiresPython: '>=3.13' }),
    })
    expect(await fetch('toy-sim')).toMatchObject({ version: '1.0', summary: 'A toy', trees: [{}, {}] })
  })

  test('of an sdist alone, which cannot be installed without a build', async () => {
    toy({ '1.0': [sdist('toy-sim', '1.0')] })
    expect(await fetch('toy-sim')).toMatchObject({ wheelAvailable: false, summary: 'From the index' })
    server.jsonApi = false
    expect(await fetch('toy-sim')).toMatchObject({ wheelAvailable: false, summary: 'From the sdist' })
  })

  test('a foreign wheel serves for reading', async () => {
    toy({ '1.0': [wheel('toy-sim', '1.0', 'cp311-cp311-win_amd64')] })
    expect(await fetch('toy-sim')).toMatchObject({ wheelAvailable: false, trees: [{ artifact: { kind: 'wheel' } }] })
  })

  test('hostile metadata stays within its bounds', async () => {
    const content = makeZip([
      {
        name: 'toy_sim-1.0.dist-info/METADATA',
        content:
          `Name: toy-sim\nVersion: 1.0\nSummary: a\u001b[31m\u202eb${'x'.repeat(9000)}\nLicense: ${'y'.repeat(9000)}\n` +
          'Project-URL: __proto__, javascript:alert(1)\nProject-URL: constructor, https://ok.example\n\n' +
          'z'.repeat(500_000),
      },
    ])
    toy({ '1.0': [wheel('toy-sim', '1.0', 'py3-none-any', { content })] })
    const snapshot = await fetch('toy-sim')
    expect(snapshot.summary).toMatch(/^a \[31m bx+…$/u)
    expect(snapshot.summary.length).toBe(500)
    expect(snapshot.licence.length).toBe(100)
    expect(snapshot.description?.length).toBe(200_000)
    expect(Object.entries(snapshot.projectUrls)).toEqual([['constructor', 'https://ok.example']])
  })
})

describe('the version', () => {
  test('pinned, also when it is spelled otherwise, and a pre-release', async () => {
    toy({ '1.0': both('1.0'), '2.0rc1': both('2.0rc1') })
    expect((await fetch('toy-sim==1.0.0')).version).toBe('1.0')
    expect((await fetch('pkg:pypi/toy-sim@2.0RC1')).version).toBe('2.0rc1')
  })

  test('yanked: passed over, but taken with a warning when it is pinned', async () => {
    toy({ '1.0': both('1.0'), '1.1': both('1.1', { yanked: 'wrong\u001b[2J results' }) })
    expect((await fetch('toy-sim')).version).toBe('1.0')
    expect(await fetch('toy-sim==1.1')).toMatchObject({ version: '1.1', yanked: 'wrong [2J results' })
    expect(warnings()).toEqual(['Toy_Sim 1.1 was yanked (wrong [2J results).'])
  })

  test('that admits the Python', async () => {
    toy({
      '1.0': both('1.0'),
      '2.0': both('2.0', { requiresPython: '>=3.12' }),
      '1.5': both('1.5', { requiresPython: '??' }),
    })
    expect((await fetch('toy-sim')).version).toBe('1.5')
  })

  test('that has a wheel for this machine, and says which newer one has none', async () => {
    toy({ '1.0': both('1.0'), '2.0': [wheel('toy-sim', '2.0', 'cp312-cp312-linux_x86_64')] })
    const found = { version: '1.0', newerWithoutWheel: '2.0', wheelAvailable: true }
    expect(await fetch('toy-sim')).toMatchObject(found)
    expect(warnings()).toEqual([expect.stringContaining('Ask for Toy_Sim==2.0 to have it built')])
    expect(await fetch('toy-sim', { allowBuild: true })).toMatchObject({ version: '2.0', wheelAvailable: false })
    expect(await fetch('toy-sim==2.0')).toMatchObject({ version: '2.0', wheelAvailable: false })
  })

  test('of another Python of the machine, where there is none for the first', async () => {
    toy({ '1.0': both('1.0', { requiresPython: '>=3.13' }), '2.0': both('2.0', { requiresPython: '>=3.15' }) })
    const others = async () => [{ version: '3.12.1' }, { version: '3.13.1' }]
    expect(await fetch('toy-sim', { python: { version: '3.11.7', others } })).toMatchObject({ version: '1.0' })
    expect(progress).toContainEqual(
      expect.objectContaining({ detail: expect.stringContaining('is for Python 3.13.1') }),
    )
  })

  test('a pre-release, where nothing was released', async () => {
    toy({ '1.0a1': both('1.0a1'), '1.0a2': both('1.0a2'), '1.0a3': both('1.0a3', { yanked: 'bad' }) })
    expect(await fetch('toy-sim')).toMatchObject({ version: '1.0a2' })
    expect(warnings()).toEqual(['Toy_Sim has only pre-releases; the newest is taken: 1.0a2.'])
  })

  test('the newest, where no version has a wheel', async () => {
    toy({ '1.0': [sdist('toy-sim', '1.0')], '2.0': [sdist('toy-sim', '2.0')] })
    expect(await fetch('toy-sim')).toMatchObject({ version: '2.0', wheelAvailable: false })
  })

  test.each<[string, Record<string, ServedFile[]>, string, RegExp]>([
    ['all yanked', { '1.0': both('1.0', { yanked: 'bad' }) }, 'toy-sim', /Every version .* yanked \(bad\); .*==1\.0/],
    [
      'no version for this Python',
      { '1.0': both('1.0', { requiresPython: '<3.9' }) },
      'toy-sim',
      /needs Python <3\.9 and this is 3\.11\.7/,
    ],
    [
      'pinned for another Python',
      { '1.0': both('1.0', { requiresPython: '<3.9' }) },
      'toy-sim==1',
      /needs Python <3\.9/,
    ],
    ['no such version', { '1.0': both('1.0') }, 'toy-sim==7', /no version 7 .* newest are 1\.0/],
    [
      'no such version, and the newest are previews',
      { '1.0': both('1.0'), '1.1.dev2': both('1.1.dev2') },
      'toy-sim==7',
      /newest are 1\.0\.$/,
    ],
    ['no files', { '1.0': [] }, 'toy-sim', /nothing to read/],
    ['only eggs', { '1.0': [{ filename: 'toy-1.0.egg', content: Buffer.from('') }] }, 'toy-sim', /nothing to read/],
    [
      'file names that are paths',
      { '1.0': [{ filename: '../toy_sim-1.0-py3-none-any.whl', content: Buffer.from('') }] },
      'toy-sim',
      /nothing to read/,
    ],
    ['hashes that are none', { '1.0': both('1.0', { sha256: 'md5:abc' }) }, 'toy-sim', /nothing to read/],
  ])('%s', async (_, releases, locator, message) => {
    toy(releases)
    await expect(fetch(locator)).rejects.toThrow(message)
    await expect(fetch(locator)).rejects.toBeInstanceOf(UserError)
  })
})

describe('what goes wrong', () => {
  test('an unknown package', async () => {
    await expect(fetch('no-such-thing')).rejects.toThrow(/no package named no-such-thing; check the spelling/)
  })

  test('a locator that cannot be fetched yet', async () => {
    await expect(fetch('openapi:https://host.example/a.json')).rejects.toThrow(/not supported yet; what works is/)
    expect(server.requests).toEqual([])
  })

  test('an index of another kind', async () => {
    server.fault = (_, response) => {
      response.end('<html>')
      return true
    }
    const failure = fetch('toy-sim')
    await expect(failure).rejects.toBeInstanceOf(ConfigurationError)
    await expect(failure).rejects.toThrow(/neither the JSON API nor the Simple API/)
  })

  test('a file that is not the promised one: nothing of it is kept', async () => {
    toy({ '1.0': both('1.0', { sha256: 'f'.repeat(64) }) })
    await expect(fetch('toy-sim')).rejects.toThrow(/the index promises ffff/)
    expect(await readdir(join(cacheDir, 'sources'))).toEqual(['temporary'])
    expect(await readdir(join(cacheDir, 'sources', 'temporary'))).toEqual([])
  })

  test('a wheel of another project', async () => {
    toy({ '1.0': [{ ...wheel('other', '1.0'), filename: 'toy_sim-1.0-py3-none-any.whl' }] })
    await expect(fetch('toy-sim')).rejects.toThrow(/says that it is other 1\.0, not toy-sim 1\.0/)
  })

  test('a hostile wheel is refused, a hostile sdist left out', async () => {
    const hostile = makeZip([{ name: '../evil.py', content: 'x' }])
    toy({ '1.0': [wheel('toy-sim', '1.0', 'py3-none-any', { content: hostile }), sdist('toy-sim', '1.0')] })
    await expect(fetch('toy-sim')).rejects.toThrow(/made to do harm/)
    toy({ '1.0': [wheel('toy-sim', '1.0'), { filename: 'toy-sim-1.0.zip', content: hostile }] })
    expect((await fetch('toy-sim')).trees.map((tree) => tree.artifact.kind)).toEqual(['wheel'])
    expect(warnings()).toEqual([expect.stringContaining('toy-sim-1.0.zip is left out')])
  })

  test('a wheel above the download limit is left out when there is an sdist', async () => {
    toy({ '1.0': [wheel('toy-sim', '1.0', 'py3-none-any', { size: 2 ** 40 }), sdist('toy-sim', '1.0')] })
    const snapshot = await fetch('toy-sim')
    expect(snapshot.trees.map((tree) => tree.artifact.kind)).toEqual(['sdist'])
    expect(snapshot.wheelAvailable).toBe(true)
    expect(warnings()).toEqual([expect.stringMatching(/whl is left out: .* more than the 300 MB/)])
  })

  test('busy for a moment: asks again', async () => {
    toy({ '1.0': both('1.0') })
    let refused = 0
    server.fault = (_, response) => {
      if (refused++ > 1) return false
      response.writeHead(503).end()
      return true
    }
    expect((await fetch('toy-sim')).version).toBe('1.0')
  })

  test('a download that breaks off: begins again', async () => {
    toy({ '1.0': both('1.0') })
    let broken = 0
    server.fault = (request, response) => {
      if (!request.url?.startsWith('/files/') || broken++ > 0) return false
      response.writeHead(200, { 'content-length': 1000 }).write('half', () => response.destroy())
      return true
    }
    expect((await fetch('toy-sim')).trees).toHaveLength(2)
  })

  test('down: a transient error after three tries', async () => {
    server.fault = (_, response) => {
      response.writeHead(502).end()
      return true
    }
    await expect(fetch('toy-sim')).rejects.toBeInstanceOf(TransientError)
    expect(server.requests).toHaveLength(3)
  })

  test('silent: given up after the timeout', async () => {
    server.fault = () => true
    await expect(fetch('toy-sim', { http: { retryDelays: [], answerTimeout: 50 } })).rejects.toBeInstanceOf(
      TransientError,
    )
  })

  test('stopped by the caller', async () => {
    const controller = new AbortController()
    server.fault = () => {
      controller.abort(new Error('stopped'))
      return true
    }
    await expect(fetch('toy-sim', { signal: controller.signal })).rejects.toThrow('stopped')
  })
})

describe('addresses and secrets', () => {
  const authorization = `Basic ${Buffer.from('me:secret').toString('base64')}`

  test('credentials go to the index, not along with a redirect to another host, and never into a message', async () => {
    const other = await new IndexServer().start()
    try {
      other.fault = (_, response) => {
        response.writeHead(401).end()
        return true
      }
      toy({ '1.0': both('1.0') })
      server.fault = (request, response) => {
        if (!request.url?.startsWith('/files/')) return false
        response.writeHead(302, { location: `${other.url}/somewhere?token=secret` }).end()
        return true
      }
      const failure = await fetch('toy-sim', { index: server.config({ authorization }) }).catch((error) => error)
      expect(server.requests[0]?.authorization).toBe(authorization)
      expect(other.requests).toEqual([{ path: '/somewhere?token=secret', authorization: undefined }])
      expect(failure.message).toMatch(/refuses access \(401\)/)
      expect(failure.message).not.toContain('secret')
    } finally {
      await other.stop()
    }
  })

  test('redirects end', async () => {
    server.fault = (request, response) => {
      response.writeHead(301, { location: `${request.url}x` }).end()
      return true
    }
    await expect(fetch('toy-sim')).rejects.toThrow(/redirects more than 3 times/)
  })

  test.each(['file:///etc/passwd', 'ftp://host.example/x', 'data:text/plain,x'])(
    'a redirect to %s',
    async (location) => {
      server.fault = (_, response) => {
        response.writeHead(302, { location }).end()
        return true
      }
      await expect(fetch('toy-sim')).rejects.toThrow(/not an http or https URL/)
    },
  )
})
