/** A whole embedded GitHub with people, a repository, the App installed on it, and a receiver that checks every signature. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { ProbotOctokit } from 'probot'
import type { EmbeddedGitHub, EmbeddedOptions } from '../../../src/embedded/embedded.ts'
import { startEmbeddedGitHub } from '../../../src/embedded/server.ts'
import { validateExchange } from '../../support/openapi/validate.ts'

const TEMPLATES = resolve('templates')
export const WHERE = { owner: 'ada', repo: 'proxima' }
export const NAME = 'ada/proxima'

/** Everything that the tests need; one permission is taken out where it is tested. */
const MANIFEST = `
name: Graft
default_permissions:
  metadata: read
  actions: write
  checks: write
  contents: write
  issues: write
  merge_queues: read
  pull_requests: write
  statuses: write
  workflows: write
default_events: [check_run, check_suite, issue_comment, issues, label, merge_group, pull_request, push, repository, workflow_job, workflow_run]
`

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** Sends each call once and at once. */
const Once = ProbotOctokit.defaults((options: object) => ({
  ...options,
  throttle: { enabled: false },
  retry: { enabled: false },
  log: QUIET,
}))
export type Client = InstanceType<typeof ProbotOctokit>

export interface Received {
  readonly id: string
  readonly event: string
  readonly action: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: payloads are looked into as deep as a test likes
  readonly payload: any
}

export interface Stage {
  readonly github: EmbeddedGitHub
  /** The App itself, by its JWT. */
  readonly app: Client
  /** The App's installation on `ada/proxima`. */
  readonly bot: Client
  readonly installation: number
  as(login: string): Client
  withToken(token: string | undefined): Client
  /** Deliveries in the order in which they came. */
  readonly received: Received[]
  /** `issues.opened` … of what came since the last call. */
  news(): Promise<string[]>
  /** Address to which webhooks go. */
  readonly receiver: string
  /** Files of the target, with the workflow and the form. */
  readonly folder: string
  close(): Promise<void>
}

/** Starts one. `ada` owns the repository, `ben` may write, `cleo` may read. */
export async function setStage(options: Partial<EmbeddedOptions> = {}): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'embedded-'))
  const folder = join(root, 'target')
  await cp(join(TEMPLATES, 'target'), folder, { recursive: true })
  for (const [from, to] of [
    ['workflow.yml', '.github/workflows/graft.yml'],
    ['issue-form.yml', '.github/ISSUE_TEMPLATE/graft.yml'],
  ] as const) {
    await mkdir(dirname(join(folder, to)), { recursive: true })
    await cp(join(TEMPLATES, 'github', from), join(folder, to))
  }
  const github = await startEmbeddedGitHub({
    folder: join(root, 'github'),
    templatesDir: TEMPLATES,
    manifest: MANIFEST,
    ...options,
  })
  const { appId, privateKey } = { appId: github.app.id, privateKey: github.app.privateKey }
  const tokens = new Map(['ada', 'ben', 'cleo'].map((login) => [login, github.addUser(login)]))
  await github.addRepository({ owner: 'ada', name: 'proxima', from: folder })
  github.setPermission(NAME, 'ben', 'write')
  const installation = github.install('ada', [NAME])
  const receiver = await startReceiver(github.app.webhookSecret)
  github.setWebhookUrl(receiver.url)
  let seen = 0
  const withToken = (token: string | undefined) =>
    new Once({ baseUrl: github.url, ...(token === undefined ? {} : { auth: { token } }) })
  return {
    github,
    folder,
    receiver: receiver.url,
    installation,
    app: new Once({ baseUrl: github.url, auth: { appId, privateKey } }),
    bot: new Once({ baseUrl: github.url, auth: { appId, privateKey, installationId: installation } }),
    withToken,
    as: (login) => withToken(tokens.get(login)),
    received: receiver.received,
    async news() {
      await github.idle()
      const names = receiver.received.slice(seen).map(nameOf)
      seen = receiver.received.length
      return names
    },
    async close() {
      await github.close()
      await receiver.close()
      await rm(root, { recursive: true, maxRetries: 3 })
      // Each request and each answer is held against GitHub's own description of its API; some ask for what there is not.
      const known = github.exchanges.filter(({ route }) => route !== undefined)
      const violations = [...new Set(known.flatMap(validateExchange))]
      if (violations.length > 0) throw new Error(violations.join('\n'))
      if (receiver.forged.length > 0) throw new Error(`Deliveries with a wrong signature: ${receiver.forged.join()}`)
    },
  }
}

function nameOf({ event, action }: Received): string {
  return action === undefined ? event : `${event}.${action}`
}

async function startReceiver(secret: string) {
  const received: Received[] = []
  const forged: string[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const header = (name: string) => String(request.headers[name] ?? '')
    const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
    const given = Buffer.from(header('x-hub-signature-256'))
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) forged.push(header('x-github-event'))
    const payload = JSON.parse(body) as { action?: string }
    const { action } = payload
    received.push({ id: header('x-github-delivery'), event: header('x-github-event'), action, payload })
    response.writeHead(202).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    received,
    forged,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

export interface Refusal {
  readonly status: number
  readonly message: string
  readonly headers: Readonly<Record<string, string>>
  readonly errors: readonly Readonly<Record<string, unknown>>[]
}

/** The refusal that a call must end with. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call
  } catch (error) {
    const { status, response } = error as {
      status: number
      response?: { data: { message: string; errors?: Refusal['errors'] }; headers: Record<string, string> }
    }
    const { message = '', errors = [] } = response?.data ?? {}
    return { status, message, errors, headers: response?.headers ?? {} }
  }
  throw new Error('the call was not refused')
}
