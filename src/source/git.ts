/** A git repository as an origin: one commit is fetched by https and its files are read; nothing is checked out or run. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadIndexConfig } from '../config/index-config.ts'
import { sourceHosts } from '../config/source-hosts.ts'
import { ConfigurationError, TransientError, UserError } from '../values/errors.ts'
import type { Origin, SourceTree } from '../values/snapshot.ts'
import { BlobReader } from './blob-reader.ts'
import { SourceCache } from './cache.ts'
import { throughGate } from './gate.ts'
import type { GitLocator } from './git-locator.ts'
import { keepTree, type OriginEntry } from './kept-tree.ts'
import { oneLine } from './metadata.ts'
import type { FetchOptions } from './options.ts'
import { CAPS, refuseEscape } from './tree-writer.ts'

const COMMIT = /^[0-9a-f]{40}$/
const MAX_BYTES = 300 * 1024 * 1024
const FETCH_SECONDS = 600
const MAX_LISTING = 32 * 1024 * 1024

/** What decides what git does, whatever the repository holds; the addresses are the gate's business. */
const SETTINGS = [
  ...['protocol.allow=never', 'protocol.https.allow=always', 'http.followRedirects=false', 'http.sslVerify=true'],
  ...['core.hooksPath=/dev/null', 'core.symlinks=false', 'core.fsmonitor=false', 'core.protectNTFS=true'],
  ...['submodule.recurse=false', 'fetch.recurseSubmodules=false', 'fetch.unpackLimit=1', 'transfer.fsckObjects=true'],
  ...['credential.helper=', 'gc.auto=0', 'maintenance.auto=false', 'pack.threads=1'],
  ...['http.lowSpeedLimit=100', 'http.lowSpeedTime=60'],
].flatMap((setting) => ['-c', setting])

