/**
 * Every route that the embedded GitHub offers, met at least once and refused in the usual ways; each request and each answer is
 * held against GitHub's own description of its API.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Runner } from '../../src/simulator/runner.ts'
import { describedRoutes, validateExchange } from '../support/openapi/validate.ts'
import { type Client, refusalOf, type Stage, setStage, WHERE } from './support/github.ts'

/** No job of these tests comes as far as a simulator. */
const refuse = () => Promise.reject(new Error('nothing is measured here'))
const runner: Runner = { prepare: refuse, measure: refuse, test: refuse }
const NOBODY = 'f'.repeat(40)

let stage: Stage
let ada: Client
let ben: Client
let cleo: Client
let bot: Client

beforeAll(async () => {
  stage = await setStage({ runner })
  stage.github.setInstallationPermission(stage.installation, 'administration', 'read')
  bot = stage.bot
  ;[ada, ben, cleo] = [stage.as('ada'), stage.as('ben'), stage.as('cleo')]
})

afterAll(() => stage.close())

/** One call to a route of the repository; parameters go into path, query or body, as the route has them. */
// biome-ignore lint/suspicious/noExplicitAny: what an answer must hold is what the description says
async function call(client: Client, route: string, parameters: Record<string, unknown> = {}): Promise<any> {
  const [method = '', path = ''] = route.split(' ')
  if (path.startsWith('/')) return (await client.request(route, parameters)).data
  const url = `/repos/{owner}/{repo}${path === '.' ? '' : `/${path}`}`
  const { data } = await client.request(`${method} ${url}`, { ...WHERE, ...parameters })
  return data
}

async function refused(
  client: Client,
  route: string,
  parameters: Record<string, unknown>,
  status: number,
): Promise<void> {
  expect(await refusalOf(call(client, route, parameters))).toMatchObject({ status })
}

/** A branch with one commit on top of the default branch. */
async function branch(client: Client, name: string, path: string, content: string): Promise<string> {
  const { object } = await call(client, 'GET git/ref/{ref}', { ref: 'heads/main' })
  const tree = await call(client, 'POST git/trees', {
    base_tree: object.sha,
    tree: [{ path, mode: '100644', type: 'blob', content }],
  })
  const commit = await call(client, 'POST git/commits', {
    message: `Add ${path}`,
    tree: tree.sha,
    parents: [object.sha],
  })
  await call(client, 'POST git/refs', { ref: `refs/heads/${name}`, sha: commit.sha })
  return commit.sha
}

async function pullOf(client: Client, head: string, path: string): Promise<{ number: number; sha: string }> {
  const sha = await branch(client, head, path, `${path}\n`)
  const { number } = await call(client, 'POST pulls', { title: `Add ${path}`, head, base: 'main', body: 'why' })
  return { number, sha }
}

/** Nothing may be wrong with what was said since the last test. */
let checked = 0
function expectValid(): void {
  const { exchanges } = stage.github
  expect([...new Set(exchanges.slice(checked).flatMap(validateExchange))]).toEqual([])
  checked = exchanges.length
}

