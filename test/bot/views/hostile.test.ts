/** Whatever foreign text says, nothing of it becomes a link, an image, HTML or a mention, and nothing leaves its fence. */
import fc from 'fast-check'
import type { Nodes } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { describe, expect, test } from 'vitest'
import { fence, inlineCode, link, MAX_BODY, plain } from '../../../src/bot/views/markdown.ts'
import { views } from '../../../src/bot/views/views.ts'
import type { ChangeStanding } from '../../../src/change/standing.ts'
import type { ChangeReply } from '../../../src/integration/models.ts'
import type { Report } from '../../../src/values/report.ts'
import * as models from './models.ts'

/** Stands in every foreign text and in none of ours. */
const CANARY = 'zqxj'

const part = fc.constantFrom(
  ...[
    '@everyone',
    ' @ann',
    '![x](https://evil.example/i.png)',
    '[x](https://evil.example)',
    '[x]: https://evil.example',
    '[^1]',
  ],
  ...[
    '`',
    '``',
    '```',
    '````text',
    '~~~',
    '</details>',
    '<details>',
    '-->',
    '<!-- graft:table 1 -->',
    '<!-- graft:table-end -->',
  ],
  ...[
    '<script>',
    '<img src=x>',
    '<b',
    '\r\n',
    '\n',
    '\n\n',
    '\r',
    '\u2028',
    '\u202e',
    '\u2066',
    '\u200b',
    '\0',
    '\u0085',
  ],
  ...[
    '|',
    '\\',
    '\\|',
    '#12',
    'GH-12',
    'https://evil.example',
    'www.evil.example',
    'mail@evil.example',
    '&#64;ann',
    '&lt;',
  ],
  ...[
    '- ',
    '# ',
    '> ',
    '1. ',
    '    ',
    '\t',
    '| a | b |\n|---|---|',
    '***',
    '__x__',
    '~~',
    '$x$',
    ':rocket:',
    'é',
    '🙂',
    '\ud800',
  ],
)
const foreign = fc.array(part, { maxLength: 12 }).map((parts) => `${CANARY}${parts.join('')}${CANARY}`)

function* nodesOf(node: Nodes): Generator<Nodes> {
  yield node
  if ('children' in node) for (const child of node.children) yield* nodesOf(child)
}

const OURS = /^https:\/\/github\.example\//
const OUR_HTML = /^(<!-- graft:[a-z-]+( [A-Za-z0-9-]+)? -->|<details><summary>[A-Z][a-z ]+<\/summary>|<\/details>)$/

