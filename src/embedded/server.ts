/** Starts the embedded GitHub: puts its rooms together and hands out the levers that tests and the demo pull. */
import { generateKeyPair, randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Runner } from '../simulator/runner.ts'
import { createActions, type RunnerFactory } from './actions/engine.ts'
import { createAuth } from './auth.ts'
import { press as pressButton } from './buttons.ts'
import type { Delivery, EmbeddedGitHub, EmbeddedOptions, Exchange } from './embedded.ts'
import type { Account, Installation, Issue, Repo } from './entities.ts'
import { parseIssueForm, renderIssueForm } from './forms.ts'
import { createGitStore } from './git/store.ts'
import { API_PREFIX, listen } from './http.ts'
import {
  install,
  setInstallationPermission,
  setInstallationRepositories,
  setInstallationState,
} from './installation-changes.ts'
import { openIssue } from './issue-changes.ts'
import { parseManifest } from './manifest.ts'
import { createPages } from './page/pages.ts'
import { createRateLimit } from './rate-limit.ts'
import { newRepository, renameRepository, setArchived } from './repository-changes.ts'
import { createRouter } from './router.ts'
import { allRoutes } from './routes/all.ts'
import { createWorld } from './state.ts'
import { issueView } from './views/issue.ts'
import { createWebhooks } from './webhooks.ts'

const APP_ID = 4242
const SLUG = 'graft'

/** The App's keys, made once a process: that costs more than all the rest of a start. */
let keys: Promise<{ privateKey: string }> | undefined

