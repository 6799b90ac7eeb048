import { describe, expect, it } from 'vitest'
import { printRecords } from '../../src/change/approval-record.ts'
import type { Command, GivenCommand } from '../../src/integration/command.ts'
import { decideIssue } from '../../src/integration/decide-issue.ts'
import type { IssueStep } from '../../src/integration/issue-step.ts'
import type { CoreState, IssueThread } from '../../src/integration/issue-thread.ts'
import { EMPTY_RECORD, type RequestRecord, readRecord, withRecord } from '../../src/integration/request-record.ts'
import type { Thread } from '../../src/integration/thread.ts'
import type { Pending } from '../../src/simulator/runner.ts'
import * as facts from './support/facts.ts'

const steps = (over: Partial<IssueThread>) => decideIssue(facts.thread(over), facts.faces).steps
const kinds = (over: Partial<IssueThread>) => steps(over).map(kindOf)
const kindOf = (step: IssueStep) =>
  step.type === 'core' ? step.step.type : 'what' in step ? `${step.type} ${step.what}` : step.type

/** What the status comment would say: its model, as the test's views print it. */
function said(over: Partial<IssueThread>): { readonly state: { readonly type: string }; readonly step: string } {
  const step = steps(over).find((one) => 'what' in one && one.what === 'status')
  if (step === undefined || !('body' in step) || step.body === undefined) throw new Error('nothing is said')
  return JSON.parse(step.body.split('\n')[1] ?? '')
}

const record: RequestRecord = { ...EMPTY_RECORD, state: 'working', base: facts.SHA.base, request: 'hash-1' }
const status = (over: Partial<RequestRecord> = {}): NonNullable<IssueThread['status']> => {
  const full = { ...record, ...over }
  const body = withRecord('<!-- graft:status 12 -->\nwhatever', full)
  return { comment: facts.comment(50, body, { ours: true }), record: full }
}
const plan = facts.comment(51, facts.views.plan({ ...planModel() }), { ours: true })
function planModel(): Parameters<typeof facts.views.plan>[0] {
  const folder = 'src/proxima/backends/toy'
  return {
    ...{ issue: 12, snapshot: facts.snapshot, profile: facts.profile, backend: facts.backend, base: facts.SHA.base },
    changes: [
      { id: 'c1', title: 'Add the adapter of toy', files: [`${folder}/adapter.py`] },
      {
        ...{ id: 'c2', title: 'Make toy a package with a normalizer' },
        files: [`${folder}/normalizer.py`, `${folder}/__init__.py`],
      },
      {
        ...{ id: 'c3', title: 'Pin what toy was measured with' },
        files: [`${folder}/requirements.txt`, `${folder}/driver.json`],
      },
      { id: 'c4', title: 'Document toy', files: [`${folder}/README.md`] },
      { id: 'c5', title: 'Test toy on the real simulator', files: ['tests/backends/test_toy.py'] },
    ],
    wishes: [],
  }
}

const given = (
  asked: Command | { name: 'unknown'; advice: string },
  over: Partial<GivenCommand> = {},
): GivenCommand => ({
  ...{ source: '70', place: 0, from: 'comment', author: 'ada', at: facts.NOW, permission: 'write', asked },
  ...over,
})

const core = (more: Partial<Thread>): CoreState => ({
  thread: { ...(facts.thread().core?.thread as Thread), ...more },
})
const readSoFar = { snapshot: facts.snapshot, backend: facts.backend, profile: facts.profile }
const measured = {
  ...{ ...readSoFar, measurement: facts.measurement, judgement: facts.judgement },
  prepared: { ok: true, lock: { requirements: '', pins: new Map<string, string>() } } as const,
}
const pending: Pending = { pending: true, steps: [], since: facts.NOW, url: 'run' }
const job = { name: 'graft-measure/12', kind: 'measure', head: facts.SHA.head } as const

