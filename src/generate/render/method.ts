/** Source lines of the methods that run a circuit: `state`, `density`, `sample`, and the circuit that they share. */
import type { Driver, Expression, GateDriver, Reading, Statement, Step } from '../../values/driver.ts'
import { BugError } from '../../values/errors.ts'
import type { Factored } from './factor.ts'
import { LOOP_VARIABLE } from './factor.ts'
import type { GateTerm } from './gate-terms.ts'
import { PARAMETER_NAMES } from './gate-terms.ts'
import { planImports } from './imports.ts'
import { printTerm } from './print.ts'
import { runRole } from './run-role.ts'
import type { Scope, Term } from './term.ts'
import { call, formatted, literal, name, namesIn, substitute, toTerm, walkTerm } from './term.ts'
import { frameItem, lineOf, needsSize, programTerm } from './text-table.ts'

/** Names that mean something in the methods; a driver's variable of that name gets another one. */
const RESERVED = new Set([
  ...PARAMETER_NAMES,
  ...[
    'c',
    'n',
    'gates',
    'gate',
    'shots',
    'seed',
    'self',
    'np',
    'program',
    'list',
    'tuple',
    'range',
    'decimal',
    'first_column',
    'lines',
    'written',
  ],
])

/** One line of a method: `target = value`, `return value`, a loop, or a value for its effect. */
export type Line =
  | { readonly kind: 'assign'; readonly target: string; readonly operator: '=' | '+='; readonly value: Term }
  | { readonly kind: 'effect' | 'return'; readonly value: Term }
  | { readonly kind: 'loop'; readonly variable: string; readonly over: Term; readonly body: readonly Simple[] }

type Simple = Exclude<Line, { readonly kind: 'loop' }>

/** Python's name of a driver's variable. */
export function variableName(variable: string): string {
  return RESERVED.has(variable) ? `native_${variable}` : variable
}

/** Roles of a whole run, in the words of a method with the parameters n, gates, shots and seed. */
export const runScope: Scope = {
  variable: (variable) => name(variableName(variable)),
  role: runRole,
}

function statementLines(statements: readonly Statement[]): Line[] {
  return statements.map((statement): Line => {
    const value = toTerm(statement.value, runScope)
    if (statement.var === undefined) return { kind: 'effect', value }
    return { kind: 'assign', target: variableName(statement.var), operator: '=', value }
  })
}

/** Lines that make the circuit and apply the gates. `factored` is what the loop does, for a driver that writes no text. */
export function circuitLines(driver: Driver, gates: readonly GateTerm[], factored: Factored | undefined): Line[] {
  if (driver.text !== undefined) return textLines(driver, driver.text, gates)
  if (factored === undefined) throw new BugError('A driver without text has no loop.')
  const lines = statementLines(driver.setup)
  for (const { gate, times } of preludeOf(driver, gates)) {
    const line = applied(gate.term, gate.effect)
    const body = Array.from({ length: times }, () => line)
    lines.push({ kind: 'loop', variable: 'q', over: call(name('range'), name('n')), body })
  }
  const body = [applied(factored.body, factored.effect)]
  return [...lines, { kind: 'loop', variable: LOOP_VARIABLE, over: name('gates'), body }]
}

/** What is applied to every qubit before the circuit: H where the start state is |+…+⟩, X twice to touch idle qubits. */
function preludeOf(driver: Driver, gates: readonly GateTerm[]): { gate: GateTerm; times: number }[] {
  const wanted: [string, number][] = []
  if (driver.plus === true) wanted.push(['h', 1])
  if (driver.touch === true) wanted.push(['x', 2])
  return wanted.map(([key, times]) => {
    const gate = gates.find((one) => one.gate === key)
    if (gate === undefined) throw new BugError(`The driver needs ${key} on every qubit, but has no gate ${key}.`)
    return { gate, times }
  })
}

function applied(value: Term, effect: GateDriver['effect']): Simple {
  const target = variableName('circuit')
  if (effect === 'rebind') return { kind: 'assign', target, operator: '=', value }
  if (effect === 'augment') return { kind: 'assign', target, operator: '+=', value }
  return { kind: 'effect', value }
}

function textLines(driver: Driver, text: NonNullable<Driver['text']>, gates: readonly GateTerm[]): Line[] {
  const part = (pieces: readonly (string | Expression)[]) => frameItem(lineOf(formatted(pieces, runScope)))
  const before = preludeOf(driver, gates).map(({ gate, times }) => frameItem(lineOf(gate.term), times))
  const own = name('gates')
  const written = gates.some((gate) => needsSize(gate.term)) ? call(name('written'), own, name('n')) : own
  const value = programTerm([...text.header.map(part), ...before], written, text.footer.map(part), text.separator)
  return [{ kind: 'assign', target: 'program', operator: '=', value }, ...statementLines(driver.setup)]
}

/** Lines of a reading: its statements, then `finish` of the value at the end of its path. */
export function readingLines(reading: Reading, finish: (value: Term) => Term): Line[] {
  const lines = statementLines(reading.run)
  let value: Term = name(variableName(reading.root))
  for (const step of reading.path) value = stepTerm(value, step)
  return [...lines, { kind: 'return', value: finish(value) }]
}

/**
 * The lines of a method that knows no shots and no seed. An exact result was measured with no shots, and with seeds that made
 * no difference.
 */
