/** Controlling every change by comments: each command from the signed webhook to what GitHub has afterwards. */
import { expect, test } from 'vitest'
import { NAME, REPO } from './box.ts'
import { ADAPTER, inPrepared, type Prepared, README, states } from './prepared.ts'

test('rejected, undone, redone, kept, restored, shown, exported', async () => {
  await inPrepared(async (box) => {
    await lookedAt(box)
    await rejected(box)
    await undone(box)
    await restored(box)
    await notDone(box)
    expect(box.violations()).toEqual([])
    expect(box.logs.filter(({ level }) => level !== 'info')).toEqual([])
  })
})

/** What changes nothing is for everybody, and costs one reply and one reaction. */
async function lookedAt(box: Prepared): Promise<void> {
  const { done, mia, paul } = box
  const head = await box.head()
  for (const [command, words] of [
    ['/changes', ['| `c4` | Test toy on the real simulator |', 'Missing before the merge']],
    ['/diff c2', ['What `c2` did: 1 file', '+About toy 3', `/commits/`]],
    ['/diff c1 c3', ['From the state after `c1` to that after `c3`: 3 files', '+toy==1.0.0', '/files/']],
    ['/explain c3', ['Why pin what toy was measured with.', '| needs | `c1` |', '| needed by | `c4` |']],
    ['/edit c2', [`git switch ${box.branch}`, README]],
    ['/history', ['4 commits', '| `c1` |', '`graft`', '`✓` 1 passed']],
    ['/snapshots', [`tested-${head.slice(0, 7)}`]],
    ['/export patch', [`/pull/${box.pull}.patch`]],
  ] as const) {
    const { reply, writes } = await done(paul, command)
    for (const word of words) expect(reply).toContain(word)
    expect(writes.map((write) => write.split('/').at(-1))).toEqual(['comments', 'reactions'])
  }
  const { reply } = await done(mia, '/export json')
  const value = JSON.parse(/```json\n(.*?)\n```/s.exec(reply)?.[1] ?? '') as { head: string; changes: { id: string }[] }
  expect(value.head).toBe(head)
  expect(value.changes.map(({ id }) => id)).toEqual(['c1', 'c2', 'c3', 'c4'])
  expect(await box.head()).toBe(head)
}

async function rejected(box: Prepared): Promise<void> {
  const { done, mia } = box
  const approval = await done(mia, '/approve all')
  expect(approval.writes.length).toBeLessThanOrEqual(4)
  await box.tested(({ conclusion }) => conclusion === 'success')
  // What changes nothing costs its reaction.
  expect((await done(mia, '/approve all')).writes).toHaveLength(1)
  // Others need it: all of them are named, and nothing is done.
  const refusal = await box.refused(mia, '/reject c1 "too slow, @paul"')
  for (const id of ['c3', 'c4']) expect(refusal).toContain(`\`${id}\``)
  expect(refusal).toContain('`/reject c1 c3 c4 "too slow, @paul"`')
  const before = await box.files()
  const { writes } = await done(mia, '/reject c2 "says too little"')
  expect(writes.length).toBeLessThanOrEqual(8)
  const check = await box.tested(({ output }) => output.summary.includes('says too little'))
  expect(states(check)).toEqual({ c1: 'mia', c2: 'r1 rejected by mia', c3: 'mia', c4: 'mia' })
  expect(check.conclusion).toBe('success')
  const { [README]: gone, ...rest } = before
  expect(gone).toBeDefined()
  expect(await box.files()).toEqual(rest)
}

/** The stack of actions, over a push of a person, and over a restart. */
async function undone(box: Prepared): Promise<void> {
  const { done, mia } = box
  await done(mia, '/undo')
  const back = await box.tested(({ output }) => !output.summary.includes('says too little'))
  expect(states(back)).toEqual({ c1: 'mia', c2: 'mia', c3: 'mia', c4: 'mia' })
  const whole = await box.files()
  await done(mia, '/redo')
  expect(Object.keys(await box.files())).not.toContain(README)
  await done(mia, '/undo')
  expect(await box.files()).toEqual(whole)
  const text = whole[ADAPTER] ?? ''
  await box.push(mia, ADAPTER, text.replace('# adapter 5\n', '# by mia\n'), 'Say it better')
  await box.tested(({ output }) => output.summary.includes('`u1`'))
  expect(await box.refused(mia, '/redo')).toContain('There is nothing to redo')
  // The last three: the push, and what Graft had written in the end.
  const { writes } = await done(mia, '/undo 3')
  expect(writes.length).toBeLessThanOrEqual(8)
  expect(Object.keys(await box.files()).sort()).toEqual([README, ADAPTER].sort())
  await done(mia, '/redo 3')
  expect((await box.files())[ADAPTER]).toContain('# by mia')
  await box.tested()
}

async function restored(box: Prepared): Promise<void> {
  const { done, mia } = box
  const kept = await box.files()
  const { writes } = await done(mia, '/snapshot before-review')
  expect(writes).toHaveLength(2)
  expect(await box.refused(mia, '/snapshot tested-1234567')).toContain('belong to test runs')
  await box.push(mia, README, 'All new\n', 'Write it anew')
  expect((await done(mia, '/revert c4')).writes.length).toBeLessThanOrEqual(8)
  expect(await box.refused(mia, '/snapshot before-review')).toContain('There is a snapshot `before-review` already')
  expect(await box.files()).not.toEqual(kept)
  await done(mia, '/restore before-review')
  expect(await box.files()).toEqual(kept)
  const check = await box.tested(({ output }) => output.summary.includes('`u2`'))
  expect(states(check)).toMatchObject({ c2: 'mia', c4: 'mia', u2: expect.stringMatching(/^r\d+$/) })
  expect(await box.refused(mia, '/restore before-review')).toContain('as the snapshot `before-review` has it already')
  expect(await box.refused(mia, '/restore nowhere')).toContain('There is no snapshot `nowhere`')
  await done(mia, '/undo')
  const files = await box.files()
  expect(files[README]).toBe('All new\n')
  expect(Object.keys(files)).not.toContain('tests/backends/test_toy.py')
  await box.tested()
}

