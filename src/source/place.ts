/** From a source tree to a snapshot that can be installed without being built: which of its files are the modules, and what it needs. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { valid } from '@renovatebot/pep440'
import { UserError } from '../values/errors.ts'
import { type Origin, type Placed, placed, type Snapshot, type SourceTree, snapshot } from '../values/snapshot.ts'
import { SourceCache } from './cache.ts'
import { hashOfFiles, sha256Of } from './kept-tree.ts'
import { licenceOf, oneLine, parseMetadata } from './metadata.ts'
import { moduleFiles } from './module-files.ts'
import { normalizeName } from './names.ts'
import type { FetchOptions } from './options.ts'
import { type OwnMetadata, readOwnMetadata } from './own-metadata.ts'
import { placedUrl } from './placed-url.ts'
import { CAPS, TreeWriter } from './tree-writer.ts'

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/
const MOST_FILES = 3000
const MAX_DESCRIPTION = 200_000

/**
 * The snapshot of a tree. Its first tree is what would be installed, its second everything (tests, documents, examples).
 *
 * @param label the folder or repository, for people and for a package without a name.
 * @throws UserError when there is no module in it, or when it has to be compiled.
 */
export async function placeTree(
  tree: SourceTree,
  origin: Origin,
  label: string,
  options: FetchOptions,
): Promise<Snapshot> {
  const own = await readOwnMetadata(tree)
  const { base, files, modules } = moduleFiles(tree, own.where)
  if (own.compiles !== undefined)
    throw new UserError(
      `${label} has parts that must be compiled (${oneLine(own.compiles, 80)}), and nothing is built here: publish a wheel on an index, or build one and name the index by pip's settings.`,
    )
  const compiled = tree.skipped.find(({ path, reason }) => reason === 'compiled' && isIn(path, base, modules))
  if (compiled !== undefined)
    throw new UserError(
      `${label} holds the compiled module ${oneLine(compiled.path, 80)}, which is not taken from a source tree: publish a wheel on an index.`,
    )
  if (files.length === 0)
    throw new UserError(
      tree.files.some(({ path }) => path === '__init__.py')
        ? `${label} is a Python package itself; name the folder that holds it.`
        : `${label} holds no Python package: no folder with __init__.py, and no module. Name the folder of the package with @REF#PATH or ./path.`,
    )
  if (files.length > MOST_FILES)
    throw new UserError(`${label} has ${files.length} files in its modules; ${MOST_FILES} can be placed.`)
  const data = tree.skipped.filter(({ path, reason }) => reason !== 'version control data' && isIn(path, base, modules))
  if (data.length > 0)
    options.onProgress?.({
      type: 'warning',
      detail: `${data.length} files of the package are left out, as they are no text that is read: ${oneLine(
        data
          .slice(0, 3)
          .map(({ path }) => path)
          .join(', '),
        200,
      )}.`,
    })
  const contents = await Promise.all(files.map(({ path }) => readFile(join(tree.root, path))))
  const hashed = files.map(({ as }, index) => ({ path: as, sha256: sha256Of(contents[index] ?? '') }))
  const name = nameOf(own.name, label, modules)
  const version = await versionOf(own, tree, base, modules, origin)
  const facts: Placed = placed.parse({
    schema: 1,
    name,
    version,
    requiresPython: oneLine(own.requiresPython ?? '', 200),
    requires: own.requires
      .map((line) => oneLine(line, 500))
      .filter((line) => line !== '' && !/;.*\bextra\s*==/.test(line)),
    origin,
    base,
    files: hashed.sort((a, b) => (a.path < b.path ? -1 : 1)),
  } satisfies Placed)
  const metadata = metadataFile(facts, own)
  const installed = await new SourceCache(options.cacheDir).add(async (root) => {
    const writer = new TreeWriter(root, CAPS)
    const described = {
      path: `${name.replace(/[-.]+/g, '_')}-${version}.dist-info/METADATA`,
      sha256: sha256Of(metadata),
    }
    const all = [
      ...files.map(({ as }, index) => [as, contents[index] ?? Buffer.alloc(0)] as const),
      [described.path, metadata] as const,
    ]
    for (const [path, content] of all) if (writer.wants(path, 'file', content.length)) await writer.write(path, content)
    const sha256 = hashOfFiles([...facts.files, described])
    const bytes = writer.files.reduce((sum, file) => sum + file.bytes, 0)
    return {
      artifact: { filename: `${name} ${version}`, kind: 'wheel', sha256, bytes },
      files: writer.files,
      skipped: writer.skipped,
    }
  })
  return snapshot.parse({
    schema: 1,
    purl: placedUrl(facts),
    distribution: name,
    normalizedName: normalizeName(name),
    version,
    summary: oneLine(own.summary ?? '', 500),
    licence: licenceOf(parseMetadata(metadata)),
    requiresPython: facts.requiresPython,
    requiresDist: facts.requires,
    description: (await readme(tree)).slice(0, MAX_DESCRIPTION),
    wheelAvailable: true,
    projectUrls: origin.kind === 'git' ? { Repository: origin.url } : {},
    trees: [installed, tree],
    placed: facts,
  } satisfies Snapshot)
}

