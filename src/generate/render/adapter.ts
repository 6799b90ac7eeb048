/** Renders a measured driver as `adapter.py`: a table of gates and the few lines that run them, on the shared bridge. */
import type { Driver } from '../../values/driver.ts'
import { BugError, UserError } from '../../values/errors.ts'
import type { GateName } from '../../values/gates.ts'
import { GATE_NAMES } from '../../values/gates.ts'
import type { Conventions } from '../../values/measurement.ts'
import { pythonLiteral, pythonString } from '../literal.ts'
import { renderedDriver } from './beyond.ts'
import type { Factored } from './factor.ts'
import { factor } from './factor.ts'
import type { GateKey, GateTerm } from './gate-terms.ts'
import { gateTerms, PARAMETER_NAMES, referencesIn } from './gate-terms.ts'
import { parseReference, planImports } from './imports.ts'
import { variableName } from './method.ts'
import { printTerm } from './print.ts'
import { readings, runMethods, usesSamples } from './run-methods.ts'
import { CHAINED, name, namesIn } from './term.ts'
import { textTable } from './text-table.ts'

export interface AdapterInput {
  /** Checked name of the backend. */
  readonly backend: string
  readonly driver: Driver
  readonly conventions: Conventions
  /** Largest unitary that the entry `matrix` takes, in qubits; 0 where there is none. */
  readonly matrixQubits: number
  /** Gates that can neither be run nor be written with those of the table. */
  readonly refused: readonly GateName[]
  readonly limits: readonly string[]
  /** Its package runs in an environment of its own. */
  readonly isolated?: boolean
}

const SHOWN_LIMITS = 6

/** Gates that the table of a driver's adapter has, `matrix` among them; a channel is none. */
export function tableGates(driver: Driver): GateKey[] {
  const rows = gateTerms(driver, (variable) => name(variableName(variable)))
  return rows.flatMap((row) => (row.gate === 'depolarize' ? [] : [row.gate]))
}

