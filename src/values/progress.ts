/** Live progress of a request: facts, not sentences; the command line and the bot render them. */
export type Stage = 'locate' | 'fetch' | 'analyse' | 'environment' | 'measure' | 'plan' | 'commit' | 'test'

export type Progress =
  | { type: 'started'; stage: Stage; detail?: string }
  | { type: 'note'; stage: Stage; detail: string }
  | { type: 'finished'; stage: Stage; detail?: string; seconds: number }
  | { type: 'warning'; detail: string }

export type OnProgress = (progress: Progress) => void
