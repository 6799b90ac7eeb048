/** Routes of workflow runs, their jobs and their artifacts. */

import { WORKFLOW_PATH } from '../../config/job-files.ts'
import type { Actions } from '../actions/engine.ts'
import { NOT_ACCESSIBLE } from '../admit.ts'
import { ApiError, notFound, page } from '../answers.ts'
import type { Artifact, Repo, WorkflowJob, WorkflowRun } from '../entities.ts'
import { artifactView, jobView, runView, WORKFLOW_FILE, workflowId, workflowView } from '../views/run.ts'
import type { Answer, Call, Permission, Route } from '../world.ts'

const READ: Permission = { name: 'actions', level: 'read' }
const WRITE: Permission = { name: 'actions', level: 'write' }
const BASE = '/repos/{owner}/{repo}/actions'

/** Where downloads lie for a minute. */
export interface Downloads {
  /** Answers the address under which the bytes can be fetched without a token. */
  offer(zip: Uint8Array): string
}

/** Makes the routes over the engine that runs the workflow. */
export function actionsRoutes(actions: Actions, downloads: Downloads): readonly Route[] {
  return [
    { method: 'GET', path: `${BASE}/runs`, access: READ, handler: (call) => listRuns(call) },
    { method: 'GET', path: `${BASE}/workflows`, access: READ, handler: listWorkflows },
    { method: 'GET', path: `${BASE}/workflows/{workflow_id}`, access: READ, handler: showWorkflow },
    {
      method: 'GET',
      path: `${BASE}/workflows/{workflow_id}/runs`,
      access: READ,
      handler(call) {
        needWorkflowId(call)
        return listRuns(call)
      },
    },
    {
      method: 'GET',
      path: `${BASE}/runs/{run_id}`,
      access: READ,
      handler: (call) => ({ status: 200, body: runView(call.world, call.repository, runOf(call)) }),
    },
    { method: 'GET', path: `${BASE}/runs/{run_id}/jobs`, access: READ, handler: listJobs },
    {
      method: 'GET',
      path: `${BASE}/jobs/{job_id}`,
      access: READ,
      handler(call) {
        const [run, job] = jobOf(call)
        return { status: 200, body: jobView(call.world, call.repository, run, job) }
      },
    },
    {
      method: 'GET',
      path: `${BASE}/runs/{run_id}/artifacts`,
      access: READ,
      handler: (call) => listArtifacts(call, [runOf(call)]),
    },
    {
      method: 'GET',
      path: `${BASE}/artifacts`,
      access: READ,
      handler: (call) => listArtifacts(call, [...call.repository.runs.values()]),
    },
    {
      method: 'GET',
      path: `${BASE}/artifacts/{artifact_id}`,
      access: READ,
      handler(call) {
        const [run, artifact] = artifactOf(call)
        return { status: 200, body: artifactView(call.world, call.repository, run, artifact) }
      },
    },
    {
      method: 'GET',
      path: `${BASE}/artifacts/{artifact_id}/{archive_format}`,
      access: READ,
      handler(call) {
        const [, artifact] = artifactOf(call)
        // Also what is public is not handed out to everybody.
        if (call.actor.kind === 'anonymous')
          throw new ApiError(401, 'You must have the actions scope to download artifacts.')
        if (call.params.archive_format !== 'zip') throw notFound()
        return { status: 302, headers: { location: downloads.offer(artifact.zip) } }
      },
    },
    {
      method: 'POST',
      path: `${BASE}/runs/{run_id}/rerun`,
      access: WRITE,
      handler(call) {
        if (!actions.rerun(call.repository, runOf(call), call.account)) {
          throw new ApiError(403, 'This workflow is already running')
        }
        return { status: 201, body: {} }
      },
    },
    {
      method: 'POST',
      path: `${BASE}/runs/{run_id}/cancel`,
      access: WRITE,
      handler(call) {
        if (!actions.cancel(call.repository, runOf(call))) {
          throw new ApiError(409, 'Cannot cancel a workflow run that is completed.')
        }
        return { status: 202, body: {} }
      },
    },
    {
      method: 'GET',
      path: `${BASE}/permissions`,
      access: { name: 'administration', level: 'read' },
      person: 'admin',
      handler: (call) => {
        if (call.actor.kind === 'anonymous') throw new ApiError(403, NOT_ACCESSIBLE)
        const { actionsEnabled } = call.repository
        return { status: 200, body: { enabled: actionsEnabled, ...(actionsEnabled ? { allowed_actions: 'all' } : {}) } }
      },
    },
  ]
}

