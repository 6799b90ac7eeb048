import { expect, test } from 'vitest'
import { showsGates } from '../../src/analysis/shows-gates.ts'

const NONE: ReadonlySet<string> = new Set()

test.each([
  ['a method', 'c.h(0)'],
  ['a method on the next line', '(Circuit(2)\n  . cnot(0, 1))'],
  ['an attribute of a module', 'loom.CNOT(0, 1)'],
  ['a literal', 'c.add("RX", 0.3)'],
  ["a literal after another's quotes", "c.add('weft', 'H')"],
  ['an imported name', 'from loom import Loom, Toffoli as T3'],
  ['an imported name on a further line', 'from loom import (\n    Loom,\n    Toffoli,\n)'],
  ['a star import', 'from loom import *\nc = Loom()'],
  ['OpenQASM', 'c = parse("""OPENQASM 2.0;\nqreg q[2];""")'],
  ['Quil', 'c = Program("DECLARE ro BIT[1]\\nMEASURE 0 ro[0]")'],
  ['lines of a language', 'c = parse("""qubits 2\nHAD 0\nCX 0 1""")'],
  ['lines of a language in one line of Python', 'c = parse("qubits 2\\nHAD 0\\nCX 0 1")'],
])('a gate: %s', (_, code) => {
  expect(showsGates(code, NONE, false)).toBe(true)
})

test('names that an earlier block bound', () => {
  expect(showsGates('c += T3(0, 1, 2)', NONE, false)).toBe(false)
  expect(showsGates('c += T3(0, 1, 2)', new Set(['T3']), false)).toBe(true)
  expect(showsGates('c += Toffoli(0, 1, 2)', NONE, true)).toBe(true)
})

test.each([
  ['variables', 'x = t + h\nprint(x, t)'],
  ['other methods', 'frame = pd.DataFrame({"column": [1, 2]}).mean()'],
  ['prose', 'raise ValueError("The shape is wrong.")'],
])('no gate: %s', (_, code) => {
  expect(showsGates(code, NONE, false)).toBe(false)
})
