/** Variables of an example that hold constants, and program texts that are put together from them. */
import type { Expression } from '../values/driver.ts'
import { descendants, mapParts, replace } from '../values/expressions.ts'
import { FILE_LIMITS, type RawSlice, type RawStatement } from './file-facts.ts'
import { dialectOfText, LINES } from './text-dialect.ts'

/** A slice whose program is no literal but built from some: `text += "h q0\n"` for each line, `"\n".join([…])`. */
export function withBuiltProgram(slice: RawSlice): RawSlice {
  if (slice.dialect !== undefined) return slice
  for (const { value } of slice.statements) {
    for (const part of descendants(value)) {
      const text = stringOf(part)
      const dialect = text === undefined ? undefined : dialectOfText(text)
      if (text === undefined || dialect === undefined) continue
      const statements = slice.statements.map((statement) => ({
        ...statement,
        value: replace(statement.value, (one) => (stringOf(one) === text ? { role: 'text' } : undefined)),
      }))
      return { ...slice, statements, dialect, ...(dialect === LINES ? { program: text } : {}) }
    }
  }
  return slice
}

const stringOf = (part: Expression): string | undefined =>
  'lit' in part && typeof part.lit === 'string' ? part.lit : undefined

/** Sums and joins of literal texts are texts, as long as these are no longer than a program may be. */
function folded(value: Expression): Expression {
  const inside = mapParts(value, folded)
  const text = 'op' in inside && inside.op === '+' ? strings(inside.args)?.join('') : joined(inside)
  return text === undefined || text.length > FILE_LIMITS.program ? inside : { lit: text }
}

function joined(value: Expression): string | undefined {
  if (!('call' in value) || !('attr' in value.call) || value.call.attr[1] !== 'join') return undefined
  const [parts, ...more] = value.args
  const between = stringOf(value.call.attr[0])
  if (parts === undefined || more.length > 0 || !('list' in parts || 'tuple' in parts)) return undefined
  return between === undefined ? undefined : strings('list' in parts ? parts.list : parts.tuple)?.join(between)
}

function strings(parts: readonly Expression[]): string[] | undefined {
  const found = parts.map(stringOf)
  return found.every((one) => one !== undefined) ? found : undefined
}

/** A local function or class that happens to share its name with a constant. */
const callsConstant = (value: Expression): boolean =>
  [...descendants(value)].some((part) => 'call' in part && ('lit' in part.call || 'role' in part.call))

/** Variables that hold one constant are replaced by it, so that `n = 3; Circuit(n)` says what `Circuit(3)` says. */
export function inlineConstants(statements: readonly RawStatement[]): RawStatement[] {
  const constants = new Map<string, Expression>()
  const result: RawStatement[] = []
  for (const statement of statements) {
    const inlined = replace(statement.value, (part) => ('var' in part ? constants.get(part.var) : undefined))
    const value = folded(inlined)
    if (statement.var !== undefined) {
      const constant = 'lit' in value || 'role' in value
      if (constant) {
        constants.set(statement.var, value)
        continue
      }
      constants.delete(statement.var)
    }
    if (callsConstant(value)) continue
    result.push({ ...statement, value })
  }
  return result
}
