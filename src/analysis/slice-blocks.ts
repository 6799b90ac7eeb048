/** Slices of the code blocks of one document, which share their imports as a reader of the document would read them. */
import type { Parser } from 'web-tree-sitter'
import { gateOfName } from '../values/gate-names.ts'
import type { CodeBlock } from './code-blocks.ts'
import { FILE_LIMITS, type RawSlice } from './file-facts.ts'
import { showsGates } from './shows-gates.ts'
import { type Imports, readImports, readSlices } from './slices.ts'

const IMPORT = /^(?:from\s+[\w.]+\s+import\s+(?:\([^)]*\)|[^\n(]+)|import\s+[\w., ]+)$/gm
/** Characters of different import statements. */
const MAX_IMPORTS = 4000

/** Only blocks that may show a gate are parsed, each alone; of the others only the imports. */
export function sliceBlocks(blocks: readonly CodeBlock[], parser: Parser): RawSlice[] {
  const slices: RawSlice[] = []
  const document = new DocumentImports(parser)
  for (const block of blocks.slice(0, FILE_LIMITS.blocks)) {
    if (document.mayShowGates(block.code)) {
      const tree = parser.parse(block.code)
      slices.push(...(tree ? readSlices(tree.rootNode, block.line - 1, document.bound) : []))
      tree?.delete()
    }
    if (slices.length >= FILE_LIMITS.slices) break
    document.add(block.code)
  }
  return slices.slice(0, FILE_LIMITS.slices)
}

/** The imports of the blocks so far. The same statement stands in many blocks, and is parsed once. */
class DocumentImports {
  readonly bound: Imports = { aliases: new Map(), modules: new Set(), stars: [] }
  private readonly statements = new Map<string, Imports>()
  private readonly gates = new Set<string>()
  private characters = 0
  private readonly parser: Parser

  constructor(parser: Parser) {
    this.parser = parser
  }

  mayShowGates(code: string): boolean {
    return showsGates(code, this.gates, this.bound.stars.length > 0)
  }

  add(code: string): void {
    for (const [statement] of code.matchAll(IMPORT)) {
      const read = this.statements.get(statement) ?? this.parse(statement)
      if (!read) continue
      for (const [alias, reference] of read.aliases) {
        this.bound.aliases.set(alias, reference)
        if (gateOfName(/[^.:]*$/.exec(reference)?.[0] ?? '')) this.gates.add(alias)
      }
      for (const module of read.modules) this.bound.modules.add(module)
      for (const module of read.stars) if (!this.bound.stars.includes(module)) this.bound.stars.push(module)
    }
  }

  private parse(statement: string): Imports | undefined {
    if (this.characters >= MAX_IMPORTS) return undefined
    this.characters += statement.length
    const tree = this.parser.parse(statement)
    if (!tree) return undefined
    const imports = readImports(tree.rootNode)
    tree.delete()
    this.statements.set(statement, imports)
    return imports
  }
}
