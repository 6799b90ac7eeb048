import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatLocator, type Locator, parseLocator } from '../../src/source/locator.ts'
import { normalizeName } from '../../src/source/names.ts'
import { UserError } from '../../src/values/errors.ts'

describe('packages', () => {
  test.each<[string, string, string | undefined]>([
    ['qulacs', 'qulacs', undefined],
    ['  qulacs==0.6.14 ', 'qulacs', '0.6.14'],
    ['Amazon_Braket.Default--Simulator', 'amazon-braket-default-simulator', undefined],
    ['pkg:pypi/qulacs', 'qulacs', undefined],
    ['pkg:pypi/Qulacs@0.6.14', 'qulacs', '0.6.14'],
    ['PKG:PyPI/some.name@1.0%2Bcpu', 'some-name', '1.0+cpu'],
    ['x==1!2.0rc1', 'x', '1!2.0rc1'],
  ])('%s', (text, name, version) => {
    expect(parseLocator(text)).toEqual({ kind: 'package', name, ...(version === undefined ? {} : { version }) })
  })

  const name = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9])?$/)
  const version = fc.stringMatching(
    /^([1-9]!)?\d{1,4}(\.\d{1,4}){0,3}((a|b|rc)\d{1,3})?(\.post\d{1,3})?(\+[a-z0-9]{1,8})?$/,
  )

  test('every name and version survives a round trip, in both spellings', () => {
    fc.assert(
      fc.property(name, fc.option(version, { nil: undefined }), (spelled, pinned) => {
        const locator = parseLocator(pinned === undefined ? spelled : `${spelled}==${pinned}`)
        expect(locator).toMatchObject({ kind: 'package', name: normalizeName(spelled) })
        expect(parseLocator(formatLocator(locator))).toEqual(locator)
      }),
    )
  })
})

describe('locators that only parse so far', () => {
  test.each<[string, Locator]>([
    ['pkg:npm/thing@1', { kind: 'purl', purl: 'pkg:npm/thing@1' }],
    ['https://host.example/a.tar.gz', { kind: 'url', url: 'https://host.example/a.tar.gz' }],
    ['openapi:https://host.example/openapi.json', { kind: 'openapi', address: 'https://host.example/openapi.json' }],
    ['grpc://host.example:50051', { kind: 'grpc', address: '//host.example:50051' }],
    ['command:sim -q', { kind: 'command', command: 'sim -q' }],
  ])('%s', (text, locator) => {
    expect(parseLocator(text)).toEqual(locator)
    expect(parseLocator(formatLocator(locator))).toEqual(locator)
  })
})

describe('folders', () => {
  test.each(['./here', '..', '~/sim', 'C:\\sim', 'path/in/repo'])('%s', (path) => {
    expect(parseLocator(path)).toEqual({ kind: 'directory', path })
    expect(formatLocator({ kind: 'directory', path })).toBe(path)
  })
})

