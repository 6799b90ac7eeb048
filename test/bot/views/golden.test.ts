/** What people read, as files to look at: `test/bot/views/golden`. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { views } from '../../../src/bot/views/views.ts'
import type { ReplyModel, StatusModel } from '../../../src/integration/models.ts'
import type { Pending } from '../../../src/simulator/runner.ts'
import { MARKER_KINDS, parseMarker } from '../../../src/values/marker.ts'
import * as models from './models.ts'
import { mixed, persons, proposed, pullLink, red, report, standing, status } from './models.ts'

const pending: Pending = {
  pending: true,
  ...{ since: '2026-01-01T12:03:04Z', url: 'https://github.example/lab/proxima/actions/runs/99' },
  steps: [
    { name: 'Unit', state: 'passed' },
    { name: 'Integration', state: 'running' },
    { name: 'Performance', state: 'waiting' },
  ],
}
const url = 'https://github.example/lab/proxima/pull/3'

const statuses: Record<string, StatusModel> = {
  'status-request': { issue: 12, step: 'request', state: { type: 'working' }, limits: [] },
  'status-measuring': status('measure', { type: 'working', pending: { ...pending, steps: [] } }),
  'status-testing': status('test', { type: 'working', pending }, { pull: pullLink }),
  'status-no-run': status(
    'measure',
    { type: 'working', pending: { pending: true, since: pending.since, steps: [], problem: 'no_run' } },
    { localRun: 'npx graft integrate pkg:pypi/sample-sim@1.2.3 --name sample --repo .' },
  ),
  'status-actions-off': status(
    'measure',
    { type: 'working', pending: { pending: true, since: pending.since, steps: [], problem: 'actions_off' } },
    { localRun: 'npx graft integrate pkg:pypi/sample-sim@1.2.3 --name sample --repo .' },
  ),
  'status-no-artifact': status('test', { type: 'working', pending: { ...pending, problem: 'no_artifact' } }),
  'status-setup-needed': status('request', { type: 'setup_needed', pull: { number: 3, url, closed: false } }),
  'status-setup-refused': status('request', { type: 'setup_needed', pull: { number: 3, url, closed: true } }),
  'status-settings-invalid': status('request', {
    ...{ type: 'settings_invalid', path: '.github/graft.yml', line: 4 },
    expected: 'approvals.requester_alone: true or false',
  }),
  'status-problems': status('request', {
    type: 'problems',
    problems: [
      { field: 'Name', expected: 'a letter, then letters, digits and `_`, lower case, at most 50' },
      { field: 'Version', expected: 'three numbers, as in 1.0.0' },
    ],
  }),
  'status-duplicate': status('request', { type: 'duplicate', of: 9, url, merged: false, same: 'package' }),
  'status-same-name': status('request', { type: 'duplicate', of: 9, url, merged: false, same: 'name' }),
  'status-waits': status('request', { type: 'waits_for_maintainer', reason: 'no_write_permission' }),
  'status-too-many': status('request', { type: 'waits_for_maintainer', reason: 'too_many_today', limit: 5 }),
  'status-question': status('measure', {
    type: 'question',
    reason:
      'A circuit could be made and X applied, but no way to run it and read a state or counts was found. How is a circuit of this package run?\n- sample_sim:Circuit(n) was made\n- Circuit.run() raised TypeError: missing argument "device"',
  }),
  'status-no-such-package': status('read', {
    type: 'question',
    reason: 'The index has no package named smaple-sim; check the spelling of its distribution name.',
  }),
  'status-declined': status('read', {
    type: 'declined',
    reason: 'It simulates photonic circuits (modes and beam splitters), not gates on qubits: sample_sim/modes.py:12.',
  }),
  'status-failed': status(
    'test',
    { type: 'failed', reason: 'Graft itself is wrong here; this is a defect.' },
    { report: red },
  ),
  'status-cancelled': status('review', { type: 'cancelled', by: 'command' }, { pull: pullLink }),
  'status-cancelled-early': status('request', { type: 'cancelled', by: 'closed', noBranch: true }),
  'status-blocked': status('pull request', {
    type: 'blocked',
    reason: 'it may not write to this repository (permission Contents).',
    advice: 'accept the new permissions in Settings → GitHub Apps → Graft.',
  }),
  'status-review': status(
    'review',
    { type: 'review', missing: ['c1–c6 have to be approved', 'bob requests changes'] },
    { pull: pullLink, report, limits: ['no seed: the same seed gives different counts'] },
  ),
  'status-ready': status('merge', { type: 'review', missing: [] }, { pull: pullLink, report }),
  'status-merged': status('merge', { type: 'merged' }, { pull: pullLink }),
  'status-finished': status('finished', { type: 'merged', verified: true }, { pull: pullLink }),
}

const replies: Record<string, ReplyModel> = {
  'reply-help': {
    type: 'help',
    login: 'ann',
    where: 'pull',
    allowed: ['help', 'approve', 'revert', 'retest', 'cancel'],
  },
  'reply-help-issue': { type: 'help', login: 'eve', where: 'issue', allowed: ['help'] },
  'reply-refused': {
    ...{ type: 'refused', login: 'eve' },
    reason: '`/approve` needs write permission in this repository, and you can only read.',
  },
  'reply-unknown': { type: 'refused', login: 'ann', reason: 'There is no command `/aprove`. Did you mean `/approve`?' },
  'reply-dependents': {
    ...{ type: 'revert_refused', login: 'ann', changes: ['c3'], conflicts: [], offer: '/revert c3 c4 c5 c6' },
    dependents: [4, 5, 6].map((number) => standing(number, { type: 'proposed' })),
  },
  'reply-conflict': {
    ...{ type: 'revert_refused', login: 'ann', changes: ['c2', 'c3'], dependents: [], offer: '/revert c2 c3 u1' },
    conflicts: [{ path: 'src/proxima/backends/registry.py', lines: 'lines 12–14', by: ['u1'] }],
  },
  'reply-needs': {
    ...{ type: 'revert_refused', login: 'ann', changes: ['r2'], dependents: [], conflicts: [], needs: ['r3'] },
    offer: '/revert r2 r3',
  },
}

function checkText(model: Parameters<typeof views.check>[0]): string {
  const { title, summary, text } = views.check(model)
  return `# ${title}\n\n${summary}\n---\n\n${text}`
}

const golden: Record<string, string> = {
  ...Object.fromEntries(Object.entries(statuses).map(([name, model]) => [name, views.status(model)])),
  ...Object.fromEntries(
    Object.entries(replies).map(([name, model]) => [name, views.reply(model, { source: '991', place: 0 })]),
  ),
  plan: views.plan(models.planModel),
  pull: `# ${views.pullTitle(models.pullModel)}\n\n${views.pullBody(models.pullModel)}`,
  'pull-renewed': views.renewPullBody(views.pullBody(models.pullModel), mixed),
  'check-green': checkText(models.checkModel),
  'check-red': checkText({ ...models.checkModel, report: red, missing: ['1 of 122 tests fails'] }),
  'check-open': checkText({
    ...models.checkModel,
    ...{ changes: [...proposed, persons], pending, blockedBy: ['bob'] },
    report: { ...report, tree: models.SHA },
    missing: ['c1–c6, u1 have to be approved', 'bob requests changes', 'the tests are running'],
  }),
  verification: views.verification(models.verificationModel),
  'verification-red': views.verification({ ...models.verificationModel, report: red }),
  onboarding: `# ${views.onboarding(models.onboardingModel).title}\n\n${views.onboarding(models.onboardingModel).body}`,
  'onboarding-workflow-link': views.onboarding({
    ...models.onboardingModel,
    ...{
      changes: models.onboardingModel.changes.filter((change) => change.kind !== 'workflow'),
      otherWorkflows: [],
      workflowLink: 'https://github.example/lab/proxima/new/graft/setup?filename=x&value=name%3A%20Graft',
    },
  }).body,
}

test.each(Object.entries(golden))('%s', async (name, text) => {
  expect(text).not.toMatch(/undefined|NaN|\[object/)
  await expect(text).toMatchFileSnapshot(`golden/${name}.md`)
})

test('every comment begins with its marker', () => {
  const kind = (text: string) => parseMarker(text)?.kind
  for (const model of Object.values(statuses)) expect(kind(views.status(model))).toBe('status')
  for (const name of Object.keys(replies))
    expect(parseMarker(golden[name] ?? '')).toEqual({ kind: 'reply', of: '991-0' })
  expect([kind(golden.plan ?? ''), kind(golden.verification ?? '')]).toEqual(['plan', 'verification'])
  expect(MARKER_KINDS).toHaveLength(6)
})

test('the setting up speaks of the form and the times that the templates have', async () => {
  const { body } = views.onboarding(models.onboardingModel)
  const form = await readFile('templates/github/issue-form.yml', 'utf8')
  expect(body).toContain(`*${/^name: (.+)$/m.exec(form)?.[1]}*`)
  const workflow = await readFile('templates/github/workflow.yml', 'utf8')
  const minutes = [...workflow.matchAll(/timeout-minutes: (\d+)/g)].map((match) => Number(match[1]))
  expect(body).toContain(`after ${Math.max(...minutes)} minutes at the latest`)
})
