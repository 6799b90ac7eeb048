/**
 * GitHub Actions, as far as one workflow goes: an event starts a run, a newer event on the same branch cancels it, the runner
 * does its job, and everybody hears of it.
 */
import { createHash } from 'node:crypto'
import { WORKFLOW_PATH } from '../../config/job-files.ts'
import type { Requirement } from '../../simulator/requirements.ts'
import type { Runner } from '../../simulator/runner.ts'
import { tellCheck } from '../check-changes.ts'
import type { Account, CheckRun, Repo, Step, WorkflowJob, WorkflowRun } from '../entities.ts'
import { repositoryPage } from '../views/repository.ts'
import { jobView, runView, workflowView } from '../views/run.ts'
import type { World, WorldEvent } from '../world.ts'
import { type JobResult, jobFor, runMeasureJob, runTestJob } from './job.ts'
import { parseWorkflow, type WorkflowFile } from './workflow-file.ts'

/** Makes the runner of one run. */
export type RunnerFactory = (options: { signal: AbortSignal; undeclared: readonly Requirement[] }) => Runner

export interface Actions {
  /** Runs a run once more, from the beginning; false while it runs. */
  rerun(repository: Repo, run: WorkflowRun, actor: Account): boolean
  /** Ends a run; false when it has ended. */
  cancel(repository: Repo, run: WorkflowRun): boolean
  /** Ends all runs without a word, and waits for their runners. */
  close(): Promise<void>
}

interface Trigger {
  readonly repository: Repo
  readonly event: 'pull_request' | 'push'
  readonly branch: string
  readonly sha: string
  readonly pull: number | undefined
  readonly actor: Account
}

const PULL_ACTIONS = new Set(['opened', 'synchronize', 'reopened'])

