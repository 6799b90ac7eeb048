/** Prints terms as Python expressions, with as few parentheses as the grammar allows. */
import { BugError } from '../../values/errors.ts'
import { isPythonIdentifier, isPythonKeyword } from '../identifier.ts'
import { formatStringPart, pythonLiteral, pythonString } from '../literal.ts'
import type { Term } from './term.ts'

/** Binding strength (Python reference, 6.17): a part in a stronger place than its own gets parentheses. */
const STRENGTH: Readonly<Record<string, number>> = {
  '|': 2,
  '^': 2.5,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '@': 6,
  '**': 8,
}
const LAMBDA = 0
const UNARY = 7
const PRIMARY = 9

/** What a reference is called where the term stands. */
export type ReferenceNames = (ref: string) => string

export function printTerm(term: Term, names: ReferenceNames): string {
  return print(term, LAMBDA, names)
}

function print(term: Term, place: number, names: ReferenceNames): string {
  const [text, strength] = printed(term, names)
  return strength < place ? `(${text})` : text
}

function printed(term: Term, names: ReferenceNames): [string, number] {
  const down = (part: Term, place = LAMBDA) => print(part, place, names)
  switch (term.kind) {
    case 'literal': {
      const negative = typeof term.value === 'number' && (term.value < 0 || Object.is(term.value, -0))
      return [pythonLiteral(term.value), negative ? UNARY : PRIMARY]
    }
    case 'name':
      return [term.name, PRIMARY]
    case 'ref':
      return [names(term.ref), PRIMARY]
    case 'call': {
      const plain = term.kwargs.filter(([key]) => isPythonIdentifier(key))
      const others = term.kwargs.filter(([key]) => !isPythonIdentifier(key))
      const parts = [
        ...term.args.map((arg) => down(arg)),
        ...plain.map(([key, value]) => `${key}=${down(value)}`),
        ...(others.length === 0
          ? []
          : [`**{${others.map(([key, value]) => `${pythonString(key)}: ${down(value)}`).join(', ')}}`]),
      ]
      return [`${down(term.fn, PRIMARY)}(${parts.join(', ')})`, PRIMARY]
    }
    case 'attr':
      return [attribute(down(term.of, PRIMARY), term.name, term.of), PRIMARY]
    case 'item':
      return [`${down(term.of, PRIMARY)}[${subscript(down(term.key), term.key)}]`, PRIMARY]
    case 'list': {
      const [only, ...others] = term.items
      if (only?.kind === 'generator' && others.length === 0) return [`[${down(only).slice(1, -1)}]`, PRIMARY]
      return [`[${term.items.map((item) => down(item)).join(', ')}]`, PRIMARY]
    }
    case 'tuple':
      return [`(${term.items.map((item) => down(item)).join(', ')}${term.items.length === 1 ? ',' : ''})`, PRIMARY]
    case 'dict':
      return [`{${term.entries.map(([key, value]) => `${down(key)}: ${down(value)}`).join(', ')}}`, PRIMARY]
    case 'op': {
      const own = STRENGTH[term.op]
      if (own === undefined) throw new BugError(`The operator ${JSON.stringify(term.op)} is unknown.`)
      // `**` binds to the right; all others to the left.
      const [left, right] = term.op === '**' ? [own + 1, UNARY] : [own, own + 1]
      return [`${down(term.left, left)} ${term.op} ${down(term.right, right)}`, own]
    }
    case 'minus':
      return [`-${down(term.of, UNARY)}`, UNARY]
    case 'star':
      return [`*${down(term.of, STRENGTH['|'])}`, PRIMARY]
    case 'lambda':
      return [`lambda${term.parameters.length > 0 ? ' ' : ''}${term.parameters.join(', ')}: ${down(term.body)}`, LAMBDA]
    case 'generator':
      return [`(${down(term.body)} for ${term.variable} in ${down(term.over)}${repeated(term.times)})`, PRIMARY]
    case 'format':
      return [formatString(term.parts, names), PRIMARY]
    default:
      return term satisfies never
  }
}

function repeated(times: number): string {
  return times === 1 ? '' : ` for _ in range(${times})`
}

/** `c[q, r]` is `c[(q, r)]`. */
function subscript(text: string, key: Term): string {
  return key.kind === 'tuple' && key.items.length > 1 ? text.slice(1, -1) : text
}

function attribute(owner: string, name: string, term: Term): string {
  if (isPythonKeyword(name)) return `getattr(${owner}, ${pythonString(name)})`
  if (!isPythonIdentifier(name)) throw new BugError(`${JSON.stringify(name)} is no attribute that can be written.`)
  // `1.real` would be read as a number.
  return term.kind === 'literal' && typeof term.value === 'number' ? `(${owner}).${name}` : `${owner}.${name}`
}

/**
 * An f-string. In Python 3.11 the expressions of an f-string may hold neither its own quotes nor a backslash: parts that do
 * are added outside.
 */
function formatString(parts: readonly (string | Term)[], names: ReferenceNames): string {
  const pieces = parts.map((part) => {
    if (typeof part === 'string') return formatStringPart(part)
    const text = print(part, LAMBDA, names)
    if (/["\\]/.test(text)) throw new BugError('A string stands inside the expression of a format string.')
    const [open, close] = text.startsWith('{') || text.includes(':') || text.includes('!') ? ['{(', ')}'] : ['{', '}']
    return `${open}${text}${close}`
  })
  return `f"${pieces.join('')}"`
}
