/** The page that files an issue: the repository's own issue form, as GitHub shows it, and what GitHub makes of the answers. */
import { html, raw } from 'hono/html'
import type { Repo } from '../entities.ts'
import { type Field, type IssueForm, parseIssueForm, renderIssueForm } from '../forms.ts'
import type { World } from '../world.ts'
import { box, type Markup } from './layout.ts'

const ISSUE_FORM = '.github/ISSUE_TEMPLATE/graft.yml'

/** The form on the default branch; undefined where there is none or GitHub would refuse it. */
export async function readIssueForm(world: World, repository: Repo): Promise<IssueForm | undefined> {
  const commit = await world.git.resolve(repository, repository.defaultBranch)
  const bytes = commit === undefined ? undefined : await world.git.read(repository, commit, ISSUE_FORM)
  try {
    return bytes === undefined ? undefined : parseIssueForm(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Body of the issue that GitHub makes from the answers of the page's form. */
export function formBody(issueForm: IssueForm, answers: ReadonlyMap<string, readonly string[]>): string {
  const values = issueForm.body.flatMap(({ type, id }) => {
    const given = answers.get(`field-${id ?? ''}`)
    if (type === 'markdown' || id === undefined || given === undefined) return []
    const texts = given.map((text) => text.replaceAll('\r\n', '\n'))
    return [[id, type === 'checkboxes' ? texts : texts.filter((text) => text !== '').join(', ')] as const]
  })
  return renderIssueForm(issueForm, Object.fromEntries(values))
}

/** The page. */
export function newIssuePage(repository: Repo, issueForm: IssueForm | undefined): Markup {
  const action = `/${repository.owner.login}/${repository.name}/issues/new`
  const title = html`<label class="field"><b>Title</b><input type="text" name="title" required value="${issueForm?.title ?? ''}"></label>`
  const fields =
    issueForm === undefined
      ? html`<p class="problem">This repository has no form for requests yet: merge the pull request that sets Graft up, or file a plain issue.</p>
<label class="field"><b>Description</b><textarea name="body"></textarea></label>`
      : html`${issueForm.body.map(field)}`
  return html`<h1>File an issue</h1>${box(
    html`<b>${issueForm === undefined ? 'A plain issue' : 'Integrate a quantum simulator'}</b>`,
    html`<form method="post" action="${action}"><input type="hidden" name="back" value="${action}">${title}${fields}<button class="main">Submit</button></form>`,
  )}`
}

function field({ type, id, attributes, validations }: Field): Markup {
  if (type === 'markdown') return html`<p class="muted">${attributes.value ?? ''}</p>`
  const name = `field-${id ?? ''}`
  const required = validations?.required ? raw('required') : ''
  const head = html`<b>${attributes.label}${validations?.required ? ' *' : ''}</b><span class="hint"> ${attributes.description}</span>`
  switch (type) {
    case 'checkboxes':
      return html`<div class="field">${head}<br>${attributes.options.map(
        (label) => html`<label><input type="checkbox" name="${name}" value="${label}"> ${label}</label> `,
      )}</div>`
    case 'dropdown':
      return html`<label class="field">${head}<select name="${name}" ${attributes.multiple ? raw('multiple') : ''}>
${attributes.multiple || validations?.required ? '' : html`<option value=""></option>`}${attributes.options.map(
  (label, index) => html`<option ${index === attributes.default ? raw('selected') : ''}>${label}</option>`,
)}</select></label>`
    case 'textarea':
      return html`<label class="field">${head}<textarea name="${name}" placeholder="${attributes.placeholder}" ${required}>${attributes.value ?? ''}</textarea></label>`
    case 'input':
      return html`<label class="field">${head}<input type="text" name="${name}" placeholder="${attributes.placeholder}" value="${attributes.value ?? ''}" ${required}></label>`
  }
}
