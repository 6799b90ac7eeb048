import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packText, unpackText } from '../../../src/bot/github/check-record.ts'
import type { CheckContent } from '../../../src/integration/hub.ts'
import { BugError } from '../../../src/values/errors.ts'

const content = (changes: Partial<CheckContent>): CheckContent => ({
  status: 'in_progress',
  title: 't',
  summary: 's',
  text: '',
  record: '',
  buttons: [],
  ...changes,
})

test('what is packed is read back, and people see only the text', () => {
  const buttons = [{ id: 'undo', label: 'Undo', description: 'Takes it back' }] as const
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.constant('--> <img> <!-- graft:record AA== -->'),
  )
  fc.assert(
    fc.property(hostile, hostile, fc.option(fc.webUrl(), { nil: undefined }), (record, text, detailsUrl) => {
      const sent = packText(content({ record, text, buttons, ...(detailsUrl === undefined ? {} : { detailsUrl }) }))
      expect(unpackText(sent)).toEqual({ record, text, buttons, ...(detailsUrl === undefined ? {} : { detailsUrl }) })
      expect(sent.slice(sent.indexOf('-->') + 3)).toBe(`\n\n${text}`)
    }),
  )
})

test('a record of 20,000 characters fits beside a text that is cut at a line', () => {
  const record = randomBytes(10_000).toString('hex')
  const text = `${'a line of the report\n'.repeat(4000)}`
  const sent = packText(content({ record, text }))
  expect(sent.length).toBeLessThanOrEqual(65_535)
  const read = unpackText(sent)
  expect(read.record).toBe(record)
  expect(read.text).toMatch(/\na line of the report\n\n\(shortened\)$/)
  expect(read.text.length).toBeGreaterThan(40_000)
  expect(() => packText(content({ record: `${record}x` }))).toThrow(BugError)
})

test('a text without a readable record has none', () => {
  const bomb = deflateRawSync(Buffer.alloc(50_000_000)).toString('base64')
  const wrong = deflateRawSync('{"record":7,"buttons":[]}').toString('base64')
  for (const packed of [bomb, wrong, 'AAAA', '====']) {
    const sent = `<!-- graft:record ${packed} -->\n\nseen`
    expect(unpackText(sent)).toMatchObject({ record: '', buttons: [] })
  }
  expect(unpackText('plain')).toEqual({ text: 'plain', record: '', buttons: [] })
})
