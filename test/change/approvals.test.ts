import { expect, test } from 'vitest'
import type { ApprovableChange, ApprovalInput, ApprovalReview } from '../../src/change/approvals.ts'
import { fingerprint, standings } from '../../src/change/approvals.ts'

const then = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`
const [A, B] = ['a'.repeat(32), 'b'.repeat(32)]

function change(id: string, content = A, more: Partial<ApprovableChange> = {}): ApprovableChange {
  return {
    ...{ id, origin: 'change', kind: 'adapter', title: id, why: '', commit: id, files: [id], added: 1, removed: 0 },
    ...{ depends: [], fingerprint: content },
    ...more,
  }
}

function record(by: string, fingerprints: Record<string, string>, minute = 1) {
  return { source: '7', place: 0, by, at: then(minute), fingerprints }
}

function review(
  login: string,
  state: ApprovalReview['state'],
  minute: number,
  fingerprints = { c1: A },
): ApprovalReview {
  return { login, kind: 'person', state, at: then(minute), fingerprints }
}

function derive(input: Partial<ApprovalInput>) {
  const { changes, ...rest } = standings({
    ...{ changes: [change('c1')], records: [], reviews: [], writers: new Set(['ann', 'bob']) },
    policy: { requester: 'ann', requesterAlone: true, ownChanges: false },
    ...input,
  })
  return { states: Object.fromEntries(changes.map((one) => [one.id, one.state])), ...rest }
}

test('a comment approves the content that it was recorded for', () => {
  const changes = [change('c1'), change('c2', B), change('c3')]
  expect(derive({ changes, records: [record('bob', { c1: A, c2: A })] })).toEqual({
    states: { c1: { type: 'approved', by: 'bob' }, c2: { type: 'lapsed', by: 'bob' }, c3: { type: 'proposed' } },
    ...{ blockedBy: [], needSecond: [] },
  })
})

test('content that comes back brings its approval back', () => {
  const records = [record('bob', { c1: A }), record('ann', { c1: B }, 2)]
  expect(derive({ records }).states.c1).toEqual({ type: 'approved', by: 'bob' })
})

test('only people who may write now count', () => {
  const records = [record('eve', { c1: A })]
  const reviews = [review('eve', 'approved', 1), review('mallory', 'changes_requested', 2)]
  expect(derive({ records, reviews })).toMatchObject({ states: { c1: { type: 'proposed' } }, blockedBy: [] })
})

test.each([
  ['the last one counts', [review('bob', 'changes_requested', 1), review('bob', 'approved', 2)], 'approved', []],
  ['a comment decides nothing', [review('bob', 'approved', 1), review('bob', 'commented', 2)], 'approved', []],
  [
    'a later request takes the approval back',
    [review('bob', 'approved', 1), review('bob', 'changes_requested', 2)],
    'proposed',
    ['bob'],
  ],
  ['a dismissed approval', [review('bob', 'dismissed', 1)], 'proposed', []],
  ['a dismissed request', [review('bob', 'approved', 1), review('bob', 'dismissed', 2)], 'proposed', []],
  ['bots', [{ ...review('bob', 'approved', 1), kind: 'bot' as const }], 'proposed', []],
  ['a change that came later', [review('bob', 'approved', 1, {} as { c1: string })], 'proposed', []],
  ['content that came later', [review('bob', 'approved', 1, { c1: B })], 'lapsed', []],
])('reviews: %s', (_, reviews, state, blockedBy) => {
  expect(derive({ reviews })).toMatchObject({ states: { c1: { type: state } }, blockedBy })
})

test('whether the requester alone may approve is a policy', () => {
  const records = [record('ann', { c1: A })]
  const policy = { requester: 'ann', requesterAlone: false, ownChanges: false }
  expect(derive({ records, policy })).toMatchObject({ states: { c1: { type: 'proposed' } }, needSecond: ['c1'] })
  const two = [...records, record('bob', { c1: A }, 2)]
  expect(derive({ records: two, policy })).toMatchObject({
    states: { c1: { type: 'approved', by: 'bob' } },
    needSecond: [],
  })
  expect(derive({ records })).toMatchObject({ states: { c1: { type: 'approved', by: 'ann' } }, needSecond: [] })
})

test('whether the author of a person’s change may approve it is a policy', () => {
  const changes = [change('u1', A, { origin: 'person', author: 'bob' })]
  const records = [record('bob', { u1: A })]
  expect(derive({ changes, records })).toMatchObject({ states: { u1: { type: 'proposed' } }, needSecond: ['u1'] })
  const policy = { requester: 'ann', requesterAlone: true, ownChanges: true }
  expect(derive({ changes, records, policy }).states.u1).toEqual({ type: 'approved', by: 'bob' })
})

test('a person’s change by nobody knows whom takes two people where its author may not approve it', () => {
  const changes = [change('u1', A, { origin: 'person', author: undefined })]
  const records = [record('bob', { u1: A })]
  expect(derive({ changes, records })).toMatchObject({ states: { u1: { type: 'proposed' } }, needSecond: ['u1'] })
  // Twice by the same person is not two people.
  const twice = [...records, record('BOB', { u1: A }, 2), record('bob', { u1: A }, 3)]
  expect(derive({ changes, records: twice }).states.u1).toEqual({ type: 'proposed' })
  const two = [...records, record('ann', { u1: B }, 2)]
  expect(derive({ changes, records: two }).states.u1).toEqual({ type: 'lapsed', by: 'ann' })
  const same = [...records, record('ann', { u1: A }, 2)]
  expect(derive({ changes, records: same }).states.u1).toMatchObject({ type: 'approved' })
  // An edit afterwards lets the approval of both lapse; it was not as if nobody had approved.
  const edited = [change('u1', B, { origin: 'person', author: undefined })]
  expect(derive({ changes: edited, records: same }).states.u1).toEqual({ type: 'lapsed', by: 'ann' })
  // Whoever has approved again is not asked a third time.
  const again = [...same, record('ann', { u1: B }, 3)]
  expect(derive({ changes: edited, records: again })).toMatchObject({
    ...{ states: { u1: { type: 'lapsed', by: 'bob' } }, needSecond: ['u1'] },
  })
})

test('whoever asked for the backend is a second person for what somebody else wrote', () => {
  const policy = { requester: 'ann', requesterAlone: false, ownChanges: false }
  const records = [record('ann', { u1: A })]
  const by = (author: string) => derive({ changes: [change('u1', A, { origin: 'person', author })], records, policy })
  expect(by('bob').states.u1).toEqual({ type: 'approved', by: 'ann' })
  expect(by('Ann')).toMatchObject({ states: { u1: { type: 'proposed' } }, needSecond: ['u1'] })
})

test('what was taken back is no longer approved', () => {
  const changes = [change('c1', A, { reverted: { revert: 'r1', commit: 'f00' } })]
  expect(derive({ changes, records: [record('bob', { c1: A })] }).states.c1).toEqual({
    ...{ type: 'reverted', revert: 'r1', commit: 'f00' },
  })
})

test('names of JavaScript’s own are no fingerprints', () => {
  const changes = [change('constructor')]
  expect(derive({ changes, records: [record('bob', {})] }).states.constructor).toEqual({ type: 'proposed' })
})

test('a fingerprint is of the contents of its files, in any order', () => {
  const entries = new Map([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ])
  const both = fingerprint(entries, ['a', 'b'])
  expect(both).toMatch(/^[0-9a-f]{32}$/)
  expect(fingerprint(new Map([...entries].reverse()), ['b', 'a', 'a'])).toBe(both)
  expect(fingerprint(new Map([...entries, ['c', '4']]), ['a', 'b'])).toBe(both)
  const others = [
    fingerprint(new Map([...entries, ['b', '4']]), ['a', 'b']),
    fingerprint(new Map([['a', '1']]), ['a', 'b']),
    fingerprint(entries, ['a']),
    fingerprint(new Map([['a","1"]\n["b', '2']]), ['a","1"]\n["b']),
  ]
  expect(new Set([both, ...others]).size).toBe(5)
})
