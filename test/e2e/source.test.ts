/** The one test that asks the real package index, the way a bare environment would. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { snapshot } from '../../src/values/snapshot.ts'

test('a real package is fetched, also with an empty environment', async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'graft-source-'))
  const href = (path: string) => JSON.stringify(new URL(`../../src/source/${path}`, import.meta.url).href)
  const script = `
    const { fetchSnapshot } = await import(${href('fetch.ts')})
    const { parseLocator } = await import(${href('locator.ts')})
    const options = { cacheDir: ${JSON.stringify(cacheDir)}, python: { version: '3.11.0' } }
    console.log(JSON.stringify(await fetchSnapshot(parseLocator('pkg:pypi/blueqat'), options)))`
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: {},
      maxBuffer: 16 * 1024 * 1024,
    })
    const fetched = snapshot.parse(JSON.parse(stdout))
    expect(fetched.purl).toMatch(/^pkg:pypi\/blueqat@\d+\.\d+/)
    expect(fetched.wheelAvailable).toBe(true)
    expect(fetched.licence).toMatch(/Apache/)
    expect(fetched.trees.map((tree) => tree.artifact.kind)).toEqual(['wheel', 'sdist'])
    expect(fetched.trees[0]?.files.map((file) => file.path)).toContain('blueqat/circuit.py')
  } finally {
    await rm(cacheDir, { recursive: true, force: true })
  }
})
