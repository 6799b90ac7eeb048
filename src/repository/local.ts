/**
 * The port to a repository on this machine.
 *
 * Everything is plumbing: blobs, a temporary index, `commit-tree` and `update-ref` with the old value. The person's working
 * tree, index and checked-out branch are never written, hooks never run, and the environment's `GIT_*` variables are ignored.
 */
import { constants } from 'node:fs'
import { access, mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BugError, ConfigurationError, UserError } from '../values/errors.ts'
import { client, git, needGit, onlyGitErrors, run, withTemporaryFolder } from './git.ts'
import { checkedCommit, checkedParent, checkedPath, checkedReference, parsedEntry } from './names.ts'
import type { CommitResult, FileEdit, LogEntry, PublishInput, Repository } from './repository.ts'
import { MovedError } from './repository.ts'

const ZERO = '0'.repeat(40)
const SHA = /^[0-9a-f]{40}$/
/** What commits are signed with when the repository has no identity of its own. */
const NEUTRAL = { name: 'Graft', email: 'graft@users.noreply.localhost' }

/**
 * Opens the repository that holds `dir`.
 *
 * Raises UserError when `dir` is no folder, no git repository, or has no commit yet; ConfigurationError when there is no git.
 */
export async function openLocalRepository(dir: string): Promise<Repository> {
  const folder = resolve(dir)
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new UserError(`${dir} is not a folder. Give --repo the folder of a clone of the target repository.`)
  }
  const gitDir = await findGitDir(folder, dir)
  const bare = (await git(gitDir, ['rev-parse', '--is-bare-repository'])).trim() === 'true'
  const repository = new LocalRepository(gitDir, bare ? undefined : await topLevel(folder, dir), dir)
  if ((await repository.resolve('HEAD')) === undefined) {
    throw new UserError(`${dir} has no commit yet. Commit its files first, then run Graft again.`)
  }
  return repository
}

async function findGitDir(folder: string, shown: string): Promise<string> {
  try {
    return await realpath((await run(folder, ['rev-parse', '--absolute-git-dir'])).trim())
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    const text = String(error)
    if (text.includes('dubious ownership')) {
      throw new UserError(
        `git refuses ${shown} because it belongs to another user. Allow it with "git config --global --add safe.directory ${folder}".`,
        { cause: error },
      )
    }
    throw new UserError(
      `${shown} is not a git repository. Give --repo the folder of a clone of the target repository (git clone …).`,
      { cause: error },
    )
  }
}

/** Top folder of the working tree that holds `dir`; of a bare repository the folder itself. */
export async function workTreeOf(dir: string): Promise<string> {
  const found = await run(resolve(dir), ['rev-parse', '--show-toplevel']).catch(onlyGitErrors)
  return found?.replace(/\n$/, '') || resolve(dir)
}

async function topLevel(folder: string, shown: string): Promise<string> {
  const found = (await run(folder, ['rev-parse', '--show-toplevel']).catch(onlyGitErrors))?.replace(/\n$/, '')
  if (found === undefined) {
    // Inside of `.git`, say: the repository is there, its working tree is not.
    throw new UserError(
      `${shown} is not in the working tree of a repository. Give --repo the folder of the clone itself.`,
    )
  }
  return found === '' ? folder : found
}

class LocalRepository implements Repository {
  readonly #gitDir: string
  readonly #workTree: string | undefined
  readonly #shown: string

  constructor(gitDir: string, workTree: string | undefined, shown: string) {
    this.#gitDir = gitDir
    this.#workTree = workTree
    this.#shown = shown
  }

