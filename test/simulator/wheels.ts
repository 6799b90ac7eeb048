/** Wheels and sdists written by a test, and a package index on loopback that serves them. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { makeTarGz } from '../source/support/tar.ts'

export interface PackageFile {
  readonly filename: string
  readonly bytes: Buffer
  readonly sha256: string
  readonly requiresPython?: string
}

export interface WheelOptions {
  readonly requires?: readonly string[]
  readonly requiresPython?: string
  /** `py3-none-any` unless said otherwise. */
  readonly tag?: string
}

/** A wheel with the given files (path to text). */
export function makeWheel(
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
  { requires = [], requiresPython, tag = 'py3-none-any' }: WheelOptions = {},
): PackageFile {
  const spelled = name.replaceAll('-', '_')
  const info = `${spelled}-${version}.dist-info`
  const headers = [`Name: ${name}`, `Version: ${version}`, ...requires.map((line) => `Requires-Dist: ${line}`)]
  if (requiresPython !== undefined) headers.push(`Requires-Python: ${requiresPython}`)
  const content: Record<string, string> = {
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\n${headers.join('\n')}\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
  }
  const record = Object.entries(content).map(([path, text]) => {
    const digest = createHash('sha256').update(text).digest('base64url')
    return `${path},sha256=${digest},${Buffer.byteLength(text)}`
  })
  content[`${info}/RECORD`] = `${[...record, `${info}/RECORD,,`].join('\n')}\n`
  return packageFile(`${spelled}-${version}-${tag}.whl`, zip(content), requiresPython)
}

export interface SdistOptions {
  readonly requires?: readonly string[]
  /** Its build fails and says this. */
  readonly fails?: string
}

/** A source archive that brings what builds it: the wheel of {@link makeWheel}, without a module. */
export function makeSdist(name: string, version: string, { requires = [], fails }: SdistOptions = {}): PackageFile {
  const wheel = makeWheel(name, version, { [`${name.replaceAll('-', '_')}.py`]: '' }, { requires })
  const backend =
    fails === undefined
      ? `
import base64, os

def build_wheel(folder, settings=None, metadata=None):
    with open(os.path.join(folder, "${wheel.filename}"), "wb") as file:
        file.write(base64.b64decode("${wheel.bytes.toString('base64')}"))
    return "${wheel.filename}"
`
      : `raise AttributeError(${JSON.stringify(fails)})\n`
  const root = `${name.replaceAll('-', '_')}-${version}`
  const project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
  const archive = makeTarGz([
    { name: `${root}/PKG-INFO`, content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n` },
    { name: `${root}/pyproject.toml`, content: project },
    { name: `${root}/backend.py`, content: backend },
  ])
  return packageFile(`${root}.tar.gz`, archive)
}

export function packageFile(filename: string, bytes: Buffer, requiresPython?: string): PackageFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { filename, bytes, sha256, ...(requiresPython === undefined ? {} : { requiresPython }) }
}

/** A zip archive without compression (APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16). */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const [name, data] = [Buffer.from(path), Buffer.from(text)]
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x5c21, 8)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((0o100644 << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, tail, name]))
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}

export interface LocalIndex {
  /** Root of the Simple API. */
  readonly url: string
  /** Paths that were asked for. */
  readonly requests: string[]
  add(...files: PackageFile[]): void
  close(): Promise<void>
}

/**
 * Serves files by the Simple API (PEP 503 and 691).
 *
 * @param beyond Simple API root that unknown names are redirected to; without it they are 404
 */
export async function serveIndex(beyond?: string): Promise<LocalIndex> {
  const files = new Map<string, PackageFile>()
  const requests: string[] = []
  const nameOf = (filename: string) => (/^(.+?)-\d/.exec(filename)?.[1] ?? '').toLowerCase().replaceAll(/[-_.]+/g, '-')
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push(path)
    const file = files.get(path.replace('/files/', ''))
    if (file !== undefined) {
      response.end(file.bytes)
      return
    }
    const name = /^\/simple\/([^/]+)\/$/.exec(path)?.[1]
    const found = [...files.values()].filter(({ filename }) => nameOf(filename) === name)
    if (name === undefined || found.length === 0) {
      const elsewhere = name !== undefined && beyond !== undefined
      response.writeHead(elsewhere ? 302 : 404, elsewhere ? { location: `${beyond}${name}/` } : {}).end()
      return
    }
    if (request.headers.accept?.includes('json')) {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json')
      const rows = found.map((row) => ({
        filename: row.filename,
        url: `/files/${row.filename}`,
        hashes: { sha256: row.sha256 },
        ...(row.requiresPython === undefined ? {} : { 'requires-python': row.requiresPython }),
      }))
      response.end(JSON.stringify({ meta: { 'api-version': '1.0' }, name, files: rows }))
      return
    }
    response.setHeader('content-type', 'text/html')
    const links = found.map((row) => `<a href="/files/${row.filename}#sha256=${row.sha256}">${row.filename}</a>`)
    response.end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/simple/`,
    requests,
    add: (...added) => {
      for (const file of added) files.set(file.filename, file)
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
