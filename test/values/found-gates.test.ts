import { expect, test } from 'vitest'
import { foundGates } from '../../src/values/found-gates.ts'

test('references come first, methods of classes after them with the evidence of their class', () => {
  const evidence = { file: 'q.py', line: 7 }
  const found = foundGates({
    gates: { x: [{ value: 'q:X', evidence: [{ file: 'g.py', line: 1 }], confidence: 0.9 }] },
    classes: [
      {
        ref: 'q:Circuit',
        bases: [],
        init: [],
        methods: { x: [], apply_cnot: [], measure: [] },
        attributes: [],
        statics: [],
        exported: true,
        evidence,
      },
    ],
  })
  expect(Object.keys(found).sort()).toEqual(['cx', 'x'])
  expect(found.x?.map(({ value }) => value)).toEqual(['q:X', 'q:Circuit.x'])
  expect(found.cx).toEqual([{ value: 'q:Circuit.apply_cnot', evidence: [evidence], confidence: 0.6 }])
})
