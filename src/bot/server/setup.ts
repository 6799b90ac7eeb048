/**
 * Probot's set-up page: it makes the GitHub App from the manifest (`app.yml`) in two clicks, or takes over one that exists.
 * Whoever reaches the page can do that, so it listens on loopback unless told otherwise, and writes credentials only once.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from 'probot'
import { z } from 'zod'
import { ConfigurationError } from '../../values/errors.ts'
import type { Log } from '../log.ts'
import { credentialsFile } from '../settings.ts'
import { makeDataDir } from './data-dir.ts'
import { readManifest } from './manifest.ts'

const credentialsSchema = z.object({
  APP_ID: z.coerce.string().regex(/^\d+$/),
  PRIVATE_KEY: z.string().min(1),
  WEBHOOK_SECRET: z.string().min(1),
})

export interface SetupOptions {
  readonly port: number
  readonly host: string
  readonly dataDir: string
  /** Where GitHub will reach the server, without a path: `https://graft.example.org`. */
  readonly publicUrl: string
  readonly webhookPath: string
  /** Path of `app.yml`. */
  readonly manifest: string
  /** Base of the REST API; on another host than GitHub's own the page sends people there. */
  readonly apiUrl: string
  readonly log: Log
  /** Called once, after the credentials were written. */
  readonly onDone: (file: string) => void
}

/**
 * Shows the page until it is closed.
 *
 * @throws ConfigurationError when there are credentials already, or the address cannot be used.
 */
export async function startSetup(options: SetupOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const file = credentialsFile(options.dataDir)
  if (existsSync(file)) {
    throw new ConfigurationError(`This server is set up already. Delete ${file} first if that is to be done anew.`)
  }
  const url = URL.parse(options.publicUrl)
  if (url === null || url.protocol !== 'https:' || url.pathname !== '/' || url.search || url.username) {
    throw new ConfigurationError(
      '--url must be the https address where GitHub will reach this server, such as https://graft.example.org.',
    )
  }

  await makeDataDir(options.dataDir)
  // Probot reads the manifest from the working folder and the rest from the environment of the process.
  const folder = await mkdtemp(join(tmpdir(), 'graft-setup-'))
  await writeFile(join(folder, 'app.yml'), await completeManifest(options.manifest, url.origin, options.webhookPath))
  const before = process.cwd()
  process.chdir(folder)
  process.env.NO_SMEE_SETUP = 'true'
  delete process.env.WEBHOOK_PROXY_URL
  // In production Probot has no set-up page.
  delete process.env.NODE_ENV
  const api = new URL(options.apiUrl)
  if (api.host !== 'api.github.com') {
    process.env.GHE_HOST = api.host
    process.env.GHE_PROTOCOL = api.protocol.slice(0, -1)
  }

  let written = false
  const updateEnv = (given: NodeJS.ProcessEnv) => {
    if (written) throw new ConfigurationError('This server was set up a moment ago; the page does it once.')
    const credentials = credentialsSchema.parse(given)
    writeFileSync(file, formatCredentials(credentials), { mode: 0o600, flag: 'wx' })
    written = true
    options.onDone(file)
    return { ...given }
  }
  const server = await run(() => undefined, {
    env: { HOST: options.host, PORT: String(options.port) },
    log: options.log,
    updateEnv,
  })
  return {
    url: `http://${server.host}:${server.port}`,
    async close() {
      await server.stop()
      process.chdir(before)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The manifest with what only this installation knows. JSON, which is YAML as well. */
async function completeManifest(path: string, publicUrl: string, webhookPath: string): Promise<string> {
  const manifest = await readManifest(path)
  const complete = { url: publicUrl, ...manifest, hook_attributes: { url: `${publicUrl}${webhookPath}`, active: true } }
  // Probot puts it between apostrophes into its page.
  return JSON.stringify(complete).replaceAll("'", '’')
}

/** One line each, as `parseEnv` reads them. */
function formatCredentials(credentials: z.infer<typeof credentialsSchema>): string {
  return Object.entries(credentials)
    .map(([name, value]) => `${name}="${value.trim().replace(/^"|"$/g, '').replace(/\r?\n/g, '\\n')}"\n`)
    .join('')
}
