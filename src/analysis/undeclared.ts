/** Modules that are imported without being declared: with them missing, the package cannot be imported as installed. */
import { MODULE_OF_DISTRIBUTION } from '../values/import-names.ts'
import type { Profile } from '../values/profile.ts'
import { STANDARD_LIBRARY } from '../values/standard-library.ts'
import type { FileFacts } from './file-facts.ts'
import type { Namespace } from './namespace.ts'

/**
 * Not the standard library, not its own, not declared, not in a `try` or under a condition. Confidence: whether importing
 * the package reaches the import, or only a module that somebody has to import by hand.
 */
export function readUndeclared(
  files: readonly FileFacts[],
  names: Namespace,
  modules: readonly string[],
  dependencies: readonly string[],
): Profile['undeclared'] {
  const package_ = files.filter(({ kind }) => kind === 'package')
  const imported = names.reachable(modules)
  const makes = ({ classes, functions }: FileFacts) => classes.length + functions.length > 0
  // Where importing the package itself brings nothing, what it is stands in modules that people import one by one.
  const empty = !package_.some((file) => imported.has(file.module) && makes(file))
  const reached = empty
    ? names.reachable([...modules, ...package_.filter(makes).map(({ module }) => module)])
    : imported
  const own = new Set(modules.map((module) => module.split('.')[0] ?? module))
  const found = new Map<string, { file: string; line: number; reached: boolean; module: string }[]>()
  for (const file of package_) {
    if (file.path.endsWith('.pyi')) continue
    for (const fact of file.imports) {
      const top = fact.module.split('.')[0] ?? ''
      if (fact.level > 0 || fact.guarded || !/^[A-Za-z_]\w{0,99}$/.test(top) || top.startsWith('_')) continue
      if (STANDARD_LIBRARY.has(top) || own.has(top) || names.has(top)) continue
      if (dependencies.some((distribution) => provides(distribution, top))) continue
      const uses = found.get(top) ?? []
      found.set(top, uses)
      uses.push({ file: file.path, line: fact.line, reached: reached.has(file.module), module: fact.module })
    }
  }
  return [...found]
    .map(([value, uses]) => {
      const ordered = [...uses].sort((a, b) => Number(b.reached) - Number(a.reached))
      const imports = [...new Set(uses.map(({ module }) => module))].filter((module) => module !== value)
      return {
        value,
        evidence: ordered.slice(0, 5).map(({ file, line }) => ({ file, line })),
        confidence: ordered[0]?.reached ? (empty ? 0.9 : 0.95) : 0.4,
        ...(imports.length === 0 ? {} : { imports: imports.sort().slice(0, 20) }),
      }
    })
    .sort((a, b) => b.confidence - a.confidence || (a.value < b.value ? -1 : 1))
    .slice(0, 50)
}

/**
 * Modules beside the one that imports them, imported as if they were installed by themselves: `import core` in `pkg/a.py` for
 * `pkg/core.py`. Nobody can install them.
 */
export function readMisplaced(
  files: readonly FileFacts[],
  names: Namespace,
  undeclared: Profile['undeclared'],
): Profile['undeclared'] {
  const folderOf = (file: string) => file.replace(/[^/]*$/, '')
  const paths = new Set(files.flatMap(({ kind, path }) => (kind === 'package' ? path : [])))
  return undeclared.flatMap(({ value, evidence, confidence }) => {
    const beside = evidence.filter(({ file }) =>
      [`${folderOf(file)}${value}.py`, `${folderOf(file)}${value}/__init__.py`].some((path) => paths.has(path)),
    )
    return beside.length === 0 || names.has(value) ? [] : { value, evidence: beside, confidence }
  })
}

/** Whether a distribution of that name can be expected to install a top-level module (`a-b-c` may install `a`, `b`, `a_b`). */
function provides(distribution: string, module: string): boolean {
  const normal = distribution.toLowerCase().replace(/[-_.]+/g, '-')
  const wanted = module.toLowerCase().replace(/_+/g, '-')
  if (MODULE_OF_DISTRIBUTION.get(normal) === module.toLowerCase() || normal === wanted) return true
  const parts = normal.split('-')
  if (
    parts.includes(wanted) ||
    normal.startsWith(`${wanted}-`) ||
    normal.replaceAll('-', '') === wanted.replaceAll('-', '')
  )
    return true
  // `py…`, `python-…` and a trailing version digit: `pyserial` → serial, `antlr4-python3-runtime` → antlr4.
  return [`py${wanted}`, `${wanted}py`, `python-${wanted}`].includes(normal) || parts[0]?.replace(/\d+$/, '') === wanted
}
