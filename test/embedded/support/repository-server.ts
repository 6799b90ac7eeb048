/** The git half of the embedded GitHub on a port of its own: one repository, people, one installation, the events that were told. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { ProbotOctokit } from 'probot'
import { createAuth } from '../../../src/embedded/auth.ts'
import type { Installation, Issue, Level, Permissions, Repo } from '../../../src/embedded/entities.ts'
import { runGit } from '../../../src/embedded/git/run.ts'
import { createGitStore } from '../../../src/embedded/git/store.ts'
import { createRateLimit } from '../../../src/embedded/rate-limit.ts'
import { newRepository } from '../../../src/embedded/repository-changes.ts'
import type { RouterOptions } from '../../../src/embedded/router.ts'
import { createRouter } from '../../../src/embedded/router.ts'
import { commitRoutes } from '../../../src/embedded/routes/commits.ts'
import { contentRoutes } from '../../../src/embedded/routes/contents.ts'
import { gitDataRoutes } from '../../../src/embedded/routes/git-data.ts'
import { mergeRoutes } from '../../../src/embedded/routes/merge.ts'
import { pullRoutes } from '../../../src/embedded/routes/pulls.ts'
import { repositoryRoutes } from '../../../src/embedded/routes/repositories.ts'
import { reviewRoutes } from '../../../src/embedded/routes/reviews.ts'
import { createWorld } from '../../../src/embedded/state.ts'
import type { World, WorldEvent } from '../../../src/embedded/world.ts'
import { validateExchange } from '../../support/openapi/validate.ts'

/** Sends each call once and at once. */
const Client = ProbotOctokit.defaults((options: object) => ({
  ...options,
  throttle: { enabled: false },
  retry: { enabled: false },
}))
export type Client = InstanceType<typeof ProbotOctokit>

const ROUTES = [
  ...commitRoutes,
  ...contentRoutes,
  ...gitDataRoutes,
  ...mergeRoutes,
  ...pullRoutes,
  ...repositoryRoutes,
  ...reviewRoutes,
]

const ALL: Permissions = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
}

/** The files that the repository begins with. */
export const FILES = {
  'README.md': 'one\ntwo\nthree\nfour\nfive\n',
  'src/a.py': 'a = 1\n',
}

export interface RepositoryServer {
  readonly world: World
  readonly repository: Repo
  /** What was told so far: `push`, `pull_request.opened`, … */
  readonly events: WorldEvent[]
  readonly names: () => string[]
  /** A client that acts for an account; without one, for the App's installation. */
  as(login?: string): Client
  person(login: string, level: Level): void
  grant(permissions: Permissions): void
  /** Address for git with somebody's token (`app`: the installation's) in it. */
  remote(login?: string): string
  /** Runs git in a folder, with a person's name for commits; its output, errors included. */
  git(folder: string, ...args: string[]): Promise<{ code: number; text: string }>
  /** A fresh folder. */
  folder(): Promise<string>
  /** Waits for the background, and fails with its first failure. */
  settled(): Promise<void>
  close(): Promise<void>
}

