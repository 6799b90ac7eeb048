import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { context, driver, expression, kernel, OPERATORS, ROLES, step, textDialect } from '../../src/values/driver.ts'

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'drivers.md'), 'utf8')
const blocks = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map((found) => JSON.parse(found[1] ?? '') as object)

test('the example is a driver', () => {
  const [whole] = blocks
  expect(driver.parse(whole)).toMatchObject({ distribution: 'toysim' })
})

test('the parts that are shown are what they are said to be', () => {
  const schemas = { chain: expression, dialect: textDialect, over: context, parameters: kernel }
  const parts = blocks.slice(1)
  const shown = parts.map(
    (part) => Object.entries(schemas).find(([key, schema]) => key in part && schema.parse(part))?.[0],
  )
  expect(shown).toEqual(['chain', 'dialect', 'over', 'parameters'])
})

test('every word is in a table, with an example that the language takes', () => {
  const rows = [...text.matchAll(/^\| `(\w+)`(?:, `(\w+)`)? \| (.+?) \| /gm)]
  for (const [, first = '', , cell = ''] of rows) {
    for (const [, example = ''] of cell.matchAll(/`(\{.*?\})`(?=,|$)/g)) {
      const value: unknown = JSON.parse(example.replaceAll('\\|', '|'))
      expect(expression.safeParse(value).success || step.safeParse(value).success, `${first}: ${example}`).toBe(true)
    }
  }
  const words = rows.flatMap(([, first, second]) => [first, second]).filter((word) => word !== undefined)
  const own = ['lit', 'role', 'var', 'ref', 'call', 'attr', 'item', 'list', 'tuple', 'dict', 'op', 'format', 'chain']
  const wanted = [...own, 'each']
  expect(new Set(words)).toEqual(new Set(wanted))
})

test('every role, operator and field is explained', () => {
  for (const role of ROLES) expect(text, role).toContain(`\`${role}\``)
  const operators = text.replaceAll('\\|', '|')
  for (const operator of OPERATORS) expect(operators).toContain(operator)
  const fields = Object.keys(driver.shape).filter(
    (field) => !['schema', 'distribution', 'version', 'handle'].includes(field),
  )
  for (const field of fields) expect(text, field).toContain(`\`${field}\``)
})