/** Listens on loopback and answers once it is ready. Nothing is installed and nobody exists yet. */
export async function startEmbeddedGitHub(options: EmbeddedOptions): Promise<EmbeddedGitHub> {
  await mkdir(options.folder, { recursive: true })
  const text = options.manifest ?? (await readFile(join(options.templatesDir, '..', 'app.yml'), 'utf8'))
  const manifest = parseManifest(text)
  keys ??= promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const { privateKey } = await keys
  const webhookSecret = randomBytes(20).toString('hex')
  const clock = Date.now
  const server = await listen(options.port ?? 0, clock)
  const webUrl = `http://127.0.0.1:${server.port}`
  const auth = createAuth(APP_ID, privateKey, clock)
  const git = createGitStore(join(options.folder, 'repositories'))
  const webhooks = createWebhooks({
    secret: webhookSecret,
    appId: APP_ID,
    onDelivery: (delivery) => github.onDelivery?.(delivery) ?? true,
  })
  const state = createWorld({
    webUrl,
    apiUrl: `${webUrl}${API_PREFIX}`,
    manifest,
    appId: APP_ID,
    slug: SLUG,
    git,
    auth,
    clock,
    deliver: webhooks.push,
  })
  const { world } = state
  git.attach(world)
  const actions = createActions(world, runnerFactory(options.runner))
  const rateLimit = createRateLimit(clock)
  const exchanges: Exchange[] = []
  const uninstall = (installation: Installation) => setInstallationState(world, installation, 'deleted')
  const routes = allRoutes({ auth, uninstall, actions, downloads: server.downloads, rateLimit })
  const api = createRouter({
    world,
    prefix: API_PREFIX,
    routes,
    rateLimit,
    fault: options.fault,
    record(facts, finished) {
      const exchange = { number: exchanges.length + 1, ...facts }
      exchanges.push(exchange)
      if (options.onExchange !== undefined) void finished.then(() => options.onExchange?.(exchange))
    },
  })
  const tokens = new Map<Account, string>()
  const tokenOf = (account: Account) => {
    const token = tokens.get(account) ?? auth.person(account)
    tokens.set(account, token)
    return token
  }
  const press = (repository: Repo, checkRun: number, login: string, identifier: string) =>
    github.pressButton(`${repository.owner.login}/${repository.name}`, checkRun, login, identifier)
  server.serve({ api, git, pages: createPages({ world, tokenOf, press }) })

  const repo = (name: string): Repo => {
    const [owner = '', repository = ''] = name.split('/')
    return found(world.repository(owner, repository), `repository ${name}`)
  }
  const person = (login: string): Account => found(world.accounts.get(login.toLowerCase()), `account ${login}`)
  const installation = (id: number) => found(world.installations.get(id), `installation ${id}`)
  const issue = (name: string, number: number): Issue => found(repo(name).issues.get(number), `issue ${name}#${number}`)

  const github: EmbeddedGitHub = {
    url: world.apiUrl,
    app: { id: APP_ID, slug: SLUG, privateKey, webhookSecret },
    exchanges,
    addUser: (login) => auth.person(state.account(login, 'User')),
    async addRepository({ owner, name, from, defaultBranch, private: isPrivate = false }) {
      const repository = newRepository(world, state.account(owner, 'Organization'), name, isPrivate)
      repository.defaultBranch = await git.create(repository, from, defaultBranch)
      world.repositories.set(repository.id, repository)
    },
    setPermission: (name, login, permission) =>
      repo(name).permissions.set(person(login).login.toLowerCase(), permission),
    configure(name, settings) {
      const repository = repo(name)
      repository.issuesEnabled = settings.issues ?? repository.issuesEnabled
      repository.actionsEnabled = settings.actions ?? repository.actionsEnabled
      repository.protectedBranches = settings.protectedBranches ?? repository.protectedBranches
      repository.mergeMethods = settings.mergeMethods ?? repository.mergeMethods
      setArchived(world, repository, settings.archived ?? repository.archived, repository.owner)
    },
    renameRepository(from, to) {
      const repository = repo(from)
      renameRepository(world, repository, to.split('/').at(-1) ?? to, repository.owner)
    },
    install: (account, repositories, permissions = manifest.permissions) =>
      install(world, person(account), repositories.map(repo), permissions).id,
    setInstallation: (id, to) => setInstallationState(world, installation(id), to),
    setInstallationPermission: (id, name, level) => setInstallationPermission(world, installation(id), name, level),
    setInstallationRepositories: (id, repositories) =>
      setInstallationRepositories(world, installation(id), repositories.map(repo)),
    setWebhookUrl: (url) => webhooks.setUrl(url),
    deliver: (delivery: Delivery) => webhooks.send(delivery),
    async fileForm(name, login, form, { title, values }) {
      const repository = repo(name)
      const head = found(await git.resolve(repository, `refs/heads/${repository.defaultBranch}`), 'default branch')
      const file = await git.read(repository, head, `.github/ISSUE_TEMPLATE/${form}`)
      const parsed = parseIssueForm(found(file, `form ${form}`).toString('utf8'))
      const author = { user: person(login), viaApp: false }
      const body = renderIssueForm(parsed, values)
      const made = await openIssue(world, repository, author, {
        title: `${parsed.title}${title}`,
        body,
        labels: parsed.labels,
      })
      return made.number
    },
    pressButton(name, checkRun, login, identifier) {
      const repository = repo(name)
      const run = found(repository.checkRuns.get(checkRun), `check run ${checkRun}`)
      pressButton(world, actions, { repository, run, identifier, sender: person(login) })
    },
    async addToMergeQueue(name, number) {
      const repository = repo(name)
      const pull = found(issue(name, number).pull, `pull request ${number}`)
      const base = found(await git.resolve(repository, `refs/heads/${pull.baseRef}`), `branch ${pull.baseRef}`)
      const message = `Merge pull request #${number} from ${repository.owner.login}/${pull.headRef}`
      const head = found(await git.merge(repository, base, pull.headSha, message), `merge of ${number}`)
      const ref = `refs/heads/gh-readonly-queue/${pull.baseRef}/pr-${number}-${base}`
      await git.update({ repository, ref, before: undefined, after: head, actor: repository.owner })
      const commit = found(await git.commit(repository, head), `commit ${head}`)
      const headCommit = { id: head, tree_id: commit.tree, message, timestamp: commit.committer.date.toISOString() }
      const group = { head_sha: head, head_ref: ref, base_sha: base, base_ref: `refs/heads/${pull.baseRef}` }
      const payload = { merge_group: { ...group, head_commit: headCommit } }
      world.emit({ event: 'merge_group', action: 'checks_requested', repository, sender: repository.owner, payload })
      return head
    },
    removeIssue(name, number, how) {
      const [repository, removed] = [repo(name), issue(name, number)]
      const payload = { issue: issueView(world, repository, removed) }
      removed.removed = how
      world.emit({ event: 'issues', action: how, repository, sender: repository.owner, payload })
    },
    gitDir: (name) => git.gitDir(repo(name)),
    cloneUrl: (name) => `${webUrl}/${repo(name).owner.login}/${repo(name).name}.git`,
    async idle() {
      do {
        await webhooks.settled()
        await state.settled()
      } while (webhooks.busy() || state.busy())
    },
    async close() {
      await actions.close()
      await webhooks.close()
      await server.close()
      // Its failures are for `idle()`; here nobody asks any more, but it must not write into a folder that is taken away.
      await state.settled().catch(() => undefined)
      await git.close()
    },
  }
  return github
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}`)
  return value
}

/** A runner that was made beforehand cannot be ended; what it answers after the end of its run is not waited for. */
function runnerFactory(runner: Runner | RunnerFactory | undefined): RunnerFactory | undefined {
  if (runner === undefined || typeof runner === 'function') return runner
  return ({ signal }) => {
    const until = <T>(work: Promise<T>): Promise<T> =>
      Promise.race([
        work,
        new Promise<never>((_resolve, reject) => {
          if (signal.aborted) reject(signal.reason)
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        }),
      ])
    return {
      prepare: (job, onProgress) => until(runner.prepare(job, onProgress)),
      measure: (job, onProgress) => until(runner.measure(job, onProgress)),
      test: (job, onProgress) => until(runner.test(job, onProgress)),
    }
  }
}
