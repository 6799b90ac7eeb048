/** Events of check runs. */
import type { Account, CheckRun, Repo } from './entities.ts'
import { checkRunEventView, checkSuiteView, pullsAt } from './views/check.ts'
import type { World } from './world.ts'

/** Emits `check_run`; with the identifier of a button where one was pressed. */
export function tellCheck(
  world: World,
  repository: Repo,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested' | 'requested_action',
  sender: Account,
  identifier?: string,
): void {
  run.branch ??= pullsAt(repository, run.headSha)[0]?.pull?.headRef
  const payload = {
    check_run: checkRunEventView(world, repository, run),
    ...(identifier === undefined ? {} : { requested_action: { identifier } }),
  }
  world.emit({ event: 'check_run', action, repository, sender, payload })
}

/** Emits what GitHub sends when somebody presses "Re-run all checks": one event for all of the App's check runs. */
export function tellSuiteRerequested(world: World, repository: Repo, run: CheckRun, sender: Account): void {
  const payload = { check_suite: checkSuiteView(world, repository, run) }
  world.emit({ event: 'check_suite', action: 'rerequested', repository, sender, payload })
}
