/** Issue forms: a person fills one in, and GitHub writes the issue's body from it. */
import { load } from 'js-yaml'
import { z } from 'zod'

const option = z.union([z.string(), z.object({ label: z.string() }).transform(({ label }) => label)])

const field = z.object({
  type: z.enum(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']),
  id: z.string().optional(),
  attributes: z.object({
    label: z.string().default(''),
    description: z.string().default(''),
    placeholder: z.string().default(''),
    multiple: z.boolean().default(false),
    value: z.string().optional(),
    render: z.string().optional(),
    options: z.array(option).default([]),
    default: z.int().optional(),
  }),
  validations: z.object({ required: z.boolean().default(false) }).optional(),
})
export type Field = z.infer<typeof field>

const form = z.object({
  title: z.string().default(''),
  labels: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').map((one) => one.trim()))])
    .default([]),
  body: z.array(field),
})
export type IssueForm = z.infer<typeof form>

/** What a person wrote or chose, by the fields' ids; several for checkboxes. What is left out keeps its default. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>

/** Reads a form of `.github/ISSUE_TEMPLATE`. Throws ZodError or YAMLException when it is none. */
export function parseIssueForm(text: string): IssueForm {
  return form.parse(load(text))
}

/** Body of the issue, as GitHub writes it. Throws for a field that must be filled in and for one that there is not. */
export function renderIssueForm(issueForm: IssueForm, values: FormValues): string {
  const fields = issueForm.body.filter(({ type }) => type !== 'markdown')
  for (const id of Object.keys(values)) {
    if (!fields.some((one) => one.id === id)) throw new Error(`The form has no field ${id}`)
  }
  return fields.map((one) => `### ${one.attributes.label}\n\n${answerOf(one, values[one.id ?? ''])}`).join('\n\n')
}

function answerOf(one: Field, value: string | readonly string[] | undefined): string {
  const { options, render, label } = one.attributes
  const chosen = value ?? defaultOf(one)
  if (one.type === 'checkboxes') {
    return options.map((name) => `- [${chosen.includes(name) ? 'X' : ' '}] ${name}`).join('\n')
  }
  const text = typeof chosen === 'string' ? chosen : chosen.join(', ')
  if (text.trim() === '') {
    if (one.validations?.required === true) throw new Error(`The field ${label} must be filled in`)
    return '_No response_'
  }
  return render === undefined ? text : `\`\`\`${render}\n${text}\n\`\`\``
}

function defaultOf({ type, attributes }: Field): string | readonly string[] {
  if (type === 'checkboxes') return []
  if (type === 'dropdown') return attributes.default === undefined ? '' : (attributes.options[attributes.default] ?? '')
  return attributes.value ?? ''
}
