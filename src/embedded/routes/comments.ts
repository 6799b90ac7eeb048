/** Routes of the comments on issues and pull requests. */
import { z } from 'zod'
import { invalid, page } from '../answers.ts'
import type { Comment } from '../entities.ts'
import { checkBody } from '../issue-changes.ts'
import { commentView, issueView } from '../views/issue.ts'
import type { Call, Route } from '../world.ts'
import { commentOf, needAuthor, needUnlocked, THREAD_READ, THREAD_WRITE, threadOf } from './threads.ts'

const content = z.object({ body: z.string() })

export const commentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    access: THREAD_READ,
    handler(call) {
      const { number } = threadOf(call, 'read')
      return list(call, (comment) => comment.issue === number, 'asc')
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    access: THREAD_WRITE,
    person: 'read',
    handler: create,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/comments',
    access: THREAD_READ,
    handler: (call) => list(call, () => true, call.query.get('direction') === 'desc' ? 'desc' : 'asc'),
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    access: THREAD_READ,
    handler: (call) => ({ status: 200, body: commentView(call.world, call.repository, commentOf(call, 'read')) }),
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    access: THREAD_WRITE,
    person: 'read',
    handler: edit,
  },
  {
    method: 'DELETE',
    path: '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    access: THREAD_WRITE,
    person: 'read',
    handler(call) {
      const comment = commentOf(call, 'write')
      needAuthor(call, comment.user)
      call.repository.comments.delete(comment.id)
      tell(call, 'deleted', comment)
      return { status: 204 }
    },
  },
]

function list(call: Call, chosen: (comment: Comment) => boolean, direction: 'asc' | 'desc') {
  const { world, repository, query } = call
  const since = query.get('since')
  const comments = [...repository.comments.values()]
    .filter(chosen)
    .filter((comment) => repository.issues.get(comment.issue)?.removed === undefined)
    .filter((comment) => since === null || Date.parse(comment.updatedAt) >= Date.parse(since))
  if (direction === 'desc') comments.reverse()
  return page(
    call,
    comments.map((comment) => commentView(world, repository, comment)),
  )
}

function bodyOf(call: Call): string {
  const { body } = call.parse(content)
  if (body.trim() === '') {
    const error = { resource: 'IssueComment', code: 'unprocessable', field: 'data', message: 'Body cannot be blank' }
    throw invalid('Validation Failed', [error])
  }
  checkBody('IssueComment', body)
  return body
}

function create(call: Call) {
  const { world, repository, account } = call
  const issue = threadOf(call, 'write')
  needUnlocked(call, issue, 'create comment')
  const now = world.now()
  const comment: Comment = {
    id: world.id(),
    issue: issue.number,
    user: account,
    viaApp: call.actor.kind === 'installation',
    body: bodyOf(call),
    createdAt: now,
    updatedAt: now,
    reactions: [],
  }
  repository.comments.set(comment.id, comment)
  issue.updatedAt = now
  tell(call, 'created', comment)
  return { status: 201, body: commentView(world, repository, comment) }
}

function edit(call: Call) {
  const comment = commentOf(call, 'write')
  needAuthor(call, comment.user)
  const from = comment.body
  comment.body = bodyOf(call)
  if (comment.body !== from) {
    comment.updatedAt = call.world.now()
    tell(call, 'edited', comment, { changes: { body: { from } } })
  }
  return { status: 200, body: commentView(call.world, call.repository, comment) }
}

function tell(call: Call, action: string, comment: Comment, more: Readonly<Record<string, unknown>> = {}): void {
  const { world, repository, account } = call
  const issue = repository.issues.get(comment.issue)
  if (issue === undefined) return
  const payload = {
    issue: issueView(world, repository, issue),
    comment: commentView(world, repository, comment),
    ...more,
  }
  world.emit({ event: 'issue_comment', action, repository, sender: account, payload })
}
