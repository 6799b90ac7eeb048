/** Small helpers over web-tree-sitter nodes of the Python grammar. */
import type { Node } from 'web-tree-sitter'

/** Named children without comments. (A missing child is null in the typings only.) */
export function children(node: Node | null): Node[] {
  if (!node) return []
  return node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment')
}

export const lineOf = (node: Node): number => node.startPosition.row + 1

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
}

/** Value of a string literal, or undefined for bytes and for a string with an interpolation. */
export function stringValue(node: Node): string | undefined {
  if (node.type === 'concatenated_string') {
    let joined = ''
    for (const part of children(node)) {
      const value = stringValue(part)
      if (value === undefined) return undefined
      joined += value
    }
    return joined
  }
  if (node.type !== 'string') return undefined
  const match = /^([A-Za-z]{0,3})('''|"""|'|")([\s\S]*)\2$/.exec(node.text)
  if (!match) return undefined
  const prefix = (match[1] ?? '').toLowerCase()
  const body = match[3] ?? ''
  if (prefix.includes('b')) return undefined
  if (prefix.includes('f') && children(node).some((child) => child.type === 'interpolation')) return undefined
  if (prefix.includes('r')) return body
  return body.replace(/\\([ntr\\'"\n])/g, (_, letter: string) => ESCAPES[letter] ?? letter)
}
