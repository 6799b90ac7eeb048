/** Webhooks of the App: which events it hears of, their payloads, their signatures, and their order. */
import { createHmac, randomUUID } from 'node:crypto'
import type { Delivery } from './embedded.ts'
import type { Installation, Repo } from './entities.ts'
import { installationOf, reaches } from './state.ts'
import { userView } from './views/account.ts'
import { installationReference } from './views/installation.ts'
import { repositoryView } from './views/repository.ts'
import type { World, WorldEvent } from './world.ts'

/** GitHub waits ten seconds for an answer. */
const TIMEOUT_MILLISECONDS = 10_000

/** Permission without which an installation does not hear of an event; one of several is enough. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  issues: ['issues'],
  issue_comment: ['issues', 'pull_requests'],
  label: ['issues', 'pull_requests'],
  pull_request: ['pull_requests'],
  pull_request_review: ['pull_requests'],
  pull_request_review_comment: ['pull_requests'],
  push: ['contents'],
  create: ['contents'],
  delete: ['contents'],
  check_run: ['checks'],
  check_suite: ['checks'],
  workflow_run: ['actions'],
  workflow_job: ['actions'],
  merge_group: ['merge_queues'],
  repository: ['metadata'],
}

/** Events that every App gets, subscribed or not. */
const ALWAYS = new Set(['installation', 'installation_repositories'])

/** Sent while an installation is suspended, and when it ends. */
const OF_THE_INSTALLATION = new Set(['installation'])

export interface WebhookOptions {
  readonly secret: string
  readonly appId: number
  /** Asked before each delivery; false drops it. */
  readonly onDelivery: (delivery: Delivery) => boolean | Promise<boolean>
}

/** One attempt, as the App's settings page would list it. */
export interface Attempt {
  readonly delivery: Delivery
  /** Of the answer; 0: nobody answered. undefined: dropped by `onDelivery`. */
  readonly status: number | undefined
}

export interface Webhooks {
  /** Queues an event's delivery if the App hears of it. */
  push(world: World, event: WorldEvent): void
  /** Where they go; what was kept is sent now. */
  setUrl(url: string | undefined): void
  /** Sends one at once, apart from the order; answers the status, 0 when nobody answered. */
  send(delivery: Delivery): Promise<number>
  readonly attempts: readonly Attempt[]
  /** Whether something is on its way. */
  busy(): boolean
  /** Resolves when nothing is on its way (what waits for an address does not count). */
  settled(): Promise<void>
  /** Sends nothing more and gives up what is on its way. */
  close(): Promise<void>
}

/** Makes the App's webhook: in order per repository, each delivered once; GitHub never repeats one by itself. */
export function createWebhooks(options: WebhookOptions): Webhooks {
  const chains = new Map<string, Promise<void>>()
  const attempts: Attempt[] = []
  const kept: { key: string; delivery: Delivery }[] = []
  const closing = new AbortController()
  let url: string | undefined

  const send = async (delivery: Delivery): Promise<number> => {
    if (url === undefined) throw new Error('No address for webhooks was set')
    const status = await post(url, delivery, options, closing.signal)
    attempts.push({ delivery, status })
    return status
  }
  const queue = (key: string, delivery: Delivery) => {
    const before = chains.get(key) ?? Promise.resolve()
    const mine = before
      .then(async () => {
        if (closing.signal.aborted) return
        if (await options.onDelivery(delivery)) await send(delivery)
        else attempts.push({ delivery, status: undefined })
      })
      .finally(() => {
        if (chains.get(key) === mine) chains.delete(key)
      })
    chains.set(key, mine)
  }

  return {
    attempts,
    send,
    push(world, event) {
      for (const installation of listeners(world, event)) {
        const delivery = deliveryOf(world, event, installation)
        const key = event.repository === undefined ? 'installation' : String(event.repository.id)
        if (url === undefined) kept.push({ key, delivery })
        else queue(key, delivery)
      }
    },
    setUrl(to) {
      url = to
      if (url !== undefined) for (const { key, delivery } of kept.splice(0)) queue(key, delivery)
    },
    busy: () => chains.size > 0,
    async settled() {
      while (chains.size > 0) await Promise.all(chains.values())
    },
    async close() {
      closing.abort()
      await Promise.allSettled(chains.values())
    },
  }
}

/** The installation that hears of an event: none, or one. */
function listeners(world: World, event: WorldEvent): Installation[] {
  const installation =
    event.installation ?? (event.repository === undefined ? undefined : installationOf(world, event.repository))
  if (installation === undefined) return []
  if (installation.state !== 'active' && !OF_THE_INSTALLATION.has(event.event)) return []
  if (ALWAYS.has(event.event)) return [installation]
  if (!world.app.events.includes(event.event)) return []
  const needed = NEEDED[event.event] ?? []
  const granted = needed.some((name) => reaches(installation.permissions[name] ?? 'none', 'read'))
  return granted ? [installation] : []
}

function deliveryOf(world: World, event: WorldEvent, installation: Installation): Delivery {
  const { repository, action } = event
  const payload = {
    ...(action === undefined ? {} : { action }),
    ...event.payload,
    ...(repository === undefined ? {} : repositoryPart(world, repository)),
    ...('installation' in event.payload ? {} : { installation: installationReference(installation) }),
    sender: userView(world, event.sender),
  }
  // What is sent is what it was when it happened, whatever becomes of the entities before it is sent.
  return { id: randomUUID(), event: event.event, action, payload: JSON.parse(JSON.stringify(payload)) as unknown }
}

function repositoryPart(world: World, repository: Repo) {
  const view = repositoryView(world, repository)
  if (repository.owner.type !== 'Organization') return { repository: view }
  return { repository: view, organization: { login: repository.owner.login, id: repository.owner.id } }
}

async function post(url: string, delivery: Delivery, options: WebhookOptions, closing: AbortSignal): Promise<number> {
  const body = JSON.stringify(delivery.payload)
  const sign = (algorithm: 'sha1' | 'sha256') =>
    `${algorithm}=${createHmac(algorithm, options.secret).update(body).digest('hex')}`
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        accept: '*/*',
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/embedded',
        'x-github-event': delivery.event,
        'x-github-delivery': delivery.id,
        'x-github-hook-id': '1',
        'x-github-hook-installation-target-id': String(options.appId),
        'x-github-hook-installation-target-type': 'integration',
        'x-hub-signature': sign('sha1'),
        'x-hub-signature-256': sign('sha256'),
      },
      signal: AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}
