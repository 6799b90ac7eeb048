/** Where a package runs and how it got there, in what is generated. */
import { expect, test } from 'vitest'
import { planChanges } from '../../src/generate/changeset.ts'
import type { Lock } from '../../src/simulator/runner.ts'
import { gateObjects } from './drivers.ts'
import { planInput } from './inputs.ts'

const conflicts = [{ name: 'linalg', package: '<2', target: '>=2' }]

async function generated(more: Partial<Lock>) {
  const input = planInput(gateObjects, 'toy')
  const changes = await planChanges({ ...input, lock: { ...input.lock, ...more } })
  const file = (name: string) =>
    changes.flatMap(({ files }) => files).find(({ path }) => path.endsWith(name))?.content ?? ''
  return { changes, file }
}

test('an isolated backend differs in its base class and its README, and brings a bridge that has workers', async () => {
  const { changes, file } = await generated({ isolated: { python: '3.11', conflicts } })
  const plain = await generated({})
  const adapter = plain.file('toy/adapter.py')
  expect(file('toy/adapter.py')).toBe(adapter.replaceAll('BridgeAdapter', 'IsolatedAdapter'))
  expect(file('toy/README.md')).toContain('it needs linalg <2, the target needs linalg >=2')
  expect(file('toy/README.md')).toContain('python -m proxima.backends._bridge.isolate toy')
  expect(file('toy/README.md')).not.toContain('pip install')
  expect(changes.find(({ kind }) => kind === 'requirements')?.why).toContain('it needs linalg <2')
  // The target of this test has a bridge, of which nothing can be read: it is one from before.
  expect(changes.map(({ kind }) => kind)).toContain('bridge')
  expect(file('_bridge/isolate.py')).not.toBe('')
  expect(plain.changes.map(({ kind }) => kind)).not.toContain('bridge')
})

test('what was built and what was not declared stands in the README, with the command that does it again', async () => {
  const { file } = await generated({
    built: { names: ['qulacs'], constraints: ['numpy<2'] },
    undeclared: ['scipy'],
  })
  const readme = file('toy/README.md')
  expect(readme).toContain("printf '%s\\n' 'numpy<2' > build-constraints.txt")
  expect(readme).toContain('Built from source, as there was no wheel: `qulacs` with numpy<2.')
  expect(readme).toContain('Needed and not declared by the package, so installed with it: `scipy`.')
})
