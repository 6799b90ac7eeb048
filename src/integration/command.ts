/** Commands of people, as they were understood. The table in `bot/commands` parses them; `decide` answers them. */

export type CommandName =
  | 'help'
  | 'plan'
  | 'integrate'
  | 'approve'
  | 'revert'
  | 'retest'
  | 'cancel'
  | ChangeCommandName
  | 'hint'
  | 'with'
  | 'allow'

/** Those about the changes of an open pull request. */
type ChangeCommandName =
  | 'changes'
  | 'diff'
  | 'explain'
  | 'edit'
  | 'reject'
  | 'undo'
  | 'redo'
  | 'history'
  | 'snapshot'
  | 'snapshots'
  | 'restore'
  | 'export'
  | 'deploy'

/** Who may give it: everybody, the person who asked or one with write permission, only one with write permission. */
export type CommandPermission = 'anyone' | 'requester' | 'write'

/** What was asked for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'plan' | 'integrate' | 'retest' | 'cancel' }
  | ChangeCommand
  /** Ids of changes (`c1`, `u2`), or all of them. */
  | { readonly name: 'approve'; readonly changes: 'all' | readonly string[] }
  | { readonly name: 'revert'; readonly changes: readonly string[] }
  /** Example code: it is taken apart, never executed as text. */
  | { readonly name: 'hint'; readonly code: string }
  /** Requirements that the package has and does not declare. */
  | { readonly name: 'with'; readonly requirements: readonly string[] }
  /** The package may be built from its sdist. */
  | { readonly name: 'allow'; readonly what: 'build' }

/** What is done with the changes of an open pull request, beside approving and taking back. */
export type ChangeCommand =
  | { readonly name: 'changes' | 'snapshots' }
  | { readonly name: 'history' }
  | { readonly name: 'deploy' }
  /** One commit, or the difference of the states after two of them. */
  | { readonly name: 'diff'; readonly from: string; readonly to?: string }
  | { readonly name: 'explain' | 'edit'; readonly change: string }
  | { readonly name: 'reject'; readonly changes: readonly string[]; readonly reason: string }
  /** So many actions back, or forward again. */
  | { readonly name: 'undo' | 'redo'; readonly count: number }
  | { readonly name: 'snapshot'; readonly snapshot: string }
  | { readonly name: 'restore'; readonly snapshot: string }
  | { readonly name: 'export'; readonly what: 'patch' | 'json' }

const CHANGE_COMMANDS: Readonly<Record<ChangeCommandName, true>> = {
  ...{ changes: true, diff: true, explain: true, edit: true, reject: true, undo: true, redo: true, history: true },
  ...{ snapshot: true, snapshots: true, restore: true, export: true, deploy: true },
}

export function isChangeCommand(command: Command): command is ChangeCommand {
  return Object.hasOwn(CHANGE_COMMANDS, command.name)
}

/** One command of one comment or button. Several in one comment are done in their order. */
export interface GivenCommand {
  /** Comment id, or the delivery id of a button. With the place in the comment it names the command for ever. */
  readonly source: string
  readonly place: number
  readonly from: 'comment' | 'button'
  readonly author: string
  /** ISO 8601. */
  readonly at: string
  readonly permission: CommandPermission
  /** Understood, or what is wrong with it in one sentence for the person (with the nearest name, the expected form). */
  readonly asked: Command | { readonly name: 'unknown'; readonly advice: string }
  /** No command, but code or names that answer a question: it counts only after one, and is never refused. */
  readonly implied?: true
  /** Of a button: the commit that the person saw. */
  readonly head?: string
}
