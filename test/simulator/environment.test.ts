/** Preparing environments from an index on loopback: the lock, the cache, and every way in which it can go wrong. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSandboxRunner, type SandboxOptions } from '../../src/simulator/sandbox.ts'
import { ConfigurationError } from '../../src/values/errors.ts'
import { describeConflicts } from '../../src/values/isolation.ts'
import { makeSnapshot, makeTarget, recordProgress, templatesDir, temporaryFolder } from './support.ts'
import { type LocalIndex, makeSdist, makeWheel, packageFile, serveIndex } from './wheels.ts'

let index: LocalIndex
let remove: () => void
let cacheDir: string

// The package under test, what it needs, and what the target brings besides.
const sim = makeWheel('my.Sim', '1.2', { 'my_sim/__init__.py': '' }, { requires: ['linalg-x>=2,<3'] })
const otherPlatform = makeWheel('my.Sim', '1.2', {}, { tag: 'cp39-cp39-win_amd64', requires: ['linalg-x>=2,<3'] })
const linalg = makeWheel('linalg-x', '2.4', { 'linalg_x.py': '' })
const newer = makeWheel('linalg-x', '2.9', { 'linalg_x.py': '' })
const preRelease = makeWheel('linalg-x', '2.10rc1', { 'linalg_x.py': '' })
const host = makeWheel('host', '5.0', { 'host.py': '' })

beforeAll(async () => {
  index = await serveIndex()
  const tools = [makeWheel('numpy', '2.0', { 'numpy.py': '' }), makeWheel('pytest', '9.0', { 'pytest.py': '' })]
  index.add(sim, otherPlatform, linalg, newer, preRelease, host, ...tools)
  cacheDir = temporaryFolder((done) => {
    remove = done
  })
})
afterAll(async () => {
  await index.close()
  remove()
})
beforeEach(() => {
  vi.stubEnv('PIP_INDEX_URL', index.url)
  vi.stubEnv('PATH', `${join(templatesDir, '..', '.venv', 'bin')}:${process.env.PATH}`)
})
afterEach(() => vi.unstubAllEnvs())

const runner = (more: Partial<SandboxOptions> = {}) =>
  createSandboxRunner({ cacheDir, templatesDir, python: 'python3', ...more })
const mine = makeSnapshot('my.Sim', '1.2', sim, { requiresDist: ['linalg-x>=2,<3'] })

async function refusal(...args: Parameters<ReturnType<typeof runner>['prepare']>) {
  const prepared = await runner().prepare(...args)
  if (prepared.ok) throw new Error(`unexpectedly resolved to ${[...prepared.lock.pins].join(' ')}`)
  return prepared
}

test('what the package needs and does not declare is installed and locked with it', async () => {
  const undeclared = [{ name: 'host', range: '>=5', extras: [], marker: '', text: 'host>=5' }]
  const prepared = await runner({ undeclared }).prepare({ snapshot: mine, target: makeTarget() }, () => undefined)
  expect(prepared.ok && prepared.lock.pins.get('host')).toBe('5.0')
  expect(prepared.ok && prepared.lock.requirements).toContain(`host==5.0 \\\n    --hash=sha256:${host.sha256}`)
})

describe('prepare', () => {
  const expected = `# Exact versions and SHA-256 hashes of the simulator and everything it needs, as they were measured.
# Install with: python -m pip install --require-hashes --no-deps -r requirements.txt
linalg-x==2.4 \\
    --hash=sha256:${linalg.sha256}
my-sim==1.2 \\
${[sim.sha256, otherPlatform.sha256]
  .sort()
  .map((hash) => `    --hash=sha256:${hash}`)
  .join(' \\\n')}
`
  const target = makeTarget({ requirements: ['host', 'linalg-x<2.9 ; python_version >= "3.11"'] })

  test.each(['auto', 'pip'] as const)(
    'locks the package and what it needs, with all files of each, at the versions that suit the target (%s)',
    { timeout: 60_000 },
    async (installer) => {
      const { onProgress } = recordProgress()
      const prepared = await runner({ installer, cacheDir: temporaryFolder() }).prepare(
        { snapshot: mine, target },
        onProgress,
      )
      expect(prepared).toMatchObject({ ok: true })
      if (!prepared.ok) return
      expect(prepared.lock.requirements).toBe(expected)
      expect([...prepared.lock.pins]).toEqual(
        expect.arrayContaining([
          ['linalg-x', '2.4'],
          ['my-sim', '1.2'],
        ]),
      )
      expect(prepared.lock.pins.size).toBe(2)
    },
  )

  test('takes the newest release, never a pre-release', async () => {
    const prepared = await runner().prepare({ snapshot: mine, target: makeTarget() }, () => undefined)
    expect(prepared).toMatchObject({ ok: true })
    if (prepared.ok) expect(prepared.lock.pins.get('linalg-x')).toBe('2.9')
  })

  test('asks the index only once, however often and by how many at a time it is called', async () => {
    const folder = temporaryFolder()
    const prepare = () => runner({ cacheDir: folder }).prepare({ snapshot: mine, target }, () => undefined)
    const answers = await Promise.all([prepare(), prepare(), prepare()])
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true])
    const environments = readdirSync(join(folder, 'environments'))
    expect(environments).toHaveLength(1)

    const before = index.requests.length
    const { onProgress, details } = recordProgress()
    await runner({ cacheDir: folder }).prepare({ snapshot: mine, target }, onProgress)
    expect(index.requests.length).toBe(before)
    expect(details('note')).toEqual([])
  })

  test('makes a half-made environment anew', async () => {
    const folder = temporaryFolder()
    await runner({ cacheDir: folder }).prepare({ snapshot: mine, target }, () => undefined)
    const [name = ''] = readdirSync(join(folder, 'environments'))
    const environment = join(folder, 'environments', name)
    const marker = join(environment, 'graft-lock.txt')
    const text = readFileSync(marker, 'utf8')
    const { rmSync } = await import('node:fs')
    rmSync(marker)
    rmSync(join(environment, 'lib'), { recursive: true })
    mkdirSync(join(environment, 'lib'))
    const again = await runner({ cacheDir: folder }).prepare({ snapshot: mine, target }, () => undefined)
    expect(again.ok).toBe(true)
    expect(readFileSync(marker, 'utf8')).toBe(text)
    expect(readdirSync(join(environment, 'lib'))).not.toEqual([])
  })
})

describe('a package that cannot be had together with the target gets an environment of its own', () => {
  /** What the two cannot both have, and what was locked. */
  async function isolated(
    job: Parameters<ReturnType<typeof runner>['prepare']>[0],
    more: Partial<SandboxOptions> = {},
  ) {
    const prepared = await runner(more).prepare(job, () => undefined)
    if (!prepared.ok) throw new Error(prepared.message)
    return { lock: prepared.lock, conflicts: prepared.lock.isolated?.conflicts }
  }

  test.each(['auto', 'pip'] as const)('with both ranges (%s)', { timeout: 60_000 }, async (installer) => {
    index.add(makeWheel('linalg-x', '3.1', {}))
    const job = { snapshot: mine, target: makeTarget({ requirements: ['linalg-x>=3'] }) }
    const { lock, conflicts } = await isolated(job, { installer, cacheDir: temporaryFolder() })
    expect(conflicts).toEqual([{ name: 'linalg-x', package: '>=2,<3', target: '>=3' }])
    // The bridge's worker needs numpy, whatever the package needs; nothing of the target is there.
    expect([...lock.pins.keys()].sort()).toEqual(['linalg-x', 'my-sim', 'numpy'])
    expect(lock.requirements).toMatch(
      /^# Isolated: an environment of its own, with Python 3\.\d+; README\.md says how to make it\.$/m,
    )
    expect(lock.requirements).toContain(`--hash=sha256:${sim.sha256}`)
  })

  test('another version of itself, which the target needs through something else', async () => {
    const file = makeWheel('twin', '1.0', {})
    index.add(file, makeWheel('twin', '2.0', {}), makeWheel('host-lib', '1.0', {}, { requires: ['twin>=2'] }))
    const target = makeTarget({ requirements: ['host-lib'] })
    const { conflicts = [] } = await isolated({ snapshot: makeSnapshot('twin', '1.0', file), target })
    expect(conflicts).toEqual([{ name: 'twin', package: '==1.0', target: '2.0 (indirectly)' }])
    expect(describeConflicts(conflicts, 'twin')).toBe('it is twin 1.0, the target needs twin 2.0 (indirectly)')
  })

  test('but not one that no index has: it is told the ranges and what to do', async () => {
    index.add(makeWheel('linalg-x', '3.1', {}))
    const requires = ['linalg-x>=2,<3']
    const placed = {
      ...{ schema: 1 as const, name: 'in-a-folder', version: '0.1', requiresPython: '', requires, base: '' },
      origin: { kind: 'directory' as const },
      files: [{ path: 'sim.py', sha256: '0'.repeat(64) }],
    }
    const snapshot = makeSnapshot('in-a-folder', '0.1', undefined, { placed, requiresDist: requires })
    const job = { snapshot, target: makeTarget({ requirements: ['linalg-x>=3'] }) }
    const prepared = await runner().prepare(job, () => undefined)
    expect(prepared).toMatchObject({ ok: false, reason: 'conflict' })
    expect(!prepared.ok && prepared.message).toMatch(
      /^in-a-folder 0\.1 cannot be installed together with the target \(.*linalg-x >=2,<3.*linalg-x >=3\).*publish it on an index/,
    )
  })

  test('a conflict further down', async () => {
    const file = makeWheel('wrapper', '1.0', {}, { requires: ['my.Sim'] })
    index.add(file, makeWheel('linalg-x', '3.1', {}))
    const snapshot = makeSnapshot('wrapper', '1.0', file, { requiresDist: ['my.Sim'] })
    const { conflicts = [] } = await isolated({ snapshot, target: makeTarget({ requirements: ['linalg-x>=3'] }) })
    expect(describeConflicts(conflicts, 'wrapper')).toBe(
      'it needs linalg-x 2.9 (indirectly), the target needs linalg-x >=3',
    )
  })
})

