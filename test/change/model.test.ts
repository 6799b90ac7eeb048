/** Random sequences of everything that people and Graft do to a branch, against a simple model of it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApprovalRecord } from '../../src/change/approval-record.ts'
import { type ApprovableChange, fingerprint, standings } from '../../src/change/approvals.ts'
import { findReverted, nextRevertId } from '../../src/change/revert.ts'
import { readStack } from '../../src/change/stack.ts'
import { MemoryBranch } from './branch.ts'
import { Model, type Operation, operation } from './support/model.ts'

/** Plays a sequence on both, and holds them against each other after each step. */
async function play(operations: readonly Operation[]): Promise<void> {
  const model = new Model()
  const branch = new MemoryBranch(model.files)
  const snapshots: string[] = []
  const records: ApprovalRecord[] = []
  const numbers = { propose: 0, push: 0 }
  for (const one of operations) {
    const before = branch.files
    switch (one.type) {
      case 'propose':
      case 'push': {
        numbers[one.type] += 1
        const id = `${one.type === 'propose' ? 'c' : 'u'}${numbers[one.type]}`
        const depends = model.commit(id, one.slots, one.type === 'propose' ? one.depends : undefined)
        branch.commit(id, edits(before, model.files), { depends })
        break
      }
      case 'revert':
      case 'reject': {
        const id = branch.history[one.which % Math.max(1, branch.history.length)]?.id
        if (id === undefined) continue
        const plan = await branch.plan(id)
        const expected = model.live.has(id) ? model.without(id) : 'already_reverted'
        expect([id, plan.type]).toEqual([id, typeof expected === 'string' ? expected : 'clean'])
        if (plan.type !== 'clean' || typeof expected === 'string') break
        const action = one.type === 'reject' ? { action: 'reject' as const } : {}
        const revert = nextRevertId(branch.history)
        branch.commit(revert, branch.contentsOf(plan.files), { reverts: plan.ids, ...action })
        model.revert(revert, expected)
        onlyItsLines(before, branch.files, model.written(id))
        break
      }
      case 'undo':
      case 'redo': {
        const plan = branch.move(one.type, one.count)
        const there = model.stack[one.type === 'undo' ? 0 : 1]
        expect(plan.type).toBe(one.count > there ? 'too_many' : 'clean')
        if (plan.type === 'clean') model.move(branch.history.at(-1)?.id ?? '', one.type, one.count)
        break
      }
      case 'snapshot':
        snapshots.push(String(branch.history.length))
        model.snapshot()
        break
      case 'restore': {
        const which = one.which % Math.max(1, snapshots.length)
        const plan = branch.restore(snapshots[which] ?? 'none')
        if (plan.type === 'clean') model.restore(branch.history.at(-1)?.id ?? '', which)
        else expect(branch.files).toEqual(before)
        break
      }
      case 'approve':
        records.push(await approveAll(branch, records.length))
        break
      default:
        one satisfies never
    }
    // No line is lost, of whomever: the files are what the model says, and so is everything that is derived.
    expect(branch.files).toEqual(model.files)
    const { done, undone } = readStack(branch.history)
    expect([done.length, undone.length]).toEqual(model.stack)
    const out = findReverted(branch.history)
    expect(branch.history.flatMap(({ id }) => (out.has(id) ? [] : [id])).sort()).toEqual([...model.live].sort())
  }
  const [states, again] = [await derive(branch, records), await derive(branch, records)]
  expect(states).toEqual(again)
  for (const { id, state } of states) expect([id, state.type !== 'reverted']).toEqual([id, model.live.has(id)])
}

function edits(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(after).filter(([path, content]) => before[path] !== content))
}

/** Every line that went is one that the step wrote, and every line that came is one that it took away. */
function onlyItsLines(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  { removed, added }: ReturnType<Model['written']>,
): void {
  const lines = (files: Readonly<Record<string, string>>) => new Set(Object.values(files).join('').split('\n'))
  const [old, now] = [lines(before), lines(after)]
  for (const line of old) if (!now.has(line)) expect(added).toContain(line)
  for (const line of now) if (!old.has(line)) expect(removed).toContain(line)
}

async function changesOf(branch: MemoryBranch): Promise<ApprovableChange[]> {
  const out = findReverted(branch.history)
  const entries = await branch.entries(String(branch.history.length))
  const changes = branch.history.filter(({ id }) => !id.startsWith('r'))
  return changes.map(({ id, commit, paths, depends }) => {
    const revert = out.get(id)
    return {
      ...{ id, origin: id.startsWith('c') ? 'change' : 'person', kind: undefined, title: id, why: '', commit },
      ...{ files: paths, added: 1, removed: 1, depends, fingerprint: fingerprint(entries, paths) },
      ...(revert === undefined ? {} : { reverted: { revert, commit: '' } }),
    }
  })
}

async function approveAll(branch: MemoryBranch, number: number): Promise<ApprovalRecord> {
  const changes = await changesOf(branch)
  const fingerprints = Object.fromEntries(changes.map((change) => [change.id, change.fingerprint]))
  return { source: String(number), place: 0, by: 'ann', at: new Date(number).toISOString(), fingerprints }
}

async function derive(branch: MemoryBranch, records: readonly ApprovalRecord[]) {
  const policy = { requester: 'eve', requesterAlone: false, ownChanges: true }
  const changes = await changesOf(branch)
  return standings({ changes, records, reviews: [], writers: new Set(['ann']), policy }).changes
}

test('whatever people and Graft do to a branch, in any order: the files and the states are what they should be', async () => {
  const sequence = fc.array(operation, { minLength: 40, maxLength: 50 })
  await fc.assert(fc.asyncProperty(sequence, play), { numRuns: 2000 })
})
