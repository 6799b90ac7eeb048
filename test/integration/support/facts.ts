/** Builders of facts for tests of the decisions, and views that say in JSON what they were asked to say. */
import type { Faces } from '../../../src/integration/decide-commands.ts'
import type { CommentFacts, IssueFacts, PullFacts } from '../../../src/integration/hub.ts'
import type { Asked, HistoryFacts, IssueThread, Setup } from '../../../src/integration/issue-thread.ts'
import type { Views } from '../../../src/integration/models.ts'
import { judgeMeasurement } from '../../../src/integration/verdict.ts'
import { formatMarker } from '../../../src/values/marker.ts'
import type { Measurement } from '../../../src/values/measurement.ts'
import type { Change, Target } from '../../../src/values/plan.ts'
import type { Profile } from '../../../src/values/profile.ts'
import type { Report } from '../../../src/values/report.ts'
import type { Snapshot } from '../../../src/values/snapshot.ts'

export const SHA = { base: 'b'.repeat(40), head: 'a'.repeat(40), tree: 'c'.repeat(40), merge: 'd'.repeat(40) }
export const NOW = '2026-03-01T12:00:00.000Z'

/** Views in which everything that is said can be read back, and nothing else is. */
export const views: Views = {
  status: (model) => `${formatMarker({ kind: 'status', of: String(model.issue) })}\n${JSON.stringify(model)}`,
  plan: ({ issue, changes, base, wishes }) =>
    `${formatMarker({ kind: 'plan', of: String(issue) })}\n${JSON.stringify({ changes, base, wishes })}`,
  pullTitle: ({ backend }) => `Add ${backend.name}`,
  pullBody: ({ changes, measured }) =>
    `${measured === undefined ? 'adopted' : 'measured'} TABLE ${changes.map((one) => one.id).join(' ')} END`,
  renewPullBody: (body, changes) =>
    body.replace(
      / TABLE .*/,
      ` TABLE ${changes.map((one) => (one.state.type === 'reverted' ? `-${one.id}` : one.id)).join(' ')} END`,
    ),
  check: ({ missing, changes, tree }) => ({
    title: missing[0] ?? 'done',
    summary: changes.map((change) => `${change.id} ${change.state.type}`).join('\n'),
    text: tree,
  }),
  reply: (model, { source, place }) =>
    `${formatMarker({ kind: /help|refused/.test(model.type) ? 'reply' : 'answer', of: `${source}-${place}` })}\n${JSON.stringify(model)}`,
  verification: ({ issue, report }) => `${formatMarker({ kind: 'verification', of: String(issue) })}\n${report.passed}`,
  onboarding: () => ({ title: 'Set up', body: 'Set up' }),
}

export const faces: Faces = { views, allowed: ({ write }) => (write ? ['help', 'approve'] : ['help']) }

export const target: Target = {
  ...{ backendsPath: 'src/proxima/backends', backendsModule: 'proxima.backends', testsPath: 'tests/backends' },
  ...{ takenNames: ['cirq'], hasBridge: true, hasDiscovery: true, hasConfiguration: true },
  ...{ requirements: [], requiresPython: '>=3.11' },
}

export const backend = { name: 'toy', displayName: 'Toy', description: 'A toy', author: 'Ada', version: '1.0.0' }

export const snapshot: Snapshot = {
  ...{ schema: 1, purl: 'pkg:pypi/toy@1.0.0', distribution: 'toy', normalizedName: 'toy', version: '1.0.0' },
  ...{ summary: '', licence: '', requiresPython: '', requiresDist: [], wheelAvailable: true, projectUrls: {} },
  trees: [
    {
      artifact: { filename: 'toy.whl', kind: 'wheel', sha256: '0'.repeat(64), bytes: 1 },
      ...{ root: '/nowhere', files: [], skipped: [] },
    },
  ],
}

export const profile = { distribution: 'toy' } as Profile

export const measurement: Measurement = {
  ...{ schema: 1, probe: '1', python: '3.11', distribution: 'toy', version: '1.0.0', stage: 'measured' },
  driver: { schema: 1, distribution: 'toy', version: '1.0.0', imports: ['toy'], setup: [], gates: {} },
  gates: (['x', 'h', 'cx', 't'] as const).map((gate) => ({ gate, outcome: 'right' as const })),
  tried: { objects: 1, runs: 1, evaluations: 1, seconds: 1, ran_out: false },
  ...{ missing_modules: [], log: [], seen: [], limits: ['single precision'] },
}

export const judgement = judgeMeasurement(measurement)