export async function startRepositoryServer(): Promise<RepositoryServer> {
  const root = await mkdtemp(join(tmpdir(), 'embedded-'))
  const source = join(root, 'source')
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(source, path)), { recursive: true })
    await writeFile(join(source, path), content)
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const auth = createAuth(1, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), Date.now)
  const store = createGitStore(join(root, 'git'))
  let listener: ReturnType<typeof getRequestListener> | undefined
  const server = createServer((request, response) => {
    if (request.url?.includes('.git/')) void store.http(request, response)
    else void listener?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const webUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const state = createWorld({
    webUrl,
    apiUrl: webUrl,
    manifest: { name: 'Graft', description: '', permissions: ALL, events: [] },
    appId: 1,
    slug: 'graft',
    git: store,
    auth,
    clock: Date.now,
    deliver: () => undefined,
  })
  const { world } = state
  store.attach(world)
  const events: WorldEvent[] = []
  world.listen((event) => events.push(event))
  const rateLimit = createRateLimit(Date.now)
  const violations: string[] = []
  const record: RouterOptions['record'] = (exchange) => {
    // Files and diffs as such are bytes, which the description does not speak of.
    if (exchange.headers['content-type']?.startsWith('application/json') === false) return
    violations.push(...validateExchange({ number: 0, ...exchange }))
  }
  const app = createRouter({ world, prefix: '', routes: ROUTES, rateLimit, fault: undefined, record })
  listener = getRequestListener(app.fetch)

  const repository = newRepository(world, state.account('ada', 'User'), 'proxima', false)
  repository.defaultBranch = await store.create(repository, source, undefined)
  world.repositories.set(repository.id, repository)
  const installation: Installation = {
    id: world.id(),
    account: repository.owner,
    repositories: new Set([repository.id]),
    permissions: ALL,
    state: 'active',
    createdAt: world.now(),
    updatedAt: world.now(),
  }
  world.installations.set(installation.id, installation)
  const tokens = new Map<string, string>([['ada', auth.person(repository.owner)]])
  tokens.set('app', auth.installation(installation, undefined, undefined).token)
  const tokenOf = (login: string) => tokens.get(login) ?? ''

  return {
    world,
    repository,
    events,
    names: () => events.map(({ event, action }) => (action === undefined ? event : `${event}.${action}`)),
    as: (login = 'app') => new Client({ baseUrl: webUrl, auth: { token: tokenOf(login) }, log: QUIET }),
    person(login, level) {
      tokens.set(login, auth.person(state.account(login, 'User')))
      repository.permissions.set(login, level)
    },
    grant(permissions) {
      installation.permissions = permissions
    },
    remote: (login) => {
      const address = `${webUrl}/ada/proxima.git`
      return login === undefined ? address : address.replace('://', `://x-access-token:${tokenOf(login)}@`)
    },
    git: async (folder, ...args) => {
      const identity = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org']
      const accept = [0, 1, 128, 129]
      const { code, stdout, stderr } = await runGit(folder, [...identity, ...args], { accept })
      return { code, text: stdout.toString('utf8') + stderr }
    },
    folder: () => mkdtemp(join(root, 'folder-')),
    settled: () => state.settled(),
    async close() {
      await state.settled()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
      await rm(root, { recursive: true, maxRetries: 3 })
      // Each request and each answer was held against GitHub's own description of its API.
      if (violations.length > 0) throw new Error([...new Set(violations)].join('\n'))
    },
  }
}

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** An open issue, filed by the owner. */
export function addIssue({ world, repository }: RepositoryServer): Issue {
  const number = repository.nextNumber
  repository.nextNumber += 1
  const now = world.now()
  const facts = { title: 'A request', body: null, state: 'open', stateReason: null, locked: false, labels: [] } as const
  const times = { createdAt: now, updatedAt: now, closedAt: null, closedBy: null }
  const issue: Issue = {
    ...facts,
    ...times,
    labels: [],
    reactions: [],
    id: world.id(),
    number,
    user: repository.owner,
    viaApp: false,
  }
  repository.issues.set(number, issue)
  return issue
}

/** Status and message of the refusal that a call must end with. */
export async function refusalOf(call: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await call
  } catch (error) {
    const { status, response } = error as {
      status: number
      response?: { data: { message: string; errors?: unknown[] } }
    }
    const { message = '', errors = [] } = response?.data ?? {}
    const details = errors.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
    return { status, message: [message, ...details].join(' ') }
  }
  throw new Error('the call was not refused')
}

/** Commits files on a branch as the App does it (one tree, one commit, one ref), and answers the commit. */
export async function publish(
  client: Client,
  branch: string,
  files: Readonly<Record<string, string | null>>,
  options: { readonly from?: string; readonly message?: string } = {},
): Promise<string> {
  const where = { owner: 'ada', repo: 'proxima' }
  const ref = `heads/${branch}`
  const existing = await client.rest.git.getRef({ ...where, ref }).catch(() => undefined)
  const start = existing ?? (await client.rest.git.getRef({ ...where, ref: `heads/${options.from ?? 'main'}` }))
  const parent = start.data.object.sha
  const tree = await client.rest.git.createTree({
    ...where,
    base_tree: parent,
    tree: Object.entries(files).map(([path, content]) => ({
      path,
      mode: '100644' as const,
      ...(content === null ? { sha: null } : { content }),
    })),
  })
  const message = options.message ?? `Change ${Object.keys(files).join(', ')}`
  const commit = await client.rest.git.createCommit({ ...where, message, tree: tree.data.sha, parents: [parent] })
  const { sha } = commit.data
  if (existing === undefined) await client.rest.git.createRef({ ...where, ref: `refs/${ref}`, sha })
  else await client.rest.git.updateRef({ ...where, ref, sha, force: false })
  return sha
}
