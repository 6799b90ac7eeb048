/**
 * The port to a repository on GitHub: git objects over the REST API, no clone.
 *
 * A publication writes a tree and a commit for each change, to which nothing points yet, and then moves the branch once.
 * Commits carry no author and no committer of ours, so that GitHub makes them the App's and signs them.
 */
import { BugError, TransientError, UserError } from '../values/errors.ts'
import { explain, isAmbiguous } from './github/errors.ts'
import { GitObjects, SUBMODULE, type TreeFile } from './github/objects.ts'
import { asked, found, type Place, pages, parameters, shown, written } from './github/request.ts'
import { checkedBranch, checkedCommit, checkedParent, checkedPath, checkedReference, parsedEntry } from './names.ts'
import type { CommitResult, FileEdit, LogEntry, PublishInput, Repository } from './repository.ts'
import { MovedError } from './repository.ts'

export interface GithubRepositoryOptions extends Place {
  /** The App's slug: commits by `slug[bot]` that GitHub signed are ours. */
  readonly app: { readonly slug: string }
  /** Default: the repository's default branch. */
  readonly baseBranch?: string | undefined
}

/** Commits that a branch may have and its base has not. */
const MAX_LOG = 1000
/** Author of commits that GitHub itself makes for somebody. */
const GITHUB_ITSELF = 'web-flow'

/** Opens a repository on GitHub. Nothing is asked before the first call. */
export function createGithubRepository(options: GithubRepositoryOptions): Repository {
  return new GithubRepository(options)
}

class GithubRepository implements Repository {
  readonly #place: Place
  readonly #bot: string
  readonly #baseBranch: string | undefined
  readonly #objects: GitObjects

  constructor(options: GithubRepositoryOptions) {
    this.#place = options
    this.#bot = `${options.app.slug}[bot]`.toLowerCase()
    this.#baseBranch = options.baseBranch
    this.#objects = new GitObjects(options)
  }

