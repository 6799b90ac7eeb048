/** The methods of an adapter that run a circuit: `state`, `density`, `probabilities`, `sample`, `batch`, and what they share. */
import type { Driver, Reading } from '../../values/driver.ts'
import { UserError } from '../../values/errors.ts'
import type { Conventions } from '../../values/measurement.ts'
import type { Factored } from './factor.ts'
import type { GateTerm } from './gate-terms.ts'
import type { Line } from './method.ts'
import {
  circuitLines,
  enclosed,
  printLines,
  readingLines,
  readingValue,
  statementLines,
  tidied,
  uses,
  variableName,
  withoutShots,
} from './method.ts'
import type { Term } from './term.ts'
import { call, name } from './term.ts'

export interface Runs {
  readonly driver: Driver
  readonly conventions: Conventions
  readonly gates: readonly GateTerm[]
  readonly factored: Factored | undefined
}

/** A reading without chance, a state of all qubits before mere probabilities; and one of counts or samples. */
export function readings(driver: Driver): { exact: Reading | undefined; drawn: Reading | undefined } {
  const all = [driver.state, driver.counts].filter((reading) => reading !== undefined)
  const exact =
    all.find((reading) => ['state', 'unitary', 'density'].includes(reading.kind)) ??
    all.find((reading) => reading.kind === 'probabilities')
  const drawn = all.findLast((reading) => reading.kind === 'counts' || reading.kind === 'samples')
  if (exact === undefined && drawn === undefined)
    throw new UserError('No result could be read, so there is no adapter to write.')
  return { exact, drawn }
}

/** Counts that are rounded expectations are no samples: the bridge draws instead, from the state where there is one. */
export function usesSamples({ driver, conventions }: Pick<Runs, 'driver' | 'conventions'>): boolean {
  const { exact, drawn } = readings(driver)
  if (drawn === undefined) return false
  return exact === undefined || (drawn === driver.counts && conventions.counts === 'samples')
}

/** Method of the adapter for a reading without chance, and what it returns. */
const EXACT_METHODS = {
  state: ['state', 'State vector'],
  density: ['density', 'Density matrix'],
  probabilities: ['probabilities', 'Probabilities of the outcomes'],
} as const

interface Body {
  readonly method: string
  readonly head: string
  readonly doc: string
  readonly lines: readonly Line[]
}

/** The source lines of each method. */
export function runMethods(runs: Runs): string[][] {
  const { driver } = runs
  const print = (lines: readonly Line[]) => printLines(tidied(lines), driver.imports).map(indent)
  const bodies = bodiesOf(runs)
  const shared = driver.batch === undefined ? sharedMethod(bodies) : nativeCircuit(bodies, runs)
  const batch = driver.batch === undefined || shared === undefined ? [] : [batchLines(driver.batch, shared)]
  return [
    ...(shared === undefined ? [] : [[shared.head, indent(shared.doc), ...print(shared.lines)]]),
    ...[...bodies, ...batch].map((body) => {
      const lines = shared?.members.includes(body) ? [shared.call, ...body.lines.slice(shared.length)] : body.lines
      return [body.head, indent(`"""${body.doc}"""`), ...print(lines)]
    }),
  ]
}

function bodiesOf({ driver, conventions, gates, factored }: Runs): Body[] {
  const { exact, drawn } = readings(driver)
  const circuit = circuitLines(driver, gates, factored)
  const bodies: Body[] = []
  if (exact !== undefined) {
    const [method, what] =
      EXACT_METHODS[exact.kind === 'density' || exact.kind === 'probabilities' ? exact.kind : 'state']
    bodies.push(exactBody(method, what, driver, [...circuit, ...readingLines(exact, (one) => exactValue(exact, one))]))
  }
  const { density } = driver
  if (density !== undefined) {
    const own = { ...driver, setup: density.setup ?? driver.setup }
    const lines = [...circuitLines(own, gates, factored), ...readingLines(density, (value) => value)]
    bodies.push(exactBody(...EXACT_METHODS.density, own, lines))
  }
  if (drawn !== undefined && usesSamples({ driver, conventions })) {
    const lines = drawn.text === undefined ? circuit : circuitLines({ ...driver, text: drawn.text }, gates, factored)
    bodies.push({
      method: 'sample',
      head: 'def sample(self, n: int, gates: list[Any], shots: int, seed: int) -> Any:',
      doc: 'Outcomes of measuring all qubits after the gates.',
      lines: enclosed(driver, [...lines, ...readingLines(drawn, (value) => value)]),
    })
  }
  return bodies
}

function exactBody(method: string, what: string, driver: Driver, lines: readonly Line[]): Body {
  return {
    method,
    head: `def ${method}(self, n: int, gates: list[Any]) -> Any:`,
    doc: `${what} of n qubits after the gates.`,
    lines: withoutShots(enclosed(driver, lines)),
  }
}