function runOf(call: Call): WorkflowRun {
  const run = call.repository.runs.get(call.number('run_id'))
  if (run === undefined) throw notFound()
  return run
}

function jobOf(call: Call): [WorkflowRun, WorkflowJob] {
  const id = call.number('job_id')
  for (const run of call.repository.runs.values()) {
    const job = run.jobs.find((one) => one.id === id)
    if (job !== undefined) return [run, job]
  }
  throw notFound()
}

function artifactOf(call: Call): [WorkflowRun, Artifact] {
  const id = call.number('artifact_id')
  for (const run of call.repository.runs.values()) {
    const artifact = run.artifacts.find((one) => one.id === id)
    if (artifact !== undefined) return [run, artifact]
  }
  throw notFound()
}

/** Newest first. `status` may be a status or a conclusion. */
function listRuns(call: Call): Answer {
  const { world, repository, query } = call
  const is = (name: string, ...values: (string | null)[]) => {
    const wanted = query.get(name)
    return wanted === null || values.includes(wanted)
  }
  const runs = [...repository.runs.values()]
    .filter((run) => is('head_sha', run.headSha) && is('branch', run.branch) && is('event', run.event))
    .filter((run) => is('status', run.status, run.conclusion) && is('actor', run.actor.login))
    .reverse()
  const views = runs.map((run) => runView(world, repository, run))
  return page(call, views, (shown) => ({ total_count: runs.length, workflow_runs: shown }))
}

function listJobs(call: Call): Answer {
  const run = runOf(call)
  const views = run.jobs.map((job) => jobView(call.world, call.repository, run, job))
  return page(call, views, (shown) => ({ total_count: views.length, jobs: shown }))
}

function listArtifacts(call: Call, runs: readonly WorkflowRun[]): Answer {
  const name = call.query.get('name')
  const views = runs
    .flatMap((run) => run.artifacts.map((artifact) => artifactView(call.world, call.repository, run, artifact)))
    .filter((artifact) => name === null || artifact.name === name)
  return page(call, views, (shown) => ({ total_count: views.length, artifacts: shown }))
}

/** GitHub knows a workflow once its file is on the default branch. */
async function workflowsOf(call: Call) {
  const { world, repository } = call
  const head = await world.git.resolve(repository, `refs/heads/${repository.defaultBranch}`)
  const file = head === undefined ? undefined : await world.git.read(repository, head, WORKFLOW_PATH)
  if (file === undefined) return []
  const name = /^name:\s*(.+)$/m.exec(file.toString('utf8'))?.[1] ?? WORKFLOW_FILE
  return [workflowView(world, repository, name)]
}

async function listWorkflows(call: Call): Promise<Answer> {
  const workflows = await workflowsOf(call)
  return page(call, workflows, (shown) => ({ total_count: workflows.length, workflows: shown }))
}

async function showWorkflow(call: Call): Promise<Answer> {
  needWorkflowId(call)
  const [workflow] = await workflowsOf(call)
  if (workflow === undefined) throw notFound()
  return { status: 200, body: workflow }
}

function needWorkflowId(call: Call): void {
  if (!isWorkflow(call.repository, call.params.workflow_id ?? '')) throw notFound()
}

function isWorkflow(repository: Repo, id: string): boolean {
  return id === WORKFLOW_FILE || id === String(workflowId(repository))
}
