import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { WEBHOOK_PATH } from '../../src/bot/server.ts'
import type { TestServer } from './support/server.ts'
import { deliver, headersOf, issuePayload, SECRET, sign, startTestServer } from './support/server.ts'

const MEGABYTE = 1024 * 1024
const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(options: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  const server = await startTestServer(options)
  servers.push(server)
  return server
}

/** The head of a delivery as it goes over the wire, to be continued. */
function headOf(headers: Record<string, string>): string {
  const lines = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${WEBHOOK_PATH} HTTP/1.1\r\n${lines.join('')}`
}

async function metric(server: TestServer, line: string): Promise<string | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return text.split('\n').find((candidate) => candidate.startsWith(line))
}

describe('a delivery', () => {
  test('is answered, worked on, and named in every line of the log', async () => {
    const server = await start()
    const answer = await deliver(server.url, issuePayload(12), 'issues', 'delivery-1')
    expect([answer.status, await answer.text()]).toEqual([202, 'Accepted.\n'])
    await server.queue.idle()
    expect(server.jobs).toMatchObject([
      { subject: 'issue:12', installation: 5, owner: 'owner', deliveries: ['delivery-1'] },
    ])
    expect(server.lines.find(({ msg }) => msg === 'delivery accepted')).toMatchObject({
      level: 'info',
      delivery: 'delivery-1',
      event: 'issues',
      repository: 'owner/target',
      subjects: ['issue:12'],
    })
    expect(await metric(server, 'graft_deliveries_total{event="issues",outcome="accepted"}')).toMatch(/ 1$/)
  })

  test('that comes again is answered and ignored', async () => {
    const server = await start()
    await deliver(server.url, issuePayload(12), 'issues', 'again')
    await server.queue.idle()
    const answer = await deliver(server.url, issuePayload(12), 'issues', 'again')
    expect([answer.status, await answer.text()]).toEqual([202, 'Known already.\n'])
    await server.queue.idle()
    expect(server.jobs).toHaveLength(1)
  })

  test('of an event or a shape that is not known is answered, logged and ignored', async () => {
    const server = await start()
    expect((await deliver(server.url, issuePayload(12), 'star')).status).toBe(202)
    expect((await deliver(server.url, { zen: 'Keep it logically awesome.' }, 'ping')).status).toBe(202)
    expect((await deliver(server.url, { action: 'opened' }, 'issues')).status).toBe(202)
    expect(server.lines.filter(({ msg }) => msg === 'delivery ignored').map(({ reason }) => reason)).toEqual([
      'unknown_event',
      'unknown_event',
      'unknown_shape',
    ])
    expect(server.queue.size()).toEqual({ waiting: 0, running: 0 })
    expect(server.jobs).toEqual([])
  })

  test('that cannot be stored is not called accepted', async () => {
    const server = await start()
    await server.queue.close(0)
    expect((await deliver(server.url, issuePayload(12))).status).toBe(503)
    const health = await fetch(`${server.url}/healthz`)
    expect(health.status).toBe(503)
  })

  test('with non-ASCII text is checked byte for byte', async () => {
    const server = await start()
    expect((await deliver(server.url, { ...issuePayload(12), title: 'Grüße 𝔾 \u2028' })).status).toBe(202)
    await server.queue.idle()
    expect(server.jobs).toHaveLength(1)
  })
})

describe('refused', () => {
  const body = JSON.stringify(issuePayload(12))
  const post = (server: TestServer, headers: Record<string, string>, sent = body) =>
    fetch(`${server.url}${WEBHOOK_PATH}`, { method: 'POST', body: sent, headers })

  test.each<[string, Record<string, string>, number]>([
    ['a signature with another secret', { 'x-hub-signature-256': sign(body, 'development') }, 401],
    ['a signature of another body', { 'x-hub-signature-256': sign(`${body} `) }, 401],
    ['a signature of the old kind', { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }, 401],
    ['a signature that is a word', { 'x-hub-signature-256': 'yes' }, 401],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['an id out of shape', { 'x-github-delivery': 'a b' }, 400],
    ['an event out of shape', { 'x-github-event': 'Issues!' }, 400],
  ])('%s', async (_, headers, status) => {
    const server = await start()
    expect((await post(server, { ...headersOf(body), ...headers })).status).toBe(status)
    expect(server.queue.size()).toEqual({ waiting: 0, running: 0 })
    expect(server.jobs).toEqual([])
  })

  test.each(['x-github-event', 'x-github-delivery', 'x-hub-signature-256'])('%s is missing', async (name) => {
    const server = await start()
    const { [name]: _, ...headers } = headersOf(body)
    const answer = await post(server, headers)
    expect([answer.status, await answer.text()]).toEqual([400, `Headers are missing: ${name}.\n`])
  })

  test('an empty body, and one that is no JSON though it is signed', async () => {
    const server = await start()
    expect((await post(server, headersOf(''), '')).status).toBe(401)
    expect((await post(server, headersOf('{'), '{')).status).toBe(400)
  })

  test('50 MB that announce themselves: before a byte of them is read', async () => {
    const server = await start()
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`${headOf(headersOf(body))}content-length: ${50 * MEGABYTE}\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  test('400 MB that do not: without keeping them', async () => {
    const server = await start()
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const answered = once(socket, 'data') as Promise<[Buffer]>
    socket.write(`${headOf(headersOf(body))}transfer-encoding: chunked\r\n\r\n`)
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MEGABYTE, ' '), Buffer.from('\r\n')])
    for (let sent = 0; sent < 400; sent++) {
      if (!socket.write(chunk)) await once(socket, 'drain')
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    socket.write('0\r\n\r\n')
    const [answer] = await answered
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /)
    expect(most).toBeLessThan(200 * MEGABYTE)
    // The connection is still good for the next delivery.
    const next = once(socket, 'data') as Promise<[Buffer]>
    socket.write(`${headOf(headersOf(body))}content-length: ${body.length}\r\n\r\n${body}`)
    expect((await next)[0].toString()).toMatch(/^HTTP\/1\.1 202 /)
    socket.destroy()
  })

  test('many large bodies at once do not fill the memory: the later ones are asked to come again', async () => {
    const server = await start()
    const size = 24 * MEGABYTE
    const senders = [1, 2, 3, 4].map(() => {
      const sender = request(`${server.url}${WEBHOOK_PATH}`, {
        method: 'POST',
        headers: { ...headersOf(body), 'content-length': size },
      })
      sender.on('error', () => undefined)
      return { sender, answered: once(sender, 'response') as Promise<[IncomingMessage]> }
    })
    // All but the last byte: none of them is complete.
    const part = Buffer.alloc(size - 1, ' ')
    for (const { sender } of senders) sender.write(part)
    const [first] = await Promise.race(senders.map(({ answered }) => answered))
    expect(first.statusCode).toBe(503)
    for (const { sender } of senders) sender.destroy()
    await Promise.allSettled(senders.map(({ answered }) => answered))
    expect((await deliver(server.url, issuePayload(12))).status).toBe(202)
  })

  test('a body that does not come to an end', async () => {
    const server = await start({ requestMilliseconds: 150 })
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`${headOf(headersOf(body))}content-length: ${body.length}\r\n\r\n{"a`)
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    await once(socket, 'close')
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 408 /)
    expect((await deliver(server.url, issuePayload(12))).status).toBe(202)
  })

  test('other ways in', async () => {
    const server = await start()
    expect((await fetch(`${server.url}${WEBHOOK_PATH}`)).status).toBe(405)
    expect((await fetch(`${server.url}/`)).status).toBe(404)
    expect((await fetch(`${server.url}/metrics`, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${server.url}/probot`)).status).toBe(404)
  })

  test('an address that is taken', async () => {
    const server = await start()
    await expect(start({ port: Number(new URL(server.url).port) })).rejects.toThrow(
      /something else listens there already/,
    )
  })
})

describe('what operators see', () => {
  test('health tells the queue and the age of the sweep', async () => {
    const server = await start()
    const health = await fetch(`${server.url}/healthz`)
    expect(health.status).toBe(200)
    expect(await health.json()).toEqual({ status: 'ok', queue: { waiting: 0, running: 0 }, sweepAgeSeconds: 0 })
  })

  test('metrics cover deliveries, queue, jobs, sweep and memory; nothing that a stranger sends becomes a label', async () => {
    const server = await start()
    await deliver(server.url, issuePayload(12))
    const body = '{}'
    const headers = { ...headersOf(body, 'evil_event'), 'x-hub-signature-256': sign(body, 'wrong') }
    await fetch(`${server.url}${WEBHOOK_PATH}`, { method: 'POST', body, headers })
    await deliver(server.url, {}, 'made_up_by_a_later_github')
    await server.queue.idle()
    const text = await (await fetch(`${server.url}/metrics`)).text()
    for (const line of [
      'graft_deliveries_total{event="unknown",outcome="refused"} 1',
      'graft_queue_jobs{state="waiting"} 0',
      'graft_sweep_age_seconds ',
      'process_resident_memory_bytes ',
    ]) {
      expect(text).toContain(line)
    }
    expect(text).not.toContain('evil_event')
  })

  test('no secret, signature or token reaches the log', async () => {
    const server = await start()
    const token = `ghs_${'A1b2C3d4'.repeat(5)}`
    await deliver(server.url, { ...issuePayload(12), token, action: token })
    await deliver(server.url, { ...issuePayload(12), repository: { full_name: `${token}/x` } }, 'star')
    expect(server.lines.length).toBeGreaterThan(2)
    expect(server.logged()).not.toContain(SECRET)
    expect(server.logged()).not.toContain(token)
    expect(server.logged()).not.toMatch(/sha256=[0-9a-f]/)
  })
})

describe('the end', () => {
  test('in the middle of a job: it may finish, what waits is kept, nothing new is taken', async () => {
    let finish = () => {}
    let begun = () => {}
    const beginning = new Promise<void>((resolve) => {
      begun = resolve
    })
    const done: string[] = []
    const server = await start({
      work: async ({ subject }) => {
        begun()
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        done.push(subject)
        return {}
      },
    })
    await deliver(server.url, issuePayload(12))
    await beginning
    const closed = server.close()
    await expect(deliver(server.url, issuePayload(13))).rejects.toThrow()
    expect(done).toEqual([])
    finish()
    await closed
    expect(done).toEqual(['issue:12'])
  })

  test('a job that does not end is cut off, and there again at the next start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-server-'))
    let begun = () => {}
    const beginning = new Promise<void>((resolve) => {
      begun = resolve
    })
    const first = await start({
      folder,
      shutdownMilliseconds: 0,
      work: () => {
        begun()
        return new Promise(() => {})
      },
    })
    await deliver(first.url, issuePayload(12), 'issues', 'kept')
    await beginning
    await first.close()
    const second = await start({ folder })
    await second.queue.idle()
    expect(second.jobs).toMatchObject([{ subject: 'issue:12', attempt: 2, deliveries: ['kept'] }])
    await second.close()
    rmSync(folder, { recursive: true })
  })
})
