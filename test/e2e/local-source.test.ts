/** Simulators that stand on no index become backends of the small target: a folder, and a git repository on this machine. */
import { rmSync } from 'node:fs'
import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { IntegrationResult } from '../../src/integration/integrate.ts'
import { fetchSnapshot } from '../../src/source/fetch.ts'
import { parseLocator } from '../../src/source/locator.ts'
import { placed } from '../../src/values/snapshot.ts'
import { runGraft } from '../cli/support.ts'
import { GitServer } from '../source/support/git-server.ts'
import { CACHE, git, makeTarget, ROOT, temporaryFolder } from './support.ts'

const PACKAGE = join(ROOT, 'test', 'e2e', 'packages', 'plain-sim')
beforeAll(() => rmSync(join(CACHE, 'measurements'), { recursive: true, force: true }))

test('graft integrate ./folder: outside of the target it says that others must install it by hand', async () => {
  const repo = makeTarget()
  const folder = join(temporaryFolder(), 'mine')
  await cp(PACKAGE, folder, { recursive: true })
  const run = await runGraft(['integrate', folder, '--repo', repo, '--cache-dir', CACHE, '--json'])
  expect(run.code, run.stderr).toBe(0)
  const result = JSON.parse(run.stdout) as IntegrationResult
  expect(result.report).toMatchObject({ failed: 0 })
  const show = (file: string) => git(repo, 'show', `graft/plain:src/proxima/backends/plain/${file}`)
  const source = placed.parse(JSON.parse(show('source.json')))
  expect(source).toMatchObject({ name: 'plain-sim', version: '1.2.0', origin: { kind: 'directory' } })
  expect(show('README.md')).toContain('**Install the simulator by hand.**')
  expect(show('requirements.txt')).not.toContain('plain-sim==')
  // Nothing says where on this machine the folder was.
  expect(() => git(repo, 'grep', '--quiet', '--fixed-strings', folder, 'graft/plain')).toThrow()
})

test('a repository and a folder with the same files are the same package', async () => {
  const folder = temporaryFolder()
  const server = await new GitServer(await made(join(folder, 'server'))).start()
  try {
    const files: Record<string, Buffer> = {}
    for (const entry of await readdir(PACKAGE, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && !entry.parentPath.includes('__pycache__')) {
        const path = join(entry.parentPath, entry.name)
        files[path.slice(PACKAGE.length + 1)] = await readFile(path)
      }
    const commit = await server.add('owner/plain', files)
    const index = new URL('https://index.example/')
    const options = {
      cacheDir: join(folder, 'cache'),
      python: { version: '3.12.0' },
      index: { simpleUrl: index, apiUrl: index, certificates: [server.certificate] },
      hosts: [server.host],
      allowsAddress: () => true,
    }
    const fetched = await fetchSnapshot(parseLocator(`git+https://${server.host}/owner/plain`), options)
    const local = await fetchSnapshot(parseLocator(PACKAGE), options)
    expect(fetched.placed?.origin).toMatchObject({ kind: 'git', commit })
    expect(fetched.placed?.files).toEqual(local.placed?.files)
    expect(fetched.trees[0]).toEqual(local.trees[0])
  } finally {
    await server.stop()
  }
})

async function made(folder: string): Promise<string> {
  await mkdir(folder)
  return folder
}
