/** `graft serve`: the GitHub App's server. Its log goes to standard output as JSON; errors of the configuration to standard error. */
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import type { ServerFlags } from '../bot/settings.ts'
import { ConfigurationError } from '../values/errors.ts'
import { printJson, reportError } from './context.ts'
import { EXIT } from './exit.ts'
import { harmless, terminal } from './terminal.ts'

const MANIFEST = fileURLToPath(new URL('../../app.yml', import.meta.url))

interface ServeOptions extends ServerFlags {
  readonly check?: boolean
  readonly setup?: boolean
  readonly url?: string
  readonly json?: boolean
}

export function serveCommand(): Command {
  const summary = 'Run the GitHub App: hear of issues and answer with pull requests'
  return new Command('serve')
    .summary(summary)
    .description(`${summary}. Every option has an environment variable (docs/install.md); secrets have no option.`)
    .option('--port <number>', 'port to listen on, 0 for a free one (PORT; default: 3000)')
    .option('--host <address>', 'address to listen on (HOST; default: 127.0.0.1)')
    .option('--data <dir>', 'folder of the queue (GRAFT_DATA; default: ~/.local/share/graft)')
    .option('--app-id <id>', 'id of the GitHub App (APP_ID)')
    .option('--private-key-path <file>', 'its private key (PRIVATE_KEY_PATH, or the key itself in PRIVATE_KEY)')
    .option('--api-url <url>', "another GitHub's REST API (GITHUB_API_URL, or its host in GHE_HOST)")
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent (LOG_LEVEL; default: info)')
    .option('--sweep-minutes <n>', 'minutes between two looks at everything (GRAFT_SWEEP_MINUTES; default: 5)')
    .option('--concurrency <n>', 'integrations that are worked on at once (GRAFT_CONCURRENCY; default: 4)')
    .option('--shutdown-seconds <n>', 'how long work may go on after SIGTERM (GRAFT_SHUTDOWN_SECONDS; default: 8)')
    .option('--check', 'check the configuration, ask GitHub who the App is, and end')
    .option('--setup', 'show the page that makes the GitHub App, and write its credentials into the data folder')
    .option('--url <url>', 'with --setup: https address where GitHub will reach this server')
    .option('--json', 'with --check: print the result as JSON on standard output')
    .action(async (options: ServeOptions) => {
      try {
        if (options.setup) await setUp(options)
        else if (options.check) await check(options)
        else await serve(options)
      } catch (error) {
        process.exitCode = reportError(error, terminal(process.stderr), options.json)
      }
    })
}

/** Runs until a signal, then ends in order. A second signal ends at once: what was accepted is kept in any case. */
async function serve(options: ServeOptions): Promise<void> {
  const [{ readServerSettings }, { startBot }, { createWork }] = await Promise.all([
    import('../bot/settings.ts'),
    import('../bot/server/run.ts'),
    import('../bot/server/work.ts'),
  ])
  const settings = readServerSettings(process.env, options)
  // Whatever is ever started from here has no business with them.
  for (const name of ['PRIVATE_KEY', 'WEBHOOK_SECRET']) delete process.env[name]
  const server = await startBot({ settings, createWork: createWork(settings) })
  await signalled()
  await server.close()
  // Whatever an interrupted job still does is done again after the next start.
  process.exit(EXIT.done)
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let heard = false
    const onSignal = () => {
      if (heard) process.exit(EXIT.interrupted)
      heard = true
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
  })
}

/** Checks what can be checked without serving. Changes nothing. */
async function check(options: ServeOptions): Promise<void> {
  const [{ readServerSettings }, { createGitHubApp }, { lackingOf, readManifest }, { createLog }] = await Promise.all([
    import('../bot/settings.ts'),
    import('../bot/server/github-app.ts'),
    import('../bot/server/manifest.ts'),
    import('../bot/log.ts'),
  ])
  const settings = readServerSettings(process.env, options)
  const log = createLog('silent', [])
  const app = createGitHubApp({
    ...settings,
    baseUrl: settings.apiUrl,
    log,
    metrics: { githubAnswer: () => undefined },
  })
  const identity = await app.identity()
  const lacking = lackingOf(await readManifest(MANIFEST), identity)
  if (lacking.length > 0) process.exitCode = EXIT.act
  if (options.json) return printJson({ schema: 1, app: identity.slug, lacking })
  const out = terminal(process.stdout)
  out.write(
    `${out.palette.green('✓')} The configuration is complete; GitHub knows the App as ${harmless(identity.slug)}.\n`,
  )
  for (const lack of lacking) {
    out.write(
      `${out.palette.red('✗')} It lacks ${lack}: add it on the App's settings page, under "Permissions & events".\n`,
    )
  }
}

async function setUp(options: ServeOptions): Promise<void> {
  const [{ readBaseSettings }, { startSetup }, { createLog }, { WEBHOOK_PATH }] = await Promise.all([
    import('../bot/settings.ts'),
    import('../bot/server/setup.ts'),
    import('../bot/log.ts'),
    import('../bot/server.ts'),
  ])
  const settings = readBaseSettings(process.env, options)
  if (options.url === undefined) {
    throw new ConfigurationError('--setup needs --url: the https address where GitHub will reach this server.')
  }
  const err = terminal(process.stderr)
  const page = await startSetup({
    ...settings,
    publicUrl: options.url,
    webhookPath: WEBHOOK_PATH,
    manifest: MANIFEST,
    log: createLog('warn', []),
    onDone: (file) =>
      err.write(`The App's credentials are in ${harmless(file)}. End this with Ctrl-C, then run: graft serve\n`),
  })
  err.write(`Open ${page.url}/probot and follow it. Ctrl-C ends.\n`)
  await signalled()
  await page.close()
  process.exit(process.exitCode ?? EXIT.done)
}
