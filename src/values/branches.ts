/**
 * Names of the branches that Graft makes, as values: what is read back from a name is what was written into it.
 *
 * A backend's name has no hyphen, so the parts of a name cannot run into each other.
 */
import { z } from 'zod'
import { backendName } from './plan.ts'

const issueNumber = z.coerce.number().int().min(1).max(2_147_483_647)

/** Branch of an integration that was asked for by an issue. */
export interface IntegrationBranch {
  readonly issue: number
  readonly backend: string
}

/** `graft/12-name`. */
export function formatIntegrationBranch({ issue, backend }: IntegrationBranch): string {
  return `graft/${issue}-${backend}`
}

/** Reads `graft/12-name`; undefined for any other name. */
export function parseIntegrationBranch(name: string): IntegrationBranch | undefined {
  const match = /^graft\/([1-9]\d{0,9})-(.+)$/.exec(name)
  const [issue, backend] = [issueNumber.safeParse(match?.[1]), backendName.safeParse(match?.[2])]
  return issue.success && backend.success ? { issue: issue.data, backend: backend.data } : undefined
}

/** Branch of the pull request that sets a repository up. */
export const SETUP_BRANCH = 'graft/setup'

export const JOB_KINDS = ['measure', 'test', 'verify'] as const
export type JobKind = (typeof JOB_KINDS)[number]

/** Branch whose push starts a job; it is deleted when the job's results were read. `backend` is absent for `measure`. */
export interface JobBranch {
  readonly issue: number
  readonly kind: JobKind
  readonly backend?: string
}

/** `graft-measure/12`, `graft-measure/12-verify-name`. */
export function formatJobBranch({ issue, kind, backend }: JobBranch): string {
  return kind === 'measure' ? `graft-measure/${issue}` : `graft-measure/${issue}-${kind}-${backend}`
}

/** Reads the name of a job's branch; undefined for any other name. */
export function parseJobBranch(name: string): JobBranch | undefined {
  const match = /^graft-measure\/([1-9]\d{0,9})(?:-(test|verify)-(.+))?$/.exec(name)
  const issue = issueNumber.safeParse(match?.[1])
  if (!issue.success) return undefined
  if (match?.[2] === undefined) return { issue: issue.data, kind: 'measure' }
  const backend = backendName.safeParse(match[3])
  return backend.success ? { issue: issue.data, kind: match[2] as JobKind, backend: backend.data } : undefined
}