test('deployed by the one who could press the button', async () => {
  await inPrepared(async (box) => {
    const { mia, paul } = box
    expect(await box.refused(paul, '/deploy')).toContain('write permission')
    expect(await box.refused(mia, '/deploy')).toMatch(/not merged, because c1–c4 have to be approved/)
    await box.done(mia, '/approve all')
    await box.tested(({ conclusion }) => conclusion === 'success')
    const protectedBranches = [{ pattern: 'main', allow: ['graft[bot]'] }]
    box.github.configure(NAME, { protectedBranches, mergeMethods: ['squash'] })
    // The App could, and nobody knows whether Mia could.
    expect(await box.refused(mia, '/deploy')).toContain('press `*Merge*`')
    expect(await box.get(`/pulls/${box.pull}`)).toMatchObject({ merged: false })
    box.github.configure(NAME, { protectedBranches: [] })
    const { writes } = await box.done(mia, '/deploy')
    expect(writes).toHaveLength(2)
    const pull = await box.get<{ merge_commit_sha: string; merged_by: { login: string } }>(`/pulls/${box.pull}`)
    expect(pull).toMatchObject({ merged: true, merged_by: { login: 'graft[bot]' } })
    const merged = await box.get<{ parents: unknown[] }>(`/git/commits/${pull.merge_commit_sha}`)
    expect(merged.parents).toHaveLength(1)
    expect(box.violations()).toEqual([])
  })
})

test('pushed over, closed, and what is not to be obeyed', async () => {
  await inPrepared(async (box) => {
    const { mia, paul, say, seen } = box
    const head = await box.head()
    const quiet = [
      await say(mia, box.pull, '> /undo'),
      await say(mia, box.pull, '```\n/undo\n```'),
      await say(mia, box.pull, `/undo\n${'x'.repeat(10_000)}`),
    ]
    expect(await box.refused(paul, '/undo')).toContain('write permission')
    for (const id of quiet) expect(await box.reactions(id)).toEqual([])
    expect(await box.head()).toBe(head)
    const [first] = await box.get<{ sha: string; parents: { sha: string }[] }[]>(`/pulls/${box.pull}/commits`)
    const move = (sha: string) => mia('PATCH', `${REPO}/git/refs/heads/${box.branch}`, { sha, force: true })
    // Some of its changes are there still: the new head is taken as it is.
    await move(first?.sha ?? '')
    const left = await box.tested(({ head_sha }) => head_sha === first?.sha)
    expect(states(left)).toEqual({ c1: 'open' })
    expect(await box.refused(mia, `/restore tested-${head.slice(0, 7)}`)).toContain('not in this branch any more')
    // None is: it says so and waits.
    await move(first?.parents[0]?.sha ?? '')
    await box.push(mia, 'README.md', 'All mine\n', 'Start anew')
    const status = await seen('the status comment', async () =>
      (await box.ours(box.issue, 'status')).find(({ body }) => body.includes('was rewritten')),
    )
    expect(status.body).toContain(`refs/graft/${box.issue}/tested-`)
    const mine = await box.head()
    expect(await box.refused(mia, '/undo')).toContain('was rewritten')
    expect(await box.head()).toBe(mine)
    // Put back as it says, everything goes on.
    await move(head)
    expect(Object.keys(states(await box.tested(({ head_sha }) => head_sha === head)))).toHaveLength(4)
    await mia('PATCH', `${REPO}/pulls/${box.pull}`, { state: 'closed' })
    expect(await box.refused(mia, '/undo')).toContain('The pull request is closed')
    expect(await box.refused(mia, '/history')).toContain('The pull request is closed')
    expect(box.violations()).toEqual([])
  })
})

/** Each with one clear sentence, and nothing lost. */
async function notDone(box: Prepared): Promise<void> {
  const { mia } = box
  // Paul has had as many replies as somebody gets who may only read.
  const { hands: rita } = box.person('rita', 'read')
  const head = await box.head()
  const wrong: readonly (readonly [Prepared['mia'], string, string])[] = [
    [rita, '/undo', 'write permission'],
    [rita, '/reject c2 "no"', 'write permission'],
    [rita, '/restore before-review', 'write permission'],
    [rita, '/snapshot mine', 'write permission'],
    [mia, '/undo 99', 'actions can be undone'],
    [mia, '/diff c1 c77', 'There is no c77'],
    [mia, '/explain c77', 'There is no c77'],
    [mia, '/reject c77 "no"', 'There is no c77'],
    [mia, '/reject c4 "no"', 'taken back already'],
  ]
  for (const [who, command, words] of wrong) expect(await box.refused(who, command)).toContain(words)
  expect(await box.head()).toBe(head)
  // The button of the check run is the same as the command.
  const check = await box.tested()
  const before = await box.files()
  box.github.pressButton(NAME, check.id, 'mia', 'undo')
  await box.seen('what the button did', async () => ((await box.head()) === head ? undefined : true))
  expect(await box.files()).not.toEqual(before)
}
