import { expect, test } from 'vitest'
import { wishesOf } from '../../src/generate/wishes.ts'
import { issueRequest } from '../../src/values/issue-request.ts'

const bare = { source: 'pkg:pypi/toy', options: {}, simulatorTypes: [] }

test('defaults, and what really decides (name, test circuit, shots), are no wishes', () => {
  expect(wishesOf(issueRequest.parse(bare))).toEqual([])
  const decided = { ...bare, options: { name: 'toy', version: '2.0.0' }, testCircuit: 'ghz', shots: 7 }
  expect(wishesOf(issueRequest.parse(decided))).toEqual([])
})

test('every other field is answered, each by one sentence', () => {
  const wished = {
    ...{ ...bare, simulatorTypes: ['statevector', 'other'], noise: true, gpu: false, batching: true },
    overrides: {
      ...{ maxQubits: 20, hints: ['c.x(0)', 'c.h(0)'], with: ['scipy'], allowBuild: true, exclude: ['cp'] },
      ...{ gates: { rx: 'c.rx(q0, -p0)' }, conventions: { start: 'plus' }, codeTemplate: 'advanced' },
    },
  }
  const beginnings = [
    'Simulator types (statevector, other): ',
    'Noise (yes): ',
    'GPU (no): ',
    'Batching (yes): ',
    'Maximum of 20 qubits: ',
    'Example code (2 hints): ',
    'Undeclared requirements (scipy): ',
    'A build from source is allowed: ',
    'Gate mapping (manual): ',
    'Excluded gates (cp): ',
    'Conventions: ',
    'Code template (advanced): ',
  ]
  const sentences = wishesOf(issueRequest.parse(wished))
  expect(sentences).toHaveLength(beginnings.length)
  for (const [index, beginning] of beginnings.entries()) {
    expect(sentences[index]).toMatch(/^[^\n]+\.$/)
    expect(sentences[index]?.startsWith(beginning)).toBe(true)
  }
})
