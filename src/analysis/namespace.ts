/** Resolves names across the files of the distribution: relative imports, star imports, re-exports. Nothing is executed. */
import type { FileFacts, ImportFact } from './file-facts.ts'

/** Where a name is defined. */
export interface Origin {
  readonly module: string
  readonly name: string
}

const NOTHING: ReadonlyMap<string, Origin> = new Map()
const MAX_ROUNDS = 8
const MAX_NAMES = 20_000

export class Namespace {
  private readonly modules = new Map<string, FileFacts[]>()
  private exported: Map<string, Map<string, Origin>> | undefined
  private shortest: Map<string, string> | undefined

  constructor(files: readonly FileFacts[]) {
    for (const file of files) {
      if (file.kind !== 'package') continue
      const known = this.modules.get(file.module)
      if (known) known.push(file)
      else this.modules.set(file.module, [file])
    }
  }

  has(module: string): boolean {
    return this.modules.has(module)
  }

  files(module: string): readonly FileFacts[] {
    return this.modules.get(module) ?? []
  }

  isPackage(module: string): boolean {
    return this.files(module).some((file) => /(^|\/)__init__\.pyi?$/.test(file.path))
  }

  /** Absolute module of an import, or undefined when the dots lead out of the distribution. */
  absolute(importer: string, fact: ImportFact): string | undefined {
    if (fact.level === 0) return fact.module
    const parts = importer.split('.')
    const drop = fact.level - (this.isPackage(importer) ? 1 : 0)
    if (drop > parts.length) return undefined
    const base = parts.slice(0, parts.length - drop)
    return [...base, ...(fact.module === '' ? [] : [fact.module])].join('.')
  }

  /** Names that a module offers, each with the place of its definition (in the distribution or in a dependency). */
  exports(module: string): ReadonlyMap<string, Origin> {
    this.exported ??= this.resolve()
    return this.exported.get(module) ?? NOTHING
  }

  /** Whether a module itself has something of that name, so that it hides a submodule. */
  defines(module: string, name: string): boolean {
    return this.files(module).some(
      ({ classes, functions, assignments }) =>
        [...classes, ...functions].some((made) => made.name === name) ||
        assignments.some(([assigned]) => assigned === name),
    )
  }

  /** A fixed point over all modules, in few rounds: imports may go in circles, re-exports may go through several files. */
  private resolve(): Map<string, Map<string, Origin>> {
    const all = new Map<string, Map<string, Origin>>()
    for (const [module, files] of this.modules) {
      const own = new Map<string, Origin>()
      for (const file of files) {
        for (const [name] of file.assignments) own.set(name, { module, name })
        for (const { name } of [...file.functions, ...file.classes]) own.set(name, { module, name })
      }
      all.set(module, own)
    }
    for (let round = 0, changed = true; changed && round < MAX_ROUNDS; round += 1) {
      changed = false
      for (const [module, files] of this.modules) {
        const names = all.get(module) ?? new Map<string, Origin>()
        for (const fact of files.flatMap((file) => file.imports)) {
          if (this.bind(module, fact, names, all)) changed = true
        }
      }
    }
    return all
  }

  /** Binds what one import statement imports; tells whether anything is new. */
  private bind(
    importer: string,
    fact: ImportFact,
    names: Map<string, Origin>,
    all: ReadonlyMap<string, ReadonlyMap<string, Origin>>,
  ): boolean {
    const module = this.absolute(importer, fact)
    if (module === undefined || fact.name === undefined || module === importer) return false
    const offered = all.get(module)
    const set = (name: string, origin: Origin): boolean => {
      const known = names.get(name)
      // What the file defines itself wins over what it imports under the same name.
      if (known && (known.module === importer || (known.module === origin.module && known.name === origin.name)))
        return false
      if (names.size >= MAX_NAMES) return false
      names.set(name, origin)
      return true
    }
    if (fact.name !== '*') return set(fact.alias, offered?.get(fact.name) ?? { module, name: fact.name })
    const listed = new Set(this.files(module).flatMap((file) => file.all ?? []))
    let changed = false
    for (const [name, origin] of offered ?? NOTHING) {
      const shared = listed.size > 0 ? listed.has(name) : !name.startsWith('_')
      if (shared && !names.has(name) && set(name, origin)) changed = true
    }
    return changed
  }

  /** The shortest public reference of a definition (`package:Name` rather than `package.impl.file:Name`). */
  publicReference(origin: Origin): { ref: string; exported: boolean } {
    this.shortest ??= this.shortestReferences()
    const found = this.shortest.get(`${origin.module}:${origin.name}`)
    return { ref: found ?? `${origin.module}:${origin.name}`, exported: found !== undefined }
  }

  private shortestReferences(): Map<string, string> {
    const found = new Map<string, string>()
    const publicModules = [...this.modules.keys()]
      .filter((module) => (this.isPackage(module) || !module.includes('.')) && !/(^|\.)_/.test(module))
      .sort((a, b) => a.split('.').length - b.split('.').length || (a < b ? -1 : 1))
    for (const module of publicModules) {
      for (const [name, origin] of this.exports(module)) {
        const key = `${origin.module}:${origin.name}`
        if (!found.has(key) && !name.startsWith('_')) found.set(key, `${module}:${name}`)
      }
    }
    return found
  }

  /** Modules that importing the given ones executes, without guarded imports. */
  reachable(roots: readonly string[]): ReadonlySet<string> {
    const seen = new Set<string>()
    const waiting = [...roots]
    for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
      if (seen.has(module) || !this.has(module)) continue
      seen.add(module)
      const parent = module.replace(/\.?[^.]*$/, '')
      if (parent !== '') waiting.push(parent)
      for (const fact of this.files(module).flatMap((file) => file.imports)) {
        const target = fact.guarded ? undefined : this.absolute(module, fact)
        if (target === undefined) continue
        waiting.push(target)
        if (fact.name !== undefined) waiting.push(`${target}.${fact.name}`)
      }
    }
    return seen
  }
}