describe('where a build is allowed', () => {
  test.each(['auto', 'pip'] as const)(
    'only what has no wheel is built (%s)',
    { timeout: 60_000 },
    async (installer) => {
      // A newer source archive of what has a wheel would be found first.
      index.add(makeSdist('old-lib', '1.0', { requires: ['linalg-x'] }), makeSdist('linalg-x', '2.95'))
      const file = makeWheel('on-old', '1.0', {}, { requires: ['old-lib<2'] })
      index.add(file)
      const job = {
        snapshot: makeSnapshot('on-old', '1.0', file),
        target: makeTarget({ requirements: ['linalg-x<3'] }),
      }
      const allowed = { allowBuild: true, installer, cacheDir: temporaryFolder() }
      const prepared = await runner(allowed).prepare(job, () => undefined)
      if (!prepared.ok) throw new Error(prepared.message)
      expect(prepared.lock.built?.names).toEqual(['old-lib'])
      expect(prepared.lock.pins.get('linalg-x')).toBe('2.9')
      expect(prepared.lock.requirements).toContain('# Built from source: old-lib\n')
    },
  )

  test('what fails to build says so, and with which older versions', async () => {
    index.add(makeSdist('broken-lib', '1.0', { fails: "'Compiler' object has no attribute 'dry_run'" }))
    const file = makeWheel('on-broken', '1.0', {}, { requires: ['broken-lib'] })
    index.add(file)
    const job = { snapshot: makeSnapshot('on-broken', '1.0', file), target: makeTarget() }
    const prepared = await runner({ allowBuild: true }).prepare(job, () => undefined)
    expect(prepared.ok).toBe(false)
    expect(!prepared.ok && prepared.message).toMatch(
      /^The build from source failed, also with setuptools<80: .*dry_run/,
    )
  })
})

