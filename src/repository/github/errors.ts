/** What GitHub's refusals mean, in one place: who can act on them, and how. */
import { BugError, ConfigurationError, GraftError, TransientError } from '../../values/errors.ts'

/**
 * What keeps the App from working. After `installation`, `vanished` and `archived` nothing can be written to the repository,
 * so nobody can be told there.
 */
export type BlockKind = 'permission' | 'archived' | 'issues_disabled' | 'protected' | 'installation' | 'vanished'

/** Only somebody who administers the repository or the App can go on from here. */
export class BlockedError extends ConfigurationError {
  readonly kind: BlockKind
  /** What happened, one sentence. */
  readonly reason: string
  /** What to do about it, one sentence. */
  readonly advice: string

  constructor(kind: BlockKind, reason: string, advice: string, options?: ErrorOptions) {
    super(`${reason} ${advice}`, options)
    this.kind = kind
    this.reason = reason
    this.advice = advice
  }
}

/** A refusal as octokit throws it; connections that broke have the status 500 and no response. */
interface RequestFailure extends Error {
  readonly status: number
  readonly request: { readonly method: string; readonly url: string }
  readonly response?: {
    readonly headers: Readonly<Record<string, string | number | undefined>>
    readonly data?: unknown
  }
}

/** Waited for when GitHub speaks of a limit and names no time, as its documentation asks. */
const DEFAULT_WAIT_MS = 60_000
const MAX_TEXT = 300

function isFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && 'request' in error
}

/** Status of a refusal by GitHub; undefined for every other error, and where there was no answer at all. */
export function statusOf(error: unknown): number | undefined {
  return isFailure(error) && error.response !== undefined ? error.status : undefined
}

/** Whether a request that failed so may have been carried out all the same: no answer, or one from on the way. */
export function isAmbiguous(error: unknown): boolean {
  return isFailure(error) && (error.response === undefined || error.status >= 500 || error.status === 408)
}

/**
 * How long GitHub asks to be left alone, in milliseconds; undefined when it does not.
 *
 * Source: GitHub's documentation, "Rate limits for the REST API": `retry-after` first, then `x-ratelimit-reset` when
 * `x-ratelimit-remaining` is 0, else a minute.
 */
export function waitOf(
  status: number,
  header: (name: string) => string | undefined,
  text: string,
  now: number,
): number | undefined {
  if (status !== 403 && status !== 429 && status !== 503) return undefined
  const after = header('retry-after')
  if (after !== undefined) {
    const seconds = Number(after)
    const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(after) - now
    return Number.isFinite(wait) ? Math.max(0, wait) : DEFAULT_WAIT_MS
  }
  if (status === 503) return undefined
  const reset = Number(header('x-ratelimit-reset') ?? Number.NaN)
  if (header('x-ratelimit-remaining') === '0' && Number.isFinite(reset)) return Math.max(0, reset * 1000 - now) + 1000
  return status === 429 || /\b(secondary rate limit|rate limit exceeded|abuse detection)\b/i.test(text)
    ? DEFAULT_WAIT_MS
    : undefined
}

/**
 * The error that a failed request becomes. `where` is `owner/repository`. Errors that are none of GitHub's are returned as
 * they are. Texts of GitHub are shortened to one line; a token never stands in them.
 */
export function explain(error: unknown, where: string): Error {
  if (!isFailure(error)) return error instanceof Error ? error : new BugError(String(error))
  if (error instanceof GraftError) return error
  const { status, response } = error
  if (response === undefined) {
    return new TransientError(`GitHub did not answer (${oneLine(error.message)}). It is tried again later.`, {
      cause: error,
    })
  }
  const text = messageOf(error)
  const header = (name: string) => response.headers[name]?.toString()
  const retryAfterMilliseconds = waitOf(status, header, text, Date.now())
  if (retryAfterMilliseconds !== undefined) {
    const seconds = Math.ceil(retryAfterMilliseconds / 1000)
    return new TransientError(`GitHub asks to be left alone for ${seconds} s (a rate limit).`, {
      cause: error,
      retryAfterMilliseconds,
    })
  }
  if (status >= 500 || status === 408) {
    return new TransientError(`GitHub answered ${status}. It is tried again later.`, { cause: error })
  }
  return refusal(error, text, header, where)
}

