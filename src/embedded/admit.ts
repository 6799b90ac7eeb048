/** Who may call a route, and how GitHub refuses the others. */
import { ApiError, notFound } from './answers.ts'
import type { Level, Repo } from './entities.ts'
import { grantedTo, reaches, seesRepository } from './state.ts'
import type { Actor, Permission, Route, World } from './world.ts'

/** GitHub's words for a permission that an installation lacks. */
export const NOT_ACCESSIBLE = 'Resource not accessible by integration'

/** The permissions of a route, or none where it is not bound to one. */
function permissionsOf(route: Route): readonly Permission[] {
  if (typeof route.access === 'string') return []
  return 'name' in route.access ? [route.access] : route.access
}

/** `x-accepted-github-permissions`: alternatives are parted by a semicolon. */
export function acceptedPermissions(route: Route): Record<string, string> {
  const permissions = permissionsOf(route)
  if (permissions.length === 0) return {}
  return { 'x-accepted-github-permissions': permissions.map(({ name, level }) => `${name}=${level}`).join('; ') }
}

/**
 * Throws ApiError unless the actor may call the route: 401 who must say who they are, 404 for what they may not see, 403 for
 * what they may see and not do. An archived repository takes no writes.
 */
export function admit(world: World, actor: Actor, route: Route, repository: Repo | undefined): void {
  const { access } = route
  if (access === 'app') {
    if (actor.kind !== 'app') throw new ApiError(401, 'A JSON web token could not be decoded')
    return
  }
  if (actor.kind === 'app' && access !== 'any') throw new ApiError(403, NOT_ACCESSIBLE)
  if (access === 'token' && actor.kind === 'anonymous') throw new ApiError(401, 'Requires authentication')
  if (repository === undefined) return
  admitToRepository(world, actor, route, repository)
  // Bringing it back is the one write that is left, and it is not the API's to the repository's content.
  const settings = route.method === 'PATCH' && route.path === '/repos/{owner}/{repo}'
  if (repository.archived && route.method !== 'GET' && !settings) {
    throw new ApiError(403, 'Repository was archived so is read-only.')
  }
}

function admitToRepository(world: World, actor: Actor, route: Route, repository: Repo): void {
  switch (actor.kind) {
    case 'app':
      return
    case 'anonymous':
      if (repository.private) throw notFound()
      if (route.method !== 'GET') throw new ApiError(401, 'Requires authentication')
      return
    case 'user': {
      const level = world.levelOf(actor.account, repository)
      if (!reaches(level, 'read')) throw notFound()
      const needed: Level = route.person ?? (route.method === 'GET' ? 'read' : 'write')
      if (!reaches(level, needed)) {
        const what = needed === 'admin' ? 'have admin rights to Repository' : 'have push access to Repository'
        throw new ApiError(403, `Must ${what}.`)
      }
      return
    }
    case 'installation': {
      if (!seesRepository(actor, repository)) {
        if (repository.private) throw notFound()
        if (route.method !== 'GET') throw new ApiError(403, NOT_ACCESSIBLE)
        return
      }
      const permissions = permissionsOf(route)
      const granted = permissions.some(({ name, level }) => reaches(grantedTo(actor, name), level))
      if (permissions.length > 0 && !granted)
        throw new ApiError(403, NOT_ACCESSIBLE, undefined, acceptedPermissions(route))
    }
  }
}

/** Throws ApiError 403 unless an installation has this permission; people were asked by the route. */
export function requirePermission(world: World, actor: Actor, repository: Repo, permission: Permission): void {
  if (actor.kind !== 'installation' || world.may(actor, repository, permission)) return
  // Where it is not installed, it reads what is public, as everybody does.
  if (!seesRepository(actor, repository) && permission.level === 'read' && !repository.private) return
  const header = { 'x-accepted-github-permissions': `${permission.name}=${permission.level}` }
  throw new ApiError(403, NOT_ACCESSIBLE, undefined, header)
}
