/** Turns a Python expression of an example into words of the driver language. */
import type { Node } from 'web-tree-sitter'
import { type Expression, OPERATORS, type Operator } from '../values/driver.ts'
import { FILE_LIMITS } from './file-facts.ts'
import { children, stringValue } from './syntax.ts'
import { dialectOfText, LINES } from './text-dialect.ts'

const PUBLIC_NAME = /^[A-Za-z][A-Za-z0-9_]*$/
const REFERENCE = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)?$/

/** Names that an example's imports bind, as references, and the dotted modules it imports. */
export interface Scope {
  readonly aliases: ReadonlyMap<string, string>
  readonly modules: ReadonlySet<string>
  /** Filled in when a literal turns out to be a program text. */
  dialect?: string
  /** That text, where the language is the package's own. */
  program?: string
}

/** The expression in driver words, or undefined when the language has no words for it. */
export function toExpression(node: Node, scope: Scope): Expression | undefined {
  const budget = { left: FILE_LIMITS.expressionNodes }
  return convert(node, scope, budget, 0)
}

interface Budget {
  left: number
}

function convert(node: Node, scope: Scope, budget: Budget, depth: number): Expression | undefined {
  budget.left -= 1
  if (budget.left < 0 || depth > FILE_LIMITS.expressionDepth) return undefined
  const next = (child: Node | null) => (child ? convert(child, scope, budget, depth + 1) : undefined)
  switch (node.type) {
    case 'integer':
    case 'float':
      return number(node.text)
    case 'true':
      return { lit: true }
    case 'false':
      return { lit: false }
    case 'none':
      return { lit: null }
    case 'identifier':
      return identifier(node.text, scope)
    case 'parenthesized_expression':
    case 'keyword_separator':
      return next(children(node)[0] ?? null)
    case 'string':
    case 'concatenated_string':
      return text(node, scope, next)
    case 'unary_operator':
      return negative(node, next)
    case 'binary_operator':
      return binary(node, next)
    case 'attribute':
      return attribute(node, scope, next)
    case 'call':
      return call(node, next)
    case 'subscript':
      return subscript(node, next)
    case 'list':
    case 'tuple':
    case 'expression_list': {
      const items = all(children(node), next, 64)
      return items && (node.type === 'list' ? { list: items } : { tuple: items })
    }
    case 'dictionary':
      return dictionary(node, next)
    default:
      return undefined
  }
}

type Next = (child: Node | null) => Expression | undefined

function all(nodes: Node[], next: Next, most: number): Expression[] | undefined {
  if (nodes.length > most) return undefined
  const items: Expression[] = []
  for (const node of nodes) {
    const item = next(node)
    if (!item) return undefined
    items.push(item)
  }
  return items
}

function number(source: string): Expression | undefined {
  const value = Number(source.replace(/_/g, '').toLowerCase())
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? { lit: value } : undefined
}

function identifier(name: string, scope: Scope): Expression | undefined {
  const target = scope.aliases.get(name)
  if (target !== undefined) return REFERENCE.test(target) ? { ref: target } : undefined
  return PUBLIC_NAME.test(name) ? { var: name } : undefined
}

function text(node: Node, scope: Scope, next: Next): Expression | undefined {
  const value = stringValue(node)
  if (value === undefined) return formatted(node, next)
  const dialect = dialectOfText(value)
  if (dialect) {
    scope.dialect = dialect
    if (dialect === LINES) scope.program = value.slice(0, FILE_LIMITS.program)
    return { role: 'text' }
  }
  return value.length <= 200 ? { lit: value } : undefined
}

function formatted(node: Node, next: Next): Expression | undefined {
  if (node.type !== 'string') return undefined
  const parts: (string | Expression)[] = []
  for (const part of children(node)) {
    if (part.type === 'string_content') parts.push(part.text)
    else if (part.type === 'interpolation') {
      const value = next(part.childForFieldName('expression'))
      if (!value) return undefined
      parts.push(value)
    }
  }
  const small = parts.length <= 40 && parts.every((part) => typeof part !== 'string' || part.length <= 200)
  return parts.length > 0 && small ? { format: parts } : undefined
}

function negative(node: Node, next: Next): Expression | undefined {
  const value = next(node.childForFieldName('argument'))
  const sign = node.childForFieldName('operator')?.text
  if (!value) return undefined
  if (sign === '+') return value
  if (sign !== '-') return undefined
  if ('lit' in value && typeof value.lit === 'number') return { lit: -value.lit }
  return { op: '*', args: [{ lit: -1 }, value] }
}

function binary(node: Node, next: Next): Expression | undefined {
  const operator = node.childForFieldName('operator')?.text as Operator | undefined
  if (!operator || !OPERATORS.includes(operator)) return undefined
  const left = next(node.childForFieldName('left'))
  const right = next(node.childForFieldName('right'))
  return left && right && { op: operator, args: [left, right] }
}

function attribute(node: Node, scope: Scope, next: Next): Expression | undefined {
  const name = node.childForFieldName('attribute')?.text ?? ''
  const object = node.childForFieldName('object')
  if (!PUBLIC_NAME.test(name) || !object) return undefined
  // A test class keeps its circuit on `self`: that is a variable like any other.
  if (object.type === 'identifier' && object.text === 'self') return { var: `self_${name}` }
  const base = next(object)
  if (!base) return undefined
  if (!('ref' in base)) return { attr: [base, name] }
  if (base.ref.includes(':')) return { ref: `${base.ref}.${name}` }
  const dotted = `${base.ref}.${name}`
  return scope.modules.has(dotted) ? { ref: dotted } : { ref: `${base.ref}:${name}` }
}

function call(node: Node, next: Next): Expression | undefined {
  const callee = next(node.childForFieldName('function'))
  const list = node.childForFieldName('arguments')
  if (!callee || list?.type !== 'argument_list') return undefined
  const args: Expression[] = []
  const kwargs: Record<string, Expression> = Object.create(null) as Record<string, Expression>
  let named = 0
  for (const argument of children(list)) {
    const keyword = argument.type === 'keyword_argument'
    const value = next(keyword ? argument.childForFieldName('value') : argument)
    if (!value) return undefined
    if (!keyword) args.push(value)
    else {
      const name = argument.childForFieldName('name')?.text ?? ''
      if (!PUBLIC_NAME.test(name)) return undefined
      kwargs[name] = value
      named += 1
    }
  }
  if (args.length > 20 || named > 20) return undefined
  return named > 0 ? { call: callee, args, kwargs: { ...kwargs } } : { call: callee, args }
}

function subscript(node: Node, next: Next): Expression | undefined {
  const base = next(node.childForFieldName('value'))
  const keys = node.childrenForFieldName('subscript').filter((key): key is Node => key?.isNamed === true)
  // `circuit.m[:]` means every qubit.
  const items = keys.map((key) => (key.text === ':' ? ({ role: 'qubits' } as const) : next(key)))
  const known = items.filter((item) => item !== undefined)
  const first = known[0]
  if (!base || !first || known.length < items.length || known.length > 8) return undefined
  return { item: [base, known.length === 1 ? first : { tuple: known }] }
}

function dictionary(node: Node, next: Next): Expression | undefined {
  const pairs: [Expression, Expression][] = []
  for (const pair of children(node)) {
    const key = next(pair.childForFieldName('key'))
    const value = next(pair.childForFieldName('value'))
    if (pair.type !== 'pair' || !key || !value || pairs.length >= 20) return undefined
    pairs.push([key, value])
  }
  return { dict: pairs }
}
