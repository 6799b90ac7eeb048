import { describe, expect, test } from 'vitest'
import { analyseSnapshot } from '../../src/analysis/analyse.ts'
import type { Expression, Statement } from '../../src/values/driver.ts'
import type { Example } from '../../src/values/profile.ts'
import { makeSnapshot } from './support/package.ts'

const PACKAGE = `class Loom:
    """A loom of qubits."""
    def __init__(self, n=2): ...
    def h(self, q): ...
    def cnot(self, a, b): ...
class Engine:
    def run(self, loom): ...
class H: ...
class CNOT: ...
def rx(theta, q): ...
def from_qasm(source): ...
def setup(mode): ...
`

/** Reads driver words as Python, so that an expectation is one line. */
function show(expression: Expression): string {
  if ('lit' in expression) return JSON.stringify(expression.lit)
  if ('role' in expression) return `<${expression.role}>`
  if ('var' in expression) return expression.var
  if ('ref' in expression) return expression.ref
  if ('attr' in expression) return `${show(expression.attr[0])}.${expression.attr[1]}`
  if ('item' in expression) return `${show(expression.item[0])}[${show(expression.item[1])}]`
  if ('list' in expression) return `[${expression.list.map(show).join(', ')}]`
  if ('tuple' in expression) return `(${expression.tuple.map(show).join(', ')})`
  if ('op' in expression) return `(${show(expression.args[0])} ${expression.op} ${show(expression.args[1])})`
  if ('call' in expression) {
    const named = Object.entries(expression.kwargs ?? {}).map(([name, value]) => `${name}=${show(value)}`)
    return `${show(expression.call)}(${[...expression.args.map(show), ...named].join(', ')})`
  }
  return JSON.stringify(expression)
}

const lines = (statements: readonly Statement[]) =>
  statements.map((statement) => `${statement.var === undefined ? '' : `${statement.var} = `}${show(statement.value)}`)
const shape = (example: Example | undefined) =>
  example && { setup: lines(example.setup), gates: lines(example.gates), run: lines(example.run) }

async function examples(code: string, path = 'tests/test_it.py'): Promise<Example[]> {
  const profile = await analyseSnapshot(
    await makeSnapshot({ wheel: { 'loom/__init__.py': PACKAGE }, sdist: { [path]: code } }),
  )
  return profile.examples
}

