import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from '../../src/bot/log.ts'
import { lackingOf, readManifest } from '../../src/bot/server/manifest.ts'
import { startSetup } from '../../src/bot/server/setup.ts'
import { WEBHOOK_PATH } from '../../src/bot/server.ts'
import { credentialsFile, readServerSettings } from '../../src/bot/settings.ts'

const MANIFEST = fileURLToPath(new URL('../../app.yml', import.meta.url))
const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString()
const SECRET = 'c'.repeat(40)

let folder: string
let github: Server
let asked: string[]

/** GitHub's answer to a manifest that was confirmed. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graft-setup-test-'))
  asked = []
  github = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(201, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id: 7,
        pem: PEM,
        webhook_secret: SECRET,
        client_id: 'id',
        client_secret: 'client secret',
        html_url: 'https://github.example/apps/graft',
      }),
    )
  })
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await new Promise((resolve) => github.close(resolve))
  rmSync(folder, { recursive: true })
})

/** Probot takes port 0 for its default. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function open(publicUrl = 'https://graft.example.org') {
  for (const name of ['NODE_ENV', 'NO_SMEE_SETUP', 'WEBHOOK_PROXY_URL', 'GHE_HOST', 'GHE_PROTOCOL'])
    vi.stubEnv(name, '')
  const done: string[] = []
  const page = await startSetup({
    port: await freePort(),
    host: '127.0.0.1',
    dataDir: folder,
    publicUrl,
    webhookPath: WEBHOOK_PATH,
    manifest: MANIFEST,
    apiUrl: `http://127.0.0.1:${(github.address() as AddressInfo).port}/api/v3`,
    log: createLog('silent', []),
    onDone: (file) => done.push(file),
  })
  return { page, done }
}

test('the page offers the manifest, and what GitHub answers becomes the configuration of the server, once', async () => {
  const { page, done } = await open()
  try {
    const html = await (await fetch(`${page.url}/probot`)).text()
    const manifest = JSON.parse(/id="manifest" value='([^']*)'/.exec(html)?.[1] ?? '') as Record<string, unknown>
    expect(manifest).toMatchObject({
      name: 'Graft',
      public: false,
      url: 'https://graft.example.org',
      hook_attributes: { url: `https://graft.example.org${WEBHOOK_PATH}`, active: true },
      redirect_url: `${page.url}/probot/setup`,
    })
    expect(manifest.default_permissions).toEqual((await readManifest(MANIFEST)).default_permissions)

    const confirmed = await fetch(`${page.url}/probot/setup?code=c0de`, { redirect: 'manual' })
    expect([confirmed.status, confirmed.headers.get('location')]).toEqual([
      302,
      'https://github.example/apps/graft/installations/new',
    ])
    expect(asked).toEqual(['POST /api/v3/app-manifests/c0de/conversions'])
    const file = credentialsFile(folder)
    expect(done).toEqual([file])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const settings = readServerSettings({ GRAFT_DATA: folder }, {})
    expect(settings).toMatchObject({ appId: 7, webhookSecret: SECRET })
    expect(settings.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/)

    const written = readFileSync(file, 'utf8')
    expect((await fetch(`${page.url}/probot/setup?code=another`, { redirect: 'manual' })).status).toBe(500)
    expect(readFileSync(file, 'utf8')).toBe(written)
  } finally {
    await page.close()
  }
  await expect(open()).rejects.toThrow(/is set up already\. Delete /)
})

test.each(['http://graft.example.org', 'graft.example.org', 'https://graft.example.org/path'])(
  'an address that GitHub could not reach is refused: %s',
  async (address) => {
    await expect(open(address)).rejects.toThrow(/^--url must be the https address/)
  },
)

test('what an App lacks of the manifest is named', async () => {
  const manifest = await readManifest(MANIFEST)
  const { default_permissions: permissions, default_events: events } = manifest
  expect(lackingOf(manifest, { permissions, events })).toEqual([])
  expect(
    lackingOf(manifest, {
      permissions: { ...permissions, contents: 'read' },
      events: events.filter((event) => event !== 'push'),
    }),
  ).toEqual(['the permission contents: write', 'the event push'])
})
