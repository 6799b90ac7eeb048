/** What GitHub makes of a filled-in issue form: a heading for each field, in the order of the form, whatever was left out. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const element = z.object({
  type: z.enum(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']),
  id: z.string().optional(),
  attributes: z.object({
    label: z.string().optional(),
    description: z.string().optional(),
    value: z.string().optional(),
    default: z.number().optional(),
    options: z.array(z.union([z.string(), z.object({ label: z.string() })])).optional(),
  }),
  validations: z.object({ required: z.boolean() }).optional(),
})

/** The form, as YAML says it. */
export const form = z
  .object({
    name: z.string(),
    description: z.string(),
    title: z.string(),
    labels: z.array(z.string()),
    body: z.array(element),
  })
  .parse(parse(readFileSync(join(import.meta.dirname, '../../../templates/github/issue-form.yml'), 'utf8')))

/** Body of the issue. Answers are by label: a text, or the chosen boxes. What is not answered keeps the form's own value. */
export function filledIn(answers: Readonly<Record<string, string | readonly string[]>>): string {
  const fields = form.body.filter((field) => field.type !== 'markdown')
  return fields
    .map(({ type, attributes }) => {
      const options = (attributes.options ?? []).map((option) => (typeof option === 'string' ? option : option.label))
      const preset = attributes.value ?? (attributes.default === undefined ? '' : options[attributes.default])
      const answer = answers[attributes.label ?? ''] ?? preset ?? ''
      const text =
        type === 'checkboxes'
          ? options.map((option) => `- [${answer.includes(option) ? 'x' : ' '}] ${option}`).join('\n')
          : String(answer)
      return `### ${attributes.label}\n\n${text === '' ? '_No response_' : text}`
    })
    .join('\n\n')
}
