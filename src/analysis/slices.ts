/** Cuts the code of an example into statements in driver words, one list per scope (module body, each function). */
import type { Node } from 'web-tree-sitter'
import type { Expression, Operator } from '../values/driver.ts'
import { type Scope, toExpression } from './expression.ts'
import { FILE_LIMITS, type RawSlice, type RawStatement } from './file-facts.ts'
import { children, lineOf } from './syntax.ts'

/** What import statements bind. */
export interface Imports extends Scope {
  readonly aliases: Map<string, string>
  readonly modules: Set<string>
  readonly stars: string[]
}

interface OpenScope extends Imports {
  readonly statements: RawStatement[]
  readonly functions: Node[]
  readonly shift: number
}

const PUBLIC_NAME = /^[A-Za-z][A-Za-z0-9_]*$/
/** Calls that only look at their arguments. */
const LOOKS = /(^|\.)(print|display|pprint|repr|str|len|assert\w*|allclose|array_equal|isclose|approx|all|abs|round)$/

/**
 * @param shift lines before the code in its document
 * @param known imports that stand before it
 */
export function readSlices(root: Node, shift = 0, known?: Imports): RawSlice[] {
  const top = open(shift, known)
  walk(root, top, 0)
  const slices = [close(top)]
  const prefix = top.statements.filter((statement) => statement.var !== undefined).slice(0, 20)
  for (const definition of top.functions.slice(0, FILE_LIMITS.slices)) {
    const inner: OpenScope = { ...open(shift, top), functions: [] }
    inner.statements.push(...prefix)
    walk(definition.childForFieldName('body'), inner, 0)
    slices.push(close(inner))
  }
  return slices.filter((slice) => slice.statements.length > 0)
}

/** The imports of code that is nothing else. */
export function readImports(root: Node): Imports {
  const imports: Imports = { aliases: new Map(), modules: new Set(), stars: [] }
  for (const node of children(root)) if (/^import_(from_)?statement$/.test(node.type)) bindImports(node, imports)
  return imports
}

function open(shift: number, outer?: Imports): OpenScope {
  return {
    aliases: new Map(outer?.aliases),
    modules: new Set(outer?.modules),
    stars: [...(outer?.stars ?? [])],
    statements: [],
    functions: [],
    shift,
  }
}

function close(scope: OpenScope): RawSlice {
  const { statements, stars, dialect, program } = scope
  return {
    ...{ statements, stars },
    ...(dialect === undefined ? {} : { dialect }),
    ...(program === undefined ? {} : { program }),
  }
}

function walk(block: Node | null, scope: OpenScope, depth: number): void {
  if (depth > 8) return
  for (const node of children(block)) {
    if (scope.statements.length >= FILE_LIMITS.statements) return
    readStatement(node, scope, depth)
  }
}

function readStatement(node: Node, scope: OpenScope, depth: number): void {
  switch (node.type) {
    case 'import_statement':
    case 'import_from_statement':
      bindImports(node, scope)
      return
    case 'expression_statement':
      for (const child of children(node)) readSimple(child, scope)
      return
    case 'assert_statement':
      for (const child of children(node).slice(0, 1)) look(child, scope, 0)
      return
    case 'return_statement':
      for (const child of children(node)) readSimple(child, scope)
      return
    case 'function_definition':
      scope.functions.push(node)
      return
    case 'decorated_definition': {
      const inner = node.childForFieldName('definition')
      if (inner) readStatement(inner, scope, depth)
      return
    }
    case 'class_definition':
      for (const child of children(node.childForFieldName('body'))) {
        if (/definition$/.test(child.type)) readStatement(child, scope, depth + 1)
      }
      return
    case 'for_statement':
      bindLoop(node, scope)
      walk(node.childForFieldName('body'), scope, depth + 1)
      return
    case 'with_statement':
      bindContexts(node, scope)
      walk(node.childForFieldName('body'), scope, depth + 1)
      return
    case 'if_statement':
      walk(node.childForFieldName('consequence'), scope, depth + 1)
      return
    case 'try_statement':
      walk(node.childForFieldName('body'), scope, depth + 1)
      return
    default:
  }
}

function bindImports(node: Node, scope: Imports): void {
  const from = node.type === 'import_from_statement' ? node.childForFieldName('module_name') : null
  if (from && children(node).some((child) => child.type === 'wildcard_import')) scope.stars.push(from.text)
  if (from?.text.startsWith('.')) return
  for (const child of node.childrenForFieldName('name')) {
    if (!child) continue
    const name = (child.type === 'aliased_import' ? child.childForFieldName('name') : child)?.text ?? ''
    const alias = child.type === 'aliased_import' ? child.childForFieldName('alias')?.text : undefined
    if (from) scope.aliases.set(alias ?? name, `${from.text}:${name}`)
    else {
      scope.modules.add(name)
      scope.aliases.set(alias ?? name.split('.')[0] ?? name, alias ? name : (name.split('.')[0] ?? name))
    }
  }
}

