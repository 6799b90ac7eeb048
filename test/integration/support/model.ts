/**
 * A model of GitHub, as a value: what people and Graft do are pure functions from one world to the next. Tests interleave them
 * as no real GitHub would, in thousands of orders.
 */
import { parseRecords } from '../../../src/change/approval-record.ts'
import type { Command, GivenCommand } from '../../../src/integration/command.ts'
import { replyStep } from '../../../src/integration/decide-commands.ts'
import { decideIssue } from '../../../src/integration/decide-issue.ts'
import type { CheckFacts, CommentFacts, PullFacts, ReviewFacts } from '../../../src/integration/hub.ts'
import type { IssueStep } from '../../../src/integration/issue-step.ts'
import type { IssueThread } from '../../../src/integration/issue-thread.ts'
import type { Worked } from '../../../src/integration/load-thread.ts'
import { readRecord } from '../../../src/integration/request-record.ts'
import type { Thread } from '../../../src/integration/thread.ts'
import { parseMarker } from '../../../src/values/marker.ts'
import * as facts from './facts.ts'
import { historyOf } from './model-history.ts'

export interface Commit {
  readonly sha: string
  readonly id: string
  readonly by: 'graft' | 'person'
  /** Content of every file after it. */
  readonly files: Readonly<Record<string, string>>
  readonly touched: readonly string[]
  readonly reverts: readonly string[]
  readonly command?: string
  readonly action?: 'undo' | 'redo' | 'restore' | undefined
}

interface Run {
  readonly what: string
  readonly commit: string
  readonly done: boolean
}

export interface World {
  /** Milliseconds. */
  readonly now: number
  readonly next: number
  readonly issueOpen: boolean
  readonly hash: string
  readonly comments: readonly (CommentFacts & { readonly given: readonly Command[] })[]
  readonly commits: readonly Commit[]
  readonly branch: boolean
  readonly pull:
    | (Pick<PullFacts, 'number' | 'state' | 'merged' | 'body'> & { readonly mergeCommit?: string })
    | undefined
  readonly checks: readonly CheckFacts[]
  readonly reviews: readonly ReviewFacts[]
  readonly jobs: readonly {
    readonly name: string
    readonly kind: 'measure' | 'test' | 'verify'
    readonly head: string
  }[]
  readonly runs: readonly Run[]
  readonly snapshots: readonly { readonly name: string; readonly commit: string }[]
  /** What Graft wrote, one entry a request. */
  readonly writes: readonly { readonly what: string; readonly at: number }[]
}

export const START: World = {
  ...{ now: Date.parse(facts.NOW), next: 100, issueOpen: true, hash: 'hash-1', comments: [], commits: [] },
  ...{ branch: false, pull: undefined, checks: [], reviews: [], jobs: [], runs: [], snapshots: [], writes: [] },
}

const PEOPLE = new Map([
  ['ada', 'write'],
  ['bob', 'admin'],
  ['eve', 'read'],
] as const)
const iso = (now: number) => new Date(now).toISOString()
const sha = (number: number) => number.toString(16).padStart(40, '0')

export function head(world: World): Commit | undefined {
  return world.branch ? world.commits.at(-1) : undefined
}

/** The facts as the loader would read them. */
export function read(world: World, worked: Worked): IssueThread {
  const status = world.comments.find((one) => one.ours && parseMarker(one.body)?.kind === 'status')
  const commands: GivenCommand[] = world.comments.flatMap((one) =>
    one.ours || one.reactions.length > 0
      ? []
      : one.given.map((asked, place) => ({
          ...{ source: String(one.id), place, from: 'comment' as const, author: one.author.login, at: one.createdAt },
          ...{ permission: asked.name === 'help' ? 'anyone' : asked.name === 'cancel' ? 'requester' : 'write', asked },
        })),
  )
  const top = head(world)
  const pull: PullFacts | undefined =
    world.pull === undefined
      ? undefined
      : facts.pull({ ...world.pull, head: { ref: 'graft/12-toy', sha: top?.sha ?? sha(0) } })
  const record = status === undefined ? undefined : readRecord(status.body)
  const begun = record?.request === world.hash && record.ended === undefined ? record.base : undefined
  const history = top === undefined ? undefined : historyOf(world, top)
  const needsCore = top === undefined || pull === undefined || commands.some(({ asked }) => asked.name === 'plan')
  const base = facts.thread()
  return {
    ...facts.thread(),
    now: iso(world.now),
    issue: facts.issue({ state: world.issueOpen ? 'open' : 'closed' }),
    asked: facts.asked.type === 'request' ? { ...facts.asked, hash: world.hash } : facts.asked,
    permissions: PEOPLE,
    othersMayWrite: false,
    comments: world.comments,
    commands,
    jobBranches: world.jobs,
    ...(status === undefined ? {} : { status: { comment: status, record } }),
    ...(top === undefined ? {} : { branch: { name: 'graft/12-toy', backend: 'toy', head: top.sha } }),
    ...(pull === undefined ? {} : { pull }),
    ...(history !== undefined && world.issueOpen && pull?.state !== 'closed' ? { history } : {}),
    core: needsCore
      ? (worked.core ?? { thread: { ...(base.core?.thread as Thread), ...(begun ? { base: begun } : {}) } })
      : undefined,
    ...(worked.tests === undefined ? {} : { tests: worked.tests }),
    ...(worked.started === undefined ? {} : { started: worked.started }),
  } as IssueThread
}

