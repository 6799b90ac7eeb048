/** The App's manifest, `app.yml`: what the App must be allowed to do and must hear of. */
import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { z } from 'zod'
import type { GrantedIdentity } from './github-app.ts'

const manifestSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
  default_events: z.array(z.string()),
})
export type Manifest = z.infer<typeof manifestSchema>

export async function readManifest(path: string): Promise<Manifest> {
  return manifestSchema.parse(load(await readFile(path, 'utf8')))
}

/** What the App on GitHub lacks of its manifest, one clause each. */
export function lackingOf(manifest: Manifest, { permissions, events }: Omit<GrantedIdentity, 'id' | 'slug'>): string[] {
  const ranks = new Map([
    ['read', 1],
    ['write', 2],
    ['admin', 3],
  ])
  const rank = (level: string | undefined) => ranks.get(level ?? '') ?? 0
  return [
    ...Object.entries(manifest.default_permissions)
      .filter(([name, level]) => rank(new Map(Object.entries(permissions)).get(name)) < rank(level))
      .map(([name, level]) => `the permission ${name}: ${level}`),
    ...manifest.default_events.filter((event) => !events.includes(event)).map((event) => `the event ${event}`),
  ]
}
