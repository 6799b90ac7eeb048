/** Pages of checks and of the workflow's runs. */
import { html, raw } from 'hono/html'
import type { CheckRun, Issue, Repo, WorkflowRun } from '../entities.ts'
import { actionForm, box, type Markup, pageOf, shaLink, stateMark, time } from './layout.ts'
import { markdownOf } from './markdown.ts'

/** One check with its report and its buttons; `back` is the page that a button returns to. */
export function checkBox(repository: Repo, check: CheckRun, back: string): Markup {
  const { title, summary, text } = check.output
  const buttons = check.actions.map(
    (action) =>
      html`<button name="identifier" value="${action.identifier}" title="${action.description}">${action.label}</button>`,
  )
  const place = check.app === 'ours' ? `${pageOf(repository)}/runs/${check.id}` : (check.detailsUrl ?? '#')
  const body = html`${summary === null ? '' : markdownOf(repository, summary)}${text ? html`<details><summary>Details</summary>${markdownOf(repository, text)}</details>` : ''}
${check.app === 'ours' ? actionForm(`${pageOf(repository)}/runs/${check.id}`, back, html`<p>${buttons}<button name="identifier" value="rerequest">Re-run</button></p>`) : ''}`
  const head = html`${stateMark(check.status, check.conclusion)} <a href="${place}"><b>${check.name}</b></a> <span class="muted">${check.conclusion ?? check.status.replace('_', ' ')}</span> ${title ?? ''}`
  return check.app === 'actions' && summary === null ? box(head) : box(head, body, `check-${check.id}`)
}

/** All checks of a commit: Graft's own first, then the workflow's jobs. */
export function checkBoxes(repository: Repo, sha: string, back: string): Markup {
  const checks = [...repository.checkRuns.values()]
    .filter((check) => check.headSha === sha && check.conclusion !== 'skipped')
    .sort((left, right) => Number(right.app === 'ours') - Number(left.app === 'ours') || left.id - right.id)
  return checks.length === 0
    ? html`<p class="muted">None yet.</p>`
    : html`${checks.map((check) => checkBox(repository, check, back))}`
}

/** A check run's own page. */
export function checkPage(repository: Repo, check: CheckRun): Markup {
  const page = `${pageOf(repository)}/runs/${check.id}`
  const pulls = [...repository.issues.values()].filter((issue) => issue.pull?.headSha === check.headSha)
  return html`<h1>Check ${check.name}</h1><p class="muted">of ${shaLink(repository, check.headSha)}${pulls.map((issue) => html` · ${pullLink(repository, issue)}`)}</p>
${checkBox(repository, check, page)}`
}

function pullLink(repository: Repo, issue: Issue): Markup {
  return html`<a href="${pageOf(repository)}/pull/${issue.number}">#${issue.number} ${issue.title}</a>`
}

/** The workflow's runs, newest first. */
export function runsPage(repository: Repo): Markup {
  const runs = [...repository.runs.values()].reverse()
  return html`<h1>Actions</h1>${runs.length === 0 ? html`<p class="muted">No run yet.</p>` : ''}
<ul class="list">${runs.map(
    (run) =>
      html`<li>${stateMark(run.status, run.conclusion)} <a href="${pageOf(repository)}/actions/runs/${run.id}"><b>${run.name} #${run.runNumber}</b></a>
<span class="muted">${run.event.replace('_', ' ')} on</span> <code>${run.branch}</code> <span class="muted">${time(run.startedAt)}</span></li>`,
  )}</ul>`
}

/** One run: its jobs with their steps, and what it left. */
export function runPage(repository: Repo, run: WorkflowRun): Markup {
  const issue = run.pull === undefined ? undefined : repository.issues.get(run.pull)
  return html`<h1>${run.name} <span class="muted">#${run.runNumber}</span></h1>
<p>${stateMark(run.status, run.conclusion)} ${run.conclusion ?? run.status.replace('_', ' ')} <span class="muted">${run.event.replace('_', ' ')} on <code>${run.branch}</code> at ${shaLink(repository, run.headSha)}${run.attempt > 1 ? ` · attempt ${run.attempt}` : ''}</span>${issue === undefined ? '' : html` · ${pullLink(repository, issue)}`}</p>
${run.jobs.map((job) => {
  const check = repository.checkRuns.get(job.checkRun)
  const head = html`${stateMark(job.status, job.conclusion)} <b>${job.name}</b> <span class="muted">${job.conclusion ?? job.status.replace('_', ' ')}</span>`
  if (job.steps.length === 0) return box(head)
  const steps = job.steps.map((step) => html`<li>${stateMark(step.status, step.conclusion)} ${step.name}</li>`)
  const summary = check?.output.summary
  return box(head, html`<ul class="steps">${steps}</ul>${summary ? html`<pre>${summary}</pre>` : ''}`)
})}
${run.artifacts.length === 0 ? '' : html`<h2>Artifacts</h2><ul>${run.artifacts.map((one) => html`<li><code>${one.name}</code> <span class="muted">${one.zip.length} bytes, ${one.digest.slice(0, 23)}…</span></li>`)}</ul>`}
<p class="muted">In this box the jobs are done by Graft's sandbox on this machine; on GitHub the same steps run in the workflow ${raw('<code>.github/workflows/graft.yml</code>')}.</p>`
}