describe('slices of code become examples', () => {
  test('a pair of names that is given a pair of values is two assignments', async () => {
    const [example] = await examples('from loom import Loom\nc, n = Loom(3), 3\nc.h(0)\nc.run(n)\n')
    expect(shape(example)).toEqual({
      setup: ['circuit = loom:Loom(3)'],
      gates: ['circuit.h(0)'],
      run: ['circuit.run(3)'],
    })
  })

  test('a chain is setup, gates and run', async () => {
    const [example] = await examples(
      'from loom import Loom\nresult = Loom(2).h[0].cnot[0, 1].m[:].run(shots=5)\nprint(result.counts)\n',
    )
    expect(shape(example)).toEqual({
      setup: ['circuit = loom:Loom(2)'],
      gates: ['circuit.h[0]', 'circuit.cnot[(0, 1)]'],
      run: ['result = circuit.m[<qubits>].run(shots=5)', 'result.counts'],
    })
  })

  test('operators, constants and definitions that the run needs', async () => {
    const [example] = await examples(
      'import loom\nfrom loom import H\nn = 3\neng = loom.Engine()\nq = eng.alloc(n)\nunused = loom.Loom(9)\nH | q[0]\nbackend = loom.Engine()\nbackend.run(q)\neng.flush()\n',
    )
    expect(shape(example)).toEqual({
      setup: ['eng = loom:Engine()', 'circuit = eng.alloc(3)'],
      gates: ['(loom:H | circuit[0])'],
      run: ['backend = loom:Engine()', 'backend.run(circuit)', 'eng.flush()'],
    })
  })

  test('gates given to the constructor come out of it; `+=` adds one', async () => {
    const [example] = await examples(
      'from loom import *\np = Loom(H(0), CNOT(0, 1))\np += rx(-0.5, 1)\nEngine().run(p)\n',
    )
    expect(shape(example)).toEqual({
      setup: ['circuit = loom:Loom()'],
      gates: ['loom:H(0)', 'loom:CNOT(0, 1)', 'circuit = (circuit + loom:rx(-0.5, 1))'],
      run: ['loom:Engine().run(circuit)'],
    })
  })

  test('a test class, its assertions, and loops that stand for their first pass', async () => {
    const found = await examples(
      'import loom\nimport numpy as np\nclass TestIt:\n    def test_bell(self):\n        self.c = loom.Loom(2)\n        for q in range(2):\n            self.c.h(q)\n        np.testing.assert_allclose(self.c.state().data, [1, 0])\n        assert self.c.run() == 1\n',
    )
    expect(shape(found[0])).toEqual({
      setup: ['circuit = loom:Loom(2)'],
      gates: ['circuit.h(0)'],
      run: ['circuit.state().data', 'circuit.run()'],
    })
  })

  test('a global call of the package belongs to the setup; drawing and printing belong nowhere', async () => {
    const [example] = await examples(
      'import loom\nloom.setup("exact")\nc = loom.Loom(2)\nc.h(0)\nc.draw()\nc.save("x")\nprint(c.state())\n',
    )
    expect(shape(example)).toEqual({
      setup: ['loom:setup("exact")', 'circuit = loom:Loom(2)'],
      gates: ['circuit.h(0)'],
      run: ['circuit.state()'],
    })
  })

  test('a program text is the role text, with its dialect', async () => {
    const [example] = await examples(
      'from loom import from_qasm, Engine\nc = from_qasm("""OPENQASM 3;\nqubit[2] q;\nh q[0];""")\nEngine().run(c)\n',
    )
    expect(example).toMatchObject({ dialect: 'openqasm3', strong: true })
    expect(shape(example)).toEqual({
      setup: ['circuit = loom:from_qasm(<text>)'],
      gates: [],
      run: ['loom:Engine().run(circuit)'],
    })
  })

  test.each([
    ['line by line', 'text = "h q0\\n"\ntext += "cnot q0 q1\\n"\n'],
    ['from a list of lines', 'text = "\\n".join(["h q0", "cnot q0 q1", ""])\n'],
  ])('a program that is put together %s is the role text, too', async (_, code) => {
    const [example] = await examples(`from loom import from_qasm\n${code}c = from_qasm(text)\nc.run()\n`)
    expect(example).toMatchObject({ dialect: 'lines', program: 'h q0\ncnot q0 q1\n' })
    expect(shape(example)).toMatchObject({ setup: ['circuit = loom:from_qasm(<text>)'], run: ['circuit.run()'] })
  })

  test('a text inside a larger expression makes the circuit; the rest runs it', async () => {
    const [example] = await examples(
      'import loom\nresult = loom.Engine().run(loom.from_qasm(source="OPENQASM 2.0;\\nqreg q[1];")).shots(10)\nresult.counts()\n',
    )
    expect(example?.dialect).toBe('openqasm2')
    expect(shape(example)).toEqual({
      setup: ['circuit = loom:from_qasm(source=<text>)'],
      gates: [],
      run: ['result = loom:Engine().run(circuit).shots(10)', 'result.counts()'],
    })
  })

  test('a reference names the module that holds the name', async () => {
    const profile = await analyseSnapshot(
      await makeSnapshot({
        wheel: { 'loom/__init__.py': 'from . import parts\n', 'loom/parts.py': 'class Loom: ...\nclass H: ...\n' },
        sdist: { 'README.md': '```\nfrom loom import parts\nc = parts.Loom(2)\nc.add(parts.H(0))\n```\n' },
      }),
    )
    expect(shape(profile.examples[0])).toMatchObject({
      setup: ['circuit = loom.parts:Loom(2)'],
      gates: ['circuit.add(loom.parts:H(0))'],
    })
  })

  test('Markdown, reStructuredText, doctests and docstrings; blocks share their imports', async () => {
    const markdown = await examples(
      '# Use\n\n```python\nfrom loom import Loom\n```\nthen\n```python\nc = Loom(2)\nc.h(0)\n```\n',
      'README.md',
    )
    expect(markdown[0]?.evidence).toEqual({ file: 'README.md', line: 8 })
    const rst = await examples(
      'Use\n===\n\n.. code-block:: python\n   :linenos:\n\n   import loom\n   c = loom.Loom(2)\n   c.h(0)\n\nend\n',
      'docs/index.rst',
    )
    expect(rst[0]?.evidence).toEqual({ file: 'docs/index.rst', line: 8 })
    const doctest = await examples(
      'Use::\n\n    >>> import loom\n    >>> c = loom.Loom(2)\n    >>> c.h(0)\n    <Loom>\n    >>> c.run()\n',
      'docs/use.rst',
    )
    expect(shape(doctest[0])?.run).toEqual(['circuit.run()'])
    expect(doctest[0]?.evidence.line).toBe(4)
  })

  test('code that does not use the package, or has no gate, is no example', async () => {
    expect(await examples('import other\nc = other.Loom(2)\nc.h(0)\n')).toEqual([])
    expect(await examples('import loom\nc = loom.Loom(2)\nc.name\n')).toEqual([])
  })
})
