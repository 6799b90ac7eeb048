/** GitHub's answers as the facts that the core works with. Texts are hostile and capped; nothing is believed by its wording. */
import type {
  CheckConclusion,
  CheckFacts,
  CommentFacts,
  IssueFacts,
  Permission,
  Person,
  PullFacts,
  Reaction,
  ReviewFacts,
} from '../../integration/hub.ts'
import { unpackText } from './check-record.ts'

/** The longest body that GitHub takes. */
const MAX_BODY = 65_536
const MAX_TITLE = 1024

export interface AppIdentity {
  readonly id: number
  readonly slug: string
}

type Account = { readonly login: string; readonly type?: string } | null | undefined
/** The client gives ids above 2^53 as bigints; there are none. */
type Id = number | bigint
type Label = string | { readonly name?: string | null }

/** A deleted account is a person who may do nothing; whatever is not a user is a bot. */
export function personOf(account: Account): Person {
  if (account == null) return { login: 'ghost', kind: 'person' }
  const bot = (account.type ?? 'User') !== 'User' || account.login.endsWith('[bot]')
  return { login: account.login, kind: bot ? 'bot' : 'person' }
}

/** No person's login has brackets. What a person does through the App stays the person's. */
export function isApp(account: Account, app: AppIdentity): boolean {
  return account?.login.toLowerCase() === `${app.slug}[bot]`.toLowerCase()
}

function labelsOf(labels: readonly Label[]): string[] {
  return labels.flatMap((label) => (typeof label === 'string' ? [label] : label.name ? [label.name] : []))
}

interface RawIssue {
  readonly number: number
  readonly title: string
  readonly body?: string | null | undefined
  readonly user: Account
  readonly state: string
  readonly labels: readonly Label[]
  readonly created_at: string
  readonly updated_at: string
  readonly html_url: string
  readonly pull_request?: object
}

export function issueOf(raw: RawIssue): IssueFacts {
  return {
    number: raw.number,
    title: raw.title.slice(0, MAX_TITLE),
    body: (raw.body ?? '').slice(0, MAX_BODY),
    author: personOf(raw.user),
    state: raw.state === 'open' ? 'open' : 'closed',
    labels: labelsOf(raw.labels),
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    url: raw.html_url,
    isPull: raw.pull_request !== undefined,
  }
}

interface RawComment {
  readonly id: Id
  readonly user: Account
  readonly body?: string
  readonly created_at: string
  readonly updated_at: string
  readonly html_url: string
  readonly performed_via_github_app?: { readonly id: Id } | null
}

export function commentOf(
  raw: RawComment,
  where: 'issue' | 'pull',
  app: AppIdentity,
  reactions: readonly Reaction[],
): CommentFacts {
  const via = raw.performed_via_github_app?.id
  return {
    id: Number(raw.id),
    where,
    author: personOf(raw.user),
    ours: isApp(raw.user, app) && (via === undefined || Number(via) === app.id),
    body: (raw.body ?? '').slice(0, MAX_BODY),
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    url: raw.html_url,
    reactions,
  }
}

interface RawPull {
  readonly number: number
  readonly state: string
  readonly merged_at: string | null
  readonly merge_commit_sha: string | null
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly id: Id } | null }
  readonly base: { readonly ref: string; readonly sha: string; readonly repo: { readonly id: Id } }
  readonly title: string
  readonly body: string | null
  readonly user: Account
  readonly labels: readonly Label[]
  readonly created_at: string
  readonly html_url: string
}

export function pullOf(raw: RawPull, app: AppIdentity): PullFacts {
  const merged = raw.merged_at !== null
  return {
    number: raw.number,
    state: raw.state === 'open' ? 'open' : 'closed',
    merged,
    ...(merged && raw.merge_commit_sha !== null ? { mergeCommit: raw.merge_commit_sha } : {}),
    head: { ref: raw.head.ref, sha: raw.head.sha },
    base: { ref: raw.base.ref, sha: raw.base.sha },
    title: raw.title.slice(0, MAX_TITLE),
    body: (raw.body ?? '').slice(0, MAX_BODY),
    author: personOf(raw.user),
    ours: isApp(raw.user, app),
    labels: labelsOf(raw.labels),
    createdAt: raw.created_at,
    url: raw.html_url,
    sameRepository: raw.head.repo?.id === raw.base.repo.id,
  }
}

interface RawReview {
  readonly id: Id
  readonly user: Account
  readonly state: string
  readonly commit_id: string | null
  readonly submitted_at?: string
}

const REVIEW_STATES: ReadonlyMap<string, ReviewFacts['state']> = new Map([
  ['APPROVED', 'approved'],
  ['CHANGES_REQUESTED', 'changes_requested'],
  ['COMMENTED', 'commented'],
  ['DISMISSED', 'dismissed'],
])

/** Undefined for a review that was not submitted yet, or that no longer says which commit it is about. */
export function reviewOf(raw: RawReview): ReviewFacts | undefined {
  const state = REVIEW_STATES.get(raw.state.toUpperCase())
  if (state === undefined || raw.commit_id === null || raw.submitted_at === undefined) return undefined
  return { id: Number(raw.id), author: personOf(raw.user), state, commit: raw.commit_id, submittedAt: raw.submitted_at }
}

interface RawCheck {
  readonly id: Id
  readonly head_sha: string
  readonly status: string
  readonly conclusion: string | null
  readonly started_at: string | null
  readonly html_url: string | null
  readonly output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null }
}

/** Conclusions that Graft never gives (somebody's `stale`, say) count as a failure. */
function conclusionOf(conclusion: string): CheckConclusion {
  const known: readonly CheckConclusion[] = ['success', 'failure', 'action_required', 'cancelled']
  return known.find((value) => value === conclusion) ?? 'failure'
}

export function checkOf(raw: RawCheck): CheckFacts {
  const status = raw.status === 'completed' || raw.status === 'in_progress' ? raw.status : 'queued'
  return {
    id: Number(raw.id),
    head: raw.head_sha,
    startedAt: raw.started_at ?? '',
    url: raw.html_url ?? '',
    status,
    ...(raw.conclusion === null ? {} : { conclusion: conclusionOf(raw.conclusion) }),
    title: raw.output.title ?? '',
    summary: raw.output.summary ?? '',
    ...unpackText(raw.output.text ?? ''),
  }
}

/** A role of an organization's own counts as what it builds on, which `permission` says. */
export function permissionOf(raw: { readonly permission: string; readonly role_name?: string }): Permission {
  switch (raw.role_name) {
    case 'admin':
    case 'write':
    case 'read':
    case 'none':
      return raw.role_name
    case 'maintain':
      return 'write'
    case 'triage':
      return 'read'
    default: {
      const known: readonly Permission[] = ['admin', 'write', 'read']
      return known.find((value) => value === raw.permission) ?? 'none'
    }
  }
}
