/**
 * The record of approvals that the check run carries: which content each `/approve` and each press of a button was for. Only
 * the App can write a check run of its own, but what is read back is checked all the same.
 */
import { z } from 'zod'

/** As much as `CheckContent.record` holds, in characters. */
const MAX_LENGTH = 20_000

const approvalRecord = z.strictObject({
  /** Id of the comment, or delivery id of the button, and the place in it: names the command for ever. */
  source: z.string().regex(/^[A-Za-z0-9-]{1,80}$/),
  place: z.int().min(0).max(999),
  /** Login. */
  by: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/),
  /** ISO 8601. */
  at: z.string().regex(/^[0-9TZ:.+-]{10,40}$/),
  /** Change to fingerprint of its files. */
  fingerprints: z.record(z.string().regex(/^[cu]\d{1,4}$/), z.string().regex(/^[0-9a-f]{32}$/)),
})
export type ApprovalRecord = z.infer<typeof approvalRecord>

/**
 * Writes records as one line of JSON without anything that ends a comment or a fence. What a later record of the same person
 * repeats is left out of the earlier one; beyond 20,000 characters the oldest go, so that their approvals are asked for again.
 */
export function printRecords(records: readonly ApprovalRecord[]): string {
  const seen = new Set<string>()
  const kept: string[] = []
  let length = 2
  for (const record of records.toReversed()) {
    const fresh = Object.entries(record.fingerprints).filter(([id, hash]) => !seen.has(`${record.by} ${id} ${hash}`))
    for (const [id, hash] of fresh) seen.add(`${record.by} ${id} ${hash}`)
    const text = JSON.stringify(approvalRecord.parse({ ...record, fingerprints: Object.fromEntries(fresh) }))
    if (length + text.length + 1 > MAX_LENGTH) break
    length += text.length + 1
    kept.unshift(text)
  }
  return `[${kept.join(',')}]`
}

/** Reads records; none when the text is not exactly such a record, so that nothing is approved by mistake. */
export function parseRecords(text: string): ApprovalRecord[] {
  if (text.length > MAX_LENGTH) return []
  try {
    const result = z.array(approvalRecord).max(500).safeParse(JSON.parse(text))
    return result.success ? result.data : []
  } catch {
    return []
  }
}
