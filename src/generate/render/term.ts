/**
 * Python expressions as data: what the renderer rearranges before it prints. A term holds no source text; names are checked
 * identifiers and everything else is a literal or a reference.
 */

import type { Chain, Expression, Literal, Role } from '../../values/driver.ts'
import { BugError } from '../../values/errors.ts'
import { isPythonIdentifier } from '../identifier.ts'

export type Term =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'ref'; readonly ref: string }
  | {
      readonly kind: 'call'
      readonly fn: Term
      readonly args: readonly Term[]
      readonly kwargs: readonly (readonly [string, Term])[]
    }
  | { readonly kind: 'attr'; readonly of: Term; readonly name: string }
  | { readonly kind: 'item'; readonly of: Term; readonly key: Term }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Term[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Term, Term])[] }
  | { readonly kind: 'op'; readonly op: string; readonly left: Term; readonly right: Term }
  | { readonly kind: 'minus'; readonly of: Term }
  | { readonly kind: 'format'; readonly parts: readonly (string | Term)[] }
  | { readonly kind: 'star'; readonly of: Term }
  | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Term }
  | {
      readonly kind: 'generator'
      readonly body: Term
      readonly variable: string
      readonly over: Term
      readonly times: number
    }

export function name(text: string): Term {
  if (!isPythonIdentifier(text)) throw new BugError(`${JSON.stringify(text)} is no name that can be written in Python.`)
  return { kind: 'name', name: text }
}

export function literal(value: Literal): Term {
  return { kind: 'literal', value }
}

export function call(fn: Term, ...args: Term[]): Term {
  return { kind: 'call', fn, args, kwargs: [] }
}

export function op(left: Term, operator: string, right: Term): Term {
  return { kind: 'op', op: operator, left, right }
}

/** What an expression's roles and variables stand for. */
export interface Scope {
  role(role: Role): Term
  variable(name: string): Term
}

/** Translates an expression of the driver language. */
export function toTerm(expression: Expression, scope: Scope): Term {
  const down = (part: Expression) => toTerm(part, scope)
  if ('lit' in expression) return literal(expression.lit)
  if ('role' in expression) return scope.role(expression.role)
  if ('var' in expression) return scope.variable(expression.var)
  if ('ref' in expression) return { kind: 'ref', ref: expression.ref }
  if ('call' in expression) {
    const kwargs = Object.entries(expression.kwargs ?? {}).map(([key, value]) => [key, down(value)] as const)
    return { kind: 'call', fn: down(expression.call), args: expression.args.map(down), kwargs }
  }
  if ('attr' in expression) return { kind: 'attr', of: down(expression.attr[0]), name: expression.attr[1] }
  if ('item' in expression) return { kind: 'item', of: down(expression.item[0]), key: down(expression.item[1]) }
  if ('list' in expression) return { kind: 'list', items: expression.list.map(down) }
  if ('tuple' in expression) return { kind: 'tuple', items: expression.tuple.map(down) }
  if ('dict' in expression) {
    return { kind: 'dict', entries: expression.dict.map(([key, value]) => [down(key), down(value)] as const) }
  }
  if ('op' in expression) return op(down(expression.args[0]), expression.op, down(expression.args[1]))
  if ('chain' in expression) return chained(expression, scope)
  return formatted(expression.format, scope)
}

/** What the bridge's function for operators over the whole register is called, and what the functions call their parameters that it is given. */
export const CHAINED = 'chained'
export const CHAIN_NAMES = ['left', 'right', 'whole', 'before'] as const

/** `chained(join, step, identity, swap, n, circuit, gate, qubits)`: what differs between gates stands at the end. */
function chained({ chain, identity, join, apply, swap }: Chain, scope: Scope): Term {
  const within = (body: Expression, names: Readonly<Record<string, string>>): Term => {
    const variable = (one: string) => (names[one] === undefined ? scope.variable(one) : name(names[one]))
    return { kind: 'lambda', parameters: Object.values(names), body: toTerm(body, { role: scope.role, variable }) }
  }
  return call(
    name(CHAINED),
    within(join, { left: CHAIN_NAMES[0], right: CHAIN_NAMES[1] }),
    within(apply, { operator: CHAIN_NAMES[2], circuit: CHAIN_NAMES[3] }),
    toTerm(identity, scope),
    swap === undefined ? literal(null) : toTerm(swap, scope),
    scope.role('n'),
    scope.variable('circuit'),
    toTerm(chain, scope),
    scope.role('gate_qubits'),
  )
}

