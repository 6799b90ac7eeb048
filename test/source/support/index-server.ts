/** A Python index on loopback: the JSON API, the Simple API, and the files, with faults on demand. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IndexConfig } from '../../../src/config/index-config.ts'
import { makeTarGz } from './tar.ts'
import { makeZip } from './zip.ts'

export interface ServedFile {
  readonly filename: string
  readonly content: Buffer
  readonly requiresPython?: string
  readonly yanked?: string
  /** A hash that is not the content's. */
  readonly sha256?: string
  /** A size that is not the content's. */
  readonly size?: number
}

export interface ServedProject {
  readonly name: string
  readonly releases: Readonly<Record<string, readonly ServedFile[]>>
}

type Fault = (request: IncomingMessage, response: ServerResponse) => boolean

export class IndexServer {
  readonly requests: { path: string; authorization: string | undefined }[] = []
  /** Sees each request first; true means that it answered. */
  fault: Fault = () => false
  jsonApi = true
  simpleApi = true
  /** Gives parts of files. */
  parts = true
  readonly #projects = new Map<string, ServedProject>()
  readonly #server = createServer((request, response) => this.#answer(request, response))

  async start(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    return this
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  add(project: ServedProject): void {
    this.#projects.set(project.name.toLowerCase().replace(/[-_.]+/g, '-'), project)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  config(more: Partial<IndexConfig> = {}): IndexConfig {
    return { simpleUrl: new URL(`${this.url}/simple/`), apiUrl: new URL(`${this.url}/`), certificates: [], ...more }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? ''
    this.requests.push({ path, authorization: request.headers.authorization })
    if (this.fault(request, response)) return
    const [, first, name = '', second, third] = path.split('/').map(decodeURIComponent)
    const project = this.#projects.get(name)
    if (first === 'files') {
      const file = [...this.#projects.values()]
        .flatMap((each) => Object.values(each.releases).flat())
        .find((each) => each.filename === name)
      const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      if (file !== undefined && this.parts && start !== undefined && end !== undefined)
        return void response.writeHead(206).end(file.content.subarray(Number(start), Number(end) + 1))
      if (file !== undefined) return void response.end(file.content)
    } else if (project !== undefined && first === 'simple' && this.simpleApi) {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json')
      return void response.end(JSON.stringify(simple(project)))
    } else if (project !== undefined && first === 'pypi' && this.jsonApi) {
      const version = third === 'json' ? second : undefined
      if (version === undefined || version in project.releases)
        return void response.end(JSON.stringify(json(project, version)))
    }
    response.writeHead(404).end('not here')
  }
}

const hash = (file: ServedFile) => file.sha256 ?? createHash('sha256').update(file.content).digest('hex')

function json(project: ServedProject, version: string | undefined) {
  const releases = Object.entries(project.releases).map(([each, files]) => [
    each,
    files.map((file) => ({
      filename: file.filename,
      url: `/files/${file.filename}`,
      digests: { sha256: hash(file) },
      size: file.size ?? file.content.length,
      requires_python: file.requiresPython ?? null,
      yanked: file.yanked !== undefined,
      yanked_reason: file.yanked ?? null,
    })),
  ])
  const info = { name: project.name, version: version ?? '', summary: 'From the index', license: 'MIT' }
  return { info, releases: Object.fromEntries(releases) }
}

function simple(project: ServedProject) {
  const files = Object.values(project.releases).flat()
  return {
    meta: { 'api-version': '1.0' },
    name: project.name,
    files: files.map((file) => ({
      filename: file.filename,
      url: `../../files/${file.filename}`,
      hashes: { sha256: hash(file) },
      'requires-python': file.requiresPython,
      yanked: file.yanked ?? false,
    })),
  }
}

/** A small honest wheel. */
export function wheel(name: string, version: string, tag = 'py3-none-any', more: Partial<ServedFile> = {}): ServedFile {
  const stem = `${name.replaceAll('-', '_')}-${version}`
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nSummary: A toy\nLicense: MIT\n\n# Hello\n`
  return {
    filename: `${stem}-${tag}.whl`,
    content: makeZip([
      { name: `${name}/__init__.py`, content: `VERSION = "${version}"\n` },
      { name: `${name}/core.cpython-311-x86_64-linux-gnu.so`, content: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]) },
      { name: `${stem}.dist-info/METADATA`, content: metadata },
    ]),
    ...more,
  }
}

/** A small honest sdist. */
export function sdist(name: string, version: string, more: Partial<ServedFile> = {}): ServedFile {
  const stem = `${name}-${version}`
  return {
    filename: `${stem}.tar.gz`,
    content: makeTarGz([
      { name: `${stem}/`, type: '5' },
      { name: `${stem}/PKG-INFO`, content: `Name: ${name}\nVersion: ${version}\nSummary: From the sdist\n` },
      { name: `${stem}/tests/test_it.py`, content: 'assert True\n' },
    ]),
    ...more,
  }
}
