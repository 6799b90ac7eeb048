/** Foreign text in Markdown: only inside a fence that is longer than any run of backticks in it, capped, on plain lines. */

const MAX_LINES = 60
const MAX_COLUMNS = 160

/** A fenced block. Nothing in it is read as Markdown: no links, images, mentions or HTML. */
export function fenced(lines: readonly string[]): string {
  const shown = lines.slice(0, MAX_LINES).map(plainLine)
  if (lines.length > MAX_LINES) shown.push(`(${lines.length - MAX_LINES} more lines)`)
  const longest = Math.max(0, ...shown.flatMap((line) => [...line.matchAll(/`+/g)].map((run) => run[0].length)))
  const fence = '`'.repeat(Math.max(3, longest + 1))
  return [`${fence}text`, ...shown, fence].join('\n')
}

/** One line without control, format or separator characters (which could reorder or end it), capped. */
function plainLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .trimEnd()
  return line.length <= MAX_COLUMNS ? line : `${line.slice(0, MAX_COLUMNS - 1)}…`.toWellFormed()
}
