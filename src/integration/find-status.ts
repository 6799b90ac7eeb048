/** The App's status comment of an issue, found by its marker, with what it remembers. */
import { parseMarker } from '../values/marker.ts'
import type { CommentFacts } from './hub.ts'
import type { IssueThread } from './issue-thread.ts'
import { readRecord } from './request-record.ts'

export function findStatus(comments: readonly CommentFacts[], issue: number): IssueThread['status'] {
  const comment = comments.find((one) => {
    const marker = one.ours ? parseMarker(one.body) : undefined
    return marker?.kind === 'status' && marker.of === String(issue)
  })
  return comment === undefined ? undefined : { comment, record: readRecord(comment.body) }
}
