/** The commands about the changes of an open pull request: part of the one table. */
import { problemOfName } from '../../change/snapshots.ts'
import { idsOf } from './ids.ts'
import type { CommandSpec } from './table.ts'

const ANY_ID = /^[cur]\d{1,4}$/
const CHANGE_ID = /^[cu]\d{1,4}$/
const MOST_STEPS = 99
/** Ids, and then why, in quotation marks or not. */
const REJECTION = /^((?:[cu]\d{1,4}[\s,]+)*[cu]\d{1,4})(?:[\s,:;.–—-]+(.*))?$/i
const QUOTED = /^(?:"(.*)"|“(.*)”|„(.*)[“”]|'(.*)'|‘(.*)’|«(.*)»|`(.*)`)$/

const common = { aliases: [], where: 'pull' } as const

export const CHANGE_COMMANDS: readonly CommandSpec[] = [
  {
    ...{
      ...common,
      name: 'reject',
      arguments: 'c3 [c4 …] "WHY"',
      permission: 'write',
      example: '/reject c3 "too slow"',
    },
    help: 'takes these changes back because they are not wanted, and says so in the table; `/undo` or `/revert r1` brings them back',
    parse: (_, { rest }) => {
      const [, ids = '', said = ''] = REJECTION.exec(rest) ?? []
      const changes = idsOf(ids.toLowerCase().split(/[\s,]+/), CHANGE_ID)
      if (changes === undefined) {
        return { problem: 'Expected ids from the table of changes and why, as in `/reject c3 "too slow"`.' }
      }
      const reason = (
        QUOTED.exec(said.trim())
          ?.slice(1)
          .find((part) => part !== undefined) ?? said
      ).trim()
      if (!/[\p{L}\p{N}]/u.test(reason)) return { problem: 'Say why, as in `/reject c3 "too slow"`.' }
      return { name: 'reject', changes, reason }
    },
  },
  {
    ...{ ...common, name: 'undo', arguments: '[N]', permission: 'write', example: '/undo 2' },
    help: 'takes the last action on the branch back, or the last N: a change, a push, a revert, a rejection, a restore',
    parse: steps('undo'),
  },
  {
    ...{ ...common, name: 'redo', arguments: '[N]', permission: 'write', example: '/redo' },
    help: 'does again what `/undo` took back, as long as nothing new was done since',
    parse: steps('redo'),
  },
  {
    ...{ ...common, name: 'snapshot', arguments: 'NAME', permission: 'write', example: '/snapshot before-review' },
    help: 'keeps the present state of the branch under a name, for `/restore`',
    parse: snapshotName('snapshot'),
  },
  {
    ...{ ...common, name: 'snapshots', arguments: '', permission: 'anyone', example: '/snapshots' },
    help: 'lists the snapshots; each test run makes one',
    parse: bare('snapshots'),
  },
  {
    ...{ ...common, name: 'restore', arguments: 'NAME', permission: 'write', example: '/restore before-review' },
    help: 'returns to a snapshot by a new commit, so that `/undo` takes it back',
    parse: snapshotName('restore'),
  },
  {
    ...{ ...common, name: 'changes', arguments: '', permission: 'anyone', example: '/changes' },
    help: 'shows the table of changes: what each is, who approved it, what was taken back',
    parse: bare('changes'),
  },
  {
    ...{ ...common, name: 'diff', arguments: 'c3 [c5]', permission: 'anyone', example: '/diff c3' },
    help: 'shows what a change does to the files, with its reasons; with two ids, what differs between the states after them',
    parse: (words) => {
      const [from, to] = words
      if (words.length > 2 || from === undefined || ![from, to ?? from].every((id) => ANY_ID.test(id))) {
        return { problem: 'Expected one id from the table of changes or two, as in `/diff c3` or `/diff c3 c5`.' }
      }
      return { name: 'diff', from, ...(to === undefined ? {} : { to }) }
    },
  },
  {
    ...{ ...common, name: 'explain', arguments: 'c3', permission: 'anyone', example: '/explain c3' },
    help: 'says why a change is there, what it touches, what was not done instead, and what it was measured on',
    parse: oneId('explain'),
  },
  {
    ...{ ...common, name: 'edit', arguments: 'c3', permission: 'anyone', example: '/edit c3' },
    help: 'shows how to edit the files of a change yourself; your commit becomes a change of its own',
    parse: oneId('edit'),
  },
  {
    ...{ ...common, name: 'history', arguments: '', permission: 'anyone', example: '/history' },
    help: 'shows who did what and when, how many lines it took, and what the tests said',
    parse: bare('history'),
  },
  {
    ...{ ...common, name: 'export', arguments: 'patch | json', permission: 'anyone', example: '/export json' },
    help: 'gives the whole of it to take away: patches for `git am`, or everything that is known of it as JSON',
    parse: ([what, ...more]) =>
      (what === 'patch' || what === 'json') && more.length === 0
        ? { name: 'export', what }
        : { problem: 'Expected `/export patch` or `/export json`.' },
  },
  {
    ...{ ...common, name: 'deploy', arguments: '', permission: 'write', example: '/deploy' },
    help: 'merges the pull request when everything is approved and green, by a method that the repository allows; otherwise says what is missing',
    parse: bare('deploy'),
  },
]

type Parse = CommandSpec['parse']

function bare(name: 'changes' | 'snapshots' | 'history' | 'deploy'): Parse {
  return (words) => (words.length === 0 ? { name } : { problem: `\`/${name}\` takes nothing after it.` })
}

function steps(name: 'undo' | 'redo'): Parse {
  return (words) => {
    const count = words.length === 0 ? 1 : /^\d{1,2}$/.test(words[0] ?? '') ? Number(words[0]) : 0
    return words.length < 2 && count > 0 && count <= MOST_STEPS
      ? { name, count }
      : { problem: `Expected how many actions, as in \`/${name}\` or \`/${name} 2\`.` }
  }
}

function oneId(name: 'explain' | 'edit'): Parse {
  return ([change = '', ...more]) =>
    CHANGE_ID.test(change) && more.length === 0
      ? { name, change }
      : { problem: `Expected one id from the table of changes, as in \`/${name} c3\`.` }
}

function snapshotName(name: 'snapshot' | 'restore'): Parse {
  return ([snapshot = '', ...more]) => {
    const problem = problemOfName(snapshot)
    // What test runs have kept can be returned to.
    const known = name === 'restore' && /^tested-[0-9a-f]{7}$/.test(snapshot)
    if (more.length === 0 && (problem === undefined || known)) return { name, snapshot }
    return {
      problem: `Expected one name, as in \`/${name} before-review\`${problem === undefined ? '' : `: ${problem}`}.`,
    }
  }
}
