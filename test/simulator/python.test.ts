/** Which interpreters are found: shims, broken programs and old versions on the PATH are normal. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { findPythons } from '../../src/simulator/python.ts'
import { inRange } from '../../src/simulator/requirements.ts'
import { ConfigurationError } from '../../src/values/errors.ts'
import { temporaryFolder } from './support.ts'

afterEach(() => vi.unstubAllEnvs())

/** Puts programs on a PATH of their own; each answers every question with a constant. */
function onlyOnPath(programs: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), 'bin')
  mkdirSync(folder)
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  vi.stubEnv('PATH', folder)
  return folder
}

const answer = (version: string, more: Record<string, unknown> = {}) =>
  `echo '${JSON.stringify({
    executable: `/opt/${version}/python`,
    base: `/opt/${version}/python`,
    basePrefix: '/opt',
    version,
    final: true,
    implementation: 'cpython',
    platform: 'linux-x86_64',
    venv: true,
    ...more,
  })}'`

describe('findPythons', () => {
  test('takes python3 first, each interpreter once, and passes over what is unusable', async () => {
    onlyOnPath({
      python3: answer('3.12.4'),
      'python3.12': answer('3.12.4'),
      'python3.13': answer('3.13.1'),
      'python3.11': 'echo "pyenv: python3.11: command not found" >&2; exit 127',
      'python3.14': answer('3.14.0', { final: false }),
      'python3.15': 'echo "not JSON"',
      python: answer('2.7.18'),
    })
    expect((await findPythons()).map(({ version }) => version)).toEqual(['3.12.4', '3.13.1'])
  })

  test('takes the one that was asked for alone', async () => {
    const folder = onlyOnPath({ python3: answer('3.12.4'), mine: answer('3.11.0') })
    expect((await findPythons(join(folder, 'mine'))).map(({ version }) => version)).toEqual(['3.11.0'])
  })

  test.each([
    ['nothing', {}, /^No CPython 3\.11 or newer\. Install one/],
    ['an old one', { python3: answer('3.9.2') }, /3\.11 or newer; found only 3\.9\.2/],
    ['another implementation', { python3: answer('3.11.9', { implementation: 'pypy' }) }, /No CPython/],
  ])('says what is missing: %s', async (_, programs, expected) => {
    onlyOnPath(programs as Record<string, string>)
    await expect(findPythons()).rejects.toThrow(ConfigurationError)
    await expect(findPythons()).rejects.toThrow(expected)
  })

  test('finds a real one on this machine', async () => {
    const [first] = await findPythons()
    expect(first?.base).toMatch(/^\//)
    expect(inRange(first?.version ?? '', '>=3.11')).toBe(true)
  })
})

test.each([
  ['3.11.2', '', true],
  ['3.11.2', '>=3.11', true],
  ['3.11.2', '>=3.12', false],
  ['3.13.0', '>=3.9,<3.13', false],
  ['3.11.2', '!=3.11.*', false],
  ['3.11.2', 'whatever', true],
])('Python %s in the range %j: %s', (version, range, expected) => {
  expect(inRange(version, range)).toBe(expected)
})
