/** Performs the steps that `decide` asks for. Each takes a thread and returns the thread that knows more. */
import { analyseSnapshot } from '../analysis/analyse.ts'
import { commitMessage } from '../change/message.ts'
import { declineReason, declineText } from '../driver/decline.ts'
import { proposeCandidates, type Wishes } from '../driver/propose.ts'
import { foreseenRequirements, missedRequirements } from '../driver/undeclared.ts'
import { planChanges } from '../generate/changeset.ts'
import { gateReach } from '../generate/gate-reach.ts'
import { chooseOptions } from '../generate/names.ts'
import type { Repository } from '../repository/repository.ts'
import { foreignWord } from '../simulator/references.ts'
import { parseRequirement } from '../simulator/requirements.ts'
import { isPending, type MeasureJob } from '../simulator/runner.ts'
import { fetchSnapshot } from '../source/fetch.ts'
import { parseLocator } from '../source/locator.ts'
import { findOffers } from '../source/offers.ts'
import type { TargetPlace } from '../source/options.ts'
import { formatIntegrationBranch } from '../values/branches.ts'
import type { Driver } from '../values/driver.ts'
import { BugError, UserError } from '../values/errors.ts'
import { foundGates } from '../values/found-gates.ts'
import type { Measurement } from '../values/measurement.ts'
import type { Offer } from '../values/offers.ts'
import type { Overrides } from '../values/overrides.ts'
import type { Change } from '../values/plan.ts'
import type { Profile } from '../values/profile.ts'
import type { Stage } from '../values/progress.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { withLimit } from './contradictions.ts'
import type { Step } from './decide.ts'
import { environmentLimits } from './environment-limits.ts'
import { jsonPath } from './said.ts'
import type { Services } from './services.ts'
import type { Branch, Request, Thread } from './thread.ts'
import { judgeMeasurement } from './verdict.ts'

const ELSEWHERE = 'runs elsewhere'

/** Runs one stage between a `started` and a `finished` event; `describe` says in a few words what came out. */
async function stage<T>(
  services: Services,
  name: Stage,
  work: () => Promise<T>,
  describe: (value: T) => string,
): Promise<T> {
  services.signal.throwIfAborted()
  const begin = performance.now()
  services.onProgress({ type: 'started', stage: name })
  const value = await work()
  const seconds = (performance.now() - begin) / 1000
  services.onProgress({ type: 'finished', stage: name, detail: describe(value), seconds })
  return value
}

/** Fetches and unpacks the source that a locator names. */
export async function fetchSource(
  locator: string,
  services: Services,
  { target, allowBuild = false }: { readonly target?: TargetPlace; readonly allowBuild?: boolean | undefined } = {},
): Promise<Snapshot> {
  const parsed = parseLocator(locator)
  return stage(
    services,
    'fetch',
    () =>
      fetchSnapshot(parsed, {
        cacheDir: services.cacheDir,
        onProgress: services.onProgress,
        python: services.python,
        signal: services.signal,
        allowBuild: allowBuild || services.allowBuild,
        target,
      }),
    (snapshot) => `${snapshot.distribution} ${snapshot.version}`,
  )
}

/** Reads the source, and what a person said about it; nothing of either is executed. */
export async function analyseSource(snapshot: Snapshot, services: Services, stated?: Overrides): Promise<Profile> {
  return stage(
    services,
    'analyse',
    () => analyseSnapshot(snapshot, { onProgress: services.onProgress, signal: services.signal, stated }),
    (profile) => {
      const gates = Object.keys(foundGates(profile)).length
      return `${profile.statistics.files} files, ${gates} gate names, ${profile.examples.length} examples`
    },
  )
}

