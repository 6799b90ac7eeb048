/** Everything that is known of an integration as one JSON value, to take away: derived from GitHub like everything else. */
import { z } from 'zod'
import type { PullFacts } from './hub.ts'
import type { HistoryFacts, IssueThread } from './issue-thread.ts'

const id = z.string().regex(/^[cur]\d{1,4}$/)
const sha = z.string().regex(/^[0-9a-f]{40}$/)

const exported = z.strictObject({
  $schema: z.string().optional(),
  schema: z.literal(1),
  /** Number of the issue that asked for it, and of its pull request. */
  issue: z.int().min(1),
  pull: z.int().min(1),
  backend: z.string(),
  branch: z.string(),
  /** Commit that the branch began at, its head, and the head's tree. */
  base: sha,
  head: sha,
  tree: sha,
  /** One for each commit but reverts. */
  changes: z.array(
    z.strictObject({
      id,
      origin: z.enum(['change', 'person']),
      kind: z.string().optional(),
      title: z.string(),
      why: z.string(),
      commit: sha,
      files: z.array(z.string()),
      added: z.int().min(0),
      removed: z.int().min(0),
      depends: z.array(id),
      /** What took it back; absent while it is in the files of the head. */
      taken_by: id.optional(),
      /** Why it was rejected. */
      rejected: z.string().optional(),
    }),
  ),
  /** Every commit, oldest first. */
  timeline: z.array(
    z.strictObject({
      id,
      commit: sha,
      title: z.string(),
      /** `graft`, a login, or empty where nobody vouches for one. */
      by: z.string(),
      at: z.string(),
      action: z.enum(['reject', 'undo', 'redo', 'restore']).optional(),
      reverts: z.array(id),
    }),
  ),
  snapshots: z.array(z.strictObject({ name: z.string(), commit: sha })),
})
type Exported = z.infer<typeof exported>

/** As `docs/integration.schema.json` publishes it. */
export function exportSchema(): object {
  return { ...z.toJSONSchema(exported), title: 'An integration of Graft, as /export json gives it' }
}

export function exportOf(thread: IssueThread, pull: PullFacts, history: HistoryFacts): Exported {
  const { branch, issue } = thread
  const { tree, timeline, snapshots } = history
  return exported.parse({
    ...{ schema: 1, issue: issue.number, pull: pull.number, backend: branch?.backend ?? '', branch: pull.head.ref },
    ...{ base: timeline[0]?.parent ?? pull.base.sha, head: pull.head.sha, tree },
    changes: history.changes.map(({ author: _, fingerprint: __, reverted, ...change }) => ({
      ...change,
      ...(reverted === undefined ? {} : { taken_by: reverted.revert }),
      ...(reverted?.rejected === undefined ? {} : { rejected: reverted.rejected.reason }),
    })),
    timeline: timeline.map(({ id, commit, title, by, at, action, reverts }) => ({
      ...{ id, commit, title, by, at, reverts },
      ...(action === undefined ? {} : { action }),
    })),
    snapshots: snapshots.map(({ name, commit }) => ({ name, commit })),
  })
}
