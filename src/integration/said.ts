/** Reads what people write about a simulator: the same words in the form, in comments and on the command line. Pure. */
import { parseRequirement } from '../simulator/requirements.ts'
import { type Driver, driver } from '../values/driver.ts'
import {
  type GateKey,
  gateKey,
  INDISPENSABLE,
  MAX_HINT,
  type Overrides,
  type StatedConventions,
} from '../values/overrides.ts'

/** What was understood, or what was expected, as the end of a sentence that begins with "expected". */
export type Said<T> = { readonly value: T } | { readonly problem: string }

const MAX_DRIVER = 100_000
const MAX_DEPTH = 120

/** Example code, as text with plain line ends. What it means is found when the package is read. */
export function parseHint(text: string): Said<string> {
  const code = text
    .replace(/\r\n|\r/g, '\n')
    .replace(/^\n+|\s+$/g, '')
    .toWellFormed()
  if (code.trim() === '') return { problem: 'a line of Python that uses the package' }
  if (code.length > MAX_HINT) return { problem: `at most ${MAX_HINT.toLocaleString('en')} characters of code` }
  return /[^\P{Cc}\n\t]/u.test(code)
    ? { problem: 'code without control characters' }
    : { value: code.replaceAll('\t', '    ') }
}

const REQUIREMENTS =
  'names of distributions on the index, with a version range if need be, such as scipy or scipy>=1.10,<2'

/** Requirements with blanks or line ends between them; a range is written without blanks. */
export function parseRequirements(text: string): Said<string[]> {
  const words = text.split(/[\s;]+|,(?=\s|$)|,(?=[A-Za-z])/).filter((word) => word !== '')
  const found = words.map((word) => parseRequirement(word)?.text)
  const known = found.filter((one) => one !== undefined && one.length <= 200)
  if (known.length === 0 || known.length < found.length || known.length > 20) return { problem: REQUIREMENTS }
  return { value: [...new Set(known as string[])] }
}

const TABLE = 'lines such as `rx: c.rx(q0, -p0)`, each with the name of a gate of the list'

/** One line for each gate: `name: expression`. */
export function parseGateTable(text: string): Said<Partial<Record<GateKey, string>>> {
  const table = new Map<GateKey, string>()
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    const [, name, expression = ''] = /^\s*["']?([a-z0-9]{1,8})["']?\s*:\s*(.{1,500}?)\s*,?\s*$/i.exec(line) ?? []
    const gate = gateKey.safeParse(name?.toLowerCase())
    if (!gate.success || expression === '') return { problem: TABLE }
    if (table.has(gate.data)) return { problem: `one line for each gate; \`${gate.data}\` has two` }
    const code = parseHint(expression)
    if ('problem' in code) return code
    table.set(gate.data, code.value)
  }
  return table.size === 0 ? { problem: TABLE } : { value: Object.fromEntries(table) }
}

/** Names of gates with blanks or commas between them. */
export function parseExcluded(text: string): Said<GateKey[]> {
  const words = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')
  const gates = words.map((word) => gateKey.safeParse(word))
  if (words.length === 0 || gates.some(({ success }) => !success)) {
    return { problem: `names of gates, of ${gateKey.options.join(', ')}` }
  }
  const excluded = [...new Set(gates.flatMap(({ data }) => data ?? []))]
  const needed = excluded.filter((gate) => INDISPENSABLE.includes(gate))
  return needed.length > 0
    ? { problem: `other gates than ${needed.join(', ')}: without ${INDISPENSABLE.join(', ')} nothing can be run` }
    : { value: excluded }
}

const CONVENTIONS =
  'one or more of `state little`, `state big`, `counts little`, `counts big`, `angles radians`, `angles half turns`, `angles degrees`, `start zero`, `start plus`'

/** Conventions in pairs of words, with commas or line ends between the pairs. */
export function parseConventions(text: string): Said<StatedConventions> {
  const stated: { -readonly [K in keyof StatedConventions]: StatedConventions[K] } = {}
  const parts = text
    .toLowerCase()
    .split(/[,;\n]+/)
    .map((part) => part.trim().replace(/[\s:=_-]+/g, ' '))
    .filter((part) => part !== '')
  for (const part of parts) {
    const [, about = '', what = ''] = /^(state|counts|angles|start) (?:is |are )?(.+)$/.exec(part) ?? []
    if (about === 'state' && (what === 'little' || what === 'big')) stated.stateOrder = what
    else if (about === 'counts' && (what === 'little' || what === 'big')) stated.countsOrder = what
    else if (about === 'angles' && (what === 'radians' || what === 'half turns' || what === 'degrees')) {
      stated.angles = what
    } else if (about === 'start' && (what === 'zero' || what === 'plus')) stated.start = what
    else return { problem: CONVENTIONS }
  }
  return parts.length === 0 ? { problem: CONVENTIONS } : { value: stated }
}