/** Performs one step. `finish` and `wait` are not steps to perform: the caller ends there. */
export async function perform(
  step: Exclude<Step, { type: 'finish' | 'wait' }>,
  thread: Thread,
  repository: Repository,
  services: Services,
): Promise<Thread> {
  switch (step.type) {
    case 'fetch': {
      const { locator, repositoryDir: folder, overrides } = thread.request
      const target = { repository, commit: thread.base, folder }
      const snapshot = await fetchSource(locator, services, { target, allowBuild: overrides?.allowBuild })
      return { ...thread, snapshot }
    }
    case 'name': {
      const backend = chooseOptions(known(thread.snapshot), thread.request.choices, thread.target)
      // Now, not after minutes of measuring.
      if (!thread.request.dryRun) await repository.refuseTaken(branchName(thread.request, backend.name))
      return { ...thread, backend }
    }
    case 'analyse': {
      const { overrides } = thread.request
      const profile = await analyseSource(known(thread.snapshot), services, overrides)
      refuseForeignDriver(overrides?.driver, profile)
      const decline = declineReason(profile)
      return { ...thread, profile, decline: decline && declineText(decline) }
    }
    case 'prepare': {
      const job = measureJob(thread)
      const prepared = await stage(
        services,
        'environment',
        () => services.runner.prepare(job, services.onProgress),
        (value) => {
          if (isPending(value)) return ELSEWHERE
          return value.ok ? `${value.lock.pins.size} pinned distributions` : 'not possible'
        },
      )
      return isPending(prepared) ? { ...thread, pending: prepared } : { ...thread, prepared }
    }
    case 'measure':
      return measure(thread, services)
    case 'plan': {
      const changes = await stage(
        services,
        'plan',
        () => plan(thread, repository, services),
        (value) => `${value.length} changes`,
      )
      return { ...thread, changes }
    }
    case 'publish':
      return { ...thread, branch: await publish(thread, repository, services) }
    case 'test':
      return test(thread, repository, services)
    default:
      return step satisfies never
  }
}

/** What is resolved, installed and measured, in one job where the runner is elsewhere. */
function measureJob(thread: Thread): MeasureJob {
  const { run, overrides = {} } = thread.request
  const { distribution, version } = known(thread.snapshot)
  const undeclared = undeclaredOf(thread).flatMap((text) => parseRequirement(text) ?? [])
  return {
    snapshot: known(thread.snapshot),
    target: thread.target,
    request: proposeCandidates(known(thread.profile), wishesAbout(overrides, { distribution, version })),
    ...(run === undefined ? {} : { run }),
    ...(undeclared.length === 0 ? {} : { undeclared }),
    ...(overrides.allowBuild === true ? { allowBuild: true } : {}),
  }
}

/** What the package needs and does not declare: as people said, as its source shows, and as its import showed. */
function undeclaredOf({ request, profile, missed = [] }: Thread): string[] {
  const said = request.overrides?.with ?? []
  const names = new Set(said.map((text) => parseRequirement(text)?.name))
  const found = [...foreseenRequirements(known(profile)), ...missed]
  return [...new Set([...said, ...found.filter((text) => !names.has(parseRequirement(text)?.name))])]
}

/** What the search is told of what a person said. A driver by hand is about the version that is measured. */
function wishesAbout(
  { driver, exclude, gateMapping, codeTemplate }: Overrides,
  about: { readonly distribution: string; readonly version: string },
): Wishes {
  return {
    ...(driver === undefined ? {} : { driver: { ...driver, ...about } }),
    ...(exclude === undefined || exclude.length === 0 ? {} : { exclude }),
    ...(gateMapping === 'template' ? { mapping: 'template' } : {}),
    ...(codeTemplate === 'advanced' ? { advanced: true } : {}),
  }
}

/** A driver by hand calls the package and what it needs, nothing else: it becomes code that people run. */
function refuseForeignDriver(driver: Driver | undefined, profile: Profile): void {
  if (driver === undefined) return
  const word = foreignWord(driver, {
    modules: [...profile.modules, ...profile.undeclared].map(({ value }) => value),
    distributions: profile.dependencies.map(({ value }) => value),
  })
  if (word === undefined) return
  throw new UserError(
    `The driver names ${JSON.stringify(word.reference.slice(0, 100))} at ${jsonPath(word.path)}, which is neither part of ${profile.distribution} nor of what it needs. Name only its own modules, numpy, math and the types of plain values there.`,
  )
}

