/** The Python index as an origin: chooses a version, downloads its wheel and sdist, unpacks them, reads their metadata. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rcompare, valid } from '@renovatebot/pep440'
import { type IndexConfig, loadIndexConfig } from '../config/index-config.ts'
import { UserError } from '../values/errors.ts'
import { type Brought, type Snapshot, type SourceTree, snapshot } from '../values/snapshot.ts'
import { unpack } from './archive.ts'
import { requiredOf } from './brought.ts'
import { SourceCache } from './cache.ts'
import { IndexHttp, megabytes, TooLargeError } from './http.ts'
import { type PackageLocator, packageUrl } from './locator.ts'
import { licenceOf, type Metadata, oneLine, parseMetadata } from './metadata.ts'
import { normalizeName } from './names.ts'
import type { FetchOptions } from './options.ts'
import { type IndexFile, type Project, readProject, readReleaseInfo } from './project.ts'
import { MAX_DOWNLOAD_BYTES, type Selection, selectFiles, WrongPythonError } from './select.ts'
import { ArchiveError } from './tree-writer.ts'

/**
 * Fetches a package of the Python index. Nothing of it is executed.
 *
 * @throws UserError when it is unknown, has no version for this Python, is damaged or not what the index promised;
 *   ConfigurationError when the index is set up wrongly; TransientError when the network fails.
 */
export async function fetchPackage(locator: PackageLocator, options: FetchOptions): Promise<Snapshot> {
  const config = options.index ?? (await loadIndexConfig())
  const http = new IndexHttp(config, { ...options.http, signal: options.signal })
  try {
    return await new PackageFetch(locator, options, http, config).run()
  } finally {
    await http.close()
  }
}

class PackageFetch {
  readonly #locator: PackageLocator
  readonly #options: FetchOptions
  readonly #http: IndexHttp
  readonly #config: IndexConfig
  readonly #cache: SourceCache

  constructor(locator: PackageLocator, options: FetchOptions, http: IndexHttp, config: IndexConfig) {
    this.#locator = locator
    this.#options = options
    this.#http = http
    this.#config = config
    this.#cache = new SourceCache(options.cacheDir)
  }

  async run(): Promise<Snapshot> {
    const { name, version } = this.#locator
    const project = await readProject(name, this.#http, this.#config)
    const selection = await this.#select(project, version)
    for (const detail of selection.warnings) this.#warn(detail)
    const info = await readReleaseInfo(name, selection.version, this.#http, this.#config)
    const trees = await this.#trees(selection)
    const metadata = await this.#metadata(trees, info, selection.version)
    const brings = trees.some(hasCode) ? [] : await this.#brought(metadata.requiresDist)
    return compose(project.name, selection, trees, metadata, brings)
  }

  /** For the first of the Pythons that any version is for. */
  async #select(project: Project, pinned: string | undefined): Promise<Selection> {
    const { python, allowBuild } = this.#options
    try {
      return selectFiles(project, { pinned, allowBuild }, python)
    } catch (error) {
      if (!(error instanceof WrongPythonError)) throw error
      for (const other of (await python.others?.()) ?? []) {
        try {
          const selection = selectFiles(project, { pinned, allowBuild }, other)
          this.#note(`${project.name} ${selection.version} is for Python ${other.version}, not for ${python.version}`)
          return selection
        } catch (again) {
          if (!(again instanceof WrongPythonError)) throw again
        }
      }
      throw error
    }
  }

  /** What a package without a module requires, and what that requires where it has none either. Nothing of it is missed. */
  async #brought(requiresDist: readonly string[]): Promise<Brought[]> {
    const waiting = requiredOf(requiresDist)
    const asked = new Set<string>()
    const found: Brought[] = []
    for (let next = waiting.shift(); next !== undefined && found.length < MOST_BROUGHT; next = waiting.shift()) {
      const { name, range } = next
      if (asked.has(name) || asked.size >= 2 * MOST_BROUGHT) continue
      asked.add(name)
      try {
        const one = await this.#broughtOne(name, range)
        if (one === undefined) continue
        if (hasCode(one.tree)) found.push(one)
        else waiting.push(...requiredOf(one.requiresDist))
      } catch (error) {
        if (!(error instanceof UserError || error instanceof TooLargeError || error instanceof ArchiveError))
          throw error
        this.#warn(`${name}, which ${this.#locator.name} brings, is not read: ${error.message}`)
      }
    }
    return found
  }

