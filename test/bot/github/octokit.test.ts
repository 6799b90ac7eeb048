import { generateKeyPairSync } from 'node:crypto'
import { Probot } from 'probot'
import { expect, test, vi } from 'vitest'
import { createOctokitClass } from '../../../src/bot/github/octokit.ts'
import { explain } from '../../../src/repository/github/errors.ts'
import { TransientError } from '../../../src/values/errors.ts'
import { scriptedGithub } from '../support/scripted-github.ts'

const COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
const repo = { owner: 'ann', repo: 'target' }
const comment = { ...repo, issue_number: 1, body: 'hello' }

test('a write is sent once, whatever is answered; a read again', async () => {
  const to = 'POST /repos/ann/target/issues/1/comments'
  const github = await scriptedGithub({ to, status: 502 }, { to, drop: true }, { to, status: 503 })
  const octokit = github.client()
  for (let sent = 0; sent < 3; sent++) await expect(octokit.request(COMMENT, comment)).rejects.toThrow()
  expect(github.seen).toHaveLength(3)
  const read = 'GET /repos/ann/target'
  github.expect({ to: read, status: 502 }, { to: read, drop: true }, { to: read, body: { id: 7 } })
  expect((await octokit.request('GET /repos/{owner}/{repo}', repo)).data.id).toBe(7)
})

test.each([
  [{ 'retry-after': '30' }, 30_000],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1040' }, 41_000],
])('nothing is sent before the wait is over, for this installation only (%j)', async (headers, wait) => {
  const clock = { now: 1_000_000 }
  const to = 'POST /repos/ann/target/issues/1/comments'
  const limited = { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } }
  const github = await scriptedGithub({ to, headers, ...limited })
  const [ours, others] = [1, 2].map((installation) => github.client({ installation, now: () => clock.now }))
  if (ours === undefined || others === undefined) throw new Error('no client')
  await expect(ours.request(COMMENT, comment)).rejects.toThrow(/secondary rate limit/)
  clock.now += wait - 1
  const early = await ours.request('GET /repos/{owner}/{repo}', repo).catch((error: unknown) => error)
  expect(early).toBeInstanceOf(TransientError)
  expect(early).toMatchObject({ retryAfterMilliseconds: 1 })
  expect(github.seen).toHaveLength(1)
  github.expect({ to: 'GET /repos/ann/target' })
  await others.request('GET /repos/{owner}/{repo}', repo)
  clock.now += 1
  github.expect({ to, status: 201, body: { id: 5 } })
  await expect(ours.request(COMMENT, comment)).resolves.toMatchObject({ data: { id: 5 } })
})

test('what waits in the client when the limit comes is held back too', async () => {
  const limited = Promise.withResolvers<void>()
  const github = await scriptedGithub(
    { to: 'GET /repos/ann/target', status: 502, after: limited.promise },
    { to: 'GET /rate_limit', status: 429, headers: { 'retry-after': '60' } },
  )
  const octokit = github.client()
  const repeated = octokit.request('GET /repos/{owner}/{repo}', repo).catch((error: unknown) => error)
  await vi.waitFor(() => expect(github.seen).toHaveLength(1))
  await expect(octokit.request('GET /rate_limit')).rejects.toMatchObject({ status: 429 })
  limited.resolve()
  const failure = explain(await repeated, 'ann/target')
  expect(failure).toBeInstanceOf(TransientError)
  expect((failure as TransientError).retryAfterMilliseconds).toBeGreaterThan(50_000)
  expect(github.seen).toHaveLength(2)
})

test('a renamed repository is followed with method and body; another host never gets a write or the token', async () => {
  const to = 'POST /repos/ann/target/issues/1/comments'
  const moved = '/repositories/7/issues/1/comments'
  const github = await scriptedGithub(
    { to, status: 301, headers: { location: moved }, body: { message: 'Moved Permanently' } },
    { to: `POST ${moved}`, status: 201, body: { id: 5 } },
  )
  const octokit = github.client()
  await expect(octokit.request(COMMENT, comment)).resolves.toMatchObject({ status: 201, data: { id: 5 } })
  expect(github.seen[1]).toMatchObject({ body: { body: 'hello' }, authorization: 'token secret-token' })

  const elsewhere = await scriptedGithub()
  github.expect({ to, status: 307, headers: { location: `${elsewhere.url}/x` } })
  await expect(octokit.request(COMMENT, comment)).rejects.toMatchObject({ status: 410 })
  github.expect({ to: 'GET /repos/ann/target', status: 302, headers: { location: `${elsewhere.url}/x` } })
  elsewhere.expect({ to: 'GET /x', body: { id: 9 } })
  await expect(octokit.request('GET /repos/{owner}/{repo}', repo)).resolves.toMatchObject({ data: { id: 9 } })
  expect(elsewhere.seen.map(({ authorization }) => authorization)).toEqual([undefined])
})

