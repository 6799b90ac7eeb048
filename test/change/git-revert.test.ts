/** Taking one commit back, by Graft and by `git revert`, on the same branches of a real repository. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { planRevert, type RevertEntry } from '../../src/change/revert.ts'
import { readCommits, treeSource } from '../../src/integration/load-history.ts'
import { openLocalRepository } from '../../src/repository/local.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { CASES, type Edit, type File, type GitCase } from './support/git-cases.ts'

let folder: string
let repository: Repository

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-revert-'))
  git('init', '--quiet', '--initial-branch', 'main')
  git('config', 'core.autocrlf', 'false')
  execFileSync('git', ['fast-import', '--quiet'], { cwd: folder, input: Buffer.concat(stream()) })
  git('checkout', '--quiet', 'case-0')
  repository = await openLocalRepository(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org']
  return execFileSync('git', [...identity, ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** Every case as a branch of its own, in the language of `git fast-import`. */
function stream(): Buffer[] {
  return CASES.flatMap(({ base, change, later }, number) =>
    [base, change, ...later].flatMap((edit, index) => [
      Buffer.from(`${index === 0 ? `reset refs/heads/case-${number}\n` : ''}commit refs/heads/case-${number}\n`),
      Buffer.from(`committer Ann <ann@example.org> ${1_700_000_000 + index} +0000\n`),
      data(Buffer.from(`commit ${index}`)),
      ...Object.entries(edit).flatMap(([path, file]) => written(path, file)),
    ]),
  )
}

function written(path: string, file: File): Buffer[] {
  if (file === null) return [Buffer.from(`D ${path}\n`)]
  const mode = typeof file === 'object' && 'mode' in file ? file.mode : '100644'
  const content = typeof file === 'object' && 'mode' in file ? Buffer.from(file.text) : Buffer.from(file as string)
  return [Buffer.from(`M ${mode} inline ${path}\n`), data(content)]
}

function data(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`data ${content.length}\n`), content, Buffer.from('\n')])
}

/** The tree that `git revert` makes; undefined where it cannot. */
function byGit(number: number, commit: string): string | undefined {
  git('checkout', '--quiet', '--force', `case-${number}`)
  try {
    git('revert', '--no-edit', commit)
  } catch {
    const conflict = git('status', '--porcelain').trim() !== ''
    try {
      git('revert', '--quit')
    } catch {}
    git('reset', '--quiet', '--hard', `case-${number}`)
    // Where there is nothing left to take back, git fails as well.
    return conflict ? undefined : git('rev-parse', 'HEAD^{tree}').trim()
  }
  const tree = git('rev-parse', 'HEAD^{tree}').trim()
  git('checkout', '--quiet', '--force', '--detach', `case-${number}`)
  git('branch', '--quiet', '--force', `case-${number}`, 'HEAD~1')
  return tree
}

/** What Graft makes of it. */
async function byGraft(number: number): Promise<{
  readonly commit: string
  readonly tree: string | undefined
  readonly plan: Awaited<ReturnType<typeof planRevert>>
}> {
  const commits = git('rev-list', '--reverse', `case-${number}`).trim().split('\n')
  const [base = '', commit = '', head = commits.at(-1) ?? ''] = [commits[0], commits[1], commits.at(-1)]
  const known = new Map()
  const history: RevertEntry[] = await readCommits(repository, { base, head, issue: 1 }, known)
  const plan = await planRevert({ history, ids: ['u1'], source: treeSource(repository) })
  if (plan.type !== 'clean') return { commit, plan, tree: undefined }
  const message = { message: 'Revert\n', files: plan.files }
  const branch = `graft-${number}`
  const [made] = await repository.publish({ branch, expectedHead: undefined, parent: head, commits: [message] })
  return { commit, plan, tree: made?.tree }
}

test('there are enough of them', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(60)
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length)
})

test.each(CASES.map((one, number): [string, number, GitCase] => [one.name, number, one]))(
  '%s',
  async (_, number, one) => {
    const { commit, plan, tree } = await byGraft(number)
    const expected = byGit(number, commit)
    if (one.more === undefined)
      expect([plan.type, tree]).toEqual([expected === undefined ? 'refused' : 'clean', expected])
    else {
      expect(expected).toBeUndefined()
      expect(git('show', `graft-${number}:f`)).toBe(one.more)
    }
    if (plan.type !== 'refused') return
    // What is in the way is named: the file, its lines, and who wrote them.
    for (const { path, lines, by } of plan.conflicts) {
      expect(pathsOf(one.later)).toContain(path)
      expect(lines.from).toBeGreaterThanOrEqual(1)
      expect(by.length).toBeGreaterThan(0)
    }
    expect(plan.offer).toEqual(
      ['u1', ...plan.conflicts.flatMap(({ by }) => by)].filter((id, index, all) => all.indexOf(id) === index),
    )
  },
)

function pathsOf(edits: readonly Edit[]): string[] {
  return edits.flatMap((edit) => Object.keys(edit))
}
