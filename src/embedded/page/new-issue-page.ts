/** The page that files an issue: the repository's own issue form, as GitHub shows it, and what GitHub makes of the answers. */
import { html, raw } from 'hono/html'
import { load } from 'js-yaml'
import { z } from 'zod'
import type { Repo } from '../entities.ts'
import type { World } from '../world.ts'
import { box, type Markup } from './layout.ts'

const ISSUE_FORM = '.github/ISSUE_TEMPLATE/graft.yml'

const option = z.union([z.string(), z.object({ label: z.string() }).transform(({ label }) => label)])
const element = z.object({
  type: z.enum(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']),
  id: z.string().optional(),
  attributes: z.object({
    label: z.string().default(''),
    description: z.string().default(''),
    placeholder: z.string().default(''),
    value: z.string().default(''),
    options: z.array(option).default([]),
    multiple: z.boolean().default(false),
    default: z.number().optional(),
  }),
  validations: z.object({ required: z.boolean().default(false) }).default({ required: false }),
})
const form = z.object({
  title: z.string().default(''),
  labels: z.array(z.string()).default([]),
  body: z.array(element),
})
export type IssueForm = z.infer<typeof form>

/** The form on the default branch; undefined where there is none or GitHub would refuse it. */
export async function readIssueForm(world: World, repository: Repo): Promise<IssueForm | undefined> {
  const commit = await world.git.resolve(repository, repository.defaultBranch)
  const bytes = commit === undefined ? undefined : await world.git.read(repository, commit, ISSUE_FORM)
  if (bytes === undefined) return undefined
  const parsed = form.safeParse(load(bytes.toString('utf8')))
  return parsed.success ? parsed.data : undefined
}

/** Body of the issue that GitHub makes from the answers: a heading and the value for each element. */
export function formBody(issueForm: IssueForm, answers: ReadonlyMap<string, readonly string[]>): string {
  return issueForm.body
    .flatMap(({ type, id, attributes }) => {
      if (type === 'markdown') return []
      const given = answers.get(`field-${id ?? attributes.label}`)?.filter((value) => value !== '') ?? []
      const value =
        type === 'checkboxes'
          ? attributes.options.map((label) => `- [${given.includes(label) ? 'x' : ' '}] ${label}`).join('\n')
          : given.join(', ').replaceAll('\r\n', '\n')
      return [`### ${attributes.label}\n\n${value === '' ? '_No response_' : value}`]
    })
    .join('\n\n')
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

function field({ type, id, attributes, validations }: IssueForm['body'][number]): Markup {
  if (type === 'markdown') return html`<p class="muted">${attributes.value}</p>`
  const name = `field-${id ?? attributes.label}`
  const required = validations.required ? raw('required') : ''
  const head = html`<b>${attributes.label}${validations.required ? ' *' : ''}</b><span class="hint"> ${attributes.description}</span>`
  switch (type) {
    case 'checkboxes':
      return html`<div class="field">${head}<br>${attributes.options.map(
        (label) => html`<label><input type="checkbox" name="${name}" value="${label}"> ${label}</label> `,
      )}</div>`
    case 'dropdown':
      return html`<label class="field">${head}<select name="${name}" ${attributes.multiple ? raw('multiple') : ''}>
${attributes.multiple || validations.required ? '' : html`<option value=""></option>`}${attributes.options.map(
  (label, index) => html`<option ${index === attributes.default ? raw('selected') : ''}>${label}</option>`,
)}</select></label>`
    case 'textarea':
      return html`<label class="field">${head}<textarea name="${name}" placeholder="${attributes.placeholder}" ${required}>${attributes.value}</textarea></label>`
    case 'input':
      return html`<label class="field">${head}<input type="text" name="${name}" placeholder="${attributes.placeholder}" value="${attributes.value}" ${required}></label>`
  }
}
