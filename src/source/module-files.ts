/** Which files of a source tree are its modules, and how they are imported: what an installer would copy. Pure. */
import type { SourceTree } from '../values/snapshot.ts'

export interface ModuleFiles {
  /** Folder that the modules lie in; empty for the tree itself. */
  readonly base: string
  /** Names of the top-level packages and modules. */
  readonly modules: readonly string[]
  /** Each file as it lies in the tree, and as it is installed. */
  readonly files: readonly { readonly path: string; readonly as: string }[]
}

const IDENTIFIER = /^[A-Za-z_]\w*$/
/** Folders and modules beside a package that installers leave out unless they are told otherwise. */
const BESIDE =
  /^(?:tests?|testing|examples?|docs?|benchmarks?|bench|scripts?|tools?|notebooks?|tutorials?|demos?|samples?|build|dist|setup|conftest|noxfile|tasks|conf|versioneer|fabfile|manage|test_.*|.*_test)$/i
/** Paths that a placed file may have. */
const PLAIN = /^[\w.+@ ()~-]+(?:\/[\w.+@ ()~-]+)*$/

/** @param where the folder that the tree itself names */
export function moduleFiles(tree: SourceTree, where: string | undefined): ModuleFiles {
  const paths = tree.files.map(({ path }) => path)
  const bases = where === undefined ? ['src', '', 'python', 'lib'] : [where, 'src', '']
  for (const base of bases) {
    const prefix = base === '' ? '' : `${base}/`
    const inside = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
    const modules = modulesIn(inside, base !== '')
    if (modules.length === 0) continue
    const files = inside
      .filter((path) =>
        modules.some((name) => path.startsWith(`${name}/`) || path === `${name}.py` || path === `${name}.pyi`),
      )
      .filter((path) => PLAIN.test(path) && path.length <= 300 && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(path))
    return { base, modules, files: files.map((path) => ({ path: `${prefix}${path}`, as: path })) }
  }
  return { base: '', modules: [], files: [] }
}

/** Packages; where there are none, modules of one file; in a folder of its own (`src`) also packages without `__init__.py`. */
function modulesIn(paths: readonly string[], apart: boolean): string[] {
  // The folder is a package itself: its files are imported under its name, which lies outside.
  if (paths.includes('__init__.py')) return []
  const own = (name: string) => IDENTIFIER.test(name) && !BESIDE.test(name)
  const packages = new Set<string>()
  const folders = new Set<string>()
  const single = new Set<string>()
  for (const path of paths) {
    const [head = '', second, ...rest] = path.split('/')
    if (second === undefined) {
      if (/\.py$/.test(head) && own(head.slice(0, -3))) single.add(head.slice(0, -3))
    } else if (own(head)) {
      if (rest.length === 0 && second === '__init__.py') packages.add(head)
      if (path.endsWith('.py')) folders.add(head)
    }
  }
  const found =
    packages.size > 0 ? [...packages, ...(apart ? single : [])] : apart ? [...folders, ...single] : [...single]
  return found.sort()
}
