import { describe, expect, test } from 'vitest'
import { BlockedError, explain, waitOf } from '../../../src/repository/github/errors.ts'
import { BugError, TransientError } from '../../../src/values/errors.ts'
import { scriptedGithub } from '../../bot/support/scripted-github.ts'

interface Refusal {
  readonly status: number
  readonly message: string
  readonly errors?: readonly unknown[]
  readonly headers?: Readonly<Record<string, string>>
}

/** The error that a real answer of this kind becomes. */
async function explained({ status, message, errors, headers }: Refusal): Promise<Error> {
  const body = { message, ...(errors === undefined ? {} : { errors }), documentation_url: 'https://docs.github.test' }
  const github = await scriptedGithub({ to: 'PATCH /repos/ann/target', status, body, ...(headers ? { headers } : {}) })
  const failure = await github
    .client()
    .request('PATCH /repos/{owner}/{repo}', { owner: 'ann', repo: 'target' })
    .catch((error: unknown) => error)
  const error = explain(failure, 'ann/target')
  expect(`${error.message}${error.stack}`).not.toContain('secret-token')
  return error
}

describe('what only an administrator can change', () => {
  const cases: readonly (readonly [string, Refusal, string, RegExp])[] = [
    [
      'a missing permission is named',
      {
        status: 403,
        message: 'Resource not accessible by integration',
        headers: { 'x-accepted-github-permissions': 'issues=write; pull_requests=write,contents=read' },
      },
      'permission',
      /lacks the permission "issues: write" or "pull_requests: write" and "contents: read" in ann\/target\. Grant it/,
    ],
    [
      'an unnamed one too',
      { status: 403, message: 'Resource not accessible by integration' },
      'permission',
      /not accessible/,
    ],
    [
      'the Workflows permission',
      {
        status: 422,
        message:
          'refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows` permission',
      },
      'permission',
      /"workflows: write"/,
    ],
    ['archived', { status: 403, message: 'Repository was archived so is read-only.' }, 'archived', /is archived/],
    [
      'issues off',
      { status: 410, message: 'Issues has been disabled in this repository.' },
      'issues_disabled',
      /are disabled/,
    ],
    ['gone', { status: 404, message: 'Not Found' }, 'vanished', /is not there any more/],
    ['deleted', { status: 410, message: 'This issue was deleted' }, 'vanished', /is not there any more/],
    [
      'a ruleset',
      { status: 422, message: 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n' },
      'protected',
      /forbids what the App has to do there: Changes must be made through a pull request\./,
    ],
    [
      'branch protection',
      {
        status: 422,
        message: 'Protected branch update failed for refs/heads/main.',
        errors: ['At least 1 approving review is required'],
      },
      'protected',
      /Protected branch update failed for refs\/heads\/main.*At least 1 approving review is required/,
    ],
    [
      'suspended',
      { status: 403, message: 'This installation has been suspended' },
      'installation',
      /suspended or was removed/,
    ],
    ['a dead token', { status: 401, message: 'Bad credentials' }, 'installation', /suspended or was removed/],
    [
      'a wrong key',
      { status: 401, message: 'A JSON web token could not be decoded' },
      'installation',
      /id and private key belong together/,
    ],
  ]
  test.each(cases)('%s', async (_name, refusal, kind, message) => {
    const error = await explained(refusal)
    expect(error).toBeInstanceOf(BlockedError)
    expect(error).toMatchObject({ kind, audience: 'configuration', message: expect.stringMatching(message) })
  })
})

test('an installation that was removed gets no token', async () => {
  const github = await scriptedGithub({
    to: 'POST /app/installations/9/access_tokens',
    status: 404,
    body: { message: 'Not Found' },
  })
  const failure = await github
    .client()
    .request('POST /app/installations/{installation_id}/access_tokens', { installation_id: 9 })
    .catch((error: unknown) => error)
  expect(explain(failure, 'ann/target')).toMatchObject({ kind: 'installation' })
})

describe('what passes by itself', () => {
  test.each([
    [{ status: 403, message: 'You have exceeded a secondary rate limit', headers: { 'retry-after': '7' } }, 7000],
    [{ status: 429, message: 'Too many requests' }, 60_000],
    [{ status: 403, message: 'API rate limit exceeded for installation ID 1.' }, 60_000],
    [{ status: 502, message: 'Server Error' }, undefined],
    [{ status: 503, message: 'Unavailable', headers: { 'retry-after': '3' } }, 3000],
  ] as const)('%j', async (refusal, wait) => {
    const error = await explained(refusal)
    expect(error).toBeInstanceOf(TransientError)
    expect((error as TransientError).retryAfterMilliseconds).toBe(wait)
  })

  test('times as GitHub writes them', () => {
    const of = (headers: Record<string, string>, status = 403) => waitOf(status, (name) => headers[name], '', 10_000)
    expect(of({ 'retry-after': 'Thu, 01 Jan 1970 00:00:15 GMT' })).toBe(5000)
    expect(of({ 'retry-after': 'soon' })).toBe(60_000)
    expect(of({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' })).toBe(3000)
    expect(of({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' })).toBe(1000)
    expect(of({ 'x-ratelimit-remaining': '4', 'x-ratelimit-reset': '12' })).toBeUndefined()
    expect(of({ 'retry-after': '5' }, 500)).toBeUndefined()
  })
})

test('anything else is a bug, with GitHub’s words on one short line', async () => {
  const error = await explained({ status: 422, message: `Validation\nFailed\u202e ${'x'.repeat(5000)}` })
  expect(error).toBeInstanceOf(BugError)
  expect(error.message.length).toBeLessThan(400)
  expect(error.message).toMatch(/^GitHub refused PATCH in ann\/target with 422: Validation Failed xxx/)
})

test('errors that are none of GitHub’s stay what they are', () => {
  const bug = new TypeError('x is not a function')
  expect(explain(bug, 'ann/target')).toBe(bug)
  const transient = new TransientError('later')
  expect(explain(transient, 'ann/target')).toBe(transient)
})
