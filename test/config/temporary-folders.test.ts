import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepTemporaryFolders } from '../../src/config/temporary-folders.ts'

test('what a killed process left is removed hours later, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graft-sweeping-'))
  try {
    const old = new Date(Date.now() - 7 * 3_600_000)
    for (const name of [
      'graft-run-aB3dE6',
      'graft-measure-000000',
      'graft-test-fresh1',
      'graft-other-aB3dE6',
      'mine',
    ]) {
      await mkdir(join(folder, name, 'inside'), { recursive: true })
      await writeFile(join(folder, name, 'inside', 'file'), 'x')
      if (!name.includes('fresh')) await utimes(join(folder, name), old, old)
    }
    await symlink(join(folder, 'mine'), join(folder, 'graft-git-linked'))
    await sweepTemporaryFolders(folder)
    expect((await readdir(folder)).sort()).toEqual([
      'graft-git-linked',
      'graft-other-aB3dE6',
      'graft-test-fresh1',
      'mine',
    ])
    expect(await readdir(join(folder, 'mine'))).toEqual(['inside'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
