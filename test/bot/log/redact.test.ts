import { generateKeyPairSync } from 'node:crypto'
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../src/bot/log/redact.ts'
import { createLog } from '../../../src/bot/log.ts'

const SECRET = 'webhook/secret+with=signs & spaces'
const TOKEN = `ghs_${'a1B2c3D4'.repeat(5)}`
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const redact = createRedactor([SECRET, KEY])

const encodings: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['in JSON', (text) => JSON.stringify({ text })],
  ['in base64', (text) => Buffer.from(text).toString('base64')],
  ['in base64 of a URL', (text) => Buffer.from(text).toString('base64url')],
  ['behind one byte, in base64', (text) => Buffer.from(`x${text}`).toString('base64')],
  ['behind two bytes, in base64', (text) => Buffer.from(`xy${text}`).toString('base64')],
  ['as a password, in base64', (text) => `Basic ${Buffer.from(`x-access-token:${text}`).toString('base64')}`],
  ['percent-encoded', encodeURIComponent],
  ['in an address', (text) => `https://x-access-token:${encodeURIComponent(text)}@github.example/o/r.git`],
]

describe.each([
  ['a known secret', SECRET],
  ['a token', TOKEN],
])('%s', (_, secret) => {
  test.each(encodings)('%s', (_, encode) => {
    const redacted = redact(`before ${encode(secret)} after`)
    for (const [, other] of encodings.slice(0, 4)) expect(redacted).not.toContain(other(secret).replace(/=+$/, ''))
    expect(redacted).not.toContain(encodeURIComponent(secret))
    const decoded = redacted.split(/[^A-Za-z0-9+/_=-]+/).map((run) => Buffer.from(run, 'base64').toString('latin1'))
    expect(decoded.join(' ')).not.toContain(secret)
    expect(redacted).toMatch(/^before .*after$/)
  })
})

test('a private key: whole, line by line, and one that nobody knew of', () => {
  for (const line of KEY.split('\n').slice(1, -2)) expect(redact(`${KEY} ${line}`)).not.toContain(line)
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString()
  expect(redact(JSON.stringify({ other }))).toBe('{"other":"[redacted]\\n"}')
})

test.each([
  `github_pat_${'1A'.repeat(20)}`,
  'v1.1f699f1069f60xxx'.replace('xxx', '0'.repeat(27)),
  `eyJhbGciOiJSUzI1NiJ9.${'e30'.repeat(5)}.${'c2ln'.repeat(9)}`,
  `sha256=${'0f'.repeat(32)}`,
  `Bearer ${'x1'.repeat(12)}`,
])('%s', (secret) => {
  expect(redact(`a ${secret} b`)).toMatch(/^a (Bearer )?\[redacted\] b$/)
})

test('text of any shape is looked through in time that grows with its length', () => {
  const redact = createRedactor(['0123456789abcdef'])
  const begin = performance.now()
  for (const text of [`${'a'.repeat(60_000)} %41`, 'eyJ'.repeat(20_000), '%4'.repeat(30_000)]) redact(text)
  expect(performance.now() - begin).toBeLessThan(1000)
})

test('ordinary text stays as it is', () => {
  for (const text of [
    '{"level":"info","delivery":"72d3162e-cc78-11e3-81ab-4c9367dc0958","repository":"owner/some-quite-long-name","msg":"job done"}',
    'GET /repos/owner/repository/git/ref/heads%2Fgraft%2F12-x - 200',
    `commit ${'0123456789abcdef'.repeat(2)}01234567`,
    'https://api.github.com/repos/o/r/issues?since=2026-01-01T00%3A00%3A00Z',
  ]) {
    expect(redact(text)).toBe(text)
  }
})

test('a secret that is too short would blot out ordinary text', () => {
  expect(() => createRedactor(['short'])).toThrow(RangeError)
})

test('the log writes an error with its cause and request, without what is secret in it', () => {
  let written = ''
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk)
      done()
    },
  })
  const log = createLog('info', [SECRET], destination).child({ delivery: 'd-1' })
  const error = Object.assign(new Error(`Bad credentials ${TOKEN}`, { cause: new Error(SECRET) }), {
    request: { url: 'https://github.example', headers: { authorization: `token ${TOKEN}` }, body: { token: TOKEN } },
  })
  log.warn({ err: error }, 'request failed')
  const line = JSON.parse(written) as Record<string, unknown>
  expect(line).toMatchObject({
    level: 'warn',
    delivery: 'd-1',
    msg: 'request failed',
    err: { message: 'Bad credentials [redacted]: [redacted]' },
  })
  expect(written).not.toContain(TOKEN)
  expect(written).not.toContain(SECRET)
})
