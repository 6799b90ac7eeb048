/** Reads what generation must know of the target. Its files are parsed; nothing of it is imported. */
import { posix } from 'node:path'
import { parsePipRequirementsLine } from 'pip-requirements-js'
import { parse as parseToml } from 'smol-toml'
import { z } from 'zod'
import { requireSettings, SETTINGS_PATH } from '../config/repository-settings.ts'
import type { Repository } from '../repository/repository.ts'
import { UserError } from '../values/errors.ts'
import type { Target } from '../values/plan.ts'
import { childrenOf, classesOf, descendants, methodsOf, nameOf, plainString, withPythonTree } from './python-tree.ts'
import { hasAdapterList, hasDiscovery } from './registry-edit.ts'

/** Folder of the shared package inside the backends package. */
export const BRIDGE_FOLDER = '_bridge'
/** What generated code needs at least; used where the target does not say. */
const OLDEST_PYTHON = '>=3.11'

const pyproject = z.object({
  project: z
    .object({
      dependencies: z.array(z.string().max(1000)).max(500).optional(),
      'requires-python': z.string().max(200).optional(),
    })
    .optional(),
})

/**
 * Finds the backends package and reads the target's facts at a commit.
 *
 * Raises UserError when the repository has no such package ("not a Proxima"), more than one, or when its `pyproject.toml` or its
 * settings for Graft cannot be read.
 */
export async function readTarget(repository: Repository, commit: string): Promise<Target> {
  const files = await repository.list(commit, '')
  const backendsPath = await findBackends(repository, commit, files)
  const registry = (await repository.read(commit, `${backendsPath}/registry.py`)) ?? ''
  const project = projectFolder(files, backendsPath)
  const settings = files.includes(SETTINGS_PATH) ? await repository.read(commit, SETTINGS_PATH) : undefined
  if (settings !== undefined) requireSettings(withoutMark(settings))
  const metadata = await readMetadata(repository, commit, files, project)
  return {
    backendsPath,
    backendsModule: moduleOf(files, backendsPath),
    testsPath: posix.join(project, 'tests/backends'),
    takenNames: await readTakenNames(repository, commit, files, backendsPath),
    hasBridge: files.includes(`${backendsPath}/${BRIDGE_FOLDER}/__init__.py`),
    hasDiscovery: await hasDiscovery(registry),
    hasConfiguration: settings !== undefined,
    ...metadata,
  }
}

async function findBackends(repository: Repository, commit: string, files: readonly string[]): Promise<string> {
  const found: string[] = []
  for (const path of files) {
    const folder = posix.dirname(path)
    if (!/(^|\/)backends\/registry\.py$/.test(path) || !files.includes(`${folder}/base.py`)) continue
    const [base, registry] = [await repository.read(commit, `${folder}/base.py`), await repository.read(commit, path)]
    if (base !== undefined && registry !== undefined && (await isContract(base, registry))) found.push(folder)
  }
  const [only, ...others] = found
  if (only === undefined) {
    throw new UserError(
      'This repository is not a Proxima: no folder "backends" has a base.py with the class BaseBackendAdapter and a registry.py with a list BACKEND_ADAPTERS. Give --repo a clone of Proxima, or of a repository with the same contract.',
    )
  }
  if (others.length > 0) {
    throw new UserError(
      `More than one backends package was found (${found.join(', ')}). Remove or rename the one that is not in use.`,
    )
  }
  return only
}

async function isContract(base: string, registry: string): Promise<boolean> {
  const adapter = await withPythonTree(withoutMark(base), (root) =>
    classesOf(root).some((definition) => nameOf(definition) === 'BaseBackendAdapter'),
  )
  return adapter && (await hasAdapterList(registry))
}

function withoutMark(source: string): string {
  return source.replace(/^\uFEFF/, '')
}

