/** Installing the App, and what becomes of an installation, with the events that every App gets. */
import type { Account, Installation, Permissions, Repo } from './entities.ts'
import { installationView } from './views/installation.ts'
import { repositoryReference } from './views/repository.ts'
import type { World } from './world.ts'

/** Installs the App on repositories of an account. */
export function install(world: World, account: Account, repositories: readonly Repo[], permissions: Permissions) {
  const now = world.now()
  const installation: Installation = {
    id: world.id(),
    account,
    repositories: new Set(repositories.map(({ id }) => id)),
    permissions: { ...permissions, metadata: permissions.metadata ?? 'read' },
    state: 'active',
    createdAt: now,
    updatedAt: now,
  }
  world.installations.set(installation.id, installation)
  tell(world, installation, 'created', { repositories: repositories.map(repositoryReference), requester: null })
  return installation
}

/** Suspends an installation, brings it back, or ends it. Its repositories are as they were. */
export function setInstallationState(world: World, installation: Installation, state: Installation['state']): void {
  if (installation.state === state || installation.state === 'deleted') return
  installation.state = state
  installation.updatedAt = world.now()
  const action = ({ active: 'unsuspend', suspended: 'suspend', deleted: 'deleted' } as const)[state]
  const repositories = [...installation.repositories].flatMap((id) => world.repositories.get(id) ?? [])
  tell(world, installation, action, { repositories: repositories.map(repositoryReference) })
}

/** Grants a permission or takes it away, from now on and for the tokens that exist, too. */
export function setInstallationPermission(
  world: World,
  installation: Installation,
  name: string,
  level: 'read' | 'write' | undefined,
): void {
  const { [name]: _before, ...others } = installation.permissions
  installation.permissions = level === undefined ? others : { ...others, [name]: level }
  installation.updatedAt = world.now()
  tell(world, installation, 'new_permissions_accepted', {})
}

/** Adds repositories and takes others away, so that it has these. */
export function setInstallationRepositories(world: World, installation: Installation, wanted: readonly Repo[]): void {
  const before = [...installation.repositories].flatMap((id) => world.repositories.get(id) ?? [])
  const added = wanted.filter((one) => !before.includes(one))
  const removed = before.filter((one) => !wanted.includes(one))
  installation.repositories.clear()
  for (const { id } of wanted) installation.repositories.add(id)
  installation.updatedAt = world.now()
  for (const [action, some] of [
    ['added', added],
    ['removed', removed],
  ] as const) {
    if (some.length === 0) continue
    const lists = {
      repositories_added: action === 'added' ? some.map(repositoryReference) : [],
      repositories_removed: action === 'removed' ? some.map(repositoryReference) : [],
    }
    const more = { ...lists, repository_selection: 'selected', requester: null }
    tell(world, installation, action, more, 'installation_repositories')
  }
}

function tell(
  world: World,
  installation: Installation,
  action: string,
  more: Readonly<Record<string, unknown>>,
  event: 'installation' | 'installation_repositories' = 'installation',
): void {
  const payload = { installation: installationView(world, installation), ...more }
  world.emit({ event, action, repository: undefined, sender: installation.account, installation, payload })
}
