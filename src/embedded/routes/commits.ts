/** Commits, comparisons, and the pull requests that a commit is in. */
import { ApiError, notFound, page } from '../answers.ts'
import type { Commit } from '../git/commit.ts'
import { diffTrees } from '../git/diff.ts'
import { distance, isAncestor, log, mergeBase } from '../git/history.ts'
import { pullsOf } from '../git/pull-state.ts'
import { accountOfAddress, commitView, fileView } from '../views/commit.ts'
import { simplePullView } from '../views/pull.ts'
import { repositoryPage, repositoryUrl } from '../views/repository.ts'
import type { Answer, Call, Route } from '../world.ts'

const READ = { name: 'contents', level: 'read' } as const

async function listCommits(call: Call): Promise<Answer> {
  const { world, repository, query } = call
  const git = world.git.of(repository)
  const head = await git.resolve(query.get('sha') ?? repository.defaultBranch)
  if (head === undefined) throw notFound()
  const [path, since, until] = [query.get('path'), query.get('since'), query.get('until')]
  const commits = await log(git, head, {
    ...(path ? { path } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
  })
  const author = query.get('author')?.toLowerCase()
  const wanted = commits.filter(({ author: { email } }) => {
    const login = accountOfAddress(world, email)?.login.toLowerCase()
    return author === undefined || email.toLowerCase() === author || login === author
  })
  return page(call, wanted, (slice) => (slice as Commit[]).map((commit) => commitView(world, repository, commit)))
}

async function getCommit(call: Call): Promise<Answer> {
  const { world, repository } = call
  const name = call.params.ref ?? ''
  const commit = await world.git.commit(repository, name)
  if (commit === undefined) throw new ApiError(422, `No commit found for SHA: ${name}`)
  if (call.headers.get('accept')?.includes('sha') === true) {
    const headers = { 'content-type': 'application/vnd.github.sha; charset=utf-8' }
    return { status: 200, body: Buffer.from(commit.sha), headers }
  }
  const files = await diffTrees(world.git.of(repository), commit.parents[0], commit.sha)
  return { status: 200, body: commitView(world, repository, commit, files) }
}

async function compare(call: Call): Promise<Answer> {
  const { world, repository } = call
  const git = world.git.of(repository)
  const [baseName = '', headName = ''] = (call.params.basehead ?? '').split('...')
  const side = (name: string) => world.git.commit(repository, withoutOwner(call, name))
  const [base, head] = await Promise.all([side(baseName), side(headName)])
  if (base === undefined || head === undefined) throw notFound()
  const fork = await mergeBase(git, base.sha, head.sha)
  const forkCommit = fork === undefined ? undefined : await git.commit(fork)
  if (forkCommit === undefined) throw new ApiError(404, `No common ancestor between ${baseName} and ${headName}.`)
  const [{ ahead, behind }, commits, files] = await Promise.all([
    distance(git, base.sha, head.sha),
    log(git, head.sha, { not: [base.sha], oldestFirst: true }),
    diffTrees(git, forkCommit.sha, head.sha),
  ])
  const status = ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical'
  const path = `compare/${baseName}...${headName}`
  const html = `${repositoryPage(world, repository)}/${path}`
  return page(call, commits, (slice) => ({
    url: `${repositoryUrl(world, repository)}/${path}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitView(world, repository, base),
    merge_base_commit: commitView(world, repository, forkCommit),
    status,
    ahead_by: ahead,
    behind_by: behind,
    total_commits: commits.length,
    commits: (slice as Commit[]).map((commit) => commitView(world, repository, commit)),
    // Files come with the first page, at most 300.
    files:
      (call.query.get('page') ?? '1') === '1'
        ? files.slice(0, 300).map((file) => fileView(world, repository, head.sha, file))
        : [],
  }))
}

/** `owner:branch` is a branch of this repository, or of a fork, of which there are none. */
function withoutOwner(call: Call, name: string): string {
  const [owner = '', branch] = name.split(/:(.*)/s)
  if (branch === undefined) return name
  if (owner.toLowerCase() !== call.repository.owner.login.toLowerCase()) throw notFound()
  return branch
}

async function pullsOfCommit(call: Call): Promise<Answer> {
  const { world, repository } = call
  const git = world.git.of(repository)
  const sha = await git.resolve(call.params.commit_sha ?? '')
  if (sha === undefined) throw new ApiError(422, `No commit found for SHA: ${call.params.commit_sha ?? ''}`)
  const found = []
  for (const issue of pullsOf(repository)) {
    const { pull } = issue
    const inside = (await isAncestor(git, sha, pull.headSha)) && !(await isAncestor(git, sha, pull.baseSha))
    if (inside || pull.mergeCommitSha === sha) found.push(issue)
  }
  return page(
    call,
    found.map((issue) => simplePullView(world, repository, issue)),
  )
}

export const commitRoutes: readonly Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/commits', access: READ, handler: listCommits },
  { method: 'GET', path: '/repos/{owner}/{repo}/commits/{ref}', access: READ, handler: getCommit },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{commit_sha}/pulls',
    access: [{ name: 'pull_requests', level: 'read' }, READ],
    handler: pullsOfCommit,
  },
  { method: 'GET', path: '/repos/{owner}/{repo}/compare/{basehead}', access: READ, handler: compare },
]
