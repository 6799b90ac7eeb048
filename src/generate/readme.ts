/** The README of a backend: what was measured, for the person who reviews it. */
import type { Lock } from '../simulator/runner.ts'
import type { Driver } from '../values/driver.ts'
import type { GateName } from '../values/gates.ts'
import { GATE_NAMES } from '../values/gates.ts'
import { describeConflicts, isolateCommand } from '../values/isolation.ts'
import type { GateMeasurement, Measurement } from '../values/measurement.ts'
import type { BackendOptions, Target } from '../values/plan.ts'
import type { Placed, Snapshot } from '../values/snapshot.ts'
import type { DriverFile } from './driver-file.ts'
import { type Example, exampleCircuit } from './example.ts'
import { countsFrom, limitsOf } from './limits.ts'
import { fenced } from './markdown.ts'
import { fillTemplate } from './template.ts'

export interface ReadmeInput {
  readonly templatesDir: string
  readonly options: BackendOptions
  readonly target: Target
  readonly snapshot: Snapshot
  readonly measurement: Measurement
  readonly file: DriverFile
  readonly lock: Lock
  /** Rows of the adapter's table as they are written there. */
  readonly table: ReadonlyMap<string, string>
  /** Gates that cannot be run. */
  readonly refused: readonly GateName[]
  readonly example: Example
}

/** Renders the README. Everything that comes from the package or the measurement stands in fenced blocks. */
export function renderReadme(input: ReadmeInput): Promise<string> {
  const { options, target, file, measurement } = input
  const limits = limitsOf(file.driver, measurement)
  return fillTemplate(input.templatesDir, 'docs/backend.md', {
    backend: options.name,
    module: target.backendsModule,
    test: `${target.testsPath}/test_${options.name}.py`,
    about: about(input),
    install: installation(input),
    circuit: exampleCircuit(input.example, input.refused),
    shots: String(input.example.shots),
    conventions: conventions(file),
    native: nativeGates(input),
    lowered: lowered(input),
    left_out: leftOut(measurement),
    limits: limits.length > 0 ? fenced(limits) : 'None were measured.',
    driven: driven(file.driver),
    measured: fenced([`probe ${measurement.probe}, Python ${measurement.python}`, ...measurement.log]),
  })
}

function about({ options, snapshot }: ReadmeInput): string {
  const { displayName, description, author, version } = options
  return fenced([
    `${displayName} ${version}, by ${author}`,
    description,
    `package  ${snapshot.distribution} ${snapshot.version}`,
    `licence  ${snapshot.licence || 'not stated'}`,
  ])
}

/** How the package gets where it runs, and what is to be known about it. */
function installation({ lock, options, target, snapshot }: ReadmeInput): string {
  const requirements = `${target.backendsPath}/${options.name}/requirements.txt`
  const { isolated, built, undeclared = [] } = lock
  const { placed } = snapshot
  const shell = (...lines: string[]) => ['```sh', ...lines, '```'].join('\n')
  const parts: string[] = []
  if (isolated !== undefined) {
    parts.push(
      `**Isolated.** The package cannot be installed beside this repository's own requirements:\n\n${fenced(
        describeConflicts(isolated.conflicts, snapshot.normalizedName).split('; '),
      )}\n\nSo it runs in an environment of its own, with Python ${isolated.python}, which this command makes once:`,
      shell(isolateCommand(target.backendsModule, options.name)),
      "It installs exactly what `requirements.txt` pins, each file checked by its hash, into `graft-backends` in the user's cache folder (`GRAFT_ENVIRONMENTS` names another one). Until then the backend is listed as unavailable, with this command as the reason; after a change of `requirements.txt` run it again. A worker process runs the package there: `GRAFT_WORKER_SECONDS` and `GRAFT_WORKER_GIB` bound a run.",
    )
  } else {
    const older = built?.constraints ?? []
    const install = `python -m pip install --require-hashes --no-deps -r ${requirements}`
    parts.push(
      placed !== undefined
        ? shell(install, ...placedInstall(placed))
        : older.length === 0
          ? shell(install)
          : shell(
              `printf '%s\\n' ${older.map((one) => `'${one}'`).join(' ')} > build-constraints.txt`,
              `PIP_CONSTRAINT=build-constraints.txt PIP_BUILD_CONSTRAINT=build-constraints.txt ${install}`,
            ),
      '`requirements.txt` pins the versions that were measured, with their hashes. Without the package the backend is listed as\nunavailable, and nothing else changes.',
    )
  }
  if (placed !== undefined) parts.push(aboutPlaced(placed))
  if (built !== undefined) {
    const with_ = built.constraints.length > 0 ? ` with ${built.constraints.join(', ')}` : ''
    parts.push(
      `Built from source, as there was no wheel: ${built.names.map((name) => `\`${name}\``).join(', ')}${with_}. A build runs the package's own script.`,
    )
  }
  if (undeclared.length > 0)
    parts.push(
      `Needed and not declared by the package, so installed with it: ${undeclared.map((name) => `\`${name}\``).join(', ')}.`,
    )
  return parts.join('\n\n')
}

/** Commands for a package that no index has; none for a folder of one machine. */
function placedInstall({ name, origin }: Placed): string[] {
  const install = 'python -m pip install --no-deps'
  switch (origin.kind) {
    case 'git': {
      const folder = origin.folder === undefined ? '' : `#subdirectory=${origin.folder}`
      return [`${install} "${name} @ git+${origin.url}@${origin.commit}${folder}"`]
    }
    case 'target':
      return [`${install} "./${origin.folder}"  # in the root of this repository`]
    case 'directory':
      return []
    default:
      return origin satisfies never
  }
}