export const changes: readonly Change[] = ['adapter', 'normalizer', 'requirements', 'documentation', 'tests'].map(
  (kind, index) => ({
    ...{ id: `c${index + 1}`, kind: kind as Change['kind'], title: `Add ${kind}`, why: 'because' },
    files: [{ path: `${kind}.txt`, content: kind, why: kind }],
    depends: index === 0 ? [] : ['c1'],
  }),
)

export function report(over: Partial<Report> = {}): Report {
  return {
    ...{ schema: 1, backend: 'toy', commit: SHA.head, tree: SHA.tree, passed: 3, failed: 0, skipped: 0, seconds: 1 },
    ...{ tests: [], containment: 'bwrap' },
    ...over,
  }
}

export function issue(over: Partial<IssueFacts> = {}): IssueFacts {
  return {
    ...{ number: 12, title: 'Integrate toy', body: 'pkg:pypi/toy', author: { login: 'ada', kind: 'person' } },
    ...{ state: 'open', labels: ['graft'], createdAt: '2026-03-01T11:00:00.000Z', url: 'issue', isPull: false },
    updatedAt: '2026-03-01T11:00:00.000Z',
    ...over,
  }
}

export function comment(id: number, body: string, over: Partial<CommentFacts> = {}): CommentFacts {
  const at = '2026-03-01T11:30:00.000Z'
  return {
    ...{ id, where: 'issue', author: { login: 'ada', kind: 'person' }, ours: false, body, createdAt: at },
    ...{ updatedAt: at, url: 'comment', reactions: [] },
    ...over,
  }
}

export function pull(over: Partial<PullFacts> = {}): PullFacts {
  return {
    ...{ number: 13, state: 'open', merged: false, head: { ref: 'graft/12-toy', sha: SHA.head } },
    ...{ base: { ref: 'main', sha: SHA.base }, title: 'Add toy', body: 'measured TABLE c1 c2 c3 c4 c5 END' },
    ...{ author: { login: 'graft[bot]', kind: 'bot' }, ours: true, labels: [], createdAt: NOW, url: 'pull' },
    sameRepository: true,
    ...over,
  }
}

export const setup: Setup = {
  type: 'ready',
  settings: {
    version: 1,
    requests: { per_author_per_day: 3 },
    approvals: { requester_may_approve: 'auto' },
  },
  base: { branch: 'main', commit: SHA.base },
  backendsPath: target.backendsPath,
  backendsModule: target.backendsModule,
}

export const asked: Asked = {
  type: 'request',
  request: {
    ...{ source: 'pkg:pypi/toy', options: {}, simulatorTypes: [], overrides: {} },
    ...{ testCircuit: 'bell', shots: 1024 },
  },
  hash: 'hash-1',
  consent: 'hash-1',
  package: 'toy',
}

export function history(over: Partial<HistoryFacts> = {}): HistoryFacts {
  const approvable = changes.map(({ id, kind, title, why, files, depends }) => ({
    ...{ id, origin: 'change' as const, kind, title, why, commit: SHA.head, files: files.map(({ path }) => path) },
    ...{ added: 1, removed: 0, depends, fingerprint: id.slice(1).repeat(32) },
  }))
  return {
    ...{ tree: SHA.tree, changes: approvable, commands: [], reviews: [], record: '', snapshots: [tested] },
    timeline: approvable.map(({ id, title }, index) => timelineEntry(id, title, index, approvable.length)),
    fingerprints: Object.fromEntries(approvable.map((change) => [change.id, change.fingerprint])),
    ...over,
  }
}

/** The snapshot that the test run of the head has made. */
const tested = { name: `tested-${SHA.head.slice(0, 7)}`, commit: SHA.head }

/** One commit of a branch of so many. */
function timelineEntry(id: string, title: string, index: number, count: number) {
  const commit = index === count - 1 ? SHA.head : String(index).padStart(40, '0')
  const parent = index === 0 ? SHA.base : String(index - 1).padStart(40, '0')
  const tree = index === count - 1 ? SHA.tree : commit
  return { id, commit, parent, tree, reverts: [], title, message: title, at: NOW, added: 1, removed: 0, by: 'graft' }
}

/** A valid request by somebody with write permission, about which nothing was done yet. */
export function thread(over: Partial<IssueThread> = {}): IssueThread {
  return {
    ...{ now: NOW, issue: issue(), setup, asked, permissions: new Map([['ada', 'write' as const]]) },
    ...{ othersMayWrite: false, earlier: undefined, sameDay: 0, comments: [], commands: [], jobBranches: [] },
    core: {
      thread: {
        request: { locator: 'pkg:pypi/toy', choices: {}, dryRun: false, issue: 12 },
        ...{ base: SHA.base, target },
      },
    },
    ...over,
  }
}
