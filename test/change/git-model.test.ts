/** The same random sequences as on the branch in memory, on a real git repository through the port to it. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editsBetween } from '../../src/change/files.ts'
import { commitMessage, revertMessage } from '../../src/change/message.ts'
import { findReverted, nextRevertId, planRevert } from '../../src/change/revert.ts'
import { planMove, planRestore } from '../../src/change/stack.ts'
import { type BranchCommit, readCommits, treeSource } from '../../src/integration/load-history.ts'
import { openLocalRepository } from '../../src/repository/local.ts'
import type { FileEdit, Repository } from '../../src/repository/repository.ts'
import { Model, type Operation, operation } from './support/model.ts'

const BRANCH = 'graft/toy'

/** A branch of a repository: everything is read back from its commits before each step. */
class GitBranch {
  readonly #repository: Repository
  readonly #base: string
  readonly #known = new Map()
  #head: string

  constructor(repository: Repository, base: string) {
    this.#repository = repository
    this.#base = base
    this.#head = base
  }

  async history(): Promise<BranchCommit[]> {
    return readCommits(this.#repository, { base: this.#base, head: this.#head, issue: 1 }, this.#known)
  }

  async files(): Promise<Record<string, string>> {
    const paths = await this.#repository.list(this.#head, '')
    const read = paths.map(async (path) => [path, (await this.#repository.read(this.#head, path)) ?? ''] as const)
    return Object.fromEntries(await Promise.all(read))
  }

  async commit(message: string, files: readonly FileEdit[]): Promise<void> {
    const expectedHead = this.#head === this.#base ? undefined : this.#head
    const commits = [{ message, files }]
    const [made] = await this.#repository.publish({ branch: BRANCH, expectedHead, parent: this.#head, commits })
    this.#head = made?.commit ?? this.#head
  }

  plan(history: readonly BranchCommit[], id: string) {
    return planRevert({ history, ids: [id], source: treeSource(this.#repository) })
  }

  async become(commit: string): Promise<FileEdit[]> {
    return editsBetween(await this.#repository.entries(this.#head), await this.#repository.entries(commit))
  }

  get head(): string {
    return this.#head
  }
}

async function play(operations: readonly Operation[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-model-'))
  try {
    const model = new Model()
    const input = Object.entries(model.files).map(
      ([path, text]) => `M 644 inline ${path}\ndata ${text.length}\n${text}\n`,
    )
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', folder])
    execFileSync('git', ['fast-import', '--quiet'], {
      cwd: folder,
      input: `commit refs/heads/main\ncommitter A <a@example.org> 1700000000 +0000\ndata 4\nbase\n${input.join('')}`,
    })
    const repository = await openLocalRepository(folder)
    const branch = new GitBranch(repository, (await repository.base()).commit)
    await playOn(branch, model, operations)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function playOn(branch: GitBranch, model: Model, operations: readonly Operation[]): Promise<void> {
  const numbers = { propose: 0, push: 0 }
  const snapshots: string[] = []
  for (const one of operations) {
    const history = await branch.history()
    const revert = nextRevertId(history)
    const message = (reverts: readonly string[], as?: Parameters<typeof revertMessage>[0]['as']) =>
      revertMessage({
        ...{ integration: '1', id: revert, by: 'ann', reverts: reverts.map((id) => ({ id, title: id })) },
        ...(as === undefined ? {} : { as }),
      })
    switch (one.type) {
      case 'propose':
      case 'push': {
        numbers[one.type] += 1
        const id = `${one.type === 'propose' ? 'c' : 'u'}${numbers[one.type]}`
        const before = model.files
        const depends = model.commit(id, one.slots, one.type === 'propose' ? one.depends : undefined)
        const files = Object.entries(model.files).flatMap(([path, content]) =>
          before[path] === content ? [] : [{ path, content, why: path }],
        )
        const change = { id, kind: 'adapter' as const, title: `Change ${id}`, why: 'because', files, depends }
        await branch.commit(one.type === 'propose' ? commitMessage(change, '1') : `By hand ${id}\n`, files)
        break
      }
      case 'revert':
      case 'reject': {
        const id = history[one.which % Math.max(1, history.length)]?.id
        if (id === undefined) continue
        const plan = await branch.plan(history, id)
        const expected = model.live.has(id) ? model.without(id) : 'already_reverted'
        expect([id, plan.type]).toEqual([id, typeof expected === 'string' ? expected : 'clean'])
        if (plan.type !== 'clean' || typeof expected === 'string') break
        await branch.commit(
          message(plan.ids, one.type === 'reject' ? { action: 'reject', reason: 'no' } : undefined),
          plan.files,
        )
        model.revert(revert, expected)
        break
      }
      case 'undo':
      case 'redo': {
        const plan = planMove(history, one.type, one.count)
        expect(plan.type).toBe(one.count > model.stack[one.type === 'undo' ? 0 : 1] ? 'too_many' : 'clean')
        if (plan.type !== 'clean') break
        await branch.commit(
          message(plan.reverts, { action: one.type, actions: plan.actions }),
          await branch.become(plan.to),
        )
        model.move(revert, one.type, one.count)
        break
      }
      case 'snapshot':
        snapshots.push(branch.head)
        model.snapshot()
        break
      case 'restore': {
        const which = one.which % Math.max(1, snapshots.length)
        const plan = planRestore(history, snapshots[which] ?? 'none')
        if (plan.type !== 'clean') break
        await branch.commit(message(plan.reverts, { action: 'restore', snapshot: 'x' }), await branch.become(plan.to))
        model.restore(revert, which)
        break
      }
      default:
        break
    }
  }
  expect(await branch.files()).toEqual(model.files)
  const history = await branch.history()
  const out = findReverted(history)
  expect(history.flatMap(({ id }) => (out.has(id) ? [] : [id])).sort()).toEqual([...model.live].sort())
}

// Most of the time git is being started: four at once take a quarter of it.
test.concurrent.each([1, 2, 3, 4])(
  'on a real repository, read back from its commits before each step, %i of 4',
  { timeout: 600_000 },
  async () => {
    const sequence = fc.array(operation, { minLength: 40, maxLength: 45 })
    await fc.assert(fc.asyncProperty(sequence, play), { numRuns: 5, endOnFailure: true })
  },
)