describe('before the branch exists', () => {
  it('does nothing about what is no request', () => {
    expect(steps({ issue: facts.issue({ isPull: true }) })).toEqual([])
    expect(steps({ asked: { type: 'nothing' } })).toEqual([])
  })

  it.each<[string, Partial<IssueThread>, string]>([
    ['not set up', { setup: { type: 'needed' } }, 'setup_needed'],
    ['refused', { setup: { type: 'needed', pull: { number: 1, url: 'u', closed: true } } }, 'setup_needed'],
    ['settings', { setup: { type: 'invalid', path: 'graft.yml', line: 3, expected: 'a number' } }, 'settings_invalid'],
    ['form', { asked: { type: 'problems', problems: [{ field: 'name', expected: 'a-z' }] } }, 'problems'],
    ['duplicate', { earlier: { number: 3, url: 'u', merged: false, same: 'package' } }, 'duplicate'],
    ['stranger', { permissions: new Map([['ada', 'read']]) }, 'waits_for_maintainer'],
    ['too many', { sameDay: 3 }, 'waits_for_maintainer'],
    ['ended', { status: status({ ended: { type: 'declined', reason: 'no', step: 'read' } }) }, 'declined'],
    ['cancelled', { status: status({ cancelled: 'command' }) }, 'cancelled'],
    ['source', { core: { ...core({}), failure: { type: 'question', reason: 'There is no toy.' } } }, 'question'],
    ['decline', { core: core({ ...readSoFar, decline: 'It is a web client.' }) }, 'declined'],
    [
      'no wheel',
      { core: core({ ...readSoFar, prepared: { ok: false, reason: 'no_wheel', message: 'build it' } }) },
      'question',
    ],
  ])('says one thing and goes no further: %s', (_, over, state) => {
    expect(said(over).state.type).toBe(state)
    expect(steps(over)).toHaveLength(1)
  })

  it('leaves no job behind once it has said why it ended', () => {
    const ended = { type: 'declined', reason: 'no', step: 'read' } as const
    const first = steps({ status: status({ ended }) })[0]
    if (first === undefined || !('body' in first) || first.body === undefined) throw new Error('nothing is said')
    const shown = { comment: facts.comment(50, first.body, { ours: true }), record: readRecord(first.body) }
    expect(steps({ status: shown, jobBranches: [job] })).toEqual([
      { type: 'delete_job', branch: job.name, head: job.head },
    ])
    expect(steps({ status: shown })).toEqual([])
  })

  it('walks, and tells before it measures', () => {
    expect(kinds({})).toEqual(['fetch'])
    expect(kinds({ core: core({ snapshot: facts.snapshot }) })).toEqual(['name'])
    expect(kinds({ core: core(readSoFar) })).toEqual(['comment status', 'comment plan', 'prepare'])
    const unlabelled = facts.issue({ labels: [] })
    expect(kinds({ core: core(readSoFar), issue: unlabelled })[0]).toBe('label')
    const told = { status: status(), comments: [plan] }
    expect(kinds({ ...told, core: core(readSoFar) })).toEqual(['prepare'])
    expect(kinds({ ...told, core: core({ ...measured, changes: facts.changes }) })).toEqual(['publish'])
  })

  it('waits for a job in silence, and speaks when a person has to act', () => {
    const told = { status: status(), comments: [plan] }
    expect(steps({ ...told, core: core({ ...readSoFar, pending }) })).toEqual([])
    for (const problem of ['no_run', 'actions_off', 'no_artifact'] as const) {
      const stuck = { ...told, core: core({ ...readSoFar, pending: { ...pending, problem } }) }
      expect(said(stuck)).toMatchObject({ state: { type: 'working', pending: { problem } } })
    }
    const { url: _, ...unseen } = pending
    const { again } = decideIssue(facts.thread({ ...told, core: core({ ...readSoFar, pending: unseen }) }), facts.faces)
    expect(again?.afterMilliseconds).toBe(180_000)
  })

  it('gives the line for a local run where Actions cannot run', () => {
    const stuck = { ...readSoFar, pending: { ...pending, problem: 'actions_off' as const } }
    expect(said({ status: status(), comments: [plan], core: core(stuck) })).toMatchObject({
      localRun: 'graft integrate "pkg:pypi/toy@1.0.0" --repo .',
    })
  })

  it('begins when somebody with write permission says so, for the text that they saw', () => {
    const stranger = { issue: facts.issue({ author: { login: 'eve', kind: 'person' } }) }
    const permissions = new Map([['ada', 'write'] as const, ['eve', 'read'] as const])
    const waits = { ...stranger, permissions, status: status({ state: 'waits_for_maintainer' }) }
    const granted = said({ ...waits, commands: [given({ name: 'integrate' })] })
    expect(granted.state.type).toBe('working')
    const after = { ...waits, status: status({ granted: 'hash-1', done: ['70-0'] }) }
    expect(kinds({ ...after, commands: [given({ name: 'integrate' })] })).toEqual(['react', 'fetch'])
    // An edit after the yes asks again.
    const edited = facts.asked.type === 'request' ? { ...facts.asked, hash: 'hash-2', consent: 'hash-2' } : facts.asked
    expect(said({ ...after, asked: edited }).state.type).toBe('waits_for_maintainer')
    // A hint does not: it chooses among calls of the package that was said yes to.
    const hinted = facts.asked.type === 'request' ? { ...facts.asked, hash: 'hash-2' } : facts.asked
    expect(kinds({ ...after, asked: hinted })).toEqual(['fetch'])
    const by = (author: string) => kinds({ ...waits, commands: [given({ name: 'integrate' }, { author })] }).slice(0, 2)
    expect(by('eve')).toEqual(['comment reply', 'react'])
    expect(by('mallory')).toEqual(['comment reply', 'react'])
  })

  it('measures once more where somebody asks for it', () => {
    const ended = { type: 'question', reason: 'which?', step: 'measure' } as const
    const again = steps({ status: status({ state: 'question', ended }), commands: [given({ name: 'integrate' })] })[0]
    if (again?.type !== 'edit_comment') throw new Error(JSON.stringify(again))
    expect(readRecord(again.body)).toMatchObject({ state: 'working', run: '70-0', done: ['70-0'], request: 'hash-1' })
    const stuck = steps({ status: status({ state: 'stuck' }), commands: [given({ name: 'integrate' })] })[0]
    if (stuck?.type !== 'edit_comment') throw new Error(JSON.stringify(stuck))
    expect(readRecord(stuck.body)).toMatchObject({ state: 'working', run: '70-0' })
  })

  it('reads an ended request again when its text was edited', () => {
    const ended = { type: 'question', reason: 'which?', step: 'measure' } as const
    const edited = facts.asked.type === 'request' ? { ...facts.asked, hash: 'hash-2' } : facts.asked
    expect(kinds({ status: status({ ended }), asked: edited })).toEqual(['fetch'])
  })

  it('cancels with the issue and goes on with it', () => {
    const closed = facts.issue({ state: 'closed' })
    expect(steps({ issue: closed })).toEqual([])
    expect(said({ issue: closed, status: status() })).toMatchObject({ state: { type: 'cancelled', by: 'closed' } })
    expect(kinds({ status: status({ state: 'cancelled', cancelled: 'closed' }) })).toEqual(['fetch'])
  })

  it('edits the status comment at most every ten seconds', () => {
    const full = { ...record, state: 'review' }
    const body = withRecord('<!-- graft:status 12 -->\nold', full)
    const edited = (ago: number) => ({
      comment: facts.comment(50, body, {
        ours: true,
        updatedAt: new Date(Date.parse(facts.NOW) - ago).toISOString(),
      }),
      record: full,
    })
    const decision = decideIssue(facts.thread({ status: edited(4000), sameDay: 9 }), facts.faces)
    expect(decision).toMatchObject({ steps: [], again: { afterMilliseconds: 7000 } })
    expect(kinds({ status: edited(11_000), sameDay: 9 })).toEqual(['edit_comment status'])
  })

  it('answers help, unknown commands and what needs a pull request', () => {
    const settled = { status: status(), comments: [plan], core: core({ ...readSoFar, pending }) }
    const reply = (asked: GivenCommand['asked'], permission: GivenCommand['permission'] = 'write') => {
      const list = steps({ ...settled, commands: [given(asked, { permission })] })
      const [first, second] = list
      if (first?.type !== 'comment' || second?.type !== 'react') throw new Error(JSON.stringify(list))
      return [JSON.parse(first.body.split('\n')[1] ?? '').type, second.reaction]
    }
    expect(reply({ name: 'help' }, 'anyone')).toEqual(['help', 'rocket'])
    expect(reply({ name: 'unknown', advice: 'Did you mean /help?' }, 'anyone')).toEqual(['refused', 'confused'])
    for (const asked of [{ name: 'approve', changes: 'all' }, { name: 'retest' }] as const) {
      expect(reply(asked)).toEqual(['refused', 'confused'])
    }
    expect(kinds({ ...settled, commands: [given({ name: 'plan' })] })).toEqual(['react'])
    const replied = facts.comment(
      60,
      facts.views.reply({ type: 'help', login: 'ada', where: 'issue', allowed: [] }, given({ name: 'help' })),
      { ours: true },
    )
    expect(kinds({ ...settled, comments: [plan, replied], commands: [given({ name: 'help' })] })).toEqual(['react'])
  })
})