/** `some_name` → `SomeNameAdapter`. */
export function adapterClass(backend: string): string {
  const words = backend.split('_').filter((word) => word !== '')
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Adapter`
}

export interface RenderedAdapter {
  /** Source of `adapter.py`, not formatted yet. */
  readonly source: string
  /** Gate → its entry in the table, as it is written there. */
  readonly table: ReadonlyMap<string, string>
}

/** Renders a driver. Raises BugError for one that cannot be written, UserError for one without gates or without a reading. */
export function renderAdapter(measured: AdapterInput): RenderedAdapter {
  const driver = renderedDriver(measured.driver, measured.conventions, measured.isolated === true)
  const input = { ...measured, driver }
  const { backend } = input
  const gates = gateTerms(driver, (variable) => name(variableName(variable)))
  if (gates.length === 0) throw new UserError('No gate was measured, so there is no adapter to write.')
  const isText = driver.text !== undefined
  const factored = isText ? undefined : factor(gates, variableName('circuit'))
  const table = new Map<string, string>()
  const lines = isText ? textMethod(gates, input.refused, table) : tableMethod(factored, input, table)
  const methods = runMethods({ driver, conventions: input.conventions, gates, factored })
  const body = [...attributes(input), '', ...lines, ...methods.flatMap((method) => ['', ...method])].map(indent)
  const text = body.join('\n')
  const base = input.isolated ? 'IsolatedAdapter' : 'BridgeAdapter'
  const source = [
    `"""The backend ${backend}, written from measurements on the real simulator: see README.md."""`,
    '',
    'from __future__ import annotations',
    '',
    'from collections.abc import Callable',
    'from typing import Any',
    '',
    ...(/\bnp\./.test(text) ? ['import numpy as np', ''] : []),
    ...bridgeImports(text, isText, base),
    '',
    '',
    `class ${adapterClass(backend)}(${base}):`,
    indent('"""A table of native gates, and the lines that run them."""'),
    '',
    text,
    '',
  ].join('\n')
  return { source, table }
}

/** What the source text takes from the bridge. */
function bridgeImports(text: string, isText: boolean, base: string): string[] {
  const uses = (names: readonly string[]) => names.filter((one) => new RegExp(`\\b${one}\\(`).test(text))
  const own = [...uses(['calls', 'first_column']), ...(isText ? ['lines'] : [])]
  const ofText = isText ? uses(['decimal', 'program_file', 'written']) : []
  return [
    `from .._bridge import ${[base, ...own].join(', ')}`,
    ...uses([CHAINED]).map((one) => `from .._bridge.chains import ${one}`),
    ...(ofText.length > 0 ? [`from .._bridge.text import ${ofText.join(', ')}`] : []),
  ]
}

function indent(line: string): string {
  return line === '' ? '' : `    ${line}`
}

function attributes(input: AdapterInput): string[] {
  const { driver, conventions } = input
  const { exact, drawn } = readings(driver)
  const order = (exact ?? drawn)?.order ?? 'big'
  const lines = [
    `name = ${pythonString(input.backend)}`,
    `package = ${pythonString(driver.distribution)}`,
    `modules = (${modulesOf(driver)
      .map((module) => `${pythonString(module)},`)
      .join(' ')})`,
    `bit_order = ${pythonString(order)}${order === 'little' ? '  # qubit 0 is the least significant bit of an index' : ''}`,
  ]
  if (usesSamples(input) && drawn !== undefined) {
    if (drawn.order !== order)
      lines.push(`sample_order = ${pythonString(drawn.order)}  # counts are written the other way than states`)
    const rounded = conventions.counts === 'rounded'
    if (rounded || drawn.kind === 'counts') lines.push(`sample_gives = ${rounded ? '"expectations"' : '"counts"'}`)
    if (!rounded && !conventions.seed) lines.push('seeded = False  # equal seeds do not give equal counts')
  }
  lines.push(`max_qubits = ${pythonLiteral(conventions.max_qubits)}`)
  if (exact?.kind === 'density') lines.push(`max_density_qubits = ${pythonLiteral(conventions.max_qubits)}`)
  else if (driver.density !== undefined && conventions.max_density_qubits !== undefined)
    lines.push(`max_density_qubits = ${pythonLiteral(conventions.max_density_qubits)}`)
  if (driver.noise !== undefined) lines.push(`noise = ("${driver.noise.shows === 'density' ? 'density' : 'sample'}",)`)
  if (driver.batch !== undefined) lines.push(`batch_gives = "${driver.batch.kind === 'state' ? 'states' : 'outcomes'}"`)
  if (input.matrixQubits > 0) lines.push(`max_matrix_qubits = ${input.matrixQubits}`)
  if (conventions.precision !== 'double') lines.push(`precision = ${pythonString(conventions.precision)}`)
  if (input.refused.length > 0) {
    lines.push(`refused = ${tupleOf(input.refused)}`)
  }
  const limits = input.limits.slice(0, SHOWN_LIMITS).map((limit) => `${pythonString(limit.slice(0, 200))},`)
  if (limits.length > 0) lines.push('limits = (', ...limits.map(indent), ')')
  return lines
}

function tupleOf(texts: readonly string[]): string {
  return `(${texts.map(pythonString).join(', ')}${texts.length === 1 ? ',' : ''})`
}

/** Import names that the driver uses, without those that lie inside another. */
function modulesOf(driver: Driver): string[] {
  const all = new Set<string>(driver.imports.map((ref) => parseReference(ref).module))
  for (const ref of JSON.stringify(driver).matchAll(/"ref":"([^"]+)"/g)) all.add(parseReference(ref[1] ?? '').module)
  const known = [...all].filter((module) => !['numpy', 'math', 'builtins', 'operator'].includes(module))
  return known.filter((module) => !known.some((other) => module.startsWith(`${other}.`))).sort()
}