describe('prepare says why it cannot', () => {
  test('no wheel for this machine', async () => {
    index.add(packageFile('source_only-1.0.tar.gz', Buffer.from('not even an archive')))
    const snapshot = makeSnapshot('source-only', '1.0')
    const { reason, message } = await refusal({ snapshot, target: makeTarget() }, () => undefined)
    expect(reason).toBe('no_wheel')
    expect(message).toMatch(/^source-only 1\.0 has no wheel for Python 3\.\d+\.\d+ on this machine\. Allow a build/)
  })

  test('no wheel of something it needs', async () => {
    index.add(packageFile('base_lib-1.0.tar.gz', Buffer.from('not even an archive')))
    const file = makeWheel('on-source', '1.0', {}, { requires: ['base-lib'] })
    index.add(file)
    const { reason, message } = await refusal(
      { snapshot: makeSnapshot('on-source', '1.0', file), target: makeTarget() },
      () => undefined,
    )
    expect(reason).toBe('no_wheel')
    expect(message).toMatch(
      /^base-lib, which on-source 1\.0 needs, has no wheel for Python 3\.\d+\.\d+ on this machine\./,
    )
  })

  test('no wheel that fits of something it needs, and nothing to build: no permission would help', async () => {
    index.add(makeWheel('old-engine', '1.2', {}, { tag: 'cp38-cp38-win_amd64' }))
    const file = makeWheel('on-engine', '1.0', {}, { requires: ['old-engine==1.2'] })
    index.add(file)
    const job = { snapshot: makeSnapshot('on-engine', '1.0', file), target: makeTarget() }
    for (const allowBuild of [false, true]) {
      const prepared = await runner({ allowBuild }).prepare(job, () => undefined)
      expect(prepared).toMatchObject({ ok: false, reason: 'python' })
      expect(!prepared.ok && prepared.message).toMatch(
        /^old-engine, which on-engine 1\.0 needs, has no wheel for Python 3\.\d+\.\d+ on this machine.* and no source archive that could be built\./,
      )
    }
  })

  test('only pre-releases of something it needs', async () => {
    const file = makeWheel('modern', '1.0', {}, { requires: ['bleeding'] })
    index.add(file, makeWheel('bleeding', '1.0rc2', {}))
    const { reason, message } = await refusal(
      { snapshot: makeSnapshot('modern', '1.0', file), target: makeTarget() },
      () => undefined,
    )
    expect(reason).toBe('conflict')
    expect(message).toContain('bleeding')
  })

  test('no Python that suits both', async () => {
    const snapshot = { ...mine, requiresPython: '>=3.11,<3.12' }
    const target = makeTarget({ requiresPython: '>=3.99' })
    const { reason, message } = await refusal({ snapshot, target }, () => undefined)
    expect(reason).toBe('python')
    expect(message).toMatch(
      /^my\.Sim 1\.2 needs Python >=3\.11,<3\.12 and the target >=3\.99, but this machine has only 3/,
    )
  })

  test('a file that cannot be downloaded', async () => {
    const file = makeWheel('vanishing', '1.0', {})
    // Listed, but with other bytes than its hash says.
    index.add({ ...file, bytes: Buffer.from('something else') })
    const { reason, message } = await refusal(
      { snapshot: makeSnapshot('vanishing', '1.0', file), target: makeTarget() },
      () => undefined,
    )
    expect({ reason, message }).toMatchObject({ reason: 'download' })
    expect(message).not.toContain('\n')
  })

  test('other files than those that were analysed', async () => {
    const snapshot = makeSnapshot('my.Sim', '1.2', linalg)
    const { reason, message } = await refusal({ snapshot, target: makeTarget() }, () => undefined)
    expect({ reason, message }).toMatchObject({ reason: 'download' })
    expect(message).toContain('other files of my.Sim 1.2 than those that were read')
  })

  test('no usable Python', async () => {
    const prepare = runner({ python: '/nowhere/python3' }).prepare(
      { snapshot: mine, target: makeTarget() },
      () => undefined,
    )
    await expect(prepare).rejects.toThrow(ConfigurationError)
    await expect(prepare).rejects.toThrow(/"\/nowhere\/python3" is no CPython 3\.11 or newer/)
  })
})