describe('git repositories', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567'
  test.each<[string, Locator, string]>([
    [
      'git+https://Host.Example/group/a.git@main',
      { kind: 'git', url: 'https://host.example/group/a', ref: 'main' },
      'git+https://host.example/group/a@main',
    ],
    [
      'git+https://host.example/a/b@v1.2#subdirectory=python/pkg',
      { kind: 'git', url: 'https://host.example/a/b', ref: 'v1.2', folder: 'python/pkg' },
      'git+https://host.example/a/b@v1.2#subdirectory=python/pkg',
    ],
    [
      'pkg:github/Owner/Name@feature%2Fx#sub/dir',
      { kind: 'git', url: 'https://github.com/owner/name', ref: 'feature/x', folder: 'sub/dir' },
      'pkg:github/owner/name@feature%2Fx#sub/dir',
    ],
    [
      'https://github.com/owner/name/tree/v2/python',
      { kind: 'git', url: 'https://github.com/owner/name', ref: 'v2', folder: 'python' },
      'pkg:github/owner/name@v2#python',
    ],
    [
      `pkg:generic/name@1.0?vcs_url=git%2Bhttps://host.example/a/b%40${commit}`,
      { kind: 'git', url: 'https://host.example/a/b', ref: commit },
      `git+https://host.example/a/b@${commit}`,
    ],
    ['pkg:generic/name@1.0#path/in/repo', { kind: 'directory', path: './path/in/repo' }, './path/in/repo'],
  ])('%s', (text, locator, canonical) => {
    expect(parseLocator(text)).toEqual(locator)
    expect(formatLocator(locator)).toBe(canonical)
    expect(parseLocator(canonical)).toEqual(locator)
  })

  test.each([
    'git+file:///etc',
    'git+ssh://git@host.example/a/b',
    'git+http://host.example/a/b',
    'ssh://host.example/a/b',
    'git://host.example/a/b',
    'git+https://user:secret@host.example/a/b',
    'git+https://host.example/a/../b',
    'git+https://host.example/%2e%2e/b',
    'git+https://host.example/-oProxyCommand=x/b',
    'git+https://host.example/a/b?x=1',
    'git+https://host.example/a/.git',
    'git+https://host.example/a/b@-main',
    'git+https://host.example/a/b@--upload-pack=touch',
    'git+https://host.example/a/b@a..b',
    'git+https://host.example/a/b@main^{}',
    'git+https://host.example/a/b@main:x',
    'git+https://host.example/a/b@x.lock',
    'git+https://host.example/a/b#subdirectory=../..',
    'git+https://host.example/a/b#subdirectory=/etc',
    'git+https://host.example/a/b#subdirectory=.git',
    'git+https://host.example/a/b#subdirectory=-x',
    'git+https://host.example/a/b#sha256=00',
    'git+https://[::1]/a/b',
    'pkg:github/name',
    'pkg:github/owner/name@-x',
    'pkg:github/owner/name?repository_url=https://evil.example',
    'pkg:generic/name@1.0',
    'pkg:generic/name@1.0?vcs_url=git%2Bfile:///etc',
  ])('%s is refused', (text) => {
    expect(() => parseLocator(text)).toThrow(UserError)
  })
})

describe('what is refused in one sentence', () => {
  test.each([
    '',
    '   ',
    'two words',
    '-r',
    '--index-url=x',
    'name>=1.0',
    'name[extra]',
    'name==',
    'name==1==2',
    'name==not.a.version',
    'name==1.*',
    'foo:bar',
    'openapi:',
    'git+https:',
    'pkg:pypi/',
    'pkg:pypi/..@1',
    'pkg:pypi/group/name',
    'pkg:pypi/name?repository_url=https://evil.example',
    'pkg:pypi/name#sub/path',
    'ｑｕｌａｃｓ',
    'qul\u0430cs',
    'na\u0000me',
    'na\u001b[31mme',
    'na\u202eme',
    'na\nme',
    'x'.repeat(501),
    'x'.repeat(101),
  ])('%j', (text) => {
    let message = ''
    try {
      parseLocator(text)
    } catch (error) {
      expect(error).toBeInstanceOf(UserError)
      message = (error as Error).message
    }
    expect(message).toMatch(/^\S.*\.$/)
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(message.length).toBeLessThan(400)
  })

  test('any text gives a locator that survives a round trip, or a UserError', () => {
    const pieces = [
      'pkg:',
      'pypi/',
      'git+',
      'https://',
      '==',
      '1.0',
      'name',
      '/',
      '%2e',
      '@',
      '?',
      '#',
      ' ',
      'openapi:',
    ]
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 }))).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (input) => {
        let locator: Locator
        try {
          locator = parseLocator(input)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
          return
        }
        expect(parseLocator(formatLocator(locator))).toEqual(locator)
      }),
      { numRuns: 2000 },
    )
  })
})
