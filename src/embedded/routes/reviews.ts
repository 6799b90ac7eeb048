/** Reviews of pull requests and their comments on lines. */
import { z } from 'zod'
import { ApiError, invalid, notFound, page } from '../answers.ts'
import type { Review, ReviewComment } from '../entities.ts'
import type { FileDiff } from '../git/diff.ts'
import type { PullIssue } from '../git/pull-state.ts'
import { pullFacts } from '../git/pull-state.ts'
import { reviewCommentView, reviewView, simplePullView } from '../views/pull.ts'
import type { Answer, Call, Route } from '../world.ts'
import { pullOf } from './pulls.ts'

const ONE = '/repos/{owner}/{repo}/pulls/{pull_number}'
const READ = { name: 'pull_requests', level: 'read' } as const
const WRITE = { name: 'pull_requests', level: 'write' } as const

const EVENTS = ['APPROVE', 'REQUEST_CHANGES', 'COMMENT'] as const
const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const

const reviewInput = z.object({
  commit_id: z.string().optional(),
  body: z.string().default(''),
  event: z.enum(EVENTS).optional(),
  comments: z.array(z.object({ path: z.string(), body: z.string().min(1), line: z.number().optional() })).default([]),
})
const submitInput = z.object({ body: z.string().optional(), event: z.enum(EVENTS) })
const dismissInput = z.object({ message: z.string().min(1), event: z.literal('DISMISS').optional() })
const updateInput = z.object({ body: z.string() })
const commentInput = z.object({
  body: z.string().min(1),
  commit_id: z.string(),
  path: z.string(),
  line: z.number().optional(),
})

function reviewOf(call: Call, issue: PullIssue): Review {
  const id = call.number('review_id')
  const review = issue.pull.reviews.find((each) => each.id === id)
  // A review that was not submitted is seen by nobody else.
  if (review === undefined || (review.state === 'PENDING' && review.user.id !== call.account.id)) throw notFound()
  return review
}

/** Throws ApiError 422 for what nobody may say of their own work, and for a verdict without words. */
function refuseVerdict(call: Call, issue: PullIssue, event: (typeof EVENTS)[number], words: boolean): void {
  const own = issue.user.id === call.account.id
  if (own && event === 'APPROVE') throw invalid('Unprocessable Entity', ['Can not approve your own pull request'])
  if (own && event === 'REQUEST_CHANGES') {
    throw invalid('Unprocessable Entity', ['Can not request changes on your own pull request'])
  }
  if (!words && event !== 'APPROVE') throw invalid('Unprocessable Entity', ['Review body cannot be blank'])
}

async function createReview(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const input = call.parse(reviewInput)
  const { world, repository, account } = call
  if (input.event !== undefined) {
    refuseVerdict(call, issue, input.event, input.body !== '' || input.comments.length > 0)
  }
  const commit = input.commit_id ?? issue.pull.headSha
  const { commits, files } = await pullFacts(world.git.of(repository), issue)
  if (!commits.some(({ sha }) => sha === commit)) {
    throw invalid('Unprocessable Entity', ['commit_id is not part of the pull request'])
  }
  const review: Review = {
    id: world.id(),
    user: account,
    viaApp: call.actor.kind === 'installation',
    body: input.body,
    state: input.event === undefined ? 'PENDING' : STATES[input.event],
    commit,
    submittedAt: world.now(),
  }
  issue.pull.reviews.push(review)
  for (const { path, body, line } of input.comments) {
    addComment(call, issue, files, { path, body, line, commit, review: review.id })
  }
  if (review.state !== 'PENDING') announce(call, issue, review, 'submitted')
  return { status: 200, body: reviewView(world, repository, issue, review) }
}

function announce(call: Call, issue: PullIssue, review: Review, action: string): void {
  const { world, repository, account } = call
  issue.updatedAt = world.now()
  const view = reviewView(world, repository, issue, review)
  // Events write the state in small letters, the API in capitals.
  const payload = {
    review: { ...view, state: review.state.toLowerCase(), body: review.body === '' ? null : review.body },
    pull_request: simplePullView(world, repository, issue),
  }
  world.emit({ event: 'pull_request_review', action, repository, sender: account, payload })
}

function visible(call: Call, issue: PullIssue): Review[] {
  const own = call.actor.kind === 'user' ? call.actor.account.id : undefined
  return issue.pull.reviews.filter(({ state, user }) => state !== 'PENDING' || user.id === own)
}

function listReviews(call: Call): Answer {
  const issue = pullOf(call)
  const { world, repository } = call
  return page(
    call,
    visible(call, issue).map((review) => reviewView(world, repository, issue, review)),
  )
}