async function measure(thread: Thread, services: Services): Promise<Thread> {
  const job = measureJob(thread)
  const stated = thread.request.overrides ?? {}
  const measurement = await stage(
    services,
    'measure',
    () => services.runner.measure(job, services.onProgress),
    (value) => {
      if (isPending(value)) return ELSEWHERE
      const right = value.gates.filter((gate) => gate.outcome === 'right').length
      return value.driver === undefined ? `no driver (${value.stage})` : `${right} native gates right`
    },
  )
  if (isPending(measurement)) return { ...thread, pending: measurement }
  const missed = missedRequirements(measurement, undeclaredOf(thread))
  if (missed.length > 0) {
    // Once more, with what it lacked.
    const { prepared: _, ...rest } = thread
    return { ...rest, missed: [...(thread.missed ?? []), ...missed] }
  }
  const measured = measurement.driver !== undefined && measurement.conventions !== undefined
  const refused = measured ? (await gateReach(services.templatesDir, measurement)).refused : []
  const environment = thread.prepared?.ok
    ? environmentLimits(
        thread.prepared.lock,
        known(thread.snapshot),
        known(thread.backend).name,
        thread.target,
        thread.profile?.licenceTerms?.value === 'restricted' ? thread.profile.licence?.value : undefined,
      )
    : []
  const offers = await offersFor(measurement, thread.profile, services)
  const judgement = judgeMeasurement(measurement, { refused, profile: thread.profile, stated, environment, offers })
  return { ...thread, measurement: withLimit(measurement, stated), judgement }
}

/** Before a person is asked to name what brings a module: what the index has under its name. */
async function offersFor(
  { stage, missing_modules: missing }: Measurement,
  profile: Profile | undefined,
  { python, signal }: Services,
): Promise<readonly Offer[]> {
  if (stage !== 'import' || missing.length === 0) return []
  const importsOf = (module: string) => profile?.undeclared.find(({ value }) => value === module)?.imports ?? []
  return findOffers(
    missing.map((module) => ({ module, imports: importsOf(module) })),
    { python, signal },
  )
}

async function plan(thread: Thread, repository: Repository, services: Services): Promise<readonly Change[]> {
  const prepared = known(thread.prepared)
  if (!prepared.ok) throw new BugError('A plan was asked for without an environment.')
  return planChanges({
    target: thread.target,
    options: known(thread.backend),
    snapshot: known(thread.snapshot),
    measurement: known(thread.measurement),
    lock: prepared.lock,
    templatesDir: services.templatesDir,
    example: thread.request.example,
    readFile: (path) => repository.read(thread.base, path),
  })
}

async function publish(thread: Thread, repository: Repository, services: Services): Promise<Branch> {
  services.signal.throwIfAborted()
  const backend = known(thread.backend).name
  const changes = known(thread.changes)
  const name = branchName(thread.request, backend)
  const commits = await repository.publish({
    branch: name,
    expectedHead: undefined,
    parent: thread.base,
    commits: changes.map((change) => ({
      message: commitMessage(change, String(thread.request.issue ?? backend)),
      files: change.files,
    })),
  })
  for (const change of changes) {
    services.onProgress({ type: 'note', stage: 'commit', detail: `${change.id} ${change.title}` })
  }
  const committed = changes.map((change, index) => ({ id: change.id, ...known(commits[index]) }))
  return { name, head: committed.at(-1)?.commit, committed }
}

async function test(thread: Thread, repository: Repository, services: Services): Promise<Thread> {
  const last = known(known(thread.branch).committed.at(-1))
  const report = await stage(
    services,
    'test',
    () =>
      services.runner.test(
        {
          snapshot: known(thread.snapshot),
          target: thread.target,
          backend: known(thread.backend).name,
          withCheckout: (use) => repository.withCheckout(last.commit, use),
          commit: last.commit,
          tree: last.tree,
        },
        services.onProgress,
      ),
    (value) =>
      isPending(value) ? ELSEWHERE : `${value.passed} passed, ${value.failed} failed, ${value.skipped} skipped`,
  )
  return isPending(report) ? { ...thread, pending: report } : { ...thread, report }
}

/** Name of the branch of an integration: `graft/<backend>` in a local clone, `graft/<issue>-<backend>` for an issue. */
function branchName({ issue }: Request, backend: string): string {
  return issue === undefined ? `graft/${backend}` : formatIntegrationBranch({ issue, backend })
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new BugError('A step ran before the value that it needs was known.')
  return value
}
