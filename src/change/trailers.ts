/**
 * The trailers by which a commit says which change of which integration it is.
 *
 * Trailers can be forged: whoever reads them decides by the commit's author whether to believe them.
 */
import { z } from 'zod'
import { backendName, CHANGE_KINDS } from '../values/plan.ts'

const changeId = z.string().regex(/^c\d{1,4}$/)
const revertId = z.string().regex(/^r\d{1,4}$/)
/** What can be taken back: a change, a person's change, a revert (which brings back what it took). */
const revertable = z.string().regex(/^[cur]\d{1,4}$/)

/** The backend's name in a local clone, the number on GitHub. */
const integration = z.union([backendName, z.string().regex(/^\d{1,10}$/)])

const ofChange = z.strictObject({
  integration,
  change: changeId,
  kind: z.enum(CHANGE_KINDS).exclude(['revert']),
  depends: z.array(changeId).max(50),
})

/**
 * A revert that is more than that: a change that somebody does not want (`reject`), steps back and forward on the stack of
 * actions (`undo`, `redo`), the return to a snapshot (`restore`).
 */
const revertAction = z.enum(['reject', 'undo', 'redo', 'restore'])
export type RevertAction = z.infer<typeof revertAction>

const ofRevert = z.strictObject({
  integration,
  change: revertId,
  kind: z.literal('revert'),
  depends: z.array(changeId).max(0),
  reverts: z.array(revertable).min(1).max(1000),
  action: revertAction.optional(),
  /** Login of whoever asked for it; absent in a local clone. */
  by: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/)
    .optional(),
  /** `<source>-<place>` of the command that asked for it, so that no command is executed twice; absent in a local clone. */
  command: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,79}-\d{1,3}$/)
    .optional(),
})

/** Of a change (`c1`, …), or of a revert (`r1`, …), which also says what it takes back. */
export const trailers = z.discriminatedUnion('kind', [ofRevert, ofChange])
export type Trailers = z.infer<typeof trailers>

const KEYS = {
  integration: 'Graft-Integration',
  change: 'Graft-Change',
  kind: 'Graft-Kind',
  depends: 'Graft-Depends',
  reverts: 'Graft-Reverts',
  action: 'Graft-Action',
  by: 'Graft-By',
  command: 'Graft-Command',
} as const

/** Writes the trailer block: one `Key: value` line each, no blank line. What there is none of is left out. */
export function formatTrailers(value: Trailers): string {
  const checked = trailers.parse(value)
  const lines = [
    `${KEYS.integration}: ${checked.integration}`,
    `${KEYS.change}: ${checked.change}`,
    `${KEYS.kind}: ${checked.kind}`,
  ]
  if (checked.depends.length > 0) lines.push(`${KEYS.depends}: ${checked.depends.join(' ')}`)
  if (checked.kind === 'revert') {
    lines.push(`${KEYS.reverts}: ${checked.reverts.join(' ')}`)
    if (checked.action !== undefined) lines.push(`${KEYS.action}: ${checked.action}`)
    if (checked.by !== undefined) lines.push(`${KEYS.by}: ${checked.by}`)
    if (checked.command !== undefined) lines.push(`${KEYS.command}: ${checked.command}`)
  }
  return lines.join('\n')
}

/**
 * Reads the trailers of a commit message: the last paragraph, when each of its lines is a `Key: value` line.
 * Returns undefined when there are none, when a key is missing or doubled, when a value is out of shape, or when a change
 * has the keys of a revert.
 */
export function parseTrailers(message: string): Trailers | undefined {
  const block = message
    .trimEnd()
    .split(/\n[ \t]*\n/)
    .at(-1)
  if (block === undefined || message.trimEnd() === block) return undefined
  const found = new Map<string, string>()
  for (const line of block.split('\n')) {
    const match = /^([A-Za-z][A-Za-z0-9-]*): (.*)$/.exec(line)
    const [key, value] = [match?.[1], match?.[2]]
    if (key === undefined || value === undefined) return undefined
    if (key.startsWith('Graft-') && found.has(key)) return undefined
    found.set(key, value)
  }
  const list = (key: string) => (found.get(key) ?? '').split(' ').filter((id) => id !== '')
  const [reverts, command] = [found.get(KEYS.reverts), found.get(KEYS.command)]
  const [action, by] = [found.get(KEYS.action), found.get(KEYS.by)]
  const result = trailers.safeParse({
    integration: found.get(KEYS.integration),
    change: found.get(KEYS.change),
    kind: found.get(KEYS.kind),
    depends: list(KEYS.depends),
    ...(reverts === undefined ? {} : { reverts: list(KEYS.reverts) }),
    ...(action === undefined ? {} : { action }),
    ...(by === undefined ? {} : { by }),
    ...(command === undefined ? {} : { command }),
  })
  return result.success ? result.data : undefined
}
