/** Turns the literals of an example into roles: `Circuit(3)` was written for three qubits and means n of them. */
import type { Expression, Statement } from '../values/driver.ts'
import { mapParts } from '../values/expressions.ts'
import { gateOfName } from '../values/gate-names.ts'
import { GATES } from '../values/gates.ts'
import type { Parameter } from '../values/profile.ts'
import { type ParameterRole, roleOfParameter, valueForRole } from './vocabulary.ts'

/** Parameters of what a reference names, when the profile has them. */
export type Signatures = (ref: string) => readonly Parameter[] | undefined

const MOST_QUBITS = 30

/** Setup and run parts: sizes become n, lists of all qubits, zeros and start vectors their roles, counts of shots `shots`. */
export function generalise(statements: readonly Statement[], signatures: Signatures): Statement[] {
  return statements.map((statement) => ({ ...statement, value: convert(statement.value, undefined, signatures) }))
}

/** @param place role of the parameter that the expression is given to; undefined outside a call */
function convert(
  expression: Expression,
  place: ParameterRole | 'argument' | undefined,
  signatures: Signatures,
): Expression {
  if ('lit' in expression) return literal(expression, place)
  if ('list' in expression || 'tuple' in expression) {
    const role = wholeList('list' in expression ? expression.list : expression.tuple)
    if (role) return role
  }
  if ('call' in expression) {
    const { call } = expression
    const parameters = 'ref' in call ? signatures(call.ref) : undefined
    const method = 'attr' in call ? call.attr[1] : ''
    const args = expression.args.map((argument, index) => {
      const parameter = parameters?.[index]
      const role = parameter
        ? (roleOfParameter(parameter.name) ?? 'argument')
        : /sampl|shots|counts/i.test(method)
          ? 'shots'
          : 'argument'
      return convert(argument, role, signatures)
    })
    const callee = convert(call, undefined, signatures)
    if (!expression.kwargs) return { call: callee, args }
    const kwargs = Object.entries(expression.kwargs).map(([name, value]): [string, Expression] => [
      name,
      convert(value, roleOfParameter(name) ?? 'argument', signatures),
    ])
    return { call: callee, args, kwargs: Object.fromEntries(kwargs) }
  }
  return mapParts(expression, (part) => convert(part, place === undefined ? undefined : 'argument', signatures))
}

function literal(expression: { lit: unknown }, place: ParameterRole | 'argument' | undefined): Expression {
  const { lit } = expression
  if (typeof lit === 'string' && /^0{2,30}$/.test(lit)) return { role: 'zeros' }
  if (typeof lit === 'number' && Number.isInteger(lit) && place !== undefined) {
    if (place === 'seed') return { role: 'seed' }
    if (place === 'shots') return lit > 0 ? { role: 'shots' } : { lit }
    if (place === 'n' || place === 'bits') return lit >= 1 ? { role: place } : { lit }
    const size = place === 'argument' || place === 'qubit' || place === 'state'
    if (size && lit >= 2 && lit <= MOST_QUBITS) return { role: 'n' }
    if (place === 'argument' && lit >= 50 && lit <= 1_000_000) return { role: 'shots' }
  }
  return expression as Expression
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
  const shape = GATES[gate]
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

function namesIn(expression: Expression): string[] {
  return [...JSON.stringify(expression).matchAll(/"ref":"[^"]*[.:](\w+)"|\},"(\w+)"\]|"lit":"(\w{1,12})"/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )
}
