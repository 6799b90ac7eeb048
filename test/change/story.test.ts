/** Approving everything, then taking one change back: what stays, what lapses, what the gate says. */
import { expect, test } from 'vitest'
import { parseRecords, printRecords } from '../../src/change/approval-record.ts'
import { fingerprint, standings } from '../../src/change/approvals.ts'
import { concludeGate } from '../../src/change/gate.ts'
import { findReverted } from '../../src/change/revert.ts'
import { MemoryBranch } from './branch.ts'

const lines = (...edited: string[]) =>
  ['1', '2', '3', '4', '5'].map((line) => `${edited.find((one) => one[0] === line) ?? line}\n`).join('')

function derive(branch: MemoryBranch, record: string) {
  const reverted = findReverted(branch.history)
  const changes = branch.history
    .filter((entry) => !entry.id.startsWith('r'))
    .map(({ id, commit, paths, depends }) => {
      const revert = reverted.get(id)
      return {
        ...{
          id,
          origin: 'change' as const,
          kind: undefined,
          title: id,
          why: '',
          commit,
          depends,
          added: 0,
          removed: 0,
        },
        ...{ files: paths, fingerprint: fingerprint(new Map(Object.entries(branch.files)), paths) },
        ...(revert === undefined ? {} : { reverted: { revert, commit } }),
      }
    })
  const policy = { requester: 'eve', requesterAlone: false, ownChanges: false }
  const approvals = standings({
    ...{ changes, records: parseRecords(record), reviews: [], writers: new Set(['ann']), policy },
  })
  const states = Object.fromEntries(approvals.changes.map((change) => [change.id, change.state.type]))
  const prints = Object.fromEntries(changes.map((change) => [change.id, change.fingerprint]))
  return {
    states,
    prints,
    gate: concludeGate({ ...approvals, tree: branch.history.at(-1)?.commit ?? '', pending: false }),
  }
}

test('/approve all, then /revert c2 beside an edit of c3: c3 stays and is asked for again, c1 and c4 stay approved', async () => {
  const branch = new MemoryBranch({ 'registry.py': lines() })
    .commit('c1', { 'bridge.py': 'bridge\n' })
    .commit('c2', { 'registry.py': lines('2 two'), 'two.py': 'two\n' })
    .commit('c3', { 'registry.py': lines('2 two', '3 three') })
    .commit('c4', { 'four.py': 'four\n' })
  const { prints } = derive(branch, '[]')
  const record = printRecords([{ source: '1', place: 0, by: 'ann', at: '2026-01-01T00:00:00Z', fingerprints: prints }])
  expect(derive(branch, record).states).toEqual({ c1: 'approved', c2: 'approved', c3: 'approved', c4: 'approved' })

  await branch.revert('c2')
  expect(branch.files).toEqual({ 'registry.py': lines('3 three'), 'bridge.py': 'bridge\n', 'four.py': 'four\n' })
  const after = derive(branch, record)
  expect(after.states).toEqual({ c1: 'approved', c2: 'reverted', c3: 'lapsed', c4: 'approved' })
  expect(after.gate).toEqual({
    conclusion: 'action_required',
    missing: [
      'c3 has to be approved again: the files were edited since',
      'the tests have not run on this state of the branch',
    ],
  })

  await branch.revert('r1')
  expect(derive(branch, record).states).toEqual({ c1: 'approved', c2: 'approved', c3: 'approved', c4: 'approved' })
})
