/** A branch in memory: commits as whole trees, for planning reverts on. */
import { createHash } from 'node:crypto'
import type { RevertEntry, TreeSource } from '../../src/change/revert.ts'
import { nextRevertId, planRevert } from '../../src/change/revert.ts'
import { planMove, planRestore, type StackEntry } from '../../src/change/stack.ts'
import type { RevertAction } from '../../src/change/trailers.ts'
import type { FileEdit } from '../../src/repository/repository.ts'

type Tree = Readonly<Record<string, string>>

export class MemoryBranch implements TreeSource {
  readonly history: (RevertEntry & StackEntry)[] = []
  readonly #trees: Tree[]
  /** Contents that were asked for. */
  readonly asked: string[] = []
  readonly #entries = new Map<string, ReadonlyMap<string, string>>()
  readonly #contents = new Map<string, string>()

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
    this.history.push({ ...entry, tree: JSON.stringify(Object.entries(next).sort()) })
    return this
  }

  async entries(commit: string): Promise<ReadonlyMap<string, string>> {
    const known = this.#entries.get(commit)
    if (known !== undefined) return known
    const entries = Object.entries(this.#trees[Number(commit)] ?? {}).map(([path, content]): [string, string] => {
      const object = createHash('sha1')
        .update(`blob ${Buffer.byteLength(content)}\0${content}`)
        .digest('hex')
      this.#contents.set(object, content)
      return [path, `100644 ${object}`]
    })
    const made = new Map(entries)
    this.#entries.set(commit, made)
    return made
  }

  async read(commit: string, path: string): Promise<string | undefined> {
    this.asked.push(`${commit}:${path}`)
    const content = this.#trees[Number(commit)]?.[path]
    // Whoever reads gives the same for all content that is no text.
    return content?.includes('\0') ? '\0' : content
  }

  plan(...ids: string[]) {
    return planRevert({ history: this.history, ids, source: this })
  }

  /** Plans and commits a revert that must be clean. */
  async revert(...ids: string[]): Promise<this> {
    const result = await this.plan(...ids)
    if (result.type !== 'clean') throw new Error(`not clean: ${JSON.stringify(result)}`)
    return this.commit(nextRevertId(this.history), this.contentsOf(result.files), { reverts: result.ids })
  }

  /** The files that edits write, null for those that go. */
  contentsOf(edits: readonly FileEdit[]): Record<string, string | null> {
    return Object.fromEntries(
      edits.map((edit) => {
        if (!('entry' in edit)) return [edit.path, edit.content]
        const content = this.#contents.get(edit.entry.split(' ')[1] ?? '')
        if (content === undefined) throw new Error(`There is no ${edit.entry}.`)
        return [edit.path, content]
      }),
    )
  }

  /** Goes back or forward on the stack. Answers what was planned. */
  move(direction: 'undo' | 'redo', count = 1) {
    const plan = planMove(this.history, direction, count)
    if (plan.type === 'clean') this.#become(plan.to, plan.reverts, direction)
    return plan
  }

  /** Returns to a commit. */
  restore(commit: string) {
    const plan = planRestore(this.history, commit)
    if (plan.type === 'clean') this.#become(plan.to, plan.reverts, 'restore')
    return plan
  }

  #become(commit: string, reverts: readonly string[], action: RevertAction): void {
    const to = this.#trees[Number(commit)] ?? {}
    const gone = Object.keys(this.files).flatMap((path) => (path in to ? [] : [[path, null] as const]))
    this.commit(nextRevertId(this.history), { ...to, ...Object.fromEntries(gone) }, { reverts, action })
  }
}
