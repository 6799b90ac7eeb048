import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ALLOWED_NAMES, SIMULATOR_NAMES } from './simulator-names.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Whole words only, whatever their case; `_`, `-` and `.` inside a name are equal, as package indexes have it. */
function finder(names: readonly string[]): RegExp {
  const words = [...names]
    .sort((a, b) => b.length - a.length)
    .map((name) =>
      name
        .split(/[-_.]/)
        .map((part) => part.replace(/\W/g, ''))
        .join('[-_.]'),
    )
  return new RegExp(`(?<![A-Za-z0-9_])(?:${words.join('|')})(?![A-Za-z0-9_])`, 'gi')
}

/** `file:line: word` for every name in a text. */
function namesIn(text: string, file: string): string[] {
  const pattern = finder(SIMULATOR_NAMES)
  return text
    .split('\n')
    .flatMap((line, index) => [...line.matchAll(pattern)].map(([word]) => `${file}:${index + 1}: ${word}`))
}

describe('Graft knows no simulator by name', () => {
  test('no file below src/ and templates/ has the name of one', () => {
    const listed = execFileSync(
      'git',
      ['ls-files', '-z', '--cached', '--others', '--exclude-standard', 'src', 'templates'],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    )
    const files = listed.split('\0').filter(Boolean)
    expect(files.length).toBeGreaterThan(20)
    const found = files.flatMap((file) => [
      ...namesIn(file, file),
      ...namesIn(readFileSync(join(ROOT, file), 'utf8'), file),
    ])
    expect(found).toEqual([])
  })

  test('the check sees a name in every spelling, and no part of a longer word', () => {
    expect(namesIn('import Qulacs', 'a.py')).toEqual(['a.py:1: Qulacs'])
    expect(namesIn('x\nuse tiny-q, tiny_q', 'b')).toEqual(['b:2: tiny-q', 'b:2: tiny_q'])
    expect(namesIn('quipyx equibo stimulate', 'c')).toEqual([])
  })

  test('no name is both forbidden and allowed', () => {
    expect(SIMULATOR_NAMES.filter((name) => ALLOWED_NAMES.has(name))).toEqual([])
  })
})
