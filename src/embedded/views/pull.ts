/** JSON of pull requests and reviews. */
import type { components } from '@octokit/openapi-types'
import type { Repo, Review, ReviewComment } from '../entities.ts'
import type { FileDiff } from '../git/diff.ts'
import { missingChecks } from '../git/protection.ts'
import type { Mergeability, PullFacts, PullIssue } from '../git/pull-state.ts'
import type { World } from '../world.ts'
import { nodeId, userView } from './account.ts'
import { associationOf, labelView } from './issue.ts'
import { repositoryPage, repositoryUrl, repositoryView } from './repository.ts'

type Schemas = components['schemas']

function addresses(world: World, repository: Repo, issue: PullIssue) {
  const [url, page] = [repositoryUrl(world, repository), repositoryPage(world, repository)]
  const self = `${url}/pulls/${issue.number}`
  const html = `${page}/pull/${issue.number}`
  return {
    url: self,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${url}/issues/${issue.number}`,
    commits_url: `${self}/commits`,
    review_comments_url: `${self}/comments`,
    review_comment_url: `${url}/pulls/comments{/number}`,
    comments_url: `${url}/issues/${issue.number}/comments`,
    statuses_url: `${url}/statuses/${issue.pull.headSha}`,
  }
}

/** A pull request as lists show it. */
export function simplePullView(world: World, repository: Repo, issue: PullIssue): Schemas['pull-request-simple'] {
  const { pull } = issue
  const links = addresses(world, repository, issue)
  const side = (ref: string, sha: string) => ({
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: userView(world, repository.owner),
    repo: repositoryView(world, repository) as Schemas['repository'],
  })
  const link = (href: string) => ({ href })
  return {
    ...links,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: userView(world, issue.user),
    body: issue.body,
    labels: issue.labels.map((label) => ({
      ...labelView(world, repository, label),
      description: label.description ?? '',
    })),
    milestone: null,
    active_lock_reason: null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: side(pull.headRef, pull.headSha),
    base: side(pull.baseRef, pull.baseSha),
    _links: {
      self: link(links.url),
      html: link(links.html_url),
      issue: link(links.issue_url),
      comments: link(links.comments_url),
      review_comments: link(links.review_comments_url),
      review_comment: link(links.review_comment_url),
      commits: link(links.commits_url),
      statuses: link(links.statuses_url),
    },
    author_association: associationOf(world, repository, issue.user),
    auto_merge: null,
    draft: pull.draft,
  }
}

/** A pull request alone; without a mergeability GitHub is still computing it. */
export function pullView(
  world: World,
  repository: Repo,
  issue: PullIssue,
  facts: PullFacts,
  merge: Mergeability | undefined,
): Schemas['pull-request'] {
  const { pull } = issue
  const simple = simplePullView(world, repository, issue)
  const sum = (key: 'additions' | 'deletions') => facts.files.reduce((total, file) => total + file[key], 0)
  const open = issue.state === 'open'
  return {
    ...simple,
    state: issue.state,
    user: userView(world, issue.user),
    head: { ...simple.head, user: userView(world, repository.owner) },
    base: { ...simple.base, user: userView(world, repository.owner) },
    assignees: [],
    requested_teams: [],
    // While it is open this is the trial merge, afterwards the real one.
    merge_commit_sha: pull.mergeCommitSha ?? merge?.merge ?? null,
    merged: pull.mergedAt !== null,
    mergeable: open && merge !== undefined ? merge.merge !== undefined : null,
    rebaseable: open && merge !== undefined ? merge.rebaseable : null,
    mergeable_state: open ? mergeableState(repository, issue, merge) : 'unknown',
    merged_by: pull.mergedBy === null ? null : userView(world, pull.mergedBy),
    comments: [...repository.comments.values()].filter((comment) => comment.issue === issue.number).length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: false,
    commits: facts.commits.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: facts.files.length,
  }
}

function mergeableState(repository: Repo, issue: PullIssue, merge: Mergeability | undefined): string {
  if (merge === undefined) return 'unknown'
  if (merge.merge === undefined) return 'dirty'
  if (missingChecks(repository, issue.pull.baseRef, issue.pull.headSha) !== undefined) return 'blocked'
  const runs = [...repository.checkRuns.values()].filter((run) => run.headSha === issue.pull.headSha)
  const fine = runs.every(
    (run) => run.conclusion !== null && ['success', 'neutral', 'skipped'].includes(run.conclusion),
  )
  return fine ? 'clean' : 'unstable'
}

/** A review as the API shows it. */
export function reviewView(
  world: World,
  repository: Repo,
  issue: PullIssue,
  review: Review,
): Schemas['pull-request-review'] {
  const { url, html_url } = addresses(world, repository, issue)
  const html = `${html_url}#pullrequestreview-${review.id}`
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: userView(world, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: url,
    author_association: associationOf(world, repository, review.user),
    _links: { html: { href: html }, pull_request: { href: url } },
    ...(review.state === 'PENDING' ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commit,
  }
}

/** A comment on a line, with the part of the file's diff that ends at it. */
export function reviewCommentView(
  world: World,
  repository: Repo,
  issue: PullIssue,
  comment: ReviewComment,
  files: readonly FileDiff[],
): Schemas['pull-request-review-comment'] {
  const { url: pullUrl, html_url } = addresses(world, repository, issue)
  const url = `${repositoryUrl(world, repository)}/pulls/comments/${comment.id}`
  const html = `${html_url}#discussion_r${comment.id}`
  const patch = files.find(({ filename }) => filename === comment.path)?.patch ?? ''
  const hunk = comment.line === null ? patch : hunkUpTo(patch, comment.line)
  const position = comment.line === null ? 1 : positionOf(patch, hunk)
  return {
    url,
    pull_request_review_id: comment.review,
    id: comment.id,
    node_id: nodeId('PullRequestReviewComment', comment.id),
    diff_hunk: hunk,
    position,
    original_position: position,
    path: comment.path,
    commit_id: comment.commit,
    original_commit_id: comment.commit,
    user: userView(world, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(world, repository, comment.user),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
    ...(comment.line === null ? {} : { line: comment.line, original_line: comment.line, side: 'RIGHT' as const }),
    subject_type: comment.line === null ? 'file' : 'line',
  }
}

/** Lines between the first hunk's header and the end of a hunk. */
function positionOf(patch: string, hunk: string): number {
  return Math.max(1, patch.slice(0, patch.indexOf(hunk) + hunk.length).split('\n').length - 1)
}

/** The hunk that has a line of the new file, cut off behind it; nothing when no hunk has it. */
function hunkUpTo(patch: string, line: number): string {
  for (const hunk of patch.split(/^(?=@@)/m)) {
    const [header = '', ...lines] = hunk.split('\n')
    let at = Number(/\+(\d+)/.exec(header)?.[1] ?? 0)
    for (const [index, text] of lines.entries()) {
      if (text.startsWith('-') || text.startsWith('\\')) continue
      if (at === line) return [header, ...lines.slice(0, index + 1)].join('\n')
      at += 1
    }
  }
  return ''
}
