/** Options that several commands share, and the choices about a backend that a person may make. */
import { Command, Option } from 'commander'
import { UserError } from '../values/errors.ts'
import type { BackendOptions } from '../values/plan.ts'
import { backendOptions } from '../values/plan.ts'
import type { CommonOptions } from './context.ts'
import { type OverrideOptions, withOverrides } from './overrides.ts'

export interface ChoiceOptions extends CommonOptions, OverrideOptions {
  readonly repo: string
  readonly name?: string
  readonly displayName?: string
  readonly description?: string
  readonly author?: string
  readonly backendVersion?: string
}

/** A command on one locator, with the options that all have. */
export function locatorCommand(name: string, summary: string): Command {
  return new Command(name)
    .summary(summary)
    .description(summary)
    .argument('<locator>', 'package URL (pkg:pypi/NAME@VERSION) or bare package name')
    .option('--json', 'print the result as JSON on standard output')
    .option('--cache-dir <dir>', 'where downloads, environments and measurements are kept (default: ~/.cache/graft)')
    .option('--python <path>', 'Python to make environments with (default: the first python3 that is 3.11 or newer)')
}

/** The same, for commands that work on a target repository. */
export function repositoryCommand(name: string, summary: string): Command {
  const repo = new Option('--repo <dir>', 'clone of the target repository (clean; it is never left half changed)')
  return withOverrides(withChoices(locatorCommand(name, summary).addOption(repo.makeOptionMandatory())))
}

/** Adds what a person may choose about the backend. */
export function withChoices(command: Command): Command {
  return command
    .option('--name <name>', 'name of the backend: a-z, 0-9, _ (default: from the package)')
    .option('--display-name <text>', 'name that people read')
    .option('--description <text>', 'one sentence about the backend')
    .option('--author <text>', 'author named in the backend')
    .option('--backend-version <x.y.z>', 'version of the backend itself')
    .option(
      '--allow-build',
      'build the package from source when no wheel fits: runs its build script, without a sandbox',
    )
    .option(
      '--with <requirement>',
      'install this too: something that the package needs and does not declare (may be repeated)',
      (requirement: string, before: readonly string[] = []) => [...before, requirement],
    )
}

/** What is said about each choice that does not fit its schema. */
const EXPECTED: Record<keyof BackendOptions, string> = {
  name: '--name must begin with a letter a-z and go on with a-z, 0-9 or _, at most 50 characters',
  displayName: '--display-name may have at most 80 characters',
  description: '--description may have at most 300 characters',
  author: '--author may have at most 100 characters',
  version: '--backend-version must be three numbers such as 1.0.0',
}

/**
 * The choices that were made, checked.
 *
 * @throws UserError naming the first option that does not fit.
 */
export function choicesOf(options: ChoiceOptions): Partial<BackendOptions> {
  const given = {
    name: options.name,
    displayName: options.displayName,
    description: options.description,
    author: options.author,
    version: options.backendVersion,
  }
  const parsed = backendOptions
    .partial()
    .safeParse(Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)))
  if (parsed.success) return parsed.data as Partial<BackendOptions>
  const key = String(parsed.error.issues[0]?.path[0] ?? 'name') as keyof BackendOptions
  throw new UserError(`${EXPECTED[key]}; ${JSON.stringify(given[key] ?? '')} does not.`)
}
