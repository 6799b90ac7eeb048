/** Pieces that the views are made of: headings, rows with a label, tables, evidence. */
import type { Evidence } from '../../values/profile.ts'
import type { Terminal } from '../terminal.ts'
import { cut, harmless, wrap } from '../terminal.ts'

const LABEL_WIDTH = 17

/** A heading with an empty line above. */
export function heading(text: string, { palette }: Terminal): string {
  return `\n${palette.bold(text)}\n`
}

/** `  label         text`, wrapped with a hanging indent. Nothing at all when there is no text. */
export function row(label: string, text: string, out: Terminal): string {
  const shown = harmless(text)
  if (shown === '') return ''
  const indent = ' '.repeat(LABEL_WIDTH + 2)
  const lines = wrap(shown, out.width, indent)
  return `  ${out.palette.dim(label.padEnd(LABEL_WIDTH))}${lines.slice(indent.length)}\n`
}

/** Indented text, wrapped. */
export function paragraph(text: string, out: Terminal, indent = '  '): string {
  return `${wrap(harmless(text), out.width, indent)}\n`
}

/** Where a fact stands: `README.md:12`, with how many more places there are. */
export function where(evidence: readonly Evidence[]): string {
  const [first, ...more] = evidence
  if (first === undefined) return ''
  return `${harmless(first.file)}:${first.line}${more.length > 0 ? ` +${more.length}` : ''}`
}

/** A table without lines: every column as wide as its widest cell, the last one cut at the edge. */
export function table(cellsOf: readonly (readonly string[])[], out: Terminal, indent = '  '): string {
  const rows = cellsOf.map((cells) => cells.map(harmless))
  const widths: number[] = []
  for (const cells of rows) {
    cells.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length)
    })
  }
  return rows
    .map((cells) => {
      const line = cells.map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      return `${indent}${cut(line.join('  '), out.width - indent.length)}\n`
    })
    .join('')
}

/** `1 file`, `2 files`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** `1.2 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