/** What one step of Graft does to the world, and what Graft knows afterwards. */
export function apply(world: World, step: IssueStep, thread: IssueThread, worked: Worked): [World, Worked] {
  const wrote = (...what: string[]) => [...world.writes, ...what.map((one) => ({ what: one, at: world.now }))]
  const at = iso(world.now)
  switch (step.type) {
    case 'core':
      return applyCore(world, step, thread, worked)
    case 'test': {
      const started = world.runs.find((run) => run.what === step.kind && run.commit === step.commit)
      const pending = { pending: true as const, steps: [], since: at, ...(started === undefined ? {} : { url: 'run' }) }
      const tree = thread.history?.tree ?? facts.SHA.tree
      const answer = started?.done === true ? facts.report({ commit: step.commit, tree }) : pending
      return [world, { ...worked, tests: { kind: step.kind, commit: step.commit, answer } }]
    }
    case 'label':
      throw new Error('the label is there')
    case 'comment': {
      const where = step.number === 12 ? ('issue' as const) : ('pull' as const)
      const author = { login: 'graft[bot]', kind: 'bot' as const }
      const made = {
        ...facts.comment(world.next, step.body, { ours: true, where, author }),
        createdAt: at,
        updatedAt: at,
      }
      const comments = [...world.comments, { ...made, given: [] }]
      return [{ ...world, comments, next: world.next + 1, writes: wrote(`comment ${step.what}`) }, worked]
    }
    case 'edit_comment': {
      const comments = world.comments.map((one) =>
        one.id === step.comment ? { ...one, body: step.body, updatedAt: at } : one,
      )
      return [{ ...world, comments, writes: wrote(`edit ${step.what}`) }, worked]
    }
    case 'react': {
      const comments = world.comments.map((one) =>
        one.id === step.comment ? { ...one, reactions: [...one.reactions, step.reaction] } : one,
      )
      return [{ ...world, comments, writes: wrote('react') }, worked]
    }
    case 'create_pull': {
      if (world.pull !== undefined) throw new Error('a second pull request')
      const pull = { number: world.next, state: 'open' as const, merged: false, body: step.body }
      const runs = [...world.runs, { what: 'test', commit: head(world)?.sha ?? '', done: false }]
      return [{ ...world, pull, runs, next: world.next + 1, writes: wrote('pull') }, worked]
    }
    case 'update_pull': {
      if (world.pull === undefined || world.pull.merged) throw new Error('no pull request to change')
      return [{ ...world, pull: { ...world.pull, ...step.changes }, writes: wrote('update pull') }, worked]
    }
    case 'check': {
      const content = { ...step.content, head: step.head, startedAt: at, url: 'check' }
      if (step.id !== undefined) {
        const checks = world.checks.map((one) => (one.id === step.id ? { ...content, id: one.id } : one))
        return [{ ...world, checks, writes: wrote('check') }, worked]
      }
      if (world.checks.some((one) => one.head === step.head)) throw new Error('a second check run')
      const checks = [...world.checks, { ...content, id: world.next }]
      return [{ ...world, checks, next: world.next + 1, writes: wrote('check') }, worked]
    }
    case 'start_job': {
      if (world.jobs.some(({ name }) => name === step.branch)) throw new Error('the branch is there')
      const kind = step.branch.includes('-verify-') ? ('verify' as const) : ('test' as const)
      const others = world.runs.filter((run) => !(run.what === kind && run.commit === step.commit))
      const runs = [...others, { what: kind, commit: step.commit, done: false }]
      const jobs = [...world.jobs, { name: step.branch, kind, head: step.commit }]
      const { tests: _, ...rest } = worked
      return [
        { ...world, runs, jobs, writes: wrote('ref') },
        { ...rest, started: true },
      ]
    }
    case 'delete_job':
      return [
        { ...world, jobs: world.jobs.filter(({ name }) => name !== step.branch), writes: wrote('delete') },
        worked,
      ]
    case 'revert':
      return [takenBack(world, step.head, step.ids, `${step.command.source}-${step.command.place}`), worked]
    case 'take': {
      const { what, head: from, command } = step
      const [ids, exactly] = what.action === 'reject' ? [what.ids] : [what.reverts, what]
      return [takenBack(world, from, ids, `${command.source}-${command.place}`, exactly), worked]
    }
    case 'keep':
      return [
        {
          ...world,
          snapshots: [...world.snapshots, { name: step.snapshot, commit: step.commit }],
          writes: wrote('keep'),
        },
        worked,
      ]
    case 'merge':
      return [{ ...merge(world), writes: wrote('merge') }, worked]
    case 'show': {
      const reply = { type: 'diff' as const, login: step.command.author, ids: [], files: [], link: '' }
      return apply(world, replyStep(thread, facts.views, step.command, reply), thread, worked)
    }
    default:
      return step satisfies never
  }
}