function emit(node: Node, scope: OpenScope, value: Expression | undefined, name?: string, augmented?: boolean): void {
  if (!value || scope.statements.length >= FILE_LIMITS.statements) return
  scope.statements.push({
    ...(name === undefined ? {} : { var: name }),
    value,
    ...(augmented ? { augmented } : {}),
    line: lineOf(node) + scope.shift,
  })
}

function readSimple(node: Node, scope: OpenScope): void {
  if (node.type === 'assignment') {
    readAssignment(node, scope)
  } else if (node.type === 'augmented_assignment') {
    const name = variable(node.childForFieldName('left'))
    const operator = (node.childForFieldName('operator')?.text ?? '').replace(/=$/, '') as Operator
    const right = node.childForFieldName('right')
    const value = right ? toExpression(right, scope) : undefined
    if (name && value && ['+', '|', '@', '<<', '*', '&'].includes(operator)) {
      emit(node, scope, { op: operator, args: [{ var: name }, value] }, name, true)
    }
  } else if (node.type !== 'string') {
    look(node, scope, 0)
  }
}

function variable(node: Node | null): string | undefined {
  if (node?.type === 'identifier' && PUBLIC_NAME.test(node.text)) return node.text
  const onSelf = node?.type === 'attribute' && node.childForFieldName('object')?.text === 'self'
  const name = onSelf ? node.childForFieldName('attribute')?.text : undefined
  return name && /^\w+$/.test(name) ? `self_${name}` : undefined
}

function readAssignment(node: Node, scope: OpenScope): void {
  const left = node.childForFieldName('left')
  const right = node.childForFieldName('right')
  if (!left || !right) return
  if (right.type === 'assignment') readAssignment(right, scope)
  const value = toExpression(right, scope)
  const name = variable(left)
  if (name) {
    // A name that an import bound and that is assigned again is a variable from here on.
    scope.aliases.delete(name)
    if (value) emit(node, scope, value, name)
    else look(right, scope, 0)
  } else if (readPairwise(left, right, scope)) {
    return
  } else if (value && /^(pattern_list|tuple_pattern|list_pattern)$/.test(left.type)) {
    const whole = `parts${scope.statements.length}`
    emit(node, scope, value, whole)
    children(left).forEach((target, index) => {
      const part = variable(target)
      if (part) emit(node, scope, { item: [{ var: whole }, { lit: index }] }, part)
    })
  } else if (!value) look(right, scope, 0)
}

/** `circuit, n = [], 3` is two assignments. */
function readPairwise(left: Node, right: Node, scope: OpenScope): boolean {
  if (!/^(pattern_list|tuple_pattern)$/.test(left.type) || !/^(expression_list|tuple)$/.test(right.type)) return false
  const [targets, values] = [children(left), children(right)]
  if (targets.length !== values.length) return false
  targets.forEach((target, index) => {
    const name = variable(target)
    const value = values[index] ? toExpression(values[index], scope) : undefined
    if (!name || !value) return
    scope.aliases.delete(name)
    emit(right, scope, value, name)
  })
  return true
}

/** An expression for its effect, or the arguments of a call that only prints or compares. */
function look(node: Node, scope: OpenScope, depth: number): void {
  if (depth > 4) return
  if (/^(comparison_operator|not_operator|boolean_operator|parenthesized_expression)$/.test(node.type)) {
    for (const child of children(node)) look(child, scope, depth + 1)
    return
  }
  // A difference or a quotient only compares; `+ | @ <<` may be how a gate is applied.
  const arithmetic =
    node.type === 'binary_operator' && /^(-|\/|\*|\*\*|%|\/\/)$/.test(node.childForFieldName('operator')?.text ?? '')
  if (arithmetic || node.type === 'unary_operator') {
    for (const child of children(node)) look(child, scope, depth + 1)
    return
  }
  const callee = node.type === 'call' ? (node.childForFieldName('function')?.text ?? '') : ''
  if (node.type === 'call' && LOOKS.test(callee.slice(-60))) {
    for (const argument of children(node.childForFieldName('arguments'))) {
      if (argument.type !== 'keyword_argument') look(argument, scope, depth + 1)
    }
    return
  }
  if (/^(call|attribute|subscript|binary_operator|await|list)$/.test(node.type))
    emit(node, scope, toExpression(node, scope))
}

/** The body stands for its first pass. */
function bindLoop(node: Node, scope: OpenScope): void {
  const name = variable(node.childForFieldName('left'))
  const over = node.childForFieldName('right')
  if (!name || !over) return
  if (/^(range|list\(range)/.test(over.text)) emit(node, scope, { lit: 0 }, name)
  else {
    const values = toExpression(over, scope)
    if (values) emit(node, scope, { item: [values, { lit: 0 }] }, name)
  }
}

function bindContexts(node: Node, scope: OpenScope): void {
  for (const item of node.descendantsOfType('with_item').slice(0, 4)) {
    const pattern = children(item)[0]
    if (pattern?.type !== 'as_pattern') continue
    const [value, target] = children(pattern)
    const name = variable(children(target ?? null)[0] ?? null)
    if (value && name) emit(node, scope, toExpression(value, scope), name)
  }
}
