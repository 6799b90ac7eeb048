/**
 * What a person says about the package, as facts: example code and tables of gates go through the slicer that reads the
 * package's own examples. Nothing is executed, and only names of the package, of what it needs and of hosts are kept.
 */
import type { Expression } from '../values/driver.ts'
import { ROLES, type Role } from '../values/driver.ts'
import { descendants, referencesOf, replace, variablesOf } from '../values/expressions.ts'
import { gateOfName } from '../values/gate-names.ts'
import { ARITHMETIC_MODULES, HOST_MODULES, PLAIN_REFERENCES } from '../values/import-names.ts'
import type { GateKey } from '../values/overrides.ts'
import type { HintFacts } from '../values/profile.ts'
import { codeBlocks } from './code-blocks.ts'
import { READS, readExamples } from './examples.ts'
import type { FileFacts, FileTask, RawStatement } from './file-facts.ts'
import { gatesIn, splitChain } from './gate-calls.ts'
import type { Namespace } from './namespace.ts'

/** What a person said, in the order in which it is told back to them. */
export interface Stated {
  readonly hints?: readonly string[] | undefined
  readonly gates?: Partial<Record<GateKey, string>> | undefined
}

/** Names of the package by their last part, and who owns a module. */
export interface Known {
  readonly names: Namespace
  readonly owns: (module: string) => boolean
  /** References of classes, functions and gates. */
  readonly references: readonly string[]
  /** Distributions that it declares. */
  readonly dependencies: readonly string[]
}

const VALUE = 'statedvalue'
const MAX_STATEMENTS = 12

/** One task for each hint, then one for each entry of the table, for the worker that parses everything foreign. */
export function hintTasks({ hints = [], gates = {} }: Stated): FileTask[] {
  const texts = [...hints.map(unfenced), ...Object.values(gates).map(asStatement)]
  return texts.map((text, index) => ({ root: '', path: `hint ${index + 1}`, kind: 'example', module: '', text }))
}

/** Facts of what `hintTasks` made tasks of; `files[i]` is undefined where the parser gave up. */
export function readHints(stated: Stated, files: readonly (FileFacts | undefined)[], known: Known): HintFacts[] {
  const gates: (GateKey | undefined)[] = [
    ...(stated.hints ?? []).map(() => undefined),
    ...(Object.keys(stated.gates ?? {}) as GateKey[]),
  ]
  return gates.map((gate, index) => {
    const facts = readHint(files[index], gate, known)
    return { ...(gate === undefined ? {} : { gate }), ...facts }
  })
}

const NOTHING = { examples: [], setup: [], gates: [], run: [] }

function readHint(file: FileFacts | undefined, gate: GateKey | undefined, known: Known): HintFacts {
  if (file === undefined) return { ...NOTHING, problem: 'it could not be parsed' }
  const slices = file.slices.map((slice) => ({ ...slice, statements: bindNames(slice.statements, known, gate) }))
  const statements = slices.flatMap((slice) => slice.statements)
  const foreign = statements
    .flatMap((statement) => referencesOf(statement.value))
    .find((reference) => !isAllowed(reference, known))
  if (foreign !== undefined) {
    const module = (foreign.split(/[.:]/)[0] ?? '').replace(/\W/g, '').slice(0, 60)
    return { ...NOTHING, problem: `it names ${module}, which is neither part of the package nor of what it declares` }
  }
  if (gate !== undefined) {
    const [only, ...others] = statements
    if (only === undefined || others.length > 0) return { ...NOTHING, problem: 'it is not one expression' }
    return { ...NOTHING, gates: [plain(entry(only))] }
  }
  const examples = readExamples([{ ...file, slices }], known.names, known.owns)
    .slice(0, MAX_STATEMENTS)
    .map((example) => ({ ...example, evidence: { file: 'hint', line: example.evidence.line } }))
  if (examples.length > 0) return { ...NOTHING, examples }
  const loose = looseParts(statements, known)
  if ([...loose.setup, ...loose.gates, ...loose.run].length === 0) {
    return {
      ...NOTHING,
      problem: 'nothing in it is a call, an item or an operator that the driver language has words for',
    }
  }
  return { ...NOTHING, ...loose }
}

/** Fences of Markdown and prompts of an interpreter come off. */
function unfenced(text: string): string {
  const blocks = codeBlocks(text)
  return blocks.length > 0 ? blocks.map(({ code }) => code).join('\n') : text.replace(/^ {0,8}(?=\S[^\n]*$)/, '')
}

/** An entry of a table may be any expression, also one that as a statement would only be a docstring. */
function asStatement(text: string): string {
  return /^\s*[A-Za-z]\w*\s*(?:[-+*@|&]|<<)?=(?!=)/.test(text) ? text : `${VALUE} = (${text})`
}

/** Names of roles become roles, and names of the package that nothing binds become references. */
function bindNames(statements: readonly RawStatement[], known: Known, gate: GateKey | undefined): RawStatement[] {
  const defined = new Set<string>()
  return statements.map((statement) => {
    const value = merge(
      replace(statement.value, (part) => {
        if (!('var' in part) || defined.has(part.var)) return undefined
        if (isRole(part.var) && (gate !== undefined || /^[qp][012]$|^(n|shots|seed|matrix)$/.test(part.var))) {
          return { role: part.var }
        }
        const reference = referenceOf(part.var, known)
        return reference === undefined ? undefined : { ref: reference }
      }),
    )
    if (statement.var !== undefined) defined.add(statement.var)
    return { ...statement, value }
  })
}

