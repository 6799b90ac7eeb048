/** JSON of a repository: one shape, full enough for the API and for webhooks. */
import type { components } from '@octokit/openapi-types'
import type { Level, Repo } from '../entities.ts'
import type { World } from '../world.ts'
import { nodeId, userView } from './account.ts'

type FullRepository = components['schemas']['full-repository']

/** `owner/name`. */
export function fullName(repository: Repo): string {
  return `${repository.owner.login}/${repository.name}`
}

/** `…/repos/owner/name` of the API. */
export function repositoryUrl(world: World, repository: Repo): string {
  return `${world.apiUrl}/repos/${fullName(repository)}`
}

/** `https://…/owner/name`, the page. */
export function repositoryPage(world: World, repository: Repo): string {
  return `${world.webUrl}/${fullName(repository)}`
}

/** A repository as events of an installation name it. */
export function repositoryReference(repository: Repo) {
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  }
}

/** A repository as `GET /repos/{owner}/{repo}` shows it to somebody of this level. */
export function repositoryView(world: World, repository: Repo, level: Level = 'read') {
  const url = repositoryUrl(world, repository)
  const page = repositoryPage(world, repository)
  const issues = [...repository.issues.values()].filter((issue) => issue.state === 'open' && !issue.removed).length
  return {
    ...repositoryReference(repository),
    visibility: repository.private ? 'private' : 'public',
    owner: userView(world, repository.owner),
    description: null,
    fork: false,
    html_url: page,
    url,
    ...templates(url),
    git_url: `${page}.git`,
    ssh_url: `${page}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: 'Python',
    license: null,
    topics: [],
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    subscribers_count: 0,
    network_count: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues: issues,
    open_issues_count: issues,
    is_template: false,
    has_issues: repository.issuesEnabled,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    allow_merge_commit: repository.mergeMethods.includes('merge'),
    allow_squash_merge: repository.mergeMethods.includes('squash'),
    allow_rebase_merge: repository.mergeMethods.includes('rebase'),
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    permissions: {
      admin: level === 'admin',
      maintain: level === 'admin',
      push: level === 'admin' || level === 'write',
      triage: level === 'admin' || level === 'write',
      pull: level !== 'none',
    },
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
  } satisfies FullRepository
}

/** The addresses that GitHub lists with every repository. */
function templates(url: string) {
  return {
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  }
}
