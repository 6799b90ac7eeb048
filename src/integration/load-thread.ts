/** Loads the facts of one request through the ports, with as few requests as its state allows. */
import { parseRecords } from '../change/approval-record.ts'
import { deriveName } from '../generate/names.ts'
import { readTarget } from '../generate/target.ts'
import { nameInLocator, parseLocator, withoutVersion } from '../source/locator.ts'
import { formatIntegrationBranch, parseIntegrationBranch, parseJobBranch } from '../values/branches.ts'
import { UserError } from '../values/errors.ts'
import type { Intent } from '../values/intent.ts'
import type { IssueRequest } from '../values/issue-request.ts'
import type { Target } from '../values/plan.ts'
import type { GivenCommand } from './command.ts'
import { findStatus } from './find-status.ts'
import type { CommentFacts, IssueFacts, Permission, PullFacts } from './hub.ts'
import type { IssuePorts } from './issue-ports.ts'
import type {
  Asked,
  CoreState,
  EarlierRequest,
  HistoryFacts,
  IssueThread,
  JobBranchFacts,
  Setup,
  TestState,
} from './issue-thread.ts'
import { hashOf, loadAnswers, withAnswers } from './load-answers.ts'
import { loadHistory } from './load-history.ts'
import { loadMeasured } from './load-measured.ts'
import { loadSetup } from './load-setup.ts'
import type { RequestRecord } from './request-record.ts'
import type { Thread } from './thread.ts'

const DAY = 86_400_000
/** Closed requests for the same package that are asked whether they were merged. */
const MOST_CLOSED = 3

/** What this process has worked out in the present reconcile. */
export interface Worked {
  readonly core?: CoreState
  readonly tests?: TestState
  readonly started?: boolean
  readonly unkept?: boolean
  /** What was read once in this reconcile. */
  readonly permissions?: Map<string, Permission>
}

