import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fetchSnapshot } from '../../src/source/fetch.ts'
import { parseLocator } from '../../src/source/locator.ts'
import { IndexServer, type ServedFile, sdist, wheel } from './support/index-server.ts'

let server: IndexServer
let cacheDir: string
beforeEach(async () => {
  server = await new IndexServer().start()
  cacheDir = await mkdtemp(join(tmpdir(), 'graft-index-'))
})
afterEach(async () => {
  await server.stop()
  await rm(cacheDir, { recursive: true, force: true })
})

const fetch = (locator: string) =>
  fetchSnapshot(parseLocator(locator), {
    cacheDir,
    python: { version: '3.11.7', tags: ['cp311-cp311-linux_x86_64', 'cp311-abi3-linux_x86_64', 'py3-none-any'] },
    index: server.config(),
    http: { retryDelays: [0, 0] },
    onProgress: () => undefined,
  })

const toy = (releases: Record<string, ServedFile[]>) => server.add({ name: 'Toy_Sim', releases })
const both = (version: string) => [wheel('toy-sim', version), sdist('toy-sim', version)]

describe('the cache', () => {
  const files = () => server.requests.filter(({ path }) => path.startsWith('/files/')).length

  test('is used the second time', async () => {
    toy({ '1.0': both('1.0') })
    const first = await fetch('toy-sim')
    expect(await fetch('toy-sim')).toEqual(first)
    expect(files()).toBe(2)
  })

  test('that was tidied up by somebody is made again', async () => {
    toy({ '1.0': [wheel('toy-sim', '1.0')] })
    const root = (await fetch('toy-sim')).trees[0]?.root ?? ''
    await rm(join(root, 'toy-sim/__init__.py'))
    await fetch('toy-sim')
    await truncate(join(root, '../manifest.json'), 10)
    await fetch('toy-sim')
    expect(files()).toBe(3)
    expect(await readFile(join(root, 'toy-sim/__init__.py'), 'utf8')).toBe('VERSION = "1.0"\n')
  })

  test('serves several processes at once', async () => {
    toy({ '1.0': both('1.0') })
    const snapshots = await Promise.all(Array.from({ length: 8 }, () => fetch('toy-sim')))
    for (const snapshot of snapshots) expect(snapshot).toEqual(snapshots[0])
    expect(await readdir(join(cacheDir, 'sources', 'temporary'))).toEqual([])
  })

  test('forgets what a killed process left behind', async () => {
    const left = join(cacheDir, 'sources', 'temporary', 'left')
    await mkdir(left, { recursive: true })
    await writeFile(join(left, 'archive'), 'half')
    await utimes(left, new Date(0), new Date(0))
    toy({ '1.0': both('1.0') })
    await fetch('toy-sim')
    expect(await readdir(join(cacheDir, 'sources', 'temporary'))).toEqual([])
  })
})
