/** A git server on loopback that speaks https: `git http-backend` behind a certificate of its own, with faults on demand. */
import { execFile, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export class GitServer {
  readonly requests: { path: string; authorization: string | undefined }[] = []
  /** Sees each request first; true means that it answered. */
  fault: (request: IncomingMessage, response: ServerResponse) => boolean = () => false
  certificate = ''
  readonly #folder: string
  #server: Server | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  async start(): Promise<this> {
    const [key, certificate] = [join(this.#folder, 'key.pem'), join(this.#folder, 'certificate.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    await run('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', certificate, '-days', '2', ...subject])
    this.certificate = await readFile(certificate, 'utf8')
    this.#server = createServer({ key: await readFile(key), cert: this.certificate }, (request, response) =>
      this.#answer(request, response),
    )
    await new Promise<void>((done) => this.#server?.listen(0, 'localhost', done))
    return this
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((done) => this.#server?.close(done))
  }

  get host(): string {
    return `localhost:${(this.#server?.address() as AddressInfo | undefined)?.port}`
  }

  /** Makes `owner/name` with one commit of these files; `links` are symbolic. Returns the commit. */
  async add(
    name: string,
    files: Readonly<Record<string, string | Buffer>>,
    links: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const bare = join(this.#folder, 'repositories', `${name}.git`)
    await mkdir(bare, { recursive: true })
    const git = (args: readonly string[], input?: string | Buffer) => this.#git(bare, args, input)
    await git(['init', '--bare', '--quiet', '--initial-branch=main', '.'])
    const index: string[] = []
    for (const [path, content] of Object.entries(files))
      index.push(`100644 ${await git(['hash-object', '-w', '--stdin'], content)}\t${path}`)
    for (const [path, goal] of Object.entries(links))
      index.push(`120000 ${await git(['hash-object', '-w', '--stdin'], goal)}\t${path}`)
    await git(['update-index', '--index-info'], `${index.join('\n')}\n`)
    return this.commit(name)
  }

  /** Commits what stands in the index of a repository, after `entries` in the form of `git update-index --index-info`. */
  async commit(name: string, entries = ''): Promise<string> {
    const bare = join(this.#folder, 'repositories', `${name}.git`)
    if (entries !== '') await this.#git(bare, ['update-index', '--index-info'], entries)
    const tree = await this.#git(bare, ['write-tree'])
    const commit = await this.#git(bare, ['commit-tree', tree, '-m', 'files'])
    await this.#git(bare, ['update-ref', 'refs/heads/main', commit])
    return commit
  }

  async tag(name: string, tag: string, commit: string): Promise<void> {
    await this.#git(join(this.#folder, 'repositories', `${name}.git`), ['tag', '-a', '-m', 'a tag', tag, commit])
  }

  async #git(bare: string, args: readonly string[], input?: string | Buffer): Promise<string> {
    const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' }
    const dates = { GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' }
    const child = spawn('git', ['-c', 'core.protectHFS=false', ...args], {
      cwd: bare,
      env: { PATH: process.env.PATH ?? '', GIT_DIR: bare, GIT_CONFIG_NOSYSTEM: '1', HOME: bare, ...who, ...dates },
    })
    // git may end before it has read what it does not need.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
    let [out, said] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const code = await new Promise((done) => child.once('close', done))
    if (code !== 0) throw new Error(`git ${args[0]}: ${said}`)
    return out.trim()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'https://localhost')
    this.requests.push({ path: url.pathname, authorization: request.headers.authorization })
    if (this.fault(request, response)) return
    const [, name = '', rest = ''] = /^\/([\w-]+\/[\w-]+?)(?:\.git)?(\/.*)$/.exec(url.pathname) ?? []
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH ?? '',
        GIT_PROJECT_ROOT: join(this.#folder, 'repositories'),
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
        PATH_INFO: `/${name}.git${rest}`,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_ADDR: '127.0.0.1',
      },
    })
    request.pipe(child.stdin)
    child.stdin.on('error', () => undefined)
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('close', () => {
      const answer = Buffer.concat(chunks)
      const end = answer.indexOf('\r\n\r\n')
      const headers = answer.subarray(0, end).toString('latin1').split('\r\n')
      let status = 200
      for (const header of headers) {
        const [key = '', value = ''] = header.split(/:\s*/, 2)
        if (key.toLowerCase() === 'status') status = Number.parseInt(value, 10)
        else if (key !== '') response.setHeader(key, value)
      }
      response.writeHead(status).end(answer.subarray(end + 4))
    })
  }
}

/** Writes files below a folder, with the folders above them. */
export async function writeTree(root: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), content)
  }
}
