/** Reads one file into facts. Runs inside a worker: what it throws or how long it takes harms one file only. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Parser } from 'web-tree-sitter'
import { readBindings } from './bindings.ts'
import { codeBlocks, notebookBlocks } from './code-blocks.ts'
import { FILE_LIMITS, type FileFacts, type FileTask, type RawSlice } from './file-facts.ts'
import { readMarks, readNames } from './marks.ts'
import { readModule } from './python-file.ts'
import { readSlices } from './slices.ts'
import { docstring } from './syntax.ts'

/** Text that is not UTF-8 is read with replacement characters: names are ASCII nearly everywhere. */
export async function readFileFacts(task: FileTask, parser: Parser): Promise<FileFacts> {
  const bytes = task.text === undefined ? await readFile(join(task.root, task.path)) : Buffer.from(task.text)
  const source = new TextDecoder('utf-8').decode(bytes)
  const facts = {
    path: task.path,
    kind: task.kind,
    module: task.module,
    bytes: bytes.length,
    imports: [],
    classes: [],
    functions: [],
    assignments: [],
    all: null,
    annotations: [],
    names: task.kind === 'document' ? [] : readNames(source, FILE_LIMITS.names),
    marks: readMarks(source),
    slices: [],
  } satisfies FileFacts
  if (task.kind === 'binding') return { ...facts, ...readBindings(source) }
  if (task.kind === 'document') {
    const blocks = task.path.endsWith('.ipynb') ? notebookBlocks(source) : codeBlocks(source)
    return { ...facts, slices: sliceBlocks(blocks, parser) }
  }
  const tree = parser.parse(source)
  if (!tree) return facts
  try {
    if (task.kind === 'example') return { ...facts, slices: readSlices(tree.rootNode).slice(0, FILE_LIMITS.slices) }
    const blocks = tree.rootNode
      .descendantsOfType(['module', 'class_definition', 'function_definition'])
      .slice(0, 4000)
      .flatMap((node) => {
        const text = node ? docstring(node.type === 'module' ? node : node.childForFieldName('body')) : undefined
        return text && /(>>>|```|::)/.test(text.text) ? codeBlocks(text.text, text.line) : []
      })
    const module = readModule(tree.rootNode)
    return { ...facts, ...module, slices: sliceBlocks(blocks, parser) }
  } finally {
    tree.delete()
  }
}

/** Blocks of one document share their imports, as a reader of the document would read them. */
function sliceBlocks(blocks: readonly { code: string; line: number }[], parser: Parser): RawSlice[] {
  const slices: RawSlice[] = []
  let header = ''
  for (const block of blocks.slice(0, FILE_LIMITS.blocks)) {
    const tree = parser.parse(`${header}${block.code}`)
    if (!tree) continue
    try {
      const lines = header.split('\n').length - 1
      slices.push(...readSlices(tree.rootNode, block.line - 1 - lines))
    } finally {
      tree.delete()
    }
    const imports = block.code.match(/^(?:from\s+[\w.]+\s+import\s+(?:\([^)]*\)|[^\n(]+)|import\s+[\w., ]+)$/gm) ?? []
    if (header.length < 4000) header += imports.map((line) => `${line}\n`).join('')
    if (slices.length >= FILE_LIMITS.slices) break
  }
  return slices.slice(0, FILE_LIMITS.slices)
}
