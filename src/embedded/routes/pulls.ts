/** Pull requests: made, listed, edited; their commits and files. Merging: `merge.ts`. */
import { z } from 'zod'
import { ApiError, invalid, issueOf, notFound, page } from '../answers.ts'
import type { Repo } from '../entities.ts'
import { announcePull, closePull } from '../git/announce.ts'
import type { Commit } from '../git/commit.ts'
import type { FileDiff } from '../git/diff.ts'
import { isAncestor, mergeBase } from '../git/history.ts'
import type { PullIssue } from '../git/pull-state.ts'
import { isPullIssue, mergeability, openPull, pullFacts, pullsOf, shownMergeability } from '../git/pull-state.ts'
import { reopenPull } from '../git/reopen.ts'
import { runGit } from '../git/run.ts'
import { checkBody, checkTitle, newIssue } from '../issue-changes.ts'
import { commitView, fileView } from '../views/commit.ts'
import { pullView, simplePullView } from '../views/pull.ts'
import { repositoryPage } from '../views/repository.ts'
import type { Answer, Call, Route } from '../world.ts'

const BASE = '/repos/{owner}/{repo}/pulls'
const ONE = `${BASE}/{pull_number}`
const READ = { name: 'pull_requests', level: 'read' } as const
const WRITE = { name: 'pull_requests', level: 'write' } as const

const createInput = z.object({
  title: z.string(),
  head: z.string().min(1),
  base: z.string().min(1),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
})
const editInput = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
})

/** The pull request of a route's number; an issue of this number is a 404. */
export function pullOf(call: Call): PullIssue {
  const issue = issueOf(call, 'pull_number')
  if (!isPullIssue(issue)) throw notFound()
  return issue
}

