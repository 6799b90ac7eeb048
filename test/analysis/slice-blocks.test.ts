import { expect, test } from 'vitest'
import { sliceBlocks } from '../../src/analysis/slice-blocks.ts'
import { pythonParser } from './support/parser.ts'

const parser = await pythonParser()

test('imports of earlier blocks hold in later ones, the last one wins, and lines are those of the document', () => {
  const blocks = [
    { code: 'from loom import Loom\nimport loom.gates as g', line: 1 },
    { code: 'from weft import *\nprint("nothing to apply")', line: 10 },
    { code: 'from frame import Loom', line: 20 },
    { code: '\nc = Loom(2)\nc.add(g.H(0))', line: 30 },
  ]
  expect(sliceBlocks(blocks, parser)).toEqual([
    {
      statements: [
        { var: 'c', value: { call: { ref: 'frame:Loom' }, args: [{ lit: 2 }] }, line: 31 },
        {
          value: {
            call: { attr: [{ var: 'c' }, 'add'] },
            args: [{ call: { ref: 'loom.gates:H' }, args: [{ lit: 0 }] }],
          },
          line: 32,
        },
      ],
      stars: ['weft'],
    },
  ])
})

test('what a block binds beside its imports is its own', () => {
  const [first, second] = sliceBlocks(
    [
      { code: 'from loom import Loom\nLoom = make()\nLoom.h(0)', line: 1 },
      { code: 'Loom.h(0)', line: 10 },
    ],
    parser,
  )
  expect(first?.statements.at(-1)?.value).toEqual({ call: { attr: [{ var: 'Loom' }, 'h'] }, args: [{ lit: 0 }] })
  expect(second?.statements).toEqual([{ value: { call: { ref: 'loom:Loom.h' }, args: [{ lit: 0 }] }, line: 10 }])
})
