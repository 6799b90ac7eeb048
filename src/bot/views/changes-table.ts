/** The table of changes, in the body of a pull request between two markers, and in the check run. */
import { posix } from 'node:path'
import { type ChangeStanding, isLive } from '../../change/standing.ts'
import { formatMarker } from '../../values/marker.ts'
import { counted, inlineCode, MAX_BODY, plain, table } from './markdown.ts'

const ROWS = 60
const END = '<!-- graft:table-end -->'
const BEGIN = /<!-- graft:table ([A-Za-z0-9_-]{1,80}) -->/

/** One row for each change: id, what, files, lines, state. Titles of people's commits stand as code. */
export function changesTable(changes: readonly ChangeStanding[]): string {
  return tableWith(changes, stateWords)
}

function tableWith(changes: readonly ChangeStanding[], state: (change: ChangeStanding) => string): string {
  const rows = changes
    .slice(0, ROWS)
    .map((change) => [
      `\`${change.id}\``,
      change.origin === 'person' ? `${inlineCode(change.title, 80)} (pushed by a person)` : plain(change.title, 120),
      filesCell(change.files),
      `+${change.added} −${change.removed}`,
      state(change),
    ])
  const more = changes.length - rows.length
  return table(
    ['id', 'change', 'files', 'lines', 'state'],
    more > 0 ? [...rows, [`${more} more`, '', '', '', '']] : rows,
  )
}

/** One file, or the folder that all of them are in. */
export function filesCell(files: readonly string[]): string {
  const [first] = files
  if (first === undefined) return 'none'
  if (files.length === 1) return inlineCode(first)
  let folder = posix.dirname(first)
  while (folder !== '.' && !files.every((file) => file.startsWith(`${folder}/`))) folder = posix.dirname(folder)
  const number = counted(files.length, 'file')
  return folder === '.' ? number : `${inlineCode(`${folder}/`)} (${number})`
}

/** How a change stands, as Markdown for a cell. */
export function stateWords({ state }: ChangeStanding): string {
  switch (state.type) {
    case 'proposed':
      return 'to be approved'
    case 'lapsed':
      return `edited since ${inlineCode(state.by, 40)} approved: to be approved again`
    case 'approved':
      return `✓ approved by ${inlineCode(state.by, 40)}`
    case 'reverted':
      return `taken back by \`${state.revert}\` (${state.commit.slice(0, 7)})`
    case 'rejected': {
      const by = state.by === undefined ? '' : ` by ${inlineCode(state.by, 40)}`
      return `rejected${by} (\`${state.revert}\`): ${inlineCode(state.reason, 120)}`
    }
    default:
      return state satisfies never
  }
}

/**
 * The marked part of a pull request's body: what there is, and what was taken back. Approvals stand in the check run alone, so
 * that giving one does not rewrite the body.
 *
 * @param of the issue's number
 */
export function markedTable(of: string, changes: readonly ChangeStanding[]): string {
  const live = changes.filter(isLive)
  const first = live[0]?.id
  const next =
    first === undefined
      ? '**Every change is taken back.** `/revert r1` brings back what `r1` took.'
      : `Comment \`/approve\` for all of them, or name some: \`/approve ${first}\`. The check \`graft\` says which are approved, by whom, and what is missing.`
  const state = (change: ChangeStanding) => (isLive(change) ? 'in' : stateWords(change))
  return [formatMarker({ kind: 'table', of }), '', tableWith(changes, state), '', next, '', END].join('\n')
}

/**
 * The body with its marked part renewed; the same text when nothing differs. What people wrote around it stays; where they
 * deleted the marked part it is put at the end. A body that would become too long for GitHub stays as it is.
 */
export function renewTable(body: string, changes: readonly ChangeStanding[]): string {
  const begin = BEGIN.exec(body)
  const end = begin === null ? -1 : body.indexOf(END, begin.index)
  const found = begin !== null && end >= 0
  const renewed = markedTable(begin?.[1] ?? 'pull', changes)
  const [before, old, after] = found
    ? [body.slice(0, begin.index), body.slice(begin.index, end + END.length), body.slice(end + END.length)]
    : [body.replace(BEGIN, '').trimEnd() + (body.trim() === '' ? '' : '\n\n'), '', '\n']
  // GitHub's editor turns line ends into CR LF.
  if (old.replaceAll('\r\n', '\n') === renewed) return body
  const result = `${before}${renewed}${after}`
  return result.length > MAX_BODY + 5000 ? body : result
}
