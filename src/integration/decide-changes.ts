/** What is done about a command that concerns the changes of an open pull request. Pure. */
import { impactOf } from '../change/explanations.ts'
import { planMove, planRestore } from '../change/stack.ts'
import type { ChangeStanding } from '../change/standing.ts'
import type { ChangeCommand, GivenCommand } from './command.ts'
import { type Answer, act, DONE, refuse } from './decide-commands.ts'
import type { PullFacts } from './hub.ts'
import type { Taking } from './issue-step.ts'
import { commandId, type HistoryFacts } from './issue-thread.ts'

/** What is known of the pull request. */
export interface ChangeFacts {
  readonly pull: PullFacts
  readonly history: HistoryFacts
  readonly changes: readonly ChangeStanding[]
  /** What stands between it and the merge. */
  readonly missing: readonly string[]
  /** Of a button that was pressed on a check run of another commit. */
  readonly moved: boolean
}

export const MOVED = 'The branch has moved since that button was shown. Look at what is there now and press again.'

export function answerChanges(command: ChangeCommand, given: GivenCommand, facts: ChangeFacts): Answer {
  const { pull, history, changes, missing } = facts
  const login = given.author
  switch (command.name) {
    case 'changes':
      return { type: 'reply', reply: { type: 'changes', login, changes, missing } }
    case 'explain':
    case 'edit':
      return answerAbout(command, login, facts)
    case 'snapshots': {
      const { snapshots, timeline } = history
      const shown = snapshots.map(({ name, commit }) => {
        const at = timeline.find((entry) => entry.commit === commit)?.at
        return { name, commit, here: at !== undefined, ...(at === undefined ? {} : { at }) }
      })
      return { type: 'reply', reply: { type: 'snapshots', login, snapshots: shown } }
    }
    case 'diff': {
      const strange = [command.from, command.to ?? command.from].find(
        (id) => !history.timeline.some((one) => one.id === id),
      )
      if (strange !== undefined) return refuse(unknownId(strange, history))
      return act({ type: 'show', command: given, what: command })
    }
    case 'history':
    case 'export':
      return act({ type: 'show', command: given, what: command })
    case 'deploy':
      if (missing.length > 0) return refuse(`It is not merged, because ${missing.join('; ')}.`)
      return act({ type: 'merge', command: given, number: pull.number, head: pull.head.sha, base: pull.base.ref })
    case 'snapshot':
      return answerSnapshot(command.snapshot, given, facts)
    case 'reject':
    case 'undo':
    case 'redo':
    case 'restore':
      // Whatever takes back is a commit that names its command.
      if (history.commands.includes(commandId(given))) return DONE
      if (facts.moved) return refuse(MOVED)
      return answerTaking(command, given, pull.head.sha, history)
    default:
      return command satisfies never
  }
}

function answerTaking(
  command: Extract<ChangeCommand, { name: 'reject' | 'undo' | 'redo' | 'restore' }>,
  given: GivenCommand,
  head: string,
  { timeline, snapshots }: HistoryFacts,
): Answer {
  const taking = (what: Taking) => act({ type: 'take', command: given, head, what })
  switch (command.name) {
    case 'reject': {
      const { changes: ids, reason } = command
      return taking({ action: 'reject', ids, reason })
    }
    case 'undo':
    case 'redo': {
      const plan = planMove(timeline, command.name, command.count)
      if (plan.type === 'too_many') return refuse(tooMany(command, plan.there))
      if (plan.type === 'rewritten') {
        return refuse(
          'The branch was rewritten, so that what was there before cannot be told. `/revert` takes single changes back.',
        )
      }
      const { reverts, to, actions } = plan
      return taking({ action: command.name, reverts, to, actions })
    }
    case 'restore': {
      const { snapshot } = command
      const found = snapshots.find(({ name }) => name === snapshot)
      if (found === undefined) {
        const known = snapshots.map(({ name }) => `\`${name}\``).slice(-10)
        return refuse(
          `There is no snapshot \`${snapshot}\`${known.length === 0 ? '; `/snapshot NAME` makes one' : `; there are ${known.join(', ')}`}.`,
        )
      }
      const plan = planRestore(timeline, found.commit)
      if (plan.type === 'elsewhere') {
        return refuse(`The snapshot \`${snapshot}\` is of a commit that is not in this branch any more.`)
      }
      if (plan.type === 'there_already') return refuse(`The branch is as the snapshot \`${snapshot}\` has it already.`)
      const { reverts, to } = plan
      return taking({ action: 'restore', reverts, to, snapshot })
    }
    default:
      return command satisfies never
  }
}

function tooMany({ name }: { readonly name: 'undo' | 'redo' }, there: number): string {
  if (there === 0) return name === 'undo' ? 'There is nothing left to undo.' : 'There is nothing to redo.'
  return `Only ${there === 1 ? 'one action' : `${there} actions`} can be ${name === 'undo' ? 'undone' : 'redone'}; nothing was changed.`
}

/** A snapshot of this very state under this name is what was asked for, however often. */
function answerSnapshot(name: string, given: GivenCommand, { history, pull }: ChangeFacts): Answer {
  const there = history.snapshots.find((one) => one.name === name)
  if (there?.commit === pull.head.sha) return DONE
  if (there !== undefined)
    return refuse(`There is a snapshot \`${name}\` already, and snapshots are never moved. Take another name.`)
  return act({ type: 'keep', snapshot: name, commit: pull.head.sha, command: given })
}

function answerAbout(
  command: Extract<ChangeCommand, { name: 'explain' | 'edit' }>,
  login: string,
  { changes, history, pull }: ChangeFacts,
): Answer {
  const change = changes.find(({ id }) => id === command.change)
  if (change === undefined) return refuse(unknownId(command.change, history))
  if (command.name === 'edit') {
    return { type: 'reply', reply: { type: 'edit', login, change, branch: pull.head.ref, pull: pull.url } }
  }
  const neededBy = changes.filter(({ depends }) => depends.includes(change.id)).map(({ id }) => id)
  return {
    type: 'reply',
    reply: { type: 'explain', login, change, neededBy, pull: pull.url, ...impactOf(change.kind) },
  }
}

function unknownId(id: string, { timeline }: HistoryFacts): string {
  const known = timeline.map((entry) => entry.id)
  return `There is no ${id}; ${known.length === 0 ? 'the branch has no commit of its own' : `there are ${known.join(', ')}`}.`
}