/** Fetches the commit that a locator names, now or by its hash, and keeps its files. */
export async function fetchGit(
  locator: GitLocator,
  options: FetchOptions,
): Promise<{ tree: SourceTree; origin: Extract<Origin, { kind: 'git' }> }> {
  const { hostname, port, host } = new URL(locator.url)
  const hosts = options.hosts ?? sourceHosts()
  if (!hosts.includes(host))
    throw new UserError(
      `Nothing is fetched from ${host}: this Graft reads repositories on ${hosts.join(', ')}. Whoever runs it can allow more by GRAFT_SOURCE_HOSTS.`,
    )
  const cache = new SourceCache(options.cacheDir)
  const inFolder = locator.folder === undefined ? '' : `#${locator.folder}`
  const keyOf = (commit: string) => `git ${locator.url} ${commit} ${inFolder}`
  const done = (tree: SourceTree, commit: string) => ({
    tree,
    origin: {
      kind: 'git' as const,
      url: locator.url,
      commit,
      ...(locator.folder === undefined ? {} : { folder: locator.folder }),
    },
  })
  if (locator.ref !== undefined && COMMIT.test(locator.ref)) {
    const known = await cache.findByKey(keyOf(locator.ref))
    if (known !== undefined) return done(known, locator.ref)
  }
  const { proxy, certificates } = options.index ?? (await loadIndexConfig())
  const exceptions = (proxy?.bypass ?? '').split(/[\s,]+/).filter((name) => name !== '')
  const bypassed = exceptions.some((name) => hostname.endsWith(name.replace(/^\*?\.?/, '')))
  const gate = {
    ...{ host: hostname, port: Number(port || 443), maxBytes: MAX_BYTES, allows: options.allowsAddress },
    proxy: bypassed ? undefined : proxy?.https,
  }
  const scratch = await mkdtemp(join(tmpdir(), 'graft-git-'))
  try {
    return await throughGate(gate, async (address) => {
      const store = join(scratch, 'store')
      await mkdir(store)
      await writeFile(join(scratch, 'certificates.pem'), certificates.join('\n'))
      const git = new Git(store, scratch, address, options.signal)
      await git.run(['init', '--bare', '--quiet', '--template='])
      const commit = await git.resolve(locator)
      const known = await cache.findByKey(keyOf(commit))
      if (known !== undefined) return done(known, commit)
      options.onProgress?.({
        type: 'note',
        stage: 'fetch',
        detail: `fetching ${locator.url} at ${commit.slice(0, 10)}`,
      })
      await git.fetch(locator, commit)
      const blobs = new BlobReader(git.spawn(['cat-file', '--batch']))
      try {
        const entries = await git.entries(commit, locator.folder, blobs)
        if (entries.length === 0)
          throw new UserError(`${locator.url} has no folder ${locator.folder ?? ''} at ${commit.slice(0, 10)}.`)
        return done(await keepTree(entries, 'the repository', cache, keyOf(commit)), commit)
      } finally {
        blobs.close()
      }
    })
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** git in one bare repository of its own, with no way out but the gate. */
class Git {
  readonly #store: string
  readonly #env: Record<string, string>
  readonly #signal: AbortSignal | undefined

  constructor(store: string, scratch: string, proxy: string, signal: AbortSignal | undefined) {
    this.#store = store
    this.#signal = signal
    this.#env = {
      PATH: process.env.PATH ?? '',
      LC_ALL: 'C',
      HOME: scratch,
      GIT_DIR: store,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_ALLOW_PROTOCOL: 'https',
      GIT_PROTOCOL_FROM_USER: '0',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: 'true',
      GIT_SSH_COMMAND: 'false',
      GIT_NO_LAZY_FETCH: '1',
      GIT_SSL_CAINFO: join(scratch, 'certificates.pem'),
      https_proxy: proxy,
      no_proxy: '',
    }
  }

  spawn(args: readonly string[]) {
    return spawn('git', [...SETTINGS, ...args], {
      cwd: this.#store,
      env: this.#env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(this.#signal === undefined ? {} : { signal: this.#signal, killSignal: 'SIGKILL' as const }),
      timeout: FETCH_SECONDS * 1000,
    })
  }

  /** Standard output of a command that ends by itself. */
  async run(args: readonly string[]): Promise<string> {
    const child = this.spawn(args)
    child.stdin.end()
    const out: Buffer[] = []
    let [bytes, said] = [0, '']
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MAX_LISTING) child.kill('SIGKILL')
      else out.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4000)
    })
    const code = await new Promise<number | null>((done, fail) => {
      child.once('error', fail)
      child.once('close', done)
    }).catch((error: NodeJS.ErrnoException) => {
      this.#signal?.throwIfAborted()
      if (error.code !== 'ENOENT') throw error
      throw new ConfigurationError('git was not found. Install git 2.38 or later and put it on the PATH.', {
        cause: error,
      })
    })
    this.#signal?.throwIfAborted()
    if (bytes > MAX_LISTING) throw new UserError('The repository lists more files than any package needs.')
    if (code !== 0) throw new GitFailure(said.trim().split('\n').at(-1) ?? '')
    return Buffer.concat(out).toString('utf8')
  }

  /** The commit that a branch or tag points to now. */
  async resolve({ url, ref }: GitLocator): Promise<string> {
    if (ref !== undefined && COMMIT.test(ref)) return ref
    const wanted = ref === undefined ? ['HEAD'] : [`refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/heads/${ref}`]
    const listed = await this.run(['ls-remote', '--end-of-options', url, ...wanted]).catch((error: unknown) =>
      refused(url, error),
    )
    const found = new Map<string, string>()
    for (const line of listed.split('\n')) {
      const [object, name] = line.split('\t')
      if (object !== undefined && name !== undefined && COMMIT.test(object)) found.set(name, object)
    }
    const commit = wanted.map((name) => found.get(name)).find((object) => object !== undefined)
    if (commit !== undefined) return commit
    throw new UserError(
      ref === undefined
        ? `${url} has no commit yet.`
        : `${url} has no branch and no tag ${JSON.stringify(ref)}; a commit is named by all its 40 digits.`,
    )
  }

  async fetch({ url }: GitLocator, commit: string): Promise<void> {
    const rules = ['--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--quiet']
    await this.run(['fetch', ...rules, '--end-of-options', url, commit]).catch((error: unknown) => refused(url, error))
  }

  /** The files of a commit below a folder, with how each is read. */
  async entries(commit: string, folder: string | undefined, blobs: BlobReader): Promise<OriginEntry[]> {
    const root = folder === undefined ? '' : `${folder}/`
    const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', '--end-of-options', commit]
    const listed = await this.run(root === '' ? args : [...args, '--', root])
    return listed.split('\0').flatMap((line): OriginEntry[] => {
      const [, mode, object = '', size, path = ''] = /^(\d+) \w+ ([0-9a-f]{40}) +(\d+|-)\t(.*)$/s.exec(line) ?? []
      if (mode === undefined || !path.startsWith(root)) return []
      const inside = path.slice(root.length)
      refuseEscape(inside)
      const type = mode === '100644' || mode === '100755' ? 'file' : mode === '120000' ? 'link' : 'special'
      return [{ path: inside, type, bytes: Number(size) || 0, read: () => blobs.read(object, CAPS.fileBytes) }]
    })
  }
}

/** What git itself said; foreign text, so only its kind is told. */
class GitFailure extends Error {}

function refused(url: string, error: unknown): never {
  if (!(error instanceof GitFailure)) throw error
  const said = error.message
  if (/not found|Authentication|could not read Username|403|404|terminal prompts/i.test(said))
    throw new UserError(`${url} is not there, or not public: Graft fetches without anybody's credentials.`)
  if (/redirect|HTTP 30\d|error: 30\d/i.test(said))
    throw new UserError(
      `${url} redirects to another address, which is not followed: name the repository as it is called now.`,
    )
  if (/not our ref|unadvertised|no such remote ref|couldn't find remote ref/i.test(said))
    throw new UserError(`${url} has no such commit.`)
  if (/fsck|corrupt|bad object|index-pack|malformed|\.git/i.test(said))
    throw new UserError(
      `What ${url} sent is damaged or was made to do harm (${oneLine(said, 100)}): nothing of it is used.`,
    )
  throw new TransientError(`${url} cannot be fetched (${oneLine(said, 120) || 'git gave no reason'}); try again later.`)
}
