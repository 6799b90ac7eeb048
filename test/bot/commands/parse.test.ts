import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buttonCommand } from '../../../src/bot/commands/button.ts'
import { parseCommands } from '../../../src/bot/commands/parse.ts'
import { comment } from './comment.ts'

const asked = (body: string) => parseCommands(comment(body)).map((given) => given.asked)
const approve = (...changes: string[]) => ({ name: 'approve', changes })
const all = { name: 'approve', changes: 'all' }

test.each([
  ['/approve', [all]],
  ['/approve all', [all]],
  ['/approve c1 c3', [approve('c1', 'c3')]],
  ['/Approve C1, c3,c1', [approve('c1', 'c3')]],
  ['  /approve u1  ', [approve('u1')]],
  ['Looks good.\n/approve c1\nthank you', [approve('c1')]],
  ['/approve c1\r\n/revert c2', [approve('c1'), { name: 'revert', changes: ['c2'] }]],
  ['/revert c2 u1 r3\n\n# Heading\n\n/retest', [{ name: 'revert', changes: ['c2', 'u1', 'r3'] }, { name: 'retest' }]],
  ['/reject c3 "too slow"', [{ name: 'reject', changes: ['c3'], reason: 'too slow' }]],
  ['/reject C3, u1: Not *ours*, @ann', [{ name: 'reject', changes: ['c3', 'u1'], reason: 'Not *ours*, @ann' }]],
  ['/reject c3 “wrong sign of `rz`”', [{ name: 'reject', changes: ['c3'], reason: 'wrong sign of `rz`' }]],
  [
    '/undo\n/undo 3\n/redo 2',
    [
      { name: 'undo', count: 1 },
      { name: 'undo', count: 3 },
      { name: 'redo', count: 2 },
    ],
  ],
  [
    '/diff c1\n/diff c1 r2',
    [
      { name: 'diff', from: 'c1' },
      { name: 'diff', from: 'c1', to: 'r2' },
    ],
  ],
  [
    '/explain u2\n/edit c4',
    [
      { name: 'explain', change: 'u2' },
      { name: 'edit', change: 'c4' },
    ],
  ],
  ['/snapshot before-review\n/snapshots', [{ name: 'snapshot', snapshot: 'before-review' }, { name: 'snapshots' }]],
  ['/restore tested-1234abc', [{ name: 'restore', snapshot: 'tested-1234abc' }]],
  ['/changes\n/history\n/export json', [{ name: 'changes' }, { name: 'history' }, { name: 'export', what: 'json' }]],
  ['a hard break  \n/retest', [{ name: 'retest' }]],
  ['see `code`\n/retest', [{ name: 'retest' }]],
  ['> quoted\n\n/retest', [{ name: 'retest' }]],
  ['<details>\n\nx\n\n</details>\n\n/retest', [{ name: 'retest' }]],
])('%j', (body, expected) => {
  expect(asked(body)).toEqual(expected)
})

test.each([
  ['in the middle of a line', 'please /approve all'],
  ['a quote', '> /approve all'],
  ['a quote, lazily continued', '> yes\n/approve all'],
  ['a nested quote', '> > /approve all'],
  ['code', '`/approve all`'],
  ['code over lines', 'so `a\n/approve all\nb`'],
  ['a fence', '```\n/approve all\n```'],
  ['an open fence', '~~~\n/approve all'],
  ['indented', '    /approve all'],
  ['a tab', '\t/approve all'],
  ['a list', '- /approve all'],
  ['a list, continued', '- a\n\n  /approve all'],
  ['a numbered list', '1. /approve all'],
  ['a heading', '# /approve all'],
  ['a heading by underline', '/approve all\n==='],
  ['a link', '[\n/approve all\n](https://x.example)'],
  ['emphasis', '*so\n/approve all*'],
  ['an HTML comment', '<!-- /approve all -->'],
  ['an HTML comment over lines', '<!--\n\n/approve all\n\n-->'],
  ['an HTML comment in a paragraph', 'a <!--\n/approve all\n--> b'],
  ['an HTML block', '<div>\n/approve all\n</div>'],
  ['an HTML quote', '<blockquote>\n\n/approve all\n\n</blockquote>'],
  ['HTML code in a paragraph', 'a <code>\n/approve all\n</code>'],
  ['a folded section', '<details><summary>x</summary>\n\n/approve all\n\n</details>'],
  ['a footnote', 'a[^1]\n\n[^1]: b\n/approve all'],
  ['a footnote of several paragraphs', 'a[^1]\n\n[^1]: b\n\n    c\n    /approve all'],
  ['a table', '/approve all | a\n--- | ---\n/approve all | b'],
  ['struck out', '~~so\n/approve all~~'],
  ['an escape', '\\/approve all'],
  ['an entity', '&#47;approve all'],
  ['a path', '/approve/all\n/etc/hosts\n/help.txt\n/usr'],
  ['two slashes', '//approve all'],
  ['another word', '/shrug all\n/lgtm'],
  ['other slashes', '\u2044approve all\n\uFF0Fapprove'],
  ['no space', '/approve:all'],
])('nothing: %s', (_, body) => {
  expect(asked(body)).toEqual([])
})

