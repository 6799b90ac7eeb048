import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GateInput } from '../../src/change/gate.ts'
import { concludeGate, idRange } from '../../src/change/gate.ts'
import type { ChangeStanding, ChangeState } from '../../src/change/standing.ts'
import type { Report } from '../../src/values/report.ts'

const [TREE, OTHER] = ['a'.repeat(40), 'b'.repeat(40)]

function change(id: string, state: ChangeState): ChangeStanding {
  return {
    ...{ id, origin: 'change', kind: 'adapter', title: id, why: '', commit: id, files: [id], added: 1, removed: 0 },
    ...{ depends: [], state },
  }
}

function report(failed: number, tree = TREE, passed = 3): Report {
  const tests = Array.from({ length: failed }, (_, index) => ({
    ...{ category: 'unit', name: `test_${index}`, outcome: 'failed' as const, seconds: 0 },
  }))
  return {
    ...{
      schema: 1,
      backend: 'toy',
      commit: TREE,
      tree,
      passed,
      failed,
      skipped: 0,
      seconds: 1,
      tests,
      containment: '',
    },
  }
}

const approved = { type: 'approved', by: 'ann' } as const
const reverted = { type: 'reverted', commit: 'x', revert: 'r1' } as const
const good: GateInput = {
  changes: [change('c1', approved), change('c2', approved), change('c3', reverted)],
  ...{ blockedBy: [], needSecond: [], tree: TREE, report: report(0), pending: false },
}

test.each<[string, Partial<GateInput>, string, string[]]>([
  ['all approved and green', {}, 'success', []],
  ['red', { report: report(1) }, 'failure', ['1 of 4 tests fails']],
  ['no test ran', { report: report(0, TREE, 0) }, 'failure', ['the last run ran no test']],
  ['a failed test that was not counted', { report: { ...report(1), failed: 0 } }, 'failure', ['1 of 4 tests fails']],
  [
    'a run of another tree',
    { report: report(0, OTHER) },
    'action_required',
    ['the tests have not run on this state of the branch'],
  ],
  [
    'a red run of another tree',
    { report: report(2, OTHER), pending: true },
    'action_required',
    ['the tests are running'],
  ],
  [
    'no run',
    { report: undefined, problem: 'Actions is off' },
    'action_required',
    ['the tests cannot run: Actions is off'],
  ],
  [
    'the branch rewrote what tests it',
    { edited: ['.github/graft/job.py', '.github/workflows/graft.yml'] },
    'action_required',
    [
      'the tests do not count: `.github/graft/job.py` and 1 more, which they are run by, differs from the default branch; take that back, or merge it by a pull request of its own first',
    ],
  ],
  ['it goes elsewhere', { misplaced: 'it goes elsewhere' }, 'action_required', ['it goes elsewhere']],
  ['a person objects', { blockedBy: ['bob'] }, 'action_required', ['bob requests changes']],
  [
    'approvals missing',
    {
      changes: [
        ...['c1', 'c2', 'c3', 'c5'].map((id) => change(id, { type: 'proposed' })),
        ...[change('c6', { type: 'lapsed', by: 'ann' }), change('u1', { type: 'proposed' })],
      ],
      needSecond: ['u1'],
      report: report(2),
    },
    'failure',
    [
      'c1–c3, c5 have to be approved',
      'c6 has to be approved again: the files were edited since',
      'u1 has to be approved by a second person',
      '2 of 5 tests fail',
    ],
  ],
  [
    'nothing is left',
    { changes: [change('c1', reverted)] },
    'action_required',
    ['every change is taken back: nothing would be merged'],
  ],
])('%s', (_, input, conclusion, missing) => {
  expect(concludeGate({ ...good, ...input })).toEqual({ conclusion, missing })
})

test('success exactly when every live change is approved, nobody objects and this tree is green', () => {
  const state = fc.constantFrom<ChangeState>(approved, reverted, { type: 'proposed' }, { type: 'lapsed', by: 'ann' })
  const input = fc.record({
    changes: fc
      .array(state, { maxLength: 4 })
      .map((states) => states.map((one, index) => change(`c${index + 1}`, one))),
    blockedBy: fc.subarray(['bob']),
    needSecond: fc.constant<string[]>([]),
    tree: fc.constant(TREE),
    report: fc.constantFrom(undefined, report(0), report(1), report(0, OTHER), report(0, TREE, 0)),
    pending: fc.boolean(),
  })
  fc.assert(
    fc.property(input, (facts) => {
      const live = facts.changes.filter((one) => one.state.type !== 'reverted')
      const { conclusion, missing } = concludeGate(facts)
      const green = facts.report?.tree === TREE && facts.report.passed > 0 && facts.report.failed === 0
      const right =
        live.length > 0 && live.every((one) => one.state.type === 'approved') && facts.blockedBy.length === 0 && green
      expect(conclusion === 'success').toBe(right)
      expect(missing.length === 0).toBe(right)
    }),
    { numRuns: 500 },
  )
})

test('ids in a row are drawn together', () => {
  expect(idRange(['c1', 'c2', 'c4', 'c5', 'c6', 'u7'])).toBe('c1, c2, c4–c6, u7')
  expect(idRange([])).toBe('')
})
