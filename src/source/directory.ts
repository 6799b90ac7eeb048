/** A folder as an origin: of the target repository at its commit, or of this machine. Links are never followed. */
import { constants } from 'node:fs'
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join, relative, resolve, sep } from 'node:path'
import { UserError } from '../values/errors.ts'
import type { Origin, SourceTree } from '../values/snapshot.ts'
import { SourceCache } from './cache.ts'
import { checkFolder } from './git-locator.ts'
import { keepTree, type OriginEntry, sha256Of } from './kept-tree.ts'
import type { DirectoryLocator } from './locator.ts'
import { oneLine } from './metadata.ts'
import type { FetchOptions, TargetPlace } from './options.ts'
import { ArchiveError, CAPS } from './tree-writer.ts'

/** Folders that tools make beside a package, each larger than the package. */
const LEFT_OUT = new Set(
  '.git .hg .svn .venv venv node_modules __pycache__ .tox .nox .mypy_cache .pytest_cache .ruff_cache build dist'.split(
    ' ',
  ),
)
/** Files of a folder of the target that are asked for one by one where the target is on GitHub. */
const MOST_REQUESTS = 1500

/** Reads a folder. `label` is what it is called when people are told of it. */
export async function fetchDirectory(
  locator: DirectoryLocator,
  options: FetchOptions,
): Promise<{ tree: SourceTree; origin: Origin; label: string }> {
  const { target } = options
  if (target !== undefined && target.folder === undefined)
    return fromTarget(relativePath(locator.path), target, options)
  const folder = await existing(locator.path)
  const inside = target?.folder === undefined ? undefined : within(await realpath(target.folder), folder)
  if (target !== undefined && inside !== undefined) {
    const found = await fromTarget(inside, target, options).catch((error: unknown) => {
      // Not under version control: a folder of this machine like any other.
      if (error instanceof NothingThere) return undefined
      throw error
    })
    if (found !== undefined) return found
  }
  const tree = await keepTree(walk(folder), basename(folder), new SourceCache(options.cacheDir))
  return { tree, origin: { kind: 'directory' }, label: basename(folder) }
}

class NothingThere extends UserError {}

async function fromTarget(
  folder: string,
  { repository, commit }: TargetPlace,
  options: FetchOptions,
): Promise<{ tree: SourceTree; origin: Origin; label: string }> {
  const root = `${folder}/`
  const found = [...(await repository.entries(commit))]
    .filter(([path]) => path.startsWith(root))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  if (found.length === 0)
    throw new NothingThere(
      `The repository has no folder ./${folder} at ${commit.slice(0, 10)}; folders are named from its root.`,
    )
  if (found.length > MOST_REQUESTS)
    throw new UserError(`./${folder} holds ${found.length} files; a package of the target may have ${MOST_REQUESTS}.`)
  const entries = found.map(([path, entry]): OriginEntry => {
    const mode = entry.slice(0, 6)
    const type = mode === '120000' ? 'link' : mode === '160000' ? 'special' : 'file'
    const read = async () => {
      const text = await repository.read(commit, path).catch((error: unknown) => {
        if (error instanceof UserError) return undefined
        throw error
      })
      return text === undefined ? undefined : Buffer.from(text, 'utf8')
    }
    return { path: path.slice(root.length), type, bytes: 0, read }
  })
  // The objects' names say it all: nothing is read twice, whatever the commit.
  const key = `target ${sha256Of(found.map(([path, entry]) => `${entry} ${path.slice(root.length)}\n`).join(''))}`
  const tree = await keepTree(entries, `./${folder}`, new SourceCache(options.cacheDir), key)
  return { tree, origin: { kind: 'target', folder }, label: folder }
}

/** A path as it stands in a request: from the root of the repository. */
function relativePath(path: string): string {
  const plain = path.replace(/^\.\/+/, '').replace(/\/+$/, '')
  if (/^[~/\\]|^[A-Za-z]:|^\.?$/.test(plain))
    throw new UserError(
      'Only a folder of this repository can be read here: name it from the root, such as ./path/to/package.',
    )
  return checkFolder(plain)
}

async function existing(path: string): Promise<string> {
  const absolute = resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)
  if (!(await stat(absolute).catch(() => undefined))?.isDirectory())
    throw new UserError(`${oneLine(path, 100)} is not a folder; name the one that holds pyproject.toml or the package.`)
  return realpath(absolute)
}

/** Path of a folder inside another one, with `/`; undefined when it is not in there, or is the other one itself. */
function within(outer: string, inner: string): string | undefined {
  const path = relative(outer, inner)
  return path === '' || path.startsWith('..') || resolve(outer, path) !== inner ? undefined : path.split(sep).join('/')
}

/** Regular files below a folder, in order. What is a link stays one, wherever it leads. */
async function* walk(root: string, below = '', count = { entries: 0 }): AsyncGenerator<OriginEntry> {
  const names = (await readdir(join(root, below))).sort()
  for (const name of names) {
    if (LEFT_OUT.has(name) || name.endsWith('.egg-info')) continue
    if (++count.entries > CAPS.entries)
      throw new ArchiveError(`The folder holds more than ${CAPS.entries} files, which no source package needs.`)
    const path = below === '' ? name : `${below}/${name}`
    const found = await lstat(join(root, path)).catch(() => undefined)
    if (found === undefined || /[\\\0]/.test(name)) continue
    if (found.isDirectory()) yield* walk(root, path, count)
    else {
      const type = found.isSymbolicLink() ? 'link' : found.isFile() ? 'file' : 'special'
      yield { path, type, bytes: found.size, read: () => readRegular(join(root, path)) }
    }
  }
}

/** Content of a file that is still one: not a link or a pipe that took its place, and no larger than a file may be. */
async function readRegular(path: string): Promise<Buffer | undefined> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const found = await handle.stat()
    if (!found.isFile() || found.size > CAPS.fileBytes) return undefined
    const content = Buffer.alloc(CAPS.fileBytes + 1)
    const { bytesRead } = await handle.read(content, 0, content.length, 0)
    return bytesRead > CAPS.fileBytes ? undefined : Buffer.from(content.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}
