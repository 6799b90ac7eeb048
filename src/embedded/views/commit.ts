/** JSON of commits and of the files they change. */
import type { components } from '@octokit/openapi-types'
import type { Account, Repo } from '../entities.ts'
import type { Commit, Signature } from '../git/commit.ts'
import type { FileDiff } from '../git/diff.ts'
import type { World } from '../world.ts'
import { nodeId, userView } from './account.ts'
import { repositoryPage, repositoryUrl } from './repository.ts'

type Schemas = components['schemas']

/** Address that an account's commits carry: `12+login@users.noreply.github.com`. */
export function noreplyAddress(account: Account): string {
  return `${account.id}+${account.login}@users.noreply.github.com`
}

/** Account that a commit's address belongs to, or undefined. */
export function accountOfAddress(world: World, address: string): Account | undefined {
  const [, id, login] = /^(?:(\d+)\+)?([^@]+)@users\.noreply\.github\.com$/.exec(address) ?? []
  const account = world.accounts.get(login?.toLowerCase() ?? '')
  return account !== undefined && (id === undefined || Number(id) === account.id) ? account : undefined
}

/** ISO time of a signature, whole seconds. */
export function signatureDate(signature: Signature): string {
  return signature.date.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

function signatureView(signature: Signature) {
  return { name: signature.name, email: signature.email, date: signatureDate(signature) }
}

/** GitHub signs what it commits itself, in an App's name or for its own buttons; nothing else is signed here. */
function verificationView(world: World, commit: Commit): Schemas['verification'] {
  if (!world.signed.has(commit.sha)) {
    return { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }
  }
  const payload = `tree ${commit.tree}\n${commit.parents.map((parent) => `parent ${parent}\n`).join('')}`
  const signature = '-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n'
  return { verified: true, reason: 'valid', signature, payload, verified_at: signatureDate(commit.committer) }
}

/** A commit as the Git Data API shows it. */
export function gitCommitView(world: World, repository: Repo, commit: Commit): Schemas['git-commit'] {
  const [url, page] = [repositoryUrl(world, repository), repositoryPage(world, repository)]
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', `${repository.id}:${commit.sha}`),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: signatureView(commit.author),
    committer: signatureView(commit.committer),
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
    verification: verificationView(world, commit),
  }
}

/** A commit as lists and comparisons show it; with its files where they are given. */
export function commitView(
  world: World,
  repository: Repo,
  commit: Commit,
  files?: readonly FileDiff[],
): Schemas['commit'] {
  const [url, page] = [repositoryUrl(world, repository), repositoryPage(world, repository)]
  const { author, committer, message, tree, verification } = gitCommitView(world, repository, commit)
  const person = (signature: Signature) => {
    const account = accountOfAddress(world, signature.email)
    return account === undefined ? null : userView(world, account)
  }
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', `${repository.id}:${commit.sha}`),
    commit: {
      author,
      committer,
      message,
      tree,
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification,
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: person(commit.author),
    committer: person(commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
    ...(files === undefined ? {} : filesOf(world, repository, commit.sha, files)),
  }
}

function filesOf(world: World, repository: Repo, sha: string, files: readonly FileDiff[]) {
  const sum = (key: 'additions' | 'deletions') => files.reduce((total, file) => total + file[key], 0)
  const [additions, deletions] = [sum('additions'), sum('deletions')]
  return {
    stats: { additions, deletions, total: additions + deletions },
    files: files.map((file) => fileView(world, repository, sha, file)),
  }
}

/** One changed file, its links at a commit. */
export function fileView(world: World, repository: Repo, sha: string, file: FileDiff): Schemas['diff-entry'] {
  const [url, page] = [repositoryUrl(world, repository), repositoryPage(world, repository)]
  const path = file.filename.split('/').map(encodeURIComponent).join('/')
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${page}/blob/${sha}/${path}`,
    raw_url: `${page}/raw/${sha}/${path}`,
    contents_url: `${url}/contents/${path}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previous === undefined ? {} : { previous_filename: file.previous }),
  }
}

/** A commit as `push` events carry it. */
export function pushedCommitView(world: World, repository: Repo, commit: Commit, files: readonly FileDiff[]) {
  const person = ({ name, email, date }: Signature) => {
    const account = accountOfAddress(world, email)
    const username = account === undefined ? {} : { username: account.login }
    return { name, email, date: date.toISOString(), ...username }
  }
  const names = (...kinds: FileDiff['status'][]) => files.filter((file) => kinds.includes(file.status)).map(nameOf)
  const moved = files.filter((file) => file.status === 'renamed')
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: signatureDate(commit.committer),
    url: `${repositoryPage(world, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: [...names('added', 'copied'), ...moved.map(nameOf)],
    removed: [...names('removed'), ...moved.map((file) => file.previous ?? '')],
    modified: names('modified', 'changed'),
  }
}

function nameOf(file: FileDiff): string {
  return file.filename
}
