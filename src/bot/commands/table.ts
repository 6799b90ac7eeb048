/** The one table of commands: parser, permission check, `/help` and `docs/commands.md` all come from it. */

import type { Command, CommandName, CommandPermission } from '../../integration/command.ts'
import { parseHint, parseRequirements } from '../../integration/said.ts'
import { CHANGE_COMMANDS } from './change-commands.ts'
import { idsOf } from './ids.ts'

export interface CommandSpec {
  readonly name: CommandName
  readonly aliases: readonly string[]
  /** As people write them, for help; empty: none. */
  readonly arguments: string
  readonly permission: CommandPermission
  readonly where: 'issue' | 'pull' | 'both'
  /** What it does, one line. */
  readonly help: string
  readonly example: string
  /** Words after the name, lower case. Answers with one sentence when they are not understood. */
  readonly parse: (words: readonly string[], given: Given) => Command | { readonly problem: string }
}

/** What stands behind a command as it was typed, for those whose arguments are no words. */
export interface Given {
  /** The rest of the line. */
  readonly rest: string
  /** Code in fences of the same comment. */
  readonly fences: readonly string[]
}

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'help',
    aliases: [],
    arguments: '',
    permission: 'anyone',
    where: 'both',
    help: 'lists what you can do here',
    example: '/help',
    parse: bare('help'),
  },
  {
    name: 'plan',
    aliases: [],
    arguments: '',
    permission: 'requester',
    where: 'issue',
    help: 'reads the package and shows what would be done; nothing is run and no branch is made',
    example: '/plan',
    parse: bare('plan'),
  },
  {
    name: 'integrate',
    aliases: [],
    arguments: '',
    permission: 'write',
    where: 'issue',
    help: 'lets a waiting request begin, or begins again after a failure or a cancellation',
    example: '/integrate',
    parse: bare('integrate'),
  },
  {
    name: 'hint',
    aliases: [],
    arguments: 'CODE',
    permission: 'requester',
    where: 'issue',
    help: 'shows how the package is used: a line of Python, or code in a fence below. It is taken apart and measured, never executed as text',
    example: '/hint c = Circuit(2); c.h(0)',
    parse: (_, { rest, fences }) => {
      const code = parseHint(rest === '' ? fences.join('\n') : rest.replace(/^(`+)(.+)\1$/, '$2').trim())
      if ('value' in code) return { name: 'hint', code: code.value }
      return { problem: `Expected ${code.problem}, as in \`/hint c = Circuit(2); c.h(0)\`.` }
    },
  },
  {
    name: 'with',
    aliases: [],
    arguments: 'NAME [NAME …]',
    permission: 'requester',
    where: 'issue',
    help: 'installs this beside the package, which needs it and does not declare it. From somebody without write permission it waits for `/integrate`',
    example: '/with scipy',
    parse: (_, { rest }) => {
      const requirements = parseRequirements(rest.replace(/`|(^|\s)--with(?=\s)/g, ' '))
      if ('value' in requirements) return { name: 'with', requirements: requirements.value }
      return { problem: `Expected ${requirements.problem}.` }
    },
  },
  {
    name: 'allow',
    aliases: [],
    arguments: 'build',
    permission: 'write',
    where: 'issue',
    help: 'lets the package be built where no wheel fits; a build runs the build script of the package in the job',
    example: '/allow build',
    parse: (words) =>
      words.length === 1 && words[0] === 'build'
        ? { name: 'allow', what: 'build' }
        : { problem: 'Expected `/allow build`; nothing else is asked about.' },
  },
  {
    name: 'approve',
    aliases: [],
    arguments: '[all | c1 c3 …]',
    permission: 'write',
    where: 'pull',
    help: 'approves these changes as they are now; alone, all of them. A later edit of their files asks again',
    example: '/approve c1 c3',
    parse: (words) => {
      if (words.length === 0 || (words.length === 1 && words[0] === 'all')) return { name: 'approve', changes: 'all' }
      const changes = idsOf(words, /^[cu]\d{1,4}$/)
      const expected = 'Expected ids from the table of changes, as in `/approve c1 c3`, or `/approve all`.'
      return changes === undefined ? { problem: expected } : { name: 'approve', changes }
    },
  },
  {
    name: 'revert',
    aliases: [],
    arguments: 'c2 [c3 …]',
    permission: 'write',
    where: 'pull',
    help: 'takes these changes back by a new commit; what later changes wrote stays. `/revert r1` brings back what `r1` took',
    example: '/revert c2',
    parse: (words) => {
      const changes = idsOf(words, /^[cur]\d{1,4}$/)
      const expected =
        'Expected ids from the table of changes, as in `/revert c2` or `/revert c2 c3`. `/cancel` ends the whole request.'
      return changes === undefined ? { problem: expected } : { name: 'revert', changes }
    },
  },
  ...CHANGE_COMMANDS,
  {
    name: 'retest',
    aliases: ['rerun'],
    arguments: '',
    permission: 'write',
    where: 'pull',
    help: 'runs the tests again on the present state of the branch',
    example: '/retest',
    parse: bare('retest'),
  },
  {
    name: 'cancel',
    aliases: ['stop'],
    arguments: '',
    permission: 'requester',
    where: 'both',
    help: 'ends the request and closes its pull request; the branch stays. `/integrate` begins again',
    example: '/cancel',
    parse: bare('cancel'),
  },
]

/** A person, with what they may do now. */
export interface Giver {
  readonly write: boolean
  /** Whether they filed the request. */
  readonly requester: boolean
}

/** Who may, in words: `people with write permission`. */
function permissionWords(permission: CommandPermission): string {
  return {
    anyone: 'everybody',
    requester: 'the person who filed the request, and people with write permission',
    write: 'people with write permission',
  }[permission]
}

/** Names of the commands that a person may give; some of them only in the issue, some only in the pull request. */
export function allowedCommands({ write, requester }: Giver): CommandName[] {
  const may = { anyone: true, requester: write || requester, write }
  return COMMANDS.filter((spec) => may[spec.permission]).map((spec) => spec.name)
}

export function isHere(spec: CommandSpec, where: 'issue' | 'pull'): boolean {
  return spec.where === 'both' || spec.where === where
}

/** `/approve [all | c1 c3 …]`. */
export function usage(spec: CommandSpec): string {
  return spec.arguments === '' ? `/${spec.name}` : `/${spec.name} ${spec.arguments}`
}

/** The table as `docs/commands.md` has it. */
export function commandsTable(): string {
  const place = { issue: 'issue', pull: 'pull request', both: 'issue, pull request' }
  const rows = COMMANDS.map((spec) => {
    const names = [usage(spec), ...spec.aliases.map((alias) => `/${alias}`)].map(tableCode).join(', ')
    const help = `${spec.help.charAt(0).toUpperCase()}${spec.help.slice(1)}.`
    return `| ${names} | ${place[spec.where]} | ${permissionWords(spec.permission)} | ${help} | ${tableCode(spec.example)} |`
  })
  return ['| command | where | who | what it does | example |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** Our own text as code in a cell, where a bar would end the cell. */
export function tableCode(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function bare(name: 'help' | 'plan' | 'integrate' | 'retest' | 'cancel'): CommandSpec['parse'] {
  return (words) => (words.length === 0 ? { name } : { problem: `\`/${name}\` takes nothing after it.` })
}