test('a redirect without end is no success', async () => {
  const to = 'GET /repos/ann/target'
  const around = { to, status: 301, headers: { location: '/repos/ann/target' } }
  const github = await scriptedGithub(around, around, around, around)
  await expect(github.client().request('GET /repos/{owner}/{repo}', repo)).rejects.toMatchObject({ status: 410 })
})

test('an answer that does not come is given up, and is transient', async () => {
  const github = await scriptedGithub({ to: 'POST /repos/ann/target/issues/1/comments', hang: true })
  const failure = await github
    .client({ timeout: 20 })
    .request(COMMENT, comment)
    .catch((error: unknown) => error)
  expect(explain(failure, 'ann/target')).toBeInstanceOf(TransientError)
})

test('Probot’s clients keep one wait for each installation, the requests of tokens included', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const limited = { status: 403, headers: { 'retry-after': '60' }, body: { message: 'secondary rate limit' } }
  const token = (id: number) => ({
    to: `POST /app/installations/${id}/access_tokens`,
    status: 201,
    body: { token: `token-${id}`, expires_at: '2999-01-01T00:00:00Z', permissions: {}, repository_selection: 'all' },
  })
  const to = 'GET /repos/ann/target'
  const github = await scriptedGithub(
    { ...token(7), ...limited },
    token(8),
    { to, body: { id: 1 } },
    { to, ...limited },
  )
  const Octokit = createOctokitClass({ baseUrl: github.url, retryBaseMilliseconds: 1 })
  const probot = new Probot({ appId: 1, privateKey, secret: 's', baseUrl: github.url, Octokit, logLevel: 'fatal' })
  const [seven, eight] = [await probot.auth(7), await probot.auth(8)]
  const read = (octokit: Awaited<ReturnType<typeof probot.auth>>) =>
    octokit.request('GET /repos/{owner}/{repo}', repo).catch((error: unknown) => explain(error, 'ann/target'))
  await expect(read(seven)).resolves.toMatchObject({ audience: 'transient', retryAfterMilliseconds: 60_000 })
  await expect(read(seven)).resolves.toBeInstanceOf(TransientError)
  await expect(read(eight)).resolves.toMatchObject({ data: { id: 1 } })
  await expect(read(eight)).resolves.toBeInstanceOf(TransientError)
  await expect(read(await probot.auth(8))).resolves.toBeInstanceOf(TransientError)
  expect(github.seen.map(({ request }) => request)).toEqual([token(7).to, token(8).to, to, to])
  expect(github.seen.at(-1)?.authorization).toBe('token token-8')
})

test('the writes of one branch follow each other at once; more than a few are a second apart', async () => {
  const to = 'POST /repos/ann/target/git/trees'
  const writes = Array.from({ length: 22 }, () => ({ to, status: 201, body: { sha: 'a'.repeat(40) } }))
  const github = await scriptedGithub(...writes)
  const octokit = github.client({ throttle: true })
  const ends: number[] = []
  const begin = performance.now()
  for (const _ of writes) {
    await octokit.request('POST /repos/{owner}/{repo}/git/trees', { ...repo, tree: [] })
    ends.push((performance.now() - begin) / 1000)
  }
  const [burst = 0, next = 0, last = 0] = ends.slice(19)
  expect(burst).toBeLessThan(1)
  expect(last - burst).toBeGreaterThan(1)
  expect(last - next).toBeGreaterThan(0.7)
})

test('comments are at least a second apart', async () => {
  const to = 'POST /repos/ann/target/issues/1/comments'
  const github = await scriptedGithub({ to, status: 201, body: { id: 1 } }, { to, status: 201, body: { id: 2 } })
  const octokit = github.client({ throttle: true })
  await octokit.request(COMMENT, comment)
  const begin = performance.now()
  await octokit.request(COMMENT, comment)
  expect(performance.now() - begin).toBeGreaterThan(900)
  expect(performance.now() - begin).toBeLessThan(2900)
})
