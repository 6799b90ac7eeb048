import { expect, test } from 'vitest'
import { planChanges } from '../../src/generate/changeset.ts'
import { exampleCircuit } from '../../src/generate/example.ts'
import { TEST_CIRCUITS } from '../../src/values/issue-request.ts'
import { gateObjects } from './drivers.ts'
import { planInput, templatesDir } from './inputs.ts'
import { runPython } from './python.ts'

test('the bridge reads each example: its qubits, and every gate of it', () => {
  const texts = TEST_CIRCUITS.map((testCircuit) => exampleCircuit({ testCircuit, shots: 1024 }, []))
  expect(runPython('examples.py', { templates: templatesDir, texts })).toEqual([
    [2, 2],
    [3, 3],
    [3, 7],
    [3, 7],
  ])
})

test('a circuit with a gate that is refused is replaced by one that runs', () => {
  const bell = exampleCircuit({ testCircuit: 'bell', shots: 1 }, [])
  expect(exampleCircuit({ testCircuit: 'qft', shots: 1 }, ['cp'])).toBe(bell)
  expect(exampleCircuit({ testCircuit: 'ghz', shots: 1 }, ['cp'])).not.toBe(bell)
})

test('the README shows the circuit and the shots that were asked for', async () => {
  const changes = await planChanges({ ...planInput(gateObjects, 'toy'), example: { testCircuit: 'ghz', shots: 77 } })
  const readme = changes.flatMap((one) => one.files).find((file) => file.path.endsWith('README.md'))?.content
  expect(readme).toContain('cx q[1], q[2];\nc = measure q;')
  expect(readme).toContain('{"shots": 77}')
})
