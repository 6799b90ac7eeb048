/** The git layer: one bare repository for each repository, under its id, so that renaming moves nothing. */
import { mkdir, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Issue, Repo } from '../entities.ts'
import { noreplyAddress } from '../views/commit.ts'
import { pullView } from '../views/pull.ts'
import type { GitStore, RefUpdate, World } from '../world.ts'
import { announceMove } from './announce.ts'
import type { Commit } from './commit.ts'
import { createBareRepository } from './create.ts'
import { serveGit } from './http.ts'
import { mergeCommit, mergeTrees } from './merge.ts'
import { isPullIssue, pullFacts } from './pull-state.ts'
import { GitRepository } from './repository.ts'
import { runGit } from './run.ts'

/** Makes the layer; the folder is made when it is missing. `attach` it to the world before use. */
export function createGitStore(folder: string): GitStore {
  return new BareStore(folder)
}

class BareStore implements GitStore {
  readonly #folder: string
  readonly #repositories = new Map<number, GitRepository>()
  #world: World | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  attach(world: World): void {
    this.#world = world
  }

  async create(repository: Repo, from: string, defaultBranch: string | undefined): Promise<string> {
    await mkdir(this.#folder, { recursive: true })
    return createBareRepository(this.gitDir(repository), from, defaultBranch, {
      name: repository.owner.login,
      email: noreplyAddress(repository.owner),
      message: 'First commit',
    })
  }

  gitDir(repository: Repo): string {
    return join(this.#folder, `${repository.id}.git`)
  }

  of(repository: Repo): GitRepository {
    const known = this.#repositories.get(repository.id)
    if (known !== undefined) return known
    const opened = new GitRepository(this.gitDir(repository))
    this.#repositories.set(repository.id, opened)
    return opened
  }

  resolve(repository: Repo, ref: string): Promise<string | undefined> {
    return this.of(repository).resolve(ref)
  }

  async commit(repository: Repo, name: string): Promise<Commit | undefined> {
    const sha = await this.of(repository).resolve(name)
    return sha === undefined ? undefined : this.of(repository).commit(sha)
  }

  async branches(repository: Repo): Promise<ReadonlyMap<string, string>> {
    const refs = await this.of(repository).refs('refs/heads/')
    return new Map(refs.map(({ ref, sha }) => [ref.slice('refs/heads/'.length), sha]))
  }

  async read(repository: Repo, commit: string, path: string): Promise<Buffer | undefined> {
    const object = await this.of(repository).objects.read(`${commit}:${path}`)
    return object?.type === 'blob' ? object.content : undefined
  }

  async checkout(repository: Repo, commit: string, folder: string): Promise<void> {
    const variables = {
      GIT_DIR: this.gitDir(repository),
      GIT_WORK_TREE: folder,
      GIT_INDEX_FILE: join(folder, '..', `.index-${process.pid}-${this.#world?.id() ?? 0}`),
    }
    try {
      await runGit(folder, ['read-tree', '--reset', '-u', commit], { env: variables })
    } finally {
      await rm(variables.GIT_INDEX_FILE, { force: true })
    }
  }

  async mergeable(repository: Repo, base: string, head: string): Promise<boolean> {
    return (await mergeTrees(this.of(repository), base, head)) !== undefined
  }

  merge(repository: Repo, base: string, head: string, message: string): Promise<string | undefined> {
    const who = { name: 'GitHub', email: 'noreply@github.com', date: new Date(this.#attached().now()) }
    return mergeCommit(this.of(repository), { base, head, message, author: who, committer: who })
  }

  async update(move: RefUpdate): Promise<void> {
    const git = this.of(move.repository)
    await git.exclusive(async () => {
      await git.setRef(move.ref, move.before, move.after)
      await announceMove(this.#attached(), move)
    })
  }

  async pullView(repository: Repo, issue: Issue): Promise<Readonly<Record<string, unknown>>> {
    if (!isPullIssue(issue)) throw new Error(`#${issue.number} is no pull request`)
    const facts = await pullFacts(this.of(repository), issue)
    return { ...pullView(this.#attached(), repository, issue, facts, undefined) }
  }

  http(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return serveGit(this.#attached(), request, response)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#repositories.values()].map((repository) => repository.close()))
  }

  #attached(): World {
    if (this.#world === undefined) throw new Error('the git layer was not attached to a world')
    return this.#world
  }
}
