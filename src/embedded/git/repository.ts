/** One bare repository: objects, refs by compare-and-swap, and a queue so that its writes follow each other. */
import type { Commit } from './commit.ts'
import { readCommit } from './commit.ts'
import { ObjectStore } from './objects.ts'
import { GitError, gitEnded, gitText, runGit } from './run.ts'
import { readTree } from './tree.ts'

export interface Ref {
  /** `refs/heads/main`. */
  readonly ref: string
  readonly sha: string
  readonly type: string
}

const SHA = /^[0-9a-f]{40}$/
export const ZERO = '0'.repeat(40)

export class GitRepository {
  readonly dir: string
  readonly objects: ObjectStore
  #tail: Promise<unknown> = Promise.resolve()

  constructor(dir: string) {
    this.dir = dir
    this.objects = new ObjectStore(dir)
  }

  /** Runs work that moves refs after all work before it has ended. It must not ask for the queue again. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#tail.then(work)
    this.#tail = next.catch(() => undefined)
    return next
  }

  /** Commit that a branch, a tag, a full ref, `HEAD` or a full commit id names, in this order; or undefined. */
  async resolve(name: string): Promise<string | undefined> {
    if (!isSafeName(name)) return undefined
    const full = name === 'HEAD' || name.startsWith('refs/') || SHA.test(name)
    for (const candidate of full ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`]) {
      const commit = await this.commit(candidate)
      if (commit !== undefined) return commit.sha
    }
    return undefined
  }

  /** The commit that something names in git's own syntax. */
  commit(name: string): Promise<Commit | undefined> {
    return readCommit(this.objects, name)
  }

  /** Object that a full ref points to, without looking through tags. */
  async ref(ref: string): Promise<Ref | undefined> {
    if (!isSafeName(ref)) return undefined
    const object = await this.objects.read(ref)
    return object && { ref, sha: object.sha, type: object.type }
  }

  /** All refs whose name begins with the prefix (`refs/heads/gra` finds `refs/heads/graft/1-a`), by name. */
  async refs(prefix: string): Promise<Ref[]> {
    const text = await gitText(this.dir, ['for-each-ref', '--format=%(refname) %(objectname) %(objecttype)', 'refs/'])
    const lines = text.split('\n').filter((line) => line.startsWith(prefix))
    return lines.map((line) => {
      const [ref = '', sha = '', type = ''] = line.split(' ')
      return { ref, sha, type }
    })
  }

  /**
   * Moves a ref from `before` to `after` (undefined: it is not there) or throws GitError and does nothing, as when somebody else
   * moved it, or when the name of another ref is in its way.
   */
  async setRef(ref: string, before: string | undefined, after: string | undefined): Promise<void> {
    const line =
      after === undefined ? `delete ${ref}\0${before ?? ''}\0` : `update ${ref}\0${after}\0${before ?? ZERO}\0`
    await runGit(this.dir, ['update-ref', '--stdin', '-z'], { input: line })
  }

  /** Points a ref somewhere, wherever it pointed before. */
  async forceRef(ref: string, after: string): Promise<void> {
    await runGit(this.dir, ['update-ref', ref, after])
  }

  /** Whether git allows a ref of this name. */
  async validRef(ref: string): Promise<boolean> {
    if (!isSafeName(ref)) return false
    return (await runGit(this.dir, ['check-ref-format', ref], { accept: [0, 1] })).code === 0
  }

  /** Tree of a commit (or of anything that has one). */
  async treeOf(name: string): Promise<string> {
    const tree = await readTree(this.objects, name)
    if (tree === undefined) throw new GitError(['rev-parse', `${name}^{tree}`], 128, 'no such tree')
    return tree.sha
  }

  /** Work that is under way fails at its next look at an object; processes are waited for. */
  async close(): Promise<void> {
    // Whoever asked may have hung up long ago; what was begun still writes.
    await this.#tail
    await this.objects.close()
    await gitEnded(this.dir)
  }
}

/** Excludes git's operators, so that a name from a request means a name and no expression. */
function isSafeName(name: string): boolean {
  return name !== '' && !/[\s~^:?*[\\\0]|\.\.|@\{/.test(name) && !name.startsWith('-')
}