test.each([
  ['-r /etc/passwd'],
  ['--index-url=http://evil.example/simple'],
  ['host @ file:///etc/passwd'],
  ['host @ https://evil.example/host.whl'],
  ['host\n--pre'],
  ['./folder'],
])('a requirement that is none reaches no installer: %j', async (line) => {
  const { onProgress, details } = recordProgress()
  const target = makeTarget({ requirements: ['host', line] })
  const prepared = await runner().prepare({ snapshot: mine, target }, onProgress)
  expect(prepared.ok).toBe(true)
  expect(details('warning')).toEqual([expect.stringContaining('names no package on the index and is left out')])
})

test('credentials of the index reach it by header and stand in no message', async () => {
  const url = new URL(index.url)
  url.username = 'somebody'
  url.password = 's3cret'
  vi.stubEnv('PIP_INDEX_URL', url.href.replace('/simple/', '/nothing/'))
  const { message } = await refusal({ snapshot: makeSnapshot('x', '1', sim), target: makeTarget() }, () => undefined)
  expect(message).not.toContain('s3cret')
})

test('leaves nothing in the cache that looks like an environment when installing fails', async () => {
  const folder = temporaryFolder()
  const file = makeWheel('broken-file', '1.0', {})
  index.add({ ...file, bytes: Buffer.from('something else') })
  writeFileSync(join(folder, 'other'), '')
  const snapshot = makeSnapshot('broken-file', '1.0', file)
  const prepared = await runner({ cacheDir: folder }).prepare({ snapshot, target: makeTarget() }, () => undefined)
  expect(prepared.ok).toBe(false)
  const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('making'))
  expect(left).toEqual([])
})
