/** `graft doctor`: what is there, what it is for, and how to get what is missing. */
import { Command } from 'commander'
import type { CommonOptions } from './context.ts'
import { printJson, runCommand } from './context.ts'
import type { Check } from './doctor-checks.ts'
import { doctorChecks } from './doctor-checks.ts'
import { EXIT } from './exit.ts'
import type { Terminal } from './terminal.ts'
import { harmless } from './terminal.ts'
import { paragraph } from './views/text.ts'

const NAMES: Record<Check['id'], string> = {
  node: 'Node',
  git: 'git',
  python: 'Python',
  pythons: 'Other Pythons',
  uv: 'uv',
  compiler: 'Compiler',
  index: 'Package index',
  bwrap: 'bubblewrap',
  cache: 'Cache',
  disk: 'Disk',
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('Look at what this machine has and say how to get what is missing')
    .description('Look at what this machine has and say how to get what is missing')
    .option('--json', 'print the result as JSON on standard output')
    .option('--cache-dir <dir>', 'the cache folder to look at')
    .option('--python <path>', 'the Python to look at')
    .action((options: CommonOptions) =>
      runCommand(options, async ({ out }) => {
        const checks = await doctorChecks(options)
        if (options.json) printJson({ schema: 1, checks })
        else out.write(doctorView(checks, out))
        return checks.some(({ status }) => status === 'missing') ? EXIT.act : EXIT.done
      }),
    )
}

/** One block for each check, then what it comes to. */
export function doctorView(checks: readonly Check[], out: Terminal): string {
  const { palette } = out
  const marks = { ok: palette.green('✓'), warning: palette.yellow('!'), missing: palette.red('✗') }
  const blocks = checks.map(({ id, status, found, meaning, advice }) =>
    [
      `${marks[status]} ${palette.bold(NAMES[id].padEnd(14))} ${harmless(found)}\n`,
      paragraph(meaning, out),
      advice === undefined ? '' : paragraph(`→ ${advice}`, out),
    ].join(''),
  )
  const missing = checks.filter(({ status }) => status === 'missing').map(({ id }) => NAMES[id])
  const end =
    missing.length > 0 ? palette.red(`Missing: ${missing.join(', ')}.`) : palette.green('Graft can work here.')
  return `${blocks.join('')}\n${end}\n`
}