/** Fails when anything of the hostile text means something. With `plainly`, text may stand outside of code. */
function expectHarmless(markdown: string, plainly = false): void {
  expect(markdown.length).toBeLessThanOrEqual(65_535)
  expect(markdown).not.toMatch(/[\p{Cf}\p{Cs}\u2028\u2029\r\0]/u)
  const tree = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  for (const node of nodesOf(tree)) {
    if (node.type === 'link') expect(node.url).toMatch(OURS)
    else if (node.type === 'html') for (const line of node.value.split('\n')) expect(line).toMatch(OUR_HTML)
    else if (node.type === 'text') {
      expect(node.value).not.toMatch(/@|:\/\/|www\.|\bGH-\d/i)
      expect(node.value.replace(/Closes #12\.|#13/g, '')).not.toMatch(/#\d/)
      if (!plainly) expect(node.value).not.toContain(CANARY)
    } else {
      expect([
        'image',
        'imageReference',
        'linkReference',
        'definition',
        'footnoteDefinition',
        'footnoteReference',
      ]).not.toContain(node.type)
    }
  }
}

function check(render: (text: string) => string, plainly = false) {
  fc.assert(
    fc.property(foreign, (text) => expectHarmless(render(text), plainly)),
    { numRuns: 60 },
  )
}

function person(text: string): ChangeStanding {
  return { ...models.persons, title: text, files: [`a/${text}`, `a/b/${text}`], state: { type: 'approved', by: text } }
}

function hostileReport(text: string): Report {
  const tests = (['failed', 'error', 'skipped'] as const).map((outcome) => ({
    ...{ category: text, name: text, outcome, seconds: 1, message: `${text}\n${text}` },
  }))
  return { ...models.report, failed: 2, tests, containment: text }
}

describe('the ways into Markdown', () => {
  test('a fence', () => {
    check((text) => `Before\n\n${fence(text)}\n\nAfter`)
    check((text) => fence([text, text], { wrap: true, language: 'sh' }))
  })

  test('what is in a fence is one block of code, and what follows is not in it', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const { children } = fromMarkdown(`${fence(text)}\n\nAfter`)
        expect(children.map((node) => node.type)).toEqual(['code', 'paragraph'])
      }),
    )
  })

  test('code within a line, in a cell too', () => {
    check((text) => `Before ${inlineCode(text)} after`)
    check((text) => `| a | b |\n|---|---|\n| ${inlineCode(text)} | ${inlineCode(text, 20)} |`)
    fc.assert(
      fc.property(foreign, (text) => {
        const { children } = fromMarkdown(`a ${inlineCode(text)} b`)
        expect(children).toMatchObject([
          { type: 'paragraph', children: [{ value: 'a ' }, { type: 'inlineCode' }, { value: ' b' }] },
        ])
      }),
    )
  })

  test('a plain sentence', () => {
    check((text) => `- ${plain(text)}`, true)
    const text = 'The name `a_b` of snake_case (see file.py) has 3 parts, e.g. **two**.'
    expect(plain(text)).toBe('The name `a_b` of `snake_case` (see `file.py)` has 3 parts, e.g. `**two**.`')
    const begin = performance.now()
    expect(plain(`${'a.1'.repeat(30)}_`)).toMatch(/^`/)
    expect(performance.now() - begin).toBeLessThan(200)
    expect(plain('Try (`/a b`), or`x` `y`z.')).toBe("Try (`/a b`), `or'x'` `'y'z.`")
    expect(plain('Mind #12, GH-12, 0123abc, @ann!')).toBe('Mind `#12,` `GH-12,` `0123abc,` `@ann!`')
  })

  test('a link goes only where an address of the web is', () => {
    expect(link('x', 'https://github.example/a?b=c%20d')).toBe('[x](https://github.example/a?b=c%20d)')
    for (const address of ['javascript:alert(1)', 'https://a b', 'https://a)b', 'https://a\nb', ''])
      expect(link('x', address)).toBe('x')
    fc.assert(fc.property(foreign, (text) => !link('x', text).includes(CANARY)))
  })

  test('long text is cut and the cut is said', () => {
    expect(
      fence(
        Array.from({ length: 100 }, () => 'x'),
        { lines: 10 },
      ),
    ).toContain('(90 more lines)')
    expect(fence('x'.repeat(1000)).length).toBeLessThan(150)
    expect(fence('x'.repeat(900), { language: 'sh' })).toContain('x'.repeat(900))
    expect(inlineCode('🙂'.repeat(100), 20)).toMatch(/^`(🙂)+…`$/u)
    expect(
      fence('word '.repeat(100), { wrap: true })
        .split('\n')
        .every((line) => line.length <= 110),
    ).toBe(true)
  })
})

