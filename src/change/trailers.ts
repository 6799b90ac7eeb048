/**
 * The trailers by which a commit says which change of which integration it is.
 *
 * Trailers can be forged: whoever reads them decides by the commit's author whether to believe them.
 */
import { z } from 'zod'
import { backendName, CHANGE_KINDS } from '../values/plan.ts'

const changeId = z.string().regex(/^c\d{1,4}$/)

/** `integration` is the backend's name in a local clone, the number on GitHub. */
export const trailers = z.strictObject({
  integration: z.union([backendName, z.string().regex(/^\d{1,10}$/)]),
  change: changeId,
  kind: z.enum(CHANGE_KINDS),
  depends: z.array(changeId).max(50),
})
export type Trailers = z.infer<typeof trailers>

const KEYS = {
  integration: 'Graft-Integration',
  change: 'Graft-Change',
  kind: 'Graft-Kind',
  depends: 'Graft-Depends',
} as const

/** Writes the trailer block: one `Key: value` line each, no blank line. `Graft-Depends` is left out when there is none. */
export function formatTrailers(value: Trailers): string {
  const checked = trailers.parse(value)
  const lines = [
    `${KEYS.integration}: ${checked.integration}`,
    `${KEYS.change}: ${checked.change}`,
    `${KEYS.kind}: ${checked.kind}`,
  ]
  if (checked.depends.length > 0) lines.push(`${KEYS.depends}: ${checked.depends.join(' ')}`)
  return lines.join('\n')
}

/**
 * Reads the trailers of a commit message: the last paragraph, when each of its lines is a `Key: value` line.
 * Returns undefined when there are none, when a key is missing or doubled, or when a value is out of shape.
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
  const result = trailers.safeParse({
    integration: found.get(KEYS.integration),
    change: found.get(KEYS.change),
    kind: found.get(KEYS.kind),
    depends: (found.get(KEYS.depends) ?? '').split(' ').filter((id) => id !== ''),
  })
  return result.success ? result.data : undefined
}
