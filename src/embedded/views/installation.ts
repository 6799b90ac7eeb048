/** JSON of the App and its installations. */
import type { components } from '@octokit/openapi-types'
import type { Installation } from '../entities.ts'
import type { World } from '../world.ts'
import { nodeId, userView } from './account.ts'

type Integration = NonNullable<components['schemas']['integration']>

const BEGINNING = '2026-01-01T00:00:00Z'
const CLIENT_ID = 'Iv23embedded'

/** The App, as it is shown to itself and beside everything that it made. */
export function appView(world: World): Integration {
  const { app } = world
  return {
    id: app.id,
    slug: app.slug,
    client_id: CLIENT_ID,
    node_id: nodeId('App', app.id),
    owner: userView(world, app.owner),
    name: app.name,
    description: '',
    external_url: world.webUrl,
    html_url: `${world.webUrl}/apps/${app.slug}`,
    created_at: BEGINNING,
    updated_at: BEGINNING,
    permissions: app.permissions,
    events: [...app.events],
  }
}

/** The App that GitHub's own workflow runs report through. */
export function actionsAppView(world: World): Integration {
  return {
    ...appView(world),
    id: 15368,
    slug: 'github-actions',
    client_id: 'Iv1.actions',
    node_id: nodeId('App', 15368),
    name: 'GitHub Actions',
    description: 'Automate your workflow from idea to production',
    html_url: `${world.webUrl}/apps/github-actions`,
    permissions: { actions: 'write', checks: 'write', contents: 'write', metadata: 'read', pull_requests: 'write' },
    events: ['check_run', 'workflow_run'],
  }
}

/** What the payload of a repository's event says of the installation. */
export function installationReference(installation: Installation) {
  return { id: installation.id, node_id: nodeId('Installation', installation.id) }
}

/** An installation as the App sees it. */
export function installationView(world: World, installation: Installation): components['schemas']['installation'] {
  return {
    id: installation.id,
    client_id: CLIENT_ID,
    account: userView(world, installation.account),
    repository_selection: 'selected',
    access_tokens_url: `${world.apiUrl}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.webUrl}/settings/installations/${installation.id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: installation.permissions,
    events: [...world.app.events],
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.state === 'suspended' ? userView(world, installation.account) : null,
    suspended_at: installation.state === 'suspended' ? installation.updatedAt : null,
  }
}
