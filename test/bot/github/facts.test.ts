import { describe, expect, test } from 'vitest'
import { checkOf, commentOf, issueOf, permissionOf, personOf, pullOf, reviewOf } from '../../../src/bot/github/facts.ts'

const app = { id: 7, slug: 'graft' }
const times = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', html_url: 'https://x.test/1' }
const comment = { id: 5, user: { login: 'graft[bot]', type: 'Bot' }, body: 'hello', ...times }

test('who somebody is', () => {
  expect(personOf(null)).toEqual({ login: 'ghost', kind: 'person' })
  expect(personOf({ login: 'ann', type: 'User' }).kind).toBe('person')
  expect(personOf({ login: 'dependabot[bot]', type: 'User' }).kind).toBe('bot')
  for (const type of ['Bot', 'Mannequin', 'Organization']) expect(personOf({ login: 'x', type }).kind).toBe('bot')
})

test('a comment is ours by its account, not by the App that it went through', () => {
  const oursOf = (changes: object) => commentOf({ ...comment, ...changes }, 'issue', app, []).ours
  expect(oursOf({})).toBe(true)
  expect(oursOf({ performed_via_github_app: { id: 7 } })).toBe(true)
  expect(oursOf({ performed_via_github_app: { id: 8 } })).toBe(false)
  // What a person does with a token that the App holds for them.
  expect(oursOf({ user: { login: 'ann', type: 'User' }, performed_via_github_app: { id: 7 } })).toBe(false)
  expect(oursOf({ user: { login: 'graft', type: 'User' } })).toBe(false)
  expect(oursOf({ user: null })).toBe(false)
})

test('texts of any length are cut to what GitHub takes', () => {
  const long = 'x'.repeat(5_000_000)
  const issue = issueOf({
    number: 1,
    title: long,
    body: long,
    user: null,
    state: 'open',
    labels: ['a', {}, { name: 'b' }],
    ...times,
  })
  expect([issue.title.length, issue.body.length, issue.labels]).toEqual([1024, 65_536, ['a', 'b']])
  expect(commentOf({ ...comment, body: long }, 'issue', app, []).body).toHaveLength(65_536)
})

describe('pull requests', () => {
  const side = (id: number | undefined) => ({ ref: 'b', sha: 's', repo: id === undefined ? null : { id } })
  const raw = { number: 1, state: 'closed', title: 't', body: null, user: null, labels: [], ...times }
  const pull = (head: number | undefined, merged: string | null) =>
    pullOf(
      { ...raw, merged_at: merged, merge_commit_sha: 'm', head: side(head), base: { ...side(1), repo: { id: 1 } } },
      app,
    )

  test('from a fork, or from one that is gone, are not of this repository', () => {
    expect([pull(1, null), pull(2, null), pull(undefined, null)].map((each) => each.sameRepository)).toEqual([
      true,
      false,
      false,
    ])
  })

  test('have a merge commit only once they are merged: before, GitHub names the one of a trial', () => {
    expect(pull(1, null)).not.toHaveProperty('mergeCommit')
    expect(pull(1, '2026-01-01T00:00:00Z')).toMatchObject({ merged: true, mergeCommit: 'm' })
  })
})

test('reviews that were not submitted, or are about no commit, do not count', () => {
  const review = { id: 1, user: null, state: 'APPROVED', commit_id: 'c', submitted_at: '2026-01-01T00:00:00Z' }
  expect(reviewOf(review)).toMatchObject({ state: 'approved', commit: 'c' })
  expect(reviewOf({ ...review, state: 'PENDING' })).toBeUndefined()
  expect(reviewOf({ ...review, state: 'LOOKS_FINE' })).toBeUndefined()
  expect(reviewOf({ ...review, commit_id: null })).toBeUndefined()
})

test('a conclusion that Graft never gives is a failure; a queue is a queue', () => {
  const output = { title: null, summary: null, text: null }
  const raw = {
    id: 1,
    head_sha: 'h',
    status: 'completed',
    conclusion: 'stale',
    started_at: null,
    html_url: null,
    output,
  }
  expect(checkOf(raw)).toMatchObject({ conclusion: 'failure', record: '', text: '' })
  const waiting = checkOf({ ...raw, status: 'waiting', conclusion: null })
  expect(waiting.status).toBe('queued')
  expect(waiting).not.toHaveProperty('conclusion')
})

test.each([
  ['admin', 'admin', 'admin'],
  ['maintain', 'write', 'write'],
  ['triage', 'read', 'read'],
  ['none', 'none', 'none'],
  ['release-managers', 'write', 'write'],
  ['release-managers', 'surprise', 'none'],
  [undefined, 'read', 'read'],
])('the role %s, built on %s, may %s', (role, permission, expected) => {
  expect(permissionOf({ permission, ...(role === undefined ? {} : { role_name: role }) })).toBe(expected)
})
