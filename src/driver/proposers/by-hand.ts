/** Proposer by hand: a person's table of gates, as entries of a driver. Each is measured before it counts. */
import type { Expression, GateDriver, Statement } from '../../values/driver.ts'
import { variablesOf } from '../../values/expressions.ts'
import type { Profile, SearchRequest } from '../../values/profile.ts'

/** Undefined where nobody gave a table, or nothing in it could be read. */
export function manualGates({ hints = [] }: Profile): SearchRequest['manual'] {
  const entries = hints.flatMap(({ gate, gates: [statement] }) =>
    gate === undefined || statement === undefined ? [] : [[gate, drivers(statement)] as const],
  )
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** What the value of an expression is for is not said, so all that fits is tried, the likeliest first. */
function drivers({ var: name, value }: Statement): GateDriver[] {
  if (name !== undefined) {
    const added = addedTo(value)
    return [
      ...(added === undefined ? [] : [{ apply: added, effect: 'augment' as const }]),
      { apply: value, effect: 'rebind' },
    ]
  }
  if ('format' in value || 'lit' in value) return [{ apply: value, effect: 'line' }]
  if (!variablesOf(value).has('circuit'))
    return [
      { apply: value, effect: 'augment' },
      { apply: value, effect: 'inplace' },
    ]
  return [
    { apply: value, effect: 'inplace' },
    { apply: value, effect: 'rebind' },
  ]
}

/** `circuit + X(q0)` → `X(q0)`. */
function addedTo(value: Expression): Expression | undefined {
  if (!('op' in value) || value.op !== '+') return undefined
  const [left, right] = value.args
  return 'var' in left && left.var === 'circuit' ? right : undefined
}
