import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  parseSettings,
  requireSettings,
  SETTINGS_SCHEMA_PATH,
  settingsSchema,
} from '../../src/config/repository-settings.ts'
import { UserError } from '../../src/values/errors.ts'

const TEMPLATES = join(import.meta.dirname, '../../templates/github')
const SCHEMA = join(TEMPLATES, 'graft.schema.json')
const DEFAULTS = {
  version: 1,
  requests: { per_author_per_day: 3 },
  approvals: { requester_may_approve: 'auto' },
}

test('what is put into a repository is valid and says the defaults', async () => {
  const text = await readFile(join(TEMPLATES, 'graft.yml'), 'utf8')
  expect(parseSettings(text)).toEqual({ settings: DEFAULTS })
  expect(parse(text)).toEqual(DEFAULTS)
  expect(requireSettings('version: 1\n')).toEqual(DEFAULTS)
})

test('its first line leads editors to the schema that stands beside it', async () => {
  const text = await readFile(join(TEMPLATES, 'graft.yml'), 'utf8')
  const name = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1]
  expect(`.github/${name}`).toBe(SETTINGS_SCHEMA_PATH)
})

// `npx vitest run test/config --update` writes the file anew.
test('the published schema is what is checked', async () => {
  await expect(settingsSchema()).toMatchFileSnapshot(SCHEMA)
})

test('each setting is read', () => {
  const text =
    '\uFEFFversion: 1\r\nrequests: {per_author_per_day: 10}\r\napprovals:\r\n  requester_may_approve: never\r\n'
  expect(requireSettings(text)).toEqual({
    version: 1,
    requests: { per_author_per_day: 10 },
    approvals: { requester_may_approve: 'never' },
  })
})

test.each([
  ['nothing', '', 1, /^"name: value" lines \(here: version, requests, approvals\)$/],
  ['only a comment', '# x\n\n', 1, /^"name: value" lines/],
  ['another version', '# x\nversion: 2\n', 2, /^version: 1$/],
  ['a version that is a text', 'version: "1"\n', 1, /^version: 1$/],
  ['no version', '# x\nrequests:\n  per_author_per_day: 1\n', 2, /^version: 1$/],
  ['an unknown setting', 'version: 1\n\ncolour: red\n', 3, /^a setting that exists \(here: version, requests/],
  [
    'an unknown setting inside',
    'version: 1\nrequests:\n  per_day: 3\n',
    3,
    /^a setting .*\(here: per_author_per_day\)$/,
  ],
  ['a hostile name', 'version: 1\n__proto__: {a: 1}\n', 2, /^a setting that exists/],
  [
    'a number that is too large',
    'version: 1\nrequests:\n  per_author_per_day: 1000\n',
    3,
    /^a whole number from 1 to 100$/,
  ],
  ['no whole number', 'version: 1\nrequests:\n\n  per_author_per_day: 1.5\n', 4, /^a whole number from 1 to 100$/],
  ['a word for a number', 'version: 1\nrequests:\n  per_author_per_day: many\n', 3, /^a whole number from 1 to 100$/],
  ['another word', 'version: 1\napprovals:\n  requester_may_approve: yes\n', 3, /^one of auto, always, never$/],
  ['an empty section', 'version: 1\nrequests:\n', 2, /^"name: value" lines \(here: per_author_per_day\)$/],
  [
    'the first of two',
    'version: 1\napprovals: 1\nrequests: 1\n',
    2,
    /^"name: value" lines \(here: requester_may_approve\)/,
  ],
  ['a setting given twice', 'version: 1\n\nversion: 1\n', 3, /^each setting only once$/],
  ['no YAML', 'version: 1\nrequests: [1\n', 3, /^valid YAML$/],
  ['two documents', 'version: 1\n---\nversion: 1\n', 2, /^valid YAML$/],
  ['an alias bomb', 'a: &a [x, x]\nb: &b [*a, *a]\nversion: 1\n', 2, /without aliases/],
  ['a list', '- version\n', 1, /^"name: value" lines/],
  ['deep nesting', '['.repeat(19_000), undefined, /./],
  ['deep nesting that is closed', `version: 1\nrequests: ${'['.repeat(1400)}${']'.repeat(1400)}\n`, 2, /./],
  ['a name that is no text', '? [a, b]\n: c\nversion: 1\n', 1, /^a setting that exists/],
  ['too much', `version: 1\n# ${'x'.repeat(30_000)}\n`, undefined, /^at most 20000 characters$/],
])('%s is refused, with the line and what was expected', (_, text, line, expected) => {
  const result = parseSettings(text)
  if (!('problem' in result)) throw new Error('was taken')
  if (line !== undefined) expect(result.problem.line).toBe(line)
  expect(result.problem.expected).toMatch(expected)
  expect(() => requireSettings(text)).toThrow(UserError)
})

test('the exception of the command line names file, line and expectation', () => {
  expect(() => requireSettings('version: 1\nrequests:\n  per_author_per_day: 0\n')).toThrow(
    '.github/graft.yml cannot be used: expected in line 3 a whole number from 1 to 100. Correct it and commit it.',
  )
})

test('the schema refuses in the editor what is refused here', () => {
  const check = new Ajv2020().compile(JSON.parse(settingsSchema()))
  const verdicts = [
    { version: 1 },
    DEFAULTS,
    { version: 2 },
    { version: 1, requests: { per_author_per_day: 0 } },
    { version: 1, approvals: { requester_may_approve: 'maybe' } },
    { version: 1, colour: 'red' },
    {},
  ].map((value) => check(value))
  expect(verdicts).toEqual([true, true, false, false, false, false, false])
})

test('the documentation shows the file as it is put there, and names every setting with its default', async () => {
  const docs = await readFile(join(import.meta.dirname, '../../docs/graft-yml.md'), 'utf8')
  expect(parse(/```yaml\n([\s\S]*?)```/.exec(docs)?.[1] ?? '')).toEqual(DEFAULTS)
  const rows = [...docs.matchAll(/^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|/gm)].map((row) => [
    row[1],
    row[2]?.replaceAll('`', ''),
  ])
  expect(rows).toEqual([
    ['version', 'none, it must be there'],
    ...Object.entries(DEFAULTS).flatMap(([section, value]) =>
      typeof value === 'object'
        ? Object.entries(value).map(([name, preset]) => [`${section}.${name}`, String(preset)])
        : [],
    ),
  ])
})

test('whatever stands there, the answer is settings, or what was expected in the words of this program', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'version: 1\n',
      'requests:',
      'approvals:',
      '  per_author_per_day: ',
      'never',
      '&a ',
      '*a',
      '{',
      '}',
      '- ',
      '\n',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const result = parseSettings(pieces.join(''))
      if ('problem' in result) expect(result.problem.expected).toMatch(/^[ -~]+$/)
      else expect(result.settings.version).toBe(1)
    }),
  )
})