const isRole = (name: string): name is Role => (ROLES as readonly string[]).includes(name)

/** A name of the package, by the shortest of its references; a variable mostly begins with a small letter. */
function referenceOf(name: string, { references }: Known): string | undefined {
  if (!/[A-Z]|_/.test(name) && name.length < 4) return undefined
  return references
    .filter((reference) => /[^.:]*$/.exec(reference)?.[0] === name)
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0]
}

/** `{attr: [{ref: "m:A"}, "b"]}` is `{ref: "m:A.b"}`. */
function merge(expression: Expression): Expression {
  return replace(expression, (part) => {
    if (!('attr' in part)) return undefined
    const base = merge(part.attr[0])
    if (!('ref' in base)) return { attr: [base, part.attr[1]] }
    return { ref: `${base.ref}${base.ref.includes(':') ? '.' : ':'}${part.attr[1]}` }
  })
}

function isAllowed(reference: string, { owns, dependencies }: Known): boolean {
  if (PLAIN_REFERENCES.test(reference)) return true
  const [module = ''] = reference.split(':')
  const [root = ''] = module.split('.')
  if (ARITHMETIC_MODULES.has(root) || HOST_MODULES.has(root) || owns(module) || owns(root)) return true
  return dependencies.some((name) => name.toLowerCase().split(/[-_.]/).includes(root.toLowerCase()))
}

/** `circuit = circuit.x(q0)`, `circuit += X(q0)` or an expression, with the one variable that it may use. */
function entry(statement: RawStatement): RawStatement {
  const { var: name, value } = statement
  const target = name === undefined || name === VALUE ? [...variablesOf(value)][0] : name
  const renamed = replace(value, (part) => ('var' in part && part.var === target ? { var: 'circuit' } : undefined))
  return { value: renamed, line: statement.line, ...(name === undefined || name === VALUE ? {} : { var: 'circuit' }) }
}

/** Statements of a hint that uses a circuit without making one: what stands before the dot is the circuit. */
function looseParts(statements: readonly RawStatement[], known: Known): Pick<HintFacts, 'setup' | 'gates' | 'run'> {
  const split = statements.flatMap(splitChain)
  const defined = new Set(split.flatMap((statement) => statement.var ?? []))
  const makes = split.find(
    ({ var: name, value }) =>
      'call' in value && isOwn(value, known) && gatesIn(value).length === 0 && name !== undefined,
  )
  const free = new Set(split.flatMap(({ value }) => [...variablesOf(value)]).filter((name) => !defined.has(name)))
  const circuit = makes?.var ?? [...free][0]
  const named = (name: string) => (name === circuit ? 'circuit' : name === 'circuit' ? 'circuit_other' : name)
  const parts = { setup: [] as RawStatement[], gates: [] as RawStatement[], run: [] as RawStatement[] }
  for (const statement of split) {
    const value = replace(statement.value, (part) => ('var' in part ? { var: named(part.var) } : undefined))
    const one = { ...statement, value, ...(statement.var === undefined ? {} : { var: named(statement.var) }) }
    if (statement === makes) parts.setup.push(one)
    else if (isGate(one)) parts.gates.push(one)
    else if (statement.var === undefined && 'call' in value && !usesCircuit(value) && isOwn(value, known)) {
      parts.setup.push({ ...one, var: 'circuit' })
    } else if (usesCircuit(value) || parts.run.length > 0) parts.run.push(one)
  }
  return {
    setup: parts.setup.slice(0, MAX_STATEMENTS).map(plain),
    gates: parts.gates.slice(0, MAX_STATEMENTS).map(plain),
    run: parts.run.slice(0, MAX_STATEMENTS).map(plain),
  }
}

const usesCircuit = (value: Expression): boolean => variablesOf(value).has('circuit')

const isOwn = (value: Expression, { owns }: Known): boolean =>
  referencesOf(value).some((reference) => owns(reference.split(':')[0] ?? ''))

/** Names a gate, or gives a qubit's number to something that neither runs nor reads. */
function isGate({ var: name, value }: RawStatement): boolean {
  if (name !== undefined && name !== 'circuit') return false
  if (gatesIn(value).length > 0) return true
  const called = 'call' in value && 'attr' in value.call ? value.call.attr[1] : ''
  if (called === '' || READS.test(called) || gateOfName(called) !== undefined) return false
  const given = 'call' in value ? [...value.args, ...Object.values(value.kwargs ?? {})] : []
  return given.some((part) => [...descendants(part)].some((one) => isPlace(one)))
}

const isPlace = (part: Expression): boolean =>
  ('role' in part && /^q[012]$/.test(part.role)) ||
  ('lit' in part && typeof part.lit === 'number' && Number.isInteger(part.lit) && part.lit >= 0 && part.lit < 3)

function plain({ var: name, value }: RawStatement): { var?: string; value: Expression } {
  return { ...(name === undefined ? {} : { var: name }), value }
}
