/** Routes of reactions on issues and comments. GitHub sends no events for them. */
import { z } from 'zod'
import { ApiError, notFound, page } from '../answers.ts'
import { type Issue, REACTIONS, type Reaction } from '../entities.ts'
import { reactionView } from '../views/issue.ts'
import type { Call, Route } from '../world.ts'
import { commentOf, needUnlocked, THREAD_READ, THREAD_WRITE, threadOf } from './threads.ts'

const content = z.object({ content: z.enum(REACTIONS) })

interface Reacted {
  readonly issue: Issue
  readonly reactions: Reaction[]
}

type Find = (call: Call, level: 'read' | 'write') => Reacted

const onIssue: Find = (call, level) => {
  const issue = threadOf(call, level)
  return { issue, reactions: issue.reactions }
}

const onComment: Find = (call, level) => {
  const comment = commentOf(call, level)
  const issue = call.repository.issues.get(comment.issue)
  if (issue === undefined) throw notFound()
  return { issue, reactions: comment.reactions }
}

export const reactionRoutes: readonly Route[] = [
  ...routesOf('/repos/{owner}/{repo}/issues/{issue_number}/reactions', onIssue),
  ...routesOf('/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', onComment),
]

function routesOf(path: string, find: Find): Route[] {
  return [
    {
      method: 'GET',
      path,
      access: THREAD_READ,
      handler(call) {
        const wanted = call.query.get('content')
        const { reactions } = find(call, 'read')
        const chosen = reactions.filter((one) => wanted === null || one.content === wanted)
        return page(
          call,
          chosen.map((reaction) => reactionView(call.world, reaction)),
        )
      },
    },
    { method: 'POST', path, access: THREAD_WRITE, person: 'read', handler: (call) => react(call, find) },
    {
      method: 'DELETE',
      path: `${path}/{reaction_id}`,
      access: THREAD_WRITE,
      person: 'read',
      handler: (call) => takeBack(call, find),
    },
  ]
}

/** 201, or 200 where the same account has reacted so before. */
function react(call: Call, find: Find) {
  const { world, account } = call
  const { issue, reactions } = find(call, 'write')
  needUnlocked(call, issue, 'add reaction')
  const chosen = call.parse(content).content
  const known = reactions.find((one) => one.content === chosen && one.user.id === account.id)
  if (known !== undefined) return { status: 200, body: reactionView(world, known) }
  const reaction: Reaction = { id: world.id(), content: chosen, user: account, createdAt: world.now() }
  reactions.push(reaction)
  return { status: 201, body: reactionView(world, reaction) }
}

function takeBack(call: Call, find: Find) {
  const { reactions } = find(call, 'write')
  const id = call.number('reaction_id')
  const place = reactions.findIndex((one) => one.id === id)
  if (place < 0) throw notFound()
  if (reactions[place]?.user.id !== call.account.id) throw new ApiError(403, 'Must be the reaction creator.')
  reactions.splice(place, 1)
  return { status: 204 }
}
