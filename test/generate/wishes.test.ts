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
    ...{ ...bare, simulatorTypes: ['statevector', 'other'], maxQubits: 20, noise: true, gpu: false, batching: true },
    ...{ gateMapping: 'manual', codeTemplate: 'custom' },
  }
  const sentences = wishesOf(issueRequest.parse(wished))
  expect(sentences).toHaveLength(7)
  for (const [index, beginning] of [
    'Simulator types (statevector, other): ',
    'Maximum of 20 qubits: ',
    'Noise (yes): ',
    'GPU (no): ',
    'Batching (yes): ',
    'Gate mapping (manual): ',
    'Code template (custom): ',
  ].entries()) {
    expect(sentences[index]).toMatch(/^[^\n]+\.$/)
    expect(sentences[index]?.startsWith(beginning)).toBe(true)
  }
})
