/** Moving a ref in somebody's name: what is refused, the move, and what follows from it. */
import { ApiError, invalid } from '../answers.ts'
import type { Account, Repo } from '../entities.ts'
import type { Actor, World } from '../world.ts'
import { announceMove } from './announce.ts'
import { newWorkflowFile } from './history.ts'
import { refusal } from './protection.ts'
import { GitError } from './run.ts'

export interface Move {
  readonly repository: Repo
  readonly ref: string
  readonly before: string | undefined
  readonly after: string | undefined
  readonly actor: Actor
  readonly account: Account
}

/** Moves a ref and tells it. Only inside of the repository's queue. Throws ApiError 403 or 422 and moves nothing. */
export async function moveRef(world: World, move: Move): Promise<void> {
  const { repository, ref, before, after, account } = move
  const reason = refusal(repository, move, account)
  if (reason !== undefined) throw invalid(`Repository rule violations found\n\n${reason}\n\n`)
  const git = world.git.of(repository)
  if (after !== undefined) await refuseWorkflows(world, move.actor, repository, after)
  try {
    await git.setRef(ref, before, after)
  } catch (error) {
    // `a` and `a/b` cannot both be branches.
    if (error instanceof GitError) throw invalid('Reference update failed')
    throw error
  }
  await announceMove(world, { repository, ref, before, after, actor: account })
}

/** Throws ApiError 403 when an App without the permission would bring in a commit that touches a workflow. */
async function refuseWorkflows(world: World, actor: Actor, repository: Repo, commit: string): Promise<void> {
  if (mayWriteWorkflows(world, actor, repository)) return
  const file = await newWorkflowFile(world.git.of(repository), commit)
  if (file !== undefined) throw workflowRefusal(file)
}

/** Throws ApiError 403 when an App without the permission names a workflow among the files that it writes. */
export function refuseWorkflowPaths(world: World, actor: Actor, repository: Repo, paths: readonly string[]): void {
  const file = paths.find((path) => path.startsWith('.github/workflows/'))
  if (file !== undefined && !mayWriteWorkflows(world, actor, repository)) throw workflowRefusal(file)
}

/** People may, whoever may push; an App needs the permission. */
export function mayWriteWorkflows(world: World, actor: Actor, repository: Repo): boolean {
  return actor.kind !== 'installation' || world.may(actor, repository, { name: 'workflows', level: 'write' })
}

function workflowRefusal(file: string): ApiError {
  return new ApiError(
    403,
    `refusing to allow a GitHub App to create or update workflow \`${file}\` without \`workflows\` permission`,
  )
}
