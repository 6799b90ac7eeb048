/** JSON of issues, comments, labels and reactions. */
import type { components } from '@octokit/openapi-types'
import {
  type Account,
  type Authored,
  type Comment,
  type Issue,
  type Label,
  REACTIONS,
  type Reaction,
  type Repo,
} from '../entities.ts'
import type { World } from '../world.ts'
import { nodeId, userView } from './account.ts'
import { appView } from './installation.ts'
import { repositoryPage, repositoryUrl } from './repository.ts'

type Schemas = components['schemas']

export function labelView(world: World, repository: Repo, label: Label): Schemas['label'] {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${repositoryUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  }
}

/** How an account stands to a repository, as far as GitHub says it beside what the account wrote. */
export function associationOf(world: World, repository: Repo, account: Account): Schemas['author-association'] {
  if (account.id === repository.owner.id) return 'OWNER'
  if (account.type === 'Bot') return 'NONE'
  const level = repository.permissions.get(account.login.toLowerCase()) ?? 'none'
  return level === 'none' || world.levelOf(account, repository) === 'none' ? 'NONE' : 'COLLABORATOR'
}

/** The App that something was made through, or null. */
export function viaApp(world: World, authored: Authored): Schemas['nullable-integration'] {
  return authored.viaApp ? appView(world) : null
}

function rollup(url: string, reactions: readonly Reaction[]): Schemas['reaction-rollup'] {
  const count = (content: string) => reactions.filter((one) => one.content === content).length
  const counts = Object.fromEntries(REACTIONS.map((content) => [content, count(content)]))
  return { url: `${url}/reactions`, total_count: reactions.length, ...counts } as Schemas['reaction-rollup']
}

/** An issue; a pull request shows itself here as an issue with `pull_request`. */
export function issueView(world: World, repository: Repo, issue: Issue): Schemas['issue'] {
  const base = repositoryUrl(world, repository)
  const url = `${base}/issues/${issue.number}`
  const page = `${repositoryPage(world, repository)}/${issue.pull === undefined ? 'issues' : 'pull'}/${issue.number}`
  const comments = [...repository.comments.values()].filter((one) => one.issue === issue.number).length
  return {
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    url,
    repository_url: base,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: page,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    user: userView(world, issue.user),
    labels: issue.labels.map((label) => labelView(world, repository, label)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    comments,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy === null ? null : userView(world, issue.closedBy),
    author_association: associationOf(world, repository, issue.user),
    performed_via_github_app: viaApp(world, issue),
    reactions: rollup(url, issue.reactions),
    ...(issue.pull === undefined
      ? {}
      : {
          draft: issue.pull.draft,
          pull_request: {
            url: `${base}/pulls/${issue.number}`,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: issue.pull.mergedAt,
          },
        }),
  }
}

export function commentView(world: World, repository: Repo, comment: Comment): Schemas['issue-comment'] {
  const base = repositoryUrl(world, repository)
  const url = `${base}/issues/comments/${comment.id}`
  const kind = repository.issues.get(comment.issue)?.pull === undefined ? 'issues' : 'pull'
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url,
    html_url: `${repositoryPage(world, repository)}/${kind}/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${base}/issues/${comment.issue}`,
    body: comment.body,
    user: userView(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(world, repository, comment.user),
    performed_via_github_app: viaApp(world, comment),
    reactions: rollup(url, comment.reactions),
  }
}

export function reactionView(world: World, reaction: Reaction): Schemas['reaction'] {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: userView(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  }
}