  async #broughtOne(name: string, range: string | undefined): Promise<Brought | undefined> {
    const project = await readProject(name, this.#http, this.#config)
    const { version, wheel } = selectFiles(project, { range }, this.#options.python)
    if (wheel === undefined) return undefined
    const tree = await this.#tree(wheel)
    const own = await readMetadata(tree, isWheelMetadata)
    const requiresDist = (own?.requiresDist ?? []).map((line) => oneLine(line, 500)).slice(0, 1000)
    return { distribution: project.name, version, requiresDist, tree }
  }

  async #trees(selection: Selection): Promise<SourceTree[]> {
    const files = [selection.wheel, selection.sdist].filter((file) => file !== undefined)
    const trees: SourceTree[] = []
    for (const [index, file] of files.entries()) {
      try {
        trees.push(await this.#tree(file))
      } catch (error) {
        // One artifact is enough to go on with. A wheel that was tampered with is not passed over, though: it is what
        // would be installed.
        const tolerable = error instanceof TooLargeError || (error instanceof ArchiveError && file.kind === 'sdist')
        const another = trees.length > 0 || index < files.length - 1
        if (!tolerable || !another) throw error
        this.#warn(`${file.filename} is left out: ${error.message}`)
      }
    }
    return trees
  }

  async #tree(file: IndexFile): Promise<SourceTree> {
    const { filename, kind, sha256, size } = file
    const found = await this.#cache.find(sha256)
    if (found !== undefined) {
      this.#note(`${filename} from the cache`)
      return found
    }
    if (size !== undefined && size > MAX_DOWNLOAD_BYTES)
      throw new TooLargeError(
        `${filename} has ${megabytes(size)}, more than the ${megabytes(MAX_DOWNLOAD_BYTES)} that are downloaded.`,
      )
    this.#note(`downloading ${filename}${size === undefined ? '' : ` (${megabytes(size)})`}`)
    return this.#cache.make(sha256, async (root, archive) => {
      const bytes = await this.#http.download(file.url, archive, sha256, MAX_DOWNLOAD_BYTES)
      const { files, skipped } = await unpack(archive, filename, root)
      return { artifact: { filename, kind, sha256, bytes }, files: [...files], skipped: [...skipped] }
    })
  }

  /** The wheel's own metadata, for it is what gets installed; else the index's word, else the sdist's PKG-INFO. */
  async #metadata(trees: readonly SourceTree[], info: Metadata | undefined, version: string): Promise<Metadata> {
    const name = this.#locator.name
    const wheel = trees.find((tree) => tree.artifact.kind === 'wheel')
    if (wheel !== undefined) {
      const own = await readMetadata(wheel, isWheelMetadata)
      if (own === undefined)
        throw new UserError(
          `${wheel.artifact.filename} has no METADATA that is text, so it is no wheel; try another version.`,
        )
      if (normalizeName(own.name) !== name || valid(own.version) === null || rcompare(own.version, version) !== 0)
        throw new UserError(
          `${wheel.artifact.filename} says that it is ${oneLine(own.name, 80)} ${oneLine(own.version, 40)}, ` +
            `not ${name} ${version}; try another version.`,
        )
      return own
    }
    const sdist = trees.find((tree) => tree.artifact.kind === 'sdist')
    const own = sdist && (await readMetadata(sdist, (path) => path === 'PKG-INFO'))
    if (info !== undefined) return info
    if (own !== undefined) return own
    throw new UserError(`${name} ${version} has no metadata that can be read; try another version.`)
  }

  #note(detail: string): void {
    this.#options.onProgress?.({ type: 'note', stage: 'fetch', detail })
  }

  #warn(detail: string): void {
    this.#options.onProgress?.({ type: 'warning', detail })
  }
}

