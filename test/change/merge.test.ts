import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { linesOf, merge } from '../../src/change/merge.ts'

/** Few different lines, so that texts often share and repeat them; with and without a final newline, with CRLF. */
const text = fc
  .tuple(fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'd\r\n'), { maxLength: 12 }), fc.constantFrom('', 'end'))
  .map(([lines, last]) => lines.join('') + last)
const file = fc.option(text, { nil: undefined, freq: 5 })

/** A text of distinct lines, and two sides that each delete, replace or insert before some of its lines. */
const edited = fc.integer({ min: 1, max: 12 }).chain((length) => {
  const side = fc.array(fc.constantFrom('keep', 'keep', 'keep', 'delete', 'replace', 'insert'), {
    minLength: length,
    maxLength: length,
  })
  return fc.record({ length: fc.constant(length), ours: side, theirs: side, final: fc.boolean() })
})

function build(edits: readonly string[], name: string, final: boolean): string {
  const lines = edits.flatMap((edit, index) => {
    const line = `line ${index}`
    if (edit === 'delete') return []
    if (edit === 'replace') return [`${name} for ${index}`]
    return edit === 'insert' ? [`${name} before ${index}`, line] : [line]
  })
  return lines.join('\n') + (final && lines.length > 0 ? '\n' : '')
}

describe('merge', () => {
  test('what only one side changed is taken', () => {
    fc.assert(
      fc.property(file, file, (base, side) => {
        expect(merge(base, side, base)).toEqual({ type: 'merged', content: side })
        expect(merge(base, base, side)).toEqual({ type: 'merged', content: side })
        expect(merge(base, side, side)).toEqual({ type: 'merged', content: side })
      }),
    )
  })

  test('it does not matter which side is ours', () => {
    fc.assert(
      fc.property(file, file, file, (base, ours, theirs) => {
        const [one, other] = [merge(base, ours, theirs), merge(base, theirs, ours)]
        expect(one.type).toBe(other.type)
        if (one.type === 'merged') expect(one).toEqual(other)
        else if (other.type === 'conflict') {
          expect(one.conflicts.map((conflict) => conflict.base)).toEqual(
            other.conflicts.map((conflict) => conflict.base),
          )
        }
      }),
      { numRuns: 500 },
    )
  })

  test('no line is invented, and no line without an end stands in the middle', () => {
    fc.assert(
      fc.property(text, text, text, (base, ours, theirs) => {
        const result = merge(base, ours, theirs)
        if (result.type !== 'merged') return
        const known = new Set([base, ours, theirs].flatMap(linesOf))
        for (const line of linesOf(result.content ?? '')) expect(known).toContain(line)
      }),
      { numRuns: 1000 },
    )
  })

  test('edits of different lines are both made, adjacent ones too; edits of the same line conflict', () => {
    fc.assert(
      fc.property(edited, ({ length, ours, theirs }) => {
        const plain = Array.from({ length }, () => 'keep')
        const result = merge(build(plain, '', true), build(ours, 'ours', true), build(theirs, 'theirs', true))
        const pairs = ours.map((edit, index) => [edit, theirs[index] ?? ''] as const)
        const writes = (edit: string) => edit === 'delete' || edit === 'replace'
        const sameLine = pairs.some(([one, other]) => writes(one) && writes(other) && one + other !== 'deletedelete')
        if (sameLine) expect(result.type).toBe('conflict')
        if (pairs.some(([one, other]) => one !== 'keep' && other !== 'keep')) return
        const both = pairs.map(([one, other]) => (one === 'keep' ? other : one))
        const names = ours.map((edit) => (edit === 'keep' ? 'theirs' : 'ours'))
        const expected = both.map((edit, index) => {
          const alone = plain.map((_, place) => (place === index ? edit : 'delete'))
          return build(alone, names[index] ?? '', true)
        })
        expect(result).toEqual({ type: 'merged', content: expected.join('') })
      }),
      { numRuns: 500 },
    )
  })
})

