/** Options by which a person says something about the simulator; the form and comments on GitHub know the same. */
import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import {
  clashOf,
  parseConventions,
  parseDriver,
  parseExcluded,
  parseGateTable,
  parseHint,
  type Said,
} from '../integration/said.ts'
import { UserError } from '../values/errors.ts'
import { CODE_TEMPLATES, GATE_MAPPINGS, MAX_HINTS, type Overrides, overrides } from '../values/overrides.ts'

export interface OverrideOptions {
  readonly hint?: readonly string[]
  readonly mapping?: (typeof GATE_MAPPINGS)[number]
  readonly gate?: readonly string[]
  readonly exclude?: string
  readonly convention?: readonly string[]
  readonly template?: (typeof CODE_TEMPLATES)[number]
  readonly driver?: string
  readonly maxQubits?: string
}

const collect = (value: string, before: readonly string[] = []) => [...before, value]

/** Adds them to a command. */
export function withOverrides(command: Command): Command {
  return command
    .option(
      '--hint <code>',
      'line of Python that shows how it is used; never executed as text (may be repeated)',
      collect,
    )
    .addOption(
      new Option(
        '--mapping <how>',
        'auto: search the calls of gates, template: only standard names, manual: as --gate says',
      ).choices(GATE_MAPPINGS),
    )
    .option('--gate <name: expression>', 'call of one gate, such as "rx: c.rx(q0, -p0)" (may be repeated)', collect)
    .option('--exclude <gates>', 'gates whose native calls are not used, with commas between them')
    .option(
      '--convention <words>',
      'state or counts little or big, angles radians or degrees or half turns, start zero or plus (may be repeated)',
      collect,
    )
    .addOption(
      new Option(
        '--template <which>',
        'basic: state and counts, advanced: all that is measured, custom: see --driver',
      ).choices(CODE_TEMPLATES),
    )
    .option('--driver <file>', 'driver.json to start from: nothing is searched, it is measured')
    .option('--max-qubits <n>', 'the backend refuses larger circuits')
}

/**
 * What was said, checked; undefined where nothing was.
 *
 * @throws UserError naming the first option that does not fit.
 */
export async function overridesOf(options: OverrideOptions): Promise<Overrides | undefined> {
  const table = options.gate === undefined ? undefined : read('--gate', parseGateTable(options.gate.join('\n')))
  const stated = {
    hints: options.hint?.map((hint) => read('--hint', parseHint(hint))),
    gateMapping: options.mapping,
    gates: table,
    exclude: options.exclude === undefined ? undefined : read('--exclude', parseExcluded(options.exclude)),
    conventions:
      options.convention === undefined
        ? undefined
        : read('--convention', parseConventions(options.convention.join(', '))),
    codeTemplate: options.template,
    driver: options.driver === undefined ? undefined : read('--driver', parseDriver(await textOf(options.driver))),
    maxQubits: options.maxQubits === undefined ? undefined : qubits(options.maxQubits),
  }
  const given = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length === 0) return undefined
  if ((stated.hints?.length ?? 0) > MAX_HINTS) throw new UserError(`--hint may be given at most ${MAX_HINTS} times.`)
  const clash = clashOf(given)
  if (clash !== undefined) throw new UserError(`${FLAGS[clash.about]} expects ${clash.expected}.`)
  return overrides.parse(given)
}

const FLAGS = { driver: '--driver', gates: '--gate', gateMapping: '--mapping', codeTemplate: '--template' }

function read<T>(flag: string, said: Said<T>): T {
  if ('problem' in said) throw new UserError(`${flag} expects ${said.problem}.`)
  return said.value
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new UserError(`--driver expects a file that can be read; ${path} cannot.`, { cause })
  }
}

function qubits(text: string): number {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= 64) return value
  throw new UserError('--max-qubits expects a whole number from 1 to 64.')
}
