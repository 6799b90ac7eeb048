import { expect, test } from 'vitest'
import { FORM_LABELS } from '../../../src/bot/form/fields.ts'
import { REQUEST_LABEL } from '../../../src/integration/issue-thread.ts'
import { form } from './as-github.ts'

const fields = form.body.filter((field) => field.type !== 'markdown')

test('the form has the fields that are read, in their order, and sets the label', () => {
  expect(fields.map((field) => field.attributes.label)).toEqual(Object.values(FORM_LABELS))
  expect(form.labels).toEqual([REQUEST_LABEL])
})

test('only the source is required; every other field says what happens when it is left as it is', () => {
  const required = fields.filter((field) => field.validations?.required).map((field) => field.attributes.label)
  expect(required).toEqual(['Source'])
  for (const { attributes } of fields.slice(1)) {
    if (attributes.default !== undefined) expect(attributes.description).toMatch(/measure|tests/)
    else expect(attributes.description).toMatch(/Left empty: |is measured in any case/)
  }
})

// What GitHub refuses in a form ("Syntax for GitHub's form schema", "Common validation errors when creating issue forms").
test('GitHub takes it: ids and labels are unique, options are texts and none is called none', () => {
  const ids = fields.map((field) => field.id ?? '')
  expect(new Set(ids).size).toBe(fields.length)
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]+$/)
  expect(new Set(fields.map((field) => field.attributes.label)).size).toBe(fields.length)
  for (const { type, attributes } of fields) {
    const options = attributes.options ?? []
    expect(options.length > 0).toBe(type === 'dropdown' || type === 'checkboxes')
    expect(options.map(String).map((option) => option.toLowerCase())).not.toContain('none')
    expect(new Set(options.map((option) => JSON.stringify(option))).size).toBe(options.length)
    for (const option of options) expect(typeof option).toBe(type === 'dropdown' ? 'string' : 'object')
  }
})