describe('cases', () => {
  const base = '1\n2\n3\n4\n5\n'
  test.each([
    ['adjacent lines', '1\nX\n3\n4\n5\n', '1\n2\nY\n4\n5\n', '1\nX\nY\n4\n5\n'],
    ['an insertion beside a replaced line', '1\nX\n3\n4\n5\n', '1\nnew\n2\n3\n4\n5\n', '1\nnew\nX\n3\n4\n5\n'],
    ['an insertion after a replaced line', '1\nX\n3\n4\n5\n', '1\n2\nnew\n3\n4\n5\n', '1\nX\nnew\n3\n4\n5\n'],
    ['an insertion beside a deleted line', '1\n3\n4\n5\n', '1\n2\nnew\n3\n4\n5\n', '1\nnew\n3\n4\n5\n'],
    ['the same insertion', '1\n2\nX\n3\n4\n5\n', '1\n2\nX\n3\n4\n5\nY\n', '1\n2\nX\n3\n4\n5\nY\n'],
    ['line ends of each line', '1\r\n2\n3\n4\n5\n', '1\n2\n3\n4\n5', '1\r\n2\n3\n4\n5'],
  ])('%s', (_, ours, theirs, content) => {
    expect(merge(base, ours, theirs)).toEqual({ type: 'merged', content })
  })

  test.each([
    [
      'the same line',
      '0\n1\nX\n3\n4\n5\n',
      '1\nY\n3\n4\n5\n',
      [{ base: { from: 2, to: 2 }, ours: { from: 3, to: 3 } }],
    ],
    [
      'insertions at one point',
      '1\n2\nX\n3\n4\n5\n',
      '1\n2\nY\n3\n4\n5\n',
      [{ base: { from: 3, to: 2 }, ours: { from: 3, to: 3 } }],
    ],
    [
      'an insertion into deleted lines',
      '1\n5\n',
      '1\n2\n3\nnew\n4\n5\n',
      [{ base: { from: 2, to: 4 }, ours: { from: 2, to: 1 } }],
    ],
    [
      'a line that lost its end, and one after it',
      '1\n2\n3\n4\nX',
      `${base}new\n`,
      [{ base: { from: 5, to: 5 }, ours: { from: 5, to: 5 } }],
    ],
    [
      'two',
      'A\n2\n3\n4\nB\n',
      'C\n2\n3\n4\nD\n',
      [
        { base: { from: 1, to: 1 }, ours: { from: 1, to: 1 } },
        { base: { from: 5, to: 5 }, ours: { from: 5, to: 5 } },
      ],
    ],
    ['deleted here, edited there', undefined, '1\n', [{ base: { from: 1, to: 5 }, ours: { from: 1, to: 0 } }]],
    ['edited here, deleted there', '1\n2\n', undefined, [{ base: { from: 1, to: 5 }, ours: { from: 1, to: 2 } }]],
  ])('conflict: %s', (_, ours, theirs, conflicts) => {
    expect(merge(base, ours, theirs)).toMatchObject({ type: 'conflict', conflicts })
  })

  test('a conflict says which lines the other side wants', () => {
    expect(merge(base, 'A\nB\nC\n4\n5\n', '1\nX\n3\n4\n5\n')).toMatchObject({
      conflicts: [{ base: { from: 1, to: 3 }, wanted: { from: 2, to: 2 } }],
    })
  })

  test('both create a file differently', () => {
    expect(merge(undefined, 'a\n', 'b\n').type).toBe('conflict')
    expect(merge(undefined, 'a\n', 'a\n')).toEqual({ type: 'merged', content: 'a\n' })
  })

  test('a text of a hundred thousand other lines is one edit', () => {
    const many = (word: string) => Array.from({ length: 100_000 }, (_, line) => `${word} ${line}\n`).join('')
    const result = merge(`top\n${many('a')}end\n`, `top\n${many('b')}end\n`, `TOP\n${many('a')}end\n`)
    expect(result).toEqual({ type: 'merged', content: `TOP\n${many('b')}end\n` })
  })
})

describe('beside git merge-file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'graft-merge-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test('where git succeeds the result is the same', () => {
    let compared = 0
    fc.assert(
      fc.property(edited, ({ length, ours, theirs, final }) => {
        const plain = Array.from({ length }, () => 'keep')
        const texts = [build(ours, 'ours', final), build(plain, '', final), build(theirs, 'theirs', final)] as const
        const paths = texts.map((content, index) => {
          const path = join(dir, String(index))
          writeFileSync(path, content)
          return path
        })
        let merged: string
        try {
          merged = execFileSync('git', ['merge-file', '-p', ...paths], { encoding: 'utf8', stdio: 'pipe' })
        } catch {
          return
        }
        compared += 1
        expect(merge(texts[1], texts[0], texts[2])).toEqual({ type: 'merged', content: merged })
      }),
      { numRuns: 150 },
    )
    expect(compared).toBeGreaterThan(20)
  })
})
