/** Walking and rebuilding expressions of the driver language. */
import type { Expression } from './driver.ts'

/** The expressions directly inside one. */
export function parts(expression: Expression): Expression[] {
  if ('call' in expression) return [expression.call, ...expression.args, ...Object.values(expression.kwargs ?? {})]
  if ('attr' in expression) return [expression.attr[0]]
  if ('item' in expression) return [...expression.item]
  if ('list' in expression) return expression.list
  if ('tuple' in expression) return expression.tuple
  if ('dict' in expression) return expression.dict.flat()
  if ('op' in expression) return [...expression.args]
  if ('format' in expression) return expression.format.filter((part) => typeof part !== 'string')
  if ('chain' in expression) {
    const { chain, identity, join, apply, swap } = expression
    return [chain, identity, join, apply, ...(swap === undefined ? [] : [swap])]
  }
  return []
}

/** The expression and everything inside it, outermost first. */
export function* descendants(expression: Expression): Generator<Expression> {
  yield expression
  for (const part of parts(expression)) yield* descendants(part)
}

/** A copy with every direct part replaced. */
export function mapParts(expression: Expression, change: (part: Expression) => Expression): Expression {
  if ('call' in expression) {
    const args = expression.args.map(change)
    if (!expression.kwargs) return { call: change(expression.call), args }
    const kwargs = Object.fromEntries(Object.entries(expression.kwargs).map(([name, value]) => [name, change(value)]))
    return { call: change(expression.call), args, kwargs }
  }
  if ('attr' in expression) return { attr: [change(expression.attr[0]), expression.attr[1]] }
  if ('item' in expression) return { item: [change(expression.item[0]), change(expression.item[1])] }
  if ('list' in expression) return { list: expression.list.map(change) }
  if ('tuple' in expression) return { tuple: expression.tuple.map(change) }
  if ('dict' in expression) return { dict: expression.dict.map(([key, value]) => [change(key), change(value)]) }
  if ('op' in expression) return { op: expression.op, args: [change(expression.args[0]), change(expression.args[1])] }
  if ('format' in expression) {
    return { format: expression.format.map((part) => (typeof part === 'string' ? part : change(part))) }
  }
  if ('chain' in expression) {
    const { chain, identity, join, apply, swap } = expression
    const changed = { chain: change(chain), identity: change(identity), join: change(join), apply: change(apply) }
    return swap === undefined ? changed : { ...changed, swap: change(swap) }
  }
  return expression
}

/** A copy in which `change` replaced what it has an answer for, outermost first. */
export function replace(expression: Expression, change: (part: Expression) => Expression | undefined): Expression {
  return change(expression) ?? mapParts(expression, (part) => replace(part, change))
}

export function variablesOf(expression: Expression): Set<string> {
  const names = new Set<string>()
  for (const part of descendants(expression)) if ('var' in part) names.add(part.var)
  return names
}

export function referencesOf(expression: Expression): string[] {
  const refs: string[] = []
  for (const part of descendants(expression)) if ('ref' in part) refs.push(part.ref)
  return refs
}
