import { expect, test } from 'vitest'
import { selfAttributes } from '../../src/analysis/self-attributes.ts'
import { pythonParser } from './support/parser.ts'

const parser = await pythonParser()

test('assignments, annotations, chains and pairs on self, and nothing that only reads it', () => {
  const source = [
    'class A:',
    '    def f(self, other):',
    '        self.plain = self.chained = 1',
    '        self.typed: int = 2',
    '        self.one, self.two = 1, 2',
    '        g(self.read, 1)',
    '        h(named=self.read)',
    '        if self.compared == 3:',
    '            return {self.key: 1}',
    '        other.self.foreign = 1',
    '        self.deep.inner = 1',
    '        self.list[0] = 1',
  ].join('\n')
  const tree = parser.parse(source)
  if (!tree) throw new Error('It cannot be parsed.')
  expect(selfAttributes(tree.rootNode, source).map(({ name }) => name)).toEqual([
    ...['plain', 'chained', 'typed', 'one', 'two'],
  ])
  tree.delete()
})
