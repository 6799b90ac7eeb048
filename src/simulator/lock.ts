/** Locks: exact versions with the hashes of their files, as `pip install --require-hashes` reads them. */
import { ConfigurationError } from '../values/errors.ts'
import type { Isolation } from '../values/isolation.ts'
import type { Placed } from '../values/snapshot.ts'
import type { Built, Lock } from './runner.ts'

export interface Pin {
  /** Normalised name (PEP 503). */
  readonly name: string
  readonly version: string
  /** SHA-256 of its files, hexadecimal. */
  readonly hashes: readonly string[]
}

/** What is to be known of a lock besides its versions. */
export interface LockNotes {
  /** Why it is installed into an environment of its own. */
  readonly isolated?: Isolation | undefined
  /** Distributions that were built from source, and what their builds need older versions of. */
  readonly built?: Built | undefined
  /** Distributions that the package needs and does not declare. */
  readonly undeclared?: readonly string[] | undefined
  /** The package itself, where no index has it: then the lock holds only what it needs. */
  readonly placed?: Placed | undefined
}

/** Comments that other programs read: the bridge, and the jobs of the workflow. */
function headerOf({ isolated, built, undeclared = [], placed }: LockNotes): string {
  const lines =
    placed === undefined
      ? ['Exact versions and SHA-256 hashes of the simulator and everything it needs, as they were measured.']
      : [
          'Exact versions and SHA-256 hashes of everything that the simulator needs, as they were measured.',
          'The simulator itself is on no index: source.json has the hash of each of its files, README.md says how to install it.',
        ]
  if (isolated !== undefined)
    lines.push(`Isolated: an environment of its own, with Python ${isolated.python}; README.md says how to make it.`)
  else lines.push('Install with: python -m pip install --require-hashes --no-deps -r requirements.txt')
  if (undeclared.length > 0) lines.push(`Needed and not declared by the package: ${undeclared.join(' ')}`)
  const older = built?.constraints ?? []
  for (const name of built?.names ?? [])
    lines.push(`Built from source: ${name}${older.length > 0 ? ` with ${older.join(', ')}` : ''}`)
  return lines.map((line) => `# ${line}\n`).join('')
}

const ISOLATED = /^# Isolated: an environment of its own, with Python (\d+\.\d+);/m
const BUILT = /^# Built from source: ([A-Za-z0-9._-]+)(?: with ([A-Za-z0-9.<>=!~, _-]+))?$/gm

const OLDER = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:[<>=!~]=?[A-Za-z0-9.*]+)+$/

/** What a lock says of itself: the Python of an isolated backend, and what is built from source. */
export function readNotes(text: string): { readonly isolatedPython: string | undefined; readonly built: Built } {
  const found = [...text.matchAll(BUILT)]
  const constraints = found.flatMap(([, , older = '']) => older.split(',').flatMap((one) => one.trim() || []))
  return {
    isolatedPython: ISOLATED.exec(text)?.[1],
    built: {
      names: found.flatMap(([, name]) => (name === undefined ? [] : normalizeName(name))),
      constraints: [...new Set(constraints)].filter((one) => OLDER.test(one)),
    },
  }
}

/** Normalised spelling of a distribution's name (PEP 503). */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase()
}

const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?'
const VERSION = '[A-Za-z0-9][A-Za-z0-9.!+_-]*'
const ENTRY = new RegExp(`^(${NAME})==(${VERSION})$`)

/** A requirement that pins a version exactly. Throws ConfigurationError for a name or version that is none. */
export function exactly(name: string, version: string): string {
  const requirement = `${name}==${version}`
  if (!ENTRY.test(requirement))
    throw new ConfigurationError(`${JSON.stringify(requirement)} is no name and version of a Python package.`)
  return requirement
}

/** Text of a lock: sorted by name, hashes sorted, ASCII, no text of anybody else but names, versions and hashes. */
export function renderPins(pins: readonly Pin[], header = ''): string {
  const entries = [...pins].sort((a, b) => (a.name < b.name ? -1 : 1))
  const lines = entries.map((pin) =>
    [
      exactly(pin.name, pin.version),
      ...[...new Set(pin.hashes)].sort().map((hash) => `    --hash=sha256:${hash}`),
    ].join(' \\\n'),
  )
  return `${header}${lines.join('\n')}\n`
}

/** The backend's `requirements.txt` and its versions. */
export function renderLock(pins: readonly Pin[], notes: LockNotes = {}): Lock {
  const { isolated, built, undeclared, placed } = notes
  const own: [string, string][] = placed === undefined ? [] : [[normalizeName(placed.name), placed.version]]
  return {
    requirements: renderPins(pins, headerOf(notes)),
    pins: new Map([...pins.map((pin): [string, string] => [pin.name, pin.version]), ...own]),
    ...(isolated === undefined ? {} : { isolated }),
    ...(built === undefined || built.names.length === 0 ? {} : { built }),
    ...(undeclared === undefined || undeclared.length === 0 ? {} : { undeclared }),
  }
}

/**
 * Reads a lock back. Only `name==version` with SHA-256 hashes and comments are understood: a lock may come from a
 * repository, and pip's other options (`-r`, `--index-url`, URLs) would reach files and hosts.
 *
 * @throws ConfigurationError that names the first line that is anything else.
 */
export function parsePins(text: string): Pin[] {
  if (text.length > 4_000_000) throw new ConfigurationError('The lock is larger than 4 MB; it cannot be right.')
  const pins: Pin[] = []
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)
  for (const line of lines) {
    const words = line.trim().split(/\s+/)
    const [first] = words
    if (first === undefined || first === '' || first.startsWith('#')) continue
    const [, name, version] = ENTRY.exec(first) ?? []
    const hashes = words.slice(1).map((word) => /^--hash=sha256:([0-9a-f]{64})$/.exec(word)?.[1])
    if (name === undefined || version === undefined || hashes.some((hash) => hash === undefined))
      throw new ConfigurationError(
        `The lock has a line that is no "name==version --hash=sha256:…": ${JSON.stringify(line.trim().slice(0, 80))}.`,
      )
    pins.push({ name: normalizeName(name), version, hashes: hashes.filter((hash) => hash !== undefined) })
  }
  return pins
}

/** Name and version that a wheel's or sdist's file name stands for, or undefined for any other file. */
export function distributionOf(filename: string): { name: string; version: string } | undefined {
  const wheel = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(filename)
  const sdist = /^(.+)-([^-]+)\.(?:tar\.gz|zip|tar\.bz2|tgz)$/.exec(filename)
  const [, name, version] = wheel ?? sdist ?? []
  return name === undefined || version === undefined ? undefined : { name: normalizeName(name), version }
}
