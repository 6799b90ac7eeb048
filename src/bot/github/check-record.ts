/**
 * What Graft has to find again in its own check run, inside the run's text as an HTML comment: GitHub does not show it, only
 * the App can write it, and it is one request with the rest. (`external_id` is for short names; buttons and link are not
 * given back by GitHub.)
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import type { CheckContent } from '../../integration/hub.ts'
import { BugError } from '../../values/errors.ts'

/** Characters that GitHub takes for a check run's summary, and for its text. */
export const MAX_CHECK_TEXT = 65_535
const MAX_RECORD = 20_000
const MAX_INFLATED = 256 * 1024
/** Far above any record of allowed length, and short enough to leave room for the text. */
const MAX_PACKED = 50_000
const COMMENT = /^<!-- graft:record ([A-Za-z0-9+/=]{1,60000}) -->\n\n?/
const CUT = '\n\n(shortened)'

const envelope = z.strictObject({
  record: z.string().max(MAX_RECORD),
  buttons: z
    .array(
      z.strictObject({ id: z.enum(['approve_all', 'undo', 'retest']), label: z.string(), description: z.string() }),
    )
    .max(3),
  detailsUrl: z.string().optional(),
})

/** The text that is sent: the hidden comment, then what people read, cut at a line where both are too long together. */
export function packText({ text, record, buttons, detailsUrl }: CheckContent): string {
  if (record.length > MAX_RECORD) throw new BugError(`A record of ${record.length} characters is too long.`)
  const value = { record, buttons, ...(detailsUrl === undefined ? {} : { detailsUrl }) }
  const packed = deflateRawSync(Buffer.from(JSON.stringify(value)), { level: 9 }).toString('base64')
  if (packed.length > MAX_PACKED) throw new BugError(`A record of ${packed.length} packed characters is too long.`)
  const comment = `<!-- graft:record ${packed} -->\n\n`
  const room = MAX_CHECK_TEXT - comment.length
  if (text.length <= room) return `${comment}${text}`
  const cut = text.slice(0, room - CUT.length)
  return `${comment}${cut.slice(0, Math.max(cut.lastIndexOf('\n'), 0))}${CUT}`
}

/** The parts of a text that was sent. A text without the comment, or with one that is no longer readable, has no record. */
export function unpackText(sent: string): Pick<CheckContent, 'text' | 'record' | 'buttons' | 'detailsUrl'> {
  const match = COMMENT.exec(sent)
  const text = match === null ? sent : sent.slice(match[0].length)
  const none = { text, record: '', buttons: [] }
  if (match?.[1] === undefined) return none
  try {
    const bytes = inflateRawSync(Buffer.from(match[1], 'base64'), { maxOutputLength: MAX_INFLATED })
    const parsed = envelope.safeParse(JSON.parse(bytes.toString('utf8')))
    if (!parsed.success) return none
    const { record, buttons, detailsUrl } = parsed.data
    return { text, record, buttons, ...(detailsUrl === undefined ? {} : { detailsUrl }) }
  } catch {
    return none
  }
}
