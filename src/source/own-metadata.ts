/** What a source tree says of itself in `pyproject.toml`, `setup.cfg` and `setup.py`. Each is parsed; nothing is run or built. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse as parseToml } from 'smol-toml'
import { z } from 'zod'
import type { SourceTree } from '../values/snapshot.ts'
import { readConfig } from './ini-file.ts'
import { parseMetadata } from './metadata.ts'
import { poetryRequirements } from './poetry.ts'
import { readSetupScript } from './setup-script.ts'

/** Foreign text, bounded in number only. What is not said is absent. */
export interface OwnMetadata {
  readonly name?: string | undefined
  readonly version?: string | undefined
  /** Where the version is written: a module attribute such as `pkg.__version__`, or a file. */
  readonly versionFrom?: { readonly attribute: string } | { readonly file: string } | undefined
  readonly summary?: string | undefined
  readonly licence?: string | undefined
  readonly requiresPython?: string | undefined
  readonly requires: readonly string[]
  /** Folder that the modules lie in. */
  readonly where?: string | undefined
  /** What says that parts have to be compiled: a file and a word in it. */
  readonly compiles?: string | undefined
}

const MAX_REQUIREMENTS = 300
/** Build backends that exist to compile. Those for pure Python place files, as is done here. */
const COMPILING =
  /^(?:maturin|scikit_build_core|mesonpy|cmake_build_extension|setuptools_rust|py_build_cmake|skbuild|sipbuild|pdm\.backend\.build_ext)\b/
const EXTENSIONS = ['ext_modules', 'cffi_modules', 'rust_extensions', 'cmake_source_dir']

const strings = z.array(z.string()).catch([])
const text = z.string().optional().catch(undefined)
const dynamic = z.object({
  attr: text,
  file: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
})
const table = z.record(z.string(), z.unknown()).catch({})
const pyproject = z.object({
  'build-system': z.object({ 'build-backend': text, requires: strings }).partial().catch({}),
  project: z
    .object({
      ...{ name: text, version: text, description: text, 'requires-python': text, dependencies: strings },
      license: z
        .union([z.string(), z.object({ text }).transform((one) => one.text)])
        .optional()
        .catch(undefined),
    })
    .partial()
    .catch({}),
  tool: table,
})

/** Reads the three files, the one that is newest in kind first; what one leaves out the next may say. */
export async function readOwnMetadata(tree: SourceTree): Promise<OwnMetadata> {
  const read = async (path: string) =>
    tree.files.some((file) => file.path === path)
      ? new TextDecoder('utf-8').decode(await readFile(join(tree.root, path)))
      : undefined
  const found = [
    fromProject(await read('pyproject.toml')),
    fromConfig(await read('setup.cfg')),
    await fromScript(await read('setup.py')),
    fromPackageInfo(await read('PKG-INFO')),
  ]
  const first = <K extends keyof OwnMetadata>(key: K) => found.find((one) => one?.[key] !== undefined)?.[key]
  return {
    name: first('name'),
    version: first('version'),
    versionFrom: first('versionFrom'),
    summary: first('summary'),
    licence: first('licence'),
    requiresPython: first('requiresPython'),
    requires: (found.find((one) => (one?.requires.length ?? 0) > 0)?.requires ?? []).slice(0, MAX_REQUIREMENTS),
    where: first('where'),
    compiles: first('compiles'),
  }
}