function getReview(call: Call): Answer {
  const issue = pullOf(call)
  return { status: 200, body: reviewView(call.world, call.repository, issue, reviewOf(call, issue)) }
}

function submitReview(call: Call): Answer {
  const issue = pullOf(call)
  const review = reviewOf(call, issue)
  const input = call.parse(submitInput)
  if (review.state !== 'PENDING') throw invalid('Unprocessable Entity', ['The review was submitted already'])
  refuseVerdict(call, issue, input.event, (input.body ?? review.body) !== '')
  review.body = input.body ?? review.body
  review.state = STATES[input.event]
  review.submittedAt = call.world.now()
  announce(call, issue, review, 'submitted')
  return { status: 200, body: reviewView(call.world, call.repository, issue, review) }
}

function updateReview(call: Call): Answer {
  const issue = pullOf(call)
  const review = reviewOf(call, issue)
  if (review.user.id !== call.account.id) throw new ApiError(403, 'You can edit only your own reviews.')
  const { body } = call.parse(updateInput)
  review.body = body
  announce(call, issue, review, 'edited')
  return { status: 200, body: reviewView(call.world, call.repository, issue, review) }
}

function dismissReview(call: Call): Answer {
  const issue = pullOf(call)
  const review = reviewOf(call, issue)
  call.parse(dismissInput)
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    throw invalid('Validation Failed', ['Can not dismiss a commented pull request review'])
  }
  review.state = 'DISMISSED'
  announce(call, issue, review, 'dismissed')
  return { status: 200, body: reviewView(call.world, call.repository, issue, review) }
}

interface NewComment {
  readonly path: string
  readonly body: string
  readonly line: number | undefined
  readonly commit: string
  readonly review: number | null
}

function addComment(call: Call, issue: PullIssue, files: readonly FileDiff[], input: NewComment): ReviewComment {
  const { world, repository, account } = call
  const { path, body, line, commit, review } = input
  const now = world.now()
  const comment: ReviewComment = {
    id: world.id(),
    user: account,
    viaApp: call.actor.kind === 'installation',
    review,
    path,
    line: line ?? null,
    commit,
    body,
    createdAt: now,
    updatedAt: now,
  }
  issue.pull.reviewComments.push(comment)
  const payload = {
    comment: reviewCommentView(world, repository, issue, comment, files),
    pull_request: simplePullView(world, repository, issue),
  }
  world.emit({ event: 'pull_request_review_comment', action: 'created', repository, sender: account, payload })
  return comment
}

async function createComment(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const { path, body, line, commit_id } = call.parse(commentInput)
  const { files } = await pullFacts(call.world.git.of(call.repository), issue)
  if (!files.some(({ filename }) => filename === path)) {
    throw invalid('Validation Failed', [{ resource: 'PullRequestReviewComment', field: 'path', code: 'invalid' }])
  }
  const comment = addComment(call, issue, files, { path, body, line, commit: commit_id, review: null })
  return { status: 201, body: reviewCommentView(call.world, call.repository, issue, comment, files) }
}

async function comments(call: Call, issue: PullIssue, fits: (comment: ReviewComment) => boolean): Promise<Answer> {
  const { world, repository } = call
  const { files } = await pullFacts(world.git.of(repository), issue)
  const found = issue.pull.reviewComments.filter(fits)
  const view = (comment: ReviewComment) => reviewCommentView(world, repository, issue, comment, files)
  return page(call, found.map(view))
}

function listComments(call: Call): Promise<Answer> {
  return comments(call, pullOf(call), () => true)
}

function listCommentsOfReview(call: Call): Promise<Answer> {
  const issue = pullOf(call)
  const review = reviewOf(call, issue)
  return comments(call, issue, (comment) => comment.review === review.id)
}

export const reviewRoutes: readonly Route[] = [
  { method: 'POST', path: `${ONE}/reviews`, access: WRITE, person: 'read', handler: createReview },
  { method: 'GET', path: `${ONE}/reviews`, access: READ, handler: listReviews },
  { method: 'GET', path: `${ONE}/reviews/{review_id}`, access: READ, handler: getReview },
  { method: 'PUT', path: `${ONE}/reviews/{review_id}`, access: WRITE, person: 'read', handler: updateReview },
  { method: 'POST', path: `${ONE}/reviews/{review_id}/events`, access: WRITE, person: 'read', handler: submitReview },
  { method: 'PUT', path: `${ONE}/reviews/{review_id}/dismissals`, access: WRITE, handler: dismissReview },
  { method: 'GET', path: `${ONE}/reviews/{review_id}/comments`, access: READ, handler: listCommentsOfReview },
  { method: 'POST', path: `${ONE}/comments`, access: WRITE, person: 'read', handler: createComment },
  { method: 'GET', path: `${ONE}/comments`, access: READ, handler: listComments },
]