const isWheelMetadata = (path: string): boolean => /^[^/]+\.dist-info\/METADATA$/.test(path)

/** Whether there is anything that could be imported. */
function hasCode(tree: SourceTree): boolean {
  const isCode = ({ path }: { path: string }) =>
    /\.(?:pyi?|so|pyd)$/.test(path) && !/(?:^|\/)(?:setup|conftest|tests?)(?:\.py$|\/)/.test(path)
  return tree.files.some(isCode) || tree.skipped.some(isCode)
}

async function readMetadata(tree: SourceTree, isIt: (path: string) => boolean): Promise<Metadata | undefined> {
  const file = tree.files.find(({ path }) => isIt(path))
  return file === undefined ? undefined : parseMetadata(await readFile(join(tree.root, file.path)))
}

function compose(
  spelling: string,
  selection: Selection,
  trees: SourceTree[],
  metadata: Metadata,
  brings: readonly Brought[],
): Snapshot {
  const urls = metadata.projectUrls
    .map(([label, url]) => [oneLine(label, 100), oneLine(url, 500)] as const)
    .filter(([label, url]) => label !== '' && /^https?:\/\//i.test(url))
  return snapshot.parse({
    schema: 1,
    purl: packageUrl(spelling, selection.version),
    distribution: normalizeName(metadata.name) === normalizeName(spelling) ? metadata.name : spelling,
    normalizedName: normalizeName(spelling),
    version: selection.version,
    summary: oneLine(metadata.summary, 500),
    licence: licenceOf(metadata),
    requiresPython: [oneLine(metadata.requiresPython, 160), pythonOfCompiled(trees)].filter(Boolean).join(','),
    requiresDist: metadata.requiresDist.map((line) => oneLine(line, 500)).slice(0, 1000),
    description: metadata.description.slice(0, MAX_DESCRIPTION),
    ...(selection.yanked === undefined ? {} : { yanked: oneLine(selection.yanked, 500) }),
    ...(selection.newerWithoutWheel === undefined ? {} : { newerWithoutWheel: selection.newerWithoutWheel }),
    wheelAvailable: selection.wheelFits,
    projectUrls: Object.fromEntries(urls.slice(0, 50)),
    trees,
    ...(brings.length === 0 ? {} : { brings: [...brings] }),
  } satisfies Snapshot)
}

/**
 * Range of Pythons that the compiled modules of a wheel are for, where all of them say it in their names and the wheel's own
 * name fails to (`py3-none-any`); empty otherwise: beside a wheel that says it there may be others for other Pythons.
 */
function pythonOfCompiled(trees: readonly SourceTree[]): string {
  const wheel = trees.find(({ artifact }) => artifact.kind === 'wheel')
  if (wheel === undefined || !/-py3-none-[^-]*\.whl$/.test(wheel.artifact.filename)) return ''
  const modules = [...wheel.files, ...wheel.skipped].filter(({ path }) => /\.(?:so|pyd)$/.test(path))
  const minors = modules.map(({ path }) => /\.(?:cpython-|cp)3(\d{1,2})[-.]/.exec(path)?.[1])
  if (minors.length === 0 || minors.includes(undefined)) return ''
  const numbers = minors.map(Number)
  return `>=3.${Math.min(...numbers)},<3.${Math.max(...numbers) + 1}`
}

/** Distributions that are read for a package that only brings others. */
const MOST_BROUGHT = 16

/** Characters of the long description that are kept. */
const MAX_DESCRIPTION = 200_000
