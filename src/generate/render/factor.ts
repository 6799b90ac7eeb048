/**
 * Factoring: what all gates of a driver do alike goes into the one loop of `state`, and the table keeps what differs.
 *
 * The applications of all gates are anti-unified (Plotkin 1970) with one hole: the smallest part that holds all differences. If
 * the parts need nothing of the run (no circuit), they are the table's native values, and the loop says what happens to them.
 */
import { isPythonKeyword } from '../identifier.ts'
import type { GateTerm, RowKey } from './gate-terms.ts'
import { PARAMETER_NAMES } from './gate-terms.ts'
import type { Term } from './term.ts'
import { call, literal, name, namesIn, partsOf, sameTerm, shapeOf, substitute, withParts } from './term.ts'

export type LoopEffect = 'inplace' | 'rebind' | 'augment'

export interface Factored {
  /**
   * What the table holds: a native function, or a lambda of parameters and qubits. Where the entries are `ofCircuit`, they
   * take the circuit first, or are the names of its methods.
   */
  readonly table: readonly { readonly gate: RowKey; readonly entry: Term; readonly remark: string | undefined }[]
  /** What the loop does with one `gate`. */
  readonly body: Term
  readonly effect: LoopEffect
  readonly ofCircuit: boolean
}

/** What the loop calls the present value of the table. */
export const LOOP_VARIABLE = 'gate'
/** What the table's functions of a circuit call it. */
const CIRCUIT_PARAMETER = 'c'

/** Names in terms that are there everywhere. */
const NO_VARIABLES = new Set(['np', 'list', 'tuple', 'range', 'complex', 'float', '::-1'])

const hole = name(LOOP_VARIABLE)

/**
 * @param gates applications of a driver that writes no text
 * @param circuit name of the circuit in the loop
 */
export function factor(gates: readonly GateTerm[], circuit: string): Factored {
  const { terms, effect } = oneEffect(gates, circuit)
  const found = split(terms, effect === 'inplace')
  const variables = [...new Set(found.contents.flatMap(namesIn))].filter((one) => isVariable(one))
  const delayed = found.delayed || variables.length > 0
  const inner = new Map(variables.map((one) => [one, one === circuit ? CIRCUIT_PARAMETER : one]))
  const table = gates.map((gate, index) => {
    const content = found.contents[index] ?? gate.term
    if (!delayed) return { gate: gate.gate, entry: reduced(gate.parameters, content), remark: gate.remark }
    const parameters = [...variables.map((one) => inner.get(one) ?? one), ...gate.parameters]
    const body = substitute(content, (one) => (inner.has(one) ? name(inner.get(one) ?? one) : undefined))
    const method = methodOf(body, gate.parameters)
    const entry: Term = method === undefined ? { kind: 'lambda', parameters, body } : literal(method)
    return { gate: gate.gate, entry, remark: gate.remark }
  })
  const value = delayed ? call(hole, ...variables.map((one) => name(one))) : hole
  const body = substitute(found.context, (one) => (one === LOOP_VARIABLE ? value : undefined))
  return { table, body, effect, ofCircuit: delayed }
}

/** `h` of `c.h(q)`: a method of the circuit that takes the parameters and then the qubits. */
function methodOf(body: Term, parameters: readonly string[]): string | undefined {
  const isMethod = body.kind === 'call' && body.fn.kind === 'attr' && !isPythonKeyword(body.fn.name)
  if (!isMethod || body.fn.kind !== 'attr' || !takes(body, parameters)) return undefined
  return body.fn.of.kind === 'name' && body.fn.of.name === CIRCUIT_PARAMETER ? body.fn.name : undefined
}

/** Whether a call is given exactly these, in their order. */
function takes(term: Term, parameters: readonly string[]): boolean {
  if (term.kind !== 'call' || term.kwargs.length > 0 || term.args.length !== parameters.length) return false
  return term.args.every((argument, index) => {
    const plain = argument.kind === 'name' ? argument.name : undefined
    const star = argument.kind === 'star' && argument.of.kind === 'name' ? `*${argument.of.name}` : undefined
    return (plain ?? star) === parameters[index]
  })
}

/**
 * Gates of one driver may have different effects (one method returns the circuit, another changes it). Then every application
 * is turned into one that gives the circuit.
 */
