/** What is done next for a request: small data values, each of which can be done twice without harm. */
import type { ChangeCommand, GivenCommand } from './command.ts'
import type { Step } from './decide.ts'
import type { CheckContent, Reaction } from './hub.ts'

export type IssueStep =
  /** A step of the walk that the command line walks, too. */
  | { readonly type: 'core'; readonly step: Exclude<Step, { type: 'finish' | 'wait' }> }
  | { readonly type: 'label'; readonly number: number; readonly label: string }
  | {
      readonly type: 'comment'
      readonly what: 'status' | 'plan' | 'reply' | 'verification'
      readonly number: number
      readonly body: string
    }
  | { readonly type: 'edit_comment'; readonly what: 'status' | 'plan'; readonly comment: number; readonly body: string }
  | { readonly type: 'react'; readonly comment: number; readonly reaction: Reaction }
  | {
      readonly type: 'create_pull'
      readonly branch: string
      readonly base: string
      readonly title: string
      readonly body: string
    }
  | {
      readonly type: 'update_pull'
      readonly number: number
      readonly changes: { readonly body?: string; readonly state?: 'open' | 'closed' }
    }
  /** `id` is absent where the commit has no check run yet. */
  | { readonly type: 'check'; readonly id?: number; readonly head: string; readonly content: CheckContent }
  /** Asks the runner for the tests of a commit: `test` of the head, `verify` of the merge. It starts them where they do not run. */
  | { readonly type: 'test'; readonly kind: 'test' | 'verify'; readonly commit: string; readonly backend: string }
  /** Makes the branch whose push runs the tests of a commit once more. */
  | { readonly type: 'start_job'; readonly branch: string; readonly commit: string }
  | { readonly type: 'delete_job'; readonly branch: string; readonly head: string }
  /** Takes changes back by a commit on the head, or replies why it does not. */
  | {
      readonly type: 'revert'
      readonly command: GivenCommand
      readonly ids: readonly string[]
      readonly head: string
    }
  /** As `revert`, for what is more than that. */
  | { readonly type: 'take'; readonly command: GivenCommand; readonly head: string; readonly what: Taking }
  /** Keeps a commit under the name of a snapshot; of a test run where no command asked for it. */
  | { readonly type: 'keep'; readonly snapshot: string; readonly commit: string; readonly command?: GivenCommand }
  /** Merges at this head, or replies why it does not. */
  | {
      readonly type: 'merge'
      readonly command: GivenCommand
      readonly number: number
      readonly head: string
      readonly base: string
    }
  /** Replies with what has to be read first. */
  | {
      readonly type: 'show'
      readonly command: GivenCommand
      readonly what: Extract<ChangeCommand, { name: 'diff' | 'history' | 'export' }>
    }

/** What is taken back by a commit, and the commit whose files the branch then has where that is known. */
export type Taking =
  | { readonly action: 'reject'; readonly ids: readonly string[]; readonly reason: string }
  | {
      readonly action: 'undo' | 'redo'
      readonly reverts: readonly string[]
      readonly to: string
      readonly actions: readonly string[]
    }
  | { readonly action: 'restore'; readonly reverts: readonly string[]; readonly to: string; readonly snapshot: string }

/** Steps in their order, and when to look again without being told. */
export interface Decision {
  readonly steps: readonly IssueStep[]
  readonly again?: { readonly afterMilliseconds: number; readonly reason: string }
}

/** Both, one after the other; the earlier time to look again counts. */
export function both(first: Decision, second: Decision): Decision {
  const times = [first.again, second.again].filter((one) => one !== undefined)
  times.sort((a, b) => a.afterMilliseconds - b.afterMilliseconds)
  const [again] = times
  return { steps: [...first.steps, ...second.steps], ...(again === undefined ? {} : { again }) }
}

export const NOTHING: Decision = { steps: [] }
