/** Turns the literals of an example into roles: `Circuit(3)` was written for three qubits and means n of them. */
import type { Expression, Statement } from '../values/driver.ts'
import { descendants, mapParts } from '../values/expressions.ts'
import { gateOfName } from '../values/gate-names.ts'
import { GATES, type GateName } from '../values/gates.ts'
import type { Parameter } from '../values/profile.ts'
import { type ParameterRole, roleOfParameter, valueForRole } from './vocabulary.ts'

/** Parameters of what a reference names, when the profile has them. */
export type Signatures = (ref: string) => readonly Parameter[] | undefined

const MOST_QUBITS = 30

/** What an expression stands in: a parameter with a known role, some argument, an item of a list, or no call at all. */
type Place = ParameterRole | 'argument' | 'item' | undefined

interface Literals {
  readonly signatures: Signatures
  /** Numbers that the setup used as a size; elsewhere the same number is most likely the same n. */
  readonly sizes: Set<number>
  readonly setup: boolean
}

interface Sliced {
  readonly setup: readonly Statement[]
  readonly gates?: readonly Statement[]
  readonly run: readonly Statement[]
}

/** Sizes become n, lists of all qubits, zeros and start vectors their roles, numbers of shots `shots`, and so on. */
export function generalise(example: Sliced, signatures: Signatures): { setup: Statement[]; run: Statement[] } {
  const sizes = new Set(sizeOfList(example))
  const all = (statements: readonly Statement[], setup: boolean): Statement[] =>
    statements.map((statement) => ({
      ...statement,
      value: convert(statement.value, undefined, { signatures, sizes, setup }),
    }))
  return { setup: all(example.setup, true), run: all(example.run, false) }
}

/** How many qubits the gates need that a plain list holds: nothing else in it says so, and what runs it is told. */
function sizeOfList({ setup, gates = [] }: Sliced): number[] {
  const [only, ...more] = setup
  if (!only || more.length > 0 || !('list' in only.value)) return []
  const numbers = gates.flatMap(({ value }) =>
    [...descendants(value)].flatMap((part) => ('lit' in part && Number.isInteger(part.lit) ? Number(part.lit) : [])),
  )
  const size = Math.max(0, ...numbers) + 1
  return size >= 2 && size <= MOST_QUBITS ? [size] : []
}

function convert(expression: Expression, place: Place, literals: Literals): Expression {
  if ('lit' in expression) return literal(expression, place, literals)
  if ('list' in expression || 'tuple' in expression) {
    const items = 'list' in expression ? expression.list : expression.tuple
    // Pairs in a list are edges of a graph or alike, never all qubits.
    const role = place === 'item' ? undefined : wholeList(items)
    return role ?? mapParts(expression, (part) => convert(part, 'item', literals))
  }
  if (isZeros(expression)) return { role: 'zeros' }
  if ('dict' in expression) return document(expression.dict, place, literals)
  if (!('call' in expression)) return mapParts(expression, (part) => convert(part, inner(place), literals))
  const { call } = expression
  const parameters = 'ref' in call ? literals.signatures(call.ref) : undefined
  const method = 'attr' in call ? call.attr[1] : ''
  const first = /sampl|shots|counts/i.test(method) ? 'shots' : roleOfParameter(method) === 'seed' ? 'seed' : undefined
  const args = expression.args.map((argument, index) => {
    const named = parameters?.[index] ? roleOfParameter(parameters[index].name) : undefined
    return convert(argument, named ?? (index === 0 ? first : undefined) ?? 'argument', literals)
  })
  const callee = convert(call, undefined, literals)
  if (!expression.kwargs) return { call: callee, args }
  const kwargs = Object.entries(expression.kwargs).map(([name, value]): [string, Expression] => [
    name,
    convert(value, roleOfParameter(name) ?? 'item', literals),
  ])
  return { call: callee, args, kwargs: Object.fromEntries(kwargs) }
}

/** `{"qubits": 2, "shots": 100}`: a key says what its value is for, like a parameter's name. */
function document(pairs: readonly [Expression, Expression][], place: Place, literals: Literals): Expression {
  const dict = pairs.map(([key, value]): [Expression, Expression] => {
    const named = 'lit' in key && typeof key.lit === 'string' ? roleOfParameter(key.lit) : undefined
    // One number under `qubits` or `register` is how many there are.
    const role = named === 'qubit' || named === 'state' ? 'n' : named
    return [key, convert(value, 'lit' in value ? (role ?? inner(place)) : inner(place), literals)]
  })
  return { dict }
}

/** `'0' * 14`. */
function isZeros(expression: Expression): boolean {
  if (!('op' in expression) || expression.op !== '*') return false
  const values = expression.args.map((part) => ('lit' in part ? part.lit : undefined))
  return values.includes('0') && values.some((value) => Number.isInteger(value))
}

const inner = (place: Place): Place => (place === undefined ? undefined : 'item')

