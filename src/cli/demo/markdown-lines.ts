/** A comment's Markdown as lines of a terminal: paragraphs broken, tables aligned, links by their text, what is hidden left out. */
import type { Nodes, RootContent, Table } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { cut, harmless, type Palette, wrap } from '../terminal.ts'

export interface LineOptions {
  readonly width: number
  readonly palette: Palette
  /** Headings of the sections to show, beside what stands before the first; the others are named in one line. Default: all. */
  readonly sections?: readonly string[] | undefined
}

/** Lines of one block of code that are shown. */
const MAX_CODE = 12

interface Section {
  readonly title: string | undefined
  readonly nodes: RootContent[]
}

/** Breaks a text into lines. What was left out is said in lines that begin with `[…]`. */
export function markdownLines(text: string, options: LineOptions): string[] {
  const { sections: wanted, palette } = options
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  const lines: string[] = []
  let left: string[] = []
  const sayLeft = () => {
    if (left.length > 0) lines.push(...block([palette.dim(`[…] ${left.join(' · ')}`)], lines))
    left = []
  }
  for (const { title, nodes } of sectionsOf(withoutDetails(tree.children))) {
    if (title !== undefined && wanted !== undefined && !wanted.includes(title)) {
      left.push(harmless(title))
      continue
    }
    sayLeft()
    for (const node of nodes) lines.push(...block(linesOf(node, options), lines))
  }
  sayLeft()
  return lines
}

/** A block after what is there already: an empty line between them. */
function block(lines: string[], before: readonly string[]): string[] {
  return lines.length > 0 && before.length > 0 ? ['', ...lines] : lines
}

/** Folded parts of a comment stand between two pieces of HTML. */
function withoutDetails(nodes: readonly RootContent[]): RootContent[] {
  let depth = 0
  return nodes.filter((node) => {
    if (node.type !== 'html') return depth === 0
    depth += (node.value.match(/<details\b/g) ?? []).length - (node.value.match(/<\/details>/g) ?? []).length
    return false
  })
}

/** A heading, or a paragraph that is nothing but bold, begins a section. The first line of a comment is no heading. */
function sectionsOf(nodes: readonly RootContent[]): Section[] {
  const sections: Section[] = [{ title: undefined, nodes: [] }]
  for (const [index, node] of nodes.entries()) {
    const [only, ...others] = node.type === 'paragraph' ? node.children : []
    const bold = only?.type === 'strong' && others.length === 0 && index > 0
    if (node.type === 'heading' || bold) sections.push({ title: plain(node), nodes: [node] })
    else sections.at(-1)?.nodes.push(node)
  }
  return sections
}

function linesOf(node: RootContent, options: LineOptions): string[] {
  const { width, palette } = options
  switch (node.type) {
    case 'heading':
      return [palette.bold(plain(node))]
    case 'paragraph': {
      const lines = wrap(plain(node), width).split('\n')
      return node.children.length === 1 && node.children[0]?.type === 'strong' ? lines.map(palette.bold) : lines
    }
    case 'list':
      return node.children.flatMap((item) => {
        const lines = item.children.flatMap((child) => linesOf(child, { ...options, width: width - 2 }))
        return lines.map((line, index) => (index === 0 ? `• ${line}` : `  ${line}`))
      })
    case 'code': {
      const lines = node.value.split('\n').map((line) => `  ${cut(visible(line), width - 2)}`)
      const more = lines.length - MAX_CODE
      return more > 1 ? [...lines.slice(0, MAX_CODE), palette.dim(`  […] ${more} more lines`)] : lines
    }
    case 'table':
      return tableLines(node, options)
    default:
      return 'children' in node ? wrap(plain(node), width).split('\n') : []
  }
}

/** Columns as wide as their cells; the widest gives way where the line is too long. */
function tableLines({ children: rows }: Table, { width, palette }: LineOptions): string[] {
  const cells = rows.map((row) => row.children.map((cell) => plain(cell)))
  const columns = Math.max(0, ...cells.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(1, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const total = () => widths.reduce((sum, one) => sum + one + 2, -2)
  while (total() > width && Math.max(...widths) > 8) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cut(cell, widths[column] ?? 1).padEnd(widths[column] ?? 1))
      .join('  ')
      .trimEnd()
  return cells.map((row, index) => (index === 0 ? palette.dim(line(row)) : line(row)))
}

/** The text that a reader sees of a node, in one line. */
function plain(node: Nodes): string {
  return harmless(textOf(node))
}

function textOf(node: Nodes): string {
  if (node.type === 'html' || node.type === 'image') return ''
  if (node.type === 'break') return ' '
  if ('children' in node) return node.children.map((child) => textOf(child)).join('')
  return 'value' in node ? node.value.replace(/\n/g, ' ') : ''
}

/** A line of code keeps its blanks; what a terminal would act on is replaced. */
function visible(line: string): string {
  return line
    .replace(/\t/g, '    ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .trimEnd()
}
