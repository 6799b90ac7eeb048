import { join } from 'node:path'
import { expect, test } from 'vitest'
import { driverSchema } from '../../src/driver/schema.ts'

const PUBLISHED = join(import.meta.dirname, '..', '..', 'docs', 'driver.schema.json')

// `npx vitest run test/driver/schema.test.ts --update` writes the file anew.
test('the published schema of the driver language is current', async () => {
  await expect(driverSchema()).toMatchFileSnapshot(PUBLISHED)
})

test('it forbids what the language forbids', () => {
  const schema = driverSchema()
  expect(schema).toContain('"additionalProperties": false')
  expect(schema).toContain('^[A-Za-z][A-Za-z0-9_]*$')
})
