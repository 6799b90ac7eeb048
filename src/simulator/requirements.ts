/** Requirements of a target or a package, as far as they may reach an installer. */
import { satisfies, validRange } from '@renovatebot/pep440'
import { normalizeName } from './lock.ts'

export interface Requirement {
  /** Normalised name. */
  readonly name: string
  /** Version range as written, without blanks: `>=1.26,<3`; empty for any version. */
  readonly range: string
  readonly extras: readonly string[]
  /** Environment marker as written, empty where there is none. */
  readonly marker: string
  /** The requirement, spelled anew: safe to hand to an installer. */
  readonly text: string
}

const SHAPE =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([A-Za-z0-9._\s,-]*)\])?\s*(?:\(([^()]*)\)|([^;()@]*))\s*(?:;([\x20-\x7e]*))?$/
const CLAUSE = /^(===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+$/

/**
 * Reads one PEP 508 requirement that names a distribution on the index.
 *
 * Anything else is undefined: a URL, a path, an option such as `-r` or `--index-url` or a second line would make an installer
 * read files and hosts that nobody configured.
 */
export function parseRequirement(line: string): Requirement | undefined {
  const [, name, extras = '', bracketed, plain, marker = ''] = SHAPE.exec(line.trim()) ?? []
  if (name === undefined || line.length > 1000) return undefined
  const clauses = (bracketed ?? plain ?? '')
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
  if (clauses.some((clause) => !CLAUSE.test(clause))) return undefined
  const range = clauses.map((clause) => clause.replace(/\s+/g, '')).join(',')
  const wanted = extras.split(',').flatMap((extra) => (extra.trim() === '' ? [] : [extra.trim()]))
  const condition = marker.trim()
  const text = `${name}${wanted.length > 0 ? `[${wanted.join(',')}]` : ''}${range}${condition ? ` ; ${condition}` : ''}`
  return { name: normalizeName(name), range, extras: wanted, marker: condition, text }
}

/** Whether a final version lies in a version range; an empty or unreadable range allows everything, as in pip. */
export function inRange(version: string, range: string): boolean {
  return range.trim() === '' || !validRange(range) || satisfies(version, range)
}
