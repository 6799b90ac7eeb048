/** What happens when a person presses a button of a check run. Whether they may is for the App to find out, as on GitHub. */
import type { Actions } from './actions/engine.ts'
import { tellCheck, tellSuiteRerequested } from './check-changes.ts'
import type { Account, CheckRun, Repo } from './entities.ts'
import type { World } from './world.ts'

export interface Press {
  readonly repository: Repo
  readonly run: CheckRun
  /** Of the button; `rerequest` is Re-run, `rerequest_all` Re-run of all check runs of the same App on the commit. */
  readonly identifier: string
  readonly sender: Account
}

/** Tells the App, or runs the workflow again where the check run is one of Actions. Throws when there is no such button. */
export function press(world: World, actions: Actions, { repository, run, identifier, sender }: Press): void {
  const again = identifier === 'rerequest' || identifier === 'rerequest_all'
  if (!again) {
    if (!run.actions.some((action) => action.identifier === identifier))
      throw new Error(`There is no button ${identifier}`)
    tellCheck(world, repository, run, 'requested_action', sender, identifier)
    return
  }
  if (run.app === 'ours') {
    if (identifier === 'rerequest') tellCheck(world, repository, run, 'rerequested', sender)
    else tellSuiteRerequested(world, repository, run, sender)
    return
  }
  const workflowRun = [...repository.runs.values()].find((one) => one.suite === run.suite)
  if (workflowRun === undefined) throw new Error(`The check run ${run.id} belongs to no run`)
  actions.rerun(repository, workflowRun, sender)
}
