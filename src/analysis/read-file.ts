/** Reads one file into facts. Runs inside a worker: what it throws or how long it takes harms one file only. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Parser } from 'web-tree-sitter'
import { readBindings } from './bindings.ts'
import { codeBlocks, notebookBlocks } from './code-blocks.ts'
import { docstringsWithCode } from './docstrings.ts'
import { FILE_LIMITS, type FileFacts, type FileTask } from './file-facts.ts'
import { readMarks, readNames } from './marks.ts'
import { readModule } from './python-file.ts'
import { showsGates } from './shows-gates.ts'
import { sliceBlocks } from './slice-blocks.ts'
import { readSlices } from './slices.ts'

/** Text that is not UTF-8 is read with replacement characters: names are ASCII nearly everywhere. */
export async function readFileFacts(task: FileTask, parser: Parser): Promise<FileFacts> {
  const bytes = task.text === undefined ? readFileSync(join(task.root, task.path)) : Buffer.from(task.text)
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
  // Example code without a gate is no example. What a person says is read whatever it is.
  if (task.kind === 'example' && task.text === undefined && !showsGates(source, new Set(), false)) return facts
  const tree = parser.parse(source)
  if (!tree) return facts
  try {
    if (task.kind === 'example') return { ...facts, slices: readSlices(tree.rootNode).slice(0, FILE_LIMITS.slices) }
    const blocks = docstringsWithCode(tree.rootNode, source).flatMap(({ text, line }) => codeBlocks(text, line))
    return { ...facts, ...readModule(tree.rootNode, source), slices: sliceBlocks(blocks, parser) }
  } finally {
    tree.delete()
  }
}