/** Text with expressions in it; without any, a plain string. */
export function formatted(parts: readonly (string | Expression)[], scope: Scope): Term {
  const pieces = parts.map((part) => {
    if (typeof part === 'string') return part
    return 'lit' in part && (typeof part.lit === 'string' || Number.isInteger(part.lit)) ? String(part.lit) : part
  })
  if (pieces.every((piece) => typeof piece === 'string')) return literal(pieces.join(''))
  return { kind: 'format', parts: pieces.map((piece) => (typeof piece === 'string' ? piece : toTerm(piece, scope))) }
}

/** Parts of a term, in a fixed order. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'literal':
    case 'name':
    case 'ref':
      return []
    case 'call':
      return [term.fn, ...term.args, ...term.kwargs.map(([, value]) => value)]
    case 'attr':
    case 'minus':
    case 'star':
      return [term.of]
    case 'item':
      return [term.of, term.key]
    case 'list':
    case 'tuple':
      return term.items
    case 'dict':
      return term.entries.flat()
    case 'op':
      return [term.left, term.right]
    case 'format':
      return term.parts.filter((part) => typeof part !== 'string')
    case 'lambda':
      return [term.body]
    case 'generator':
      return [term.body, term.over]
    default:
      return term satisfies never
  }
}

/** The same term with other parts, given in the order of `partsOf`. */
export function withParts(term: Term, parts: readonly Term[]): Term {
  const part = (index: number): Term => {
    const found = parts[index]
    if (found === undefined) throw new BugError('A term was rebuilt from too few parts.')
    return found
  }
  switch (term.kind) {
    case 'literal':
    case 'name':
    case 'ref':
      return term
    case 'call': {
      const args = term.args.map((_, index) => part(1 + index))
      const kwargs = term.kwargs.map(([key], index) => [key, part(1 + args.length + index)] as const)
      return { kind: 'call', fn: part(0), args, kwargs }
    }
    case 'attr':
    case 'minus':
    case 'star':
      return { ...term, of: part(0) }
    case 'item':
      return { kind: 'item', of: part(0), key: part(1) }
    case 'list':
    case 'tuple':
      return { ...term, items: parts }
    case 'dict':
      return { kind: 'dict', entries: term.entries.map((_, index) => [part(2 * index), part(2 * index + 1)] as const) }
    case 'op':
      return { ...term, left: part(0), right: part(1) }
    case 'format': {
      let next = 0
      return { kind: 'format', parts: term.parts.map((one) => (typeof one === 'string' ? one : part(next++))) }
    }
    case 'lambda':
      return { ...term, body: part(0) }
    case 'generator':
      return { ...term, body: part(0), over: part(1) }
    default:
      return term satisfies never
  }
}

/** What two terms must share for their parts to be compared one by one. */
export function shapeOf(term: Term): string {
  switch (term.kind) {
    case 'literal':
      return JSON.stringify([term.kind, term.value])
    case 'name':
      return JSON.stringify([term.kind, term.name])
    case 'ref':
      return JSON.stringify([term.kind, term.ref])
    case 'attr':
      return JSON.stringify([term.kind, term.name])
    case 'op':
      return JSON.stringify([term.kind, term.op])
    case 'call':
      return JSON.stringify([term.kind, term.args.length, term.kwargs.map(([key]) => key)])
    case 'format':
      return JSON.stringify([term.kind, term.parts.map((part) => (typeof part === 'string' ? part : null))])
    case 'lambda':
      return JSON.stringify([term.kind, term.parameters])
    case 'generator':
      return JSON.stringify([term.kind, term.variable, term.times])
    default:
      return JSON.stringify([term.kind, partsOf(term).length])
  }
}

export function sameTerm(a: Term, b: Term): boolean {
  const [left, right] = [partsOf(a), partsOf(b)]
  return (
    shapeOf(a) === shapeOf(b) && left.every((part, index) => right[index] !== undefined && sameTerm(part, right[index]))
  )
}

/** Calls `visit` for the term and everything in it. */
export function walkTerm(term: Term, visit: (term: Term) => void): void {
  visit(term)
  for (const part of partsOf(term)) walkTerm(part, visit)
}

/** Names that a term takes from outside, in order of appearance: not the parameters of functions in it. */
export function namesIn(term: Term): string[] {
  if (term.kind === 'name') return [term.name]
  const found = new Set(partsOf(term).flatMap(namesIn))
  if (term.kind === 'lambda') for (const one of term.parameters) found.delete(one)
  return [...found]
}

/** Replaces names by terms. */
export function substitute(term: Term, replacement: (name: string) => Term | undefined): Term {
  if (term.kind === 'name') return replacement(term.name) ?? term
  return withParts(
    term,
    partsOf(term).map((part) => substitute(part, replacement)),
  )
}
