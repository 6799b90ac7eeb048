/** Lists of issues and pull requests, and the conversation of one. */
import { html, raw } from 'hono/html'
import type { Comment, Issue, Repo, Review } from '../entities.ts'
import { actionForm, box, type Markup } from './layout.ts'
import { renderMarkdown } from './markdown.ts'

const REACTION_SIGNS: Record<string, string> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  confused: '😕',
  heart: '❤️',
  hooray: '🎉',
  rocket: '🚀',
  eyes: '👀',
}

/** Path of an issue's or pull request's page. */
export function pathOf(repository: Repo, issue: Issue): string {
  return `/${repository.owner.login}/${repository.name}/${issue.pull === undefined ? 'issues' : 'pull'}/${issue.number}`
}

/** `Open`, `Closed`, `Merged`. */
export function stateWord(issue: Issue): string {
  if (issue.pull?.mergedAt) return 'Merged'
  return issue.state === 'open' ? 'Open' : 'Closed'
}

/** Issues or pull requests of a repository, newest first. */
export function listPage(repository: Repo, kind: 'issues' | 'pulls'): Markup {
  const wanted = [...repository.issues.values()]
    .filter((issue) => (issue.pull !== undefined) === (kind === 'pulls') && issue.removed === undefined)
    .sort((left, right) => right.number - left.number)
  return html`<h1>${kind === 'pulls' ? 'Pull requests' : 'Issues'}</h1>
${wanted.length === 0 ? html`<p class="muted">None yet.</p>` : ''}
<ul class="list">${wanted.map((issue) => listEntry(repository, issue))}</ul>`
}

/** One line of a list. */
export function listEntry(repository: Repo, issue: Issue): Markup {
  const word = stateWord(issue)
  return html`<li><span class="state ${word.toLowerCase()}">${word}</span> <a href="${pathOf(repository, issue)}"><b>${issue.title}</b></a>
<span class="muted">#${issue.number} by ${issue.user.login}</span> ${issue.labels.map((label) => html`<span class="label">${label.name}</span> `)}</li>`
}

/** Title, state and labels. */
export function issueHead(issue: Issue): Markup {
  const word = stateWord(issue)
  return html`<h1>${issue.title} <span class="muted">#${issue.number}</span></h1>
<p><span class="state ${word.toLowerCase()}">${word}</span> ${issue.labels.map((label) => html`<span class="label">${label.name}</span> `)}</p>`
}

/** The opening text, comments and reviews in the order of time. */
export function conversation(repository: Repo, issue: Issue): Markup {
  const comments = [...repository.comments.values()].filter((comment) => comment.issue === issue.number)
  const entries = [
    ...comments.map((comment) => ({ at: comment.createdAt, id: comment.id, show: () => commentBox(comment) })),
    ...(issue.pull?.reviews ?? []).map((review) => ({
      at: review.submittedAt,
      id: review.id,
      show: () => reviewBox(review),
    })),
  ].sort((left, right) => left.at.localeCompare(right.at) || left.id - right.id)
  return html`${box(html`<b>${issue.user.login}</b> <span class="muted">opened this ${time(issue.createdAt)}</span>`, html`${raw(renderMarkdown(issue.body ?? ''))}`)}
${entries.map((entry) => entry.show())}`
}

function commentBox(comment: Comment): Markup {
  const reactions = comment.reactions.map(
    (reaction) =>
      html`<span title="${reaction.user.login}: ${reaction.content}">${REACTION_SIGNS[reaction.content] ?? ''}</span> `,
  )
  const edited = comment.updatedAt === comment.createdAt ? '' : ' · edited'
  return box(
    html`<b>${comment.user.login}</b> <span class="muted">commented ${time(comment.createdAt)}${edited}</span>`,
    html`${raw(renderMarkdown(comment.body))}${reactions.length > 0 ? html`<p>${reactions}</p>` : ''}`,
    `comment-${comment.id}`,
  )
}

const REVIEW_WORDS: Record<Review['state'], string> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'requested changes',
  COMMENTED: 'reviewed',
  DISMISSED: 'reviewed (dismissed)',
  PENDING: 'has begun a review',
}

function reviewBox(review: Review): Markup {
  const kind = review.state === 'APPROVED' ? 'good' : review.state === 'CHANGES_REQUESTED' ? 'bad' : 'muted'
  return box(
    html`<b>${review.user.login}</b> <span class="${kind}">${REVIEW_WORDS[review.state]}</span> <span class="muted">${review.commit.slice(0, 8)} ${time(review.submittedAt)}</span>`,
    review.body === '' ? html`<span class="muted">No words.</span>` : html`${raw(renderMarkdown(review.body))}`,
  )
}

function time(iso: string): Markup {
  return html`<time datetime="${iso}">${iso.slice(11, 19)}</time>`
}

/** The box to comment in, and the button that closes or opens. */
export function commentForm(repository: Repo, issue: Issue): Markup {
  const path = pathOf(repository, issue)
  const open = issue.state === 'open'
  return html`${box(
    html`<b>Comment</b> <span class="muted">${issue.pull === undefined ? '/help, /plan, /integrate, /cancel' : '/help, /approve, /revert c2, /retest'}</span>`,
    actionForm(
      `${path}/comment`,
      path,
      html`<label><span class="hint">Markdown; a command stands at the start of a line</span><textarea name="body" required></textarea></label><button class="main">Comment</button>`,
    ),
  )}
${issue.pull?.mergedAt ? '' : actionForm(`${path}/state`, path, html`<button name="state" value="${open ? 'closed' : 'open'}">${open ? 'Close' : 'Reopen'}</button>`)}`
}

/** An issue's page. */
export function issuePage(repository: Repo, issue: Issue): Markup {
  return html`${issueHead(issue)}${conversation(repository, issue)}${commentForm(repository, issue)}`
}
