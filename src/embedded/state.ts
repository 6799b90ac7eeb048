/** The world itself: accounts, repositories, installations, and the rules of who may do what. */
import { ApiError } from './answers.ts'
import type { Auth } from './auth.ts'
import type { Account, Installation, Level, PermissionLevel, Repo } from './entities.ts'
import type { Manifest } from './manifest.ts'
import type { Actor, GitStore, Permission, World, WorldEvent } from './world.ts'

export interface WorldOptions {
  readonly webUrl: string
  readonly apiUrl: string
  readonly manifest: Manifest
  readonly appId: number
  readonly slug: string
  readonly git: GitStore
  readonly auth: Auth
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Takes what listeners have heard on to the webhooks. */
  readonly deliver: (world: World, event: WorldEvent) => void
}

/** What the server does with a world beside what its routes do. */
export interface WorldState {
  readonly world: World
  account(login: string, type: Account['type']): Account
  /** Resolves when no background work is left; throws the first failure among it. */
  settled(): Promise<void>
  busy(): boolean
}

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const

/** Whether a level reaches another one. */
export function reaches(level: Level, needed: Level): boolean {
  return RANK[level] >= RANK[needed]
}

/** Makes an empty world: the App, its owner and the bot of Actions exist. */
export function createWorld(options: WorldOptions): WorldState {
  const { auth, manifest } = options
  const accounts = new Map<string, Account>()
  const repositories = new Map<number, Repo>()
  const oldNames = new Map<string, number>()
  const installations = new Map<number, Installation>()
  const listeners: ((event: WorldEvent) => void)[] = []
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  let lastId = 1000

  const id = () => {
    lastId += 1
    return lastId
  }
  const account = (login: string, type: Account['type']): Account => {
    const known = accounts.get(login.toLowerCase())
    if (known !== undefined) return known
    const made = { id: id(), login, type }
    accounts.set(login.toLowerCase(), made)
    return made
  }
  const bot = account(`${options.slug}[bot]`, 'Bot')
  const owner = account('graft-maintainers', 'Organization')

  const levelOf = (person: Account, repository: Repo): Level => {
    if (person === bot) return botLevel(installations, repository)
    if (person.id === repository.owner.id) return 'admin'
    const given = repository.permissions.get(person.login.toLowerCase())
    return given ?? (repository.private ? 'none' : 'read')
  }

  const may = (actor: Actor, repository: Repo, { name, level }: Permission): boolean => {
    switch (actor.kind) {
      case 'app':
        return false
      case 'anonymous':
        return !repository.private && level === 'read'
      case 'user':
        return reaches(levelOf(actor.account, repository), level)
      case 'installation':
        return seesRepository(actor, repository) && reaches(grantedTo(actor, name), level)
    }
  }

  const world: World = {
    webUrl: options.webUrl,
    apiUrl: options.apiUrl,
    app: {
      id: options.appId,
      slug: options.slug,
      name: manifest.name,
      bot,
      owner,
      permissions: manifest.permissions,
      events: manifest.events,
    },
    accounts,
    repositories,
    oldNames,
    installations,
    signed: new Set(),
    git: options.git,
    id,
    now: () => `${new Date(options.clock()).toISOString().slice(0, 19)}Z`,
    repository(ownerName, name) {
      const [wantedOwner, wanted] = [ownerName.toLowerCase(), name.toLowerCase()]
      return [...repositories.values()].find(
        (one) => one.owner.login.toLowerCase() === wantedOwner && one.name.toLowerCase() === wanted,
      )
    },
    movedTo: (ownerName, name) => repositories.get(oldNames.get(`${ownerName}/${name}`.toLowerCase()) ?? 0),
    emit(event) {
      for (const listener of listeners) listener(event)
      options.deliver(world, event)
    },
    listen: (listener) => listeners.push(listener),
    authenticate: (authorization) => auth.authenticate(authorization),
    accountOf(actor) {
      switch (actor.kind) {
        case 'user':
          return actor.account
        case 'installation':
          return bot
        case 'anonymous':
          throw new ApiError(401, 'Requires authentication')
        case 'app':
          throw new ApiError(403, 'Resource not accessible by integration')
      }
    },
    may,
    levelOf,
    background(work) {
      const tracked = work
        .catch((error: unknown) => {
          failures.push(error)
        })
        .finally(() => running.delete(tracked))
      running.add(tracked)
    },
  }

  return {
    world,
    account,
    busy: () => running.size > 0,
    async settled() {
      while (running.size > 0) await Promise.all(running)
      const [first] = failures.splice(0)
      if (first !== undefined) throw first
    },
  }
}

/** Whether the repository is among those of the token. */
export function seesRepository(actor: Extract<Actor, { kind: 'installation' }>, repository: Repo): boolean {
  return actor.installation.repositories.has(repository.id) && (actor.repositories?.has(repository.id) ?? true)
}

/** The level of a permission that a token has: the installation's now, narrowed by the token. */
export function grantedTo(actor: Extract<Actor, { kind: 'installation' }>, name: string): PermissionLevel | 'none' {
  const given = actor.installation.permissions[name]
  if (given === undefined) return 'none'
  if (actor.permissions === undefined) return given
  const narrowed = actor.permissions[name]
  if (narrowed === undefined) return 'none'
  return given === 'write' && narrowed === 'write' ? 'write' : 'read'
}

/** The installation that a repository belongs to, unless it is gone. */
export function installationOf(world: Pick<World, 'installations'>, repository: Repo): Installation | undefined {
  return [...world.installations.values()].find((one) => one.state !== 'deleted' && one.repositories.has(repository.id))
}

function botLevel(installations: World['installations'], repository: Repo): Level {
  const installation = installationOf({ installations }, repository)
  return installation?.state === 'active' ? (installation.permissions.contents ?? 'none') : 'none'
}
