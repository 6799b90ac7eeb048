/** The commit messages of changes and of reverts: a subject, the reason, the trailers. */
import type { Change } from '../values/plan.ts'
import type { Trailers } from './trailers.ts'
import { formatTrailers } from './trailers.ts'

const SUBJECT_COLUMNS = 72
const BODY_COLUMNS = 76
/** Of the reason of a rejection. */
const REASON_CHARACTERS = 500

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

/** Why each file of a change is as it is, from its commit's message; of a change of one file, the reason of the change. */
export function reasonsOf(text: string): Map<string, string> {
  const list = text.split(/\n[ \t]*\n/).find((paragraph) => paragraph.startsWith('- ')) ?? ''
  const reasons = new Map<string, string>()
  for (const item of list.split(/^- /m)) {
    const line = oneLine(item)
    const end = line.indexOf(': ')
    if (end > 0) reasons.set(line.slice(0, end), line.slice(end + 2))
  }
  return reasons
}

/** A revert that is about to be committed. */
export interface RevertMessage {
  readonly integration: string
  /** `r1`, `r2`, …: see `nextRevertId`. */
  readonly id: string
  /** What is taken back, with its subject. Subjects of people's commits and logins are foreign text. */
  readonly reverts: readonly { readonly id: string; readonly title: string }[]
  /** Login of the person who asked; in a local clone their name. */
  readonly by: string
  /** `<source>-<place>` of the command; absent in a local clone. */
  readonly command?: string
  /** Absent: a plain revert. */
  readonly as?:
    | { readonly action: 'reject'; readonly reason: string }
    /** `actions`: what is undone or redone. */
    | { readonly action: 'undo' | 'redo'; readonly actions: readonly string[] }
    | { readonly action: 'restore'; readonly snapshot: string }
}

/** Of no other form; one that GitHub takes for the number of an issue is left out. */
const LOGIN = /^(?!gh-\d)[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/i

/**
 * The message of a commit that takes something back, e.g. `Revert c2: Add the adapter of toy`. Foreign text in it cannot mention
 * or close anything on GitHub, which reads commit messages for both.
 */
export function revertMessage(input: RevertMessage): string {
  const { integration, id, reverts, by, command, as } = input
  const { title, body } = wording(input)
  return message(title, body, {
    ...{ integration, change: id, kind: 'revert' as const, depends: [], reverts: reverts.map((one) => one.id) },
    ...(as === undefined ? {} : { action: as.action }),
    ...(LOGIN.test(by) ? { by } : {}),
    ...(command === undefined ? {} : { command }),
  })
}

function wording({ id, reverts, by, as }: RevertMessage): { readonly title: string; readonly body: readonly string[] } {
  const asked = `Asked for by ${inert(by)}.`
  switch (as?.action) {
    case undefined:
      return {
        title: named('Revert', reverts),
        body: [wrap(`${asked} What later changes wrote stays; "/revert ${id}" brings it back.`, ''), titles(reverts)],
      }
    case 'reject':
      return {
        title: named('Reject', reverts),
        body: [
          wrap(inert(as.reason.slice(0, REASON_CHARACTERS)), ''),
          wrap(`${asked} "/revert ${id}" brings it back.`, ''),
          titles(reverts),
        ],
      }
    case 'undo':
    case 'redo': {
      const [verb, back] = as.action === 'undo' ? ['Undo', '/redo'] : ['Redo', '/undo']
      const how = 'The files are exactly those that were there then'
      return {
        title: `${verb} ${inWords(as.actions)}`,
        body: [wrap(`${asked} ${how}; "${back}" is the way back.`, '')],
      }
    }
    case 'restore': {
      const how = `Everything since is taken back, by people too, and "/undo" or "/revert ${id}" brings it back.`
      return { title: `Restore the snapshot ${as.snapshot}`, body: [wrap(`${asked} ${how}`, '')] }
    }
    default:
      return as satisfies never
  }
}

function named(verb: string, reverts: RevertMessage['reverts']): string {
  const [only, ...more] = reverts
  return only !== undefined && more.length === 0
    ? `${verb} ${only.id}: ${inert(only.title)}`
    : `${verb} ${inWords(reverts.map((one) => one.id))}`
}

function titles(reverts: RevertMessage['reverts']): string {
  return reverts.length > 1 ? reverts.map((one) => wrap(`${one.id}: ${inert(one.title)}`, '- ')).join('\n') : ''
}

function inWords(ids: readonly string[]): string {
  return ids.length > 1 ? `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}` : ids.join('')
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
