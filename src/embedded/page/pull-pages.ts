/** A pull request's pages: conversation with checks and the merge box, commits, files. */
import { html, raw } from 'hono/html'
import type { CheckRun, Issue, Pull, Repo } from '../entities.ts'
import { diffTrees } from '../git/diff.ts'
import { log, mergeBase } from '../git/history.ts'
import type { World } from '../world.ts'
import { commentForm, conversation, issueHead, pathOf } from './issue-pages.ts'
import { actionForm, box, type Markup, stateMark } from './layout.ts'
import { renderMarkdown } from './markdown.ts'

/** Lines of a diff that are shown per file. */
const MAX_LINES = 600

type PullIssue = Issue & { readonly pull: Pull }

function tabs(repository: Repo, issue: Issue): Markup {
  const path = pathOf(repository, issue)
  return html`<p class="tabs"><a href="${path}">Conversation</a> <a href="${path}/commits">Commits</a> <a href="${path}/files">Files changed</a></p>`
}

function branches({ pull }: PullIssue): Markup {
  return html`<p class="muted">wants to merge <code>${pull.headRef}</code> into <code>${pull.baseRef}</code> · head ${pull.headSha.slice(0, 8)}</p>`
}

/** Conversation, reviews, checks, merge. */
export async function pullPage(world: World, repository: Repo, issue: PullIssue): Promise<Markup> {
  const path = pathOf(repository, issue)
  const { pull } = issue
  const checks = [...repository.checkRuns.values()].filter((check) => check.headSha === pull.headSha)
  return html`${issueHead(issue)}${branches(issue)}${tabs(repository, issue)}${conversation(repository, issue)}
<h2>Checks of ${pull.headSha.slice(0, 8)}</h2>
${checks.length === 0 ? html`<p class="muted">None yet.</p>` : checks.map((check) => checkBox(check, path))}
${issue.state === 'open' ? await mergeBox(world, repository, issue) : ''}
${issue.state === 'open' ? reviewForm(path) : ''}${commentForm(repository, issue)}`
}

function checkBox(check: CheckRun, path: string): Markup {
  const { title, summary, text } = check.output
  const buttons = check.actions.map(
    (action) =>
      html`<button name="identifier" value="${action.identifier}" title="${action.description}">${action.label}</button>`,
  )
  return box(
    html`${stateMark(check.status, check.conclusion)} <b>${check.name}</b> <span class="muted">${check.conclusion ?? check.status}</span> ${title ?? ''}`,
    html`${raw(renderMarkdown(summary ?? ''))}${text ? html`<details><summary>Details</summary>${raw(renderMarkdown(text))}</details>` : ''}
${check.app === 'ours' ? actionForm(`${path}/check/${check.id}`, path, html`<p>${buttons}<button name="identifier" value="rerequest">Re-run</button></p>`) : ''}`,
  )
}

async function mergeBox(world: World, repository: Repo, { pull, number }: PullIssue): Promise<Markup> {
  const base = await world.git.resolve(repository, pull.baseRef)
  const clean = base !== undefined && (await world.git.mergeable(repository, base, pull.headSha))
  const path = `/${repository.owner.login}/${repository.name}/pull/${number}`
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
  return html`${issueHead(issue)}${branches(issue)}${tabs(repository, issue)}${commits.map((commit) =>
    box(
      html`<code>${commit.sha.slice(0, 8)}</code> <b>${commit.message.split('\n', 1)[0]}</b> <span class="muted">${commit.author.name}</span>`,
      html`<pre>${commit.message.split('\n').slice(1).join('\n').trim()}</pre>`,
    ),
  )}`
}

/** The diff against the point where the branch began. */
export async function filesPage(world: World, repository: Repo, issue: PullIssue): Promise<Markup> {
  const git = world.git.of(repository)
  const base = await mergeBase(git, issue.pull.baseSha, issue.pull.headSha)
  const files = await diffTrees(git, base, issue.pull.headSha)
  return html`${issueHead(issue)}${branches(issue)}${tabs(repository, issue)}${files.map((file) =>
    box(
      html`<code>${file.filename}</code> <span class="good">+${file.additions}</span> <span class="bad">−${file.deletions}</span>`,
      file.patch === undefined
        ? html`<span class="muted">No text to show.</span>`
        : html`<div class="diff">${diffLines(file.patch)}</div>`,
    ),
  )}`
}

function diffLines(patch: string): Markup[] {
  const lines = patch.split('\n')
  const shown = lines.slice(0, MAX_LINES).map((line) => {
    const kind = line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : line.startsWith('@') ? 'hunk' : ''
    return html`<span class="${kind}">${line === '' ? ' ' : line}</span>`
  })
  return lines.length > MAX_LINES
    ? [...shown, html`<span class="muted">… ${lines.length - MAX_LINES} more lines</span>`]
    : shown
}