/** A `driver.json`, as a backend's folder has it or only the driver in it, or what is wrong with it and where. */
export function parseDriver(text: string): Said<Driver> {
  if (text.length > MAX_DRIVER) return { problem: `at most ${MAX_DRIVER.toLocaleString('en')} characters of JSON` }
  if (depthOf(text) > MAX_DEPTH) return { problem: 'JSON that is not nested so deeply' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'a driver as JSON (docs/drivers.md)' }
  }
  const inner = typeof value === 'object' && value !== null && 'driver' in value ? value.driver : value
  const parsed = driver.safeParse(inner)
  if (parsed.success) return { value: parsed.data }
  const { path, message } = deepest(parsed.error.issues)
  return { problem: `a driver of the published schema (docs/drivers.md); at ${jsonPath(path)}: ${message}` }
}

/** What cannot be said together: the field that it is about, and what was expected there. */
export function clashOf(
  stated: Overrides,
): { readonly about: 'driver' | 'gates' | 'gateMapping' | 'codeTemplate'; readonly expected: string } | undefined {
  const { driver: byHand, gates, gateMapping, codeTemplate, hints } = stated
  if (codeTemplate === 'custom' && byHand === undefined) {
    return { about: 'driver', expected: 'a driver as JSON where the code template is custom' }
  }
  if (byHand !== undefined && codeTemplate !== undefined && codeTemplate !== 'custom') {
    return { about: 'codeTemplate', expected: 'custom where a driver is given' }
  }
  if (byHand !== undefined && (gates !== undefined || (hints !== undefined && hints.length > 0))) {
    return { about: 'driver', expected: 'no hint and no table of gates beside a driver: nothing is searched then' }
  }
  if (gateMapping === 'manual' && gates === undefined && byHand === undefined) {
    return { about: 'gates', expected: `a table where the gate mapping is manual: ${TABLE}` }
  }
  if (gates !== undefined && gateMapping !== undefined && gateMapping !== 'manual') {
    return { about: 'gateMapping', expected: 'manual where a table of gates is given' }
  }
  return undefined
}

/** `$.gates.rx.apply`. */
export function jsonPath(path: readonly PropertyKey[]): string {
  return `$${path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part).replace(/[^\w$-]/g, '?')}`))
    .join('')}`.slice(0, 200)
}

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly code?: string | undefined
  readonly errors?: readonly (readonly Issue[])[] | undefined
}

/**
 * The issue that is deepest in the value: of the words that an expression could be, the one that went furthest is what the
 * person meant.
 */
function deepest(issues: readonly Issue[]): { readonly path: readonly PropertyKey[]; readonly message: string } {
  let best: { path: readonly PropertyKey[]; message: string } = { path: [], message: 'it is none' }
  const look = (issue: Issue, above: readonly PropertyKey[], level: number): void => {
    const path = [...above, ...issue.path]
    if (path.length >= best.path.length) {
      best = { path, message: issue.errors === undefined ? plainMessage(issue) : 'no word of the driver language fits' }
    }
    if (level > MAX_DEPTH) return
    for (const inner of issue.errors?.flat() ?? []) look(inner, path, level + 1)
  }
  for (const issue of issues.slice(0, 20)) look(issue, [], 0)
  return best
}

/** Words of ours: zod's own quote what was given. */
function plainMessage({ code }: Issue): string {
  return (
    {
      invalid_type: 'a value of another type',
      invalid_format: 'a name of another form',
      invalid_value: 'another of the words that may stand here',
      unrecognized_keys: 'no such key',
      too_big: 'less',
      too_small: 'more',
    }[code ?? ''] ?? 'something else'
  )
}

function depthOf(text: string): number {
  let depth = 0
  let most = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    most = Math.max(most, depth)
  }
  return most
}
