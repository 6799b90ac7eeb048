/** The operator's settings: environment, flags and the file that the set-up page writes; checked before anything starts. */
import { createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Pace } from '../integration/pace.ts'
import { ConfigurationError } from '../values/errors.ts'
import type { LogLevel } from './log.ts'
import { LOG_LEVELS } from './log.ts'

/** What Probot, and the library below it, use when no secret is given: everybody knows it. */
const WELL_KNOWN_SECRETS = ['development', 'secret', 'webhook-secret', 'changeme', 'your-webhook-secret']
const SHORTEST_SECRET = 16
const HOW_TO_MAKE_A_SECRET = 'Make one with `openssl rand -hex 32` and give it to the App and to WEBHOOK_SECRET'

/** Flags of `graft serve`; each wins over its environment variable. */
export interface ServerFlags {
  readonly port?: string
  readonly host?: string
  readonly data?: string
  readonly logLevel?: string
  readonly apiUrl?: string
  readonly appId?: string
  readonly privateKeyPath?: string
  readonly sweepMinutes?: string
  readonly concurrency?: string
  readonly shutdownSeconds?: string
}

/** Where to listen and keep things: needed also before there is an App. */
export interface BaseSettings {
  readonly port: number
  readonly host: string
  /** Absolute; holds the queue and, after the set-up page, the App's credentials. */
  readonly dataDir: string
  readonly logLevel: LogLevel
  /** Base of the REST API, without a slash at its end. */
  readonly apiUrl: string
}

export interface ServerSettings extends BaseSettings {
  readonly appId: number
  /** PEM, PKCS#8. */
  readonly privateKey: string
  readonly webhookSecret: string
  readonly sweepMilliseconds: number
  readonly concurrency: number
  readonly shutdownMilliseconds: number
  /** Default: `PACE`. No flag sets it. */
  readonly pace?: Pace
}

type Environment = Readonly<Record<string, string | undefined>>

/** The file in the data folder that the set-up page writes, in the format of `.env`. */
export function credentialsFile(dataDir: string): string {
  return join(dataDir, 'app.env')
}

/** @throws ConfigurationError in one sentence, naming the setting. */
export function readBaseSettings(env: Environment, flags: ServerFlags): BaseSettings {
  const level = flags.logLevel ?? env.LOG_LEVEL ?? 'info'
  const logLevel = LOG_LEVELS.find((known) => known === level)
  if (logLevel === undefined) {
    throw new ConfigurationError(
      `LOG_LEVEL (--log-level) must be one of ${LOG_LEVELS.join(', ')}; ${quote(level)} is not.`,
    )
  }
  const data = flags.data ?? env.GRAFT_DATA ?? join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'graft')
  return {
    port: wholeNumber('PORT (--port)', flags.port ?? env.PORT ?? '3000', 0, 65_535),
    host: flags.host ?? env.HOST ?? '127.0.0.1',
    dataDir: resolve(data),
    logLevel,
    apiUrl: apiUrlOf(env, flags),
  }
}

/**
 * All settings of a server.
 *
 * @throws ConfigurationError in one sentence, naming the setting and what was expected. It never repeats a secret.
 */
export function readServerSettings(env: Environment, flags: ServerFlags): ServerSettings {
  const base = readBaseSettings(env, flags)
  // What the environment says wins over what the set-up page wrote.
  const all = { ...readCredentials(base.dataDir), ...withoutEmpty(env) }
  const appId = flags.appId ?? all.APP_ID
  if (appId === undefined) {
    throw new ConfigurationError(
      'APP_ID is missing: make the GitHub App with `graft serve --setup`, or give the id that its settings page shows.',
    )
  }
  return {
    ...base,
    appId: wholeNumber('APP_ID (--app-id)', appId, 1, Number.MAX_SAFE_INTEGER),
    webhookSecret: secretOf(all.WEBHOOK_SECRET),
    privateKey: privateKeyOf(flags.privateKeyPath === undefined ? all : { PRIVATE_KEY_PATH: flags.privateKeyPath }),
    sweepMilliseconds:
      wholeNumber(
        'GRAFT_SWEEP_MINUTES (--sweep-minutes)',
        flags.sweepMinutes ?? env.GRAFT_SWEEP_MINUTES ?? '5',
        1,
        1440,
      ) * 60_000,
    concurrency: wholeNumber(
      'GRAFT_CONCURRENCY (--concurrency)',
      flags.concurrency ?? env.GRAFT_CONCURRENCY ?? '4',
      1,
      64,
    ),
    shutdownMilliseconds:
      wholeNumber(
        'GRAFT_SHUTDOWN_SECONDS (--shutdown-seconds)',
        flags.shutdownSeconds ?? env.GRAFT_SHUTDOWN_SECONDS ?? '8',
        0,
        3600,
      ) * 1000,
  }
}

