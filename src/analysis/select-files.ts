/** Decides which files of a snapshot are read, as what, and under which import path. */
import type { Snapshot, SourceTree } from '../values/snapshot.ts'
import { FILE_LIMITS, type FileTask } from './file-facts.ts'

export interface Selection {
  readonly tasks: FileTask[]
  readonly skipped: string[]
  /** Import names: top-level packages; below a namespace, the first regular packages. */
  readonly modules: { name: string; file: string }[]
  /** Import paths of compiled modules. */
  readonly extensions: string[]
}

const USAGE =
  /(^|\/)(tests?|testing|examples?|docs?|doc_source|benchmarks?|benchmark|tutorials?|demos?|samples?|notebooks?|asv_bench)(\/|$)|(^|\/)(test_[^/]*|[^/]*_test|conftest|setup|noxfile|tasks)\.py$/i
const NOT_IMPORTED = /(^|\/)(build|dist|node_modules|\.git|\.github|third_?party|vendor|_vendor|extern(al)?)(\/|$)/i
const IDENTIFIER = /^[A-Za-z_]\w*$/
const MAX_FILES = 3000
const MAX_BYTES = 60_000_000

/** Files that are read first come first: the package's own code, then documents, tests and examples, small before large. */
export function selectFiles(snapshot: Snapshot): Selection {
  const wheel = snapshot.trees.find((tree) => tree.artifact.kind === 'wheel')
  const sdist = snapshot.trees.find((tree) => tree.artifact.kind === 'sdist')
  const skipped: string[] = []
  const main = wheel ?? sdist
  if (!main) return { tasks: [], skipped, modules: [], extensions: [] }
  const own = packageLayout(main)
  const tasks = main.files.flatMap((file) => taskOf(main, file.path, own))
  // A package that only brings others is what they are.
  const brought = (snapshot.brings ?? []).map(({ tree }) => ({ tree, layout: packageLayout(tree) }))
  for (const { tree, layout } of brought) tasks.push(...tree.files.flatMap((file) => taskOf(tree, file.path, layout)))
  if (wheel && sdist) {
    const inWheel = new Set(wheel.files.map((file) => file.path))
    for (const file of sdist.files) {
      // The sdist's copy of what the wheel installs says the same again.
      if (!isCopy(file.path, inWheel)) tasks.push(...usageTask(sdist, file.path))
    }
  }
  const size = new Map(
    [...snapshot.trees, ...brought.map(({ tree }) => tree)].flatMap((tree) =>
      tree.files.map((file) => [`${tree.root}/${file.path}`, file.bytes]),
    ),
  )
  const bytesOf = (task: FileTask) => size.get(`${task.root}/${task.path}`) ?? 0
  const rank = { package: 0, document: 1, example: 2, binding: 3 } as const
  tasks.sort((a, b) => rank[a.kind] - rank[b.kind] || compare(a.path, b.path))
  const chosen: FileTask[] = []
  let bytes = 0
  for (const task of tasks) {
    if (bytesOf(task) > FILE_LIMITS.bytes) skipped.push(`${task.path}: larger than ${FILE_LIMITS.bytes} bytes`)
    else if (chosen.length >= MAX_FILES || bytes + bytesOf(task) > MAX_BYTES) {
      skipped.push(`${task.path}: more than ${MAX_FILES} files or ${MAX_BYTES} bytes`)
    } else {
      chosen.push(task)
      bytes += bytesOf(task)
    }
  }
  for (const tree of snapshot.trees) {
    for (const file of tree.skipped)
      if (/\.(pyi?|ipynb|md|rst)$/.test(file.path)) skipped.push(`${file.path}: ${file.reason}`)
  }
  const layouts = [own, ...brought.map(({ layout }) => layout)]
  const modules = new Map(layouts.flatMap((layout) => layout.modules).map((module) => [module.name, module]))
  const extensions = [...new Set(layouts.flatMap((layout) => layout.extensions))]
  return { tasks: chosen, skipped, modules: [...modules.values()], extensions }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Layout {
  /** Folder that is on the import path, '' or with a trailing slash. */
  readonly prefixes: string[]
  readonly modules: { name: string; file: string }[]
  readonly extensions: string[]
}

/** Where importable code starts: the root of a wheel; in an sdist the folders above the outermost packages. */
function packageLayout(tree: SourceTree): Layout {
  // A compiled module is often too large to be unpacked; that it is there is all that matters.
  const compiled = tree.skipped.filter((file) => /\.(so|pyd)$/.test(file.path))
  const paths = [...tree.files, ...compiled]
    .map((file) => file.path)
    .filter((path) => !NOT_IMPORTED.test(path) && !/\.(dist-info|data|libs|egg-info)\//.test(path))
  const code = paths.filter((path) => /\.(pyi?|so|pyd)$/.test(path))
  const packages = new Set(
    code.filter((path) => /(^|\/)__init__\.(pyi?|.*so)$/.test(path)).map((path) => path.replace(/\/?[^/]*$/, '')),
  )
  // Folders of stubs alone describe other packages.
  const real = (folder: string): boolean => code.some((path) => path.startsWith(`${folder}/`) && !path.endsWith('.pyi'))
  const stubsOnly = (folder: string): boolean => !real(folder) && code.some((path) => !path.endsWith('.pyi'))
  const outermost = [...packages]
    .filter((folder) => !stubsOnly(folder))
    .filter((folder) => folder !== '' && !packages.has(folder.replace(/\/?[^/]*$/, '')))
    .filter((folder) => folder.split('/').every((part) => IDENTIFIER.test(part) || tree.artifact.kind === 'sdist'))
    .sort(compare)
  const installed = tree.artifact.kind === 'wheel'
  const own = outermost.filter((folder) => installed || !USAGE.test(`${folder}/`))
  const prefixes = installed ? [''] : [...new Set(own.map((folder) => folder.replace(/[^/]*$/, '')))]
  if (prefixes.length === 0) prefixes.push('')
  const modules = new Map<string, string>()
  for (const folder of own) {
    if (installed && USAGE.test(`${folder}/`) && own.some((other) => !USAGE.test(`${other}/`))) continue
    const name = (installed ? folder : (folder.split('/').at(-1) ?? '')).replaceAll('/', '.')
    if (name.split('.').every((part) => IDENTIFIER.test(part))) modules.set(name, `${folder}/__init__.py`)
  }
  // Single-file modules and folders of modules without __init__.
  for (const path of code) {
    const prefix = prefixes.find((start) => path.startsWith(start) && IDENTIFIER.test(stem(path.slice(start.length))))
    if (prefix === undefined || USAGE.test(path)) continue
    if (path.slice(prefix.length).includes('/')) continue
    modules.set(stem(path.slice(prefix.length)), path)
  }
  if (modules.size === 0) {
    for (const path of code) {
      const folder = path.split('/')[0] ?? ''
      if (IDENTIFIER.test(folder) && path.includes('/') && !USAGE.test(`${folder}/`)) modules.set(folder, path)
    }
  }
  const extensions = code
    .filter((path) => /\.(so|pyd)$/.test(path) && prefixes.some((start) => path.startsWith(start)))
    .map((path) => path.replace(/\.[^/]*$/, '').replaceAll('/', '.'))
  return {
    prefixes,
    modules: [...modules].map(([name, file]) => ({ name, file })).sort((a, b) => compare(a.name, b.name)),
    extensions: [...new Set(extensions)].sort(compare),
  }
}

/** File name without its suffixes (`core.cpython-311-x86_64-linux-gnu.so` → `core`). */
const stem = (path: string): string => path.split('.')[0] ?? ''

function taskOf(tree: SourceTree, path: string, layout: Layout): FileTask[] {
  if (/\.dist-info\/METADATA$/.test(path)) return [{ root: tree.root, path, kind: 'document', module: '' }]
  if (!/\.pyi?$/.test(path) || NOT_IMPORTED.test(path) || USAGE.test(path)) return usageTask(tree, path)
  const prefix = layout.prefixes.filter((start) => path.startsWith(start)).sort((a, b) => b.length - a.length)[0]
  if (prefix === undefined) return usageTask(tree, path)
  const module = path
    .slice(prefix.length)
    .replace(/\.pyi?$/, '')
    .replaceAll('/', '.')
    .replace(/\.__init__$/, '')
  const importable = module.split('.').every((part) => IDENTIFIER.test(part)) && module !== '__init__'
  const known = layout.modules.some(({ name }) => module === name || module.startsWith(`${name}.`))
  return importable && known ? [{ root: tree.root, path, kind: 'package', module }] : usageTask(tree, path)
}

function usageTask(tree: SourceTree, path: string): FileTask[] {
  if (NOT_IMPORTED.test(path) || /(^|\/)(setup|noxfile|conf|versioneer)\.py$/.test(path)) return []
  const task = { root: tree.root, path, module: '' }
  if (/\.py$/.test(path)) return [{ ...task, kind: 'example' }]
  if (/\.(md|rst|ipynb|mdx)$/i.test(path) || /(^|\/)(readme[^/]*|PKG-INFO)$/i.test(path)) {
    return /(^|\/)(change|history|licen[cs]e|contribut|code_of_conduct|authors|news)/i.test(path)
      ? []
      : [{ ...task, kind: 'document' }]
  }
  return /\.(cpp|cc|cxx)$/.test(path) ? [{ ...task, kind: 'binding' }] : []
}

/** `src/pkg/a.py` and `pkg/a.py` are copies of the wheel's `pkg/a.py`. */
function isCopy(path: string, inWheel: ReadonlySet<string>): boolean {
  const parts = path.split('/')
  for (let drop = 0; drop < Math.min(3, parts.length); drop += 1) {
    if (inWheel.has(parts.slice(drop).join('/')) && parts.length - drop > 1) return true
  }
  return false
}
