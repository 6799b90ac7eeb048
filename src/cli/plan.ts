/** `graft plan LOCATOR --repo DIR`: measure the simulator and show every change; the repository is not written to. */
import type { Command } from 'commander'
import { makePlan, summarize } from '../integration/integrate.ts'
import { openLocalRepository } from '../repository/local.ts'
import { printJson, runCommand } from './context.ts'
import { exitOfVerdict } from './exit.ts'
import type { ChoiceOptions } from './options.ts'
import { choicesOf, repositoryCommand } from './options.ts'
import { overridesOf } from './overrides.ts'
import { runnableOf } from './runnable.ts'
import { planView } from './views/plan-view.ts'

export function planCommand(): Command {
  return repositoryCommand(
    'plan',
    'Measure a simulator and show every change, writing nothing into the repository',
  ).action((locator: string, options: ChoiceOptions) =>
    runCommand(options, async ({ services, out }) => {
      const choices = choicesOf(options)
      const overrides = await overridesOf(options)
      const ports = await services()
      const plan = await makePlan(locator, options.repo, choices, ports, overrides)
      if (options.json) printJson(plan)
      else {
        const repository = await openLocalRepository(options.repo)
        const { commit } = await repository.base()
        const changes = await Promise.all(plan.changes.map((change) => summarize(change, repository, commit)))
        const runnable = await runnableOf(plan, ports.templatesDir)
        out.write(planView(plan, runnable, changes, out))
      }
      return exitOfVerdict(plan.verdict)
    }),
  )
}
