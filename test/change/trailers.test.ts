import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commitMessage } from '../../src/change/message.ts'
import { formatTrailers, parseTrailers } from '../../src/change/trailers.ts'
import { CHANGE_KINDS } from '../../src/values/plan.ts'

const id = fc.integer({ min: 1, max: 9999 }).map((number) => `c${number}`)
const value = fc.record({
  integration: fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/), fc.stringMatching(/^[1-9]\d{0,8}$/)),
  change: id,
  kind: fc.constantFrom(...CHANGE_KINDS),
  depends: fc.array(id, { maxLength: 10 }),
})

/** Text of the kind that breaks out of places: new lines, separators, trailers of its own. */
const hostile = fc
  .array(
    fc.constantFrom('\n', '\r', '\n\n', '\u2028', '\0', 'Graft-Change: c9', 'Graft-Kind: bridge', ' ', 'a', 'é', '"""'),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

describe('trailers', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(value, fc.lorem(), (trailers, text) => {
        expect(parseTrailers(`Subject\n\n${text}\n\n${formatTrailers(trailers)}\n`)).toEqual(trailers)
      }),
    )
  })

  test.each([
    ['no trailers', 'Subject\n\nbody\n'],
    ['only in the subject', 'Graft-Change: c1'],
    ['doubled', 'S\n\nGraft-Integration: toy\nGraft-Change: c1\nGraft-Change: c2\nGraft-Kind: adapter\n'],
    ['unknown kind', 'S\n\nGraft-Integration: toy\nGraft-Change: c1\nGraft-Kind: other\n'],
    ['missing', 'S\n\nGraft-Integration: toy\nGraft-Change: c1\n'],
    ['not the last paragraph', 'S\n\nGraft-Integration: toy\nGraft-Change: c1\nGraft-Kind: adapter\n\nmore\n'],
    ['out of shape', 'S\n\nGraft-Integration: toy; rm\nGraft-Change: c1\nGraft-Kind: adapter\n'],
  ])('%s: none', (_, message) => {
    expect(parseTrailers(message)).toBeUndefined()
  })
})

describe('commit message', () => {
  test('no title, reason or path can forge a trailer', () => {
    fc.assert(
      fc.property(value, hostile, hostile, hostile, (trailers, title, why, fileWhy) => {
        const files = ['a.py', 'b.py'].map((path) => ({ path, content: '', why: fileWhy }))
        const change = {
          id: trailers.change,
          kind: trailers.kind,
          title: `T${title}`,
          why,
          files,
          depends: trailers.depends,
        }
        const message = commitMessage(change, trailers.integration)
        expect(parseTrailers(message)).toEqual(trailers)
        expect(message.match(/^Graft-Change: /gm)).toHaveLength(1)
        expect([...message].every((sign) => sign === '\n' || !/[\p{Cc}\u2028\u2029]/u.test(sign))).toBe(true)
      }),
    )
  })

  test('reads well', () => {
    const change = {
      id: 'c4',
      kind: 'adapter' as const,
      title: 'Add the adapter of toy',
      why: 'Every entry of its gate table was measured on the real simulator: which call it is, the order of its qubits and arguments, sign and unit of its angles.',
      files: [{ path: 'src/proxima/backends/toy/adapter.py', content: '', why: 'the adapter' }],
      depends: ['c1', 'c2'],
    }
    expect(commitMessage(change, 'toy')).toMatchInlineSnapshot(`
      "Add the adapter of toy

      Every entry of its gate table was measured on the real simulator: which call
      it is, the order of its qubits and arguments, sign and unit of its angles.

      Graft-Integration: toy
      Graft-Change: c4
      Graft-Kind: adapter
      Graft-Depends: c1 c2
      "
    `)
  })
})