/** Undefined when the issue is gone (deleted, transferred). */
export async function loadThread(
  ports: IssuePorts,
  number: number,
  intents: readonly Intent[],
  worked: Worked,
): Promise<IssueThread | undefined> {
  const { hub, repository } = ports
  const issue = await hub.issue(number)
  if (issue === undefined) return undefined
  const now = ports.now().toISOString()
  const idle = { ...idleThread(issue, now), ...(ports.pace === undefined ? {} : { pace: ports.pace }) }
  if (issue.isPull) return idle
  const names = await hub.branches(formatIntegrationBranch({ issue: number, backend: '' }))
  const branches = names.filter((name) => parseIntegrationBranch(name)?.issue === number)
  const plain = ports.readRequest(issue, [])
  if (plain === undefined && branches.length === 0) return idle

  const { setup, target: whole } = await loadSetup(ports, issue)
  const comments = await hub.comments(number, 'issue')
  const status = findStatus(comments, number)
  const target = whole && withoutOwnNames(whole, branches, status?.record)
  const parsed = target === undefined ? plain : ports.readRequest(issue, target.takenNames)
  const permissionsKnown = worked.permissions ?? new Map<string, Permission>()
  const plainly = askedOf(parsed, issue)
  const answers =
    plainly.type === 'request'
      ? await loadAnswers(ports, issue, comments, {
          stated: plainly.request.overrides,
          questioned: status?.record?.questioned,
          known: permissionsKnown,
        })
      : undefined
  const implied = answers?.implied ?? []
  const asked =
    plainly.type === 'request' && answers !== undefined ? withAnswers(plainly, answers, issue.author.login) : plainly
  const common = { ...idle, setup, asked, comments, ...(status === undefined ? {} : { status }) }
  if (setup.type !== 'ready' || target === undefined)
    return { ...common, ...(await knownPull(ports, branches, status)) }

  const { branch, pull, pulls = [] } = await loadBranch(ports, number, branches, status?.record, worked.core?.thread)
  const all = pull === undefined ? comments : merged(comments, await hub.comments(pull.number, 'pull'))
  const commands = [
    ...all
      .filter(({ ours, reactions }) => !ours && !reactions.includes('rocket') && !reactions.includes('confused'))
      .flatMap((comment) => [
        ...ports.readCommands(comment),
        ...(branch === undefined ? implied : []).filter(({ source }) => source === String(comment.id)),
      ]),
    ...intents.map((intent) => ports.readButton(intent, now)),
  ]
  const open = pull === undefined || (pull.state === 'open' && issue.state === 'open')
  const history =
    branch?.head !== undefined && open
      ? await loadHistory(
          hub,
          repository,
          {
            ...{ base: pull?.base.sha ?? status?.record?.base ?? setup.base.commit, head: branch.head, issue: number },
            ...{ pull: pull?.number, main: setup.base.commit },
          },
          ports.commits,
        )
      : undefined
  const recorded =
    history === undefined && pull !== undefined && commands.length > 0
      ? (await hub.check(pull.head.sha))?.record
      : undefined
  const permissions = await loadPermissions(ports, issue, commands, history, permissionsKnown)
  const measured =
    pull?.mergeCommit === undefined || branch === undefined
      ? undefined
      : await loadMeasured(repository, pull.mergeCommit, `${setup.backendsPath}/${branch.backend}`)
  const needsCore =
    asked.type === 'request' &&
    (branch?.head === undefined || pull === undefined || commands.some(({ asked: { name } }) => name === 'plan'))
  const core =
    needsCore && asked.type === 'request'
      ? await coreOf(ports, issue, asked, status?.record, { target, commit: setup.base.commit }, worked.core)
      : undefined
  return {
    ...common,
    comments: all,
    commands,
    permissions,
    ...(await loadOthersMayWrite(ports, setup, issue, history, permissions)),
    ...(await loadOthers(ports, target.takenNames, issue, asked, status?.record, branch)),
    jobBranches: await loadJobBranches(ports, number),
    ...(branch === undefined ? {} : { branch }),
    ...(pull === undefined ? {} : { pull }),
    ...(pulls.every(({ base }) => base.ref === setup.base.branch) ? {} : { otherBases: true }),
    ...(core === undefined ? {} : { core }),
    ...(worked.tests === undefined ? {} : { tests: worked.tests }),
    ...(worked.started === undefined ? {} : { started: worked.started }),
    ...(worked.unkept === undefined ? {} : { unkept: worked.unkept }),
    ...(history === undefined ? {} : { history }),
    ...(recorded === undefined ? {} : { recorded }),
    ...(measured === undefined ? {} : { measured }),
  }
}

function idleThread(issue: IssueFacts, now: string): IssueThread {
  return {
    ...{ now, issue, setup: { type: 'needed' }, asked: { type: 'nothing' }, permissions: new Map() },
    ...{ othersMayWrite: undefined, earlier: undefined, sameDay: 0, comments: [], commands: [], jobBranches: [] },
  }
}

function askedOf(parsed: ReturnType<IssuePorts['readRequest']>, issue: IssueFacts): Asked {
  if (parsed === undefined) return { type: 'nothing' }
  if ('problems' in parsed) return { type: 'problems', problems: parsed.problems }
  const { request } = parsed
  const hash = hashOf([request, issue.author.login])
  return { type: 'request', request, hash, consent: hash, package: packageOf(request.source) }
}

function packageOf(source: string): string {
  return withoutVersion(parseLocator(source))
}

/** The name that this very integration took is not taken from it, also when it is merged. */
function withoutOwnNames(target: Target, branches: readonly string[], record: RequestRecord | undefined): Target {
  const own = new Set([...branches, record?.branch ?? ''].map((name) => parseIntegrationBranch(name)?.backend))
  return { ...target, takenNames: target.takenNames.filter((name) => !own.has(name)) }
}

function merged(one: readonly CommentFacts[], other: readonly CommentFacts[]): CommentFacts[] {
  return [...one, ...other].sort((a, b) =>
    a.createdAt === b.createdAt ? a.id - b.id : a.createdAt < b.createdAt ? -1 : 1,
  )
}

