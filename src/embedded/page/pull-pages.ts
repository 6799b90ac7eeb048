/** A pull request's pages: conversation with checks and the merge box, commits, files. */
import { html } from 'hono/html'
import type { Issue, Pull, Repo } from '../entities.ts'
import { diffTrees } from '../git/diff.ts'
import { log, mergeBase } from '../git/history.ts'
import type { World } from '../world.ts'
import { diffBoxes } from './code-pages.ts'
import { commentForm, conversation, issueHead, pathOf } from './issue-pages.ts'
import { actionForm, box, type Markup, pageOf, shaLink } from './layout.ts'
import { checkBoxes } from './run-pages.ts'

type PullIssue = Issue & { readonly pull: Pull }

const TABS = [
  ['', 'Conversation'],
  ['commits', 'Commits'],
  ['checks', 'Checks'],
  ['files', 'Files changed'],
] as const

function tabs(repository: Repo, issue: Issue, present: (typeof TABS)[number][0]): Markup {
  const path = pathOf(repository, issue)
  return html`<p class="tabs">${TABS.map(
    ([tab, title]) =>
      html`<a href="${tab === '' ? path : `${path}/${tab}`}" ${tab === present ? html`aria-current="page"` : ''}>${title}</a> `,
  )}</p>`
}

function branches(repository: Repo, { pull, state }: PullIssue): Markup {
  const wish = pull.mergedAt === null ? (state === 'open' ? 'wants to merge' : 'wanted to merge') : 'merged'
  const merged =
    pull.mergedAt !== null && pull.mergeCommitSha !== null ? html` as ${shaLink(repository, pull.mergeCommitSha)}` : ''
  return html`<p><span class="muted">${wish}</span> <code>${pull.headRef}</code> <span class="muted">into</span> <code>${pull.baseRef}</code>${merged} <span class="muted">· head</span> ${shaLink(repository, pull.headSha)}</p>`
}

/** Conversation, reviews, checks, merge. */
export async function pullPage(world: World, repository: Repo, issue: PullIssue): Promise<Markup> {
  const path = pathOf(repository, issue)
  const { pull } = issue
  return html`${issueHead(issue)}${branches(repository, issue)}${tabs(repository, issue, '')}${conversation(repository, issue)}
<h2>Checks of ${shaLink(repository, pull.headSha)}</h2>
${checkBoxes(repository, pull.headSha, path)}
${issue.state === 'open' ? await mergeBox(world, repository, issue) : ''}
${issue.state === 'open' ? reviewForm(path) : ''}${commentForm(repository, issue)}`
}

async function mergeBox(world: World, repository: Repo, { pull, number }: PullIssue): Promise<Markup> {
  const base = await world.git.resolve(repository, pull.baseRef)
  const clean = base !== undefined && (await world.git.mergeable(repository, base, pull.headSha))
  const path = `${pageOf(repository)}/pull/${number}`
  return box(
    html`<b>Merge</b>`,
    clean
      ? actionForm(
          `${path}/merge`,
          path,
          html`${repository.mergeMethods.map((method) => html`<button class="main" name="method" value="${method}">${method === 'merge' ? 'Merge' : method === 'squash' ? 'Squash and merge' : 'Rebase and merge'}</button>`)}`,
        )
      : html`<p class="bad">This branch has conflicts with ${pull.baseRef}.</p>`,
  )
}

function reviewForm(path: string): Markup {
  return box(
    html`<b>Review</b>`,
    actionForm(
      `${path}/review`,
      path,
      html`<textarea name="body" placeholder="What you think (may stay empty for an approval)"></textarea>
<button class="main" name="event" value="APPROVE">Approve</button><button name="event" value="REQUEST_CHANGES">Request changes</button>`,
    ),
  )
}

/** The commits, oldest first, with their messages. */
export async function commitsPage(world: World, repository: Repo, issue: PullIssue): Promise<Markup> {
  const git = world.git.of(repository)
  const base = await mergeBase(git, issue.pull.baseSha, issue.pull.headSha)
  const commits = await log(git, issue.pull.headSha, {
    oldestFirst: true,
    ...(base === undefined ? {} : { not: [base] }),
  })
  return html`${issueHead(issue)}${branches(repository, issue)}${tabs(repository, issue, 'commits')}${commits.map(
    (commit) =>
      box(
        html`${shaLink(repository, commit.sha)} <b>${commit.message.split('\n', 1)[0]}</b> <span class="muted">${commit.author.name}</span>`,
        html`<pre>${commit.message.split('\n').slice(1).join('\n').trim()}</pre>`,
      ),
  )}`
}

/** The diff against the point where the branch began. */
export async function filesPage(world: World, repository: Repo, issue: PullIssue): Promise<Markup> {
  const git = world.git.of(repository)
  const base = await mergeBase(git, issue.pull.baseSha, issue.pull.headSha)
  const files = await diffTrees(git, base, issue.pull.headSha)
  return html`${issueHead(issue)}${branches(repository, issue)}${tabs(repository, issue, 'files')}${diffBoxes(repository, files, issue.pull.headSha)}`
}

/** The checks of the head. */
export function checksPage(_world: World, repository: Repo, issue: PullIssue): Markup {
  return html`${issueHead(issue)}${branches(repository, issue)}${tabs(repository, issue, 'checks')}${checkBoxes(repository, issue.pull.headSha, `${pathOf(repository, issue)}/checks`)}`
}
