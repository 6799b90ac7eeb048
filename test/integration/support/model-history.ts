/** The history of the model's branch, as the loader would derive it. */
import { findReverted } from '../../../src/change/revert.ts'
import type { HistoryFacts } from '../../../src/integration/issue-thread.ts'
import type { Commit, World } from './model.ts'

/** 32 characters that name a text. */
const mark = (text: string) => Buffer.from(text).toString('hex').padEnd(32, '0').slice(0, 32)

export function historyOf(world: World, top: Commit): HistoryFacts {
  const reverted = findReverted(world.commits)
  const print = (files: Commit['files'], touched: readonly string[]) =>
    mark(touched.map((path) => `${path}${files[path] ?? '-'}`).join())
  const changes = world.commits
    .filter(({ id }) => !id.startsWith('r'))
    .map((commit) => {
      const revert = reverted.get(commit.id)
      return {
        ...{ id: commit.id, origin: commit.by === 'graft' ? ('change' as const) : ('person' as const) },
        ...{ kind: commit.by === 'graft' ? ('adapter' as const) : undefined, title: commit.id, why: '' },
        ...{ commit: commit.sha, files: commit.touched, added: 1, removed: 0, depends: [] },
        reverted: revert === undefined ? undefined : { revert, commit: top.sha },
        fingerprint: print(top.files, commit.touched),
      }
    })
  const check = world.checks.find((one) => one.head === top.sha)
  const older = world.commits.toReversed().flatMap((one) => world.checks.find((found) => found.head === one.sha) ?? [])
  return {
    tree: mark(JSON.stringify(top.files)).padEnd(40, '0'),
    changes,
    commands: world.commits.flatMap(({ command }) => command ?? []),
    fingerprints: Object.fromEntries(changes.map((change) => [change.id, change.fingerprint])),
    reviews: world.reviews.map(({ author, state, commit, submittedAt }) => {
      const seen = world.commits.find((one) => one.sha === commit)
      return {
        ...{ login: author.login, kind: author.kind, state, at: submittedAt },
        fingerprints: Object.fromEntries(
          seen === undefined ? [] : changes.map(({ id, files }) => [id, print(seen.files, files)]),
        ),
      }
    }),
    snapshots: world.snapshots,
    timeline: world.commits.map((commit, index) => ({
      ...{
        id: commit.id,
        commit: commit.sha,
        parent: world.commits[index - 1]?.sha ?? '',
        reverts: commit.reverts,
        action: commit.action,
      },
      ...{ tree: mark(JSON.stringify(commit.files)), title: commit.id, message: commit.id, at: '' },
      ...{ added: 1, removed: 0, by: commit.by },
    })),
    record: older[0]?.record ?? '',
    ...(check === undefined ? {} : { check }),
  }
}
