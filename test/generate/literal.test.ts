import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatStringPart, pythonLiteral, pythonNumber } from '../../src/generate/literal.ts'
import { hostileText } from './hostile-text.ts'
import { runPython } from './python.ts'

const text = fc.oneof(hostileText(), fc.string({ unit: 'binary' }))
const scalar = fc.oneof(
  text,
  fc.integer({ min: -(2 ** 53), max: 2 ** 53 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }).filter((x) => !Object.is(x, -0)),
  fc.boolean(),
  fc.constant(null),
)
const value = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 4 })),
})).value as fc.Arbitrary<string>

/** Lone surrogates are no text; JSON cannot carry them to the other side either. */
function wellFormed(one: unknown): unknown {
  if (typeof one === 'string') return one.toWellFormed()
  return Array.isArray(one) ? one.map(wellFormed) : one
}

test('Python reads every literal as the value that was written', () => {
  const values = fc.sample(value, { numRuns: 1500, seed: 7 })
  const texts = fc.sample(text, { numRuns: 1500, seed: 8 })
  const cases = values.map((one, index) => ({
    literal: pythonLiteral(one),
    format: `f"${formatStringPart(texts[index] ?? '')}"`,
  }))
  const answers = runPython<{ value: unknown; format: string }[]>('literals.py', cases)
  expect(answers.map((answer) => answer.value)).toEqual(values.map(wellFormed))
  expect(answers.map((answer) => answer.format)).toEqual(texts.map(wellFormed))
})

test('a literal is printable ASCII on one line', () => {
  fc.assert(
    fc.property(value, text, (one, part) => {
      expect(pythonLiteral(one)).toMatch(/^[\x20-\x7e]*$/)
      expect(formatStringPart(part)).toMatch(/^[\x20-\x7e]*$/)
    }),
  )
})

test('dictionaries, whole numbers and what is no number', () => {
  expect(pythonLiteral({ a: [1, -2.5, true, null], 'b"': 'x\n' })).toBe('{"a": [1, -2.5, True, None], "b\\"": "x\\n"}')
  expect(pythonNumber(1e21)).toBe('1000000000000000000000')
  expect(pythonNumber(-0)).toBe('-0.0')
  expect(() => pythonNumber(Number.NaN)).toThrow(/no number that Python/)
  expect(() => pythonNumber(Number.POSITIVE_INFINITY)).toThrow(/no number that Python/)
})
