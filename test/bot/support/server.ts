/** A server of the tests: real HTTP, a real queue in a folder of its own, and a GitHub that the sweep finds empty. */
import { createHmac, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createLog } from '../../../src/bot/log.ts'
import { createMetrics } from '../../../src/bot/metrics.ts'
import type { RunningServer, ServerOptions } from '../../../src/bot/server.ts'
import { startServer, WEBHOOK_PATH } from '../../../src/bot/server.ts'
import type { SweepSource } from '../../../src/bot/sweep.ts'
import { createSweep } from '../../../src/bot/sweep.ts'
import type { EmbeddedQueue } from '../../../src/queue/embedded.ts'
import { createEmbeddedQueue } from '../../../src/queue/embedded.ts'
import type { Job } from '../../../src/queue/queue.ts'

export const SECRET = 'a secret that is only used by the tests'

export interface TestServer extends RunningServer {
  readonly queue: EmbeddedQueue
  readonly jobs: Job[]
  /** Lines of the log. */
  readonly lines: Record<string, unknown>[]
  /** Everything that was written to the log. */
  readonly logged: () => string
  readonly folder: string
}

export async function startTestServer(
  options: Partial<ServerOptions> & { readonly source?: Partial<SweepSource>; readonly folder?: string } = {},
): Promise<TestServer> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'graft-server-'))
  const written: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  const log = options.log ?? createLog('trace', [SECRET], destination)
  const queue =
    options.queue ??
    (await createEmbeddedQueue({ file: join(folder, 'queue.db'), onTrouble: (err) => log.error({ err }, 'trouble') }))
  const source: SweepSource = {
    async *repositories() {},
    openRequests: async () => [],
    touched: async () => [],
    ...options.source,
  }
  const sweep = options.sweep ?? createSweep({ source, queue, intervalMilliseconds: 3_600_000, log })
  const jobs: Job[] = []
  const server = await startServer({
    port: 0,
    host: '127.0.0.1',
    secret: SECRET,
    app: { id: 7, slug: 'graft' },
    work: async (job) => {
      jobs.push(job)
      return {}
    },
    metrics: createMetrics({ queueSize: () => queue.size(), sweptAt: sweep.finishedAt }),
    ...options,
    log,
    queue,
    sweep,
  })
  return {
    ...server,
    queue,
    jobs,
    folder,
    get lines() {
      return written
        .flatMap((text) => text.trim().split('\n'))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    },
    logged: () => written.join(''),
    async close() {
      await server.close()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function issuePayload(number: number, action = 'opened'): object {
  return {
    action,
    installation: { id: 5 },
    repository: { full_name: 'owner/target', default_branch: 'main' },
    sender: { login: 'ada', type: 'User' },
    issue: { number },
  }
}

export function sign(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** Headers as GitHub sends them. */
export function headersOf(
  body: string | Buffer,
  event = 'issues',
  delivery: string = randomUUID(),
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': delivery,
    'x-hub-signature-256': sign(body),
  }
}

/** Delivers a webhook as GitHub does. */
export function deliver(url: string, payload: object, event = 'issues', delivery?: string): Promise<Response> {
  const body = JSON.stringify(payload)
  return fetch(`${url}${WEBHOOK_PATH}`, { method: 'POST', body, headers: headersOf(body, event, delivery) })
}
