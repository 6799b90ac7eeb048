/** What routes of issues, comments, labels and reactions share: whose permission counts, and when they are refused. */
import { requirePermission } from '../admit.ts'
import { ApiError, issueOf, notFound } from '../answers.ts'
import type { Comment, Issue, PermissionLevel } from '../entities.ts'
import { reaches } from '../state.ts'
import type { Call, Permission } from '../world.ts'

/** Threads of pull requests are open to those who may do it to pull requests, too. */
export const THREAD_READ: [Permission, Permission] = [
  { name: 'issues', level: 'read' },
  { name: 'pull_requests', level: 'read' },
]
export const THREAD_WRITE: [Permission, Permission] = [
  { name: 'issues', level: 'write' },
  { name: 'pull_requests', level: 'write' },
]

/** 410 where issues are switched off. */
export function needIssues(call: Call): void {
  if (!call.repository.issuesEnabled) throw new ApiError(410, 'Issues has been disabled in this repository.')
}

/** The issue or pull request of the path, if the actor may do this to it. */
export function threadOf(call: Call, level: PermissionLevel, param = 'issue_number'): Issue {
  const issue = issueOf(call, param)
  admitToThread(call, issue, level)
  return issue
}

/** The comment of the path, if the actor may do this to its thread. */
export function commentOf(call: Call, level: PermissionLevel): Comment {
  const comment = call.repository.comments.get(call.number('comment_id'))
  const issue = comment === undefined ? undefined : call.repository.issues.get(comment.issue)
  if (comment === undefined || issue === undefined || issue.removed !== undefined) throw notFound()
  admitToThread(call, issue, level)
  return comment
}

function admitToThread(call: Call, issue: Issue, level: PermissionLevel): void {
  // With a pull request either permission is enough, and the route has asked for one of them.
  if (issue.pull !== undefined) return
  needIssues(call)
  requirePermission(call.world, call.actor, call.repository, { name: 'issues', level })
}

/** 403 where the thread is locked, for all but people with write permission. */
export function needUnlocked(call: Call, issue: Issue, what: string): void {
  if (!issue.locked || (call.actor.kind === 'user' && writes(call))) return
  throw new ApiError(403, `Unable to ${what} because issue is locked.`)
}

/** Whether it is an installation (whose permission was asked for) or a person with write permission. */
export function writes(call: Call): boolean {
  if (call.actor.kind === 'installation') return true
  return reaches(call.world.levelOf(call.account, call.repository), 'write')
}

/** 403 unless they wrote it themselves or may write here. */
export function needAuthor(call: Call, author: { readonly id: number }): void {
  if (call.account.id !== author.id && !writes(call)) throw new ApiError(403, 'Must have admin rights to Repository.')
}
