/** After a merge, what was measured is read from the backend's own folder. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadMeasured } from '../../src/integration/load-measured.ts'
import type { Repository } from '../../src/repository/repository.ts'

const COMMIT = 'c'.repeat(40)
const GOLDEN = join(import.meta.dirname, '../generate/golden/gate_objects')

function repository(files: Readonly<Record<string, string>>): Repository {
  const read = async (commit: string, path: string) => (commit === COMMIT ? files[path] : undefined)
  return { read } as unknown as Repository
}

test.each([
  ['nothing is there', {}],
  ['it is no JSON', { 'b/sim/driver.json': '{' }],
  ['it is another file', { 'b/sim/driver.json': '{"driver":{"distribution":"x","version":"1"}}' }],
])('undefined where %s', async (_, files: Readonly<Record<string, string>>) => {
  expect(await loadMeasured(repository(files), COMMIT, 'b/sim')).toBeUndefined()
})

test('the package and the version that were measured', async () => {
  const path = (await readdir(GOLDEN, { recursive: true })).find((name) => name.endsWith('driver.json.golden')) ?? ''
  const text = await readFile(join(GOLDEN, path), 'utf8')
  const { driver } = JSON.parse(text) as { driver: { distribution: string; version: string } }
  const found = await loadMeasured(repository({ 'b/sim/driver.json': text }), COMMIT, 'b/sim')
  expect(found).toBe(`pkg:pypi/${driver.distribution}@${driver.version}`)
})