/** Makes the engine; it listens to the world's events from now on. Without a runner, runs stay queued. */
export function createActions(world: World, runnerFor: RunnerFactory | undefined): Actions {
  const running = new Map<WorkflowRun, { abort: AbortController; done: Promise<void> }>()
  const workflows = new WeakMap<WorkflowRun, WorkflowFile>()
  /** Starts in order, so that of two events on a branch the later one wins. */
  let starting = Promise.resolve()
  let closed = false

  world.listen((event) => {
    const trigger = triggerOf(event)
    if (trigger === undefined || closed) return
    starting = starting.catch(() => undefined).then(() => start(trigger))
    world.background(starting)
  })

  const start = async (trigger: Trigger): Promise<void> => {
    const { repository, branch, sha } = trigger
    if (!repository.actionsEnabled || closed) return
    const base = await mergesInto(trigger)
    if (base === undefined) return
    const text =
      (await world.git.read(repository, sha, WORKFLOW_PATH)) ?? (await world.git.read(repository, base, WORKFLOW_PATH))
    const workflow = text === undefined ? undefined : parseWorkflow(text.toString('utf8'))
    const commit = await world.git.commit(repository, sha)
    if (workflow === undefined || commit === undefined) return
    cancelOthers(repository, branch)
    const now = world.now()
    const { pull, event, actor } = trigger
    const run: WorkflowRun = {
      id: world.id(),
      runNumber: repository.runs.size + 1,
      attempt: 1,
      name: workflow.name,
      suite: world.id(),
      event,
      branch,
      headSha: sha,
      headCommit: {
        tree: commit.tree,
        message: commit.message,
        date: `${commit.committer.date.toISOString().slice(0, 19)}Z`,
        author: { name: commit.author.name, email: commit.author.email },
      },
      pull,
      actor,
      status: 'queued',
      conclusion: null,
      createdAt: now,
      updatedAt: now,
      startedAt: now,
      jobs: [],
      artifacts: [],
    }
    workflows.set(run, workflow)
    repository.runs.set(run.id, run)
    begin(repository, run, workflow)
  }

  /** The workflow's concurrency: one run per branch, the newest. */
  const cancelOthers = (repository: Repo, branch: string): void => {
    for (const other of repository.runs.values()) if (other.branch === branch) cancel(repository, other)
  }

  /** The commit that the event's commit is merged into (a push: itself); undefined on a conflict, where nothing runs. */
  const mergesInto = async ({ repository, pull, sha }: Trigger): Promise<string | undefined> => {
    if (pull === undefined) return sha
    const base = repository.issues.get(pull)?.pull?.baseRef
    const tip = base === undefined ? undefined : await world.git.resolve(repository, `refs/heads/${base}`)
    if (tip === undefined) return undefined
    return (await world.git.mergeable(repository, tip, sha)) ? tip : undefined
  }

  /** One attempt: jobs and check runs appear, then the runner works in the background. */
  const begin = (repository: Repo, run: WorkflowRun, workflow: WorkflowFile): void => {
    const wanted = jobFor(run.event, run.branch)
    run.jobs = workflow.jobs.map((job) => makeJob(world, repository, run, job, job.key === wanted))
    run.artifacts = []
    tellRun(world, repository, run, 'requested')
    for (const job of run.jobs) {
      tellCheck(world, repository, checkOf(repository, job), 'created', run.actor)
      tellJob(world, repository, run, job, job.status === 'completed' ? 'completed' : 'queued')
    }
    const job = run.jobs.find((one) => one.conclusion !== 'skipped')
    if (job === undefined) {
      finish(repository, run, 'skipped')
      return
    }
    if (runnerFor === undefined) return
    const abort = new AbortController()
    const done = execute(repository, run, job, runnerFor, abort.signal).finally(() => {
      if (running.get(run)?.abort === abort) running.delete(run)
    })
    running.set(run, { abort, done })
    world.background(done)
  }

  const execute = async (
    repository: Repo,
    run: WorkflowRun,
    job: WorkflowJob,
    factory: RunnerFactory,
    signal: AbortSignal,
  ): Promise<void> => {
    run.status = 'in_progress'
    run.startedAt = world.now()
    job.status = 'in_progress'
    job.startedAt = run.startedAt
    const check = checkOf(repository, job)
    check.status = 'in_progress'
    tellRun(world, repository, run, 'in_progress')
    tellJob(world, repository, run, job, 'in_progress')
    const steps = stepBook(world, job)
    for (const name of ['Set up job', 'Check out', 'Set up Python']) steps.finish(name, 'success')
    const { branch, headSha: commit } = run
    const runner = (undeclared: readonly Requirement[]) => factory({ signal, undeclared })
    const context = { world, repository, branch, commit, runner, steps }
    const result = await (job.key === 'measure' ? runMeasureJob(context) : runTestJob(context)).catch(
      (error: unknown): JobResult => ({
        conclusion: 'failure',
        log: error instanceof Error ? error.message : String(error),
      }),
    )
    if (signal.aborted) return
    if (result.artifact !== undefined) {
      const { name, zip } = result.artifact
      const digest = `sha256:${createHash('sha256').update(zip).digest('hex')}`
      run.artifacts.push({ id: world.id(), name, zip, digest, createdAt: world.now() })
    }
    steps.end(result.conclusion)
    endJob(repository, run, job, result.conclusion, result.log)
    finish(repository, run, result.conclusion)
  }

  const endJob = (repository: Repo, run: WorkflowRun, job: WorkflowJob, conclusion: Ended, log: string): void => {
    job.status = 'completed'
    job.conclusion = conclusion
    job.completedAt = world.now()
    const check = checkOf(repository, job)
    check.status = 'completed'
    check.conclusion = conclusion
    check.completedAt = job.completedAt
    check.output = { title: null, summary: log === '' ? null : log.slice(0, 65_535), text: null }
    tellCheck(world, repository, check, 'completed', run.actor)
    tellJob(world, repository, run, job, 'completed')
  }

  const finish = (repository: Repo, run: WorkflowRun, conclusion: Ended): void => {
    run.status = 'completed'
    run.conclusion = conclusion
    run.updatedAt = world.now()
    tellRun(world, repository, run, 'completed')
  }

  const cancel = (repository: Repo, run: WorkflowRun): boolean => {
    if (run.status === 'completed') return false
    running.get(run)?.abort.abort(new Error('The run was cancelled'))
    for (const job of run.jobs.filter((one) => one.status !== 'completed')) {
      stepBook(world, job).end('cancelled')
      endJob(repository, run, job, 'cancelled', '')
    }
    finish(repository, run, 'cancelled')
    return true
  }

  return {
    cancel,
    rerun(repository, run, actor) {
      const workflow = workflows.get(run)
      if (run.status !== 'completed' || workflow === undefined) return false
      cancelOthers(repository, run.branch)
      run.attempt += 1
      run.status = 'queued'
      run.conclusion = null
      run.updatedAt = world.now()
      run.actor = actor
      begin(repository, run, workflow)
      return true
    },
    async close() {
      closed = true
      await starting.catch(() => undefined)
      for (const { abort } of running.values()) abort.abort(new Error('The embedded GitHub is closed'))
      await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
  }
}

type Ended = 'success' | 'failure' | 'cancelled' | 'skipped'

/** What of an event starts the workflow: a pull request that has a new head, or a push to a branch that is measured. */
function triggerOf({ event, action, repository, sender, payload }: WorldEvent): Trigger | undefined {
  if (repository === undefined) return undefined
  if (event === 'push') {
    const { ref, after, deleted } = payload as { ref: string; after: string; deleted: boolean }
    const branch = ref.replace(/^refs\/heads\//, '')
    if (deleted || !branch.startsWith('graft-measure/') || branch === ref) return undefined
    return { repository, event, branch, sha: after, pull: undefined, actor: sender }
  }
  if (event !== 'pull_request' || !PULL_ACTIONS.has(action ?? '')) return undefined
  const issue = repository.issues.get((payload as { number: number }).number)
  if (issue?.pull === undefined) return undefined
  const { headRef, headSha } = issue.pull
  return { repository, event, branch: headRef, sha: headSha, pull: issue.number, actor: sender }
}

function makeJob(
  world: World,
  repository: Repo,
  run: WorkflowRun,
  described: WorkflowFile['jobs'][number],
  wanted: boolean,
): WorkflowJob {
  const now = world.now()
  const names = wanted ? ['Set up job', ...described.steps, 'Complete job'] : []
  const steps = names.map(
    (name, index): Step => ({
      number: index + 1,
      name,
      status: 'queued',
      conclusion: null,
      startedAt: null,
      completedAt: null,
    }),
  )
  const check: CheckRun = {
    id: world.id(),
    suite: run.suite,
    name: described.name,
    headSha: run.headSha,
    app: 'actions',
    externalId: null,
    detailsUrl: `${repositoryPage(world, repository)}/actions/runs/${run.id}`,
    status: wanted ? 'queued' : 'completed',
    conclusion: wanted ? null : 'skipped',
    startedAt: now,
    completedAt: wanted ? null : now,
    output: { title: null, summary: null, text: null },
    actions: [],
  }
  repository.checkRuns.set(check.id, check)
  const { key, name } = described
  const state = { status: check.status, conclusion: check.conclusion, completedAt: check.completedAt }
  return { id: world.id(), key, name, checkRun: check.id, createdAt: now, startedAt: now, steps, ...state }
}

function checkOf(repository: Repo, job: WorkflowJob): CheckRun {
  const check = repository.checkRuns.get(job.checkRun)
  if (check === undefined) throw new Error(`The job ${job.id} has no check run`)
  return check
}

/** Keeps the steps of a job: a step begins when it is named first and ends once. */
function stepBook(world: World, job: WorkflowJob) {
  const find = (name: string) => job.steps.find((step) => step.name === name && step.status !== 'completed')
  const complete = (step: Step, conclusion: Step['conclusion']) => {
    step.startedAt ??= world.now()
    step.status = 'completed'
    step.conclusion = conclusion
    step.completedAt = world.now()
  }
  return {
    start(name: string) {
      const step = find(name)
      if (step === undefined) return
      step.status = 'in_progress'
      step.startedAt = world.now()
    },
    finish(name: string, conclusion: Step['conclusion']) {
      const step = find(name)
      if (step !== undefined) complete(step, conclusion)
    },
    /** What has not ended ends now: running steps as the job does, waiting ones as done (or skipped after a cancel). */
    end(conclusion: 'success' | 'failure' | 'cancelled') {
      for (const step of job.steps.filter((one) => one.status !== 'completed')) {
        const waiting = step.status === 'queued'
        const last = step.name === 'Upload' || step.name === 'Complete job'
        complete(step, last ? 'success' : waiting ? 'skipped' : conclusion)
      }
    },
  }
}

function tellRun(world: World, repository: Repo, run: WorkflowRun, action: 'requested' | 'in_progress' | 'completed') {
  const payload = {
    workflow_run: runView(world, repository, run),
    workflow: workflowView(world, repository, run.name),
  }
  world.emit({ event: 'workflow_run', action, repository, sender: run.actor, payload })
}

function tellJob(
  world: World,
  repository: Repo,
  run: WorkflowRun,
  job: WorkflowJob,
  action: 'queued' | 'in_progress' | 'completed',
) {
  const payload = { workflow_job: jobView(world, repository, run, job) }
  world.emit({ event: 'workflow_job', action, repository, sender: run.actor, payload })
}
