/** What became of the invented simulators, in all and by each value of each axis. */
import type { InventedRow } from './one.ts'

const VERDICTS = ['complete', 'partial', 'not found', 'wrong'] as const
const NOT_AN_AXIS = new Set(['seed', 'gates'])

/** Markdown: one table of verdicts, the worst values of axes first. */
export function summary(rows: readonly InventedRow[]): string {
  const cells = (of: readonly InventedRow[]) =>
    VERDICTS.map((verdict) => String(of.filter((row) => row.verdict === verdict).length))
  const table = [
    ['axis', 'value', 'simulators', ...VERDICTS],
    ['', '', '', '', '', '', ''].map(() => '---'),
    ['all', '', String(rows.length), ...cells(rows)],
    ...byAxis(rows).map(({ axis, value, of }) => [axis, value, String(of.length), ...cells(of)]),
  ]
  return table.map((row) => `| ${row.join(' | ')} |\n`).join('')
}

interface Part {
  readonly axis: string
  readonly value: string
  readonly of: readonly InventedRow[]
}

function byAxis(rows: readonly InventedRow[]): Part[] {
  const parts: Part[] = []
  for (const axis of Object.keys(rows[0]?.axes ?? {}).filter((name) => !NOT_AN_AXIS.has(name))) {
    const values = [...new Set(rows.map((row) => String(row.axes[axis])))].sort()
    for (const value of values) parts.push({ axis, value, of: rows.filter((row) => String(row.axes[axis]) === value) })
  }
  const share = ({ of }: Part) => of.filter((row) => row.verdict === 'complete').length / of.length
  return parts.sort((a, b) => share(a) - share(b) || b.of.length - a.of.length)
}
