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
import {
  CHAIN_NAMES,
  CHAINED,
  call,
  formatted,
  literal,
  name,
  namesIn,
  op,
  substitute,
  toTerm,
  walkTerm,
} from './term.ts'
import { frameItem, lineOf, needsSize, programTerm } from './text-table.ts'

/** Names that mean something in the methods; a driver's variable of that name gets another one. */
const RESERVED = new Set([
  ...PARAMETER_NAMES,
  ...CHAIN_NAMES,
  CHAINED,
  ...[
    'c',
    'n',
    'gates',
    'gate',
    'shots',
    'seed',
    'circuits',
    'one',
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
    'kernel',
    'file',
    'i',
  ],
])

/** One line of a method: `target = value`, `return value`, a loop, or a value for its effect. */
export type Line =
  | { readonly kind: 'assign'; readonly target: string; readonly operator: '=' | '+='; readonly value: Term }
  | { readonly kind: 'effect' | 'return'; readonly value: Term }
  | {
      readonly kind: 'loop'
      readonly variable: string
      readonly over: Term
      readonly body: readonly Simple[]
      /** Stands above it as a comment. */
      readonly why?: string
    }
  | { readonly kind: 'with'; readonly value: Term; readonly target: string | undefined; readonly body: readonly Line[] }
  | {
      readonly kind: 'function'
      readonly name: string
      readonly parameters: readonly string[]
      readonly body: readonly Line[]
    }

type Simple = Exclude<Line, { readonly kind: 'loop' | 'with' | 'function' }>

/** Python's name of a driver's variable. */
export function variableName(variable: string): string {
  return RESERVED.has(variable) ? `native_${variable}` : variable
}

/** Roles of a whole run, in the words of a method with the parameters n, gates, shots and seed. */
export const runScope: Scope = {
  variable: (variable) => name(variableName(variable)),
  role: runRole,
}

export function statementLines(statements: readonly Statement[]): Line[] {
  return statements.map((statement): Line => {
    const value = toTerm(statement.value, runScope)
    const line: Simple =
      statement.var === undefined
        ? { kind: 'effect', value }
        : { kind: 'assign', target: variableName(statement.var), operator: '=', value }
    if (statement.each === undefined) return line
    return { kind: 'loop', variable: 'q', over: call(name('range'), name('n')), body: [line] }
  })
}

/** Lines that make the circuit and apply the gates. `factored` is what the loop does, for a driver that writes no text. */
export function circuitLines(driver: Driver, gates: readonly GateTerm[], factored: Factored | undefined): Line[] {
  if (driver.text !== undefined) return textLines(driver, driver.text, gates)
  if (factored === undefined) throw new BugError('A driver without text has no loop.')
  const setup = statementLines(driver.setup)
  const lines: Line[] = []
  for (const { gate, times, why } of preludeOf(driver, gates)) {
    const line = applied(gate.term, gate.effect)
    const body = Array.from({ length: times }, () => line)
    lines.push({ kind: 'loop', variable: 'q', over: call(name('range'), name('n')), body, why })
  }
  const body = [applied(factored.body, factored.effect)]
  lines.push({ kind: 'loop', variable: LOOP_VARIABLE, over: name('gates'), body })
  if (driver.kernel !== undefined) return [kernelLine(driver.kernel, lines), ...setup]
  if (driver.context?.over === 'gates') return [...setup, withLine(driver.context, lines)]
  return [...setup, ...lines]
}

type Kernel = NonNullable<Driver['kernel']>
type Context = NonNullable<Driver['context']>

function kernelLine(kernel: Kernel, lines: readonly Line[]): Line {
  const returned: Line[] =
    kernel.returns === undefined ? [] : [{ kind: 'return', value: toTerm(kernel.returns, runScope) }]
  const parameters = kernel.parameters.map(variableName)
  // A rebound circuit is the function's own: what it was called with, or what it begins with.
  return { kind: 'function', name: 'kernel', parameters, body: [...lines, ...returned] }
}

function withLine({ value, var: target }: Context, body: readonly Line[]): Line {
  const name = target === undefined ? undefined : variableName(target)
  return { kind: 'with', value: toTerm(value, runScope), target: name, body }
}

/** Puts a whole method into what must be open until the result is read: a context, the file that holds the program. */
export function enclosed(driver: Driver, lines: readonly Line[]): Line[] {
  const { context } = driver
  if (context?.over === 'all') {
    // The setup stands before the context, as it was measured.
    const setup = driver.setup.length
    return [...lines.slice(0, setup), withLine(context, lines.slice(setup))]
  }
  if (!rolesIn(driver).has('file')) return [...lines]
  const [program, ...rest] = lines
  if (program === undefined) throw new BugError('A driver that names a file has no program.')
  const value = call(name('program_file'), name('program'))
  return [program, { kind: 'with', value, target: 'file', body: rest }]
}

/** Names of all roles that a driver uses. */
function rolesIn(driver: Driver): ReadonlySet<string> {
  return new Set([...JSON.stringify(driver).matchAll(/"role":"(\w+)"/g)].flatMap((found) => found[1] ?? []))
}

