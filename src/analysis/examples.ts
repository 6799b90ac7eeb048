/**
 * Turns the slices of all examples into examples of use: how a circuit is made, which gates are applied, how it is run
 * and read. Only what uses the distribution counts, and only where a gate or a program text stands in it.
 */
import type { Expression, Statement } from '../values/driver.ts'
import { descendants, referencesOf, replace, variablesOf } from '../values/expressions.ts'
import type { Example } from '../values/profile.ts'
import { inlineConstants, withBuiltProgram } from './constants.ts'
import { splitDocument, splitGateList, splitResult } from './documents.ts'
import type { FileFacts, RawSlice, RawStatement } from './file-facts.ts'
import { gatesIn, isStrong, splitChain, stripGates } from './gate-calls.ts'
import type { Namespace } from './namespace.ts'

const MAX_EXAMPLES = 60
const MAX_STATEMENTS = 12
const MAX_LIFETIMES = 6
/** Looks at a circuit or keeps it, and needs a display, a file or the network. */
const ASIDE_CALL =
  /^(draw|plot|show|print|display|save|write|dump|export|visuali[sz]e|to_(qasm|json|latex|dict|file)|benchmark)/i

/** @param owns whether a module belongs to the distribution */
export function readExamples(
  files: readonly FileFacts[],
  names: Namespace,
  owns: (module: string) => boolean,
): Example[] {
  const seen = new Map<string, { example: Example; rank: number }>()
  for (const file of files) {
    for (const slice of file.slices) {
      for (const example of examplesOf(resolveNames(slice, names), file.path, owns)) {
        const key = JSON.stringify([example.setup, example.run, example.dialect ?? '', example.gates.length > 0])
        const rank = rankOf(example, file)
        const known = seen.get(key)
        if (!known || rank < known.rank) seen.set(key, { example, rank })
      }
    }
  }
  return [...seen.values()]
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        compare(a.example.evidence.file, b.example.evidence.file) ||
        a.example.evidence.line - b.example.evidence.line,
    )
    .slice(0, MAX_EXAMPLES)
    .map(({ example }) => example)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const SIDE_TOPIC =
  /noise|noisy|error|density|pepo|mps|mpo|draw|plot|qaoa|vqe|random|optimi|gradient|param|gpu|distribut|benchmark|perf/i

/** Lower is better: strong, run, from a document a person reads, on topic, short. */
function rankOf(example: Example, file: FileFacts): number {
  const text = JSON.stringify([example.setup, example.run])
  let rank = example.strong ? 0 : 40
  if (example.run.length === 0) rank += 6
  if (SIDE_TOPIC.test(text) || SIDE_TOPIC.test(file.path)) rank += 8
  rank += file.kind === 'document' ? 0 : file.kind === 'package' ? 2 : 4
  rank += Math.min(8, example.setup.length) - Math.min(6, example.gates.length) * 0.5
  return rank
}

/** Names that only a star import can have bound become references, and references name the module that holds the name. */
function resolveNames(slice: RawSlice, names: Namespace): RawSlice {
  const modules = slice.stars.filter((module) => names.has(module))
  const defined = new Set(slice.statements.map((statement) => statement.var))
  const bound = (name: string): string | undefined => {
    const module = defined.has(name) ? undefined : modules.find((candidate) => names.exports(candidate).has(name))
    return module === undefined ? undefined : `${module}:${name}`
  }
  const resolve = (part: Expression): Expression | undefined => {
    if ('ref' in part) return { ref: submodule(part.ref, names) }
    if ('var' in part) {
      const ref = bound(part.var)
      return ref === undefined ? undefined : { ref: submodule(ref, names) }
    }
    if (!('attr' in part)) return undefined
    // `{attr: [{ref: "m:A"}, "b"]}` is `{ref: "m:A.b"}`.
    const base = replace(part.attr[0], resolve)
    if (!('ref' in base)) return { attr: [base, part.attr[1]] }
    return { ref: submodule(`${base.ref}${base.ref.includes(':') ? '.' : ':'}${part.attr[1]}`, names) }
  }
  return { ...slice, statements: slice.statements.map((one) => ({ ...one, value: replace(one.value, resolve) })) }
}

/** `package:gates.H` is `package.gates:H` where `package.gates` is a module. */
function submodule(ref: string, names: Namespace): string {
  const [module = '', path = ''] = ref.split(':')
  const [first = '', ...rest] = path.split('.')
  if (path === '' || !names.has(`${module}.${first}`) || names.defines(module, first)) return ref
  return rest.length === 0 ? `${module}.${first}` : submodule(`${module}.${first}:${rest.join('.')}`, names)
}