function fromProject(content: string | undefined): OwnMetadata | undefined {
  if (content === undefined) return undefined
  let parsed: z.infer<typeof pyproject>
  try {
    parsed = pyproject.parse(parseToml(content))
  } catch {
    return undefined // A broken file says nothing that could be relied on.
  }
  const { project, tool } = parsed
  const at = (...path: string[]): unknown =>
    path.reduce<unknown>((value, key) => (table.parse(value)[key] as unknown) ?? undefined, tool)
  const poetry = table.parse(at('poetry'))
  const words = z.string().optional().catch(undefined)
  const backend = parsed['build-system']['build-backend'] ?? ''
  const declared = dynamic
    .partial()
    .catch({})
    .parse(at('setuptools', 'dynamic', 'version'))
  const file = [
    declared.file ?? words.parse(at('hatch', 'version', 'path')) ?? words.parse(at('pdm', 'version', 'path')),
  ]
    .flat()
    .at(0)
  return {
    name: project.name ?? words.parse(poetry.name),
    version: project.version ?? words.parse(poetry.version),
    versionFrom: declared.attr !== undefined ? { attribute: declared.attr } : file !== undefined ? { file } : undefined,
    summary: project.description ?? words.parse(poetry.description),
    licence: project.license ?? words.parse(poetry.license),
    requiresPython: project['requires-python'] ?? poetryRequirements(poetry.dependencies).python,
    requires: project.dependencies?.length ? project.dependencies : poetryRequirements(poetry.dependencies).requires,
    where: folderIn(
      strings.parse(at('setuptools', 'packages', 'find', 'where'))[0],
      words.parse(table.parse(at('setuptools', 'package-dir'))['']),
      above(strings.parse(at('hatch', 'build', 'targets', 'wheel', 'packages'))[0]),
      words.parse(z.array(table).catch([]).parse(poetry.packages)[0]?.from),
    ),
    compiles: COMPILING.test(backend) ? `the build backend ${backend}` : undefined,
  }
}

function fromConfig(content: string | undefined): OwnMetadata | undefined {
  if (content === undefined) return undefined
  const sections = readConfig(content)
  const [metadata, options, find] = ['metadata', 'options', 'options.packages.find'].map((name) => sections.get(name))
  const version = metadata?.get('version')
  const directive = /^(attr|file):\s*(.+)$/.exec(version ?? '')
  const lines = (value: string | undefined) =>
    (value ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  const from = directive?.[2] ?? ''
  return {
    name: metadata?.get('name'),
    version: directive === null ? version : undefined,
    versionFrom: directive === null ? undefined : directive[1] === 'attr' ? { attribute: from } : { file: from },
    summary: metadata?.get('description'),
    licence: metadata?.get('license'),
    requiresPython: options?.get('python_requires'),
    requires: lines(options?.get('install_requires')).filter((line) => !line.startsWith('#')),
    where: folderIn(
      find?.get('where'),
      ...lines(options?.get('package_dir')).map((line) => /^=\s*(\S+)$/.exec(line)?.[1]),
    ),
  }
}

async function fromScript(content: string | undefined): Promise<OwnMetadata | undefined> {
  if (content === undefined) return undefined
  const { strings: said, lists, packageDir, keywords } = await readSetupScript(content)
  const required = said.get('install_requires')
  return {
    name: said.get('name'),
    version: said.get('version'),
    summary: said.get('description'),
    licence: said.get('license'),
    requiresPython: said.get('python_requires'),
    requires: lists.get('install_requires') ?? (required === undefined ? [] : [required]),
    where: folderIn(said.get('where'), packageDir.get('')),
    compiles: EXTENSIONS.filter((keyword) => keywords.has(keyword)).map((keyword) => `${keyword} in setup.py`)[0],
  }
}

/** The tree is that of an sdist, which somebody unpacked. */
function fromPackageInfo(content: string | undefined): OwnMetadata | undefined {
  if (content === undefined) return undefined
  const { name, version, summary, requiresDist, requiresPython } = parseMetadata(Buffer.from(content))
  const given = (value: string) => (value === '' ? undefined : value)
  return {
    name: given(name),
    version: given(version),
    summary,
    requiresPython: given(requiresPython),
    requires: requiresDist,
  }
}

/** The first that is said, as a plain relative path; the tree itself is said by leaving it out. */
function folderIn(...candidates: (string | undefined)[]): string | undefined {
  const found = candidates.find((one) => one !== undefined)?.replace(/^\.\/+|\/+$/g, '')
  return found === undefined || found === '' || found === '.' ? undefined : found
}

function above(path: string | undefined): string | undefined {
  return path?.includes('/') ? path.slice(0, path.lastIndexOf('/')) : undefined
}