describe('every request and answer is as GitHub describes it', () => {
  test('the App, its installations, people', async () => {
    const { app, installation } = stage
    const one = { installation_id: installation }
    await call(app, 'GET /app')
    await call(app, 'GET /app/installations', { per_page: 100 })
    await call(app, 'GET /app/installations/{installation_id}', one)
    await call(app, 'GET installation')
    const made = await call(app, 'POST /app/installations/{installation_id}/access_tokens', {
      ...{ ...one, repositories: ['proxima'], permissions: { issues: 'read' } },
    })
    await call(bot, 'GET /installation/repositories', { per_page: 100 })
    await call(stage.withToken(made.token), 'DELETE /installation/token')
    await call(ada, 'GET /user')
    for (const username of ['cleo', 'graft[bot]']) await call(bot, 'GET /users/{username}', { username })
    await call(bot, 'GET /rate_limit')
    await call(bot, 'GET collaborators')
    await call(bot, 'GET collaborators/{username}', { username: 'ben' })
    for (const username of ['ada', 'ben', 'cleo']) {
      await call(bot, 'GET collaborators/{username}/permission', { username })
    }
    await refused(bot, 'GET collaborators/{username}', { username: 'cleo' }, 404)
    await refused(bot, 'GET collaborators/{username}/permission', { username: 'nobody' }, 404)
    await refused(stage.withToken('no-token'), 'GET /user', {}, 401)
    await refused(ben, 'GET /app', {}, 401)
    await refused(app, 'GET /app/installations/{installation_id}', { installation_id: 1 }, 404)
    expectValid()
  })

  test('the repository and its branches', async () => {
    await call(bot, 'GET .')
    await call(cleo, 'GET .')
    await call(ada, 'PATCH .', { description: 'A target' })
    await refused(ben, 'PATCH .', { description: 'Mine' }, 403)
    await refused(bot, 'GET .', { repo: 'nowhere' }, 404)
    await call(bot, 'GET branches', { per_page: 10 })
    await call(bot, 'GET branches/{branch}', { branch: 'main' })
    await refused(bot, 'GET branches/{branch}/protection', { branch: 'main' }, 404)
    await call(bot, 'GET rules/branches/{branch}', { branch: 'main' })
    const rule = { pattern: 'kept', allow: ['ada'], requiredChecks: ['graft'] }
    stage.github.configure('ada/proxima', { protectedBranches: [rule] })
    await call(bot, 'GET branches/{branch}/protection', { branch: 'kept' })
    await call(bot, 'GET rules/branches/{branch}', { branch: 'kept' })
    stage.github.configure('ada/proxima', { protectedBranches: [] })
    expectValid()
  })

  test('files, commits, comparisons', async () => {
    const listed = await call(bot, 'GET contents')
    expect(listed.length).toBeGreaterThan(3)
    await call(bot, 'GET contents/{path}', { path: 'src/proxima' })
    await call(bot, 'GET contents/{path}', { path: 'README.md', ref: 'main' })
    const made = await call(ben, 'PUT contents/{path}', {
      path: 'a.txt',
      message: 'a',
      content: 'YQ==',
      branch: 'main',
    })
    const { sha } = made.content
    await call(ben, 'PUT contents/{path}', { path: 'a.txt', message: 'b', content: 'Yg==', sha })
    await refused(ben, 'PUT contents/{path}', { path: 'a.txt', message: 'c', content: 'Yw==', sha }, 409)
    const now = await call(bot, 'GET contents/{path}', { path: 'a.txt' })
    await call(ben, 'DELETE contents/{path}', { path: 'a.txt', message: 'd', sha: now.sha })
    await refused(bot, 'GET contents/{path}', { path: 'a.txt' }, 404)
    await call(bot, 'GET commits', { sha: 'main', per_page: 2 })
    await call(bot, 'GET commits/{ref}', { ref: 'main' })
    await refused(bot, 'GET commits/{ref}', { ref: NOBODY }, 422)
    await call(bot, 'GET compare/{basehead}', { basehead: `${made.commit.sha}...main` })
    await refused(bot, 'GET compare/{basehead}', { basehead: `main...${NOBODY}` }, 404)
    expectValid()
  })

  test('the Git Data API', async () => {
    const sha = await branch(bot, 'graft/12-toy', 'src/toy.py', 'x = 1\n')
    const commit = await call(bot, 'GET git/commits/{commit_sha}', { commit_sha: sha })
    const tree = await call(bot, 'GET git/trees/{tree_sha}', { tree_sha: commit.tree.sha, recursive: 'true' })
    const file = tree.tree.find((entry: { path: string }) => entry.path === 'src/toy.py')
    await call(bot, 'GET git/blobs/{file_sha}', { file_sha: file.sha })
    await call(bot, 'POST git/blobs', { content: 'eA==', encoding: 'base64' })
    const next = await call(bot, 'POST git/commits', { message: 'Next', tree: commit.tree.sha, parents: [sha] })
    await call(bot, 'PATCH git/refs/{ref}', { ref: 'heads/graft/12-toy', sha: next.sha, force: false })
    await call(bot, 'GET git/matching-refs/{ref}', { ref: 'heads/graft/' })
    await refused(
      bot,
      'PATCH git/refs/{ref}',
      { ref: 'heads/graft/12-toy', sha: commit.parents[0].sha, force: false },
      422,
    )
    await refused(bot, 'POST git/refs', { ref: 'refs/heads/graft/12-toy', sha }, 422)
    await refused(bot, 'POST git/trees', { tree: [{ path: '../x', mode: '100644', content: '' }] }, 422)
    await refused(bot, 'GET git/commits/{commit_sha}', { commit_sha: NOBODY }, 404)
    await refused(bot, 'GET git/trees/{tree_sha}', { tree_sha: NOBODY }, 404)
    await refused(bot, 'GET git/blobs/{file_sha}', { file_sha: NOBODY }, 404)
    await call(bot, 'DELETE git/refs/{ref}', { ref: 'heads/graft/12-toy' })
    await refused(bot, 'GET git/ref/{ref}', { ref: 'heads/graft/12-toy' }, 404)
    await refused(bot, 'DELETE git/refs/{ref}', { ref: 'heads/graft/12-toy' }, 422)
    expectValid()
  })

  test('issues, comments, labels, reactions', async () => {
    const opened = await call(cleo, 'POST issues', { title: 'Integrate', body: 'text', labels: ['graft'] })
    const one = { issue_number: opened.number }
    await call(bot, 'GET issues/{issue_number}', one)
    await call(cleo, 'PATCH issues/{issue_number}', { ...one, body: 'other' })
    await call(bot, 'POST issues/{issue_number}/labels', { ...one, labels: ['graft', 'stage'] })
    await call(bot, 'GET issues', { state: 'all', labels: 'graft', per_page: 100, sort: 'created', direction: 'desc' })
    await call(bot, 'GET issues/{issue_number}/labels', one)
    await call(bot, 'PUT issues/{issue_number}/labels', { ...one, labels: ['graft'] })
    await call(bot, 'DELETE issues/{issue_number}/labels/{name}', { ...one, name: 'graft' })
    await refused(bot, 'DELETE issues/{issue_number}/labels/{name}', { ...one, name: 'graft' }, 404)
    await call(bot, 'GET labels')
    await call(ben, 'POST labels', { name: 'a label', color: 'ffffff', description: 'what' })
    await refused(ben, 'POST labels', { name: 'a label', color: 'ffffff' }, 422)
    await call(bot, 'GET labels/{name}', { name: 'a label' })
    await call(ben, 'PATCH labels/{name}', { name: 'a label', new_name: 'b', color: '000000' })
    await call(ben, 'DELETE labels/{name}', { name: 'b' })
    const comment = await call(cleo, 'POST issues/{issue_number}/comments', { ...one, body: '/help' })
    const mine = await call(bot, 'POST issues/{issue_number}/comments', { ...one, body: 'answer' })
    await call(bot, 'GET issues/{issue_number}/comments', { ...one, per_page: 100 })
    await call(bot, 'GET issues/comments', { per_page: 100 })
    await call(bot, 'GET issues/comments/{comment_id}', { comment_id: comment.id })
    await call(bot, 'PATCH issues/comments/{comment_id}', { comment_id: mine.id, body: 'better' })
    for (const place of ['issues/comments/{comment_id}', 'issues/{issue_number}']) {
      const where = place.includes('comment') ? { comment_id: comment.id } : one
      const reaction = await call(bot, `POST ${place}/reactions`, { ...where, content: 'rocket' })
      await call(bot, `POST ${place}/reactions`, { ...where, content: 'rocket' })
      await call(bot, `GET ${place}/reactions`, { ...where, per_page: 100 })
      await call(bot, `DELETE ${place}/reactions/{reaction_id}`, { ...where, reaction_id: reaction.id })
    }
    await call(bot, 'GET issues/{issue_number}', one)
    await call(bot, 'DELETE issues/comments/{comment_id}', { comment_id: mine.id })
    await refused(bot, 'GET issues/comments/{comment_id}', { comment_id: mine.id }, 404)
    await call(ben, 'PUT issues/{issue_number}/lock', { ...one, lock_reason: 'resolved' })
    await refused(cleo, 'POST issues/{issue_number}/comments', { ...one, body: 'no' }, 403)
    await call(ben, 'DELETE issues/{issue_number}/lock', one)
    await call(ben, 'PATCH issues/{issue_number}', { ...one, state: 'closed', state_reason: 'not_planned' })
    await refused(bot, 'GET issues/{issue_number}', { issue_number: 9999 }, 404)
    await refused(bot, 'POST issues/{issue_number}/comments', { ...one, body: '' }, 422)
    const gone = await call(ben, 'POST issues', { title: 'Gone' })
    stage.github.removeIssue('ada/proxima', gone.number, 'deleted')
    await refused(bot, 'GET issues/{issue_number}', { issue_number: gone.number }, 410)
    stage.github.configure('ada/proxima', { issues: false })
    await refused(bot, 'GET issues', {}, 410)
    stage.github.configure('ada/proxima', { issues: true })
    expectValid()
  })

  test('pull requests, reviews, merges', async () => {
    const { number, sha } = await pullOf(bot, 'graft/13-toy', 'toy13.txt')
    const one = { pull_number: number }
    await call(bot, 'GET pulls', { state: 'all', head: `ada:graft/13-toy`, per_page: 100 })
    await call(bot, 'GET pulls/{pull_number}', one)
    await call(bot, 'GET issues/{issue_number}', { issue_number: number })
    await call(bot, 'PATCH pulls/{pull_number}', { ...one, body: 'renewed' })
    await call(bot, 'GET pulls/{pull_number}/commits', one)
    await call(bot, 'GET pulls/{pull_number}/files', one)
    await call(bot, 'GET commits/{commit_sha}/pulls', { commit_sha: sha })
    await refused(bot, 'GET pulls/{pull_number}/merge', one, 404)
    await refused(bot, 'POST pulls', { title: 'again', head: 'graft/13-toy', base: 'main' }, 422)
    const line = { path: 'toy13.txt', line: 1, body: 'why so?' }
    const review = await call(ben, 'POST pulls/{pull_number}/reviews', { ...one, event: 'APPROVE', body: 'fine' })
    const pending = await call(ada, 'POST pulls/{pull_number}/reviews', { ...one, comments: [line] })
    await call(ada, 'GET pulls/{pull_number}/reviews/{review_id}', { ...one, review_id: pending.id })
    await call(ada, 'PUT pulls/{pull_number}/reviews/{review_id}', { ...one, review_id: pending.id, body: 'hm' })
    await call(ada, 'GET pulls/{pull_number}/reviews/{review_id}/comments', { ...one, review_id: pending.id })
    const submitted = { ...one, review_id: pending.id, event: 'REQUEST_CHANGES', body: 'no' }
    await call(ada, 'POST pulls/{pull_number}/reviews/{review_id}/events', submitted)
    await call(ben, 'POST pulls/{pull_number}/comments', { ...one, ...line, commit_id: sha })
    await call(bot, 'GET pulls/{pull_number}/comments', one)
    await call(bot, 'GET pulls/{pull_number}/reviews', { ...one, per_page: 100 })
    const dismissed = { ...one, review_id: review.id, message: 'outdated' }
    await call(ada, 'PUT pulls/{pull_number}/reviews/{review_id}/dismissals', dismissed)
    await refused(bot, 'POST pulls/{pull_number}/reviews', { ...one, event: 'APPROVE' }, 422)
    await ben.request('PUT /repos/{owner}/{repo}/contents/{path}', {
      ...WHERE,
      path: 'new.txt',
      message: 'n',
      content: 'bg==',
    })
    await call(ben, 'PUT pulls/{pull_number}/update-branch', one)
    await stage.github.idle()
    await refused(ben, 'PUT pulls/{pull_number}/merge', { ...one, sha: NOBODY }, 409)
    await call(ben, 'PUT pulls/{pull_number}/merge', { ...one, merge_method: 'squash', commit_title: 'Toy' })
    await call(bot, 'GET pulls/{pull_number}/merge', one)
    await refused(ben, 'PUT pulls/{pull_number}/merge', one, 405)
    await call(bot, 'GET pulls/{pull_number}', one)
    const other = await pullOf(ben, 'feature', 'feature.txt')
    await call(ben, 'PATCH pulls/{pull_number}', { pull_number: other.number, state: 'closed' })
    await refused(bot, 'GET pulls/{pull_number}', { pull_number: 9999 }, 404)
    expectValid()
  })

  test('check runs and statuses', async () => {
    const sha = await branch(bot, 'graft/14-toy', 'toy14.txt', 'x\n')
    const button = { label: 'Undo', description: 'Takes back what was done last.', identifier: 'undo' }
    const output = { title: 'title', summary: 'summary', text: 'text' }
    const run = await call(bot, 'POST check-runs', { name: 'graft', head_sha: sha, status: 'queued', output })
    const one = { check_run_id: run.id }
    await call(bot, 'PATCH check-runs/{check_run_id}', { ...one, status: 'in_progress', actions: [button] })
    const done = { status: 'completed', conclusion: 'action_required', output, external_id: 'record' }
    await call(bot, 'PATCH check-runs/{check_run_id}', { ...one, ...done })
    const shown = await call(bot, 'GET check-runs/{check_run_id}', one)
    await call(bot, 'GET commits/{ref}/check-runs', { ref: sha, check_name: 'graft', filter: 'latest', per_page: 100 })
    await call(bot, 'GET check-suites/{check_suite_id}/check-runs', { check_suite_id: shown.check_suite.id })
    await refused(bot, 'POST check-runs', { name: 'graft', head_sha: NOBODY }, 422)
    await refused(ben, 'POST check-runs', { name: 'graft', head_sha: sha }, 403)
    await refused(bot, 'GET check-runs/{check_run_id}', { check_run_id: 1 }, 404)
    for (const state of ['pending', 'success']) await call(bot, 'POST statuses/{sha}', { sha, state, context: 'ci' })
    await call(bot, 'GET commits/{ref}/status', { ref: sha })
    await call(bot, 'GET commits/{ref}/statuses', { ref: sha })
    expectValid()
  })

  test('the workflow, its runs, jobs and artifacts', async () => {
    await call(ada, 'GET actions/permissions')
    await call(bot, 'GET actions/workflows')
    await call(bot, 'GET actions/workflows/{workflow_id}', { workflow_id: 'graft.yml' })
    await refused(bot, 'GET actions/workflows/{workflow_id}', { workflow_id: 'ci.yml' }, 404)
    const { sha } = await pullOf(bot, 'graft/15-toy', 'toy15.txt')
    await branch(bot, 'graft-measure/15', 'note.txt', 'x\n')
    await stage.github.idle()
    const { workflow_runs: runs } = await call(bot, 'GET actions/runs', {
      head_sha: sha,
      event: 'pull_request',
      per_page: 100,
    })
    const one = { run_id: runs[0].id }
    await call(bot, 'GET actions/runs')
    await call(bot, 'GET actions/workflows/{workflow_id}/runs', { workflow_id: 'graft.yml', branch: 'graft/15-toy' })
    await call(bot, 'GET actions/runs/{run_id}', one)
    const { jobs } = await call(bot, 'GET actions/runs/{run_id}/jobs', { ...one, filter: 'latest' })
    await call(bot, 'GET actions/jobs/{job_id}', { job_id: jobs[0].id })
    const { artifacts } = await call(bot, 'GET actions/runs/{run_id}/artifacts', { ...one, per_page: 100 })
    await call(bot, 'GET actions/artifacts')
    const artifact = { artifact_id: artifacts[0].id }
    await call(bot, 'GET actions/artifacts/{artifact_id}', artifact)
    const zip = await call(bot, 'GET actions/artifacts/{artifact_id}/{archive_format}', {
      ...artifact,
      archive_format: 'zip',
    })
    expect(Buffer.from(zip).subarray(0, 2).toString()).toBe('PK')
    await call(bot, 'POST actions/runs/{run_id}/rerun', one)
    await stage.github.idle()
    await refused(bot, 'POST actions/runs/{run_id}/cancel', one, 409)
    await call(bot, 'GET commits/{ref}/check-runs', { ref: sha })
    await refused(bot, 'GET actions/runs/{run_id}', { run_id: 1 }, 404)
    expectValid()
  })

  test('a run that waits for a runner can be cancelled; a repository that moved redirects', async () => {
    const waiting = await setStage()
    try {
      await pullOf(waiting.bot, 'graft/1-toy', 'toy.txt')
      await waiting.github.idle()
      const { workflow_runs: runs } = await call(waiting.bot, 'GET actions/runs', { status: 'queued' })
      await call(waiting.bot, 'GET actions/runs/{run_id}/jobs', { run_id: runs[0].id })
      await call(waiting.bot, 'POST actions/runs/{run_id}/cancel', { run_id: runs[0].id })
      waiting.github.renameRepository('ada/proxima', 'ada/elsewhere')
      await call(waiting.bot, 'GET .')
      waiting.github.setInstallationPermission(waiting.installation, 'contents', undefined)
      await refused(waiting.bot, 'GET contents/{path}', { repo: 'elsewhere', path: 'README.md' }, 403)
      waiting.github.configure('ada/elsewhere', { archived: true })
      await refused(waiting.bot, 'POST issues', { repo: 'elsewhere', title: 'x' }, 403)
      waiting.github.setInstallation(waiting.installation, 'suspended')
      await refused(waiting.bot, 'GET .', { repo: 'elsewhere' }, 403)
      waiting.github.setInstallation(waiting.installation, 'active')
      await call(waiting.app, 'DELETE /app/installations/{installation_id}', { installation_id: waiting.installation })
      const problems = waiting.github.exchanges.flatMap(validateExchange)
      expect([...new Set(problems)]).toEqual([])
      met(waiting)
    } finally {
      await waiting.close()
    }
  })
})

const routes = new Set<string>()
function met({ github }: Stage): void {
  for (const { method, route } of github.exchanges)
    routes.add(`${method} ${route?.replace(/\/contents$/, '/contents/{path}')}`)
}

test('no route was left out, and none is offered that GitHub does not describe', () => {
  met(stage)
  expect([...routes].sort()).toEqual(describedRoutes().sort())
})
