/** What a `setup.py` says of itself, as far as it is written down in it. It is parsed, never run. */
import { createRequire } from 'node:module'
import { Language, type Node, Parser } from 'web-tree-sitter'

const require = createRequire(import.meta.url)

/** Values of `setup(…)` that are literals, or names of literals. */
export interface SetupFacts {
  readonly strings: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** Keys of `package_dir` with their folders. */
  readonly packageDir: ReadonlyMap<string, string>
  /** All keywords that were given, whatever their values. */
  readonly keywords: ReadonlySet<string>
}

/** Longer scripts are programs; nothing is looked for in them. */
const MAX_SCRIPT = 200_000
const MAX_ITEMS = 300

export async function readSetupScript(source: string): Promise<SetupFacts> {
  const facts = {
    strings: new Map<string, string>(),
    lists: new Map<string, string[]>(),
    packageDir: new Map<string, string>(),
    keywords: new Set<string>(),
  }
  if (source.length > MAX_SCRIPT) return facts
  await Parser.init()
  const parser = new Parser()
  try {
    parser.setLanguage(await Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm')))
    const tree = parser.parse(source)
    if (tree === null) return facts
    try {
      const names = assignments(tree.rootNode)
      const call = tree.rootNode
        .descendantsOfType('call')
        .find((node) => /^(?:\w+\.)?setup$/.test(node?.childForFieldName('function')?.text ?? ''))
      for (const argument of named(call?.childForFieldName('arguments'))) {
        if (argument.type !== 'keyword_argument') continue
        const keyword = argument.childForFieldName('name')?.text ?? ''
        const value = follow(argument.childForFieldName('value'), names)
        facts.keywords.add(keyword)
        const text = stringOf(value)
        if (text !== undefined) facts.strings.set(keyword, text)
        else if (value?.type === 'list' || value?.type === 'tuple')
          facts.lists.set(
            keyword,
            named(value)
              .slice(0, MAX_ITEMS)
              .flatMap((item) => stringOf(follow(item, names)) ?? []),
          )
        else if (keyword === 'package_dir' && value?.type === 'dictionary') readPairs(value, facts.packageDir)
        else if (keyword === 'packages' && value?.type === 'call') readWhere(value, facts.strings)
      }
      return facts
    } finally {
      tree.delete()
    }
  } finally {
    parser.delete()
  }
}

/** `find_packages("src")` and `find_packages(where="src")`: the folder, as the string `where`. */
function readWhere(call: Node, strings: Map<string, string>): void {
  for (const argument of named(call.childForFieldName('arguments'))) {
    const isWhere = argument.type !== 'keyword_argument' || argument.childForFieldName('name')?.text === 'where'
    const text = stringOf(argument.type === 'keyword_argument' ? argument.childForFieldName('value') : argument)
    if (isWhere && text !== undefined) strings.set('where', text)
  }
}

function readPairs(dictionary: Node, into: Map<string, string>): void {
  for (const pair of named(dictionary)) {
    const [key, value] = [stringOf(pair.childForFieldName('key')), stringOf(pair.childForFieldName('value'))]
    if (key !== undefined && value !== undefined) into.set(key, value)
  }
}

/** Names that are given a value once, at the top of the script. */
function assignments(root: Node): Map<string, Node | undefined> {
  const found = new Map<string, Node | undefined>()
  for (const statement of named(root)) {
    const assignment = named(statement)[0]
    if (statement.type !== 'expression_statement' || assignment?.type !== 'assignment') continue
    const left = assignment.childForFieldName('left')
    if (left?.type !== 'identifier') continue
    found.set(left.text, found.has(left.text) ? undefined : (assignment.childForFieldName('right') ?? undefined))
  }
  return found
}

function follow(node: Node | null | undefined, names: ReadonlyMap<string, Node | undefined>): Node | undefined {
  return node?.type === 'identifier' ? names.get(node.text) : (node ?? undefined)
}

function named(node: Node | null | undefined): Node[] {
  return (node?.namedChildren ?? []).filter((child): child is Node => child !== null && child.type !== 'comment')
}

/** Value of a string literal without prefix, escapes and line ends. */
function stringOf(node: Node | null | undefined): string | undefined {
  return node?.type === 'string' ? /^(["'])([^"'\\\n]*)\1$/.exec(node.text)?.[2] : undefined
}
