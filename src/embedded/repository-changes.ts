/** Changes of repositories by their settings page, with the events that follow. */
import type { Account, Level, Repo } from './entities.ts'
import type { World } from './world.ts'

/** A repository with GitHub's defaults and no content yet. */
export function newRepository(world: World, owner: Account, name: string, isPrivate: boolean): Repo {
  const now = world.now()
  return {
    id: world.id(),
    owner,
    name,
    private: isPrivate,
    defaultBranch: 'main',
    issuesEnabled: true,
    actionsEnabled: true,
    archived: false,
    protectedBranches: [],
    mergeMethods: ['merge', 'squash', 'rebase'],
    permissions: new Map<string, Level>(),
    labels: new Map(),
    issues: new Map(),
    comments: new Map(),
    checkRuns: new Map(),
    statuses: [],
    runs: new Map(),
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    nextNumber: 1,
  }
}

/** Gives a repository another name; the old one leads to it from now on. */
export function renameRepository(world: World, repository: Repo, name: string, by: Account): void {
  const from = repository.name
  world.oldNames.set(`${repository.owner.login}/${from}`.toLowerCase(), repository.id)
  repository.name = name
  repository.updatedAt = world.now()
  const payload = { changes: { repository: { name: { from } } } }
  world.emit({ event: 'repository', action: 'renamed', repository, sender: by, payload })
}

/** Archives a repository, or brings it back. */
export function setArchived(world: World, repository: Repo, archived: boolean, by: Account): void {
  if (repository.archived === archived) return
  repository.archived = archived
  repository.updatedAt = world.now()
  const action = archived ? 'archived' : 'unarchived'
  world.emit({ event: 'repository', action, repository, sender: by, payload: {} })
}
