/** Finds the gates in an example's statements, and separates them from the circuit that they are applied to. */
import type { Expression } from '../values/driver.ts'
import { descendants, mapParts } from '../values/expressions.ts'
import { gateOfName } from '../values/gate-names.ts'
import type { GateName } from '../values/gates.ts'
import type { RawStatement } from './file-facts.ts'

const STRONG: ReadonlySet<GateName> = new Set(['h', 'cx', 'cz', 'swap', 'ccx', 'rx', 'ry', 'rz'])

/** Gates that an expression names: methods, attributes, references and short literals. */
export function gatesIn(expression: Expression): GateName[] {
  const found: GateName[] = []
  for (const part of descendants(expression)) {
    const name = nameOf(part)
    const gate = name === undefined ? undefined : gateOfName(name)
    if (gate) found.push(gate)
  }
  return found
}

function nameOf(part: Expression): string | undefined {
  if ('attr' in part) return part.attr[1]
  // `module:Class` names something; a bare module (`import numpy as s`) does not.
  if ('ref' in part) return part.ref.includes(':') ? /[^.:]*$/.exec(part.ref)?.[0] : undefined
  if ('lit' in part && typeof part.lit === 'string') return part.lit.length <= 12 ? part.lit : undefined
  return undefined
}

/** Whether one of the gates is unmistakable (a package may well call a register `x` or a size `s`). */
export const isStrong = (expression: Expression): boolean => gatesIn(expression).some((gate) => STRONG.has(gate))

/**
 * `Circuit(2).h[0].cx[0, 1].run()` becomes `circuit = Circuit(2)`, `circuit.h[0]`, `circuit.cx[0, 1]` and
 * `circuit.run()`: one statement per link of the chain.
 */
export function splitChain(statement: RawStatement): RawStatement[] {
  const links = chainOf(statement.value)
  const gates = links.map((link) => link.name !== undefined && gateOfName(link.name) !== undefined)
  const last = gates.lastIndexOf(true)
  const first = gates.indexOf(true)
  const base = links[0]?.before
  if (first === -1 || !base) return [statement]
  const start = links[first]?.before ?? base
  const named = 'var' in start
  // A chain on a variable with one gate, at its end, is an ordinary statement: `circuit.on(0).h()`.
  if ('var' in base && first === links.length - 1) return [statement]
  if (!named && !('call' in start)) return [statement]
  const whole = last === links.length - 1
  const circuit = named ? start.var : whole && statement.var !== undefined ? statement.var : `made${statement.line}`
  const result: RawStatement[] = named ? [] : [{ var: circuit, value: start, line: statement.line }]
  for (let index = first; index <= last; index += 1) {
    const link = links[index]
    if (link && gates[index]) result.push({ value: link.apply({ var: circuit }), line: statement.line })
  }
  if (!whole) {
    let value: Expression = { var: circuit }
    for (const link of links.slice(last + 1)) value = link.apply(value)
    result.push({ ...statement, value })
  }
  if (whole && statement.var !== undefined && statement.var !== circuit) {
    result.push({ ...statement, value: { var: circuit } })
  }
  return result
}

interface Link {
  readonly name: string | undefined
  /** What stands left of the link. */
  readonly before: Expression
  readonly apply: (receiver: Expression) => Expression
}

/** The links `.name`, `.name(…)`, `.name[…]`, `.name(…)[…]` of a chain, from the left. */
function chainOf(expression: Expression): Link[] {
  const links: Link[] = []
  let current: Expression = expression
  let wrap = (receiver: Expression): Expression => receiver
  for (;;) {
    if ('attr' in current) {
      const [before, name] = current.attr
      const after = wrap
      links.unshift({ name, before, apply: (receiver) => after({ attr: [receiver, name] }) })
      wrap = (receiver) => receiver
      current = before
    } else if ('call' in current && 'attr' in current.call) {
      const { args, kwargs } = current
      const after = wrap
      wrap = (callee) => after(kwargs ? { call: callee, args, kwargs } : { call: callee, args })
      current = current.call
    } else if ('item' in current && ('attr' in current.item[0] || 'call' in current.item[0])) {
      const [of, key] = current.item
      // `Circuit(2)[0]`: the subscript belongs to the base, not to a link.
      if ('call' in of && !('attr' in of.call)) return links
      const after = wrap
      wrap = (receiver) => after({ item: [receiver, key] })
      current = of
    } else {
      return links
    }
  }
}

/** Takes the gates out of a definition: `Program(H(0), CNOT(0, 1))` → `Program()`, `[H(0), CNOT(0, 1)]` → `[]`. */
export function stripGates(expression: Expression): { value: Expression; gates: Expression[] } {
  const gates: Expression[] = []
  const isGate = (part: Expression): boolean =>
    gatesIn(part).length > 0 && !('list' in part) && !('tuple' in part) && !('dict' in part)
  const strip = (part: Expression): Expression => {
    if ('list' in part) return { list: part.list.filter((item) => !take(item)).map(strip) }
    if ('tuple' in part) return { tuple: part.tuple.filter((item) => !take(item)).map(strip) }
    if ('call' in part) {
      const args = part.args.filter((item) => !take(item)).map(strip)
      return part.kwargs
        ? ({ ...mapParts(part, strip), call: part.call, args } as Expression)
        : { call: part.call, args }
    }
    if ('op' in part && gatesIn(part.args[1]).length > 0) {
      take(part.args[1])
      return strip(part.args[0])
    }
    return part
  }
  const take = (part: Expression): boolean => {
    if (!isGate(part)) return false
    gates.push(part)
    return true
  }
  return { value: strip(expression), gates }
}
