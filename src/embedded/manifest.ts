/** The App's manifest (`app.yml`): what it may do and what it hears of. */
import { load } from 'js-yaml'
import { z } from 'zod'
import type { Permissions } from './entities.ts'

const manifestSchema = z.object({
  name: z.string(),
  description: z.string().default(''),
  default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
  default_events: z.array(z.string()).default([]),
})

export interface Manifest {
  readonly name: string
  readonly description: string
  /** `metadata: read` is always among them, as on GitHub. */
  readonly permissions: Permissions
  readonly events: readonly string[]
}

/** Reads a manifest's text. Throws ZodError when it is none. */
export function parseManifest(text: string): Manifest {
  const { name, description, default_permissions, default_events } = manifestSchema.parse(load(text))
  return {
    name,
    description,
    permissions: { ...default_permissions, metadata: 'read' },
    events: default_events,
  }
}
