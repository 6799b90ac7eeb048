/** A package that cannot be installed beside the target: what contradicts what, and where it runs instead. */
import { z } from 'zod'

/** A version range (PEP 440), or a version with a remark; nothing that could be text of somebody. */
const side = z.string().regex(/^[A-Za-z0-9.*+!_<>=~, ()-]{0,200}$/)

export const conflict = z.strictObject({
  /** Distribution, or `Python`. */
  name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?$/),
  /** What the package needs of it, and what the target does. */
  package: side,
  target: side,
})
export type Conflict = z.infer<typeof conflict>

export const isolation = z.strictObject({
  /** Python of its environment: `3.11`. */
  python: z.string().regex(/^\d+\.\d+$/),
  /** Empty where only the whole is known to have no solution. */
  conflicts: z.array(conflict).max(10),
})
export type Isolation = z.infer<typeof isolation>

/** What contradicts what, one clause for people: `it needs a >=2,<3, the target needs a >=3; …`. */
export function describeConflicts(conflicts: readonly Conflict[], own: string): string {
  if (conflicts.length === 0) return 'what the two need has no common solution'
  const need = (name: string, range: string) => (range === '' ? name : `${name} ${range}`)
  return conflicts
    .slice(0, 3)
    .map(({ name, package: ours, target }) => {
      const itself = name === own ? `it is ${name} ${ours.replace(/^==/, '')}` : `it needs ${need(name, ours)}`
      return `${itself}, the target needs ${need(name, target)}`
    })
    .join('; ')
}

/** The command that makes the environment of an isolated backend. */
export function isolateCommand(backendsModule: string, backend: string): string {
  return `python -m ${backendsModule}._bridge.isolate ${backend}`
}