describe('every view', () => {
  test('status', () => {
    for (const type of ['question', 'declined', 'failed'] as const) {
      check((text) =>
        views.status(models.status('measure', { type, reason: text }, { purl: text, limits: [text], localRun: text })),
      )
    }
    check((text) => views.status(models.status('read', { type: 'working', detail: text })))
    check((text) =>
      views.status(models.status('test', { type: 'merged', verified: true }, { report: hostileReport(text) })),
    )
    check((text) => views.status(models.status('request', { type: 'settings_invalid', path: text, expected: text })))
    check((text) => views.status(models.status('test', { type: 'blocked', reason: text, advice: text })), true)
    check(
      (text) =>
        views.status(models.status('request', { type: 'problems', problems: [{ field: text, expected: text }] })),
      true,
    )
    check((text) => views.status(models.status('review', { type: 'review', missing: [text] })), true)
    check((text) => {
      const steps = [{ name: text, state: 'running' as const }]
      const pending = { ...{ pending: true as const, since: '2026-01-01T00:00:00Z', steps }, url: text }
      return views.status(models.status('test', { type: 'working', pending }))
    })
  })

  test('plan', () => {
    check((text) => {
      const evidence = [{ file: text, line: 1 }]
      const fact = { value: text, evidence, confidence: 1 }
      const { snapshot, profile, planModel } = models
      return views.plan({
        ...planModel,
        base: text,
        backend: { ...models.backend, displayName: text, description: text, author: text },
        snapshot: {
          ...snapshot,
          distribution: text,
          version: text,
          summary: text,
          licence: text,
          requiresPython: text,
          yanked: text,
        },
        profile: {
          ...profile,
          ...{ licence: fact, modules: [fact], undeclared: [fact], gates: { h: [fact] } },
          examples: [{ setup: [], gates: [], run: [], strong: true, dialect: text, evidence: { file: text, line: 1 } }],
          capabilities: { ...profile.capabilities, textDialects: [fact], hosts: [fact] },
        },
        changes: [{ id: 'c1', title: 'Add it', files: [text, text] }],
        wishes: [text],
      })
    })
  })

  test('pull request, and its table renewed', () => {
    check((text) => {
      const { measurement, planned } = models
      const gates = [{ gate: 'h' as const, outcome: 'wrong' as const, via: text, reason: text }]
      const measured = { measurement: { ...measurement, gates }, planned, limits: [text], reason: 'Measured.' }
      const body = views.pullBody({ ...models.pullModel, purl: text, changes: [person(text)], measured })
      const renewed = views.renewPullBody(body, [person(text)])
      expect(renewed).toBe(body)
      return views.renewPullBody(body, [person(text), models.persons])
    })
    fc.assert(
      fc.property(foreign, (text) =>
        /^[A-Za-z0-9 ().+_-]+$/.test(views.pullTitle({ ...models.pullModel, purl: `pkg:pypi/${text}@${text}` })),
      ),
    )
  })

  test('check run', () => {
    check((text) => {
      const model = { ...models.checkModel, report: hostileReport(text), changes: [person(text)], blockedBy: [text] }
      const { title, summary, text: more } = views.check(model)
      expect(title).not.toMatch(/[\p{C}]/u)
      return `${summary}\n\n${more}`
    })
    check((text) => views.check({ ...models.checkModel, missing: [text] }).summary, true)
  })

  test('replies', () => {
    const command = { source: '1', place: 0 }
    check((text) => views.reply({ type: 'help', login: text, where: 'issue', allowed: ['help', text] }, command))
    check((text) => views.reply({ type: 'refused', login: 'ann', reason: text }, command), true)
    check((text) => {
      const conflicts = [{ path: text, lines: 'line 1', by: [text] }]
      const dependents = [person(text)]
      return views.reply(
        { type: 'revert_refused', login: text, changes: [text], dependents, conflicts, needs: [text], offer: text },
        command,
      )
    })
  })

  test('answers about changes', () => {
    const show = (model: ChangeReply) => views.reply(model, { source: '1', place: 0 })
    const pull = 'https://github.example/lab/proxima/pull/13'
    const rejected = (text: string): ChangeStanding => ({
      ...person(text),
      state: { type: 'rejected', by: text, reason: text, commit: models.SHA, revert: 'r1' },
    })
    check((text) => show({ type: 'changes', login: text, changes: [person(text), rejected(text)], missing: [] }))
    check((text) => {
      const about = { change: rejected(text), neededBy: [text], pull }
      return show({ type: 'explain', login: text, ...about, impact: 'None.', alternative: 'None.' })
    })
    check((text) => show({ type: 'edit', login: text, change: person(text), branch: text, pull }))
    check((text) => {
      const one = { name: text, commit: text, here: true, at: text }
      return show({ type: 'snapshots', login: text, snapshots: [one, { ...one, here: false }] })
    })
    check((text) => {
      const files = [{ path: text, patch: `===\n${text}\n${text}`, why: '' }]
      return show({ type: 'diff', login: text, ids: [text, text], files, link: pull })
    })
    check((text) => {
      const entry = { id: 'u1', title: text, by: text, at: text, added: 1, removed: 1 }
      return show({ type: 'history', login: text, entries: [entry, { ...entry, id: 'r1' }] })
    })
    check((text) => show({ type: 'export', login: text, link: pull, json: text }))
  })

  test('verification and setting up', () => {
    check((text) =>
      views.verification({ ...models.verificationModel, purl: text, mergeCommit: text, report: hostileReport(text) }),
    )
    check((text) => {
      const otherWorkflows = [{ path: text, usesSecrets: true }]
      return views.onboarding({ ...models.onboardingModel, defaultBranch: text, otherWorkflows, workflowLink: text })
        .body
    })
  })
})

describe('size', () => {
  const long = `${CANARY} ${'word `'.repeat(20_000)}`
  const many = Array.from({ length: 2000 }, () => person(long))
  const tests = Array.from({ length: 2000 }, () => ({
    ...{ category: 'unit', name: long, outcome: 'failed' as const, seconds: 1, message: `${long}\n`.repeat(10) },
  }))

  test('every view stays below what GitHub takes, and says what it left out', () => {
    const { summary, text } = views.check({
      ...models.checkModel,
      changes: many,
      report: { ...models.report, failed: 9, tests },
    })
    const bodies = [
      ...[summary, text],
      views.pullBody({ ...models.pullModel, changes: many }),
      views.status(
        models.status(
          'test',
          { type: 'failed', reason: long.repeat(5) },
          { report: { ...models.report, failed: 9, tests } },
        ),
      ),
    ]
    for (const body of bodies) {
      expectHarmless(body)
      expect(body.length).toBeLessThanOrEqual(MAX_BODY + 100)
    }
    expect(summary).toMatch(/\d more/)
  })

  test('a body near the limit is not made too long', () => {
    const body = `${views.pullBody(models.pullModel)}${'x'.repeat(57_000)}`
    expect(views.renewPullBody(body, many)).toBe(body)
    expect(views.renewPullBody(body, models.mixed).length).toBeLessThanOrEqual(65_535)
  })
})
