/** The commit messages of changes and of reverts: a subject, the reason, the trailers. */
import type { Change } from '../values/plan.ts'
import type { Trailers } from './trailers.ts'
import { formatTrailers } from './trailers.ts'

const SUBJECT_COLUMNS = 72
const BODY_COLUMNS = 76

/**
 * Builds the message. Titles and reasons are put on one line each and wrapped, so that no line of them can end the body and
 * pass for a trailer; the trailers always stand in the last paragraph.
 */
export function commitMessage(change: Change, integration: string): string {
  const { id, kind, depends } = change
  const files =
    change.files.length > 1
      ? change.files.map((file) => wrap(`${file.path}: ${oneLine(file.why)}`, '- ')).join('\n')
      : ''
  // `trailers` refuses a change of the kind `revert`: that has a message of its own.
  const trailers = { integration, change: id, kind, depends: [...depends] } as Trailers
  return message(change.title, [wrap(oneLine(change.why), ''), files], trailers)
}

/** A revert that is about to be committed. */
export interface RevertMessage {
  readonly integration: string
  /** `r1`, `r2`, …: see `nextRevertId`. */
  readonly id: string
  /** What is taken back, with its subject. Subjects of people's commits and logins are foreign text. */
  readonly reverts: readonly { readonly id: string; readonly title: string }[]
  /** Login of the person who asked. */
  readonly by: string
  /** `<source>-<place>` of the command; absent in a local clone. */
  readonly command?: string
}

/**
 * The message of a revert commit, e.g. `Revert c2: Add the adapter of toy`. Foreign text in it cannot mention or close
 * anything on GitHub, which reads commit messages for both.
 */
export function revertMessage({ integration, id, reverts, by, command }: RevertMessage): string {
  const ids = reverts.map((one) => one.id)
  const [only] = reverts
  const list = ids.length > 1 ? `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}` : ids.join('')
  const title = ids.length === 1 && only !== undefined ? `Revert ${only.id}: ${inert(only.title)}` : `Revert ${list}`
  const titles = ids.length > 1 ? reverts.map((one) => wrap(`${one.id}: ${inert(one.title)}`, '- ')).join('\n') : ''
  const why = `Asked for by ${inert(by)}. What later changes wrote stays; "/revert ${id}" brings it back.`
  return message(title, [wrap(why, ''), titles], {
    ...{ integration, change: id, kind: 'revert' as const, depends: [], reverts: ids },
    ...(command === undefined ? {} : { command }),
  })
}

function message(title: string, body: readonly string[], trailers: Trailers): string {
  const paragraphs = [shorten(oneLine(title), SUBJECT_COLUMNS), ...body, formatTrailers(trailers)]
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`
}

/** Replaces every control character and line separator by a blank, squeezes blanks, and breaks the keys of our trailers. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replace(/Graft-(?=[A-Za-z-]+:)/gi, 'Graft ')
    .trim()
}

/** Foreign text without what GitHub acts on: mentions, references to issues, addresses, words that skip a workflow. */
function inert(text: string): string {
  return (
    oneLine(text)
      .replaceAll('@', '(at)')
      .replace(/#(?=\d)/g, 'no. ')
      .replace(/\bGH-(?=\d)/gi, 'GH ')
      .replaceAll('://', ': //')
      // "[skip ci]" and its kin keep the workflow from running.
      .replaceAll('[', '(')
      .replaceAll(']', ')')
  )
}

function shorten(text: string, columns: number): string {
  return text.length <= columns
    ? text
    : `${text
        .slice(0, columns - 1)
        .toWellFormed()
        .trimEnd()}…`
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