/** What is applied to every qubit before the circuit: H where the start state is |+…+⟩, X twice to touch idle qubits. */
function preludeOf(driver: Driver, gates: readonly GateTerm[]): { gate: GateTerm; times: number; why: string }[] {
  const wanted: [string, number, string][] = []
  if (driver.plus === true) wanted.push(['h', 1, 'The native start state is |+…+⟩: measured.'])
  if (driver.touch === true) wanted.push(['x', 2, 'Idle qubits vanish from the result: each is touched.'])
  return wanted.map(([key, times, why]) => {
    const gate = gates.find((one) => one.gate === key)
    if (gate === undefined) throw new BugError(`The driver needs ${key} on every qubit, but has no gate ${key}.`)
    return { gate, times, why }
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
  const value = readingValue(reading, name(variableName(reading.root)))
  return [...statementLines(reading.run), { kind: 'return', value: finish(value) }]
}

/** The end of a reading's path from its root. */
export function readingValue(reading: Reading, root: Term): Term {
  return reading.path.reduce(stepTerm, root)
}

/**
 * The lines of a method that knows no shots and no seed. An exact result was measured with no shots, and with seeds that made
 * no difference.
 */
export function withoutShots(lines: readonly Line[]): Line[] {
  const fixed = (value: Term) =>
    substitute(value, (one) => (one === 'shots' ? literal(0) : one === 'seed' ? literal(1) : undefined))
  const simple = <T extends Simple>(line: T): T => ({ ...line, value: fixed(line.value) })
  return lines.map((line) => {
    switch (line.kind) {
      case 'loop':
        return { ...line, over: fixed(line.over), body: line.body.map(simple) }
      case 'with':
        return { ...line, value: fixed(line.value), body: withoutShots(line.body) }
      case 'function':
        return { ...line, body: withoutShots(line.body) }
      default:
        return simple(line)
    }
  })
}

function stepTerm(value: Term, step: Step): Term {
  if ('attr' in step) return { kind: 'attr', of: value, name: step.attr }
  if ('item' in step) return { kind: 'item', of: value, key: literal(step.item) }
  if ('each' in step) return eachTerm(value, step)
  const kwargs = Object.entries(step.kwargs ?? {}).map(([key, one]) => [key, toTerm(one, runScope)] as const)
  return { kind: 'call', fn: value, args: step.call.map((one) => toTerm(one, runScope)), kwargs }
}

/** `[value(i) for i in range(2**n)]`: one call for every basis state. */
function eachTerm(value: Term, step: Extract<Step, { each: unknown }>): Term {
  const index = name('i')
  const bits = call(name('format'), index, { kind: 'format', parts: ['0', name('n'), 'b'] })
  const scope: Scope = {
    variable: runScope.variable,
    role: (role) => {
      if (role === 'index') return index
      if (role === 'basis') return bits
      if (role === 'basis_list') return call(name('list'), call(name('map'), name('int'), bits))
      return runRole(role)
    },
  }
  const kwargs = Object.entries(step.kwargs ?? {}).map(([key, one]) => [key, toTerm(one, scope)] as const)
  const body: Term = { kind: 'call', fn: value, args: step.each.map((one) => toTerm(one, scope)), kwargs }
  const over = call(name('range'), op(literal(2), '**', name('n')))
  return { kind: 'list', items: [{ kind: 'generator', body, variable: 'i', over, times: 1 }] }
}

/** Takes out what is not needed: names of unused values, and a value that is only returned in the next line. */
export function tidied(lines: readonly Line[]): Line[] {
  const result = [...lines]
  const last = result.at(-1)
  if (last?.kind === 'with') result.splice(-1, 1, { ...last, body: tidied(last.body) })
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
      continue
    }
    if (line.kind === 'with' || line.kind === 'function') uses += countUses(line.body, variable)
    if (line.kind !== 'function') uses += namesOf(line.value).filter((one) => one === variable).length
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
    if (line.kind === 'with' || line.kind === 'function') {
      const inner = contentsOf(line.body)
      const own = line.kind === 'with' ? [line.target ?? ''] : [line.name, ...line.parameters]
      names.push(...own.filter((one) => one !== ''), ...inner.names)
      refs.push(...inner.refs)
    }
    if (line.kind === 'function') continue
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
  const printed = lines.flatMap((line) => printLine(line, print))
  return [...imports.lines, ...(imports.lines.length > 0 ? [''] : []), ...printed]
}

function printLine(line: Line, print: (value: Term) => string): string[] {
  const block = (head: string, body: readonly Line[]) => [
    head,
    ...body.flatMap((inner) => printLine(inner, print)).map((text) => (text === '' ? '' : `    ${text}`)),
  ]
  switch (line.kind) {
    case 'loop':
      return [
        ...(line.why === undefined ? [] : [`# ${line.why}`]),
        ...block(`for ${line.variable} in ${print(line.over)}:`, line.body),
      ]
    case 'with':
      return block(`with ${print(line.value)}${line.target === undefined ? '' : ` as ${line.target}`}:`, line.body)
    case 'function': {
      const parameters = line.parameters.map((one) => `${one}: Any`).join(', ')
      return [...block(`def ${line.name}(${parameters}) -> Any:`, line.body), '']
    }
    default:
      return [printSimple(line, print)]
  }
}

function printSimple(line: Simple, print: (value: Term) => string): string {
  if (line.kind === 'assign') return `${line.target} ${line.operator} ${print(line.value)}`
  return line.kind === 'return' ? `return ${print(line.value)}` : print(line.value)
}
