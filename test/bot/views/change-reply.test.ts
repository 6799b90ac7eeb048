import { expect, test } from 'vitest'
import { MAX_BODY } from '../../../src/bot/views/markdown.ts'
import { views } from '../../../src/bot/views/views.ts'
import type { ChangeReply } from '../../../src/integration/models.ts'
import { parseMarker } from '../../../src/values/marker.ts'
import * as models from './models.ts'

const pull = models.pullLink.url
const login = 'ann'
const rejected = models.standing(5, {
  ...{ type: 'rejected', by: 'bob', reason: 'not | pinned @here', commit: models.SHA, revert: 'r2' },
})
const PATCH = '===\n--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n-old\n+new ``` and <b>\n same\n'
const entry = (id: string, title: string, by: string, tests?: string) => ({
  ...{ id, title, by, at: '2026-03-01T12:00:00Z', added: 3, removed: 1 },
  ...(tests === undefined ? {} : { tests }),
})

const answers: Record<string, ChangeReply> = {
  changes: {
    type: 'changes',
    login,
    changes: [...models.mixed.slice(0, 4), rejected],
    missing: ['c5 has to be approved'],
  },
  'changes-ready': { type: 'changes', login, changes: models.approved, missing: [] },
  explain: {
    ...{
      type: 'explain',
      login,
      change: models.standing(3, { type: 'approved', by: 'ann' }),
      neededBy: ['c4', 'c6'],
      pull,
    },
    ...{ impact: 'Others do not import it.', alternative: 'No measuring.' },
  },
  edit: { type: 'edit', login, change: models.standing(3, { type: 'proposed' }), branch: 'graft/12-sample', pull },
  snapshots: {
    ...{ type: 'snapshots', login },
    snapshots: [
      { name: 'before-review', commit: models.SHA, here: true, at: '2026-03-01T12:00:00Z' },
      { name: 'tested-7777777', commit: models.TREE, here: false },
    ],
  },
  'snapshots-none': { type: 'snapshots', login, snapshots: [] },
  diff: {
    ...{ type: 'diff', login, ids: ['c3'], link: `${pull}/commits/${models.SHA}` },
    files: [
      { path: 'x.py', patch: PATCH, why: 'The table of gates.' },
      { path: 'x.bin', patch: undefined, why: '' },
    ],
  },
  'diff-nothing': { type: 'diff', login, ids: ['c3', 'r1'], files: [], link: `${pull}/files/a..b` },
  history: {
    ...{ type: 'history', login },
    entries: [
      entry('c1', 'Add the adapter of sample', 'graft', '✓ 122 passed'),
      entry('u1', 'Say `more` @here', '', '✗ 1 of 122 failed'),
      entry('r1', 'Revert u1: Say more', 'bob'),
    ],
  },
  'export-patch': { type: 'export', login, link: `${pull}.patch` },
  'export-json': { type: 'export', login, link: `${pull}.patch`, json: '{\n "title": "``` | <b>"\n}' },
}

const answer = (model: ChangeReply) => views.reply(model, { source: '991', place: 0 })

test.each(Object.entries(answers))('%s', async (name, model) => {
  const text = answer(model)
  expect(text).not.toMatch(/undefined|NaN|\[object/)
  // Not a refusal: the command was done.
  expect(parseMarker(text)).toEqual({ kind: 'answer', of: '991-0' })
  await expect(text).toMatchFileSnapshot(`golden/answer-${name}.md`)
})

test('what is too long is cut, and says where the rest is', () => {
  const long = { path: 'x.py', patch: `===\n${'+a line of some length that is not short\n'.repeat(900)}`, why: '' }
  const text = answer({ type: 'diff', login, ids: ['c3'], files: [long, long, long], link: `${pull}/files` })
  expect(text).toContain('more lines)')
  expect(text).toContain('2 more files did not fit here')
  const many = Array.from({ length: 300 }, () => ({ ...long, patch: `===\n+${'x'.repeat(900)}\n` }))
  for (const one of [text, answer({ type: 'diff', login, ids: ['c3'], files: many, link: `${pull}/files` })]) {
    expect(one.length).toBeLessThanOrEqual(MAX_BODY)
    expect(one).toContain(`[All of it on GitHub](${pull}/files)`)
  }
  const json = answer({ type: 'export', login, link: `${pull}.patch`, json: 'x'.repeat(70_000) })
  expect(json).toContain('too long')
  const entries = Array.from({ length: 500 }, (_, index) =>
    entry(`c${index}`, 'x '.repeat(200), 'graft', 'x '.repeat(200)),
  )
  expect(answer({ type: 'history', login, entries }).length).toBeLessThanOrEqual(MAX_BODY)
})
