/** Which modules a measured driver may call: the package, what it needs, and what analysis named. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Driver } from '../values/driver.ts'
import { ARITHMETIC_MODULES, HOST_MODULES, PLAIN_REFERENCES } from '../values/import-names.ts'
import type { SearchRequest } from '../values/profile.ts'
import { STANDARD_LIBRARY } from '../values/standard-library.ts'
import type { Ready } from './environment.ts'
import { readHostileFile } from './hostile-file.ts'
import { normalizeName } from './lock.ts'

/** Distributions that a top-level module belongs to, as far as is known. */
type Owners = (module: string) => readonly string[]

/**
 * The first reference of a driver that leads out of the package and its dependencies, or undefined.
 *
 * The probe shares a process with the package, so a hostile package can write the result itself. Its driver is rendered into
 * code that people run: it may call that package, which they chose, and not `os` or `subprocess`.
 *
 * @param pins normalised names of the package and of what it needs
 */
export function foreignReference(
  driver: Driver,
  request: SearchRequest,
  pins: { has(name: string): boolean },
  owners: Owners,
): string | undefined {
  const out = wayOut(driver)
  if (out !== undefined) return out
  // A host's circuit comes from the target's environment, and only when analysis named it.
  const named = new Set(referencesIn(request).map(rootOf))
  return unknownReferences(driver, request).find((reference) => {
    const found = owners(rootOf(reference))
    return !found.some((owner) => pins.has(owner) || named.has(rootOf(reference)))
  })
}

/** `foreignReference` by the records of an environment on this machine. */
export async function foreignReferences(
  driver: Driver,
  request: SearchRequest,
  ready: Ready,
): Promise<string | undefined> {
  const out = wayOut(driver)
  if (out !== undefined || unknownReferences(driver, request).length === 0) return out
  const installed = await installedModules(ready)
  return foreignReference(driver, request, ready.lock.pins, (module) => installed.get(module) ?? [])
}

/**
 * Owners by what a job on another machine wrote down. Its word is not enough for a module of Python's own library, and not
 * needed for one that is called like its distribution.
 */
export function statedOwners(modules: Readonly<Record<string, readonly string[]>>): Owners {
  return (module) => {
    if (STANDARD_LIBRARY.has(module) || module.startsWith('_')) return []
    const stated = Object.entries(modules).filter(([, names]) => names.includes(module))
    return [normalizeName(module), ...stated.map(([name]) => normalizeName(name))]
  }
}

/** What a driver by hand may name. */
export interface Allowance {
  /** Modules of the package, and those that it imports without declaring them. */
  readonly modules: readonly string[]
  /** Distributions that it declares; a module is mostly called like the distribution or a part of its name. */
  readonly distributions: readonly string[]
}

/**
 * The first word of a value that names something outside of the package and what it needs, with its place in the value.
 *
 * It is stricter than `foreignReference`, which knows what is installed.
 */
export function foreignWord(
  value: unknown,
  { modules, distributions }: Allowance,
): { readonly path: readonly PropertyKey[]; readonly reference: string } | undefined {
  const own = new Set([...ARITHMETIC_MODULES, ...HOST_MODULES, ...modules].map(rootOf))
  const parts = new Set(distributions.flatMap((name) => [normalizeName(name), ...normalizeName(name).split('-')]))
  const isForeign = (reference: string) =>
    leadsOut(reference) ||
    !(own.has(rootOf(reference)) || PLAIN_REFERENCES.test(reference) || parts.has(normalizeName(rootOf(reference))))
  return namesIn(value).find(({ reference }) => isForeign(reference))
}

/**
 * Modules that nearly every package imports, and through which everything can be reached: `package:os.system` begins with the
 * package and is none of it.
 */
const WAYS_OUT =
  /^(?:os|sys|subprocess|shutil|socket|ctypes|importlib|builtins|pickle|marshal|runpy|pty|posix|multiprocessing|urllib|webbrowser|pathlib|tempfile)$/

function leadsOut(reference: string): boolean {
  return reference
    .split(':')
    .slice(1)
    .join('.')
    .split('.')
    .some((part) => WAYS_OUT.test(part))
}

/** A name that begins with the package and leads out of it. */
function wayOut(driver: Driver): string | undefined {
  return namesIn(driver).find(({ reference }) => leadsOut(reference))?.reference
}

interface Named {
  readonly path: readonly PropertyKey[]
  readonly reference: string
}

/** Every reference, import and attribute that leads out, with its place. */
function namesIn(value: unknown, path: readonly PropertyKey[] = []): Named[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]): Named[] => {
    const place = [...path, Array.isArray(value) ? Number(key) : key]
    if (key === 'ref' && typeof inner === 'string') return [{ path: place, reference: inner }]
    if (key === 'imports' && path.length === 0 && Array.isArray(inner)) {
      return inner.map((one, index) => ({ path: [...place, index], reference: String(one) }))
    }
    const name = key === 'attr' ? (Array.isArray(inner) ? inner[1] : inner) : undefined
    const attribute =
      typeof name === 'string' && WAYS_OUT.test(name) ? [{ path: place, reference: `value:${name}` }] : []
    return [...attribute, ...namesIn(inner, place)]
  })
}

function unknownReferences(driver: Driver, request: SearchRequest): string[] {
  const used = [...new Set([...driver.imports, ...referencesIn(driver)])]
  const own = new Set([...ARITHMETIC_MODULES, ...request.modules, ...request.undeclared].map(rootOf))
  return used.filter((reference) => !own.has(rootOf(reference)) && !PLAIN_REFERENCES.test(reference))
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
