/** Source lines of the methods that run a circuit: `state`, `density`, `sample`, and the circuit that they share. */
import type { Driver, Expression, Reading, Statement, Step } from '../../values/driver.ts'
import { BugError } from '../../values/errors.ts'
import type { Factored } from './factor.ts'
import { LOOP_VARIABLE } from './factor.ts'
import { PARAMETER_NAMES } from './gate-terms.ts'
import { planImports } from './imports.ts'
import { printTerm } from './print.ts'
import { runRole } from './run-role.ts'
import type { Scope, Term } from './term.ts'
import { call, formatted, literal, name, namesIn, toTerm, walkTerm } from './term.ts'
import { lineOf, programTerm } from './text-table.ts'

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
    'lines',
  ],
])

/** One line of a method: `target = value`, `return value`, a loop, or a value for its effect. */
export type Line =
  | { readonly kind: 'assign'; readonly target: string; readonly operator: '=' | '+='; readonly value: Term }
  | { readonly kind: 'effect' | 'return'; readonly value: Term }
  | { readonly kind: 'loop'; readonly body: Line }

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

/** Lines that make the circuit and apply the gates. `values` gives the table's value of a gate on the qubit `q`. */
export function circuitLines(
  driver: Driver,
  factored: Factored | undefined,
  valueOn: (gate: 'h' | 'x') => Term,
): Line[] {
  const lines: Line[] = []
  const before: Term[] = []
  const onEach = (body: Term): Term => ({
    kind: 'generator',
    body,
    variable: 'q',
    over: call(name('range'), name('n')),
  })
  if (driver.plus === true) before.push({ kind: 'star', of: onEach(valueOn('h')) })
  if (driver.touch === true) {
    // X twice on every qubit, one after the other: the order among different qubits is of no matter.
    before.push({ kind: 'star', of: onEach(valueOn('x')) }, { kind: 'star', of: onEach(valueOn('x')) })
  }
  if (before.length > 0) {
    const items: Term[] = [...before, { kind: 'star', of: name('gates') }]
    lines.push({ kind: 'assign', target: 'gates', operator: '=', value: { kind: 'list', items } })
  }
  if (driver.text !== undefined) {
    const { header, footer, separator } = driver.text
    const part = (pieces: readonly (string | Expression)[]) => lineOf(formatted(pieces, runScope))
    const value = programTerm(header.map(part), footer.map(part), separator)
    return [...lines, { kind: 'assign', target: 'program', operator: '=', value }, ...statementLines(driver.setup)]
  }
  lines.push(...statementLines(driver.setup))
  if (factored === undefined) throw new BugError('A driver without text has no loop.')
  const circuit = variableName('circuit')
  const value = factored.body
  const body: Line =
    factored.effect === 'inplace'
      ? { kind: 'effect', value }
      : { kind: 'assign', target: circuit, operator: factored.effect === 'augment' ? '+=' : '=', value }
  return [...lines, { kind: 'loop', body }]
}

/** Lines of a reading: its statements, then `finish` of the value at the end of its path. */
export function readingLines(reading: Reading, finish: (value: Term) => Term): Line[] {
  const lines = statementLines(reading.run)
  let value: Term = name(variableName(reading.root))
  for (const step of reading.path) value = stepTerm(value, step)
  return [...lines, { kind: 'return', value: finish(value) }]
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

function countUses(lines: readonly Line[], variable: string): number {
  let uses = 0
  for (const line of lines) {
    if (line.kind === 'loop') {
      uses += countUses([line.body], variable)
      // A loop that rebinds the circuit uses it too, whatever its expression says.
      if (line.body.kind === 'assign' && line.body.target === variable) uses += 1
      continue
    }
    walkTerm(line.value, (term) => {
      if (term.kind === 'name' && term.name === variable) uses += 1
    })
  }
  return uses
}

/** Whether the variable is the first thing that the term evaluates. */
function startsWith(term: Term, variable: string): boolean {
  if (term.kind === 'name') return term.name === variable
  if (term.kind === 'attr' || term.kind === 'item') return startsWith(term.of, variable)
  if (term.kind !== 'call') return false
  const [first] = term.args
  return (
    startsWith(term.fn, variable) ||
    (namesIn(term.fn).every((one) => one === 'np') && !!first && startsWith(first, variable))
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
export function printLines(lines: readonly Line[], order: readonly string[], also: readonly string[] = []): string[] {
  const refs: string[] = []
  const names = new Set([...RESERVED, ...also])
  for (const line of lines) {
    if (line.kind === 'assign') names.add(line.target)
    walkTerm(
      line.kind === 'loop' ? (line.body.kind === 'loop' ? literal(null) : line.body.value) : line.value,
      (term) => {
        if (term.kind === 'ref') refs.push(term.ref)
        if (term.kind === 'name') names.add(term.name)
      },
    )
  }
  const imports = planImports(refs, names, order)
  const print = (value: Term) => printTerm(value, imports.nameOf)
  const printed = lines.flatMap((line): string[] => {
    if (line.kind !== 'loop') return [printLine(line, print)]
    return [`for ${LOOP_VARIABLE} in gates:`, `    ${printLine(line.body, print)}`]
  })
  return [...imports.lines, ...(imports.lines.length > 0 ? [''] : []), ...printed]
}

function printLine(line: Line, print: (value: Term) => string): string {
  if (line.kind === 'loop') throw new BugError('A loop stands in a loop.')
  if (line.kind === 'assign') return `${line.target} ${line.operator} ${print(line.value)}`
  return line.kind === 'return' ? `return ${print(line.value)}` : print(line.value)
}