/** A revert; what goes to another commit has its files. */
function takenBack(
  world: World,
  from: string,
  ids: readonly string[],
  command: string,
  exactly?: { readonly action: Commit['action']; readonly to: string },
): World {
  const top = head(world)
  if (top === undefined || top.sha !== from) return world
  const number = world.commits.filter(({ by, id }) => by === 'graft' && id.startsWith('r')).length + 1
  const taken = world.commits.filter(({ id }) => ids.includes(id)).flatMap(({ touched }) => touched)
  const there = world.commits.find((one) => one.sha === exactly?.to)?.files
  const files = there ?? Object.fromEntries(Object.entries(top.files).filter(([path]) => !taken.includes(path)))
  const made = {
    sha: sha(world.next),
    id: `r${number}`,
    by: 'graft' as const,
    touched: taken,
    reverts: ids,
    action: exactly?.action,
  }
  const writes = ['tree', 'commit', 'ref'].map((what) => ({ what, at: world.now }))
  return { ...pushed(world, { ...made, files, command }), writes: [...world.writes, ...writes] }
}

function pushed(world: World, commit: Commit): World {
  const runs =
    world.pull?.state === 'open' ? [...world.runs, { what: 'test', commit: commit.sha, done: false }] : world.runs
  return { ...world, commits: [...world.commits, commit], runs, next: world.next + 1 }
}

function applyCore(
  world: World,
  { step }: Extract<IssueStep, { type: 'core' }>,
  thread: IssueThread,
  worked: Worked,
): [World, Worked] {
  const core = thread.core?.thread
  if (core === undefined) throw new Error('no walk')
  const know = (more: Partial<Thread>): Worked => ({ ...worked, core: { thread: { ...core, ...more } } })
  const wrote = (...what: string[]) => [...world.writes, ...what.map((one) => ({ what: one, at: world.now }))]
  switch (step.type) {
    case 'fetch':
      return [world, know({ snapshot: facts.snapshot })]
    case 'name':
      return [world, know({ backend: facts.backend })]
    case 'analyse':
      return [world, know({ profile: facts.profile })]
    case 'prepare':
    case 'measure': {
      const job = world.jobs.find(({ kind }) => kind === 'measure')
      const pending = { pending: true as const, url: 'run', steps: [], since: iso(world.now) }
      if (job === undefined) {
        const commit = sha(world.next)
        const jobs = [...world.jobs, { name: 'graft-measure/12', kind: 'measure' as const, head: commit }]
        const runs = [...world.runs, { what: 'measure', commit, done: false }]
        const writes = wrote('tree', 'commit', 'ref')
        return [{ ...world, jobs, runs, writes, next: world.next + 1 }, know({ pending })]
      }
      if (!world.runs.some((run) => run.commit === job.head && run.done)) return [world, know({ pending })]
      return step.type === 'prepare'
        ? [world, know({ prepared: { ok: true, lock: { requirements: '', pins: new Map() } } })]
        : [world, know({ measurement: facts.measurement, judgement: facts.judgement })]
    }
    case 'plan':
      return [world, know({ changes: facts.changes })]
    case 'publish': {
      if (world.branch) throw new Error('the branch is published already')
      let next: World = { ...world, branch: true, commits: [] }
      let files: Record<string, string> = {}
      for (const { id, files: added } of facts.changes) {
        files = { ...files, ...Object.fromEntries(added.map(({ path, content }) => [path, content ?? ''])) }
        next = pushed(next, {
          ...{ sha: sha(next.next), id, by: 'graft', files, touched: added.map(({ path }) => path), reverts: [] },
        })
      }
      const writes = wrote(...facts.changes.flatMap(() => ['tree', 'commit']), 'ref')
      return [{ ...next, writes }, know({ branch: { name: 'graft/12-toy', head: head(next)?.sha, committed: [] } })]
    }
    case 'test':
      throw new Error('the branch is tested by its pull request')
    default:
      return step satisfies never
  }
}

