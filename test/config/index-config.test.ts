import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadIndexConfig } from '../../src/config/index-config.ts'
import { type Machine, pipConfigFiles, readPipSettings } from '../../src/config/pip-settings.ts'
import { ConfigurationError } from '../../src/values/errors.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'graft-config-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

/** What a test configures wins over the files of the machine that it runs on; `untouched` has no file at all. */
const machine = (environment: Machine['environment'] = {}): Machine => ({
  environment: { PIP_CONFIG_FILE: join(home, 'pip.conf'), ...environment },
  platform: 'linux',
  home,
})

const untouched = (environment: Machine['environment'] = {}) =>
  machine({ PIP_CONFIG_FILE: '/dev/null', ...environment })

const configure = (text: string) => writeFile(join(home, 'pip.conf'), text)

describe("pip's files", () => {
  test('in their order', () => {
    const files = (environment: Machine['environment'], platform: NodeJS.Platform) =>
      pipConfigFiles({ environment, platform, home: '/home/me' })
    expect(files({ XDG_CONFIG_DIRS: '/a:/b:relative', VIRTUAL_ENV: '/venv' }, 'linux')).toEqual([
      '/a/pip/pip.conf',
      '/b/pip/pip.conf',
      '/etc/pip.conf',
      '/home/me/.pip/pip.conf',
      '/home/me/.config/pip/pip.conf',
      '/venv/pip.conf',
    ])
    expect(files({ PIP_CONFIG_FILE: '/own.conf' }, 'linux')).toEqual([
      '/etc/xdg/pip/pip.conf',
      '/etc/pip.conf',
      '/own.conf',
    ])
    expect(files({ PIP_CONFIG_FILE: '/dev/null' }, 'linux')).toEqual([])
    expect(files({}, 'darwin').at(0)).toBe('/Library/Application Support/pip/pip.conf')
    expect(files({ APPDATA: 'C:\\me' }, 'win32').at(-1)).toBe('C:\\me\\pip\\pip.ini')
  })

  test('sections, spellings and characters that ini would take for a comment', async () => {
    await configure(
      '# ours\n[global]\nindex_url: https://me:p;w#d@index.example/simple\ncert = ~/ca.pem\n' +
        'extra-index-url =\n  https://a.example\n  https://b.example\n[install]\nproxy = http://proxy.example:3128\n',
    )
    expect(await readPipSettings(machine())).toEqual({
      indexUrl: 'https://me:p;w#d@index.example/simple',
      certificate: join(home, 'ca.pem'),
      proxy: 'http://proxy.example:3128',
    })
  })

  test('[install] wins over [global], and the environment over both', async () => {
    await configure('[install]\nindex-url = https://b.example\n[global]\nindex-url = https://a.example\n')
    expect((await readPipSettings(machine())).indexUrl).toBe('https://b.example')
    expect((await readPipSettings(machine({ PIP_INDEX_URL: 'https://c.example' }))).indexUrl).toBe('https://c.example')
  })

  test('a missing one is none, one that cannot be read is an error', async () => {
    expect(await readPipSettings(untouched())).toEqual({})
    await mkdir(join(home, 'pip.conf'))
    await expect(readPipSettings(machine())).rejects.toThrow(/pip\.conf cannot be read \(EISDIR\)/)
  })

  test('an absurdly large one is an error', async () => {
    await configure('#'.repeat(1024 * 1024 + 1))
    await expect(readPipSettings(machine())).rejects.toThrow(/larger than 1 MB/)
  })

  test('garbage is no setting', async () => {
    await configure(
      'index-url = https://outside.example\n[global\n]=\n\u0000\n[__proto__]\nindex-url = https://evil.example\n',
    )
    expect((await readPipSettings(machine())).indexUrl).not.toBe('https://evil.example')
  })
})

