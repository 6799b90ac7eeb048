/** Which modules a measured driver may call: the package, what it needs, and what analysis named. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Driver } from '../values/driver.ts'
import type { SearchRequest } from '../values/profile.ts'
import type { Ready } from './environment.ts'
import { readHostileFile } from './hostile-file.ts'
import { normalizeName } from './lock.ts'

const ARITHMETIC = new Set(['numpy', 'math', 'cmath'])
const CONSTRUCTORS = /^builtins:(?:bool|complex|dict|float|int|list|range|set|str|tuple)$/

/**
 * The first reference of a driver that leads out of the package and its dependencies, or undefined.
 *
 * The probe shares a process with the package, so a hostile package can write the result itself. Its driver is rendered into
 * code that people run: it may call that package, which they chose, and not `os` or `subprocess`.
 */
export async function foreignReferences(
  driver: Driver,
  request: SearchRequest,
  ready: Ready,
): Promise<string | undefined> {
  const used = [...new Set([...driver.imports, ...referencesIn(driver)])]
  const own = new Set([...ARITHMETIC, ...request.modules, ...request.undeclared].map(rootOf))
  const unknown = used.filter((reference) => !own.has(rootOf(reference)) && !CONSTRUCTORS.test(reference))
  if (unknown.length === 0) return undefined
  const installed = await installedModules(ready)
  // A host's circuit comes from the target's environment, and only when analysis named it.
  const named = new Set(referencesIn(request).map(rootOf))
  return unknown.find((reference) => {
    const owners = installed.get(rootOf(reference)) ?? []
    return !owners.some((owner) => ready.lock.pins.has(owner) || named.has(rootOf(reference)))
  })
}

function rootOf(reference: string): string {
  return reference.split(/[.:]/)[0] ?? ''
}

/** Every `{ref: …}` in a JSON value. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  )
}

/** Top-level modules with the distributions they belong to, from the records that the installer wrote. */
async function installedModules(ready: Ready): Promise<Map<string, string[]>> {
  const [major, minor] = ready.python.version.split('.')
  const packages = join(ready.folder, 'lib', `python${major}.${minor}`, 'site-packages')
  const modules = new Map<string, string[]>()
  for (const folder of await readdir(packages)) {
    const name = /^(.+)-[^-]+\.dist-info$/.exec(folder)?.[1]
    if (name === undefined) continue
    const record = await readHostileFile(join(packages, folder, 'RECORD'), 32 * 1024 * 1024)
    const own = new Set(record?.split('\n').flatMap((line) => /^"?([A-Za-z_]\w*)[/.]/.exec(line)?.[1] ?? []))
    for (const module of own) modules.set(module, [...(modules.get(module) ?? []), normalizeName(name)])
  }
  return modules
}
