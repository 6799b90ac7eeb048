/** From a locator to a green pull request by the programs of the workflow, on real simulators. */
import { expect, test } from 'vitest'
import { git } from './support.ts'
import { throughTheWorkflow } from './through-workflow.ts'

test('measured and tested by the steps of the workflow', async () => {
  const { measurement, lock, snapshot, tested } = await throughTheWorkflow('qulacs')
  expect(measurement.gates.filter((gate) => gate.outcome === 'right').length).toBeGreaterThan(10)
  expect(lock.pins.get('qulacs')).toBe(snapshot.version)
  expect(lock.requirements).toContain(snapshot.trees[0]?.artifact.sha256)
  expect(tested.passed).toBeGreaterThan(100)
  const categories = new Set(tested.tests.map(({ category }) => category))
  expect([...categories].sort()).toEqual(['compatibility', 'integration', 'performance', 'unit'])
})

test('a real package that contradicts the target is measured, generated and tested in an environment of its own', async () => {
  const { target, branch, measurement, lock, tested } = await throughTheWorkflow('oqubit', 'numpy<2')
  expect(measurement.gates.filter((gate) => gate.outcome === 'right').length).toBeGreaterThan(8)
  expect(lock.isolated?.conflicts).toContainEqual({
    name: 'numpy',
    package: '>=2.0',
    target: expect.stringContaining('<2'),
  })
  expect(lock.pins.get('numpy')).toMatch(/^2\./)
  const adapter = git(target, 'show', `${branch}:src/proxima/backends/oqubit/adapter.py`)
  expect(adapter).toContain('class OqubitAdapter(IsolatedAdapter):')
  expect(tested.passed).toBeGreaterThan(80)
})
