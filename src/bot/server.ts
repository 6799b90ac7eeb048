/** The server: webhooks in, health and metrics out, the queue's work and the sweep behind it, and an orderly end. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EmbeddedQueue } from '../queue/embedded.ts'
import type { Job, JobResult } from '../queue/queue.ts'
import { ConfigurationError } from '../values/errors.ts'
import type { AppIdentity } from './github/facts.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { createWebhookHandler, send } from './server/webhook.ts'
import type { Sweep } from './sweep.ts'

/** Where GitHub sends webhooks to; Probot's own path. */
export const WEBHOOK_PATH = '/api/github/webhooks'
const HEADERS_MILLISECONDS = 10_000
const MOST_CONNECTIONS = 1000

export interface ServerOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  readonly secret: string
  readonly app: AppIdentity
  readonly queue: EmbeddedQueue
  readonly sweep: Sweep
  /** Does every job but those of the sweep. */
  readonly work: (job: Job) => Promise<JobResult>
  readonly metrics: Metrics
  readonly log: Log
  /** How long a request may take to arrive. Default 30,000. */
  readonly requestMilliseconds?: number
  /** How long running jobs may go on when the server is closed. Default 8,000 (`docker stop` kills after 10,000). */
  readonly shutdownMilliseconds?: number
}

export interface RunningServer {
  readonly url: string
  /** Accepts nothing more, lets running jobs end for a while, closes the queue. What was not done is there at the next start. */
  close(): Promise<void>
}

/**
 * Starts the server, the queue's work and the sweep.
 *
 * @throws ConfigurationError when the port cannot be had.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { queue, sweep, log, requestMilliseconds = 30_000, shutdownMilliseconds = 8000 } = options
  const webhook = createWebhookHandler(options)

  const server = createServer(
    {
      requestTimeout: requestMilliseconds,
      headersTimeout: Math.min(HEADERS_MILLISECONDS, requestMilliseconds),
      connectionsCheckingInterval: Math.min(5000, requestMilliseconds),
    },
    (request, response) => {
      route(request, response).catch((error: unknown) => {
        log.error({ err: error }, 'request failed')
        if (!response.headersSent) send(request, response, 500, 'Graft itself went wrong.')
      })
    },
  )
  server.maxConnections = MOST_CONNECTIONS

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0]
    const reads = request.method === 'GET' || request.method === 'HEAD'
    switch (path) {
      case WEBHOOK_PATH:
        if (request.method === 'POST') return webhook(request, response)
        return send(request, response, 405, 'GitHub posts webhooks here.')
      case '/healthz':
        return reads ? health(request, response) : send(request, response, 405, 'Only to be read.')
      case '/metrics':
        if (!reads) return send(request, response, 405, 'Only to be read.')
        return send(request, response, 200, (await options.metrics.text()).trimEnd(), options.metrics.contentType)
      default:
        return send(request, response, 404, 'There is nothing here.')
    }
  }

  /** 200 while deliveries can be stored. A late sweep is told, not punished: a restart would not bring GitHub back. */
  function health(request: IncomingMessage, response: ServerResponse): void {
    const sweptAt = sweep.finishedAt()
    const sweepAgeSeconds = sweptAt === undefined ? null : Math.round((Date.now() - sweptAt) / 1000)
    const answer = (status: number, facts: object) =>
      send(request, response, status, JSON.stringify({ ...facts, sweepAgeSeconds }), 'application/json')
    try {
      queue.check()
      answer(200, { status: 'ok', queue: queue.size() })
    } catch (error) {
      log.error({ err: error }, 'queue cannot be written')
      answer(503, { status: 'the queue cannot be written' })
    }
  }

  const { port, host } = options
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)))
    server.listen(port, host, resolve)
  })
  const { address, port: taken, family } = server.address() as AddressInfo
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`
  log.info({ url }, 'listening')

  queue.start(async (job) => {
    try {
      return await (job.subject === 'sweep' ? sweep.work(job) : options.work(job))
    } catch (error) {
      // Only a person can go on from there, and the next sweep looks again. A set-up is looked at too seldom for that.
      if (!(error instanceof ConfigurationError) || job.subject === 'setup') throw error
      const { owner, repository, subject } = job
      log.warn({ repository: `${owner}/${repository}`, subject, err: error }, 'a job cannot go on')
      return {}
    }
  })
  sweep.start()

  let closing: Promise<void> | undefined
  const close = async () => {
    log.info({ ...queue.size(), atMostMilliseconds: shutdownMilliseconds }, 'closing')
    const unheard = new Promise<void>((resolve) => server.close(() => resolve()))
    // Also those that become idle from now on.
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    server.closeIdleConnections()
    const begin = Date.now()
    const end = sweep.close()
    // Deliveries that are on their way are still stored; a connection that dawdles is cut.
    const cut = setTimeout(() => server.closeAllConnections(), Math.min(2000, shutdownMilliseconds))
    await unheard
    clearTimeout(cut)
    clearInterval(idle)
    await queue.close(Math.max(0, shutdownMilliseconds - (Date.now() - begin)))
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 500).unref())])
    log.info('closed')
  }
  return {
    url,
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'something else listens there already',
    EACCES: 'this user may not (ports below 1024 need more rights)',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'there is no such host',
  }
  const reason = reasons[error.code ?? ''] ?? error.message
  return new ConfigurationError(
    `Graft cannot listen on ${host} port ${port}: ${reason}. Choose another with --port or --host.`,
    {
      cause: error,
    },
  )
}
