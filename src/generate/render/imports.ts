/**
 * Names and import lines for the references of one method. Imports stand inside methods, so that importing an adapter never
 * imports the simulator.
 */
import { BugError } from '../../values/errors.ts'
import { isPythonIdentifier } from '../identifier.ts'

/** From this many names on, the module is imported instead of the names. */
const MANY = 4

export interface PlannedImports {
  readonly lines: readonly string[]
  readonly nameOf: (ref: string) => string
}

interface Reference {
  readonly module: string
  readonly path: readonly string[]
}

/** Splits `module:Name.attr` and refuses what cannot be written in Python. */
export function parseReference(ref: string): Reference {
  const [module = '', names] = ref.split(':')
  const path = names === undefined ? [] : names.split('.')
  for (const part of [...module.split('.'), ...path]) {
    if (!isPythonIdentifier(part) || part.startsWith('__')) {
      throw new BugError(`The reference ${JSON.stringify(ref)} cannot be written in Python.`)
    }
  }
  return { module, path }
}

/**
 * Chooses how each reference is imported and called.
 *
 * @param refs references of the method
 * @param reserved names that mean something else there
 * @param order modules whose order of import matters; others follow by name
 */
export function planImports(
  refs: readonly string[],
  reserved: ReadonlySet<string>,
  order: readonly string[],
): PlannedImports {
  const groups = new Map<string, Reference[]>()
  for (const ref of [...new Set(refs)].sort()) {
    const parsed = parseReference(ref)
    groups.set(parsed.module, [...(groups.get(parsed.module) ?? []), parsed])
  }
  const taken = new Set(reserved)
  const lines: string[] = []
  const found = new Map<string, string>()
  const rank = (module: string) => (order.includes(module) ? order.indexOf(module) : order.length)
  const modules = [...groups.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  for (const module of modules) {
    const members = groups.get(module) ?? []
    if (module === 'builtins') {
      for (const member of members) found.set(keyOf(member), member.path.join('.'))
      continue
    }
    if (module === 'numpy') {
      // The adapter's own `import numpy as np` serves.
      for (const member of members) found.set(keyOf(member), ['np', ...member.path].join('.'))
      continue
    }
    const heads = [...new Set(members.map((member) => member.path[0]).filter((head) => head !== undefined))]
    if (wantsModule(module, members, heads, groups)) {
      const { line, local } = importModule(module, taken)
      lines.push(line)
      for (const member of members) found.set(keyOf(member), [local, ...member.path].join('.'))
      continue
    }
    heads.sort((a, b) => kindOf(a) - kindOf(b) || (a < b ? -1 : 1))
    const items = heads.map((head) => [head, freeName(head, module, taken)] as const)
    lines.push(`from ${module} import ${items.map(([head, local]) => renamed(head, local)).join(', ')}`)
    const locals = new Map(items)
    for (const member of members) {
      const [head = '', ...rest] = member.path
      found.set(keyOf(member), [locals.get(head) ?? head, ...rest].join('.'))
    }
  }
  return { lines, nameOf: (ref) => lookUp(found, ref) }
}

function lookUp(found: ReadonlyMap<string, string>, ref: string): string {
  const name = found.get(keyOf(parseReference(ref)))
  if (name === undefined) throw new BugError(`The reference ${JSON.stringify(ref)} was not planned.`)
  return name
}

function keyOf(reference: Reference): string {
  return `${reference.module}:${reference.path.join('.')}`
}

/**
 * A module is imported as such when it is itself referred to, or when many of its names are. A submodule whose parent or own
 * members have its name may be hidden by them: then `from module import …` is the only form that is certain.
 */
function wantsModule(
  module: string,
  members: readonly Reference[],
  heads: readonly string[],
  groups: ReadonlyMap<string, readonly Reference[]>,
): boolean {
  if (members.some((member) => member.path.length === 0)) return true
  const [parent, leaf] = splitModule(module)
  const hidden = heads.includes(leaf) || (groups.get(parent) ?? []).some((member) => member.path[0] === leaf)
  return heads.length >= MANY && !hidden
}

function splitModule(module: string): [parent: string, leaf: string] {
  const at = module.lastIndexOf('.')
  return at === -1 ? ['', module] : [module.slice(0, at), module.slice(at + 1)]
}

function importModule(module: string, taken: Set<string>): { line: string; local: string } {
  const [parent, leaf] = splitModule(module)
  const local = freeName(leaf, module, taken)
  const line = parent === '' ? `import ${renamed(leaf, local)}` : `from ${parent} import ${renamed(leaf, local)}`
  return { line, local }
}

function renamed(name: string, local: string): string {
  return name === local ? name : `${name} as ${local}`
}

function freeName(name: string, module: string, taken: Set<string>): string {
  const stem = `${module.replaceAll('.', '_')}_${name}`
  for (const candidate of [name, ...Array.from({ length: 20 }, (_, i) => (i === 0 ? stem : `${stem}_${i + 1}`))]) {
    if (taken.has(candidate) || !isPythonIdentifier(candidate)) continue
    taken.add(candidate)
    return candidate
  }
  throw new BugError(`No free name was found for ${name}.`)
}

/** Constants, classes, the rest: the order in which ruff sorts imported names. */
function kindOf(name: string): number {
  if (name.length > 1 && /^[A-Z][A-Z0-9_]*$/.test(name)) return 0
  return /^[A-Z]/.test(name) ? 1 : 2
}