interface Shared {
  readonly head: string
  readonly doc: string
  readonly lines: readonly Line[]
  /** The line that takes the place of the first `length` ones of each member. */
  readonly call: Line
  readonly length: number
  readonly members: readonly Body[]
}

/** Methods begin alike: the longest beginning that ends in one value becomes a method of its own. Most methods first. */
function sharedMethod(bodies: readonly Body[]): Shared | undefined {
  const [first, second, third] = bodies
  const pairs = [
    [first, third],
    [first, second],
    [second, third],
  ].filter((pair): pair is [Body, Body] => pair.every((body) => body !== undefined))
  for (const members of [bodies, ...pairs]) {
    const found = members.length < 2 ? undefined : beginningOf(members)
    if (found !== undefined) return found
  }
  return undefined
}

function beginningOf(members: readonly Body[]): Shared | undefined {
  const [first, ...others] = members
  if (first === undefined) return undefined
  let length = 0
  const alike = (index: number) =>
    others.every(({ lines }) => JSON.stringify(first.lines[index]) === JSON.stringify(lines[index]))
  while (length < Math.min(...members.map(({ lines }) => lines.length)) - 1 && alike(length)) length += 1
  for (; length > 1; length -= 1) {
    const lines = first.lines.slice(0, length)
    const rests = members.map((body) => body.lines.slice(length))
    const made = new Set(lines.flatMap((line) => (line.kind === 'assign' ? [line.target] : [])))
    const [value, ...more] = [...made].filter((variable) => rests.some((rest) => uses(rest, variable)))
    const asksForShots = uses(lines, 'shots') || uses(lines, 'seed') || rests.some((rest) => uses(rest, 'gates'))
    if (value === undefined || more.length > 0 || asksForShots) continue
    return prepared(lines, value, members)
  }
  return undefined
}

function prepared(lines: readonly Line[], value: string, members: readonly Body[]): Shared {
  const names = members.map((body) => `\`${body.method}\``)
  const readers = [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ')
  return {
    head: 'def prepared(self, n: int, gates: list[Any]) -> Any:',
    doc: `"""What ${readers} ${members.length === 1 ? 'reads' : 'read'}: n qubits after the gates."""`,
    lines: [...lines, { kind: 'return', value: name(value) }],
    call: { kind: 'assign', target: value, operator: '=', value: made() },
    length: lines.length,
    members,
  }
}

function made(): Term {
  return call({ kind: 'attr', of: name('self'), name: 'prepared' }, name('n'), name('gates'))
}

/** A batch needs the circuit itself; where the runs need more of the setup than it, there is none. */
function nativeCircuit(bodies: readonly Body[], { driver, gates, factored }: Runs): Shared | undefined {
  const lines = withoutShots(circuitLines(driver, gates, factored))
  const circuit = variableName('circuit')
  const members = bodies.filter((body) => JSON.stringify(body.lines.slice(0, lines.length)) === JSON.stringify(lines))
  const others = driver.setup.flatMap((statement) => (statement.var === undefined ? [] : [variableName(statement.var)]))
  const rests = [...members.map((body) => body.lines.slice(lines.length)), statementLines(driver.batch?.run ?? [])]
  const needsMore = others.some((one) => one !== circuit && rests.some((rest) => uses(rest, one)))
  return needsMore || members.length === 0 ? undefined : prepared(lines, circuit, members)
}

/** All circuits in one call: made one by one, run together, read one by one. */
function batchLines(batch: Reading, shared: Shared): Body {
  const each = (body: Term, variable: string, over: Term): Term => ({
    kind: 'list',
    items: [{ kind: 'generator', body, variable, over, times: 1 }],
  })
  const results = each(readingValue(batch, name('one')), 'one', name(variableName(batch.root)))
  const counted = batch.kind === 'counts' || batch.kind === 'samples'
  const lines: Line[] = [
    { kind: 'assign', target: 'circuits', operator: '=', value: each(made(), 'gates', name('circuits')) },
    ...statementLines(batch.run),
    { kind: 'return', value: results },
  ]
  return {
    method: 'batch',
    head: 'def batch(self, n: int, circuits: list[list[Any]], shots: int, seed: int) -> Any:',
    doc: `${counted ? 'Outcomes' : 'State vectors'} of several circuits, as \`${shared.members.at(counted ? -1 : 0)?.method}\` gives them, in one call.`,
    lines: counted ? lines : withoutShots(lines),
  }
}

function exactValue(reading: Reading, value: Term): Term {
  return reading.kind === 'unitary' ? call(name('first_column'), value, name('n')) : value
}

function indent(line: string): string {
  return line === '' ? '' : `    ${line}`
}
