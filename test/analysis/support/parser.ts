/** The parser of the analysis, in this process. */
import { createRequire } from 'node:module'
import { Language, Parser } from 'web-tree-sitter'

const require = createRequire(import.meta.url)

export async function pythonParser(): Promise<Parser> {
  await Parser.init()
  return new Parser().setLanguage(await Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm')))
}