/** One reconcile; it is killed after so many steps. Returns when to look again. */
export function reconcile(start: World, most = Number.POSITIVE_INFINITY): { world: World; again: number | undefined } {
  let world = start
  let worked: Worked = {}
  let left = most
  for (let round = 0; round < 60; round += 1) {
    const thread = read(world, worked)
    const { steps, again } = decideIssue(thread, facts.faces)
    if (steps.length === 0) return { world, again: again?.afterMilliseconds }
    for (const step of steps) {
      if (left <= 0) return { world, again: undefined }
      left -= 1
      ;[world, worked] = apply(world, step, thread, worked)
      world = { ...world, now: world.now + 50 }
    }
  }
  throw new Error(`still not done: ${JSON.stringify(decideIssue(read(world, worked), facts.faces).steps)}`)
}

/** Lets jobs end and looks at everything again and again, as the sweep does, until nothing changes. */
export function settle(start: World): World {
  let world = start
  for (let turn = 0; turn < 60; turn += 1) {
    const before = world.writes.length
    world = reconcile({ ...world, now: world.now + 30_000 }).world
    const running = world.runs.some(({ done }) => !done)
    world = { ...world, runs: world.runs.map((run) => ({ ...run, done: true })) }
    if (!running && world.writes.length === before) return world
  }
  throw new Error('it never settles')
}

export function say(world: World, login: 'ada' | 'bob' | 'eve', given: readonly Command[]): World {
  const at = iso(world.now)
  const where = world.pull === undefined ? ('issue' as const) : ('pull' as const)
  const author = { login, kind: 'person' as const }
  const made = { ...facts.comment(world.next, '', { author, where }), createdAt: at, updatedAt: at, given }
  return { ...world, comments: [...world.comments, made], next: world.next + 1, now: world.now + 1000 }
}

export function push(world: World, path: string): World {
  const top = head(world)
  if (top === undefined || world.pull?.merged === true) return world
  const people = world.commits.filter(({ by }) => by === 'person').length
  return pushed(world, {
    ...{ sha: sha(world.next), id: `u${people + 1}`, by: 'person', touched: [path], reverts: [] },
    files: { ...top.files, [path]: `edited ${people}` },
  })
}

/** As a rule that requires the check allows. GitHub closes the issue that the pull request names. */
export function merge(world: World): World {
  const top = head(world)
  const green = world.checks.some((check) => check.head === top?.sha && check.conclusion === 'success')
  if (!green || world.pull?.state !== 'open') return world
  const pull = { ...world.pull, state: 'closed' as const, merged: true, mergeCommit: sha(world.next) }
  return { ...world, pull, issueOpen: false, next: world.next + 1 }
}

export function setIssue(world: World, issueOpen: boolean): World {
  return world.pull?.merged === true ? world : { ...world, issueOpen }
}

export function setPull(world: World, state: 'open' | 'closed'): World {
  return world.pull === undefined || world.pull.merged ? world : { ...world, pull: { ...world.pull, state } }
}

/** What the end of a story is, whatever way led there. */
export function essence(world: World): unknown {
  const top = head(world)
  const kinds = world.comments.flatMap((one) => (one.ours ? [parseMarker(one.body)?.kind] : []))
  const status = world.comments.find((one) => one.ours && parseMarker(one.body)?.kind === 'status')
  const shown = world.pull?.state === 'open' || world.pull?.merged === true
  const check = shown ? world.checks.find((one) => one.head === top?.sha) : undefined
  return {
    issueOpen: world.issueOpen,
    pull: world.pull && { state: world.pull.state, merged: world.pull.merged, body: shown && world.pull.body },
    commits: world.commits.map(({ id, by, files, reverts }) => ({ id, by, files, reverts })),
    comments: kinds.sort(),
    status: status && readRecord(status.body)?.state,
    reactions: world.comments.filter(({ ours }) => !ours).map(({ reactions }) => reactions),
    check: check && [
      check.conclusion,
      check.summary,
      parseRecords(check.record).map(({ by, fingerprints }) => [by, fingerprints]),
    ],
    jobs: world.jobs,
  }
}
