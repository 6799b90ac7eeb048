import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseCommands } from '../../../src/bot/commands/parse.ts'
import type { CommandSpec } from '../../../src/bot/commands/table.ts'
import { allowedCommands, COMMANDS, commandsTable } from '../../../src/bot/commands/table.ts'
import { comment } from './comment.ts'

/** They change nothing. */
const SHOWING = ['snapshots', 'changes', 'diff', 'explain', 'edit', 'history', 'export']

test('docs/commands.md has the table', async () => {
  const docs = await readFile('docs/commands.md', 'utf8')
  const table = /table\.ts: begin -->\n(.*?)\n<!-- generated: end -->/s.exec(docs)?.[1]
  expect(table).toBe(commandsTable())
})

test('no name stands for two commands', () => {
  const names = COMMANDS.flatMap((spec) => [spec.name, ...spec.aliases])
  expect(new Set(names).size).toBe(names.length)
})

test.each(COMMANDS.map((spec): [string, CommandSpec] => [spec.name, spec]))(
  'the example of %s is understood',
  (name, spec) => {
    const where = spec.where === 'pull' ? 'pull' : 'issue'
    for (const body of [spec.example, ...spec.aliases.map((alias) => `/${alias}`)]) {
      expect(parseCommands(comment(body, { where }))).toMatchObject([{ permission: spec.permission, asked: { name } }])
    }
  },
)

test.each([
  [true, false, COMMANDS.map((spec) => spec.name)],
  [false, true, ['help', 'plan', 'hint', 'with', ...SHOWING, 'cancel']],
  [false, false, ['help', ...SHOWING]],
])('with write permission %s, as the requester %s: %j', (write, requester, expected) => {
  expect(allowedCommands({ write, requester })).toEqual(expected)
})