describe('the index', () => {
  test('without any setting is the one that the package-URL library knows', async () => {
    const { simpleUrl, apiUrl, authorization } = await loadIndexConfig(untouched())
    expect(simpleUrl.href).toMatch(/^https:\/\/[^/]+\/simple\/$/)
    expect(apiUrl.href).toBe(simpleUrl.href.replace('simple/', ''))
    expect(authorization).toBeUndefined()
  })

  test.each([
    ['https://index.example/simple', 'https://index.example/simple/', 'https://index.example/'],
    ['https://index.example/api/x/simple/', 'https://index.example/api/x/simple/', 'https://index.example/api/x/'],
    ['http://index.example/root/+simple/', 'http://index.example/root/+simple/', 'http://index.example/root/'],
    ['https://index.example/flat?x=1#y', 'https://index.example/flat/', 'https://index.example/flat/'],
  ])('%s', async (address, simple, api) => {
    const config = await loadIndexConfig(machine({ PIP_INDEX_URL: address }))
    expect([config.simpleUrl.href, config.apiUrl.href]).toEqual([simple, api])
  })

  test('credentials are taken out of the address', async () => {
    const config = await loadIndexConfig(
      machine({ PIP_INDEX_URL: 'https://me:p%40ss%20%E2%82%AC%@index.example/simple' }),
    )
    expect(config.simpleUrl.href).toBe('https://index.example/simple/')
    expect(config.authorization).toBe(`Basic ${Buffer.from('me:p@ss €%').toString('base64')}`)
  })

  test.each(['nonsense', 'ftp://me:secret@index.example', 'file:///wheels'])('%s is none', async (address) => {
    const failure = await loadIndexConfig(machine({ PIP_INDEX_URL: address })).catch((error) => error)
    expect(failure).toBeInstanceOf(ConfigurationError)
    expect(failure.message).not.toContain('secret')
  })

  test('a proxy is followed, nonsense for one is an error', async () => {
    const proxy = 'http://proxy.example:3128'
    expect((await loadIndexConfig(untouched({ https_proxy: proxy, NO_PROXY: 'a,b' }))).proxy).toEqual({
      https: proxy,
      bypass: 'a,b',
    })
    await expect(loadIndexConfig(machine({ PIP_PROXY: 'secret' }))).rejects.toThrow(/proxy is not an http or https URL/)
  })
})

describe('certificates', () => {
  const [first = '', second = ''] = rootCertificates

  test('the file that pip was told to use, alone', async () => {
    await writeFile(join(home, 'ca.pem'), `comment\n${first}\n${second}\n`)
    await configure(`[global]\ncert = ${join(home, 'ca.pem')}\n`)
    const config = await loadIndexConfig(machine({ SSL_CERT_FILE: '/nowhere' }))
    expect(config.certificates).toEqual([first, second])
    expect(config.certificateFile).toBe(join(home, 'ca.pem'))
  })

  test('a folder of them', async () => {
    await mkdir(join(home, 'certs'))
    await writeFile(join(home, 'certs', 'a.pem'), first)
    await writeFile(join(home, 'certs', 'b.pem'), second)
    expect((await loadIndexConfig(machine({ PIP_CERT: join(home, 'certs') }))).certificates.toSorted()).toEqual(
      [first, second].toSorted(),
    )
  })

  test("what Node trusts and SSL_CERT_FILE's otherwise", async () => {
    await writeFile(join(home, 'ca.pem'), first)
    const config = await loadIndexConfig(untouched({ SSL_CERT_FILE: join(home, 'ca.pem') }))
    const trusted = new Set(config.certificates)
    expect(rootCertificates.filter((certificate) => !trusted.has(certificate))).toEqual([])
    expect(config.certificateFile).toBe(join(home, 'ca.pem'))
  })

  test.each(['missing.pem', 'empty.pem'])('%s cannot be used', async (name) => {
    await writeFile(join(home, 'empty.pem'), 'nothing')
    await expect(loadIndexConfig(machine({ PIP_CERT: join(home, name) }))).rejects.toThrow(
      /cannot be used .*cert setting/,
    )
  })

  test('are found with an empty environment', async () => {
    const script = `
      const { loadIndexConfig } = await import(${JSON.stringify(new URL('../../src/config/index-config.ts', import.meta.url).href)})
      console.log((await loadIndexConfig()).certificates.length)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: {},
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    })
    expect(Number(stdout)).toBeGreaterThan(0)
  })
})
