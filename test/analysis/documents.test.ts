import { expect, test } from 'vitest'
import { splitDocument, splitGateList, splitResult } from '../../src/analysis/documents.ts'
import type { Expression } from '../../src/values/driver.ts'

const lit = (value: string | number): Expression => ({ lit: value })
const gate = (...parts: Expression[]): Expression => ({ list: parts })
const h = gate(lit('h'), { list: [lit(0)] })
const cx = gate(lit('cx'), { list: [lit(0), lit(1)] })
const run = (value: Expression): Expression => ({ call: { ref: 'loom:run' }, args: [value] })
const append = (circuit: string, item: Expression): Expression => ({
  call: { attr: [{ var: circuit }, 'append'] },
  args: [item],
})

test('a list of gates inside a document becomes the circuit, and the document holds it', () => {
  const document = (gates: Expression): Expression => ({
    dict: [
      [lit('size'), lit(2)],
      [lit('gates'), gates],
    ],
  })
  expect(splitDocument({ var: 'program', value: document({ list: [h, cx] }), line: 4 })).toEqual([
    { var: 'gates4', value: { list: [] }, line: 4 },
    { value: append('gates4', h), line: 4 },
    { value: append('gates4', cx), line: 4 },
    { var: 'program', value: document({ var: 'gates4' }), line: 4 },
  ])
})

test('a list of gates that is an argument, or has a name already, is the circuit, too', () => {
  const given = splitDocument({ value: run({ list: [h] }), line: 1 })
  expect(given.at(-1)).toEqual({ value: run({ var: 'gates1' }), line: 1 })
  expect(splitDocument({ var: 'bell', value: { list: [h, cx] }, line: 2 })).toEqual([
    { var: 'bell', value: { list: [] }, line: 2 },
    { value: append('bell', h), line: 2 },
    { value: append('bell', cx), line: 2 },
  ])
})

test.each<Expression>([
  { list: [lit('h'), lit('cx')] },
  { list: [h, lit('cx')] },
  { list: [gate(lit('x'), lit(0)), gate(lit('y'), lit(1))] },
  { list: [gate(lit('h'), { var: 'qubit' })] },
  { list: [gate(lit('h'), lit('cx'))] },
])('what is no list of plain gates stays as it is: %j', (list) => {
  const statement = { var: 'names', value: run(list), line: 1 }
  expect(splitDocument(statement)).toEqual([statement])
})

test('what a key takes out of a result stands apart from the result', () => {
  const read = (value: Expression): Expression => ({ item: [value, lit('counts')] })
  expect(splitResult({ value: read(run({ var: 'bell' })), line: 3 })).toEqual([
    { var: 'value3', value: run({ var: 'bell' }), line: 3 },
    { value: read({ var: 'value3' }), line: 3 },
  ])
  const handle = { value: { item: [{ var: 'circuit' }, lit('a')] } as Expression, line: 3 }
  expect(splitResult(handle)).toEqual([handle])
})

test('gates that are handed over together are shown one by one', () => {
  const apply = (...items: Expression[]): Expression => ({
    call: { attr: [{ var: 'engine' }, 'apply'] },
    args: [{ list: items }],
  })
  const [flip, turn] = [
    { call: { ref: 'loom:X' }, args: [lit(0)] },
    { call: { ref: 'loom:H' }, args: [lit(1)] },
  ]
  expect(splitGateList({ value: apply(flip, turn), line: 5 })).toEqual([
    { value: apply(flip), line: 5 },
    { value: apply(turn), line: 5 },
  ])
  for (const value of [apply(flip), apply(flip, lit(3)), run({ list: [flip, turn] })]) {
    expect(splitGateList({ value, line: 5 })).toEqual([{ value, line: 5 }])
  }
})
