/** A server that gives prepared answers in order, and fails the test that asks for anything else. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ProbotOctokit } from 'probot'
import { onTestFinished } from 'vitest'
import { createOctokitClass, type OctokitOptions } from '../../../src/bot/github/octokit.ts'

export interface Answer {
  /** `METHOD /path?query`; the path is decoded. */
  readonly to: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The connection is closed instead. */
  readonly drop?: boolean
  /** The connection stays open without an answer. */
  readonly hang?: boolean
  /** The answer is held back until then. */
  readonly after?: Promise<void>
}

export interface ScriptedGithub {
  readonly url: string
  /** Requests so far, with their parsed bodies. */
  readonly seen: readonly {
    readonly request: string
    readonly body: unknown
    readonly authorization: string | undefined
  }[]
  /** Adds answers. */
  expect(...answers: readonly Answer[]): void
  /** A client that waits for nothing. */
  client(options?: OctokitOptions & { readonly installation?: number }): ProbotOctokit
}

/** Starts the server; it is closed with the test, which fails when an answer was not asked for. */
export async function scriptedGithub(...first: readonly Answer[]): Promise<ScriptedGithub> {
  const answers = [...first]
  const seen: { request: string; body: unknown; authorization: string | undefined }[] = []
  const unexpected: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const line = `${request.method} ${decodeURIComponent(request.url ?? '')}`
      const text = Buffer.concat(chunks).toString('utf8')
      seen.push({
        request: line,
        body: text === '' ? undefined : JSON.parse(text),
        authorization: request.headers.authorization,
      })
      const answer = answers[0]
      if (answer?.to !== line) {
        unexpected.push(line)
        response.writeHead(418).end()
        return
      }
      answers.shift()
      if (answer.hang) return
      if (answer.drop) {
        request.socket.destroy()
        return
      }
      const status = answer.status ?? 200
      void (answer.after ?? Promise.resolve()).then(() => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers })
        response.end(status === 204 ? undefined : JSON.stringify(answer.body ?? {}))
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    if (unexpected.length > 0) throw new Error(`Unexpected requests: ${unexpected.join(', ')}`)
    if (answers.length > 0) throw new Error(`Never asked: ${answers.map(({ to }) => to).join(', ')}`)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let Client: ReturnType<typeof createOctokitClass> | undefined
  return {
    url,
    seen,
    expect: (...more) => void answers.push(...more),
    client: ({ installation, ...options } = {}) => {
      Client ??= createOctokitClass({ baseUrl: url, throttle: false, retryBaseMilliseconds: 1, ...options })
      return new Client({
        auth: { token: 'secret-token', ...(installation === undefined ? {} : { installationId: installation }) },
      })
    },
  }
}
