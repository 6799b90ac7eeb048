import { expect, test } from 'vitest'
import { dialectOfText, LINES } from '../../src/analysis/text-dialect.ts'

test.each([
  ['H 0\nRX 0.3 1\nCNOT 0 1', LINES],
  ['qubits 3\nh q0\nrx(0.5) q1\ncnot q0, q1\nmeasure q0', LINES],
  ['H Q0;CNOT Q0,Q1;RZ Q0,0.5;', LINES],
  ['OPENQASM 2.0;\nqreg q[2];\nh q[0];', 'openqasm2'],
  ['version 3.0\nqubit[2] q\nH q[0]', 'cqasm3'],
  ['DECLARE ro BIT[2]\nH 0\nCNOT 0 1\nMEASURE 0 ro[0]', 'quil'],
])('%j is a program', (text, dialect) => {
  expect(dialectOfText(text)).toBe(dialect)
})

test.each(['H 0', 'hello 1\nworld 2', 'A text.\nIt has h 0 in it\nand more lines\nthan gates', 'x = 1\ny = 2'])(
  '%j is none',
  (text) => {
    expect(dialectOfText(text)).toBeUndefined()
  },
)
