/**
 * Undo and redo as a stack that the history itself is: every commit of the branch is an action, whoever made it, and an undo is
 * a commit that says which of them it leaves out. Nothing is stored elsewhere, so it survives restarts.
 */
import type { RevertEntry } from './revert.ts'

/** One commit with what the stack needs of it. */
export type StackEntry = Pick<RevertEntry, 'id' | 'commit' | 'parent' | 'reverts' | 'action'> & {
  readonly tree: string
}

export interface ActionStack {
  /** Actions that can be undone, oldest first: changes, pushes, reverts, rejections, restores. */
  readonly done: readonly string[]
  /** Actions that were undone and can be redone, oldest first. A new action has cleared those before it. */
  readonly undone: readonly string[]
}

/** Reads the stack from the history, oldest commit first. */
export function readStack(history: readonly Pick<StackEntry, 'id' | 'reverts' | 'action'>[]): ActionStack {
  let stack: ActionStack = { done: [], undone: [] }
  for (const { id, reverts, action } of history) {
    const next = action === 'undo' || action === 'redo' ? moved(stack, reverts) : undefined
    stack = next ?? { done: [...stack.done, id], undone: [] }
  }
  return stack
}

/** The stack after an undo or redo that leaves out `reverts`; undefined for one that does not fit, which is then an action. */
function moved({ done, undone }: ActionStack, reverts: readonly string[]): ActionStack | undefined {
  const actions = [...done, ...undone]
  const out = actions.map((id) => reverts.includes(id))
  const kept = out.indexOf(true) < 0 ? actions.length : out.indexOf(true)
  return out.slice(kept).every(Boolean) ? { done: actions.slice(0, kept), undone: actions.slice(kept) } : undefined
}

export type MovePlan =
  /** `reverts`: what the commit takes back, newest first; `to`: the commit whose files the branch then has. */
  | {
      readonly type: 'clean'
      readonly reverts: readonly string[]
      readonly to: string
      /** Actions that are undone, newest first, or redone, oldest first. */
      readonly actions: readonly string[]
    }
  /** There are only so many. */
  | { readonly type: 'too_many'; readonly there: number }
  /** The branch is not as its newest action left it: somebody has rewritten it. */
  | { readonly type: 'rewritten' }

/**
 * Plans an undo (`count` actions back) or a redo (`count` forward again): the branch becomes what it was before the first action
 * that is left out, files and states, whatever came since.
 */
export function planMove(history: readonly StackEntry[], direction: 'undo' | 'redo', count: number): MovePlan {
  const { done, undone } = readStack(history)
  const there = direction === 'undo' ? done.length : undone.length
  if (count > there) return { type: 'too_many', there }
  const actions = [...done, ...undone]
  const kept = direction === 'undo' ? done.length - count : done.length + count
  const top = history.find(({ id }) => id === done.at(-1))
  if (top !== undefined && history.at(-1)?.tree !== top.tree) return { type: 'rewritten' }
  const first = actions[kept]
  const place = first === undefined ? placeOf(history, actions.at(-1)) : placeOf(history, first) - 1
  const to = history[place]?.commit ?? history[0]?.parent
  if (to === undefined) return { type: 'too_many', there: 0 }
  return {
    ...{ type: 'clean', to, reverts: laterThan(history, place) },
    actions: direction === 'undo' ? actions.slice(kept, done.length).reverse() : actions.slice(done.length, kept),
  }
}

function placeOf(history: readonly StackEntry[], id: string | undefined): number {
  return history.findIndex((entry) => entry.id === id)
}

/** Everything after a place in the history, newest first: without it, what is in force is what was in force there. */
function laterThan(history: readonly StackEntry[], place: number): string[] {
  return history
    .slice(place + 1)
    .map(({ id }) => id)
    .reverse()
}

export type RestorePlan =
  | { readonly type: 'clean'; readonly reverts: readonly string[]; readonly to: string }
  /** It is not in this branch any more, or never was. */
  | { readonly type: 'elsewhere' }
  | { readonly type: 'there_already' }

/** Plans a return to a commit of the history: a commit that takes back everything after it, so that it can be undone, too. */
export function planRestore(history: readonly StackEntry[], commit: string): RestorePlan {
  const place = history.findIndex((entry) => entry.commit === commit)
  const base = place < 0 && history[0]?.parent === commit
  if (place < 0 && !base) return { type: 'elsewhere' }
  const reverts = laterThan(history, place)
  if (reverts.length === 0 || (place >= 0 && history[place]?.tree === history.at(-1)?.tree))
    return { type: 'there_already' }
  return { type: 'clean', to: commit, reverts }
}
