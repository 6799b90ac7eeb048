/** Runs of the workflow on GitHub: which there are for a commit or a branch, how far they are, and what they left. */

import { WORKFLOW_PATH } from '../config/job-files.ts'
import { BlockedError } from '../repository/github/errors.ts'
import { asked, found, type Place, pages, parameters } from '../repository/github/request.ts'
import { TransientError } from '../values/errors.ts'
import { MAX_ARCHIVE_BYTES } from './artifact.ts'
import type { Pending } from './runner.ts'
import { ArchiveError } from './zip.ts'

/** One run of the workflow, in this repository (a run of a fork's pull request is none). */
export interface Run {
  readonly id: number
  readonly attempt: number
  readonly event: string
  readonly branch: string
  readonly commit: string
  /** Message of its commit. */
  readonly message: string
  /** A machine works on it, or did. */
  readonly begun: boolean
  readonly ended: boolean
  /** Of a run that has ended; `skipped` ones are left out. */
  readonly conclusion: string | undefined
  readonly createdAt: string
  readonly url: string
}

/** Steps of the workflow that people are shown; the others prepare the machine. */
const SHOWN_STEPS = new Set(['Install', 'Measure', 'Unit', 'Integration', 'Performance', 'Compatibility', 'Report'])
/** Runs of one commit or branch that are looked at: other workflows of the target are among them. */
const MOST_RUNS = 200

/** Runs of Graft's workflow, newest first. */
export async function listRuns(
  place: Place,
  filter: { readonly head_sha: string } | { readonly branch: string; readonly event: string },
): Promise<Run[]> {
  const own = `${place.owner}/${place.repository}`.toLowerCase()
  const runs = await pages(place, MOST_RUNS, async (page) => {
    const route = 'GET /repos/{owner}/{repo}/actions/runs'
    const { data } = await place.octokit.request(route, { ...parameters(place), ...filter, ...page })
    return { data: data.workflow_runs }
  }).catch((error: unknown) => {
    // A repository whose Actions were never on need not have this address. Whether it has gone itself is seen elsewhere.
    if (error instanceof BlockedError && error.kind === 'vanished') return []
    throw error
  })
  return runs
    .filter((run) => run.path.split('@')[0] === WORKFLOW_PATH && run.conclusion !== 'skipped')
    .filter((run) => run.head_repository?.full_name.toLowerCase() === own)
    .sort((a, b) => Number(b.id) - Number(a.id))
    .map((run) => ({
      id: Number(run.id),
      attempt: run.run_attempt ?? 1,
      event: run.event,
      branch: run.head_branch ?? '',
      commit: run.head_sha,
      message: run.head_commit?.message ?? '',
      begun: run.status === 'in_progress' || run.status === 'completed',
      ended: run.status === 'completed',
      conclusion: run.conclusion ?? undefined,
      createdAt: run.created_at,
      url: run.html_url,
    }))
}

/** How far a run is that has not ended. */
export async function progressOf(place: Place, run: Run): Promise<Pending> {
  const { data } = await asked(place, () =>
    place.octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', {
      ...parameters(place),
      run_id: run.id,
    }),
  )
  const steps = data.jobs
    .flatMap((job) => job.steps ?? [])
    .filter((step) => SHOWN_STEPS.has(step.name))
    .map((step) => ({ name: step.name, state: stateOf(step.status, step.conclusion) }))
  return { pending: true, url: run.url, steps, since: run.createdAt }
}

function stateOf(status: string, conclusion: string | null): Pending['steps'][number]['state'] {
  if (status === 'in_progress') return 'running'
  if (status !== 'completed' || conclusion === 'skipped') return 'waiting'
  return conclusion === 'success' ? 'passed' : 'failed'
}

/**
 * Zip of an artifact of a run; undefined when the run left none of this name, or GitHub has deleted it.
 *
 * @throws ArchiveError for one that is larger than any of ours.
 */
export async function fetchArtifact(place: Place, run: Run, name: string): Promise<Buffer | undefined> {
  const { data } = await asked(place, () =>
    place.octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
      ...parameters(place),
      run_id: run.id,
      per_page: 100,
    }),
  )
  // A run that was repeated may have one of each attempt.
  const [artifact] = data.artifacts.filter((one) => one.name === name && !one.expired).sort((a, b) => b.id - a.id)
  if (artifact === undefined) return undefined
  if (artifact.size_in_bytes > MAX_ARCHIVE_BYTES) throw new ArchiveError(`it has ${artifact.size_in_bytes} bytes`)
  const answer = await found(place, () =>
    place.octokit.request('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', {
      ...parameters(place),
      artifact_id: artifact.id,
      archive_format: 'zip',
    }),
  )
  if (answer === undefined) return undefined
  const content: unknown = answer.data
  if (!(content instanceof ArrayBuffer)) throw new TransientError('GitHub did not give the archive of an artifact.')
  if (content.byteLength > MAX_ARCHIVE_BYTES) throw new ArchiveError(`it has ${content.byteLength} bytes`)
  return Buffer.from(content)
}

/** Whether the workflow is there and may run; asked when a run is missing. */
export async function isWorkflowActive(place: Place): Promise<boolean> {
  const workflow = await found(place, () =>
    place.octokit.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}', {
      ...parameters(place),
      workflow_id: WORKFLOW_PATH.split('/').at(-1) ?? '',
    }),
  )
  return workflow?.data.state === 'active'
}