/** Where nothing is done, the status comment still names the pull request that there is. */
async function knownPull(
  { hub }: IssuePorts,
  branches: readonly string[],
  status: IssueThread['status'],
): Promise<Pick<IssueThread, 'branch' | 'pull'>> {
  const name = branches[0] ?? status?.record?.branch
  const parsed = name === undefined ? undefined : parseIntegrationBranch(name)
  if (name === undefined || parsed === undefined) return {}
  const pull = chosen(await hub.pullsOf(name), status?.record?.past ?? 0)
  return { branch: { name, backend: parsed.backend, head: pull?.head.sha }, ...(pull === undefined ? {} : { pull }) }
}

async function loadBranch(
  { hub, repository }: IssuePorts,
  issue: number,
  branches: readonly string[],
  record: RequestRecord | undefined,
  core: Thread | undefined,
): Promise<Pick<IssueThread, 'branch' | 'pull'> & { readonly pulls?: readonly PullFacts[] }> {
  const known = record?.branch ?? (core?.backend && formatIntegrationBranch({ issue, backend: core.backend.name }))
  const name = known !== undefined && (branches.length === 0 || branches.includes(known)) ? known : branches[0]
  const parsed = name === undefined ? undefined : parseIntegrationBranch(name)
  if (name === undefined || parsed === undefined) return {}
  const pulls = await hub.pullsOf(name)
  const pull = chosen(pulls, record?.past ?? 0)
  const head = branches.includes(name) ? await repository.head(name) : undefined
  if (head === undefined && pull === undefined) return {}
  const branch = { name, backend: parsed.backend, head }
  if (pull === undefined) return { branch }
  // The branch is the truth; the list of pull requests may lag behind a push.
  return {
    ...{ branch, pulls },
    pull: head === undefined || pull.state === 'closed' ? pull : { ...pull, head: { ...pull.head, sha: head } },
  }
}

function chosen(pulls: readonly PullFacts[], past: number): PullFacts | undefined {
  const present = pulls.filter(({ number }) => number > past)
  return present.find(({ state }) => state === 'open') ?? present.find((pull) => pull.merged) ?? present[0]
}

async function loadJobBranches({ hub, repository }: IssuePorts, issue: number): Promise<JobBranchFacts[]> {
  const found: JobBranchFacts[] = []
  for (const name of await hub.branches(`graft-measure/${issue}`)) {
    const job = parseJobBranch(name)
    if (job?.issue === issue) found.push({ name, kind: job.kind, head: await repository.head(name) })
  }
  return found
}

function writes(permission: Permission | undefined): boolean {
  return permission === 'admin' || permission === 'write'
}

async function loadPermissions(
  { hub }: IssuePorts,
  issue: IssueFacts,
  commands: readonly GivenCommand[],
  history: HistoryFacts | undefined,
  known: Map<string, Permission>,
): Promise<ReadonlyMap<string, Permission>> {
  const logins = new Set([
    issue.author.login,
    ...commands.map(({ author }) => author),
    ...(history?.reviews ?? []).filter(({ kind }) => kind === 'person').map(({ login }) => login),
    ...parseRecords(history?.record ?? '').map(({ by }) => by),
  ])
  const permissions = new Map<string, Permission>()
  for (const login of logins) {
    const permission = known.get(login) ?? (await hub.permission(login))
    known.set(login, permission)
    permissions.set(login, permission)
  }
  return permissions
}

/** Whether somebody else could approve; asked only where the settings make that count. */
async function loadOthersMayWrite(
  { hub }: IssuePorts,
  setup: Extract<Setup, { type: 'ready' }>,
  issue: IssueFacts,
  history: HistoryFacts | undefined,
  permissions: ReadonlyMap<string, Permission>,
): Promise<Pick<IssueThread, 'othersMayWrite' | 'severalMayWrite'>> {
  const none = { othersMayWrite: undefined, severalMayWrite: undefined }
  if (history === undefined || setup.settings.approvals.requester_may_approve !== 'auto') return none
  const isOther = (login: string) => login !== issue.author.login
  const known = [...permissions].flatMap(([login, permission]) => (writes(permission) ? [login] : []))
  // Whoever asked without write permission cannot approve in any case; nor can a person's change be where there is none.
  const requesterMatters = writes(permissions.get(issue.author.login)) && !known.some(isOther)
  const authorMatters = history.changes.some(({ origin }) => origin === 'person') && known.length < 2
  const all = requesterMatters || authorMatters ? await hub.writers() : known
  return {
    othersMayWrite: known.some(isOther) || (requesterMatters ? all?.some(isOther) : undefined),
    severalMayWrite: known.length > 1 || (authorMatters ? all && all.length > 1 : undefined),
  }
}

