import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readHistory } from '../../src/change/history.ts'
import { commitMessage } from '../../src/change/message.ts'
import { openLocalRepository } from '../../src/repository/local.ts'
import type { Change } from '../../src/values/plan.ts'

test('changes are read back from the commits of a branch, a person’s commits apart', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'graft-history-'))
  try {
    const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', '-c', 'commit.gpgsign=false']
    const git = (...args: string[]) => execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8' })
    git('init', '--quiet', '--initial-branch=main')
    await writeFile(join(dir, 'a.txt'), 'a')
    git('add', '--all')
    git('commit', '--quiet', '--message', 'start')
    const repository = await openLocalRepository(dir)
    const base = (await repository.base()).commit
    const branch = 'graft/toy'
    let head = base
    const add = async (message: string, path: string) => {
      const files = [{ path, content: path, why: '' }]
      const expectedHead = await repository.head(branch)
      const [made] = await repository.publish({ branch, expectedHead, parent: head, commits: [{ message, files }] })
      head = made?.commit ?? ''
    }
    const change = (id: string, depends: string[]): Change => ({
      id,
      kind: 'adapter',
      title: `Change ${id}`,
      why: 'Because.',
      files: [{ path: `${id}.py`, content: '', why: '' }],
      depends,
    })
    await add(commitMessage(change('c1', []), 'toy'), '1')
    await add('A person was here\n', '2')
    await add(commitMessage(change('c2', ['c1']), 'toy'), '3')
    await add(commitMessage(change('c2', []), 'toy'), '4')
    await add(commitMessage(change('c3', []), 'other'), '5')
    const history = await readHistory(repository, { base, head, integration: 'toy' })
    expect(history.map((entry) => [entry.id, entry.origin, entry.subject])).toEqual([
      ['c1', 'change', 'Change c1'],
      ['u1', 'person', 'A person was here'],
      ['c2', 'change', 'Change c2'],
      ['u2', 'person', 'Change c2'],
      ['u3', 'person', 'Change c3'],
    ])
    expect(history[2]).toMatchObject({ trailers: { kind: 'adapter', depends: ['c1'] } })
    expect(history.at(-1)?.commit).toBe(head)
    const forged = {
      ...repository,
      log: async (from: string, to: string) =>
        (await repository.log(from, to)).map((entry) => ({ ...entry, ours: entry.message.includes('c3') })),
    }
    const believed = await readHistory(forged, { base, head, integration: 'other' })
    expect(believed.map(({ id, origin }) => `${id} ${origin}`)).toEqual([
      'u1 person',
      'u2 person',
      'u3 person',
      'u4 person',
      'c3 change',
    ])
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