function apiUrlOf(env: Environment, flags: ServerFlags): string {
  const host = env.GHE_HOST
  const wanted = flags.apiUrl ?? env.GITHUB_API_URL ?? (host ? `https://${host}/api/v3` : 'https://api.github.com')
  const url = URL.parse(wanted)
  const local = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (
    url === null ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && local)) ||
    url.username ||
    url.search
  ) {
    throw new ConfigurationError(
      `GITHUB_API_URL (--api-url) must be an https address such as https://github.example.com/api/v3; ${quote(url === null ? wanted : url.origin)} is not.`,
    )
  }
  return url.href.replace(/\/+$/, '')
}

function secretOf(secret: string | undefined): string {
  if (secret === undefined) {
    throw new ConfigurationError(`WEBHOOK_SECRET is missing. ${HOW_TO_MAKE_A_SECRET}.`)
  }
  if (WELL_KNOWN_SECRETS.includes(secret.toLowerCase())) {
    throw new ConfigurationError(`WEBHOOK_SECRET is a word that everybody knows. ${HOW_TO_MAKE_A_SECRET}.`)
  }
  if (secret.length < SHORTEST_SECRET) {
    throw new ConfigurationError(
      `WEBHOOK_SECRET has less than ${SHORTEST_SECRET} characters and could be guessed. ${HOW_TO_MAKE_A_SECRET}.`,
    )
  }
  return secret
}

/** Accepts what people paste: PEM, PEM with `\n` written out, PEM in quotes, base64 of PEM; or the path of a file. */
function privateKeyOf(env: Environment): string {
  const source = env.PRIVATE_KEY === undefined ? 'PRIVATE_KEY_PATH (--private-key-path)' : 'PRIVATE_KEY'
  const given = env.PRIVATE_KEY ?? fileOf(env.PRIVATE_KEY_PATH)
  const unquoted = given
    .trim()
    .replace(/^(["'])([\s\S]*)\1$/, '$2')
    .replaceAll('\\n', '\n')
  const pem = unquoted.startsWith('-----') ? unquoted : Buffer.from(unquoted, 'base64').toString('utf8')
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs8', format: 'pem' }).toString()
  } catch {
    // Falls through: what OpenSSL says of it helps nobody, and might repeat a part of it.
  }
  throw new ConfigurationError(
    `${source} is no private key of a GitHub App: expected the .pem file (RSA, without a passphrase) that its settings page gives under "Private keys".`,
  )
}

function fileOf(path: string | undefined): string {
  if (path === undefined) {
    throw new ConfigurationError(
      'PRIVATE_KEY and PRIVATE_KEY_PATH are missing: give the .pem file that the settings page of the App makes under "Private keys".',
    )
  }
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigurationError(`PRIVATE_KEY_PATH cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

function readCredentials(dataDir: string): Environment {
  const file = credentialsFile(dataDir)
  if (!existsSync(file)) return {}
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

/** `NAME=` in a compose file means "not given". */
function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  throw new ConfigurationError(`${name} must be a whole number ${range}; ${quote(text)} is not.`)
}

/** Something that was given, cut short: it may be a secret that stands in the wrong place. */
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 12)}…` : text)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
