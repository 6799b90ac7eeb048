/** The commit message of a change: a subject, the reason, the files with their reasons, the trailers. */
import type { Change } from '../values/plan.ts'
import { formatTrailers } from './trailers.ts'

const SUBJECT_COLUMNS = 72
const BODY_COLUMNS = 76

/**
 * Builds the message. Titles and reasons are put on one line each and wrapped, so that no line of them can end the body and
 * pass for a trailer; the trailers always stand in the last paragraph.
 */
export function commitMessage(change: Change, integration: string): string {
  const paragraphs = [shorten(oneLine(change.title), SUBJECT_COLUMNS), wrap(oneLine(change.why), '')]
  if (change.files.length > 1) {
    paragraphs.push(change.files.map((file) => wrap(`${file.path}: ${oneLine(file.why)}`, '- ')).join('\n'))
  }
  paragraphs.push(formatTrailers({ integration, change: change.id, kind: change.kind, depends: [...change.depends] }))
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`
}

/** Replaces every control character and line separator by a blank, squeezes blanks, and breaks the keys of our trailers. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replace(/Graft-(?=[A-Za-z-]+:)/gi, 'Graft ')
    .trim()
}

function shorten(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1).trimEnd()}…`
}

function wrap(text: string, bullet: string): string {
  const lines: string[] = []
  let line = bullet
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > BODY_COLUMNS) {
      lines.push(line)
      line = ' '.repeat(bullet.length)
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  lines.push(line)
  return lines.join('\n')
}
