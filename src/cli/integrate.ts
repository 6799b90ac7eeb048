/** `graft integrate LOCATOR --repo DIR`: a branch with one commit per change, tested on the real simulator. */
import type { Command } from 'commander'
import { integrate } from '../integration/integrate.ts'
import { openLocalRepository } from '../repository/local.ts'
import { printJson, runCommand } from './context.ts'
import { exitOfVerdict } from './exit.ts'
import type { ChoiceOptions } from './options.ts'
import { choicesOf, repositoryCommand } from './options.ts'
import { overridesOf } from './overrides.ts'
import { runnableOf } from './runnable.ts'
import { integrationJson, integrationView } from './views/integration-view.ts'

export function integrateCommand(): Command {
  return repositoryCommand('integrate', 'Make a simulator a backend of the repository, on a branch of its own').action(
    (locator: string, options: ChoiceOptions) =>
      runCommand(options, async ({ services, out }) => {
        const choices = choicesOf(options)
        const overrides = await overridesOf(options)
        const ports = await services()
        const result = await integrate(locator, options.repo, choices, ports, overrides)
        if (options.json) printJson(integrationJson(result))
        else {
          const { branch } = await (await openLocalRepository(options.repo)).base()
          const runnable = await runnableOf(result.plan, ports.templatesDir)
          out.write(integrationView(result, { runnable, repository: { folder: options.repo, base: branch } }, out))
        }
        return exitOfVerdict(result.verdict)
      }),
  )
}