/** Nearest folder at or above the package that has a `pyproject.toml`, else the repository's root. */
function projectFolder(files: readonly string[], backendsPath: string): string {
  for (let folder = backendsPath; folder !== '.'; folder = posix.dirname(folder)) {
    if (files.includes(`${folder}/pyproject.toml`)) return folder
  }
  return ''
}

/** Import path: the parts from the topmost folder on that is a package. */
function moduleOf(files: readonly string[], backendsPath: string): string {
  let top = backendsPath
  while (posix.dirname(top) !== '.' && files.includes(`${posix.dirname(top)}/__init__.py`)) top = posix.dirname(top)
  return posix.relative(posix.dirname(top), backendsPath).replaceAll('/', '.')
}

async function readMetadata(
  repository: Repository,
  commit: string,
  files: readonly string[],
  project: string,
): Promise<Pick<Target, 'requirements' | 'requiresPython'>> {
  const path = posix.join(project, 'pyproject.toml')
  const source = files.includes(path) ? await repository.read(commit, path) : undefined
  if (source === undefined) return { requirements: [], requiresPython: OLDEST_PYTHON }
  const parsed = pyproject.safeParse(tomlOf(withoutMark(source), path))
  if (!parsed.success) {
    throw new UserError(
      `${path} is not as PEP 621 wants it: ${parsed.error.issues[0]?.path.join('.')} is out of shape.`,
    )
  }
  const requirements = parsed.data.project?.dependencies ?? []
  for (const requirement of requirements) checkRequirement(requirement, path)
  return { requirements, requiresPython: parsed.data.project?.['requires-python'] ?? OLDEST_PYTHON }
}

function tomlOf(source: string, path: string): unknown {
  try {
    return parseToml(source)
  } catch (error) {
    throw new UserError(`${path} is not valid TOML. Correct it and commit it.`, { cause: error })
  }
}

/** A requirement is one line: no option (`-r`, `--index-url`) of pip may come in by it. */
function checkRequirement(requirement: string, path: string): void {
  try {
    const parsed = /[\r\n]/.test(requirement) ? null : parsePipRequirementsLine(requirement)
    if (parsed?.type === 'ProjectName' || parsed?.type === 'ProjectURL') return
  } catch (error) {
    throw new UserError(`${path} has a dependency that is no valid requirement: ${JSON.stringify(requirement)}.`, {
      cause: error,
    })
  }
  throw new UserError(`${path} has a dependency that is no valid requirement: ${JSON.stringify(requirement)}.`)
}

/** Names that the adapters give themselves, and names of files and folders that a new folder would clash with. */
async function readTakenNames(
  repository: Repository,
  commit: string,
  files: readonly string[],
  backendsPath: string,
): Promise<string[]> {
  const taken = new Set<string>()
  for (const path of files) {
    if (!path.startsWith(`${backendsPath}/`)) continue
    const [head = '', ...rest] = path.slice(backendsPath.length + 1).split('/')
    if (head.startsWith('_')) continue
    if (rest.length > 0) taken.add(head)
    else if (head.endsWith('.py')) taken.add(head.slice(0, -'.py'.length))
    const isAdapter = rest.length === 0 ? /^\w+_adapter\.py$/.test(head) : rest.join('/') === 'adapter.py'
    if (!isAdapter) continue
    if (rest.length === 0) taken.add(head.slice(0, -'_adapter.py'.length))
    for (const name of await namesIn((await repository.read(commit, path)) ?? '')) taken.add(name)
  }
  return [...taken].sort()
}

/** What `get_name` returns in the classes of a file, where it is a plain string. */
function namesIn(source: string): Promise<string[]> {
  return withPythonTree(withoutMark(source), (root) =>
    classesOf(root)
      .flatMap((definition) => methodsOf(definition))
      .filter((method) => nameOf(method) === 'get_name')
      .flatMap((method) => descendants(method, 'return_statement'))
      .flatMap((statement) => plainString(childrenOf(statement)[0]) ?? []),
  )
}
