/**
 * Who has approved what, derived each time and stored nowhere: from `/approve` comments and button presses (whose trees the
 * check run recorded), from GitHub's reviews, and from what people may do *now*.
 *
 * An approval is for the content that the person saw. It is in force for a change while the files that the change owns are
 * still that content, whoever edits them, and comes back into force when they are that content again.
 */
import { createHash } from 'node:crypto'
import type { ApprovalRecord } from './approval-record.ts'
import type { ChangeStanding, ChangeState } from './standing.ts'

/** One commit that can be approved, as it stands at the head. Reverts are not among them: what they do is in the files. */
export interface ApprovableChange extends Omit<ChangeStanding, 'state'> {
  /** Login of the author of a person's change, where it is known beyond doubt, in any case of letters. */
  readonly author?: string | undefined
  /** The live revert that took it back, and its commit. */
  readonly reverted?:
    | {
        readonly revert: string
        readonly commit: string
        /** That it was rejected: by whom, where that is known, and why. */
        readonly rejected?: { readonly by?: string | undefined; readonly reason: string } | undefined
      }
    | undefined
  /** Of its files at the head: see `fingerprint`. */
  readonly fingerprint: string
}

/** A review of the pull request. Only people's count. */
export interface ApprovalReview {
  readonly login: string
  readonly kind: 'person' | 'bot'
  readonly state: 'approved' | 'changes_requested' | 'commented' | 'dismissed'
  /** ISO 8601. */
  readonly at: string
  /** Fingerprint of each change at the reviewed commit; without those that did not exist there. */
  readonly fingerprints: Readonly<Record<string, string>>
}

export interface ApprovalPolicy {
  /** Login of the person who asked for the integration. */
  readonly requester: string
  /** Whether the requester's approval suffices without a second person's. */
  readonly requesterAlone: boolean
  /**
   * Whether the author of a person's change may approve it. Where they may not and nobody knows who they are, it takes two
   * people: one of them at least is somebody else.
   */
  readonly ownChanges: boolean
}

export interface ApprovalInput {
  /** In the order of the history, those that were taken back too. */
  readonly changes: readonly ApprovableChange[]
  readonly records: readonly ApprovalRecord[]
  /** Oldest first. */
  readonly reviews: readonly ApprovalReview[]
  /** Logins that may write now. Everybody else's approvals and requests do not count. */
  readonly writers: ReadonlySet<string>
  readonly policy: ApprovalPolicy
}

export interface Approvals {
  readonly changes: readonly ChangeStanding[]
  /** People whose last review requests changes. */
  readonly blockedBy: readonly string[]
  /** Changes that only somebody approved whose approval does not suffice by the policy. */
  readonly needSecond: readonly string[]
}

/** Derives how each change stands. */
export function standings({ changes, records, reviews, writers, policy }: ApprovalInput): Approvals {
  const decisive = lastReviews(reviews).filter((review) => writers.has(review.login))
  const given = [
    ...records.map(({ by, at, fingerprints }) => ({ by, at, fingerprints })),
    ...decisive
      .filter((review) => review.state === 'approved')
      .map(({ login, at, fingerprints }) => ({ by: login, at, fingerprints })),
  ]
    .filter((approval) => writers.has(approval.by))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const needSecond: string[] = []
  const standing = changes.map(({ author, reverted, fingerprint: content, ...change }): ChangeStanding => {
    if (reverted !== undefined) {
      const { rejected, ...by } = reverted
      const state = rejected === undefined ? { type: 'reverted' as const } : { type: 'rejected' as const, ...rejected }
      return { ...change, state: { ...state, ...by } }
    }
    const about = given.filter((approval) => Object.hasOwn(approval.fingerprints, change.id))
    const current = about.filter((approval) => approval.fingerprints[change.id] === content)
    const suffices = (login: string, among: readonly { readonly by: string }[]) => {
      if (change.origin === 'change') return login !== policy.requester || policy.requesterAlone
      if (policy.ownChanges) return true
      // The requester is a second person as well where somebody else has written it.
      if (author !== undefined) return !sameLogin(login, author)
      return among.some((other) => !sameLogin(other.by, login))
    }
    const approved = current.find((approval) => suffices(approval.by, current))
    if (approved === undefined && current.length > 0) needSecond.push(change.id)
    // Whoever has approved what is there now is not the one to be asked again.
    const asked = about.filter((approval) => !current.some((other) => sameLogin(other.by, approval.by)))
    const lapsed = asked.findLast((approval) => suffices(approval.by, about))
    const state: ChangeState =
      approved !== undefined
        ? { type: 'approved', by: approved.by }
        : lapsed !== undefined
          ? { type: 'lapsed', by: lapsed.by }
          : { type: 'proposed' }
    return { ...change, state }
  })
  const blockedBy = decisive.filter((review) => review.state === 'changes_requested').map((review) => review.login)
  return { changes: standing, blockedBy, needSecond }
}

/** GitHub's logins do not differ by case alone. */
function sameLogin(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Of each person the last review that decides something. A dismissed one does not bring an earlier one back. */
function lastReviews(reviews: readonly ApprovalReview[]): ApprovalReview[] {
  const last = new Map<string, ApprovalReview>()
  for (const review of reviews) {
    if (review.kind === 'person' && review.state !== 'commented') last.set(review.login, review)
  }
  return [...last.values()]
}

/**
 * Fingerprint of a change: 32 hexadecimal digits over path and content of each of its files.
 *
 * @param entries blob hash of each path at one commit, the mode before it where it is known; a path that is absent is deleted
 */
export function fingerprint(entries: ReadonlyMap<string, string>, files: readonly string[]): string {
  const lines = [...new Set(files)].sort().map((path) => JSON.stringify([path, entries.get(path) ?? null]))
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32)
}
