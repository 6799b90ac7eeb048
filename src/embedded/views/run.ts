/** JSON of workflow runs, their jobs and their artifacts. */
import { basename } from 'node:path'
import type { components } from '@octokit/openapi-types'
import { WORKFLOW_PATH } from '../../config/job-files.ts'
import type { Artifact, Repo, WorkflowJob, WorkflowRun } from '../entities.ts'
import type { World } from '../world.ts'
import { nodeId, userView } from './account.ts'
import { pullReference } from './check.ts'
import { repositoryPage, repositoryUrl, repositoryView } from './repository.ts'

type Schemas = components['schemas']

export const WORKFLOW_FILE = basename(WORKFLOW_PATH)
const ARTIFACT_DAYS = 30
const DAY = 86_400_000

/** Id of a repository's one workflow. */
export function workflowId(repository: Repo): number {
  return 900_000 + repository.id
}

export function workflowView(world: World, repository: Repo, name: string): Schemas['workflow'] {
  const url = `${repositoryUrl(world, repository)}/actions/workflows/${workflowId(repository)}`
  const page = repositoryPage(world, repository)
  return {
    id: workflowId(repository),
    node_id: nodeId('Workflow', workflowId(repository)),
    name,
    path: WORKFLOW_PATH,
    state: repository.actionsEnabled ? 'active' : 'disabled_manually',
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    url,
    html_url: `${page}/blob/${repository.defaultBranch}/${WORKFLOW_PATH}`,
    badge_url: `${page}/actions/workflows/${WORKFLOW_FILE}/badge.svg`,
  }
}

export function runView(world: World, repository: Repo, run: WorkflowRun): Schemas['workflow-run'] {
  const base = repositoryUrl(world, repository)
  const url = `${base}/actions/runs/${run.id}`
  const pull = run.pull === undefined ? undefined : repository.issues.get(run.pull)
  const view = repositoryView(world, repository)
  const { tree, message, date, author } = run.headCommit
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WorkflowRun', run.id),
    check_suite_id: run.suite,
    check_suite_node_id: nodeId('CheckSuite', run.suite),
    head_branch: run.branch,
    head_sha: run.headSha,
    path: WORKFLOW_PATH,
    run_number: run.runNumber,
    run_attempt: run.attempt,
    referenced_workflows: [],
    event: run.event,
    display_title: message.split('\n')[0] ?? '',
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflowId(repository),
    url,
    html_url: `${repositoryPage(world, repository)}/actions/runs/${run.id}`,
    pull_requests: pull === undefined || pull.state === 'closed' ? [] : [pullReference(world, repository, pull)],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.startedAt,
    actor: userView(world, run.actor),
    triggering_actor: userView(world, run.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${base}/check-suites/${run.suite}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${base}/actions/workflows/${workflowId(repository)}`,
    head_commit: { id: run.headSha, tree_id: tree, message, timestamp: date, author, committer: author },
    repository: view,
    head_repository: view,
  }
}

export function jobView(world: World, repository: Repo, run: WorkflowRun, job: WorkflowJob): Schemas['job'] {
  const base = repositoryUrl(world, repository)
  const ran = job.conclusion !== 'skipped' && job.status !== 'queued'
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${base}/actions/runs/${run.id}`,
    run_attempt: run.attempt,
    node_id: nodeId('WorkflowJob', job.id),
    head_sha: run.headSha,
    head_branch: run.branch,
    url: `${base}/actions/jobs/${job.id}`,
    html_url: `${repositoryPage(world, repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion as Schemas['job']['conclusion'],
    created_at: job.createdAt,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    name: job.name,
    workflow_name: run.name,
    steps: job.steps.map(({ number, name, status, conclusion, startedAt, completedAt }) => ({
      number,
      name,
      status,
      conclusion,
      started_at: startedAt,
      completed_at: completedAt,
    })),
    check_run_url: `${base}/check-runs/${job.checkRun}`,
    labels: ['ubuntu-24.04'],
    runner_id: ran ? 1 : null,
    runner_name: ran ? 'sandbox' : null,
    runner_group_id: ran ? 1 : null,
    runner_group_name: ran ? 'GitHub Actions' : null,
  }
}

export function artifactView(
  world: World,
  repository: Repo,
  run: WorkflowRun,
  artifact: Artifact,
): Schemas['artifact'] {
  const url = `${repositoryUrl(world, repository)}/actions/artifacts/${artifact.id}`
  const expires = new Date(Date.parse(artifact.createdAt) + ARTIFACT_DAYS * DAY)
  return {
    id: artifact.id,
    node_id: nodeId('Artifact', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: `${expires.toISOString().slice(0, 19)}Z`,
    digest: artifact.digest,
    workflow_run: {
      id: run.id,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run.branch,
      head_sha: run.headSha,
    },
  }
}
