import { expect, test } from 'vitest'
import { docstringsWithCode } from '../../src/analysis/docstrings.ts'
import { pythonParser } from './support/parser.ts'

const parser = await pythonParser()

function docstrings(source: string): [string, number][] {
  const tree = parser.parse(source)
  if (!tree) throw new Error('It cannot be parsed.')
  const found = docstringsWithCode(tree.rootNode, source).map(({ text, line }): [string, number] => [text, line])
  tree.delete()
  return found
}

test('docstrings of modules, classes, methods and inner functions, in their order', () => {
  expect(
    docstrings(
      [
        '# A comment may stand before it.',
        '"""Of the module é𝄞: >>> a"""',
        'class A:',
        '    # and here',
        '    r"""Of the class::',
        '',
        '        code"""',
        '    def f(self):',
        '        "Of a method "  ">>> b"',
        '        def inner():',
        "            '''```python'''",
        '        return inner',
      ].join('\n'),
    ),
  ).toEqual([
    ['Of the module é𝄞: >>> a', 2],
    ['Of the class::\n\n        code', 5],
    ['Of a method >>> b', 9],
    ['```python', 11],
  ])
})

test.each([
  ['an assigned text', 'a = ">>> b"'],
  ['an argument', 'f(">>> b")'],
  ['a text after another statement', 'def f():\n    a = 1\n    """>>> b"""'],
  ['a text in a branch', 'if a:\n    """>>> b"""'],
  ['a slice', 'def f(x):\n    return x[::2]'],
  ['a shift', 'a = b >> c'],
  ['an interpolation', 'def f():\n    f""">>> {a}"""'],
  ['no code in it', 'def f():\n    """Nothing to see."""'],
])('%s is no docstring with code', (_, source) => {
  expect(docstrings(source)).toEqual([])
})
