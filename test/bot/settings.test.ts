import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { credentialsFile, readBaseSettings, readServerSettings } from '../../src/bot/settings.ts'
import { ConfigurationError } from '../../src/values/errors.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PKCS1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const PKCS8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const SECRET = 'f'.repeat(64)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graft-settings-'))
  writeFileSync(join(folder, 'key.pem'), PKCS1)
})
afterAll(() => rmSync(folder, { recursive: true }))

function env(more: Record<string, string | undefined> = {}) {
  return { APP_ID: '7', WEBHOOK_SECRET: SECRET, PRIVATE_KEY: PKCS1, GRAFT_DATA: folder, ...more }
}

test('defaults', () => {
  expect(readServerSettings(env(), {})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    dataDir: folder,
    logLevel: 'info',
    apiUrl: 'https://api.github.com',
    appId: 7,
    privateKey: PKCS8,
    webhookSecret: SECRET,
    sweepMilliseconds: 300_000,
    concurrency: 4,
    shutdownMilliseconds: 8000,
  })
})

test('a flag wins over the environment, and the environment over what the set-up page wrote', () => {
  const data = mkdtempSync(join(folder, 'data-'))
  writeFileSync(
    credentialsFile(data),
    `APP_ID="9"\nWEBHOOK_SECRET="${'e'.repeat(64)}"\nPRIVATE_KEY="${PKCS8.replaceAll('\n', '\\n')}"\n`,
  )
  const bare = { GRAFT_DATA: data, PORT: '8080' }
  expect(readServerSettings(bare, {})).toMatchObject({ appId: 9, port: 8080, privateKey: PKCS8 })
  expect(readServerSettings({ ...bare, APP_ID: '8', WEBHOOK_SECRET: '' }, { port: '0' })).toMatchObject({
    appId: 8,
    port: 0,
  })
  expect(readServerSettings(bare, { appId: '10' }).appId).toBe(10)
})

test.each<[string, Record<string, string | undefined>]>([
  ['PEM', { PRIVATE_KEY: PKCS8 }],
  ['in one line', { PRIVATE_KEY: PKCS1.replaceAll('\n', '\\n') }],
  ['in quotes', { PRIVATE_KEY: `"${PKCS1.replaceAll('\n', '\\n')}"` }],
  ['base64', { PRIVATE_KEY: Buffer.from(PKCS1).toString('base64') }],
])('the key: %s', (_, more) => {
  expect(readServerSettings(env(more), {}).privateKey).toBe(PKCS8)
})

test('the key from a file, which wins when it is a flag', () => {
  const path = join(folder, 'key.pem')
  expect(readServerSettings(env({ PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: path }), {}).privateKey).toBe(PKCS8)
  expect(readServerSettings(env({ PRIVATE_KEY: 'nonsense' }), { privateKeyPath: path }).privateKey).toBe(PKCS8)
})

test.each<[string, Record<string, string | undefined>, RegExp]>([
  ['no App', { APP_ID: undefined }, /^APP_ID is missing: make the GitHub App with `graft serve --setup`/],
  ['an App that is no number', { APP_ID: 'Iv1.abc' }, /^APP_ID \(--app-id\) must be a whole number from 1/],
  ['no secret', { WEBHOOK_SECRET: undefined }, /^WEBHOOK_SECRET is missing/],
  ['an empty secret', { WEBHOOK_SECRET: '' }, /^WEBHOOK_SECRET is missing/],
  ["the library's secret", { WEBHOOK_SECRET: 'development' }, /^WEBHOOK_SECRET is a word that everybody knows/],
  ['a short secret', { WEBHOOK_SECRET: 'hunter2' }, /^WEBHOOK_SECRET has less than 16 characters/],
  ['no key', { PRIVATE_KEY: undefined }, /^PRIVATE_KEY and PRIVATE_KEY_PATH are missing/],
  ['a key that is none', { PRIVATE_KEY: 'hello' }, /^PRIVATE_KEY is no private key of a GitHub App/],
  ['half a key', { PRIVATE_KEY: PKCS1.slice(0, 400) }, /^PRIVATE_KEY is no private key of a GitHub App/],
  [
    'a key of another kind',
    { PRIVATE_KEY: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    /^PRIVATE_KEY is no private key of a GitHub App/,
  ],
  [
    'a file that is not there',
    { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/nowhere/key.pem' },
    /^PRIVATE_KEY_PATH cannot be read: ENOENT/,
  ],
  ['a port that is none', { PORT: '70000' }, /^PORT \(--port\) must be a whole number from 0 to 65535; "70000" is not/],
  ['a level that is none', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL \(--log-level\) must be one of trace, debug/],
  [
    'an API without TLS',
    { GITHUB_API_URL: 'http://github.example.com' },
    /^GITHUB_API_URL \(--api-url\) must be an https address/,
  ],
  ['an API that is no address', { GITHUB_API_URL: 'github' }, /^GITHUB_API_URL/],
  [
    'an API with a password',
    { GITHUB_API_URL: 'https://user:pass@github.example.com' },
    /"https:\/\/github\.example\.com" is not/,
  ],
  ['a sweep all the time', { GRAFT_SWEEP_MINUTES: '0' }, /^GRAFT_SWEEP_MINUTES/],
  ['half a job', { GRAFT_CONCURRENCY: '0.5' }, /^GRAFT_CONCURRENCY/],
])('%s', (_, more, expected) => {
  const read = () => readServerSettings(env(more), {})
  expect(read).toThrow(ConfigurationError)
  expect(read).toThrow(expected)
  try {
    read()
  } catch (error) {
    expect(String(error)).not.toContain(SECRET)
    expect(String(error)).not.toContain(PKCS1.split('\n')[1])
  }
})

test.each([
  [{ GHE_HOST: 'github.example.com' }, 'https://github.example.com/api/v3'],
  [{ GITHUB_API_URL: 'https://github.example.com/api/v3/' }, 'https://github.example.com/api/v3'],
  [{ GITHUB_API_URL: 'http://127.0.0.1:4000', GHE_HOST: 'other' }, 'http://127.0.0.1:4000'],
])('another GitHub: %o', (more, expected) => {
  expect(readBaseSettings(env(more), {}).apiUrl).toBe(expected)
})
