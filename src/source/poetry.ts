/** Requirements as Poetry writes them (`numpy = "^1.20"`), turned into PEP 508. Source: Poetry's documentation, "Dependency specification". */
import { z } from 'zod'

const dependency = z.union([
  z.string(),
  z.object({ version: z.string(), optional: z.boolean().optional(), markers: z.string().optional() }),
])

/** Requirements that are not optional, and the range of Python. Those without a version (paths, repositories) are left out. */
export function poetryRequirements(dependencies: unknown): { requires: string[]; python: string | undefined } {
  const found = z.record(z.string(), z.unknown()).safeParse(dependencies)
  const requires: string[] = []
  let python: string | undefined
  for (const [name, value] of Object.entries(found.data ?? {})) {
    const parsed = dependency.safeParse(value)
    if (!parsed.success) continue
    const { version, optional, markers } =
      typeof parsed.data === 'string' ? { version: parsed.data, optional: false, markers: undefined } : parsed.data
    const range = poetryRange(version)
    if (name.toLowerCase() === 'python') python = range
    else if (optional !== true) requires.push(`${name}${range}${markers === undefined ? '' : ` ; ${markers}`}`)
  }
  return { requires, python }
}

/** `^1.2.3` is `>=1.2.3,<2`, `~1.2` is `>=1.2,<1.3`, a bare version is exact, `*` is any. */
export function poetryRange(text: string): string {
  if (text.trim() === '*' || text.includes('||')) return ''
  return text
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
    .map((clause) => {
      const [, sign, version = ''] = /^([\^~]?)\s*(\d.*)$/.exec(clause) ?? []
      if (sign === undefined || clause.startsWith('~=')) return clause
      const parts = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
      if (sign === '') return version.includes('*') ? `==${version}` : `==${version}`
      const place =
        sign === '~'
          ? Math.min(1, parts.length - 1)
          : Math.max(
              0,
              parts.findIndex((part) => part > 0),
            )
      const next = [...parts.slice(0, place), (parts[place] ?? 0) + 1]
      return `>=${version},<${next.join('.')}`
    })
    .join(',')
}
