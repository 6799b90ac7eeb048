/** Syntax trees of the target's Python files. Offsets are those of the JavaScript string, the byte order mark left out. */
import { createRequire } from 'node:module'
import type { Node } from 'web-tree-sitter'
import { Language, Parser } from 'web-tree-sitter'

const require = createRequire(import.meta.url)
let ready: Promise<Language> | undefined

async function loadLanguage(): Promise<Language> {
  await Parser.init()
  return Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm'))
}

/** Parses `source` and hands its root to `use`; nodes must not be kept after that. */
export async function withPythonTree<T>(source: string, use: (root: Node) => T): Promise<T> {
  ready ??= loadLanguage()
  const language = await ready
  const parser = new Parser()
  try {
    parser.setLanguage(language)
    const tree = parser.parse(source)
    if (tree === null) throw new Error('The Python parser gave no tree.')
    try {
      return use(tree.rootNode)
    } finally {
      tree.delete()
    }
  } finally {
    parser.delete()
  }
}

/** Named children, without comments. */
export function childrenOf(node: Node | null | undefined): Node[] {
  return (node?.namedChildren ?? []).filter((child): child is Node => child !== null && child.type !== 'comment')
}

/** The definition inside decorators, or the node itself. */
export function undecorated(node: Node): Node {
  return node.type === 'decorated_definition' ? (node.childForFieldName('definition') ?? node) : node
}

/** Classes at module level. */
export function classesOf(root: Node): Node[] {
  return childrenOf(root)
    .map(undecorated)
    .filter((node) => node.type === 'class_definition')
}

export function nameOf(node: Node): string {
  return node.childForFieldName('name')?.text ?? ''
}

/** Methods of a class, as written, each with its decorators taken off. */
export function methodsOf(definition: Node): Node[] {
  return childrenOf(definition.childForFieldName('body'))
    .map(undecorated)
    .filter((node) => node.type === 'function_definition')
}

/** All nodes of one type below `node`, in order. */
export function descendants(node: Node, type: string): Node[] {
  return node.descendantsOfType(type).filter((found): found is Node => found !== null)
}

/** Value of a plain string literal without escapes, or undefined. */
export function plainString(node: Node | null | undefined): string | undefined {
  if (node?.type !== 'string') return undefined
  return /^(["'])([^"'\\\n]*)\1$/.exec(node.text)?.[2]
}
