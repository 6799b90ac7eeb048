/** The list of packages that the population bench goes through: data, with what a person knows of each. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { GATE_NAMES } from '../../src/values/gates.ts'

const gates = z
  .string()
  .transform((text) => text.split(' '))
  .pipe(z.array(z.enum(GATE_NAMES)))

const entry = z.strictObject({
  package: z.string(),
  /** What a person who knows the package expects; `integrated` stands for integrated with limits too. */
  expect: z.enum(['integrated', 'needs_answer', 'declined']),
  /** Of a decline: what the package is. */
  kind: z.string().optional(),
  /** Pattern that the reason of a decline or a question must match to be the right one. */
  says: z.string().optional(),
  /** Gates that the package has by itself, as far as is known. */
  native: gates.optional(),
  /** There is no wheel: a person allows the build. */
  build: z.boolean().optional(),
  /** The requirements that a person names when asked for what the package does not declare. */
  answer: z.array(z.string()).optional(),
  /** What is special about it, for people. */
  trap: z.string(),
})
export type Entry = z.infer<typeof entry>

/** Every package of the list, or those named, in the list's order; a name that is not on the list is taken as it is. */
export function readList(only?: readonly string[]): Entry[] {
  const path = join(import.meta.dirname, '..', 'population.json')
  const all = z.array(entry).parse(JSON.parse(readFileSync(path, 'utf8')))
  if (only === undefined) return all
  return only.map(
    (name) => all.find((one) => one.package === name) ?? { package: name, expect: 'integrated' as const, trap: '' },
  )
}