function examplesOf(given: RawSlice, file: string, owns: (module: string) => boolean): Example[] {
  const slice = withBuiltProgram({ ...given, statements: inlineConstants(given.statements) })
  const statements = slice.statements
    .flatMap(splitDocument)
    .flatMap(splitGateList)
    .flatMap(splitResult)
    .flatMap(splitChain)
  const uses = statements.some((statement) => usesPackage(statement.value, owns))
  if (!uses) return []
  if (slice.dialect !== undefined) {
    const example = textExample(statements, slice.dialect, file)
    if (example === undefined) return []
    return [slice.program === undefined ? example : { ...example, program: slice.program }]
  }
  return circuitVariables(statements)
    .slice(0, 2)
    .flatMap((name) => lifetimes(statements, name).map((lifetime) => circuitExample(lifetime, name, file, owns)))
    .filter((example) => example !== undefined)
}

/**
 * A long page makes its circuit again and again under one name: the statements up to the end of each of its lives, so that
 * the last definition in a list is the one that counts.
 */
function lifetimes(statements: readonly RawStatement[], circuit: string): RawStatement[][] {
  const born = statements.flatMap((statement, index) =>
    statement.var === circuit && !variablesOf(statement.value).has(circuit) ? [index] : [],
  )
  return born.slice(0, MAX_LIFETIMES).map((start, which) => {
    const before = statements
      .slice(0, start)
      .filter((statement) => statement.var !== circuit && !variablesOf(statement.value).has(circuit))
    return [...before, ...statements.slice(start, born[which + 1] ?? statements.length)]
  })
}

const usesPackage = (value: Expression, owns: (module: string) => boolean): boolean =>
  referencesOf(value).some((ref) => owns(ref.split(':')[0] ?? ''))