test.each([
  ['/aprove c1', /`\/aprove`.*`\/approve`/],
  ['/helpp', /`\/help`/],
  ['/retests', /`\/retest`/],
  ['/approve c1 please', /Expected ids/],
  ['/approve all c1', /Expected ids/],
  ['/approve r1', /Expected ids/],
  ['/approve `c1`', /Expected ids/],
  ['/revert', /Expected ids.*`\/cancel`/],
  ['/revert all', /Expected ids/],
  ['/revert c12345', /Expected ids/],
  [`/revert ${Array.from({ length: 51 }, (_, id) => `c${id}`).join(' ')}`, /Expected ids/],
  ['/reject c3', /Say why/],
  ['/reject c3 "!"', /Say why/],
  ['/reject "too slow"', /Expected ids/],
  ['/reject r1 "too slow"', /Expected ids/],
  ['/undo 0', /how many actions/],
  ['/undo 100', /how many actions/],
  ['/redo all', /how many actions/],
  ['/snapshot', /Expected one name/],
  ['/snapshot tested-1234567', /belong to test runs/],
  ['/snapshot ../../heads/main', /Expected one name/],
  ['/restore', /Expected one name/],
  ['/diff', /Expected one id/],
  ['/diff c1 c2 c3', /Expected one id/],
  ['/explain r1', /Expected one id/],
  ['/edit all', /Expected one id/],
  ['/export', /Expected `\/export/],
  ['/export yaml', /Expected `\/export/],
  ['/changes c1', /takes nothing/],
  ['/retest now', /takes nothing/],
  ['/integrate', /given in the issue/],
])('%j is answered with advice', (body, advice) => {
  expect(asked(body)).toEqual([{ name: 'unknown', advice: expect.stringMatching(advice) }])
})

describe('who and when', () => {
  test('a command is named by its comment and its line', () => {
    const given = parseCommands(comment('Hello\n\n/approve\n/retest', { id: 123 }))
    expect(given.map(({ source, place }) => `${source}-${place}`)).toEqual(['123-2', '123-3'])
    expect(given[0]).toMatchObject({ from: 'comment', author: 'ann', at: '2026-01-01T00:00:00Z', permission: 'write' })
  })

  test.each([
    ['bots', { author: { login: 'bot', kind: 'bot' } }],
    ['this App', { ours: true }],
    ['edited', { updatedAt: '2026-01-01T00:00:01Z' }],
  ] as const)('nothing from %s', (_, more) => {
    expect(parseCommands(comment('/approve all', more))).toEqual([])
  })

  test('the place says what can be given', () => {
    expect(parseCommands(comment('/approve', { where: 'issue' }))).toMatchObject([{ asked: { name: 'unknown' } }])
    expect(parseCommands(comment('/integrate', { where: 'issue' }))).toMatchObject([{ asked: { name: 'integrate' } }])
  })

  test('a button is a command of its delivery', () => {
    const head = 'a'.repeat(40)
    const given = buttonCommand({ id: 'd-1', button: 'approve_all', login: 'ann', head }, '2026-01-01T00:00:00Z')
    expect(given).toMatchObject({ source: 'd-1', place: 0, from: 'button', permission: 'write', head, asked: all })
  })
})

describe('hostile comments', () => {
  test('more than ten commands', () => {
    const given = asked('/retest\n'.repeat(300))
    expect(given).toHaveLength(11)
    expect(given.at(-1)).toMatchObject({ name: 'unknown', advice: expect.stringContaining('first 10') })
  })

  test('a long one is not searched', () => {
    expect(asked(`/retest\n${'x'.repeat(20_000)}`)).toEqual([])
  })

  test.each(['*', '[', '![', '<', '`', '> ', '- ', '_a', '[a](', '<!--', '&#', '\\'])(
    'many %j are read in time',
    (sign) => {
      const begin = performance.now()
      asked(`/retest\n\n${sign.repeat(Math.floor(9_900 / sign.length))}`)
      expect(performance.now() - begin).toBeLessThan(2000)
    },
  )

  test('what would take long is not parsed, or cut before', () => {
    const begin = performance.now()
    expect(asked(`/retest\n\n${'1. '.repeat(3000)}`)).toEqual([])
    asked(`/help ${' '.repeat(9000)}x\u2028`)
    asked(`/retest\n\n<b>${'<a '.repeat(3000)}`)
    expect(performance.now() - begin).toBeLessThan(500)
  })

  test('whatever surrounds it, advice never repeats foreign text, and every command is a line of the comment', () => {
    const part = fc.constantFrom(
      '/approve',
      ' all',
      '\n',
      '> ',
      '`',
      '```\n',
      '<!--',
      '-->',
      '@eve',
      '- ',
      '    ',
      '![x](y)',
      '/aprove',
      '\r',
      '<b>',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const body = parts.join('')
        const lines = body.split(/\r\n|\n|\r/)
        for (const given of parseCommands(comment(body))) {
          expect(lines[given.place]?.trim()).toMatch(/^\/a/)
          if (given.asked.name === 'unknown') expect(given.asked.advice).not.toMatch(/@|!|<|\n/)
        }
      }),
      { numRuns: 500 },
    )
  })
})