function aboutPlaced({ origin, files }: Placed): string {
  const checked = `pip has no hash for it, as no index has it: \`source.json\` has the SHA-256 of each of its ${files.length} files, as they were measured. Tests put exactly these files into their environment and run nothing of a build; where one differs, they say so and stop.`
  switch (origin.kind) {
    case 'git':
      return `The simulator is read from a git repository, pinned to one commit. ${checked}`
    case 'target':
      return `The simulator is a folder of this repository. ${checked} After a change of it, integrate it again.`
    case 'directory':
      return `**Install the simulator by hand.** It was read from a folder of the machine that made this backend, so nobody else can fetch it, and the workflow cannot test it. ${checked}`
    default:
      return origin satisfies never
  }
}

function conventions(file: DriverFile): string {
  const { driver, conventions: found } = file
  const order = (value: 'little' | 'big') =>
    value === 'little' ? 'qubit 0 is the least significant bit' : 'qubit 0 is the most significant bit'
  const rows: [string, string][] = []
  const scales = new Set(Object.values(driver.gates).map((gate) => gate?.scale ?? 1))
  if (driver.state !== undefined) rows.push([`result: ${driver.state.kind}`, order(driver.state.order)])
  if (driver.counts !== undefined) rows.push([`result: ${driver.counts.kind}`, order(driver.counts.order)])
  rows.push(['angles', scales.size === 1 && scales.has(1) ? 'radians, as here' : 'some differ: see the table of gates'])
  rows.push(['precision', found.precision])
  rows.push(['counts', countsFrom(driver, found.counts)])
  rows.push(['same seed, same counts', found.seed || found.counts !== 'samples' ? 'yes' : 'no'])
  rows.push(['largest number of qubits within 1 GiB and 10 s', String(found.max_qubits)])
  if (driver.density !== undefined)
    rows.push(['density matrix beside it', `${order(driver.density.order)}, up to ${found.max_density_qubits} qubits`])
  if (driver.noise !== undefined) rows.push(['noise', 'depolarising: nothing at p = 0, and every entry right at p > 0'])
  if (driver.batch !== undefined) rows.push(['several circuits in one call', 'the same results as one by one'])
  if (driver.touch === true) rows.push(['idle qubits', 'vanish unless touched: X is applied twice to each qubit first'])
  if (driver.plus === true) rows.push(['start state', 'all qubits in (|0> + |1>)/√2: H is applied to each first'])
  return ['| what | measured |', '|---|---|', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n')
}

function nativeGates({ table, file }: ReadmeInput): string {
  const error = new Map(file.gates.map((gate) => [gate.gate as string, gate.error]))
  const width = Math.min(100, Math.max(...[...table.values()].map((entry) => entry.length)))
  return fenced(
    [...table].map(([gate, entry]) => {
      const bound = error.get(gate)
      return `${gate.padEnd(7)} ${entry.padEnd(width)} ${bound === undefined ? '' : `< ${bound.toExponential(0)}`}`.trimEnd()
    }),
  )
}

function lowered({ table, refused }: ReadmeInput): string {
  const quoted = (gate: string) => `\`${gate}\``
  const written = GATE_NAMES.filter((gate) => !table.has(gate) && !refused.includes(gate)).map(quoted)
  if (!table.has('matrix') && refused.length === 0) written.push('any other unitary')
  const sentences = [
    written.length === 0 ? 'No gate is left to the bridge.' : `The bridge writes with these: ${written.join(', ')}.`,
  ]
  if (refused.length > 0) {
    sentences.push(
      `Refused with \`CircuitValidationError\`, because these gates do not suffice for them: ${refused.map(quoted).join(', ')}.`,
    )
  }
  return sentences.join(' ')
}

function leftOut(measurement: Measurement): string {
  const wrong = measurement.gates.filter((gate) => gate.outcome === 'wrong')
  if (wrong.length === 0) return 'Nothing that the simulator has was left out for being wrong.'
  return `Left out, because the simulator does something else:\n\n${fenced(wrong.map(reason))}`
}

function reason(gate: GateMeasurement): string {
  return `${gate.gate}: ${gate.via ?? ''} ${gate.reason ?? ''}`
}

function driven(driver: Driver): string {
  return driver.text === undefined
    ? 'A circuit is made, the gates are applied to it one by one, and the result is read from it.'
    : 'The whole circuit is written as a program text, one line per gate, which the simulator runs.'
}
