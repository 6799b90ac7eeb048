import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runnableGates } from '../../src/generate/runnable.ts'
import { GATE_NAMES } from '../../src/values/gates.ts'
import { templatesDir } from './inputs.ts'

/** What the bridge itself decides. */
const PROGRAM = `
import importlib.util, json, sys, types
package = types.ModuleType("bridge"); package.__path__ = [sys.argv[1] + "/bridge"]; sys.modules["bridge"] = package
from bridge.lowering import Lowering
answers = []
for native, size in json.load(sys.stdin):
    found = Lowering(native, size)
    answers.append([n for n in found.runnable()] + (["matrix"] if all(found.can("matrix", k) for k in (1, 2, 3)) else []))
json.dump(answers, sys.stdout)
`

test('the gates that run are those that the bridge finds', async () => {
  const sets = fc.sample(
    fc.tuple(fc.subarray([...GATE_NAMES, 'matrix'], { minLength: 1, maxLength: 7 }), fc.integer({ min: 1, max: 3 })),
    { numRuns: 300, seed: 3 },
  )
  const cases = sets.map(([native, size]) => [native, native.includes('matrix') ? size : 0] as const)
  const result = spawnSync('python3', ['-c', PROGRAM, templatesDir], { input: JSON.stringify(cases), encoding: 'utf8' })
  expect(result.stderr).toBe('')
  const expected = JSON.parse(result.stdout) as string[][]
  const core = (gates: string[]) => gates.filter((gate) => gate === 'matrix' || (GATE_NAMES as string[]).includes(gate))
  for (const [index, [native, size]] of cases.entries()) {
    const found = await runnableGates(templatesDir, native, size)
    expect([native, size, found]).toEqual([native, size, core(expected[index] ?? [])])
  }
})
