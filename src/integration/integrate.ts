/** The stages as functions: analyse, plan (the dry run), integrate. All three walk the same path. */
import { structuredPatch } from 'diff'
import { readTarget } from '../generate/target.ts'
import { openLocalRepository, workTreeOf } from '../repository/local.ts'
import type { Repository } from '../repository/repository.ts'
import { BugError } from '../values/errors.ts'
import type { Overrides } from '../values/overrides.ts'
import type { BackendOptions, Change, Plan, Verdict } from '../values/plan.ts'
import type { Profile } from '../values/profile.ts'
import type { Report } from '../values/report.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { decide } from './decide.ts'
import type { Services } from './services.ts'
import { analyseSource, fetchSource, perform } from './steps.ts'
import type { Request, Thread } from './thread.ts'
import type { Judgement } from './verdict.ts'

/** A change as people see it: one line of the table of changes. */
export interface ChangeSummary {
  readonly id: string
  readonly kind: Change['kind']
  readonly title: string
  readonly why: string
  readonly files: readonly string[]
  readonly added: number
  readonly removed: number
  readonly depends: readonly string[]
  /** Absent in a dry run. */
  readonly commit?: string
}

export interface IntegrationResult {
  readonly schema: 1
  readonly verdict: Verdict
  readonly reason: string
  readonly limits: readonly string[]
  /** Where what was said is not what was found or measured. */
  readonly contradictions?: readonly string[]
  readonly backend: string
  /** Absent when nothing was kept. */
  readonly branch?: string
  readonly changes: readonly ChangeSummary[]
  readonly report?: Report
  readonly plan?: Plan
}

/** Fetches and reads a simulator's source. Nothing of it is executed. */
export async function analyze(locator: string, services: Services): Promise<{ snapshot: Snapshot; profile: Profile }> {
  const snapshot = await fetchSource(locator, services)
  return { snapshot, profile: await analyseSource(snapshot, services) }
}

/** The dry run: measures in the sandbox and shows every change, writing nothing into the repository. */
export async function makePlan(
  locator: string,
  repositoryDir: string,
  choices: Partial<BackendOptions>,
  services: Services,
  overrides?: Overrides,
): Promise<Plan> {
  const repository = await openLocalRepository(repositoryDir)
  const folder = await workTreeOf(repositoryDir)
  const request = {
    locator,
    choices,
    repositoryDir: folder,
    dryRun: true,
    ...(overrides === undefined ? {} : { overrides }),
  }
  const { thread, judgement } = await walk(request, repository, services)
  return planOf(thread, judgement)
}

/**
 * The whole integration on the branch `graft/<backend>` of a local clone. The working tree is never touched. Whatever is not
 * integrated leaves nothing behind: the branch is taken back on a red test run, on an error and on an interrupt.
 */
export async function integrate(
  locator: string,
  repositoryDir: string,
  choices: Partial<BackendOptions>,
  services: Services,
  overrides?: Overrides,
): Promise<IntegrationResult> {
  const repository = await openLocalRepository(repositoryDir)
  const folder = await workTreeOf(repositoryDir)
  const request = {
    locator,
    choices,
    repositoryDir: folder,
    dryRun: false,
    ...(overrides === undefined ? {} : { overrides }),
  }
  const { thread, judgement } = await walk(request, repository, services)
  const commits = new Map(thread.branch?.committed.map((change) => [change.id, change.commit]))
  const kept = thread.branch?.head !== undefined
  return {
    schema: 1,
    verdict: judgement.verdict,
    reason: judgement.reason,
    limits: judgement.limits,
    ...(judgement.contradictions === undefined ? {} : { contradictions: judgement.contradictions }),
    backend: planOf(thread, judgement).backend.name,
    ...(kept && thread.branch ? { branch: thread.branch.name } : {}),
    changes: await Promise.all(
      (kept ? (thread.changes ?? []) : []).map(async (change) => {
        const commit = commits.get(change.id)
        const summary = await summarize(change, repository, thread.base)
        return { ...summary, ...(commit === undefined ? {} : { commit }) }
      }),
    ),
    ...(thread.report === undefined ? {} : { report: thread.report }),
    plan: planOf(thread, judgement),
  }
}

/** Lines added and removed by a change against the commit that the integration starts from. */
export async function summarize(change: Change, repository: Repository, base: string): Promise<ChangeSummary> {
  let added = 0
  let removed = 0
  for (const file of change.files) {
    const before = (await repository.read(base, file.path)) ?? ''
    const patch = structuredPatch(file.path, file.path, before, file.content ?? '', undefined, undefined, {
      context: 0,
    })
    for (const line of patch.hunks.flatMap((hunk) => hunk.lines)) {
      if (line.startsWith('+')) added += 1
      else if (line.startsWith('-')) removed += 1
    }
  }
  const { id, kind, title, why, depends } = change
  return { id, kind, title, why, files: change.files.map((file) => file.path), added, removed, depends }
}

async function walk(
  request: Request,
  repository: Repository,
  services: Services,
): Promise<{ thread: Thread; judgement: Judgement }> {
  const { commit: base } = await repository.base()
  let thread: Thread = { request, base, target: await readTarget(repository, base) }
  let finished = false
  try {
    for (;;) {
      const step = decide(thread)
      if (step.type === 'finish') {
        finished = step.keepBranch
        return { thread: step.keepBranch ? thread : withoutBranch(thread), judgement: step.judgement }
      }
      if (step.type === 'wait')
        throw new BugError('A job runs elsewhere, and a local walk has nobody who would call again.')
      thread = await perform(step, thread, repository, services)
    }
  } finally {
    // Only a branch that this walk made is taken back: `publish` refuses one that exists.
    const { branch } = thread
    if (!finished && branch?.head !== undefined) await repository.deleteBranch(branch.name, branch.head)
  }
}

function withoutBranch(thread: Thread): Thread {
  if (thread.branch === undefined) return thread
  return { ...thread, branch: { ...thread.branch, head: undefined } }
}

function planOf(thread: Thread, judgement: Judgement): Plan {
  if (thread.backend === undefined || thread.snapshot === undefined) {
    throw new BugError('An integration ended before its backend had a name.')
  }
  return {
    schema: 1,
    backend: thread.backend,
    purl: thread.snapshot.purl,
    verdict: judgement.verdict,
    reason: judgement.reason,
    ...(judgement.contradictions === undefined ? {} : { contradictions: [...judgement.contradictions] }),
    ...(thread.measurement === undefined ? {} : { measurement: thread.measurement }),
    ...(thread.measurement?.driver === undefined ? {} : { driver: thread.measurement.driver }),
    changes: [...(thread.changes ?? [])],
  }
}