function isIn(path: string, base: string, modules: readonly string[]): boolean {
  const prefix = base === '' ? '' : `${base}/`
  return modules.some((module) => path.startsWith(`${prefix}${module}/`))
}

function nameOf(declared: string | undefined, label: string, modules: readonly string[]): string {
  for (const name of [declared?.trim(), label.split('/').at(-1), modules[0]])
    if (name !== undefined && name.length <= 100 && NAME.test(name)) return name
  throw new UserError(`${label} gives its package no name: set [project] name in pyproject.toml.`)
}

/** The version that is written down; where none is (it may come from version control), one that says which files these are. */
async function versionOf(
  own: OwnMetadata,
  tree: SourceTree,
  base: string,
  modules: readonly string[],
  origin: Origin,
): Promise<string> {
  const usable = (text: string | undefined) => {
    const version = text?.trim().replace(/^v/, '') ?? ''
    return version.length <= 100 && valid(version) !== null ? version : undefined
  }
  const declared = usable(own.version)
  if (declared !== undefined) return declared
  const prefix = base === '' ? '' : `${base}/`
  const from = own.versionFrom
  const module =
    from !== undefined && 'attribute' in from ? from.attribute.split('.').slice(0, -1).join('/') : undefined
  const attribute = from !== undefined && 'attribute' in from ? (from.attribute.split('.').at(-1) ?? '') : '__version__'
  const places = [
    ...(from !== undefined && 'file' in from ? [from.file] : []),
    ...(module === undefined ? [] : [`${prefix}${module}.py`, `${prefix}${module}/__init__.py`]),
    ...modules.flatMap((one) =>
      ['__init__', '_version', 'version', '__about__'].map((file) => `${prefix}${one}/${file}.py`),
    ),
    ...modules.map((one) => `${prefix}${one}.py`),
  ]
  for (const path of places) {
    if (!tree.files.some((file) => file.path === path)) continue
    const content = (await readFile(join(tree.root, path), 'utf8')).slice(0, 200_000)
    const plain = path.endsWith('.py') ? undefined : usable(content)
    const names = [...new Set([attribute, '__version__', 'VERSION', 'version'])].filter((word) => /^\w+$/.test(word))
    const assigned = new RegExp(`^(?:${names.join('|')})\\s*(?::\\s*\\w+\\s*)?=\\s*["']([^"'\\n]+)["']`, 'm').exec(
      content,
    )?.[1]
    const found = plain ?? usable(assigned)
    if (found !== undefined) return found
  }
  return origin.kind === 'git' ? `0+g${origin.commit.slice(0, 10)}` : `0+t${tree.artifact.sha256.slice(0, 10)}`
}

/** Core metadata of the package, made of what the tree says; every value is on one line. */
function metadataFile(facts: Placed, own: OwnMetadata): Buffer {
  const lines = [
    'Metadata-Version: 2.1',
    `Name: ${facts.name}`,
    `Version: ${facts.version}`,
    ...(own.summary ? [`Summary: ${oneLine(own.summary, 500)}`] : []),
    ...(own.licence ? [`License: ${oneLine(own.licence, 200)}`] : []),
    ...(facts.requiresPython === '' ? [] : [`Requires-Python: ${facts.requiresPython}`]),
    ...facts.requires.map((line) => `Requires-Dist: ${line}`),
  ]
  return Buffer.from(`${lines.join('\n')}\n\n`, 'utf8')
}

async function readme(tree: SourceTree): Promise<string> {
  const file = tree.files.find(({ path }) => /^readme(?:\.(?:md|rst|txt))?$/i.test(path))
  return file === undefined ? '' : readFile(join(tree.root, file.path), 'utf8')
}