describe('when the branch exists', () => {
  const branch = { name: 'graft/12-toy', backend: 'toy', head: facts.SHA.head }
  const history = facts.history()
  const tested = { kind: 'test', commit: facts.SHA.head, answer: facts.report() } as const
  const open = { branch, pull: facts.pull(), history, status: status(), tests: tested }
  const approval = { source: '70', place: 0, by: 'ada', at: facts.NOW, fingerprints: history.fingerprints }
  const approved = { ...history, record: printRecords([approval]) }
  const check = (over: Partial<IssueThread>) => {
    const found = steps(over).find((step) => step.type === 'check')
    return found?.type === 'check' ? found.content : undefined
  }

  it('opens the pull request, with the measurement where it can still be had', () => {
    const unopened = { branch, history, status: status() }
    const [made] = steps({ ...unopened, core: core({ ...measured, changes: facts.changes }) })
    expect(made).toMatchObject({ type: 'create_pull', base: 'main', body: expect.stringContaining('measured') })
    expect(kinds({ ...unopened, jobBranches: [job] })).toEqual(['fetch'])
    expect(steps(unopened)).toMatchObject([{ type: 'create_pull', body: expect.stringContaining('adopted') }])
  })

  it('tests, then says action_required until all is approved', () => {
    const { tests: _, ...untested } = open
    expect(kinds(untested)).toEqual(['test'])
    expect(steps({ ...open, tests: { ...tested, answer: pending } })).toEqual([])
    expect(check(open)).toMatchObject({ status: 'completed', conclusion: 'action_required' })
    expect(check({ ...open, history: approved })).toMatchObject({ conclusion: 'success' })
    const red = facts.report({ passed: 2, failed: 1 })
    expect(check({ ...open, history: approved, tests: { ...tested, answer: red } })).toMatchObject({
      conclusion: 'failure',
    })
    const other = facts.report({ tree: 'f'.repeat(40) })
    expect(check({ ...open, history: approved, tests: { ...tested, answer: other } })).toMatchObject({
      conclusion: 'action_required',
    })
    expect(check({ ...open, history: approved, tests: { ...tested, answer: pending } })).toMatchObject({
      status: 'in_progress',
    })
  })

  it('records an approval once, and only by people who may write now', () => {
    const commands = [given({ name: 'approve', changes: 'all' })]
    expect(kinds({ ...open, commands })).toEqual(['check', 'react'])
    expect(check({ ...open, commands })).toMatchObject({ conclusion: 'success', record: printRecords([approval]) })
    expect(kinds({ ...open, history: approved, commands })[0]).toBe('react')
    expect(check({ ...open, history: approved, permissions: new Map([['ada', 'read']]) })).toMatchObject({
      conclusion: 'action_required',
    })
    const some = [given({ name: 'approve', changes: ['c9'] })]
    expect(kinds({ ...open, commands: some }).slice(0, 2)).toEqual(['comment reply', 'react'])
  })

  it('asks for a second person where there is one', () => {
    expect(check({ ...open, history: approved, othersMayWrite: true })).toMatchObject({ conclusion: 'action_required' })
  })

  it('does nothing for a button that was pressed on another commit', () => {
    const pressed = { source: 'delivery', from: 'button', head: 'e'.repeat(40) } as const
    expect(kinds({ ...open, commands: [given({ name: 'approve', changes: 'all' }, pressed)] })[0]).toBe('comment reply')
    expect(kinds({ ...open, commands: [given({ name: 'undo', count: 1 }, pressed)] })[0]).toBe('comment reply')
    const here = { ...pressed, head: facts.SHA.head }
    expect(steps({ ...open, commands: [given({ name: 'undo', count: 1 }, here)] })).toMatchObject([
      { type: 'take', what: { action: 'undo', reverts: ['c5'], actions: ['c5'] } },
    ])
  })

  it('reverts by a commit that names the command', () => {
    const commands = [given({ name: 'revert', changes: ['c2'] })]
    expect(steps({ ...open, commands })).toMatchObject([{ type: 'revert', ids: ['c2'], head: facts.SHA.head }])
    const done = { ...history, commands: ['70-0'] }
    expect(kinds({ ...open, history: done, commands })[0]).toBe('react')
  })

  it('tests again on a branch of its own', () => {
    const commands = [given({ name: 'retest' })]
    const name = 'graft-measure/12-test-toy'
    expect(steps({ ...open, commands })).toEqual([{ type: 'start_job', branch: name, commit: facts.SHA.head }])
    const there = { name, kind: 'test', head: facts.SHA.head } as const
    expect(kinds({ ...open, commands, jobBranches: [there] })[0]).toBe('react')
    const old = { ...there, head: facts.SHA.base }
    expect(kinds({ ...open, commands, jobBranches: [old] })).toEqual(['delete_job', 'start_job'])
  })

  it('takes a closed pull request as a no, a closed issue as a pause', () => {
    const closed = facts.pull({ state: 'closed' })
    const { history: _, ...there } = open
    expect(said({ ...there, pull: closed })).toMatchObject({ state: { type: 'cancelled', by: 'pull_closed' } })
    const shut = facts.issue({ state: 'closed' })
    expect(said({ ...there, issue: shut })).toMatchObject({ state: { type: 'cancelled', by: 'closed' } })
    const told = { status: status({ state: 'cancelled', cancelled: 'closed' }) }
    expect(steps({ ...there, ...told, issue: shut })).toMatchObject([
      { type: 'update_pull', changes: { state: 'closed' } },
    ])
    expect(steps({ ...there, ...told, pull: closed })).toMatchObject([
      { type: 'update_pull', changes: { state: 'open' } },
    ])
  })

  it('verifies what was merged, once', () => {
    const merged = facts.pull({ state: 'closed', merged: true, mergeCommit: facts.SHA.merge })
    const { history: _, tests: __, ...there } = open
    const shut = { ...there, pull: merged, issue: facts.issue({ state: 'closed' }) }
    expect(kinds(shut)).toEqual(['test'])
    const { url: ___, ...unseen } = pending
    const verify = { kind: 'verify', commit: facts.SHA.merge } as const
    expect(steps({ ...shut, tests: { ...verify, answer: unseen } })).toEqual([
      { type: 'start_job', branch: 'graft-measure/12-verify-toy', commit: facts.SHA.merge },
    ])
    const jobBranches = [{ name: 'graft-measure/12-verify-toy', kind: 'verify', head: facts.SHA.merge }] as const
    expect(steps({ ...shut, jobBranches, tests: { ...verify, answer: unseen } })).toEqual([])
    const green = { ...verify, answer: facts.report({ commit: facts.SHA.merge }) }
    expect(kinds({ ...shut, jobBranches, tests: green })).toEqual(['comment verification'])
    const comments = [facts.comment(80, '<!-- graft:verification 12 -->\n3', { ours: true })]
    expect(kinds({ ...shut, jobBranches, comments })).toEqual(['edit_comment status', 'delete_job'])
    expect(kinds({ ...shut, comments, status: status({ state: 'finished' }) })).toEqual([])
    expect(kinds({ ...shut, commands: [given({ name: 'approve', changes: 'all' })] }).slice(0, 2)).toEqual([
      'comment reply',
      'react',
    ])
  })
})
