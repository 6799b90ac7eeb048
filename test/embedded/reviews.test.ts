import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Client, RepositoryServer } from './support/repository-server.ts'
import { publish, refusalOf, startRepositoryServer } from './support/repository-server.ts'

const WHERE = { owner: 'ada', repo: 'proxima' }
const EVENTS = ['APPROVE', 'REQUEST_CHANGES', 'COMMENT'] as const

let server: RepositoryServer
let app: Client

beforeAll(async () => {
  server = await startRepositoryServer()
  server.person('grace', 'write')
  server.person('eve', 'read')
  app = server.as()
})

beforeEach(() => {
  server.events.length = 0
})

afterAll(() => server.close())

/** A pull request of the App from a new branch. */
async function open(head: string, files: Record<string, string>): Promise<number> {
  await publish(app, head, files)
  return (await app.rest.pulls.create({ ...WHERE, head, base: 'main', title: `Add ${head}` })).data.number
}

async function headOf(branch: string): Promise<string> {
  return (await app.rest.git.getRef({ ...WHERE, ref: `heads/${branch}` })).data.object.sha
}

test('are told and listed; one’s own work may only be commented', async () => {
  const number = await open('review/one', { 'review.py': 'a\nb\n' })
  const where = { ...WHERE, pull_number: number }
  server.events.length = 0
  for (const event of EVENTS) await server.as('grace').rest.pulls.createReview({ ...where, event, body: 'words' })
  expect(server.names()).toEqual(EVENTS.map(() => 'pull_request_review.submitted'))
  const payloads = server.events.map(({ payload }) => payload.review as { state: string; commit_id: string })
  const head = await headOf('review/one')
  expect(payloads.map(({ state }) => state)).toEqual(['approved', 'changes_requested', 'commented'])
  expect(payloads.every(({ commit_id }) => commit_id === head)).toBe(true)
  const listed = await app.rest.pulls.listReviews(where)
  expect(listed.data.map(({ state, user }) => [state, user?.login])).toEqual([
    ['APPROVED', 'grace'],
    ['CHANGES_REQUESTED', 'grace'],
    ['COMMENTED', 'grace'],
  ])
  const own = (event: (typeof EVENTS)[number]) => app.rest.pulls.createReview({ ...where, event, body: 'mine' })
  expect((await refusalOf(own('APPROVE'))).message).toContain('Can not approve your own pull request')
  expect((await refusalOf(own('REQUEST_CHANGES'))).message).toContain('Can not request changes on your own')
  expect((await own('COMMENT')).data.state).toBe('COMMENTED')
  const silent = server.as('grace').rest.pulls.createReview({ ...where, event: 'COMMENT' })
  expect((await refusalOf(silent)).status).toBe(422)
  const foreign = server.as('grace').rest.pulls.createReview({ ...where, event: 'APPROVE', commit_id: 'f'.repeat(40) })
  expect((await refusalOf(foreign)).status).toBe(422)
})

test('stay bound to their commit and can be dismissed by who may write', async () => {
  const number = await open('review/two', { two: '1' })
  const where = { ...WHERE, pull_number: number }
  const head = await headOf('review/two')
  const { data } = await server.as('eve').rest.pulls.createReview({ ...where, event: 'APPROVE' })
  await publish(app, 'review/two', { two: '2' })
  const review = { ...where, review_id: data.id }
  expect((await app.rest.pulls.getReview(review)).data).toMatchObject({ state: 'APPROVED', commit_id: head })
  server.events.length = 0
  const dismissal = { ...review, message: 'stale' }
  expect((await refusalOf(server.as('eve').rest.pulls.dismissReview(dismissal))).status).toBe(403)
  expect((await app.rest.pulls.dismissReview(dismissal)).data.state).toBe('DISMISSED')
  expect(server.names()).toEqual(['pull_request_review.dismissed'])
})

test('that wait for their submission are seen by nobody else', async () => {
  const number = await open('review/three', { 'three.py': 'a\nb\nc\n' })
  const where = { ...WHERE, pull_number: number }
  const grace = server.as('grace')
  server.events.length = 0
  const comments = [{ path: 'three.py', body: 'Why b?', line: 2 }]
  const { data } = await grace.rest.pulls.createReview({ ...where, comments })
  expect(data.state).toBe('PENDING')
  expect((await app.rest.pulls.listReviews(where)).data).toEqual([])
  expect((await grace.rest.pulls.listReviews(where)).data).toHaveLength(1)
  await grace.rest.pulls.submitReview({ ...where, review_id: data.id, event: 'REQUEST_CHANGES', body: 'See there' })
  expect((await app.rest.pulls.listReviews(where)).data).toMatchObject([{ state: 'CHANGES_REQUESTED' }])
  const lines = await app.rest.pulls.listReviewComments(where)
  expect(lines.data).toMatchObject([{ path: 'three.py', line: 2, diff_hunk: '@@ -0,0 +1,3 @@\n+a\n+b' }])
  expect(server.names()).toEqual(['pull_request_review_comment.created', 'pull_request_review.submitted'])
})
