/**
 * The way out for a tool that fetches what a person named: a proxy on loopback that opens tunnels to one host only.
 *
 * A check before the tool starts would prove nothing, as a name may resolve to another address a moment later. So the tool
 * resolves nothing: the gate does, refuses unless every address is public, and connects to an address that it has checked.
 */
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { UserError } from '../values/errors.ts'
import { isPublicAddress } from './addresses.ts'
import { megabytes } from './http.ts'

export interface GateOptions {
  /** The only host that is reached, and its port. */
  readonly host: string
  readonly port: number
  /** Bytes that may come in altogether. */
  readonly maxBytes: number
  /** Whether an address may be connected to. Default: those of the public internet. */
  readonly allows?: ((address: string) => boolean) | undefined
  /** The operator's own proxy, which then resolves the name: `http://host:port`. */
  readonly proxy?: string | undefined
}

const CONNECT_MILLISECONDS = 15_000

/** Runs `use` with the gate's address; the gate is closed afterwards. What the gate refused is thrown in place of the tool's error. */
export async function throughGate<T>(options: GateOptions, use: (proxy: string) => Promise<T>): Promise<T> {
  const gate = new Gate(options)
  const address = await gate.open()
  try {
    return await use(address)
  } catch (error) {
    throw gate.refusal ?? error
  } finally {
    await gate.close()
  }
}

class Gate {
  refusal: UserError | undefined
  readonly #options: GateOptions
  readonly #server: Server
  readonly #sockets = new Set<Duplex>()
  #bytes = 0

  constructor(options: GateOptions) {
    this.#options = options
    // A plain request would be one without encryption.
    this.#server = createServer((_request, response) => response.writeHead(405).end())
    this.#server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
      this.#sockets.add(client)
      client.on('error', () => client.destroy())
      void this.#tunnel(request.url ?? '', client, head).catch((error: unknown) => {
        if (error instanceof UserError) this.refusal ??= error
        client.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      })
    })
  }

  async open(): Promise<string> {
    await new Promise<void>((done, fail) => {
      this.#server.once('error', fail)
      this.#server.listen(0, '127.0.0.1', done)
    })
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  async #tunnel(authority: string, client: Duplex, head: Buffer): Promise<void> {
    const { host, port, maxBytes } = this.#options
    if (authority.toLowerCase() !== `${host}:${port}`)
      throw new UserError(`${host} sends its visitors to another host, which is not followed.`)
    const server = await (this.#options.proxy === undefined ? this.#direct() : this.#byProxy(this.#options.proxy))
    this.#sockets.add(server)
    server.on('error', () => client.destroy())
    server.on('close', () => client.destroy())
    client.on('close', () => server.destroy())
    server.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length
      if (this.#bytes <= maxBytes) return
      this.refusal ??= new UserError(
        `${host} sent more than ${megabytes(maxBytes)}, which is more than is fetched of one repository.`,
      )
      server.destroy()
    })
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) server.write(head)
    server.pipe(client)
    client.pipe(server)
  }

  /** Every address of the host has to be allowed: one that is not shows what the name is made for. */
  async #direct(): Promise<Socket> {
    const { host, port, allows = isPublicAddress } = this.#options
    const found = await lookup(host, { all: true })
    const wrong = found.find(({ address }) => !allows(address))
    const [first] = found
    if (wrong !== undefined || first === undefined)
      throw new UserError(
        `${host} has an address that is not one of the public internet, so nothing is fetched from it.`,
      )
    return connected(connect({ host: first.address, port, family: first.family }))
  }

  async #byProxy(proxy: string): Promise<Socket> {
    const { host, port } = this.#options
    const { hostname, port: at, username, password } = new URL(proxy)
    const socket = await connected(connect({ host: hostname, port: Number(at || 80) }))
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    const authorization =
      username === '' ? '' : `Proxy-Authorization: Basic ${Buffer.from(login).toString('base64')}\r\n`
    socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n${authorization}\r\n`)
    let answer = ''
    while (!answer.includes('\r\n\r\n')) {
      const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(CONNECT_MILLISECONDS) })) as [Buffer]
      answer += chunk.toString('latin1')
      if (answer.length > 65_536) break
    }
    if (/^HTTP\/1\.[01] 200/.test(answer)) return socket
    socket.destroy()
    throw new Error(`the proxy answered ${JSON.stringify(answer.slice(0, 40))}`)
  }
}

async function connected(socket: Socket): Promise<Socket> {
  await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MILLISECONDS) })
  return socket
}