  /** Commit that a revision of our own making (`HEAD`, a full ref name) points to, or undefined. */
  async resolve(revision: string): Promise<string | undefined> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]
    const found = await git(this.#gitDir, args).catch(onlyGitErrors)
    return found === undefined ? undefined : (SHA.exec(found.trim())?.[0] ?? undefined)
  }

  /** The checked-out branch (`HEAD` when detached) and its commit. Raises UserError when tracked files were changed. */
  async base(): Promise<{ branch: string; commit: string }> {
    await this.#refuseUncommitted()
    const commit = await this.resolve('HEAD')
    if (commit === undefined) throw new UserError(`${this.#shown} has no commit yet. Commit its files first.`)
    const branch = await git(this.#gitDir, ['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(onlyGitErrors)
    return { branch: branch?.trim() || 'HEAD', commit }
  }

  async head(branch: string): Promise<string | undefined> {
    return this.resolve(await this.#ref(branch))
  }

  async read(commit: string, path: string): Promise<string | undefined> {
    const object = `${checkedCommit(commit)}:${checkedPath(path)}`
    const kind = await git(this.#gitDir, ['cat-file', '-t', object]).catch(onlyGitErrors)
    if (kind?.trim() !== 'blob') return undefined
    const bytes: unknown = await needGit(
      client(this.#gitDir, { variables: { GIT_DIR: this.#gitDir } }).binaryCatFile(['blob', object]),
    )
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes as Buffer)
    } catch (error) {
      throw new UserError(`${path} in ${this.#shown} is not UTF-8 text. Convert it to UTF-8 and commit it.`, {
        cause: error,
      })
    }
  }

  async list(commit: string, folder: string): Promise<string[]> {
    const root = folder === '' || folder === '.' ? '' : `${checkedPath(folder.replace(/\/+$/, ''))}/`
    const args = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', '--end-of-options', checkedCommit(commit)]
    const output = await git(this.#gitDir, root === '' ? args : [...args, '--', root])
    return output.split('\0').filter((path) => path !== '')
  }

  async entries(commit: string): Promise<ReadonlyMap<string, string>> {
    const output = await git(this.#gitDir, [
      'ls-tree',
      '-r',
      '-z',
      '--full-tree',
      '--end-of-options',
      checkedCommit(commit),
    ])
    const entries = new Map<string, string>()
    for (const entry of output.split('\0')) {
      const match = /^(\d+) (?:blob|commit) ([0-9a-f]{40})\t(.*)$/s.exec(entry)
      if (match?.[3] !== undefined) entries.set(match[3], `${match[1]} ${match[2]}`)
    }
    return entries
  }

  async references(prefix: string): Promise<ReadonlyMap<string, string>> {
    const root = checkedReference(prefix).replace(/[^/]*$/, '')
    const format = '--format=%(objecttype) %(objectname) %(refname)'
    const output = await git(this.#gitDir, ['for-each-ref', format, '--', root])
    const lines = output.split('\n').map((line) => line.split(' '))
    return new Map(
      lines.flatMap(([type, commit = '', name = '']): [string, string][] =>
        type === 'commit' && name.startsWith(prefix) ? [[name, commit]] : [],
      ),
    )
  }

  async keep(reference: string, commit: string): Promise<void> {
    const there = await this.resolve(checkedReference(reference))
    if (there !== commit) await this.#update(reference, checkedCommit(commit), ZERO)
  }

  async log(base: string, head: string): Promise<LogEntry[]> {
    const format = '--format=%H%x00%P%x00%T%x00%an <%ae>%x00%cI%x00%B%x00%x1e%x00'
    const range = `${checkedCommit(base)}..${checkedCommit(head)}`
    const output = await git(this.#gitDir, [
      'log',
      '--first-parent',
      '--reverse',
      '-z',
      format,
      '--end-of-options',
      range,
    ])
    const entries: LogEntry[] = []
    for (const record of output.split('\0\x1e\0')) {
      const [commit, parents, tree, author, at, message] = record.replace(/^[\0\n]+/, '').split('\0')
      if (commit === undefined || parents === undefined || tree === undefined) continue
      if (author === undefined || at === undefined || message === undefined) continue
      entries.push({ commit, parent: parents.split(' ')[0] ?? '', tree, author, ours: true, at, message })
    }
    return entries
  }

  async refuseTaken(branch: string): Promise<void> {
    const ref = await this.#ref(branch)
    await access(this.#gitDir, constants.W_OK).catch((cause: unknown) => {
      const advice = 'Give yourself the right to write there, or use a clone of your own.'
      throw new UserError(`${this.#shown} cannot be written to. ${advice}`, { cause })
    })
    if ((await this.resolve(ref)) !== undefined) {
      throw new UserError(
        `The branch ${branch} exists already in ${this.#shown}, from an earlier or an interrupted run. Merge it, delete it with "git branch -D ${branch}", or choose another name with --name.`,
      )
    }
    // A loose reference is a file, so that one branch cannot be called like the folder of another.
    const parts = branch.split('/')
    const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
    const below = await git(this.#gitDir, ['for-each-ref', '--count=1', '--format=%(refname)', '--', `${ref}/`])
    for (const other of [below.trim(), ...above.map((name) => `refs/heads/${name}`)]) {
      if (other === '' || (await this.resolve(other)) === undefined) continue
      const name = other.replace('refs/heads/', '')
      throw new UserError(
        `git cannot make the branch ${branch} in ${this.#shown} beside the branch ${name}. Rename that one with "git branch -m ${name} OTHER" and run Graft again.`,
      )
    }
  }

  async deleteBranch(branch: string, expectedHead: string): Promise<void> {
    const ref = await this.#ref(branch)
    if ((await this.resolve(ref)) === undefined) return
    await this.#refuseCheckedOut(branch, ref)
    await this.#update(ref, ZERO, checkedCommit(expectedHead))
  }

  async publish(input: PublishInput): Promise<CommitResult[]> {
    let parent = checkedParent(input)
    const ref = await this.#ref(input.branch)
    if (input.expectedHead === undefined) await this.refuseTaken(input.branch)
    else await this.#refuseCheckedOut(input.branch, ref)
    const variables = await this.#identity()
    const results: CommitResult[] = []
    for (const { message, files } of input.commits) {
      const tree = await this.#writeTree(parent, files)
      const args = ['commit-tree', '--no-gpg-sign', '-p', parent, '-F', '-', tree]
      parent = checkedCommit((await git(this.#gitDir, args, { input: message, variables })).trim())
      results.push({ commit: parent, tree })
    }
    await this.#update(ref, parent, input.expectedHead ?? ZERO)
    return results
  }

  /** Files are written by git itself into a temporary folder: nothing is left in the repository, even after a kill. */
  async withCheckout<T>(commit: string, use: (folder: string) => Promise<T>): Promise<T> {
    return withTemporaryFolder(async (scratch) => {
      const folder = join(scratch, 'tree')
      await mkdir(folder)
      const variables = { GIT_INDEX_FILE: join(scratch, 'index'), GIT_WORK_TREE: folder }
      await git(this.#gitDir, ['read-tree', '--end-of-options', checkedCommit(commit)], { variables })
      // Symbolic links become plain files: a link could lead out of the folder.
      const exact = ['-c', 'core.symlinks=false', '-c', 'core.autocrlf=false']
      await run(folder, [...exact, 'checkout-index', '--all', '--force', '--quiet'], {
        variables: { ...variables, GIT_DIR: this.#gitDir },
      })
      return use(folder)
    })
  }

  async #writeTree(parent: string, files: readonly FileEdit[]): Promise<string> {
    return withTemporaryFolder(async (scratch) => {
      const variables = { GIT_INDEX_FILE: join(scratch, 'index') }
      await git(this.#gitDir, ['read-tree', '--end-of-options', parent], { variables })
      const paths = files.map((file) => file.path)
      const blobs = await this.#writeBlobs(files, scratch)
      const modes = await this.#modes(parent, paths)
      const lines = files.map((file, index) => {
        if ('entry' in file) {
          const { mode, object } = parsedEntry(file.entry)
          return `${mode} ${object}\t${file.path}\0`
        }
        const blob = blobs[index]
        const mode = file.mode ?? modes.get(file.path) ?? '100644'
        return blob === undefined ? `0 ${ZERO}\t${file.path}\0` : `${mode} ${blob}\t${file.path}\0`
      })
      // What goes first makes room: a file may take the place of a folder.
      lines.sort((a, b) => Number(b.startsWith('0 ')) - Number(a.startsWith('0 ')))
      // git would wait for an input that is empty.
      if (lines.length > 0) {
        await git(this.#gitDir, ['update-index', '-z', '--index-info'], { variables, input: lines.join('') })
      }
      return checkedCommit((await git(this.#gitDir, ['write-tree'], { variables })).trim())
    })
  }

  /** Object names of the files' contents, undefined where none is written. One process, however many files. */
  async #writeBlobs(files: readonly FileEdit[], scratch: string): Promise<(string | undefined)[]> {
    const contents = files.map((file) => ('entry' in file ? null : file.content))
    const written: string[] = []
    for (const [index, content] of contents.entries()) {
      if (content === null) continue
      const path = join(scratch, `blob-${index}`)
      await writeFile(path, content)
      written.push(path)
    }
    if (written.length === 0) return contents.map(() => undefined)
    const args = ['hash-object', '-w', '--no-filters', '--stdin-paths']
    const names = (await git(this.#gitDir, args, { input: `${written.join('\n')}\n` })).trim().split('\n')
    if (names.length !== written.length) throw new BugError('git wrote another number of blobs than it was given.')
    return contents.map((content) => (content === null ? undefined : names.shift()))
  }

  /** Modes of the plain files that exist already, so that an executable stays one. */
  async #modes(commit: string, paths: readonly string[]): Promise<Map<string, string>> {
    const args = ['ls-tree', '-z', '--full-tree', '--end-of-options', commit, '--', ...paths]
    const modes = new Map<string, string>()
    for (const entry of (await git(this.#gitDir, args)).split('\0')) {
      const match = /^(100644|100755) blob \S+\t(.*)$/s.exec(entry)
      if (match?.[1] !== undefined && match[2] !== undefined) modes.set(match[2], match[1])
    }
    return modes
  }

  async #update(ref: string, to: string, from: string): Promise<void> {
    try {
      await git(this.#gitDir, ['update-ref', '-m', 'graft', '--end-of-options', ref, to, from])
    } catch (error) {
      throw new MovedError(
        `${ref.replace('refs/heads/', '')} was moved by somebody else in the meantime, or another git command holds its lock. Nothing was changed; run Graft again.`,
        { cause: error },
      )
    }
  }

  async #identity(): Promise<Record<string, string>> {
    const read = async (key: string) =>
      (await git(this.#gitDir, ['config', '--get', '--end-of-options', key]).catch(onlyGitErrors))?.trim()
    const [name, email] = [await read('user.name'), await read('user.email')]
    const identity = name && email ? { name, email } : NEUTRAL
    return {
      GIT_AUTHOR_NAME: identity.name,
      GIT_AUTHOR_EMAIL: identity.email,
      GIT_COMMITTER_NAME: identity.name,
      GIT_COMMITTER_EMAIL: identity.email,
    }
  }

  /** Full name of a branch. Raises UserError for a name that git does not accept. */
  async #ref(branch: string): Promise<string> {
    const ref = `refs/heads/${branch}`
    if (
      branch.startsWith('-') ||
      (await git(this.#gitDir, ['check-ref-format', ref]).catch(onlyGitErrors)) === undefined
    ) {
      throw new UserError(`"${branch}" is no valid name of a branch. Choose another name.`)
    }
    return ref
  }

  async #refuseUncommitted(): Promise<void> {
    if (this.#workTree === undefined) return
    const output = await run(this.#workTree, ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--no-renames'])
    const paths = output.split('\0').flatMap((entry) => (entry.length > 3 ? [entry.slice(3)] : []))
    if (paths.length === 0) return
    const more = paths.length > 5 ? ` and ${paths.length - 5} more` : ''
    throw new UserError(
      `${this.#shown} has changes that are not committed (${paths.slice(0, 5).join(', ')}${more}). Commit them, or put them aside with "git stash", and run Graft again.`,
    )
  }

  /** Moving a checked-out branch would make its working tree look changed. */
  async #refuseCheckedOut(branch: string, ref: string): Promise<void> {
    const output = await git(this.#gitDir, ['worktree', 'list', '--porcelain', '-z'])
    if (this.#workTree !== undefined && output.split('\0').includes(`branch ${ref}`)) {
      throw new UserError(`The branch ${branch} is checked out. Switch to another branch and run Graft again.`)
    }
  }
}
