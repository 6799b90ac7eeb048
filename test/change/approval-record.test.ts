import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRecords, printRecords } from '../../src/change/approval-record.ts'

const hash = (number: number) => number.toString(16).padStart(32, '0')
const one = { source: '123', place: 0, by: 'ann', at: '2026-01-01T00:00:00Z', fingerprints: { c1: hash(1) } }

test('what is written is read back, but for what is repeated', () => {
  const later = { ...one, source: 'd-4', fingerprints: { c1: hash(1), c2: hash(2) } }
  const other = { ...one, by: 'bob' }
  expect(parseRecords(printRecords([one]))).toEqual([one])
  expect(parseRecords(printRecords([one, other, later]))).toEqual([{ ...one, fingerprints: {} }, other, later])
  expect(parseRecords(printRecords([]))).toEqual([])
})

test('it stays below its size: the oldest go', () => {
  const many = Array.from({ length: 400 }, (_, index) => ({
    ...one,
    source: String(index),
    fingerprints: Object.fromEntries(Array.from({ length: 9 }, (_, id) => [`c${id}`, hash(index * 9 + id)])),
  }))
  const text = printRecords(many)
  expect(text.length).toBeLessThanOrEqual(20_000)
  const read = parseRecords(text)
  expect(read.length).toBeGreaterThan(20)
  expect(read).toEqual(many.slice(-read.length))
})

test.each([
  ['no JSON', 'x'],
  ['cut off', printRecords([one]).slice(0, -1)],
  ['not a list', JSON.stringify(one)],
  ['another key', JSON.stringify([{ ...one, admin: true }])],
  ['a revert', JSON.stringify([{ ...one, fingerprints: { r1: hash(1) } }])],
  ['a short hash', JSON.stringify([{ ...one, fingerprints: { c1: 'a' } }])],
  ['a login that is none', JSON.stringify([{ ...one, by: '-->' }])],
  ['one of two is wrong', JSON.stringify([one, { ...one, place: -1 }])],
  ['too long', `${printRecords([one])}${' '.repeat(20_000)}`],
  ['too deep', '['.repeat(19_000)],
])('%s: nothing is approved', (_, text) => {
  expect(parseRecords(text)).toEqual([])
})

test('nothing in any text is believed by mistake', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseRecords(text).length === 0))
})

test('a record that is not one is not written', () => {
  expect(() => printRecords([{ ...one, by: 'ann -->' }])).toThrow()
})
