/**
 * Unpacked archives by the sha256 of the file they came from. Deleting the folder costs a download, never data.
 *
 * Invariant: a folder `<sha256>` is complete. It is made elsewhere and renamed into place, which the file system does at
 * once; whoever dies before leaves only a temporary folder, and of two processes that race, one simply finds it done.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BugError } from '../values/errors.ts'
import { type SourceTree, sourceTree } from '../values/snapshot.ts'

/** Raised when the unpacker keeps other files than before: older entries are then made again. */
const FORMAT = 'v1'
const DAY_MS = 24 * 3600 * 1000

type Entry = Omit<SourceTree, 'root'>

export class SourceCache {
  readonly #folder: string
  readonly #keys: string
  readonly #temporary: string

  constructor(cacheDir: string) {
    this.#folder = join(cacheDir, 'sources', FORMAT)
    this.#keys = join(cacheDir, 'sources', 'keys')
    this.#temporary = join(cacheDir, 'sources', 'temporary')
  }

  /** The complete entry of a hash, or undefined. A damaged one is removed, so that it is made again. */
  async find(sha256: string): Promise<SourceTree | undefined> {
    const folder = join(this.#folder, sha256)
    let text: string
    try {
      text = await readFile(join(folder, 'manifest.json'), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      await rm(folder, { recursive: true, force: true })
      return undefined
    }
    const tree = sourceTree.safeParse({ ...parse(text), root: join(folder, 'tree') })
    if (tree.success && tree.data.artifact.sha256 === sha256 && (await isWhole(tree.data))) return tree.data
    await rm(folder, { recursive: true, force: true })
    return undefined
  }

  /**
   * Makes the entry of a hash. `make` gets two fresh paths: a folder for the tree, and one where it may keep the archive.
   * When `make` fails, nothing is left.
   */
  async make(sha256: string, make: (tree: string, archive: string) => Promise<Entry>): Promise<SourceTree> {
    return this.add(async (tree, archive) => {
      const entry = await make(tree, archive)
      if (entry.artifact.sha256 !== sha256) throw new BugError('A tree was made under the name of another one.')
      return entry
    })
  }

  /** The same where the hash is known only when the tree is made. */
  async add(make: (tree: string, archive: string) => Promise<Entry>): Promise<SourceTree> {
    await this.#sweep()
    const work = join(this.#temporary, randomUUID())
    try {
      const made = join(work, 'entry')
      await mkdir(join(made, 'tree'), { recursive: true })
      const entry = await make(join(made, 'tree'), join(work, 'archive'))
      await writeFile(join(made, 'manifest.json'), JSON.stringify(entry))
      await mkdir(this.#folder, { recursive: true })
      const { sha256 } = entry.artifact
      await this.#publish(made, join(this.#folder, sha256))
      return { ...entry, root: join(this.#folder, sha256, 'tree') }
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  }

  /** The tree that a key was remembered for. */
  async findByKey(key: string): Promise<SourceTree | undefined> {
    const sha256 = await readFile(this.#pathOf(key), 'utf8').catch(() => '')
    return /^[0-9a-f]{64}$/.test(sha256) ? this.find(sha256) : undefined
  }

  /** Remembers which tree a key (a repository and a commit, say) stands for. */
  async remember(key: string, sha256: string): Promise<void> {
    await mkdir(this.#keys, { recursive: true })
    const temporary = join(this.#keys, `.${randomUUID()}`)
    await writeFile(temporary, sha256)
    await rename(temporary, this.#pathOf(key))
  }

  #pathOf(key: string): string {
    return join(this.#keys, createHash('sha256').update(key).digest('hex'))
  }

  async #publish(made: string, target: string): Promise<void> {
    try {
      await rename(made, target)
    } catch (error) {
      // Another process was quicker. The same hash holds the same files, so its entry is as good.
      if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      await stat(join(target, 'manifest.json'))
    }
  }

  /** Removes what processes that were killed more than a day ago left behind. */
  async #sweep(): Promise<void> {
    await mkdir(this.#temporary, { recursive: true })
    for (const name of await readdir(this.#temporary)) {
      const folder = join(this.#temporary, name)
      const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now())
      if (age > DAY_MS) await rm(folder, { recursive: true, force: true })
    }
  }
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Somebody may have tidied up inside the cache: each file must be there with its size. */
async function isWhole(tree: SourceTree): Promise<boolean> {
  for (const file of tree.files) {
    const found = await stat(join(tree.root, file.path)).catch(() => undefined)
    if (found?.size !== file.bytes) return false
  }
  return true
}