function wrong(field: string): ApiError {
  return invalid('Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }])
}

function refused(message: string): ApiError {
  return invalid('Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }])
}

async function createPull(call: Call): Promise<Answer> {
  const input = call.parse(createInput)
  const { world, repository, account } = call
  const git = world.git.of(repository)
  const owner = repository.owner.login
  const headRef = branchOf(repository, input.head)
  if (headRef === undefined) throw wrong('head')
  checkTitle('PullRequest', input.title)
  checkBody('PullRequest', input.body ?? '')
  return git.exclusive(async () => {
    const [head, base] = [await git.resolve(`refs/heads/${headRef}`), await git.resolve(`refs/heads/${input.base}`)]
    if (head === undefined) throw wrong('head')
    if (base === undefined) throw wrong('base')
    if (openPull(repository, headRef, input.base) !== undefined) {
      throw refused(`A pull request already exists for ${owner}:${headRef}.`)
    }
    if ((await mergeBase(git, base, head)) === undefined) {
      throw refused(`The ${headRef} branch has no history in common with ${input.base}`)
    }
    if (await isAncestor(git, head, base)) throw refused(`No commits between ${input.base} and ${headRef}`)
    const author = { user: account, viaApp: call.actor.kind === 'installation' }
    const issue: PullIssue = {
      ...newIssue(world, repository, author, { title: input.title, body: input.body ?? null }),
      pull: {
        id: world.id(),
        headRef,
        headSha: head,
        baseRef: input.base,
        baseSha: base,
        draft: input.draft,
        mergedAt: null,
        mergedBy: null,
        mergeCommitSha: null,
        reviews: [],
        reviewComments: [],
      },
    }
    repository.issues.set(issue.number, issue)
    await git.forceRef(`refs/pull/${issue.number}/head`, head)
    world.background(mergeability(world, repository, issue).then(() => undefined))
    await announcePull(world, repository, issue, 'opened', account)
    return { status: 201, body: await fullView(call, issue) }
  })
}

/** A branch as `head` and `base` name it: `branch` or `owner:branch`; undefined for another owner's. */
function branchOf(repository: Repo, name: string): string | undefined {
  const [owner = '', branch] = name.split(/:(.*)/s)
  if (branch === undefined) return name
  return owner.toLowerCase() === repository.owner.login.toLowerCase() ? branch : undefined
}

async function fullView(call: Call, issue: PullIssue, shown?: Awaited<ReturnType<typeof mergeability>>) {
  const facts = await pullFacts(call.world.git.of(call.repository), issue)
  return pullView(call.world, call.repository, issue, facts, shown)
}

function listPulls(call: Call): Answer {
  const { world, repository, query } = call
  const [state, head, base] = [query.get('state') ?? 'open', query.get('head'), query.get('base')]
  const owner = repository.owner.login.toLowerCase()
  const fits = (issue: PullIssue) =>
    (state === 'all' || issue.state === state) &&
    (!base || issue.pull.baseRef === base) &&
    // Without an owner before the colon GitHub does not filter at all.
    (!head?.includes(':') || head.toLowerCase() === `${owner}:${issue.pull.headRef}`.toLowerCase())
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt'
  const ascending = query.get('direction') === 'asc'
  const found = pullsOf(repository)
    .filter((issue) => issue.removed === undefined && fits(issue))
    .sort((a, b) => b[key].localeCompare(a[key]) || b.number - a.number)
  if (ascending) found.reverse()
  return page(call, found, (slice) => (slice as PullIssue[]).map((issue) => simplePullView(world, repository, issue)))
}

async function getPull(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const { world, repository } = call
  const accept = call.headers.get('accept') ?? ''
  if (/\b(diff|patch)\b/.test(accept)) return asText(call, issue, accept.includes('diff') ? 'diff' : 'patch')
  return { status: 200, body: await fullView(call, issue, await shownMergeability(world, repository, issue)) }
}

async function asText(call: Call, issue: PullIssue, kind: 'diff' | 'patch'): Promise<Answer> {
  const git = call.world.git.of(call.repository)
  const from = (await mergeBase(git, issue.pull.baseSha, issue.pull.headSha)) ?? issue.pull.baseSha
  const args = kind === 'diff' ? ['diff', '-M', from] : ['format-patch', '--stdout', `${from}..${issue.pull.headSha}`]
  const { stdout } = await runGit(git.dir, kind === 'diff' ? [...args, issue.pull.headSha] : args)
  return { status: 200, body: stdout, headers: { 'content-type': `application/vnd.github.${kind}; charset=utf-8` } }
}

/** Its author may edit a pull request, and whoever may write. */
function mayEdit(call: Call, issue: PullIssue): void {
  const { world, actor, repository } = call
  if (actor.kind !== 'user' || issue.user.id === actor.account.id) return
  if (!world.may(actor, repository, WRITE)) throw new ApiError(403, 'Must have push access to Repository.')
}

async function editPull(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const input = call.parse(editInput)
  mayEdit(call, issue)
  if (input.title !== undefined) checkTitle('PullRequest', input.title)
  checkBody('PullRequest', input.body ?? '')
  const { world, repository, account } = call
  const git = world.git.of(repository)
  return git.exclusive(async () => {
    const changes: Record<string, unknown> = {}
    if (input.title !== undefined && input.title !== issue.title) {
      changes.title = { from: issue.title }
      issue.title = input.title
    }
    if (input.body !== undefined && input.body !== issue.body) {
      changes.body = { from: issue.body }
      issue.body = input.body
    }
    if (input.base !== undefined && input.base !== issue.pull.baseRef) {
      const base = await git.resolve(`refs/heads/${input.base}`)
      if (base === undefined || issue.state === 'closed') throw wrong('base')
      changes.base = { ref: { from: issue.pull.baseRef }, sha: { from: issue.pull.baseSha } }
      issue.pull.baseRef = input.base
      issue.pull.baseSha = base
    }
    if (Object.keys(changes).length > 0) {
      issue.updatedAt = world.now()
      await announcePull(world, repository, issue, 'edited', account, { changes })
    }
    if (input.state === 'closed' && issue.state === 'open') await closePull(world, repository, issue, account)
    if (input.state === 'open' && issue.state === 'closed') await reopenPull(world, repository, issue, account)
    return { status: 200, body: await fullView(call, issue) }
  })
}

async function listFiles(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const { world, repository } = call
  const { files } = await pullFacts(world.git.of(repository), issue)
  const view = (file: FileDiff) => fileView(world, repository, issue.pull.headSha, file)
  return page(call, files, (slice) => (slice as FileDiff[]).map(view))
}

async function listCommits(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const { world, repository } = call
  const { commits } = await pullFacts(world.git.of(repository), issue)
  const view = (commit: Commit) => {
    const seen = commitView(world, repository, commit)
    return { ...seen, html_url: `${repositoryPage(world, repository)}/pull/${issue.number}/commits/${commit.sha}` }
  }
  // GitHub lists no more than 250 of them.
  return page(call, commits.slice(0, 250), (slice) => (slice as Commit[]).map(view))
}

export const pullRoutes: readonly Route[] = [
  { method: 'POST', path: BASE, access: WRITE, person: 'read', handler: createPull },
  { method: 'GET', path: BASE, access: READ, handler: listPulls },
  { method: 'GET', path: ONE, access: READ, handler: getPull },
  { method: 'PATCH', path: ONE, access: WRITE, person: 'read', handler: editPull },
  { method: 'GET', path: `${ONE}/files`, access: READ, handler: listFiles },
  { method: 'GET', path: `${ONE}/commits`, access: READ, handler: listCommits },
]
