/**
 * What Graft has to find again of a request that nothing else on GitHub shows, hidden at the end of its own status comment:
 * how the last run ended, and for which text of the issue. Without it (a deleted comment) the request is worked on anew.
 */
import { z } from 'zod'
import { backendOptions } from '../values/plan.ts'

const commandId = z.string().regex(/^[A-Za-z0-9-]{1,90}$/)
const sha = z.string().regex(/^[0-9a-f]{40}$/)

const requestRecord = z.strictObject({
  schema: z.literal(1),
  /** State that the comment shows: the type of `StatusModel.state`, `stuck` for a job that cannot run, `finished` at the end. */
  state: z.string().max(40),
  /** Commit of the target that the present run started from. */
  base: sha.optional(),
  /** Text of the request that the present run is about. */
  request: z.string().max(64).optional(),
  /** The `/integrate` that asked to measure once more. */
  run: commandId.optional(),
  /** Text of the request when this was written: whoever answers later speaks of that one. */
  seen: z.string().max(64).optional(),
  /** Text of the request that somebody with write permission said yes to. */
  granted: z.string().max(64).optional(),
  /** When the first question was put to people: code in comments answers it from then on. */
  questioned: z.iso.datetime().optional(),
  ended: z
    .strictObject({
      type: z.enum(['question', 'declined', 'failed']),
      reason: z.string().max(4000),
      step: z.enum(['read', 'measure']),
    })
    .optional(),
  cancelled: z.enum(['closed', 'command', 'pull_closed']).optional(),
  /** Commands that were carried out; the last ones. */
  done: z.array(commandId).max(20),
  /** Name of the integration's branch, also when it is gone. */
  branch: z.string().max(100).optional(),
  backend: backendOptions.optional(),
  purl: z.string().max(600).optional(),
  limits: z.array(z.string().max(2000)).max(30),
  /** Where what people said is not what was found or measured. */
  contradictions: z.array(z.string().max(2000)).max(20).optional(),
  /** Pull requests up to this number belong to runs before the present one. */
  past: z.int().min(0),
})
export type RequestRecord = z.infer<typeof requestRecord>

export const EMPTY_RECORD: RequestRecord = { schema: 1, state: 'none', done: [], limits: [], past: 0 }

const MAX_DONE = 20

/** The comment's body with the record at its end. */
export function withRecord(body: string, record: RequestRecord): string {
  const text = JSON.stringify(requestRecord.parse(record))
  return `${body.trimEnd()}\n\n<!-- graft-record ${Buffer.from(text).toString('base64url')} -->\n`
}

/** Reads the record; undefined when there is none or it is not one. Only for comments that the App wrote. */
export function readRecord(body: string): RequestRecord | undefined {
  const text = /\n<!-- graft-record ([A-Za-z0-9_-]{1,60000}) -->\s*$/.exec(body)?.[1]
  if (text === undefined) return undefined
  try {
    const result = requestRecord.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    return result.success ? result.data : undefined
  } catch {
    return undefined
  }
}

/** The record after a command was carried out. */
export function afterCommand(record: RequestRecord, id: string): RequestRecord {
  return record.done.includes(id) ? record : { ...record, done: [...record.done, id].slice(-MAX_DONE) }
}
