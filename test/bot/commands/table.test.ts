import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseCommands } from '../../../src/bot/commands/parse.ts'
import type { CommandSpec } from '../../../src/bot/commands/table.ts'
import { allowedCommands, COMMANDS, commandsTable, isPermitted } from '../../../src/bot/commands/table.ts'
import { comment } from './comment.ts'

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
  ['admin', false, ['anyone', 'requester', 'write']],
  ['write', false, ['anyone', 'requester', 'write']],
  ['read', false, ['anyone']],
  ['read', true, ['anyone', 'requester']],
  ['none', true, ['anyone', 'requester']],
  ['none', false, ['anyone']],
] as const)('permission %s, requester %s: %j', (permission, requester, expected) => {
  const may = (['anyone', 'requester', 'write'] as const).filter((needed) =>
    isPermitted(needed, { permission, requester }),
  )
  expect(may).toEqual(expected)
})

test('what is allowed depends on the person and on the place', () => {
  expect(allowedCommands('pull', { permission: 'write', requester: false })).toEqual([
    ...['help', 'approve', 'revert', 'retest', 'cancel'],
  ])
  expect(allowedCommands('issue', { permission: 'read', requester: true })).toEqual(['help', 'plan', 'cancel'])
  expect(allowedCommands('pull', { permission: 'none', requester: false })).toEqual(['help'])
})
