/** Ways to construct something of n qubits: by the roles of the parameters, then by what is common. */
import type { Expression, Statement } from '../values/driver.ts'
import type { ClassFacts, Parameter } from '../values/profile.ts'
import { shortName } from './ranking.ts'
import { CIRCUIT_NOUN, roleOfParameter, valueForRole } from './vocabulary.ts'

type Call = Extract<Expression, { call: Expression }>

/** Expressions that call `ref`, the likeliest first, at most six. `parameters` null: the signature is unknown. */
export function constructions(ref: string, parameters: readonly Parameter[] | null): Call[] {
  const calls: Call[] = []
  const add = (args: Expression[], kwargs: Record<string, Expression> = {}): void => {
    const call: Call = Object.keys(kwargs).length > 0 ? { call: { ref }, args, kwargs } : { call: { ref }, args }
    if (!calls.some((known) => JSON.stringify(known) === JSON.stringify(call))) calls.push(call)
  }
  const plain = (parameters ?? []).filter(({ kind }) => kind === 'positional' || kind === 'keyword')
  const required = plain.filter((parameter) => !parameter.optional)
  if (parameters) bySignature(plain, required, add)
  // Beyond what the signature demands nothing is gained by guessing more than these.
  if (!parameters || required.length <= 1) {
    add([{ role: 'n' }])
    if (required.length === 0) add([])
    add([{ role: 'qubits' }])
    add([{ role: 'zeros' }])
  }
  if (!parameters || required.length === 2) add([{ role: 'n' }, { role: 'n' }])
  return calls.slice(0, 6)
}

function bySignature(
  plain: readonly Parameter[],
  required: readonly Parameter[],
  add: (args: Expression[], kwargs?: Record<string, Expression>) => void,
): void {
  const sizes = plain.filter(({ name }) => ['n', 'bits'].includes(roleOfParameter(name) ?? ''))
  const wires = plain.filter(({ name }) => roleOfParameter(name) === 'qubit')
  if (required.length === 0 && sizes[0]) {
    const first = plain[0] === sizes[0] && sizes[0].kind === 'positional'
    if (first) add([{ role: 'n' }])
    else add([], { [sizes[0].name]: { role: 'n' } })
    if (sizes[1]) add([], { [sizes[0].name]: { role: 'n' }, [sizes[1].name]: { role: 'bits' } })
  }
  const values = required.map((parameter) => valueFor(parameter, required.length === 1))
  if (values.every((value) => value !== undefined)) {
    const args = values.filter((_, index) => required[index]?.kind === 'positional')
    const named = required.flatMap(({ kind, name }, index) => {
      const value = values[index]
      return kind === 'keyword' && value ? [[name, value] as const] : []
    })
    add(args, Object.fromEntries(named))
  }
  if (wires[0] && required.length <= 1) {
    add([], { [wires[0].name]: { role: 'qubits' } })
    add([], { [wires[0].name]: { role: 'n' } })
  }
}

function valueFor(parameter: Parameter, only: boolean): Expression | undefined {
  const role = roleOfParameter(parameter.name)
  // `qubits: int` is a number; `wires: list[int]` is a list.
  if (role === 'qubit' && /^int\b/.test(parameter.annotation ?? '')) return { role: 'n' }
  if (role === 'text') return undefined
  return valueForRole(role) ?? (only && role === undefined ? { role: 'n' } : undefined)
}

/**
 * Setup statements for a class. A required parameter whose annotation or name is another class of the package (a
 * register, a state) is made first.
 */
export function setups(facts: ClassFacts, classes: ReadonlyMap<string, ClassFacts>): Statement[][] {
  const simple = constructions(facts.ref, facts.init).map((value): Statement[] => [{ var: 'circuit', value }])
  const required = (facts.init ?? []).filter((parameter) => !parameter.optional)
  const made: Statement[] = []
  const args: Expression[] = []
  for (const parameter of required.slice(0, 3)) {
    const part = partOf(parameter, facts, classes)
    if (part) {
      const name = `part${made.length}`
      const [value] = constructions(part.ref, part.init)
      if (!value) return simple
      made.push({ var: name, value })
      args.push({ var: name })
    } else {
      const value = valueFor(parameter, false)
      if (!value) return simple
      args.push(value)
    }
  }
  if (made.length === 0 || required.length > 3) return simple
  return [[...made, { var: 'circuit', value: { call: { ref: facts.ref }, args } }], ...simple]
}

function partOf(
  parameter: Parameter,
  facts: ClassFacts,
  classes: ReadonlyMap<string, ClassFacts>,
): ClassFacts | undefined {
  for (const name of parameter.annotation?.match(/[A-Za-z_]\w*/g) ?? []) {
    const found = classes.get(name)
    if (found && found.ref !== facts.ref) return found
  }
  if (!/state|reg|circuit/i.test(parameter.name)) return undefined
  const wanted = parameter.name.toLowerCase().replace(/[^a-z]/g, '')
  for (const [name, found] of classes) {
    if (found.ref !== facts.ref && name.toLowerCase().endsWith(wanted) && CIRCUIT_NOUN.test(shortName(found.ref)))
      return found
  }
  return undefined
}
