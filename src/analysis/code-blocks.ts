/** Finds Python in documents: Markdown fences, reStructuredText blocks, doctests and notebook cells, with their lines. */
import { FILE_LIMITS } from './file-facts.ts'

export interface CodeBlock {
  readonly code: string
  /** Line in the document at which the block's first line stands. */
  readonly line: number
}

/** Code blocks of a README, a page of documentation or a docstring. `line` is the line at which the text starts. */
export function codeBlocks(text: string, line = 1): CodeBlock[] {
  const lines = text.split(/\r\n|\r|\n/)
  const blocks: CodeBlock[] = []
  let index = 0
  while (index < lines.length && blocks.length < FILE_LIMITS.blocks) {
    const current = lines[index] ?? ''
    const fence = /^\s*(`{3,}|~{3,})\s*\{?\.?([\w+-]*)/.exec(current)
    if (fence) index = readFence(lines, index, fence[1] ?? '```', fence[2] ?? '', blocks, line)
    else if (/^\s*(>>>|In \[\d*\]:)/.test(current)) index = readDoctest(lines, index, blocks, line)
    else if (
      /^\s*\.\.\s+(code-block|code|sourcecode|testcode|ipython|jupyter-execute)::/.test(current) ||
      /::\s*$/.test(current)
    ) {
      index = readIndented(lines, index, blocks, line)
    } else index += 1
  }
  return blocks
}

function readFence(
  lines: string[],
  start: number,
  fence: string,
  language: string,
  blocks: CodeBlock[],
  first: number,
): number {
  let end = start + 1
  while (end < lines.length && !(lines[end] ?? '').trim().startsWith(fence)) end += 1
  if (/^(|python\d?|py|pycon|ipython\d?|code-cell)$/i.test(language)) push(lines, start + 1, end, blocks, first)
  return end + 1
}

/** Prompts come off and the output between them goes; blank lines keep the numbering. */
function readDoctest(lines: string[], start: number, blocks: CodeBlock[], first: number): number {
  let end = start
  const code: string[] = []
  let gap = 0
  while (end < lines.length && gap < 6) {
    const match = /^\s*(?:>>>|\.\.\.|In \[\d*\]:)(?: (.*))?$/.exec(lines[end] ?? '')
    code.push(match ? (match[1] ?? '') : '')
    gap = match ? 0 : gap + 1
    end += 1
  }
  blocks.push({ code: code.join('\n'), line: first + start })
  return end
}

function readIndented(lines: string[], start: number, blocks: CodeBlock[], first: number): number {
  const base = indentation(lines[start] ?? '')
  let begin = start + 1
  // Options of the directive (`:linenos:`) and blank lines.
  while (begin < lines.length && /^\s*(:[\w-]+:.*)?$/.test(lines[begin] ?? '')) begin += 1
  let end = begin
  while (end < lines.length && ((lines[end] ?? '').trim() === '' || indentation(lines[end] ?? '') > base)) end += 1
  if (end === begin) return start + 1
  if (/^\s*>>>/.test(lines[begin] ?? '')) readDoctest(lines, begin, blocks, first)
  else push(lines, begin, end, blocks, first)
  return Math.max(end, start + 1)
}

function push(lines: string[], begin: number, end: number, blocks: CodeBlock[], first: number): void {
  const part = lines.slice(begin, end)
  if (part.some((text) => /^\s*>>>/.test(text))) {
    readDoctest(part, 0, blocks, first + begin)
    return
  }
  const filled = part.filter((text) => text.trim() !== '')
  const indent = filled.reduce((least, text) => Math.min(least, indentation(text)), 200)
  if (filled.length > 0) {
    blocks.push({ code: part.map((text) => text.slice(indent)).join('\n'), line: first + begin })
  }
}

const indentation = (text: string): number => text.length - text.trimStart().length

/** Code cells of a notebook as one block, so that later cells see the imports of earlier ones. */
export function notebookBlocks(text: string): CodeBlock[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return [] // Garbage with a notebook's name says nothing about the package.
  }
  const cells = isRecord(parsed) && Array.isArray(parsed.cells) ? parsed.cells.slice(0, 300) : []
  const code: string[] = []
  for (const cell of cells) {
    if (!isRecord(cell) || cell.cell_type !== 'code') continue
    const source = Array.isArray(cell.source)
      ? cell.source.filter((part) => typeof part === 'string').join('')
      : cell.source
    if (typeof source === 'string') code.push(source.replace(/^\s*[%!].*$/gm, ''))
  }
  return code.length > 0 ? [{ code: code.join('\n').slice(0, 200_000), line: 1 }] : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
