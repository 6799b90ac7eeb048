/** How each change of a pull request stands: derived from its commits, reviews and commands each time, stored nowhere. */
import type { ChangeKind } from '../values/plan.ts'

export type ChangeState =
  | { readonly type: 'proposed' }
  /** `lapsed` before: it was approved, and its files were edited afterwards. */
  | { readonly type: 'lapsed'; readonly by: string }
  | { readonly type: 'approved'; readonly by: string }
  /** Taken back by the commit of the revert `revert` (`r1`, …); `/revert r1` brings it back. */
  | { readonly type: 'reverted'; readonly commit: string; readonly revert: string }
  /** Taken back because somebody did not want it: by whom, where that is known, and why. */
  | {
      readonly type: 'rejected'
      readonly commit: string
      readonly revert: string
      readonly by?: string | undefined
      readonly reason: string
    }

/** Whether a change is in the files of the head. */
export function isLive({ state }: Pick<ChangeStanding, 'state'>): boolean {
  return state.type !== 'reverted' && state.type !== 'rejected'
}

export interface ChangeStanding {
  /** `c1` … of Graft, `u1` … of people. */
  readonly id: string
  readonly origin: 'change' | 'person'
  readonly kind: ChangeKind | undefined
  readonly title: string
  readonly why: string
  readonly commit: string
  readonly files: readonly string[]
  readonly added: number
  readonly removed: number
  readonly depends: readonly string[]
  readonly state: ChangeState
}
