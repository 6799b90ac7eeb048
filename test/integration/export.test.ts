import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { exportOf, exportSchema } from '../../src/integration/export.ts'
import * as facts from './support/facts.ts'

test('the published schema is the one that is used', async () => {
  expect(JSON.parse(await readFile('docs/integration.schema.json', 'utf8'))).toEqual(exportSchema())
})

test('what is exported fits the schema, and says what was taken back and why', () => {
  const history = facts.history()
  const changes = history.changes.map((change, index) => {
    const rejected = index === 1 ? { rejected: { by: 'bob', reason: 'too slow' } } : {}
    return { ...change, reverted: index < 2 ? { revert: 'r1', commit: facts.SHA.head, ...rejected } : undefined }
  })
  const value = exportOf(facts.thread({ pull: facts.pull() }), facts.pull(), { ...history, changes })
  const validate = new Ajv2020().compile(exportSchema())
  expect(validate(JSON.parse(JSON.stringify(value))), JSON.stringify(validate.errors)).toBe(true)
  expect(value.changes.map(({ id, taken_by, rejected }) => [id, taken_by, rejected])).toEqual([
    ['c1', 'r1', undefined],
    ['c2', 'r1', 'too slow'],
    ...['c3', 'c4', 'c5'].map((id) => [id, undefined, undefined]),
  ])
  expect(value).toMatchObject({ issue: 12, pull: 13, head: facts.SHA.head, tree: facts.SHA.tree })
  // Nobody's fingerprints and records leave.
  expect(JSON.stringify(value)).not.toMatch(/fingerprint|author/)
})
