import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryBranch } from './branch.ts'

/** c2 edits line 2 of a file, c3 line 3; c4 is a file of its own that needs c2. */
function story() {
  return new MemoryBranch({ 'a.py': '1\n2\n3\n4\n' })
    .commit('c1', { 'bridge.py': 'bridge\n' })
    .commit('c2', { 'a.py': '1\nTWO\n3\n4\n', 'two.py': 'two\n' }, { depends: ['c1'] })
    .commit('c3', { 'a.py': '1\nTWO\nTHREE\n4\n' }, { depends: ['c1'] })
}

describe('a revert', () => {
  test('takes back one change; what another wrote in an adjacent line stays', async () => {
    const branch = story()
    expect(await branch.plan('c2')).toEqual({
      type: 'clean',
      ids: ['c2'],
      files: [
        { path: 'a.py', content: '1\n2\nTHREE\n4\n' },
        { path: 'two.py', content: null },
      ],
    })
    // Each content once, at the commit that wrote it, and only of what both sides have edited.
    expect(branch.asked.sort()).toEqual(['0:a.py', '2:a.py', '3:a.py'])
  })

  test('of several is one commit', async () => {
    const branch = await story().revert('c2', 'c3')
    expect(branch.files).toEqual({ 'a.py': '1\n2\n3\n4\n', 'bridge.py': 'bridge\n' })
    expect(branch.history.at(-1)?.reverts).toEqual(['c3', 'c2'])
  })

  test('names what depends on it, transitively, and offers to take all of it back', async () => {
    const branch = story().commit('c4', { 'four.py': 'four\n' }, { depends: ['c2'] })
    expect(await branch.plan('c2')).toEqual({
      ...{ type: 'refused', dependents: ['c4'], needs: [], conflicts: [], offer: ['c2', 'c4'] },
    })
    expect(await branch.plan('c1')).toMatchObject({ dependents: ['c2', 'c3', 'c4'], offer: ['c1', 'c2', 'c3', 'c4'] })
    // What is taken back already does not count.
    await branch.revert('c4')
    expect(await branch.plan('c2')).toMatchObject({ type: 'clean' })
  })

  test('is refused where a later change wrote over it, with the lines at the head and who wrote them', async () => {
    const branch = story()
      .commit('u1', { 'a.py': '0\n1\nTwo of Ann\nmore\nTHREE\n4\n' })
      .commit('u2', { 'a.py': '0\n1\nTwo of Ann\nmore\nTHREE\n4\n5\n', 'other.py': '' })
    expect(await branch.plan('c2')).toEqual({
      type: 'refused',
      ...{ dependents: [], needs: [], offer: ['c2', 'u1'] },
      conflicts: [{ path: 'a.py', lines: { from: 3, to: 4 }, by: ['u1'] }],
    })
    await branch.revert('c2', 'u1')
    expect(branch.files['a.py']).toBe('1\n2\nTHREE\n4\n5\n')
  })

  test('of a file that a person has edited meanwhile is refused', async () => {
    const branch = story().commit('u1', { 'two.py': 'two\nof Ann\n' })
    expect(await branch.plan('c2')).toMatchObject({
      conflicts: [{ path: 'two.py', lines: { from: 1, to: 2 }, by: ['u1'] }],
      offer: ['c2', 'u1'],
    })
  })

  test('offers the fewest changes', async () => {
    // u1 writes over c1 and u2 over both, but u2 was taken back: only u1 is in the way.
    const branch = new MemoryBranch({ a: '1\n' }).commit('c1', { a: '2\n' }).commit('u1', { a: '3\n' })
    await branch.commit('u2', { a: '4\n' }).revert('u2')
    expect(await branch.plan('c1')).toMatchObject({ conflicts: [{ by: ['u1'] }], offer: ['c1', 'u1'] })
  })

  test('of what is no text takes it back whole where nobody has edited it since, and merges nothing', async () => {
    const branch = story().commit('u1', { 'a.py': 'not\0text' })
    expect(await branch.plan('c2')).toMatchObject({
      type: 'refused',
      conflicts: [{ path: 'a.py', by: ['c3', 'u1'] }],
      offer: ['c2', 'u1'],
    })
    await branch.revert('u1')
    expect(branch.files).toEqual({ 'a.py': '1\nTWO\nTHREE\n4\n', 'bridge.py': 'bridge\n', 'two.py': 'two\n' })
    const binary = new MemoryBranch({}).commit('c1', { 'a.bin': '\0' })
    expect(await binary.plan('c1')).toMatchObject({ type: 'clean', files: [{ path: 'a.bin', content: null }] })
    binary.commit('u1', { 'a.bin': 'other \0' })
    expect(await binary.plan('c1')).toMatchObject({ type: 'refused', conflicts: [{ path: 'a.bin', by: ['u1'] }] })
    await binary.revert('u1')
    expect(binary.files).toEqual({ 'a.bin': '\0' })
  })

  test('follows a file that was renamed since, and moves one back with what was edited in it', async () => {
    const text = 'a\nb\nc\nd\ne\nf\ng\nh\n'
    const moved = new MemoryBranch({ 'old.py': text })
      .commit('c1', { 'old.py': text.replace('b', 'B') })
      .commit('u1', { 'old.py': null, 'new.py': text.replace('b', 'B').replace('g', 'G') })
    await moved.revert('c1')
    expect(moved.files).toEqual({ 'new.py': text.replace('g', 'G') })
    const back = new MemoryBranch({ 'old.py': text })
      .commit('c1', { 'old.py': null, 'new.py': text.replace('b', 'B') })
      .commit('u1', { 'new.py': text.replace('b', 'B').replace('g', 'G') })
    await back.revert('c1')
    expect(back.files).toEqual({ 'old.py': text.replace('g', 'G') })
  })

  test('of what is not there', async () => {
    const branch = await story().revert('c2')
    expect(await branch.plan('c9')).toEqual({ type: 'unknown', id: 'c9' })
    expect(await branch.plan('c3', 'c2')).toEqual({ type: 'already_reverted', id: 'c2', revert: 'r1' })
  })

  test('of what a person has undone by hand changes no file', async () => {
    const branch = (await story().revert('c3')).commit('u1', { 'a.py': '1\n2\n3\n4\n', 'two.py': null })
    expect(await branch.plan('c2')).toEqual({ type: 'clean', ids: ['c2'], files: [] })
  })
})