function oneEffect(gates: readonly GateTerm[], circuit: string): { terms: Term[]; effect: LoopEffect } {
  const effects = new Set(gates.map((gate) => gate.effect))
  const [only] = effects
  const terms = gates.map((gate) => gate.term)
  if (effects.size === 1 && only !== undefined && only !== 'line') return { terms, effect: only }
  const given = gates.map((gate): Term => {
    if (gate.effect === 'augment') return call({ kind: 'ref', ref: 'operator:iadd' }, name(circuit), gate.term)
    if (gate.effect === 'rebind') return gate.term
    const pair: Term = { kind: 'tuple', items: [gate.term, name(circuit)] }
    return { kind: 'item', of: pair, key: { kind: 'literal', value: 1 } }
  })
  return { terms: given, effect: 'rebind' }
}

interface Split {
  readonly context: Term
  readonly contents: readonly Term[]
  /** The parts must not be evaluated before the loop, because evaluating them is the effect. */
  readonly delayed: boolean
}

function split(terms: readonly Term[], inplace: boolean): Split {
  const found = antiUnify(terms)
  const root = found.context === hole
  return { ...found, delayed: root && inplace }
}

function antiUnify(terms: readonly Term[]): { context: Term; contents: readonly Term[] } {
  const [first] = terms
  if (first === undefined) return { context: hole, contents: [] }
  if (terms.every((term) => shapeOf(term) === shapeOf(first))) {
    const columns = partsOf(first).map((_, index) => terms.map((term) => partsOf(term)[index] ?? term))
    const differing = columns.flatMap((column, index) => (isCommon(column) ? [] : [index]))
    const [index] = differing
    if (differing.length === 1 && index !== undefined) {
      const below = antiUnify(columns[index] ?? [])
      // A part that is nothing but qubits and angles is no gate: stay above it.
      if (!below.contents.every(isBare)) {
        const parts = partsOf(first).map((part, at) => (at === index ? below.context : part))
        return { context: withParts(first, parts), contents: below.contents }
      }
    }
  }
  return starred(terms) ?? { context: hole, contents: terms }
}

/** `f(circuit, "RX", a, q)` and `f(circuit, "H", q)`: the loop calls `f(circuit, *gate)`. */
function starred(terms: readonly Term[]): { context: Term; contents: readonly Term[] } | undefined {
  const calls = terms.filter((term) => term.kind === 'call')
  const [first] = calls
  if (first === undefined || calls.length !== terms.length) return undefined
  const keywords = calls.map((one): Term => ({ ...one, fn: hole, args: [] }))
  if (!isCommon(calls.map((one) => one.fn)) || !keywords.every((one) => sameTerm(one, keywords[0] ?? one)))
    return undefined
  if (calls.some((one) => one.kwargs.some(([, value]) => !isFixed(value)))) return undefined
  const shortest = Math.min(...calls.map((one) => one.args.length))
  let common = 0
  while (common < shortest && isCommon(calls.map((one) => one.args[common] ?? one))) common += 1
  const contents = calls.map((one): Term => ({ kind: 'tuple', items: one.args.slice(common) }))
  if (contents.some((content) => namesIn(content).some(isVariable) || partsOf(content).length < 2)) return undefined
  return { context: { ...first, args: [...first.args.slice(0, common), { kind: 'star', of: hole }] }, contents }
}

/** The same in all gates, and free of what belongs to one gate. */
function isCommon(column: readonly Term[]): boolean {
  const [first] = column
  return first !== undefined && isFixed(first) && column.every((term) => sameTerm(term, first))
}

function isFixed(term: Term): boolean {
  return !namesIn(term).some((one) => PARAMETER_NAMES.has(one))
}

function isBare(term: Term): boolean {
  if (term.kind === 'name') return PARAMETER_NAMES.has(term.name)
  return (term.kind === 'list' || term.kind === 'tuple') && term.items.every(isBare)
}

function isVariable(one: string): boolean {
  return !PARAMETER_NAMES.has(one) && !NO_VARIABLES.has(one)
}

/** `lambda a, q: f(a, q)` is `f`. */
function reduced(parameters: readonly string[], body: Term): Term {
  const isNative = body.kind === 'call' && isFixed(body.fn) && !namesIn(body.fn).some(isVariable)
  if (isNative && takes(body, parameters)) return body.fn
  return { kind: 'lambda', parameters, body }
}
