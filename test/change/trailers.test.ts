import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commitMessage, revertMessage } from '../../src/change/message.ts'
import { formatTrailers, parseTrailers } from '../../src/change/trailers.ts'
import { CHANGE_KINDS } from '../../src/values/plan.ts'

const id = fc.integer({ min: 1, max: 9999 }).map((number) => `c${number}`)
const integration = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/), fc.stringMatching(/^[1-9]\d{0,8}$/))
const kinds = CHANGE_KINDS.filter((kind) => kind !== 'revert')
const value = fc.record({
  integration,
  change: id,
  kind: fc.constantFrom(...kinds),
  depends: fc.array(id, { maxLength: 10 }),
})
const number = fc.integer({ min: 1, max: 9999 })
const revert = fc.record(
  {
    integration,
    change: number.map((n) => `r${n}`),
    kind: fc.constant('revert' as const),
    depends: fc.constant<string[]>([]),
    reverts: fc.array(
      fc.tuple(fc.constantFrom('c', 'u', 'r'), number).map(([kind, n]) => `${kind}${n}`),
      { minLength: 1, maxLength: 10 },
    ),
    action: fc.constantFrom('reject' as const, 'undo' as const, 'redo' as const, 'restore' as const),
    by: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,30}$/),
    command: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,40}-\d{1,3}$/),
  },
  { noNullPrototype: true, requiredKeys: ['integration', 'change', 'kind', 'depends', 'reverts'] },
)

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
      fc.property(fc.oneof(value, revert), fc.lorem(), (trailers, text) => {
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
    [
      'an action that there is not',
      'S\n\nGraft-Integration: 1\nGraft-Change: r1\nGraft-Kind: revert\nGraft-Reverts: c1\nGraft-Action: merge\n',
    ],
    ['a revert of nothing', 'S\n\nGraft-Integration: 1\nGraft-Change: r1\nGraft-Kind: revert\n'],
    [
      'a revert with the id of a change',
      'S\n\nGraft-Integration: 1\nGraft-Change: c1\nGraft-Kind: revert\nGraft-Reverts: c1\n',
    ],
    [
      'a change that takes back',
      'S\n\nGraft-Integration: 1\nGraft-Change: c2\nGraft-Kind: adapter\nGraft-Reverts: c1\n',
    ],
    [
      'a change with a command',
      'S\n\nGraft-Integration: 1\nGraft-Change: c2\nGraft-Kind: adapter\nGraft-Command: 5-0\n',
    ],
    [
      'an odd id to take back',
      'S\n\nGraft-Integration: 1\nGraft-Change: r1\nGraft-Kind: revert\nGraft-Reverts: c1 HEAD\n',
    ],
    [
      'an odd command',
      'S\n\nGraft-Integration: 1\nGraft-Change: r1\nGraft-Kind: revert\nGraft-Reverts: c1\nGraft-Command: 5 0\n',
    ],
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

describe('message of a revert', () => {
  test('no login or title can forge a trailer, mention anybody, or close an issue', () => {
    const foreign = fc
      .array(
        fc.constantFrom(
          '\n\n',
          'Graft-Reverts: c9',
          '@everyone',
          'fixes #12',
          'GH-3',
          '[skip ci]',
          'https://x.example/',
          '\r',
          'a',
        ),
      )
      .map((parts) => parts.join(' '))
    fc.assert(
      fc.property(revert, foreign, foreign, (trailers, title, by) => {
        const reverts = trailers.reverts.map((one) => ({ id: one, title }))
        const { command, action } = trailers
        const as = {
          reject: { action: 'reject' as const, reason: title },
          undo: { action: 'undo' as const, actions: trailers.reverts },
          redo: { action: 'redo' as const, actions: trailers.reverts },
          restore: { action: 'restore' as const, snapshot: 'one' },
        }
        const message = revertMessage({
          ...{ integration: trailers.integration, id: trailers.change, reverts, by },
          ...(command === undefined ? {} : { command }),
          ...(action === undefined ? {} : { as: as[action] }),
        })
        const { by: _, ...expected } = trailers
        expect(parseTrailers(message)).toEqual({ ...expected, ...(/^[a-z]+$/.test(by) ? { by } : {}) })
        expect(message.replace(/^Graft-Command: .*$/m, '')).not.toMatch(/@|#\d|GH-\d|:\/\/|\[skip/)
      }),
    )
  })

  test('reads well', () => {
    const reverts = [
      { id: 'c3', title: 'Document toy' },
      { id: 'c2', title: 'Add the adapter of toy' },
    ]
    expect(revertMessage({ integration: '12', id: 'r1', reverts, by: 'ann', command: '991-0' })).toMatchInlineSnapshot(`
      "Revert c3 and c2

      Asked for by ann. What later changes wrote stays; "/revert r1" brings it
      back.

      - c3: Document toy
      - c2: Add the adapter of toy

      Graft-Integration: 12
      Graft-Change: r1
      Graft-Kind: revert
      Graft-Reverts: c3 c2
      Graft-By: ann
      Graft-Command: 991-0
      "
    `)
    const one = reverts.slice(0, 1)
    expect(revertMessage({ integration: 'toy', id: 'r2', reverts: one, by: 'ann' }).split('\n')[0]).toBe(
      'Revert c3: Document toy',
    )
  })
})
