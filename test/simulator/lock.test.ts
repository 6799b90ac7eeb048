/** Locks are read back strictly; what was rendered is read as it was. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePins, renderLock, renderPins } from '../../src/simulator/lock.ts'
import { ConfigurationError } from '../../src/values/errors.ts'

const hash = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
const pin = fc.record({
  name: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/).filter((name) => !name.includes('--')),
  version: fc.stringMatching(/^[0-9]{1,4}(\.[0-9]{1,3}){0,3}(\.post[0-9])?(\+[a-z0-9]{1,5})?$/),
  hashes: fc.uniqueArray(hash, { maxLength: 4 }).map((hashes) => hashes.sort()),
})

test('a rendered lock is read back as it was, sorted', () => {
  fc.assert(
    fc.property(fc.uniqueArray(pin, { minLength: 1, maxLength: 6, selector: ({ name }) => name }), (pins) => {
      const sorted = [...pins].sort((a, b) => (a.name < b.name ? -1 : 1))
      expect(parsePins(renderLock(pins).requirements)).toEqual(sorted)
    }),
  )
})

test('a lock is ASCII and has no text of anybody but names, versions and hashes', () => {
  const { requirements } = renderLock([{ name: 'x', version: '1', hashes: ['a'.repeat(64)] }])
  expect(requirements.split('\n').slice(2)).toEqual(['x==1 \\', `    --hash=sha256:${'a'.repeat(64)}`, ''])
  expect(requirements).toMatch(/^[\n\x20-\x7e]*$/)
})

describe('refuses', () => {
  test.each([
    ['-r /etc/passwd'],
    ['--index-url http://evil.example/simple'],
    ['x==1 --hash=md5:0123'],
    ['x==1 --hash=sha256:xyz'],
    ['x>=1'],
    ['x==1; python_version > "3"'],
    ['x @ https://evil.example/x.whl'],
    ['x==1 \\\n  --global-option=evil'],
    ['../x==1'],
  ])('%j in a lock', (text) => {
    expect(() => parsePins(`# comment\n${text}\n`)).toThrow(ConfigurationError)
  })

  test.each([
    ['x', '1\n-r /etc/passwd'],
    ['x y', '1'],
    ['x', '1 --hash=sha256:'],
    ['-x', '1'],
    ['x#', '1'],
  ])('to write %j %j', (name, version) => {
    expect(() => renderPins([{ name, version, hashes: [] }])).toThrow(ConfigurationError)
  })
})