export function withoutShots(lines: readonly Line[]): Line[] {
  const fixed = (value: Term) =>
    substitute(value, (one) => (one === 'shots' ? literal(0) : one === 'seed' ? literal(1) : undefined))
  const simple = <T extends Simple>(line: T): T => ({ ...line, value: fixed(line.value) })
  return lines.map((line) =>
    line.kind === 'loop' ? { ...line, over: fixed(line.over), body: line.body.map(simple) } : simple(line),
  )
}

function stepTerm(value: Term, step: Step): Term {
  if ('attr' in step) return { kind: 'attr', of: value, name: step.attr }
  if ('item' in step) return { kind: 'item', of: value, key: literal(step.item) }
  const kwargs = Object.entries(step.kwargs ?? {}).map(([key, one]) => [key, toTerm(one, runScope)] as const)
  return { kind: 'call', fn: value, args: step.call.map((one) => toTerm(one, runScope)), kwargs }
}

/** Takes out what is not needed: names of unused values, and a value that is only returned in the next line. */
export function tidied(lines: readonly Line[]): Line[] {
  const result = [...lines]
  const last = result.at(-1)
  const previous = result.at(-2)
  if (last?.kind === 'return' && previous?.kind === 'assign' && previous.operator === '=') {
    const uses = countUses([last], previous.target)
    if (uses === 1 && startsWith(last.value, previous.target)) {
      result.splice(-2, 2, { kind: 'return', value: replaceRoot(last.value, previous.target, previous.value) })
    }
  }
  return result.map((line, index) => {
    if (line.kind !== 'assign' || line.operator !== '=' || countUses(result.slice(index + 1), line.target) > 0)
      return line
    return { kind: 'effect', value: line.value }
  })
}

/** How often a variable is read. A line that adds to it, and a loop that rebinds it, read it too. */
function countUses(lines: readonly Line[], variable: string): number {
  let uses = 0
  for (const line of lines) {
    if (line.kind === 'loop') {
      const rebound = line.body.some((inner) => inner.kind === 'assign' && inner.target === variable)
      uses += countUses(line.body, variable) + (rebound ? 1 : 0)
    } else uses += namesOf(line.value).filter((one) => one === variable).length
  }
  return uses
}

function namesOf(term: Term): string[] {
  const found: string[] = []
  walkTerm(term, (one) => {
    if (one.kind === 'name') found.push(one.name)
  })
  return found
}

/** Names that lines read or set, and references that they need. */
function contentsOf(lines: readonly Line[]): { names: string[]; refs: string[] } {
  const names: string[] = []
  const refs: string[] = []
  for (const line of lines) {
    if (line.kind === 'loop') {
      const inner = contentsOf(line.body)
      names.push(line.variable, ...inner.names)
      refs.push(...inner.refs)
      continue
    }
    if (line.kind === 'assign') names.push(line.target)
    walkTerm(line.value, (term) => {
      if (term.kind === 'ref') refs.push(term.ref)
      if (term.kind === 'name') names.push(term.name)
    })
  }
  return { names, refs }
}

/** Whether any of the lines reads the variable. */
export function uses(lines: readonly Line[], variable: string): boolean {
  return countUses(lines, variable) > 0
}

/** Whether the variable is the first thing that the term evaluates. */
function startsWith(term: Term, variable: string): boolean {
  if (term.kind === 'name') return term.name === variable
  if (term.kind === 'attr' || term.kind === 'item') return startsWith(term.of, variable)
  if (term.kind !== 'call') return false
  const [first] = term.args
  return (
    startsWith(term.fn, variable) ||
    (namesIn(term.fn).every((one) => one === 'np' || one === 'first_column') && !!first && startsWith(first, variable))
  )
}

function replaceRoot(term: Term, variable: string, value: Term): Term {
  if (term.kind === 'name') return term.name === variable ? value : term
  if (term.kind === 'attr' || term.kind === 'item') return { ...term, of: replaceRoot(term.of, variable, value) }
  if (term.kind !== 'call') return term
  if (startsWith(term.fn, variable)) return { ...term, fn: replaceRoot(term.fn, variable, value) }
  return { ...term, args: term.args.map((arg, index) => (index === 0 ? replaceRoot(arg, variable, value) : arg)) }
}

/** Prints the lines of a method with the imports that they need in front; each string is one source line without indent. */
export function printLines(lines: readonly Line[], order: readonly string[]): string[] {
  const { names, refs } = contentsOf(lines)
  const imports = planImports(refs, new Set([...RESERVED, ...names]), order)
  const print = (value: Term) => printTerm(value, imports.nameOf)
  const printed = lines.flatMap((line): string[] => {
    if (line.kind !== 'loop') return [printSimple(line, print)]
    const head = `for ${line.variable} in ${print(line.over)}:`
    return [head, ...line.body.map((inner) => `    ${printSimple(inner, print)}`)]
  })
  return [...imports.lines, ...(imports.lines.length > 0 ? [''] : []), ...printed]
}

function printSimple(line: Simple, print: (value: Term) => string): string {
  if (line.kind === 'assign') return `${line.target} ${line.operator} ${print(line.value)}`
  return line.kind === 'return' ? `return ${print(line.value)}` : print(line.value)
}
