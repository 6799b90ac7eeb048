/** The command line: parses the arguments and hands over to one file per command. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { analyzeCommand } from './analyze.ts'
import { printJsonError, reportError } from './context.ts'
import { demoCommand } from './demo/command.ts'
import { doctorCommand } from './doctor.ts'
import { EXIT } from './exit.ts'
import { integrateCommand } from './integrate.ts'
import { planCommand } from './plan.ts'
import { serveCommand } from './serve.ts'
import { terminal } from './terminal.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const program = new Command('graft')
  .description('Turns a Python quantum simulator into a measured, reviewable backend of a target repository.')
  .version(version, '-V, --version')
  .showHelpAfterError('(graft --help lists the commands, graft COMMAND --help its options)')
  .addHelpText(
    'after',
    `
LOCATOR is a package URL (pkg:pypi/NAME@VERSION) or the bare name of a package on the Python index.

Exit codes: 0 done, 1 you can act (the message says how), 2 declined, 3 a defect of Graft.
`,
  )

for (const command of [
  analyzeCommand(),
  planCommand(),
  integrateCommand(),
  demoCommand(),
  serveCommand(),
  doctorCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program))
}
for (const command of [program, ...program.commands]) command.exitOverride()

// `graft … | head` closes the pipe early; that is no accident.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.done)
})

// Nobody reads what is said on the way any more (the terminal was closed, a pipe ended): the work still ends tidily.
process.stderr.on('error', () => undefined)

const json = process.argv.includes('--json')

// An error that escapes every command is a defect too, and says so.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    process.exit(reportError(error, terminal(process.stderr), json))
  })
}

try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.act
  if (json && error.exitCode !== 0) printJsonError('user', error.message, EXIT.act)
}
