import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { overridesOf } from '../../src/cli/overrides.ts'
import { temporaryFolder } from '../e2e/support.ts'

const DRIVER = { schema: 1, distribution: 'toy', version: '1.0', imports: [], setup: [], gates: {} }

test('what is said on the command line is what the form says', async () => {
  await expect(
    overridesOf({
      ...{ hint: ['c.x(0)', 'c.run()'], mapping: 'manual', gate: ['rx: c.rx(q0, -p0)'], exclude: 'cp,iswap' },
      ...{ convention: ['state little', 'start plus'], template: 'advanced', maxQubits: '12' },
    }),
  ).resolves.toEqual({
    ...{ hints: ['c.x(0)', 'c.run()'], gateMapping: 'manual', gates: { rx: 'c.rx(q0, -p0)' } },
    ...{ exclude: ['cp', 'iswap'], conventions: { stateOrder: 'little', start: 'plus' } },
    ...{ codeTemplate: 'advanced', maxQubits: 12 },
  })
  await expect(overridesOf({})).resolves.toBeUndefined()
})

test('a driver by hand is read from its file', async () => {
  const path = join(temporaryFolder(), 'driver.json')
  writeFileSync(path, JSON.stringify(DRIVER))
  await expect(overridesOf({ driver: path })).resolves.toEqual({ driver: DRIVER })
  writeFileSync(path, JSON.stringify({ ...DRIVER, setup: [{ value: { exec: 'x' } }] }))
  await expect(overridesOf({ driver: path })).rejects.toThrow(/--driver expects .* at \$\.setup\[0\]\.value/)
  await expect(overridesOf({ driver: join(path, 'nowhere') })).rejects.toThrow(/a file that can be read/)
})

test.each([
  [{ hint: [' '] }, /--hint expects a line of Python/],
  [{ hint: Array.from({ length: 13 }, (_, index) => `c.x(${index})`) }, /at most 12 times/],
  [{ gate: ['rx'] }, /--gate expects lines such as/],
  [{ exclude: 'cx' }, /--exclude expects other gates than cx/],
  [{ convention: ['endian little'] }, /--convention expects one or more of/],
  [{ template: 'custom' as const }, /--driver expects a driver/],
  [{ mapping: 'manual' as const }, /--gate expects a table/],
  [{ maxQubits: '65' }, /--max-qubits expects/],
])('%j is refused with what is expected', async (options, expected) => {
  await expect(overridesOf(options)).rejects.toThrow(expected)
})
