import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSettings } from '../../src/config/repository-settings.ts'
import { UserError } from '../../src/values/errors.ts'

test('what is put into a repository is valid', async () => {
  const text = await readFile(join(import.meta.dirname, '../../templates/github/graft.yml'), 'utf8')
  expect(parseSettings(text)).toEqual({ version: 1 })
})

test.each([
  ['nothing', '', /no valid YAML/],
  ['another version', 'version: 2\n', /version: /],
  ['an unknown setting', 'version: 1\ncolour: red\n', /colour/],
  ['no YAML', 'version: [1\n', /no valid YAML/],
  ['an alias bomb', 'a: &a [x, x]\nb: &b [*a, *a]\nversion: 1\n', /no valid YAML without aliases/],
  ['a list', '- version\n', /expected "version: 1"/],
  ['too much', `version: 1\n# ${'x'.repeat(30_000)}\n`, /longer than 20000/],
])('%s is refused', (_, text, reason) => {
  expect(() => parseSettings(text)).toThrow(reason)
  expect(() => parseSettings(text)).toThrow(UserError)
})
