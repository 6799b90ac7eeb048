/**
 * One of the two servers that `bench/webhooks.ts` loads, in a process of its own: `graft` (the product's server, its queue in
 * a folder of its own, jobs that take 100 ms, so many at once) or `probot` (Probot's middleware with a handler that does nothing).
 * Says its address in the first line, and for `graft` which deliveries each job named, in one line a job.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createNodeMiddleware, Probot } from 'probot'
import { createLog } from '../src/bot/log.ts'
import { createMetrics } from '../src/bot/metrics.ts'
import { startServer, WEBHOOK_PATH } from '../src/bot/server.ts'
import { createSweep } from '../src/bot/sweep.ts'
import { createEmbeddedQueue } from '../src/queue/embedded.ts'

const JOB_MILLISECONDS = 100
const [, , kind, secret = '', privateKey = '', folder = '', concurrency = '4'] = process.argv
const say = (value: object) => process.stderr.write(`${JSON.stringify(value)}\n`)

if (kind === 'graft') await graft()
else await bareProbot()

async function graft(): Promise<void> {
  const log = createLog('info', [secret, privateKey])
  const queue = await createEmbeddedQueue({
    file: join(folder, 'queue.db'),
    concurrency: Number(concurrency),
    perRepository: Number(concurrency),
  })
  const source = {
    async *repositories() {},
    openRequests: async () => [],
    touched: async () => [],
  }
  const sweep = createSweep({ source, queue, intervalMilliseconds: 300_000, log })
  const server = await startServer({
    port: 0,
    host: '127.0.0.1',
    secret,
    app: { id: 7, slug: 'graft' },
    queue,
    sweep,
    work: async ({ deliveries }) => {
      await pause(JOB_MILLISECONDS)
      say({ deliveries })
      return {}
    },
    metrics: createMetrics({ queueSize: queue.size, sweptAt: sweep.finishedAt }),
    log,
  })
  say({ url: `${server.url}${WEBHOOK_PATH}` })
  process.on('SIGTERM', () => void server.close().then(() => process.exit(0)))
}

async function bareProbot(): Promise<void> {
  const probot = new Probot({ appId: 7, privateKey, secret, log: createLog('warn', []) })
  const middleware = await createNodeMiddleware((app) => app.on('issues', () => undefined), {
    probot,
    webhooksPath: WEBHOOK_PATH,
  })
  const server = createServer((request, response) => void middleware(request, response))
  server.listen(0, '127.0.0.1', () => {
    say({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${WEBHOOK_PATH}` })
  })
  process.on('SIGTERM', () => process.exit(0))
}