/** Variables that gates hang on, the one with most gates first. */
function circuitVariables(statements: readonly RawStatement[]): string[] {
  const defined = new Set<string>()
  const counts = new Map<string, number>()
  for (const statement of statements) {
    const gates = gatesIn(statement.value)
    if (gates.length > 0 && (statement.var === undefined || variablesOf(statement.value).has(statement.var))) {
      for (const name of variablesOf(statement.value))
        if (defined.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    if (statement.var !== undefined) {
      defined.add(statement.var)
      // A circuit that is made with its gates: `Program(H(0), CNOT(0, 1))`.
      if (gates.length > 1 && 'call' in statement.value)
        counts.set(statement.var, (counts.get(statement.var) ?? 0) + 0.5)
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name)
}

function circuitExample(
  statements: readonly RawStatement[],
  circuit: string,
  file: string,
  owns: (module: string) => boolean,
): Example | undefined {
  const made = statements.findIndex((statement) => statement.var === circuit)
  const definition = statements[made]
  if (!definition) return undefined
  const isGate = (statement: RawStatement): boolean =>
    (statement.var === undefined || statement.var === circuit) &&
    variablesOf(statement.value).has(circuit) &&
    !isAside(statement.value) &&
    gatesIn(statement.value).length > 0
  const inside =
    gatesIn(definition.value).length > 0 ? stripGates(definition.value) : { value: definition.value, gates: [] }
  const firstGate = statements.findIndex((statement, index) => index > made && isGate(statement))
  const until = firstGate === -1 ? made : firstGate - 1

  // Backward: what the circuit's definition needs, and what is done to it before the first gate.
  const needed = new Set<string>([circuit])
  const found = new Set<string>()
  const setup: RawStatement[] = []
  for (let index = until; index >= 0; index -= 1) {
    const statement = statements[index]
    if (!statement || isAside(statement.value)) continue
    // Only the last definition before its use counts.
    if (statement.var !== undefined && index !== made && found.has(statement.var)) continue
    const value = index === made ? inside.value : statement.value
    const variables = variablesOf(value)
    const touches = [...variables].some((name) => needed.has(name))
    const globalCall =
      statement.var === undefined && 'call' in value && variables.size === 0 && usesPackage(value, owns)
    const wanted = statement.var === undefined ? touches || globalCall : needed.has(statement.var)
    if (!wanted || (index !== made && gatesIn(value).length > 0)) continue
    if (index > made && statement.var === undefined && READS.test(lastCall(value))) continue
    setup.unshift({ ...statement, value })
    if (statement.var !== undefined) found.add(statement.var)
    for (const name of variables) needed.add(name)
  }
  const gates = [
    ...inside.gates.map((value) => ({ value, line: definition.line })),
    ...statements.filter((s, index) => index > made && isGate(s)),
  ]
  const run = forward(statements, until + 1, needed, (statement) => isGate(statement))
  if (gates.length === 0 || setup.length > MAX_STATEMENTS) return undefined
  return finish({ setup, gates, run }, circuit, file, definition.line, undefined)
}

/** Statements that use the circuit (or what came of it) after the gates, with the definitions that they need. */
function forward(
  statements: readonly RawStatement[],
  from: number,
  setupVariables: ReadonlySet<string>,
  skip: (statement: RawStatement) => boolean,
): RawStatement[] {
  const derived = new Set(setupVariables)
  const chosen = new Set<number>()
  for (let index = from; index < statements.length; index += 1) {
    const statement = statements[index]
    if (!statement || skip(statement) || isAside(statement.value)) continue
    if (![...variablesOf(statement.value)].some((name) => derived.has(name))) continue
    // More gates, wherever they are put, are no part of running.
    if (gatesIn(statement.value).length > 0) continue
    chosen.add(index)
    if (statement.var !== undefined) derived.add(statement.var)
    if (chosen.size >= MAX_STATEMENTS) break
  }
  // The definitions that these need, each time the last one before the use.
  for (let index = statements.length - 1; index >= 0; index -= 1) {
    if (!chosen.has(index)) continue
    for (const name of variablesOf(statements[index]?.value ?? { lit: null })) {
      if (setupVariables.has(name)) continue
      const definition = statements.findLastIndex((statement, at) => at < index && statement.var === name)
      if (definition >= 0) chosen.add(definition)
    }
  }
  return [...chosen]
    .sort((a, b) => a - b)
    .map((index) => statements[index])
    .filter((statement) => statement !== undefined)
}

/** Methods that run or read something. */
export const READS =
  /^(run|simulate|execute|sample|measure|get_?(state|counts|prob)|partial|expect|probab|amplitude|local_expectation|evaluate|compute)/i

/** Name of the outermost function or method that an expression calls. */
function lastCall(value: Expression): string {
  if (!('call' in value)) return ''
  if ('attr' in value.call) return value.call.attr[1]
  return 'ref' in value.call ? (/[^.:]*$/.exec(value.call.ref)?.[0] ?? '') : ''
}

const isAside = (value: Expression): boolean => ASIDE_CALL.test(lastCall(value))

/** A program given as text: the statement that takes it makes the circuit. */
function textExample(statements: readonly RawStatement[], dialect: string, file: string): Example | undefined {
  const takes = statements.findIndex((statement) => holdsText(statement.value))
  const taking = statements[takes]
  if (!taking) return undefined
  const inner = innermostTaker(taking.value)
  const whole = inner === taking.value
  const circuit = whole ? (taking.var ?? 'circuit') : 'circuit'
  const needed = new Set(variablesOf(inner))
  const setup: RawStatement[] = []
  for (let index = takes - 1; index >= 0; index -= 1) {
    const statement = statements[index]
    if (
      !statement ||
      statement.var === undefined ||
      !needed.has(statement.var) ||
      gatesIn(statement.value).length > 0
    ) {
      continue
    }
    setup.unshift(statement)
    for (const name of variablesOf(statement.value)) needed.add(name)
  }
  // `engine.run(Program(text))` is `circuit = Program(text)` and `engine.run(circuit)`.
  const first = whole
    ? []
    : [{ ...taking, value: replace(taking.value, (part) => (part === inner ? { var: circuit } : undefined)) }]
  const rest = [...statements.slice(0, takes), ...first, ...statements.slice(takes + 1)]
  const run = forward(rest, takes, new Set([...needed, circuit]), () => false)
  const made = { var: circuit, value: inner, line: taking.line }
  return finish({ setup: [...setup, made], gates: [], run }, circuit, file, taking.line, dialect)
}

/** The call that is given the text itself, else the whole expression. */
function innermostTaker(value: Expression): Expression {
  for (const part of descendants(value)) {
    if (!('call' in part)) continue
    const given = [...part.args, ...Object.values(part.kwargs ?? {})]
    if (given.some((argument) => 'role' in argument && argument.role === 'text')) return part
  }
  return value
}

function holdsText(value: Expression): boolean {
  return 'role' in value ? value.role === 'text' : JSON.stringify(value).includes('{"role":"text"}')
}

interface Sliced {
  readonly setup: readonly RawStatement[]
  readonly gates: readonly { value: Expression; var?: string }[]
  readonly run: readonly RawStatement[]
}

/** The circuit's variable is called `circuit` everywhere. */
function finish(sliced: Sliced, circuit: string, file: string, line: number, dialect: string | undefined): Example {
  const rename = (name: string): string => (name === circuit ? 'circuit' : name === 'circuit' ? 'circuit_other' : name)
  const statement = (raw: { value: Expression; var?: string }): Statement => ({
    ...(raw.var === undefined ? {} : { var: rename(raw.var) }),
    value: replace(raw.value, (part) => ('var' in part ? { var: rename(part.var) } : undefined)),
  })
  const setup = sliced.setup.map(statement)
  const gates = sliced.gates.slice(0, MAX_STATEMENTS).map(statement)
  return {
    setup,
    gates,
    run: sliced.run.slice(0, MAX_STATEMENTS).map(statement),
    strong: dialect !== undefined || gates.some((gate) => isStrong(gate.value)),
    ...(dialect === undefined ? {} : { dialect }),
    evidence: { file, line: Math.max(1, line) },
  }
}
