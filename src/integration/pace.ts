/** How long things are waited for and how often people are written to. Tests shorten it; everywhere else it is `PACE`. */
export interface Pace {
  /** Edits of one comment are at least so far apart, in milliseconds. 0: they come as they come. */
  readonly editMilliseconds: number
  /** A job that nothing has begun after so long, in milliseconds, is said to have no runner. */
  readonly noRunMilliseconds: number
}

export const PACE: Pace = { editMilliseconds: 10_000, noRunMilliseconds: 180_000 }
