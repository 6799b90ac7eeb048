/** Routes of issues. */
import { z } from 'zod'
import { page } from '../answers.ts'
import type { Issue } from '../entities.ts'
import { checkBody, checkTitle, editIssue, openIssue, setIssueState, setLabels } from '../issue-changes.ts'
import { issueView } from '../views/issue.ts'
import type { Call, Route } from '../world.ts'
import { needAuthor, needIssues, THREAD_READ, THREAD_WRITE, threadOf, writes } from './threads.ts'

const labelNames = z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]))

const creation = z.object({
  title: z.union([z.string(), z.number().transform(String)]),
  body: z.string().nullish(),
  labels: labelNames.optional(),
})

const edition = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  state_reason: z.enum(['completed', 'not_planned', 'reopened', 'duplicate']).nullish(),
  labels: labelNames.optional(),
})

export const issueRoutes: readonly Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/issues', access: { name: 'issues', level: 'read' }, handler: list },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues',
    access: { name: 'issues', level: 'write' },
    person: 'read',
    async handler(call) {
      needIssues(call)
      const { title, body, labels = [] } = call.parse(creation)
      checkTitle('Issue', title)
      checkBody('Issue', body ?? '')
      const author = { user: call.account, viaApp: call.actor.kind === 'installation' }
      // Labels of somebody who may not set them are dropped in silence.
      const input = { title, body: body ?? null, labels: writes(call) ? labels : [] }
      const issue = await openIssue(call.world, call.repository, author, input)
      return { status: 201, body: issueView(call.world, call.repository, issue) }
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/{issue_number}',
    access: THREAD_READ,
    handler: (call) => ({ status: 200, body: issueView(call.world, call.repository, threadOf(call, 'read')) }),
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/issues/{issue_number}',
    access: THREAD_WRITE,
    person: 'read',
    handler: edit,
  },
  {
    method: 'PUT',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/lock',
    access: THREAD_WRITE,
    handler: (call) => lock(call, true),
  },
  {
    method: 'DELETE',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/lock',
    access: THREAD_WRITE,
    handler: (call) => lock(call, false),
  },
]

function list(call: Call) {
  needIssues(call)
  const { world, repository, query } = call
  const state = query.get('state') ?? 'open'
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean)
  const [since, creator] = [query.get('since'), query.get('creator')]
  const chosen = [...repository.issues.values()]
    .filter((issue) => issue.removed === undefined)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => labels.every((name) => hasLabel(issue, name)))
    .filter((issue) => since === null || Date.parse(issue.updatedAt) >= Date.parse(since))
    .filter((issue) => creator === null || issue.user.login.toLowerCase() === creator.toLowerCase())
  const views = sorted(chosen, query).map((issue) => issueView(world, repository, issue))
  return page(call, views)
}

function hasLabel(issue: Issue, name: string): boolean {
  return issue.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())
}

/** By `sort` (created, updated, comments) and `direction` (desc unless said); equal ones by number. */
function sorted(issues: Issue[], query: URLSearchParams): Issue[] {
  const sign = query.get('direction') === 'asc' ? 1 : -1
  const byUpdate = query.get('sort') === 'updated'
  const compare = (one: Issue, other: Issue) => {
    const time = byUpdate ? one.updatedAt.localeCompare(other.updatedAt) : 0
    return sign * (time === 0 ? one.number - other.number : time)
  }
  return issues.sort(compare)
}

async function edit(call: Call) {
  const { world, repository } = call
  const issue = threadOf(call, 'write')
  needAuthor(call, issue.user)
  const { title, body, state, state_reason: reason, labels } = call.parse(edition)
  if (title !== undefined) checkTitle('Issue', title)
  checkBody('Issue', body ?? '')
  await editIssue(world, repository, issue, { title, body }, call.account)
  if (labels !== undefined && writes(call)) await setLabels(world, repository, issue, labels, call.account)
  if (state !== undefined) await setIssueState(world, repository, issue, state, reason ?? undefined, call.account)
  return { status: 200, body: issueView(world, repository, issue) }
}

function lock(call: Call, locked: boolean) {
  const issue = threadOf(call, 'write')
  if (issue.locked !== locked) {
    issue.locked = locked
    const payload = { issue: issueView(call.world, call.repository, issue) }
    const action = locked ? 'locked' : 'unlocked'
    call.world.emit({ event: 'issues', action, repository: call.repository, sender: call.account, payload })
  }
  return { status: 204 }
}
