import { expect, test } from 'vitest'
import { Pieces } from '../../src/analysis/pieces.ts'

test('a word that stands there is found in any case, one whose letters stand elsewhere is not', () => {
  const pieces = new Pieces('The Quantum_Circuit of cX and 2 << n')
  for (const word of ['quantum', 'circuit', 'cx', 'the', '<< n', 'm_c']) expect(pieces.mayHold(word), word).toBe(true)
  for (const word of ['qubit', 'cz', 'quil', 'circuits', 'muantum']) expect(pieces.mayHold(word), word).toBe(false)
})

test('a short text holds no longer word', () => {
  expect(new Pieces('q').mayHold('qc')).toBe(false)
  expect(new Pieces('').mayHold('qc')).toBe(false)
})
