/** `graft analyze LOCATOR`: fetch and read a package, execute nothing, say what was found and where it stands. */
import type { Command } from 'commander'
import { analyze } from '../integration/integrate.ts'
import type { CommonOptions } from './context.ts'
import { printJson, runCommand } from './context.ts'
import { EXIT } from './exit.ts'
import { locatorCommand } from './options.ts'
import { analysisView } from './views/analysis-view.ts'

export function analyzeCommand(): Command {
  return locatorCommand(
    'analyze',
    'Read a package and say what it is and how it may be driven; nothing of it is run',
  ).action((locator: string, options: CommonOptions) =>
    runCommand(options, async ({ services, out }) => {
      const found = await analyze(locator, await services())
      if (options.json) printJson({ schema: 1, ...found })
      else out.write(analysisView(locator, found.snapshot, found.profile, out))
      return EXIT.done
    }),
  )
}
