import { expect, it } from 'vitest'
import { afterCommand, EMPTY_RECORD, readRecord, withRecord } from '../../src/integration/request-record.ts'

it('is read back from the end of a comment as it was written', () => {
  const ended = { type: 'question' as const, reason: 'what --> is <!-- this?', step: 'measure' as const }
  const record = { ...EMPTY_RECORD, state: 'question', ended, done: ['1-0'], limits: ['single precision'] }
  const body = withRecord('text', record)
  expect(body.match(/-->/g)).toHaveLength(1)
  expect(readRecord(body)).toEqual(record)
  expect(readRecord(body.replaceAll('\n', '\r\n').trimEnd())).toEqual(record)
})

it('is nothing where a person has spoilt it', () => {
  const body = withRecord('text', EMPTY_RECORD)
  expect(readRecord('text')).toBeUndefined()
  expect(readRecord(`${body}more`)).toBeUndefined()
  expect(readRecord(body.replace(/record ..../, 'record AAAA'))).toBeUndefined()
})

it('keeps the last commands only', () => {
  const ids = Array.from({ length: 30 }, (_, index) => `${index}-0`)
  const record = ids.reduce(afterCommand, EMPTY_RECORD)
  expect(record.done).toEqual(ids.slice(-20))
  expect(afterCommand(record, '29-0')).toBe(record)
})