function literal(expression: Expression & { lit: unknown }, place: Place, { sizes, setup }: Literals): Expression {
  const { lit } = expression
  if (typeof lit === 'string') return /^0{2,30}$/.test(lit) ? { role: 'zeros' } : expression
  if (typeof lit !== 'number' || !Number.isInteger(lit) || place === undefined) return expression
  if (place === 'seed') return { role: 'seed' }
  if (place === 'shots') return lit > 0 ? { role: 'shots' } : expression
  if ((place === 'n' || place === 'bits') && lit >= 1) {
    sizes.add(lit)
    return { role: place }
  }
  if (place === 'argument' && lit >= 50 && lit <= 1_000_000 && !sizes.has(lit)) return { role: 'shots' }
  const size = place === 'argument' || place === 'qubit' || place === 'state'
  if (size && lit >= 2 && lit <= MOST_QUBITS && (setup || sizes.has(lit))) {
    if (setup) sizes.add(lit)
    return { role: 'n' }
  }
  return place === 'item' && lit >= 2 && sizes.has(lit) ? { role: 'n' } : expression
}

function wholeList(items: readonly Expression[]): Expression | undefined {
  const values = items.map((item) => ('lit' in item ? item.lit : undefined))
  if (values.length < 2 || values.some((value) => typeof value !== 'number')) return undefined
  if (values.every((value, index) => value === index)) return { role: 'qubits' }
  if (values.every((value) => value === 0)) return { role: 'zero_list' }
  if (values.every((value) => value === 2)) return { role: 'dims' }
  const power = Math.log2(values.length)
  if (Number.isInteger(power) && values[0] === 1 && values.slice(1).every((value) => value === 0))
    return { role: 'ket0' }
  return undefined
}

/** Variables that the statements use and nobody defines become roles by their names; undefined when one has none. */
export function closeVariables(statements: readonly Statement[], defined: Iterable<string>): Statement[] | undefined {
  const known = new Set(defined)
  const result: Statement[] = []
  for (const statement of statements) {
    let open = false
    const close = (part: Expression): Expression => {
      if (!('var' in part) || known.has(part.var)) return mapParts(part, close)
      const value = valueForRole(roleOfParameter(part.var))
      if (!value) open = true
      return value ?? part
    }
    const value = close(statement.value)
    if ([...descendants(value)].some((part) => 'call' in part && 'role' in part.call)) open = true
    if (open) return undefined
    if (statement.var !== undefined) known.add(statement.var)
    result.push({ ...statement, value })
  }
  return result
}

/** A gate of an example with its qubits and angles as roles: `circuit.rx(0.3)[2]` → `circuit.rx(p0)[q0]`. */
export function gateRoles(statement: Statement): Statement | undefined {
  const names = namesIn(statement.value)
  const gate = names.map(gateOfName).find((found) => found !== undefined)
  if (!gate) return undefined
  const shape = GATES[shown(gate, statement.value)]
  let qubits = 0
  let parameters = 0
  const roles = ['q0', 'q1', 'q2'] as const
  const angles = ['p0', 'p1', 'p2'] as const
  const convertNumbers = (part: Expression): Expression => {
    if ('ref' in part || 'attr' in part) return mapParts(part, convertNumbers)
    const isAngle =
      ('lit' in part && typeof part.lit === 'number' && !Number.isInteger(part.lit)) ||
      ('op' in part && /"ref":"(numpy|math|cmath|np):pi"/.test(JSON.stringify(part)))
    if (
      isAngle ||
      ('lit' in part && typeof part.lit === 'number' && qubits >= shape.qubits && parameters < shape.parameters.length)
    ) {
      const role = angles[parameters]
      parameters += 1
      return role ? { role } : part
    }
    if ('lit' in part && typeof part.lit === 'number') {
      const role = roles[qubits]
      qubits += 1
      return role ? { role } : part
    }
    return mapParts(part, convertNumbers)
  }
  const value = convertNumbers(statement.value)
  return qubits === shape.qubits && parameters === shape.parameters.length ? { ...statement, value } : undefined
}

const AXIS: Partial<Record<GateName, GateName>> = { x: 'rx', y: 'ry', z: 'rz' }
const CONTROLLED: Partial<Record<GateName, GateName>> = {
  x: 'cx',
  z: 'cz',
  p: 'cp',
  rz: 'crz',
  swap: 'cswap',
  cx: 'ccx',
}

/** The gate of a call that names another: `rotate("z", 0.3)` turns about Z, and an X that is given two qubits is a CX. */
function shown(gate: GateName, value: Expression): GateName {
  const numbers = [...descendants(value)].flatMap((part) =>
    'lit' in part && typeof part.lit === 'number' ? [part.lit] : [],
  )
  const turn = AXIS[gate]
  if (turn !== undefined && numbers.some((one) => !Number.isInteger(one))) return turn
  const takes = (one: GateName): boolean => numbers.length === GATES[one].qubits + GATES[one].parameters.length
  const under = CONTROLLED[gate]
  const twice = under === undefined ? undefined : CONTROLLED[under]
  return [under, twice].find((one) => one !== undefined && takes(one)) ?? gate
}

function namesIn(expression: Expression): string[] {
  return [...JSON.stringify(expression).matchAll(/"ref":"[^"]*[.:](\w+)"|\},"(\w+)"\]|"lit":"(\w{1,12})"/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )
}
