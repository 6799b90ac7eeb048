/** Routes of the App itself: its installations, its tokens, and what an installation reaches. */
import { z } from 'zod'
import { NOT_ACCESSIBLE } from '../admit.ts'
import { ApiError, invalid, notFound, page } from '../answers.ts'
import type { Auth } from '../auth.ts'
import type { Installation, Permissions, Repo } from '../entities.ts'
import { installationOf, reaches } from '../state.ts'
import { appView, installationView } from '../views/installation.ts'
import { fullName, repositoryView } from '../views/repository.ts'
import type { Answer, Call, Route } from '../world.ts'

const tokenRequest = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.int()).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
})

/** What the routes do with installations beside reading them. */
export interface AppRoutesOptions {
  readonly auth: Auth
  /** Ends an installation, as `DELETE /app/installations/{installation_id}`. */
  readonly uninstall: (installation: Installation) => void
}

/** Makes the routes. */
export function appRoutes({ auth, uninstall }: AppRoutesOptions): readonly Route[] {
  return [
    { method: 'GET', path: '/app', access: 'app', handler: showApp },
    { method: 'GET', path: '/app/installations', access: 'app', handler: listInstallations },
    {
      method: 'GET',
      path: '/app/installations/{installation_id}',
      access: 'app',
      handler: (call) => ({ status: 200, body: installationView(call.world, installationById(call)) }),
    },
    {
      method: 'DELETE',
      path: '/app/installations/{installation_id}',
      access: 'app',
      handler(call) {
        uninstall(installationById(call))
        return { status: 204 }
      },
    },
    {
      method: 'POST',
      path: '/app/installations/{installation_id}/access_tokens',
      access: 'app',
      handler: (call) => createToken(call, auth),
    },
    {
      method: 'GET',
      path: '/repos/{owner}/{repo}/installation',
      access: 'app',
      handler(call) {
        const installation = installationOf(call.world, call.repository)
        if (installation === undefined) throw notFound()
        return { status: 200, body: installationView(call.world, installation) }
      },
    },
    { method: 'GET', path: '/installation/repositories', access: 'token', handler: listRepositories },
    {
      method: 'DELETE',
      path: '/installation/token',
      access: 'token',
      handler(call) {
        if (!auth.revoke(call.headers.get('authorization')?.split(' ').at(-1) ?? '')) throw notFound()
        return { status: 204 }
      },
    },
  ]
}

function showApp({ world }: Call): Answer {
  const installations = [...world.installations.values()].filter(({ state }) => state !== 'deleted')
  return { status: 200, body: { ...appView(world), installations_count: installations.length } }
}

function listInstallations(call: Call): Answer {
  const installations = [...call.world.installations.values()].filter(({ state }) => state !== 'deleted')
  return page(
    call,
    installations.map((installation) => installationView(call.world, installation)),
  )
}

function installationById(call: Call): Installation {
  const installation = call.world.installations.get(call.number('installation_id'))
  if (installation === undefined || installation.state === 'deleted') throw notFound()
  return installation
}

function createToken(call: Call, auth: Auth): Answer {
  const { world } = call
  const installation = installationById(call)
  if (installation.state === 'suspended') throw new ApiError(403, 'This installation has been suspended')
  const wanted = call.parse(tokenRequest)
  const chosen = chosenRepositories(call, installation, wanted.repositories, wanted.repository_ids)
  const permissions = wanted.permissions
  checkPermissions(installation, permissions)
  const ids = chosen === undefined ? undefined : new Set(chosen.map(({ id }) => id))
  const { token, expires } = auth.installation(installation, ids, permissions)
  return {
    status: 201,
    body: {
      token,
      expires_at: `${new Date(expires).toISOString().slice(0, 19)}Z`,
      permissions: permissions === undefined ? installation.permissions : { ...permissions, metadata: 'read' },
      repository_selection: 'selected',
      ...(chosen === undefined ? {} : { repositories: chosen.map((repository) => repositoryView(world, repository)) }),
    },
  }
}

/** The repositories that a token is narrowed to; 422 for one that the installation does not have. */
function chosenRepositories(
  call: Call,
  installation: Installation,
  names: readonly string[] | undefined,
  ids: readonly number[] | undefined,
): Repo[] | undefined {
  if (names === undefined && ids === undefined) return undefined
  const all = [...installation.repositories].flatMap((id) => call.world.repositories.get(id) ?? [])
  const byName = (name: string) => all.find((one) => one.name.toLowerCase() === name.toLowerCase())
  const byId = (id: number) => all.find((one) => one.id === id)
  const chosen = [...(names ?? []).map(byName), ...(ids ?? []).map(byId)]
  if (chosen.some((one) => one === undefined)) {
    throw invalid(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  }
  return chosen.flatMap((one) => one ?? [])
}

function checkPermissions(installation: Installation, wanted: Permissions | undefined): void {
  for (const [name, level] of Object.entries(wanted ?? {})) {
    if (!reaches(installation.permissions[name] ?? 'none', level)) {
      throw invalid('The permissions requested are not granted to this installation.')
    }
  }
}

function listRepositories(call: Call): Answer {
  const { actor, world } = call
  if (actor.kind !== 'installation') throw new ApiError(403, 'You must authenticate with an installation access token')
  if (!reaches(actor.installation.permissions.metadata ?? 'none', 'read')) throw new ApiError(403, NOT_ACCESSIBLE)
  const repositories = [...actor.installation.repositories]
    .filter((id) => actor.repositories?.has(id) ?? true)
    .flatMap((id) => world.repositories.get(id) ?? [])
    .sort((one, other) => fullName(one).localeCompare(fullName(other)))
  return page(
    call,
    repositories.map((repository) => repositoryView(world, repository, 'write')),
    (shown) => ({ total_count: repositories.length, repository_selection: 'selected', repositories: shown }),
  )
}
