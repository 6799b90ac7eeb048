/** JSON of check runs and commit statuses. */
import type { components } from '@octokit/openapi-types'
import type { CheckRun, CommitStatus, Issue, Repo } from '../entities.ts'
import type { World } from '../world.ts'
import { nodeId, userView } from './account.ts'
import { actionsAppView, appView } from './installation.ts'
import { repositoryPage, repositoryUrl } from './repository.ts'

type Schemas = components['schemas']

/** A pull request as check runs and workflow runs name it. */
export function pullReference(world: World, repository: Repo, issue: Issue): Schemas['pull-request-minimal'] {
  const url = repositoryUrl(world, repository)
  const repo = { id: repository.id, url, name: repository.name }
  const { id = 0, headRef = '', headSha = '', baseRef = '', baseSha = '' } = issue.pull ?? {}
  return {
    id,
    number: issue.number,
    url: `${url}/pulls/${issue.number}`,
    head: { ref: headRef, sha: headSha, repo },
    base: { ref: baseRef, sha: baseSha, repo },
  }
}

/** Open pull requests whose head is this commit. */
export function pullsAt(repository: Repo, sha: string): Issue[] {
  return [...repository.issues.values()].filter((one) => one.state === 'open' && one.pull?.headSha === sha)
}

export function checkRunView(world: World, repository: Repo, run: CheckRun): Schemas['check-run'] {
  const url = `${repositoryUrl(world, repository)}/check-runs/${run.id}`
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId ?? '',
    url,
    html_url: `${repositoryPage(world, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl ?? `${repositoryPage(world, repository)}/runs/${run.id}`,
    status: run.status,
    conclusion: run.conclusion as Schemas['check-run']['conclusion'],
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: { ...run.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: run.suite },
    app: run.app === 'ours' ? appView(world) : actionsAppView(world),
    pull_requests: pullsAt(repository, run.headSha).map((issue) => pullReference(world, repository, issue)),
  }
}

/** All check runs of one App on one commit, seen from one of them, as its events carry it. */
export function checkSuiteView(world: World, repository: Repo, run: CheckRun) {
  const { app, pull_requests } = checkRunView(world, repository, run)
  const [pull] = pullsAt(repository, run.headSha)
  return {
    id: run.suite,
    node_id: nodeId('CheckSuite', run.suite),
    head_branch: run.branch ?? pull?.pull?.headRef ?? null,
    head_sha: run.headSha,
    status: run.status,
    conclusion: run.conclusion,
    url: `${repositoryUrl(world, repository)}/check-suites/${run.suite}`,
    before: null,
    after: run.headSha,
    pull_requests,
    app,
    created_at: run.startedAt,
    updated_at: run.completedAt ?? run.startedAt,
  }
}

/** A check run as its events carry it: with its buttons. */
export function checkRunEventView(world: World, repository: Repo, run: CheckRun) {
  const suite = checkSuiteView(world, repository, run)
  return { ...checkRunView(world, repository, run), check_suite: suite, actions: run.actions }
}

export function statusView(world: World, repository: Repo, status: CommitStatus): Schemas['status'] {
  return {
    url: `${repositoryUrl(world, repository)}/statuses/${status.sha}`,
    avatar_url: `${world.webUrl}/avatars/${status.creator.id}`,
    id: status.id,
    node_id: nodeId('Status', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: userView(world, status.creator),
  }
}
