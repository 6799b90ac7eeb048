/** What the demo plays on: a GitHub in a box with a target repository and two people, and the App's own server beside it. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createLog } from '../../bot/log.ts'
import { startBot } from '../../bot/server/run.ts'
import { createWork } from '../../bot/server/work.ts'
import type { RunningServer } from '../../bot/server.ts'
import { WEBHOOK_PATH } from '../../bot/server.ts'
import type { ServerSettings } from '../../bot/settings.ts'
import type { EmbeddedGitHub, EmbeddedOptions } from '../../embedded/embedded.ts'
import { startEmbeddedGitHub } from '../../embedded/server.ts'
import type { Pace } from '../../integration/pace.ts'
import type { Services } from '../../integration/services.ts'
import { TransientError } from '../../values/errors.ts'
import { MAINTAINER, OWNER, PHYSICIST, REPOSITORY } from './people.ts'

const POLL_MILLISECONDS = 400

export interface StageOptions {
  /** Everything is kept below it. */
  readonly folder: string
  /** A folder or a clone that becomes the target repository. */
  readonly target: string
  readonly services: Services
  readonly port: number
  /** Looks at everything every so often. Default: five minutes. */
  readonly sweepMilliseconds?: number
  /** Default: as on GitHub. */
  readonly pace?: Pace
  /** Of the box, beside what is set here. */
  readonly embedded?: Pick<EmbeddedOptions, 'fault' | 'manifest' | 'onExchange' | 'runner'>
  /** Starts the App's server. Default: in this process. */
  readonly serve?: (settings: ServerSettings) => Promise<RunningServer>
  /** What the person who asks may do. Default: read. */
  readonly requester?: 'read' | 'write'
  /** Called before the App is installed: whoever wants to hear of its first delivery listens from here on. */
  readonly beforeInstallation?: (github: EmbeddedGitHub) => void
}

/** A person's hands: a request of the REST API in their name, and the answer's body. Throws when GitHub refuses it. */
export type Hands = <T>(method: string, path: string, body?: unknown) => Promise<T>

export interface Stage {
  readonly github: EmbeddedGitHub
  /** Page of the repository. */
  readonly page: string
  readonly mia: Hands
  readonly paul: Hands
  /** Asks again and again until there is an answer. Throws TransientError, naming what was waited for, when there is none in time. */
  until<T>(what: string, look: () => Promise<T | undefined>, seconds: number): Promise<T>
  close(): Promise<void>
}

function serveHere(settings: ServerSettings): Promise<RunningServer> {
  const log = createLog('warn', [settings.privateKey, settings.webhookSecret])
  return startBot({ settings, createWork: createWork(settings), log, throttle: false })
}

/** Starts everything on loopback. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { folder, services, port } = options
  await mkdir(folder, { recursive: true })
  const { runner, templatesDir, signal } = services
  const github = await startEmbeddedGitHub({
    folder: join(folder, 'github'),
    templatesDir,
    runner,
    port,
    ...options.embedded,
  })
  let bot: RunningServer | undefined
  const close = async () => {
    await bot?.close()
    await github.close()
  }
  try {
    const maintainer = github.addUser(MAINTAINER)
    const physicist = github.addUser(PHYSICIST)
    await github.addRepository({ owner: OWNER, name: REPOSITORY, from: options.target })
    const name = `${OWNER}/${REPOSITORY}`
    github.setPermission(name, MAINTAINER, 'admin')
    github.setPermission(name, PHYSICIST, options.requester ?? 'read')
    const settings = {
      port: 0,
      host: '127.0.0.1',
      dataDir: join(folder, 'graft'),
      logLevel: 'warn' as const,
      apiUrl: github.url,
      appId: github.app.id,
      privateKey: github.app.privateKey,
      webhookSecret: github.app.webhookSecret,
      sweepMilliseconds: options.sweepMilliseconds ?? 300_000,
      concurrency: 4,
      shutdownMilliseconds: 8000,
      ...(options.pace === undefined ? {} : { pace: options.pace }),
    }
    bot = await (options.serve ?? serveHere)(settings)
    github.setWebhookUrl(`${bot.url}${WEBHOOK_PATH}`)
    options.beforeInstallation?.(github)
    github.install(OWNER, [name])
    return {
      github,
      page: `${new URL(github.url).origin}/${name}`,
      mia: handsOf(github.url, maintainer, signal),
      paul: handsOf(github.url, physicist, signal),
      until: (what, look, seconds) => until(what, look, seconds, signal),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function handsOf(api: string, token: string, signal: AbortSignal): Hands {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${api}${path}`, {
      method,
      signal,
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) {
      throw new TransientError(`${method} ${path} was answered with ${response.status}: ${await response.text()}`)
    }
    return (response.status === 204 ? undefined : await response.json()) as T
  }
}

async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  seconds: number,
  signal: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    signal.throwIfAborted()
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new TransientError(`Waited ${seconds} s in vain for this: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS))
  }
}
