/** Finds the docstrings of a module that show code. */
import type { Node } from 'web-tree-sitter'
import { lineOf, stringValue } from './syntax.ts'

export interface Docstring {
  readonly text: string
  /** Line in the file on which the literal starts. */
  readonly line: number
}

/** A prompt, a fence, or what a literal block of reStructuredText begins with. */
const SHOWS_CODE = />>>|```|::/g
const MAX_DOCSTRINGS = 4000
const LITERAL = /^(string_content|escape_sequence|string|concatenated_string)$/

/**
 * Docstrings of the module, its classes and its functions, in their order. They are found from the text: to look into every
 * definition of the tree for them takes a fifth of the time of parsing it.
 *
 * @param source the text that the tree was made from
 */
export function docstringsWithCode(root: Node, source: string): Docstring[] {
  const found: Docstring[] = []
  let read = 0
  for (const { index } of source.matchAll(SHOWS_CODE)) {
    if (index < read) continue
    const literal = literalAt(root, index)
    if (!literal) continue
    read = literal.endIndex
    const text = isDocstring(literal) ? stringValue(literal) : undefined
    if (text !== undefined) found.push({ text, line: lineOf(literal) })
    if (found.length >= MAX_DOCSTRINGS) break
  }
  return found
}

function literalAt(root: Node, index: number): Node | undefined {
  let literal: Node | undefined
  for (let node = root.namedDescendantForIndex(index); node && LITERAL.test(node.type); node = node.parent)
    literal = node
  return literal
}

/** Whether it is the first thing in the first statement of a body. */
function isDocstring(literal: Node): boolean {
  const statement = literal.parent
  if (statement?.type !== 'expression_statement' || first(statement)?.id !== literal.id) return false
  const body = statement.parent
  if (!body || first(body)?.id !== statement.id) return false
  return body.type === 'module' || /^(class|function)_definition$/.test(body.parent?.type ?? '')
}

/** The first named child that is no comment. */
function first(node: Node): Node | null {
  let child = node.firstNamedChild
  while (child?.type === 'comment') child = child.nextNamedSibling
  return child
}
