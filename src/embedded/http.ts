/** The one HTTP server: the REST API, git, downloads, and the pages for people. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Downloads } from './routes/actions.ts'
import type { GitStore } from './world.ts'

/** Where the API lies, as on a GitHub of one's own. */
export const API_PREFIX = '/api/v3'
const DOWNLOADS = '/_downloads/'
const DOWNLOAD_MILLISECONDS = 60_000

export interface HttpServer {
  readonly port: number
  readonly downloads: Downloads
  /** Sets what answers; until then everything is a 503. */
  serve(parts: { readonly api: Hono<{ Bindings: HttpBindings }>; readonly git: GitStore; readonly pages: Hono }): void
  /** Answers nobody any more; open connections are closed. */
  close(): Promise<void>
}

/** Listens on loopback; port 0 takes a free one. */
export async function listen(port: number, now: () => number): Promise<HttpServer> {
  const offered = new Map<string, { zip: Uint8Array; until: number }>()
  let handler: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  const server = createServer((request, response) => {
    if (request.url?.startsWith(DOWNLOADS)) download(request.url.slice(DOWNLOADS.length), offered, now(), response)
    else if (handler !== undefined) handler(request, response)
    else response.writeHead(503).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const actual = (server.address() as AddressInfo).port
  return {
    port: actual,
    downloads: {
      offer(zip) {
        const key = randomBytes(16).toString('hex')
        offered.set(key, { zip, until: now() + DOWNLOAD_MILLISECONDS })
        return `http://127.0.0.1:${actual}${DOWNLOADS}${key}`
      },
    },
    serve({ api, git, pages }) {
      const people = getRequestListener(pages.fetch)
      const rest = getRequestListener((request, env) => api.fetch(request, env as HttpBindings))
      handler = (request, response) => {
        const path = request.url ?? '/'
        if (path === API_PREFIX || path.startsWith(`${API_PREFIX}/`)) void rest(request, response)
        else if (/^\/[^/]+\/[^/]+\.git\//.test(path)) void answerGit(git, request, response)
        else void people(request, response)
      }
    },
    close: () => close(server),
  }
}

async function answerGit(git: GitStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await git.http(request, response)
  } catch (error) {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
    response.end(`${error instanceof Error ? error.message : String(error)}\n`)
  }
}

/** A download needs no token: whoever knows the address may have it, for a minute. */
function download(
  key: string,
  offered: Map<string, { zip: Uint8Array; until: number }>,
  now: number,
  response: ServerResponse,
): void {
  const found = offered.get(key)
  if (found === undefined || found.until < now) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/zip', 'content-length': String(found.zip.length) })
  response.end(found.zip)
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
