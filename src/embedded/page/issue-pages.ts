/** Lists of issues and pull requests, and the conversation of one. */
import { html } from 'hono/html'
import type { Comment, Issue, Repo, Review } from '../entities.ts'
import { actionForm, box, type Markup, pageOf, shaLink, time } from './layout.ts'
import { markdownOf } from './markdown.ts'

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
  return `${pageOf(repository)}/${issue.pull === undefined ? 'issues' : 'pull'}/${issue.number}`
}

/** `Open`, `Closed`, `Merged`. */
function stateWord(issue: Issue): string {
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

function stateBadge(issue: Issue): Markup {
  const word = stateWord(issue)
  const done = word === 'Closed' && issue.pull === undefined && issue.stateReason !== 'not_planned'
  return html`<span class="state ${done ? 'merged' : word.toLowerCase()}">${word}</span>`
}

/** One line of a list. */
export function listEntry(repository: Repo, issue: Issue): Markup {
  return html`<li>${stateBadge(issue)} <a href="${pathOf(repository, issue)}"><b>${issue.title}</b></a>
<span class="muted">#${issue.number} by ${issue.user.login}</span> ${issue.labels.map((label) => html`<span class="label">${label.name}</span> `)}</li>`
}

/** Title, state and labels. */
export function issueHead(issue: Issue): Markup {
  return html`<h1>${issue.title} <span class="muted">#${issue.number}</span></h1>
<p>${stateBadge(issue)} ${issue.labels.map((label) => html`<span class="label">${label.name}</span> `)}</p>`
}

/** The opening text, comments and reviews in the order of time. */
export function conversation(repository: Repo, issue: Issue): Markup {
  const comments = [...repository.comments.values()].filter((comment) => comment.issue === issue.number)
  const entries = [
    ...comments.map((comment) => ({
      at: comment.createdAt,
      id: comment.id,
      show: () => commentBox(repository, comment),
    })),
    ...(issue.pull?.reviews ?? []).map((review) => ({
      at: review.submittedAt,
      id: review.id,
      show: () => reviewBox(repository, review),
    })),
  ].sort((left, right) => left.at.localeCompare(right.at) || left.id - right.id)
  return html`${box(html`<b>${issue.user.login}</b> <span class="muted">opened this ${time(issue.createdAt)}</span>`, markdownOf(repository, issue.body ?? ''))}
${entries.map((entry) => entry.show())}`
}

function commentBox(repository: Repo, comment: Comment): Markup {
  const reactions = comment.reactions.map(
    (reaction) =>
      html`<span class="label" title="by ${reaction.user.login}">${REACTION_SIGNS[reaction.content] ?? ''} ${reaction.content} by ${reaction.user.login}</span> `,
  )
  const anchor = `issuecomment-${comment.id}`
  const edited = comment.updatedAt === comment.createdAt ? '' : ' · edited'
  return box(
    html`<b>${comment.user.login}</b> <a class="muted" href="#${anchor}">commented ${time(comment.createdAt)}</a><span class="muted">${edited}</span>`,
    html`${markdownOf(repository, comment.body)}${reactions.length > 0 ? html`<p>${reactions}</p>` : ''}`,
    anchor,
  )
}

const REVIEW_WORDS: Record<Review['state'], string> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'requested changes',
  COMMENTED: 'reviewed',
  DISMISSED: 'reviewed (dismissed)',
  PENDING: 'has begun a review',
}

function reviewBox(repository: Repo, review: Review): Markup {
  const kind = review.state === 'APPROVED' ? 'good' : review.state === 'CHANGES_REQUESTED' ? 'bad' : 'muted'
  return box(
    html`<b>${review.user.login}</b> <span class="${kind}">${REVIEW_WORDS[review.state]}</span> ${shaLink(repository, review.commit)} <span class="muted">${time(review.submittedAt)}</span>`,
    review.body === '' ? html`<span class="muted">No words.</span>` : markdownOf(repository, review.body),
    `pullrequestreview-${review.id}`,
  )
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

/** Pull requests that close the issue when they are merged: their text says so, as GitHub reads it. */
function closers(repository: Repo, issue: Issue): Issue[] {
  const words = new RegExp(`\\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #${issue.number}\\b`, 'i')
  return [...repository.issues.values()].filter((one) => one.pull !== undefined && words.test(one.body ?? ''))
}

/** An issue's page. */
export function issuePage(repository: Repo, issue: Issue): Markup {
  const pulls = closers(repository, issue)
  const linked = html`<ul class="list">${pulls.map((pull) => listEntry(repository, pull))}</ul>`
  return html`${issueHead(issue)}${pulls.length === 0 ? '' : linked}${conversation(repository, issue)}${commentForm(repository, issue)}`
}
