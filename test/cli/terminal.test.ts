import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cut, harmless, jsonText, terminal, wrap } from '../../src/cli/terminal.ts'

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY, columns: 80 })

describe('colours', () => {
  test('only on a terminal, and not when NO_COLOR or TERM=dumb says no', () => {
    const red = (isTTY: boolean, environment: NodeJS.ProcessEnv) =>
      terminal(stream(isTTY), environment).palette.red('x')
    expect(red(true, {})).not.toBe('x')
    expect(red(true, { NO_COLOR: '' })).not.toBe('x')
    expect(red(true, { NO_COLOR: '1' })).toBe('x')
    expect(red(true, { TERM: 'dumb' })).toBe('x')
    expect(red(false, {})).toBe('x')
  })

  test('a line is written over only on a terminal', () => {
    expect(terminal(stream(true), {}).live).toBe(true)
    expect(terminal(stream(true), { TERM: 'dumb' }).live).toBe(false)
    expect(terminal(stream(false), {}).live).toBe(false)
  })
})

describe('foreign text', () => {
  test.each([
    ['\u001b[2Jgone', '[2Jgone'],
    ['two\r\nlines', 'two lines'],
    ['\u009b31mred', '31mred'],
    ['safe\u202egpj.exe', 'safe gpj.exe'],
    ['bell\u0007', 'bell'],
    ['left\u200eright\u200b\u061c\ufeff', 'left right'],
  ])('%j becomes %j', (given, expected) => {
    expect(harmless(given)).toBe(expected)
  })

  test('nothing that acts or cannot be seen survives, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(harmless(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
      }),
    )
  })
})

test('JSON keeps its value, and holds nothing that acts or cannot be seen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const written = jsonText({ text: `${text}\u009b\u202e\u{e0041}` }, 2)
      expect(JSON.parse(written)).toEqual({ text: `${text}\u009b\u202e\u{e0041}` })
      expect(written).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\u2028\u2029]/u)
    }),
    { numRuns: 200 },
  )
})

describe('lines', () => {
  test('wrapping keeps every word, in order, within the width', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/)), fc.integer({ min: 20, max: 80 }), (words, width) => {
        const lines = wrap(words.join(' '), width, '  ').split('\n')
        expect(lines.flatMap((line) => line.trim().split(' ').filter(Boolean))).toEqual(words)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
      }),
    )
  })

  test('a cut line says that something is missing', () => {
    expect(cut('abcdef', 4)).toBe('abc…')
    expect(cut('abcd', 4)).toBe('abcd')
  })
})
