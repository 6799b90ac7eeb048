/** Routes of people: who somebody is, and what they may do in a repository. */
import { NOT_ACCESSIBLE } from '../admit.ts'
import { ApiError, notFound, page } from '../answers.ts'
import type { Account, Level, Repo } from '../entities.ts'
import type { RateLimit } from '../rate-limit.ts'
import { reaches } from '../state.ts'
import { userView } from '../views/account.ts'
import type { Call, Permission, Route, World } from '../world.ts'

const METADATA: Permission = { name: 'metadata', level: 'read' }
const BEGINNING = '2026-01-01T00:00:00Z'

/** Makes the routes; the rate limit is asked by one of them. */
export function userRoutes(rateLimit: RateLimit): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/user',
      access: 'token',
      handler(call) {
        if (call.actor.kind !== 'user') throw new ApiError(403, NOT_ACCESSIBLE)
        return { status: 200, body: publicUser(call.world, call.account) }
      },
    },
    {
      method: 'GET',
      path: '/users/{username}',
      access: 'any',
      handler: (call) => ({ status: 200, body: publicUser(call.world, accountOf(call)) }),
    },
    {
      method: 'GET',
      path: '/rate_limit',
      access: 'any',
      handler(call) {
        const core = rateLimit.state(call.actorName)
        return { status: 200, body: { resources: { core, search: core }, rate: core } }
      },
    },
    {
      method: 'GET',
      path: '/repos/{owner}/{repo}/collaborators',
      access: METADATA,
      person: 'write',
      handler: listCollaborators,
    },
    {
      method: 'GET',
      path: '/repos/{owner}/{repo}/collaborators/{username}',
      access: METADATA,
      person: 'write',
      handler(call) {
        if (!isCollaborator(call.repository, accountOf(call))) throw notFound()
        return { status: 204 }
      },
    },
    {
      method: 'GET',
      path: '/repos/{owner}/{repo}/collaborators/{username}/permission',
      access: METADATA,
      person: 'read',
      handler(call) {
        const account = accountOf(call)
        const level = call.world.levelOf(account, call.repository)
        const user = collaborator(call.world, call.repository, account)
        return { status: 200, body: { permission: level, role_name: level, user } }
      },
    },
  ]
}

function accountOf(call: Call): Account {
  const account = call.world.accounts.get((call.params.username ?? '').toLowerCase())
  if (account === undefined) throw notFound()
  return account
}

function publicUser(world: World, account: Account) {
  const repositories = [...world.repositories.values()].filter((one) => one.owner === account && !one.private)
  return {
    ...userView(world, account),
    name: null,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: repositories.length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: BEGINNING,
    updated_at: BEGINNING,
  }
}

function isCollaborator(repository: Repo, account: Account): boolean {
  const given = repository.permissions.get(account.login.toLowerCase()) ?? 'none'
  return account.id === repository.owner.id || given !== 'none'
}

function collaborator(world: World, repository: Repo, account: Account) {
  const level = world.levelOf(account, repository)
  return { ...userView(world, account), permissions: permissions(level), role_name: level }
}

function permissions(level: Level) {
  const writes = reaches(level, 'write')
  return { pull: level !== 'none', triage: writes, push: writes, maintain: level === 'admin', admin: level === 'admin' }
}

const WANTED: Readonly<Record<string, Level>> = { pull: 'read', triage: 'read', push: 'write', admin: 'admin' }

function listCollaborators(call: Call) {
  const { world, repository, query } = call
  const needed = WANTED[query.get('permission') ?? 'pull'] ?? 'admin'
  const people = [...world.accounts.values()]
    .filter((account) => account.type === 'User' && isCollaborator(repository, account))
    .filter((account) => reaches(world.levelOf(account, repository), needed))
  return page(
    call,
    people.map((account) => collaborator(world, repository, account)),
  )
}
