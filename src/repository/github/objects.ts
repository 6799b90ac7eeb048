/** Git objects over GitHub's API. They never change, so each is read once. */
import { BugError, UserError } from '../../values/errors.ts'
import { asked, type Place, parameters, shown } from './request.ts'

/** Mode of a submodule, whose object is a commit elsewhere. */
export const SUBMODULE = '160000'

/** A file of a tree; `size` in bytes. */
export interface TreeFile {
  readonly path: string
  readonly mode: string
  readonly object: string
  readonly size: number
}

/** Bytes of a text file that is read whole. */
const MAX_FILE_BYTES = 8 * 1024 * 1024
const CACHED_BYTES = 64 * 1024 * 1024
const CACHED_TREES = 8
/** Requests for one tree that GitHub does not give in one answer (more than 100,000 entries). */
const MAX_FOLDERS = 500

type Entries = readonly { path?: string; mode?: string; type?: string; sha?: string; size?: number }[]

export class GitObjects {
  readonly #place: Place
  readonly #roots = new Map<string, string>()
  readonly #trees = new Map<string, ReadonlyMap<string, TreeFile>>()
  readonly #blobs = new Map<string, Buffer>()
  #cachedBytes = 0

  constructor(place: Place) {
    this.#place = place
  }

  /** Object name of the tree of a commit. */
  async root(commit: string): Promise<string> {
    const known = this.#roots.get(commit)
    if (known !== undefined) return known
    const { data } = await asked(this.#place, () =>
      this.#place.octokit.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
        ...parameters(this.#place),
        commit_sha: commit,
      }),
    )
    this.#roots.set(commit, data.tree.sha)
    return data.tree.sha
  }

  /** Files, links and submodules (`SUBMODULE`) of a commit by their path, in git's order. */
  async files(commit: string): Promise<ReadonlyMap<string, TreeFile>> {
    const root = await this.root(commit)
    const known = this.#trees.get(root)
    if (known !== undefined) return known
    const files = new Map<string, TreeFile>()
    await this.#walk(root, '', files, { requests: 0 })
    if (this.#trees.size >= CACHED_TREES) this.#trees.delete(this.#trees.keys().next().value ?? '')
    this.#trees.set(root, files)
    return files
  }

  async #walk(tree: string, prefix: string, files: Map<string, TreeFile>, spent: { requests: number }): Promise<void> {
    const whole = await this.#tree(tree, true, spent)
    if (!whole.truncated) return collect(whole.tree, prefix, files)
    const flat = await this.#tree(tree, false, spent)
    if (flat.truncated) throw this.#tooLarge()
    for (const entry of flat.tree) {
      if (entry.type === 'tree' && entry.sha !== undefined && entry.path !== undefined) {
        await this.#walk(entry.sha, `${prefix}${entry.path}/`, files, spent)
      } else collect([entry], prefix, files)
    }
  }

  async #tree(tree: string, recursive: boolean, spent: { requests: number }) {
    spent.requests += 1
    if (spent.requests > MAX_FOLDERS) throw this.#tooLarge()
    const { data } = await asked(this.#place, () =>
      this.#place.octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
        ...parameters(this.#place),
        tree_sha: tree,
        ...(recursive ? { recursive: '1' } : {}),
      }),
    )
    return data
  }

  #tooLarge(): UserError {
    return new UserError(`${shown(this.#place)} has too many files for GitHub's API. Use Graft on a local clone of it.`)
  }

  /** Bytes of a file. Raises UserError for a file above 8 MB. */
  async read(file: TreeFile): Promise<Buffer> {
    const known = this.#blobs.get(file.object)
    if (known !== undefined) return known
    if (file.size > MAX_FILE_BYTES) {
      throw new UserError(
        `${file.path} in ${shown(this.#place)} is larger than 8 MB, which is no file that Graft edits.`,
      )
    }
    const { data } = await asked(this.#place, () =>
      this.#place.octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
        ...parameters(this.#place),
        file_sha: file.object,
      }),
    )
    if (data.encoding !== 'base64') throw new BugError(`GitHub gave a file in the encoding ${data.encoding}.`)
    const bytes = Buffer.from(data.content, 'base64')
    this.#blobs.set(file.object, bytes)
    this.#cachedBytes += bytes.length
    for (const [object, { length }] of this.#blobs) {
      if (this.#cachedBytes <= CACHED_BYTES) break
      this.#blobs.delete(object)
      this.#cachedBytes -= length
    }
    return bytes
  }
}

function collect(entries: Entries, prefix: string, files: Map<string, TreeFile>): void {
  for (const { path, mode, type, sha, size } of entries) {
    if (type === 'tree' || path === undefined || mode === undefined || sha === undefined) continue
    files.set(`${prefix}${path}`, { path: `${prefix}${path}`, mode, object: sha, size: size ?? 0 })
  }
}