describe('bringing back', () => {
  test('is a revert of the revert, and can be taken back again', async () => {
    const branch = await story().revert('c2')
    const before = branch.files
    branch.commit('u1', { 'a.py': `${before['a.py']}5\n` })
    await branch.revert('r1')
    expect(branch.files).toMatchObject({ 'a.py': '1\nTWO\nTHREE\n4\n5\n', 'two.py': 'two\n' })
    await branch.revert('c2')
    expect(branch.files).toEqual({ 'a.py': '1\n2\nTHREE\n4\n5\n', 'bridge.py': 'bridge\n' })
    expect(branch.history.at(-1)).toMatchObject({ id: 'r3', reverts: ['c2'] })
  })

  test('needs what the change depends on', async () => {
    const branch = story()
    await branch.revert('c3')
    await branch.revert('c2')
    await branch.revert('c1')
    expect(await branch.plan('r2')).toMatchObject({
      type: 'refused',
      dependents: [],
      needs: ['r3'],
      offer: ['r2', 'r3'],
    })
    await branch.revert('r3', 'r2')
    expect(branch.files).toEqual({ 'a.py': '1\nTWO\n3\n4\n', 'bridge.py': 'bridge\n', 'two.py': 'two\n' })
  })
})

test('whatever was edited: a clean revert is undone by its own revert, and an offer is clean', async () => {
  const edit = fc.record({
    path: fc.constantFrom('a', 'b'),
    line: fc.nat(5),
    word: fc.constantFrom('x\n', 'y\n', '', 'p\nq\n'),
  })
  const step = fc.record({
    edits: fc.array(edit, { minLength: 1, maxLength: 2 }),
    depends: fc.boolean(),
    revert: fc.option(fc.nat(10), { nil: undefined, freq: 2 }),
  })
  interface Step {
    edits: ReturnType<typeof of>[]
    depends: boolean
    revert: number | undefined
  }
  const of = (path: string, line: number, word: string) => ({ path, line, word })
  const plainStep = (...edits: ReturnType<typeof of>[]): Step => ({ edits, depends: false, revert: undefined })
  // In the way are a revert and what it would bring back: no one commit takes back both.
  const contradiction: [Step[], number] = [
    [
      ...[plainStep(of('b', 0, 'x\n')), plainStep(of('b', 0, 'p\nq\n'))],
      { ...plainStep(of('a', 0, 'x\n')), depends: true },
      { ...plainStep(of('b', 1, 'x\n')), depends: true },
      { ...plainStep(of('b', 0, 'x\n'), of('a', 0, 'x\n')), revert: 8 },
    ],
    0,
  ]
  let offers = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), fc.nat(10), async (steps, pick) => {
      const branch = new MemoryBranch({ a: '1\n2\n3\n4\n5\n6\n' })
      for (const [index, { edits, depends, revert }] of steps.entries()) {
        const files: Record<string, string> = {}
        for (const { path, line, word } of edits) {
          const lines = (files[path] ?? branch.files[path] ?? '').split(/(?<=\n)/)
          lines[Math.min(line, lines.length)] = word
          files[path] = lines.join('')
        }
        branch.commit(`c${index + 1}`, files, { depends: depends && index > 0 ? [`c${index}`] : [] })
        const id = `c${((revert ?? 0) % (index + 1)) + 1}`
        if (revert !== undefined && (await branch.plan(id)).type === 'clean') await branch.revert(id)
      }
      const id = branch.history[pick % branch.history.length]?.id ?? ''
      const result = await branch.plan(id)
      if (result.type === 'clean') {
        const before = branch.files
        await branch.revert(id)
        const back = await branch.plan(branch.history.at(-1)?.id ?? '')
        // A dependency may forbid it, a conflict never.
        if (back.type === 'refused') expect(back.conflicts).toEqual([])
        else expect((await branch.revert(branch.history.at(-1)?.id ?? '')).files).toEqual(before)
      } else if (result.type === 'refused' && result.offer !== undefined) {
        offers += 1
        expect(result.offer).toContain(id)
        expect(await branch.plan(...result.offer)).toMatchObject({ type: 'clean' })
      }
    }),
    { numRuns: 2000, examples: [contradiction] },
  )
  expect(offers).toBeGreaterThan(5)
})
