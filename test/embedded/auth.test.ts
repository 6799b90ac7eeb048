import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuth } from '../../src/embedded/auth.ts'
import type { Installation } from '../../src/embedded/entities.ts'
import { refusalOf, type Stage, setStage, WHERE } from './support/github.ts'

let stage: Stage

beforeAll(async () => {
  stage = await setStage()
})

afterAll(() => stage.close())

function jwt(claims: object, privateKey: string, alg = 'RS256'): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`
}

describe('the App itself', () => {
  test('is shown to its own JWT, with its permissions and events', async () => {
    const { data } = await stage.app.rest.apps.getAuthenticated()
    expect(data).toMatchObject({ id: stage.github.app.id, slug: 'graft', name: 'Graft', installations_count: 1 })
    expect(data?.permissions).toMatchObject({ issues: 'write', metadata: 'read' })
    expect(data?.events).toContain('issue_comment')
  })

  test('is refused with another key, another issuer, too long, too late, or no RS256', async () => {
    const { id, privateKey } = stage.github.app
    const now = Math.floor(Date.now() / 1000)
    const good = { iss: String(id), iat: now - 30, exp: now + 500 }
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const foreign = other.export({ type: 'pkcs8', format: 'pem' }).toString()
    const ask = (token: string) => refusalOf(stage.withToken(token).request('GET /app'))
    const decoded = 'A JSON web token could not be decoded'
    expect(await ask(jwt(good, foreign))).toMatchObject({ status: 401, message: decoded })
    expect(await ask(jwt(good, privateKey, 'none'))).toMatchObject({ status: 401, message: decoded })
    expect(await ask('a.b.c')).toMatchObject({ status: 401, message: decoded })
    expect(await ask(jwt({ ...good, iss: 1 }, privateKey))).toMatchObject({ status: 404 })
    const late = await ask(jwt({ ...good, iat: now - 900, exp: now - 300 }, privateKey))
    expect(late).toMatchObject({ status: 401, message: expect.stringContaining("('exp') must be") })
    const long = await ask(jwt({ ...good, exp: now + 3600 }, privateKey))
    expect(long).toMatchObject({ status: 401, message: expect.stringContaining('too far in the future') })
    const early = await ask(jwt({ ...good, iat: now + 300 }, privateKey))
    expect(early).toMatchObject({ status: 401, message: expect.stringContaining("('iat')") })
    const accepted = await stage.withToken(jwt(good, privateKey)).request('GET /app')
    expect(accepted.status).toBe(200)
  })

  test('sees its installations and the one of a repository, and nothing of what they may see', async () => {
    const { data: all } = await stage.app.rest.apps.listInstallations()
    expect(all).toMatchObject([{ id: stage.installation, account: { login: 'ada' }, suspended_at: null }])
    const { data: one } = await stage.app.rest.apps.getRepoInstallation(WHERE)
    expect(one.id).toBe(stage.installation)
    const { id, privateKey } = stage.github.app
    const now = Math.floor(Date.now() / 1000)
    const own = stage.withToken(jwt({ iss: id, iat: now, exp: now + 60 }, privateKey))
    const refusal = await refusalOf(own.rest.issues.listForRepo(WHERE))
    expect(refusal).toMatchObject({ status: 403, message: 'Resource not accessible by integration' })
    const made = await stage.app.rest.apps.createInstallationAccessToken({ installation_id: stage.installation })
    const asBot = await refusalOf(stage.withToken(made.data.token).request('GET /app'))
    expect(asBot).toMatchObject({ status: 401 })
  })
})

describe('installation tokens', () => {
  test('reach the installation’s repositories and say so', async () => {
    const { data } = await stage.bot.rest.apps.listReposAccessibleToInstallation()
    expect(data.total_count).toBe(1)
    expect(data.repositories).toMatchObject([{ full_name: 'ada/proxima', default_branch: 'main' }])
  })

  test('end after an hour', () => {
    let now = Date.parse('2026-01-01T00:00:00.500Z')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const auth = createAuth(1, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), () => now)
    const installation = { id: 7, state: 'active', permissions: {} } as Installation
    const made = auth.installation(installation, undefined, undefined)
    expect(made.expires).toBe(Date.parse('2026-01-01T01:00:00Z'))
    now = made.expires - 1
    expect(auth.authenticate(`token ${made.token}`)).toMatchObject({ kind: 'installation', installation: { id: 7 } })
    now = made.expires
    expect(() => auth.authenticate(`Bearer ${made.token}`)).toThrow('Bad credentials')
  })

  test('can be narrowed to repositories and permissions', async () => {
    await stage.github.addRepository({ owner: 'ada', name: 'second', from: stage.folder })
    stage.github.setInstallationRepositories(stage.installation, ['ada/proxima', 'ada/second'])
    const narrow = await stage.app.rest.apps.createInstallationAccessToken({
      installation_id: stage.installation,
      repositories: ['second'],
      permissions: { issues: 'read' },
    })
    expect(narrow.data.repositories).toMatchObject([{ name: 'second' }])
    const client = stage.withToken(narrow.data.token)
    const { data } = await client.rest.apps.listReposAccessibleToInstallation()
    expect(data.repositories.map(({ name }) => name)).toEqual(['second'])
    const second = { owner: 'ada', repo: 'second' }
    expect((await client.rest.issues.listForRepo(second)).status).toBe(200)
    expect(await refusalOf(client.rest.issues.create({ ...second, title: 'x' }))).toMatchObject({ status: 403 })
    expect(await refusalOf(client.rest.issues.create({ ...WHERE, title: 'x' }))).toMatchObject({ status: 403 })
    const tooMuch = { installation_id: stage.installation, permissions: { administration: 'write' } } as const
    expect(await refusalOf(stage.app.rest.apps.createInstallationAccessToken(tooMuch))).toMatchObject({
      status: 422,
      message: 'The permissions requested are not granted to this installation.',
    })
    const unknown = { installation_id: stage.installation, repositories: ['none'] }
    expect(await refusalOf(stage.app.rest.apps.createInstallationAccessToken(unknown))).toMatchObject({ status: 422 })
    stage.github.setInstallationRepositories(stage.installation, ['ada/proxima'])
  })

  test('are refused when unknown, while suspended, and after the end of the installation', async () => {
    const unknown = await refusalOf(stage.withToken('ghs_unknown').rest.issues.listForRepo(WHERE))
    expect(unknown).toMatchObject({ status: 401, message: 'Bad credentials' })
    await stage.github.addRepository({ owner: 'ben', name: 'own', from: stage.folder })
    const id = stage.github.install('ben', ['ben/own'])
    const { data } = await stage.app.rest.apps.createInstallationAccessToken({ installation_id: id })
    const client = stage.withToken(data.token)
    const list = () => client.rest.issues.listForRepo({ owner: 'ben', repo: 'own' })
    expect((await list()).status).toBe(200)
    stage.github.setInstallation(id, 'suspended')
    const message = 'This installation has been suspended'
    expect(await refusalOf(list())).toMatchObject({ status: 403, message })
    const again = stage.app.rest.apps.createInstallationAccessToken({ installation_id: id })
    expect(await refusalOf(again)).toMatchObject({ status: 403, message })
    stage.github.setInstallation(id, 'active')
    expect((await list()).status).toBe(200)
    stage.github.setInstallation(id, 'deleted')
    expect(await refusalOf(list())).toMatchObject({ status: 401 })
    const gone = stage.app.rest.apps.createInstallationAccessToken({ installation_id: id })
    expect(await refusalOf(gone)).toMatchObject({ status: 404 })
  })

  test('need the permission of each route, and the refusal names it', async () => {
    const { github, bot, installation } = stage
    const cases = [
      ['issues', () => bot.rest.issues.create({ ...WHERE, title: 'x' }), 'issues=write'],
      ['checks', () => bot.rest.checks.create({ ...WHERE, name: 'x', head_sha: 'main' }), 'checks=write'],
      ['actions', () => bot.rest.actions.listWorkflowRunsForRepo(WHERE), 'actions=read'],
      ['contents', () => bot.rest.git.getRef({ ...WHERE, ref: 'heads/main' }), 'contents=read'],
      ['pull_requests', () => bot.rest.pulls.list(WHERE), 'pull_requests=read'],
    ] as const
    for (const [name, call, accepted] of cases) {
      github.setInstallationPermission(installation, name, undefined)
      const refusal = await refusalOf(call())
      expect(refusal).toMatchObject({ status: 403, message: 'Resource not accessible by integration' })
      expect(refusal.headers['x-accepted-github-permissions']).toBe(accepted)
      github.setInstallationPermission(installation, name, 'write')
      expect((await call()).status).toBeLessThan(300)
    }
  })

  test('read what is public where the App is not installed, and write nothing', async () => {
    await stage.github.addRepository({ owner: 'ben', name: 'public', from: stage.folder })
    const elsewhere = { owner: 'ben', repo: 'public' }
    await stage.as('ben').rest.issues.create({ ...elsewhere, title: 'x' })
    expect((await stage.bot.rest.issues.get({ ...elsewhere, issue_number: 1 })).status).toBe(200)
    const comment = stage.bot.rest.issues.createComment({ ...elsewhere, issue_number: 1, body: 'x' })
    expect(await refusalOf(comment)).toMatchObject({ status: 403 })
  })

  test('with read do not write', async () => {
    stage.github.setInstallationPermission(stage.installation, 'issues', 'read')
    expect((await stage.bot.rest.issues.listForRepo(WHERE)).status).toBe(200)
    expect(await refusalOf(stage.bot.rest.issues.create({ ...WHERE, title: 'x' }))).toMatchObject({ status: 403 })
    stage.github.setInstallationPermission(stage.installation, 'issues', 'write')
  })
})

describe('people', () => {
  test('are who their token says; an installation is nobody', async () => {
    expect((await stage.as('ben').rest.users.getAuthenticated()).data.login).toBe('ben')
    expect(await refusalOf(stage.bot.rest.users.getAuthenticated())).toMatchObject({ status: 403 })
    expect((await stage.bot.rest.users.getByUsername({ username: 'Ada' })).data.login).toBe('ada')
    expect(await refusalOf(stage.bot.rest.users.getByUsername({ username: 'nobody' }))).toMatchObject({ status: 404 })
  })

  test('have the permission that they have now', async () => {
    const of = async (username: string) =>
      (await stage.bot.rest.repos.getCollaboratorPermissionLevel({ ...WHERE, username })).data
    expect(await of('ada')).toMatchObject({ permission: 'admin', user: { login: 'ada' } })
    expect(await of('ben')).toMatchObject({ permission: 'write', role_name: 'write' })
    expect(await of('cleo')).toMatchObject({ permission: 'read' })
    stage.github.setPermission('ada/proxima', 'ben', 'read')
    expect(await of('ben')).toMatchObject({ permission: 'read' })
    stage.github.setPermission('ada/proxima', 'ben', 'write')
    expect(await refusalOf(of(randomUUID()))).toMatchObject({ status: 404 })
    const { data } = await stage.bot.rest.repos.listCollaborators({ ...WHERE, permission: 'push' })
    expect(data.map(({ login }) => login)).toEqual(['ada', 'ben'])
  })

  test('see no private repository that is not theirs', async () => {
    await stage.github.addRepository({ owner: 'ada', name: 'secret', from: stage.folder, private: true })
    const secret = { owner: 'ada', repo: 'secret' }
    expect((await stage.as('ada').rest.repos.get(secret)).data.private).toBe(true)
    for (const client of [stage.as('cleo'), stage.bot, stage.withToken(undefined)]) {
      expect(await refusalOf(client.rest.repos.get(secret))).toMatchObject({ status: 404, message: 'Not Found' })
    }
    expect(await refusalOf(stage.withToken(undefined).rest.issues.create({ ...WHERE, title: 'x' }))).toMatchObject({
      status: 401,
    })
  })
})

test('every answer carries the rate limit, counted for whoever asks', async () => {
  const first = await stage.as('cleo').rest.repos.get(WHERE)
  const second = await stage.as('cleo').rest.repos.get(WHERE)
  expect(first.headers['x-ratelimit-limit']).toBe('5000')
  expect(Number(first.headers['x-ratelimit-remaining']) - Number(second.headers['x-ratelimit-remaining'])).toBe(1)
  expect(Number(first.headers['x-ratelimit-reset'])).toBeGreaterThan(Date.now() / 1000)
  expect((await stage.as('cleo').rest.rateLimit.get()).data.rate.limit).toBe(5000)
})

test('an unknown route is a 404 and stands in the log without a template', async () => {
  const refusal = await refusalOf(stage.bot.request('GET /repos/{owner}/{repo}/nothing?x=1', WHERE))
  expect(refusal).toMatchObject({ status: 404, message: 'Not Found' })
  expect(stage.github.exchanges.at(-1)).toMatchObject({
    method: 'GET',
    path: '/repos/ada/proxima/nothing?x=1',
    route: undefined,
    actor: `installation:${stage.installation}`,
    status: 404,
  })
  await stage.bot.rest.issues.get({ ...WHERE, issue_number: 1 })
  expect(stage.github.exchanges.at(-1)).toMatchObject({
    route: '/repos/{owner}/{repo}/issues/{issue_number}',
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
  })
})