function tableMethod(factored: Factored | undefined, input: AdapterInput, shown: Map<string, string>): string[] {
  const { driver } = input
  if (factored === undefined) throw new BugError('A table was asked for without gates.')
  const refs = factored.table.flatMap((row) => referencesIn(row.entry))
  const reserved = new Set([...PARAMETER_NAMES, 'c', 'calls', CHAINED, 'np', 'self', 'list', 'tuple'])
  for (const row of factored.table) for (const one of namesIn(row.entry)) reserved.add(one)
  const imports = planImports(refs, reserved, driver.imports)
  const rows = factored.table.map((row) => tableRow(row.gate, printTerm(row.entry, imports.nameOf), row.remark, shown))
  for (const { gate, entry } of factored.table) {
    if (factored.ofCircuit && entry.kind === 'literal') shown.set(gate, `c.${entry.value}`)
  }
  const first = sideImports(driver)
  const lines = [...first, ...imports.lines]
  return [
    ...gatesHead(
      factored.table.map((row) => row.gate),
      input.refused,
    ),
    ...(lines.length > 0 ? [...lines, ''] : []).map(indent),
    indent(factored.ofCircuit ? 'return calls({' : 'return {'),
    ...withoutRepeats(rows).map((row) => indent(indent(row))),
    indent(factored.ofCircuit ? '})' : '}'),
  ]
}

function tableRow(gate: string, entry: string, remark: string | undefined, shown: Map<string, string>): string {
  shown.set(gate, entry)
  return `${pythonString(gate)}: ${entry},${remark === undefined ? '' : `  # ${remark}`}`
}

function gatesHead(native: readonly string[], refused: readonly GateName[]): string[] {
  const lowered = GATE_NAMES.filter((gate) => !native.includes(gate) && !refused.includes(gate))
  const first = 'Native gates: parameters in radians, then qubits.'
  const doc =
    lowered.length === 0 ? [`"""${first}"""`] : [`"""${first}`, '', `Left to the bridge: ${lowered.join(' ')}.`, '"""']
  return ['def gates(self) -> dict[str, Callable[..., Any]]:', ...doc.map(indent)]
}

/** Modules that must be imported, and in this order, though nothing of them is called. */
function sideImports(driver: Driver): string[] {
  const called = new Set<string>()
  const { imports: _, ...rest } = driver
  for (const ref of JSON.stringify(rest).matchAll(/"ref":"([^"]+)"/g)) called.add(parseReference(ref[1] ?? '').module)
  return driver.imports
    .map((ref) => parseReference(ref).module)
    .filter((module) => ![...called].some((other) => other === module || other.startsWith(`${module}.`)))
    .map((module) => `import ${module}  # noqa: F401`)
}

/** A remark stands once above equal ones. */
function withoutRepeats(rows: readonly string[]): string[] {
  const remarkOf = (row: string | undefined) => row?.split(',  # ')[1]
  return rows.map((row, index) => {
    const remark = remarkOf(row)
    return remark !== undefined && remark === remarkOf(rows[index - 1]) ? row.slice(0, -`  # ${remark}`.length) : row
  })
}

function textMethod(gates: readonly GateTerm[], refused: readonly GateName[], shown: Map<string, string>): string[] {
  const { templates, functions } = textTable(gates)
  const refs = functions.flatMap((row) => referencesIn(row.entry))
  const imports = planImports(refs, new Set([...PARAMETER_NAMES, 'lines', 'decimal']), [])
  const plain = templates.map((row) => tableRow(row.gate, pythonString(row.template), row.remark, shown))
  const other = functions.map((row) => tableRow(row.gate, printTerm(row.entry, imports.nameOf), row.remark, shown))
  const inner = ['lines({', ...withoutRepeats(plain).map(indent), '})']
  const value =
    other.length === 0
      ? inner
      : ['{', ...['**lines({', ...inner.slice(1, -1), '}),', ...withoutRepeats(other)].map(indent), '}']
  return [
    ...gatesHead(
      gates.map((gate) => gate.gate),
      refused,
    ),
    ...imports.lines.map(indent),
    indent(`return ${value[0] ?? ''}`),
    ...value.slice(1).map(indent),
  ]
}
