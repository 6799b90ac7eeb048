/**
 * The one encoder by which foreign text and numbers enter generated Python. Output is printable ASCII on one line, whatever the
 * value holds, so that nothing in it can end a literal, a line or a comment.
 */
import { BugError } from '../values/errors.ts'

export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue }

/** Writes a value as a Python literal that `ast.literal_eval` reads back unchanged. */
export function pythonLiteral(value: PythonValue): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return pythonNumber(value)
  if (typeof value === 'string') return pythonString(value)
  if (isList(value)) return `[${value.map(pythonLiteral).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${pythonString(key)}: ${pythonLiteral(item)}`)
    .join(', ')}}`
}

function isList(value: object): value is readonly PythonValue[] {
  return Array.isArray(value)
}

/** Whole numbers become ints, others floats with all their digits. Raises BugError for NaN and infinities. */
export function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) throw new BugError(`${value} is no number that Python can be given.`)
  if (Number.isInteger(value)) return Object.is(value, -0) ? '-0.0' : BigInt(value).toString()
  return String(value)
}

/** A double-quoted string literal. */
export function pythonString(value: string): string {
  return `"${escapeText(value)}"`
}

/** The literal part of an f-string: as in a string, with braces doubled. */
export function formatStringPart(value: string): string {
  return escapeText(value).replaceAll('{', '{{').replaceAll('}', '}}')
}

/** Lone surrogates have no place in Python source and cannot be encoded; they become U+FFFD. */
function escapeText(value: string): string {
  let result = ''
  for (const sign of value.toWellFormed()) {
    const code = sign.codePointAt(0) ?? 0
    if (sign === '\\' || sign === '"') result += `\\${sign}`
    else if (sign === '\n') result += '\\n'
    else if (code >= 0x20 && code < 0x7f) result += sign
    else if (code <= 0xff) result += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code <= 0xffff) result += `\\u${code.toString(16).padStart(4, '0')}`
    else result += `\\U${code.toString(16).padStart(8, '0')}`
  }
  return result
}