/** The walk as far as it is known, or its beginning: at the commit that the run began with, while it runs. */
async function coreOf(
  ports: IssuePorts,
  issue: IssueFacts,
  asked: Extract<Asked, { type: 'request' }>,
  record: RequestRecord | undefined,
  base: { readonly target: Target; readonly commit: string },
  worked: CoreState | undefined,
): Promise<CoreState | undefined> {
  const begun = record?.request === asked.hash && record.ended === undefined ? record.base : undefined
  const commit = begun ?? base.commit
  const { source, options, testCircuit, shots, overrides } = asked.request
  const choices = options as Thread['request']['choices']
  const example = { testCircuit, shots }
  const run = record?.request === asked.hash && record.run !== undefined ? { run: record.run } : {}
  const request: Thread['request'] = {
    ...{ locator: source, choices, example, dryRun: false, issue: issue.number },
    ...(Object.keys(overrides).length === 0 ? {} : { overrides }),
    ...run,
  }
  if (worked !== undefined && worked.thread.base === commit && sameRequest(worked.thread.request, request))
    return worked
  const target = commit === base.commit ? base.target : await readTarget(ports.repository, commit)
  return { thread: { request, base: commit, target } }
}

function sameRequest(one: Thread['request'], other: Thread['request']): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Other requests matter only until this one has begun. */
async function loadOthers(
  ports: IssuePorts,
  takenNames: readonly string[],
  issue: IssueFacts,
  asked: Asked,
  record: RequestRecord | undefined,
  branch: IssueThread['branch'],
): Promise<Pick<IssueThread, 'earlier' | 'sameDay'>> {
  const begun = asked.type === 'request' && record?.request === asked.hash && record.ended === undefined
  if (asked.type !== 'request' || branch !== undefined || begun) return { earlier: undefined, sameDay: 0 }
  const before = (await ports.hub.requests()).filter(({ number }) => number < issue.number)
  const since = Date.parse(issue.createdAt) - DAY
  const sameDay = before.filter(
    ({ author, createdAt }) => author.login === issue.author.login && Date.parse(createdAt) > since,
  ).length
  return { earlier: await findEarlier(ports, takenNames, asked.request, before), sameDay }
}

async function findEarlier(
  ports: IssuePorts,
  takenNames: readonly string[],
  request: IssueRequest,
  before: readonly IssueFacts[],
): Promise<EarlierRequest | undefined> {
  const [name, own] = [nameOf(request), packageOf(request.source)]
  const alike = before
    .flatMap(({ state, number, url, ...other }) => {
      // Of one that is merged the name is taken: by itself.
      const parsed = ports.readRequest(other, state === 'open' ? takenNames : [])
      if (parsed === undefined || 'problems' in parsed) return []
      const same = packageOf(parsed.request.source) === own ? 'package' : nameOf(parsed.request) === name && 'name'
      return same === false ? [] : [{ state, number, url, same } as const]
    })
    .sort((a, b) => a.number - b.number)
  const first = alike.find(({ state }) => state === 'open')
  if (first !== undefined) return { number: first.number, url: first.url, merged: false, same: first.same }
  for (const { number, url, same } of alike.reverse().slice(0, MOST_CLOSED)) {
    const state = findStatus(await ports.hub.comments(number, 'issue'), number)?.record?.state
    if (state === 'finished' || state === 'merged') return { number, url, merged: true, same }
  }
  return undefined
}

/** Name that the backend has or will get; a guess where it is derived, as taken names are left aside. */
function nameOf({ source, options }: IssueRequest): string {
  if (options.name !== undefined) return options.name
  try {
    return deriveName(nameInLocator(parseLocator(source)), { takenNames: [] })
  } catch (error) {
    if (error instanceof UserError) return source
    throw error
  }
}
