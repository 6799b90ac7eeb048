/** Undo, redo and restore: exactly the files of then, and a stack that the commits themselves are. */
import { describe, expect, test } from 'vitest'
import { findReverted } from '../../src/change/revert.ts'
import { parseSnapshots, problemOfName } from '../../src/change/snapshots.ts'
import { readStack } from '../../src/change/stack.ts'
import { MemoryBranch } from './branch.ts'

const story = () =>
  new MemoryBranch({ a: '1\n2\n3\n' })
    .commit('c1', { a: 'one\n2\n3\n' })
    .commit('c2', { b: 'b\n' }, { depends: ['c1'] })
    .commit('u1', { a: 'one\n2\nthree\n' })

describe('undo and redo', () => {
  test('go back and forward by any number, each a single commit', () => {
    const branch = story()
    const states = [branch.files]
    expect(branch.move('undo', 2)).toMatchObject({ actions: ['u1', 'c2'], reverts: ['u1', 'c2'] })
    expect(branch.files).toEqual({ a: 'one\n2\n3\n' })
    expect(branch.move('redo')).toMatchObject({ actions: ['c2'], reverts: ['r1', 'u1'] })
    expect(branch.files).toEqual({ a: 'one\n2\n3\n', b: 'b\n' })
    expect(findReverted(branch.history)).toEqual(
      new Map([
        ['r1', 'r2'],
        ['u1', 'r2'],
      ]),
    )
    expect(branch.move('redo')).toMatchObject({ actions: ['u1'], reverts: ['r2', 'r1'] })
    expect(branch.files).toEqual(states[0])
    expect([...findReverted(branch.history).keys()].sort()).toEqual(['r1', 'r2'])
    expect(readStack(branch.history)).toEqual({ done: ['c1', 'c2', 'u1'], undone: [] })
  })

  test('a new change ends what could be redone', () => {
    const branch = story()
    branch.move('undo')
    branch.commit('u2', { d: 'd\n' })
    expect(branch.move('redo')).toEqual({ type: 'too_many', there: 0 })
    expect(branch.move('undo', 2)).toMatchObject({ actions: ['u2', 'c2'] })
    expect(branch.files).toEqual({ a: 'one\n2\n3\n' })
    expect(branch.move('redo', 2)).toMatchObject({ type: 'clean' })
    expect(branch.files).toEqual({ a: 'one\n2\n3\n', b: 'b\n', d: 'd\n' })
  })

  test('a revert is undone and redone like everything else', async () => {
    const branch = await story().revert('u1')
    expect(branch.move('undo')).toMatchObject({ actions: ['r1'] })
    expect(branch.files).toEqual({ a: 'one\n2\nthree\n', b: 'b\n' })
    branch.move('redo')
    expect(findReverted(branch.history).get('u1')).toBe('r1')
  })

  test('ends at the bottom', () => {
    const branch = story()
    expect(branch.move('undo', 4)).toEqual({ type: 'too_many', there: 3 })
    branch.move('undo', 3)
    expect(branch.files).toEqual({ a: '1\n2\n3\n' })
    expect(branch.move('undo')).toEqual({ type: 'too_many', there: 0 })
    expect(new MemoryBranch({}).move('undo')).toEqual({ type: 'too_many', there: 0 })
  })

  test('a branch that somebody has rewritten is left alone', () => {
    const branch = story()
    branch.move('undo')
    // As if a later rebase had changed what was there before.
    const [, second] = branch.history
    if (second !== undefined) branch.history[1] = { ...second, tree: 'another' }
    expect(branch.move('undo')).toEqual({ type: 'rewritten' })
  })
})

describe('restore', () => {
  test('returns to a commit whatever came since, and can be undone', async () => {
    const branch = story()
    await branch.revert('u1')
    branch.move('undo')
    const now = branch.files
    expect(branch.restore('2')).toMatchObject({ reverts: ['r2', 'r1', 'u1'] })
    expect(branch.files).toEqual({ a: 'one\n2\n3\n', b: 'b\n' })
    expect([...findReverted(branch.history).keys()].sort()).toEqual(['r1', 'r2', 'u1'])
    expect(branch.restore('2')).toEqual({ type: 'there_already' })
    branch.move('undo')
    expect(branch.files).toEqual(now)
    expect([...findReverted(branch.history).keys()].sort()).toEqual(['r1', 'r3'])
  })

  test('to where the branch began, and nowhere else', () => {
    const branch = story()
    expect(branch.restore('77')).toEqual({ type: 'elsewhere' })
    expect(branch.restore('0')).toMatchObject({ type: 'clean', reverts: ['u1', 'c2', 'c1'] })
    expect(branch.files).toEqual({ a: '1\n2\n3\n' })
  })
})

test('names of snapshots', () => {
  for (const good of ['a', 'before-review', '2']) expect(problemOfName(good)).toBeUndefined()
  for (const bad of ['', '-a', 'A', 'a/b', 'a..b', 'x'.repeat(41), 'tested-1234567'])
    expect(problemOfName(bad)).toBeDefined()
  const references = new Map([
    ['refs/graft/12/one', '1'],
    ['refs/graft/123/other', '2'],
    ['refs/graft/12/a/b', '3'],
  ])
  expect(parseSnapshots('12', references)).toEqual([{ name: 'one', commit: '1' }])
})