  get #octokit() {
    return this.#place.octokit
  }

  get #repo() {
    return parameters(this.#place)
  }

  async base(): Promise<{ branch: string; commit: string }> {
    const branch = this.#baseBranch ?? (await this.#defaultBranch())
    const commit = await this.head(branch)
    if (commit === undefined) {
      throw new UserError(`${shown(this.#place)} has no branch ${branch} with a commit. Commit its files first.`)
    }
    return { branch, commit }
  }

  async #defaultBranch(): Promise<string> {
    const { data } = await asked(this.#place, () => this.#octokit.request('GET /repos/{owner}/{repo}', this.#repo))
    return data.default_branch
  }

  async head(branch: string): Promise<string | undefined> {
    const ref = `heads/${checkedBranch(branch)}`
    const answer = await found(this.#place, () =>
      this.#octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...this.#repo, ref }),
    )
    return answer === undefined ? undefined : checkedCommit(answer.data.object.sha)
  }

  async read(commit: string, path: string): Promise<string | undefined> {
    const file = (await this.#objects.files(checkedCommit(commit))).get(checkedPath(path))
    if (file === undefined || file.mode === SUBMODULE) return undefined
    const bytes = await this.#objects.read(file)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch (error) {
      throw new UserError(`${path} in ${shown(this.#place)} is not UTF-8 text. Convert it to UTF-8 and commit it.`, {
        cause: error,
      })
    }
  }

  async list(commit: string, folder: string): Promise<string[]> {
    const root = folder === '' || folder === '.' ? '' : `${checkedPath(folder.replace(/\/+$/, ''))}/`
    const files = await this.#objects.files(checkedCommit(commit))
    return [...files.values()].flatMap(({ path, mode }) => (mode !== SUBMODULE && path.startsWith(root) ? [path] : []))
  }

  async entries(commit: string): Promise<ReadonlyMap<string, string>> {
    const files = await this.#objects.files(checkedCommit(commit))
    return new Map([...files].map(([path, { mode, object }]) => [path, `${mode} ${object}`]))
  }

  async references(prefix: string): Promise<ReadonlyMap<string, string>> {
    const ref = checkedReference(prefix).replace('refs/', '')
    const { data } = await asked(this.#place, () =>
      this.#octokit.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ...this.#repo, ref }),
    )
    const own = data.filter((one) => one.ref.startsWith(prefix) && one.object.type === 'commit')
    return new Map(own.map((one) => [one.ref, checkedCommit(one.object.sha)]))
  }

  async keep(reference: string, commit: string): Promise<void> {
    const content = { ...this.#repo, ref: checkedReference(reference), sha: checkedCommit(commit) }
    try {
      await this.#octokit.request('POST /repos/{owner}/{repo}/git/refs', content)
    } catch (error) {
      const explained = explain(error, shown(this.#place))
      if (explained instanceof TransientError && explained.retryAfterMilliseconds !== undefined) throw explained
      const there = (await this.references(reference)).get(reference)
      if (there === undefined) throw explained
      if (there !== commit) throw this.#moved(reference, error)
    }
  }

  async log(base: string, head: string): Promise<LogEntry[]> {
    if (checkedCommit(base) === checkedCommit(head)) return []
    const commits = await pages(this.#place, MAX_LOG + 1, async (page) => {
      const basehead = `${base}...${head}`
      const route = 'GET /repos/{owner}/{repo}/compare/{basehead}'
      const { data } = await this.#octokit.request(route, { ...this.#repo, basehead, ...page })
      return { data: data.commits }
    })
    if (commits.length > MAX_LOG) throw new UserError(`A branch with more than ${MAX_LOG} commits is none of Graft's.`)
    const known = new Map(commits.map((commit) => [commit.sha, commit]))
    const entries: LogEntry[] = []
    // What a merge brought in stands among the commits as well: only first parents are the branch's own.
    for (let next = known.get(head); next !== undefined; next = known.get(next.parents[0]?.sha ?? '')) {
      known.delete(next.sha)
      const { author, committer, message, tree } = next.commit
      entries.push({
        commit: next.sha,
        parent: next.parents[0]?.sha ?? '',
        tree: tree.sha,
        author: `${author?.name ?? ''} <${author?.email ?? ''}>`,
        ours: this.#isOurs(next),
        login: vouchedFor(next),
        at: committer?.date ?? author?.date ?? '',
        message,
      })
    }
    return entries.reverse()
  }

  /**
   * Trailers and names in git can be forged; GitHub's own signature cannot. It signs a commit of the App only where neither
   * author nor committer was given; a person who signs a commit in the App's name is its committer.
   */
  #isOurs(commit: {
    readonly author?: object | null
    readonly committer?: object | null
    readonly commit: { readonly verification?: { readonly verified: boolean } }
  }): boolean {
    const [author, committer] = [loginOf(commit.author), loginOf(commit.committer)]
    const signed = commit.commit.verification?.verified === true
    return signed && author === this.#bot && (committer === this.#bot || committer === GITHUB_ITSELF)
  }

  async refuseTaken(branch: string): Promise<void> {
    const where = shown(this.#place)
    if ((await this.head(branch)) !== undefined) {
      throw new UserError(
        `The branch ${branch} exists already in ${where}, from an earlier or an interrupted run. Merge it, delete it, or choose another name.`,
      )
    }
    const parts = branch.split('/')
    const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
    const ref = `heads/${branch}/`
    const { data } = await asked(this.#place, () =>
      this.#octokit.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ...this.#repo, ref }),
    )
    const below = data.map((other) => other.ref.replace('refs/heads/', ''))[0]
    let other = below
    for (const name of above) if (other === undefined && (await this.head(name)) !== undefined) other = name
    if (other === undefined) return
    throw new UserError(
      `git cannot make the branch ${branch} in ${where} beside the branch ${other}. Rename that one and try again.`,
    )
  }

  async publish(input: PublishInput): Promise<CommitResult[]> {
    let parent = checkedParent(input)
    checkedBranch(input.branch)
    if (input.expectedHead === undefined) await this.refuseTaken(input.branch)
    else if ((await this.head(input.branch)) !== input.expectedHead) throw this.#moved(input.branch)
    const results: CommitResult[] = []
    const present = input.commits.length === 0 ? new Map() : new Map(await this.#objects.files(parent))
    let tree = input.commits.length === 0 ? '' : await this.#objects.root(parent)
    for (const { message, files } of input.commits) {
      tree = await this.#writeTree(tree, files, present)
      const content = { ...this.#repo, message, tree, parents: [parent] }
      const { data } = await written(this.#place, () =>
        this.#octokit.request('POST /repos/{owner}/{repo}/git/commits', content),
      )
      parent = checkedCommit(data.sha)
      results.push({ commit: parent, tree })
    }
    if (parent !== input.expectedHead) await this.#move(input.branch, input.expectedHead, parent)
    return results
  }

  /** One request, the contents inline. `present` holds the files of the tree below, and afterwards those of the new one. */
  async #writeTree(base: string, files: readonly FileEdit[], present: Map<string, TreeFile>): Promise<string> {
    const entries: TreeEntry[] = []
    for (const file of files) {
      const { path } = file
      if ('entry' in file) {
        const { mode, object } = parsedEntry(file.entry)
        entries.push({ path, mode, type: mode === SUBMODULE ? 'commit' : 'blob', sha: object })
        present.set(path, { path, mode, object, size: 0 })
        continue
      }
      const mode = file.mode ?? (present.get(path)?.mode === '100755' ? '100755' : '100644')
      const entry = { path, mode, type: 'blob' } as const
      if (file.content !== null) entries.push({ ...entry, content: file.content })
      // GitHub refuses to delete what is not there.
      else if (present.has(path)) entries.push({ ...entry, sha: null })
      if (file.content === null) present.delete(path)
      else present.set(path, { path, mode, object: '', size: 0 })
    }
    if (entries.length === 0) return base
    const { data } = await written(this.#place, () =>
      this.#octokit.request('POST /repos/{owner}/{repo}/git/trees', { ...this.#repo, base_tree: base, tree: entries }),
    )
    return checkedCommit(data.sha)
  }

  /** A move that failed may have happened, or somebody else was quicker: where the branch stands decides. */
  async #move(branch: string, from: string | undefined, to: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        if (from === undefined) {
          const created = { ...this.#repo, ref: `refs/heads/${branch}`, sha: to }
          await this.#octokit.request('POST /repos/{owner}/{repo}/git/refs', created)
        } else {
          const updated = { ...this.#repo, ref: `heads/${branch}`, sha: to, force: false }
          await this.#octokit.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', updated)
        }
        return
      } catch (error) {
        const explained = explain(error, shown(this.#place))
        if (explained instanceof TransientError && explained.retryAfterMilliseconds !== undefined) throw explained
        const now = await this.head(branch)
        if (now === to) return
        if (now !== from) throw this.#moved(branch, error)
        if (!isAmbiguous(error) || tries === 2) throw explained
      }
    }
  }

  /** GitHub has no compare-and-swap for a deletion: between the look and the deletion there is one round trip. */
  async deleteBranch(branch: string, expectedHead: string): Promise<void> {
    const expected = checkedCommit(expectedHead)
    const ref = `heads/${checkedBranch(branch)}`
    for (let tries = 1; ; tries++) {
      const now = await this.head(branch)
      if (now === undefined) return
      if (now !== expected) throw this.#moved(branch)
      try {
        await this.#octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...this.#repo, ref })
        return
      } catch (error) {
        const explained = explain(error, shown(this.#place))
        if (explained instanceof TransientError && explained.retryAfterMilliseconds !== undefined) throw explained
        if (tries === 1 && isAmbiguous(error)) continue
        if ((await this.head(branch)) === undefined) return
        throw explained
      }
    }
  }

  /** Whatever runs on GitHub's files runs in GitHub's own jobs, which check them out themselves. */
  async withCheckout<T>(_commit: string, _use: (folder: string) => Promise<T>): Promise<T> {
    throw new BugError('A repository on GitHub has no checkout here: its jobs check it out where they run.')
  }

  #moved(branch: string, cause?: unknown): MovedError {
    return new MovedError(
      `${branch} in ${shown(this.#place)} was moved, made or deleted by somebody else in the meantime. Nothing was changed.`,
      { cause },
    )
  }
}

/** Whoever has signed a commit of their own, or made it on GitHub's pages. */
function vouchedFor(commit: {
  readonly author?: object | null
  readonly committer?: object | null
  readonly commit: { readonly verification?: { readonly verified: boolean } }
}): string | undefined {
  const [author, committer] = [loginOf(commit.author), loginOf(commit.committer)]
  const own = commit.commit.verification?.verified === true && (committer === author || committer === GITHUB_ITSELF)
  return own ? author : undefined
}

interface TreeEntry {
  readonly path: string
  readonly mode: '100644' | '100755' | '120000' | '160000'
  readonly type: 'blob' | 'commit'
  readonly content?: string
  readonly sha?: string | null
}

function loginOf(account: object | null | undefined): string | undefined {
  const login = account != null && 'login' in account ? account.login : undefined
  return typeof login === 'string' ? login.toLowerCase() : undefined
}
