/** A branch in memory: commits as whole trees, for planning reverts on. */
import type { RevertEntry, RevertInput } from '../../src/change/revert.ts'
import { nextRevertId, planRevert } from '../../src/change/revert.ts'
import type { FileChange } from '../../src/values/plan.ts'

type Tree = Readonly<Record<string, string>>

export class MemoryBranch {
  readonly history: RevertEntry[] = []
  readonly #trees: Tree[]
  /** Contents that were asked for. */
  readonly asked: string[] = []

  constructor(base: Tree) {
    this.#trees = [base]
  }

  get files(): Tree {
    return this.#trees.at(-1) ?? {}
  }

  /** Commits files (null deletes) as the change `id`. */
  commit(id: string, files: Readonly<Record<string, string | null>>, more: Partial<RevertEntry> = {}): this {
    const next: Record<string, string> = { ...this.files }
    for (const [path, content] of Object.entries(files)) {
      if (content === null) delete next[path]
      else next[path] = content
    }
    const paths = [...new Set([...Object.keys(next), ...Object.keys(this.files)])].filter(
      (path) => next[path] !== this.files[path],
    )
    const number = this.#trees.push(next) - 1
    const entry = { id, commit: String(number), parent: String(number - 1), paths, depends: [], reverts: [], ...more }
    this.history.push(entry)
    return this
  }

  plan(...ids: string[]) {
    const read: RevertInput['read'] = async (commit, path) => {
      this.asked.push(`${commit}:${path}`)
      const content = this.#trees[Number(commit)]?.[path]
      // Whoever reads gives the same for all content that is no text.
      return content?.includes('\0') ? '\0' : content
    }
    return planRevert({ history: this.history, ids, read })
  }

  /** Plans and commits a revert that must be clean. */
  async revert(...ids: string[]): Promise<this> {
    const result = await this.plan(...ids)
    if (result.type !== 'clean') throw new Error(`not clean: ${JSON.stringify(result)}`)
    return this.commit(nextRevertId(this.history), asRecord(result.files), { reverts: result.ids })
  }
}

function asRecord(files: readonly FileChange[]): Record<string, string | null> {
  return Object.fromEntries(files.map((file) => [file.path, file.content]))
}
