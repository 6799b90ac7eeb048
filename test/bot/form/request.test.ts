import { describe, expect, test } from 'vitest'
import { readRequest } from '../../../src/bot/form/request.ts'
import { filledIn } from './as-github.ts'

const issue = { title: 'Integrate quantum simulator toy', body: '', labels: ['graft'] }
const source = (value: string) => ({ request: expect.objectContaining({ source: value, options: {} }) })
const advice = {
  problems: [{ field: 'issue', expected: expect.stringMatching(/^one package: .*pkg:pypi\/NAME@VERSION.*form/) }],
}

test('the form counts without the label: GitHub drops a label that the repository does not have', () => {
  const body = filledIn({ Source: 'toy-sim', Name: 'toy' })
  expect(readRequest({ ...issue, title: 'x', body, labels: [] })).toMatchObject({
    request: { options: { name: 'toy' } },
  })
  expect(readRequest({ ...issue, body, labels: [] }, ['toy'])).toMatchObject({ problems: [{ field: 'Name' }] })
})

test('without form and label it is none of our business, whatever it says', () => {
  expect(readRequest({ ...issue, body: 'pkg:pypi/toy', labels: [] })).toBeUndefined()
  expect(readRequest({ ...issue, labels: ['bug'] })).toBeUndefined()
})

describe('with the label and without the form', () => {
  test.each([
    ['Integrate quantum simulator toy_sim', '', 'pkg:pypi/toy-sim'],
    ['please integrate the simulator toy==1.2!', '', 'pkg:pypi/toy@1.2'],
    ['Integrate pkg:pypi/toy@1.2.0', '', 'pkg:pypi/toy@1.2.0'],
    ['New backend', 'We need pkg:pypi/toy@1.2.0. It is `pkg:pypi/Toy@1.2.0`!', 'pkg:pypi/toy@1.2.0'],
    ['Integrate quantum simulator X', '**pkg:pypi/toy**', 'pkg:pypi/toy'],
    ['New backend', '> pkg:pypi/other\n\n<!-- pkg:pypi/hidden -->\n\npkg:pypi/toy', 'pkg:pypi/toy'],
    ['New backend', '- a\n  - [link](pkg:pypi/linked)\n  - pkg:pypi/toy', 'pkg:pypi/toy'],
  ])('%j with %j names a package', (title, body, expected) => {
    expect(readRequest({ ...issue, title, body })).toEqual(source(expected))
  })

  test.each([
    ['nothing', 'Integrate quantum simulator', ''],
    ['two words', 'Integrate quantum simulator toy sim', ''],
    ['another wish', 'Add a logo', 'Please!'],
    ['two packages', 'New', 'pkg:pypi/toy or pkg:pypi/other'],
    ['two versions', 'New', 'pkg:pypi/toy@1.0 or pkg:pypi/toy@2.0'],
    ['one that can be read and one that cannot', 'New', 'pkg:pypi/toy and pkg:npm/toy'],
    ['only one that cannot', 'New', 'pkg:npm/toy'],
    ['a name in no form', 'Integrate quantum simulator <img>', ''],
    ['only a quoted one', 'New', '> pkg:pypi/toy'],
    ['far too much text', 'New', `pkg:pypi/toy ${'x '.repeat(20_000)}`],
    ['deep nesting', 'New', `${'> '.repeat(25_000)}pkg:pypi/toy`],
  ])('%s: it says how to write it', (_, title, body) => {
    expect(readRequest({ ...issue, title, body })).toEqual(advice)
  })
})
