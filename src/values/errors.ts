/**
 * The error hierarchy, split by who can act on it.
 *
 * Every error carries one sentence for that person: what happened, what was expected and what to do. A `GraftError` that
 * reaches the command line is printed without a stack; anything else is a bug of ours and says so.
 */
export type Audience = 'user' | 'configuration' | 'transient' | 'bug'

/** Base of every error that Graft raises on purpose. */
export abstract class GraftError extends Error {
  abstract readonly audience: Audience

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** The person who made the request can put it right (a wrong name, a dirty repository, an unknown package). */
export class UserError extends GraftError {
  readonly audience = 'user'
}

/** The person who runs Graft can put it right (no Python, no index configured, a tool that is missing). */
export class ConfigurationError extends GraftError {
  readonly audience = 'configuration'
}

/** Trying again later may help (the index answered 503, a download broke off). */
export class TransientError extends GraftError {
  readonly audience = 'transient'
  /** How long the other side asked to be left alone, in milliseconds. */
  readonly retryAfterMilliseconds: number | undefined

  constructor(message: string, options?: ErrorOptions & { readonly retryAfterMilliseconds?: number }) {
    super(message, options)
    this.retryAfterMilliseconds = options?.retryAfterMilliseconds
  }
}

/** Graft itself is wrong. */
export class BugError extends GraftError {
  readonly audience = 'bug'
}