function refusal(
  error: RequestFailure,
  text: string,
  header: (name: string) => string | undefined,
  where: string,
): Error {
  const { status, request } = error
  const blocked = (kind: BlockKind, reason: string, advice: string) =>
    new BlockedError(kind, reason, advice, { cause: error })
  const forToken = /\/app\/installations\/\d+\/access_tokens$/.test(
    new URL(request.url, 'https://github.test').pathname,
  )
  if (status === 401 && /json web token|jwt|integration/i.test(text)) {
    return blocked(
      'installation',
      `GitHub refuses the App's own credentials (${text}).`,
      "Check that the App's id and private key belong together and that the clock of this machine is right.",
    )
  }
  if (status === 401 || /suspended/i.test(text) || (forToken && (status === 404 || status === 403))) {
    return blocked(
      'installation',
      `The App's installation on ${where} is suspended or was removed.`,
      'Install the App again, or lift the suspension, and comment /integrate.',
    )
  }
  if (status === 403 && /archived/i.test(text)) {
    return blocked('archived', `${where} is archived, so it is read-only.`, 'Unarchive it to go on.')
  }
  if (status === 410 && /issues? (has been|is|are|was) disabled|issues are disabled/i.test(text)) {
    return blocked(
      'issues_disabled',
      `Issues are disabled in ${where}.`,
      'Enable them in the settings of the repository.',
    )
  }
  if (/\bworkflows?\b.*\bpermission\b/i.test(text)) {
    return blocked(
      'permission',
      'GitHub does not let the App change files below .github/workflows without the permission "workflows: write".',
      'Grant it in the settings of the installation, or add the file by hand.',
    )
  }
  const rule = protectionOf(status, text)
  if (rule !== undefined) {
    return blocked(
      'protected',
      `A rule of ${where} forbids what the App has to do there: ${rule}.`,
      'Let the App bypass that rule for branches whose names begin with graft, or change the rule.',
    )
  }
  if (status === 403) {
    const needed = permissionsOf(header('x-accepted-github-permissions'))
    return blocked(
      'permission',
      needed === undefined
        ? `GitHub refused ${request.method} in ${where} (${text}).`
        : `The App lacks the permission ${needed} in ${where}.`,
      'Grant it in the settings of the installation (a new permission has to be accepted there).',
    )
  }
  if (status === 404 || status === 410 || status === 451 || (status >= 300 && status < 400)) {
    return blocked(
      'vanished',
      `${where}, or what Graft looked for in it, is not there any more (deleted, transferred, renamed or out of the App's reach).`,
      'If it was moved, install the App at its new place.',
    )
  }
  return new BugError(`GitHub refused ${request.method} in ${where} with ${status}: ${text}`, { cause: error })
}

/** The rule that refused a push, in plain words; undefined when it was something else. */
function protectionOf(status: number, text: string): string | undefined {
  if (status !== 422 && status !== 403 && status !== 409) return undefined
  const rules = /repository rule violations found\W*(.*)/is.exec(text)
  if (rules !== null) return rules[1] === undefined || rules[1] === '' ? 'a ruleset' : clause(rules[1])
  if (/protected branch|required status check|GH006|GH013|changes must be made through a pull request/i.test(text)) {
    return clause(text)
  }
  return undefined
}

function clause(text: string): string {
  return text.replace(/ - https?:\S+$/, '').replace(/[\s.]+$/, '')
}

/** `issues=write; pull_requests=write` (alternatives) and `contents=write,workflows=write` (all of them), for people. */
function permissionsOf(header: string | undefined): string | undefined {
  const names = (header ?? '')
    .split(';')
    .map((all) =>
      [...all.matchAll(/([a-z_]{1,40})=(read|write|admin)/g)].map(([, name, level]) => `"${name}: ${level}"`),
    )
    .filter((all) => all.length > 0)
    .map((all) => all.join(' and '))
  return names.length === 0 ? undefined : names.join(' or ')
}

/** GitHub's own words: its message and the messages of its list of errors, one line. */
export function messageOf(error: unknown): string {
  if (!isFailure(error)) return oneLine(String(error))
  const data = error.response?.data
  if (typeof data !== 'object' || data === null || !('message' in data)) return oneLine(error.message)
  const errors: unknown[] = 'errors' in data && Array.isArray(data.errors) ? data.errors : []
  const details = errors.map((item) => {
    if (typeof item === 'string') return item
    return typeof item === 'object' && item !== null && 'message' in item ? String(item.message) : ''
  })
  return oneLine([String(data.message), ...details].filter((part) => part !== '').join(': '))
}

function oneLine(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  return line.length <= MAX_TEXT ? line : `${line.slice(0, MAX_TEXT - 1)}…`
}
