/** Names of backends: derived from the distribution, or chosen by a person and checked. */
import { UserError } from '../values/errors.ts'
import type { BackendOptions } from '../values/plan.ts'
import { backendName, backendOptions } from '../values/plan.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { isPythonKeyword, isStandardModule } from './identifier.ts'

/** Words that say nothing about which simulator it is. */
const NOISE = new Set('simulator simulators sim default python py sdk core lib library package project the'.split(' '))
const MAX_LENGTH = 30

type Taken = { readonly takenNames: readonly string[] }

/**
 * Derives a free, valid name from the name of a distribution (`some-vendor-default-simulator` → `some_vendor`). A name that is
 * taken, a keyword or a module of the standard library gets `_sim`, then a number.
 */
export function deriveName(distribution: string, target: Taken): string {
  const words = distribution
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  const telling = words.filter((word) => !NOISE.has(word))
  const joined = (telling.length > 0 ? telling : words).join('_').slice(0, MAX_LENGTH).replace(/_+$/, '')
  const base = /^[a-z]/.test(joined) ? joined : `q${joined}`
  for (const suffix of ['', '_sim', ...Array.from({ length: 98 }, (_, index) => `_${index + 2}`)]) {
    if (nameProblem(`${base}${suffix}`, target) === undefined) return `${base}${suffix}`
  }
  throw new UserError(`No free name could be derived from "${distribution}". Choose one with --name.`)
}

/** Returns the name if a backend may have it; else raises UserError that says why not. */
export function validateName(name: string, target: Taken): string {
  const reason = nameProblem(name, target)
  if (reason === undefined) return name
  throw new UserError(`${JSON.stringify(name)} cannot be the backend's name: ${reason}. Choose another with --name.`)
}

/** Why a backend may not have a name, or undefined when it may. */
export function nameProblem(name: string, target: Taken): string | undefined {
  if (name.startsWith('_')) return 'names that begin with "_" are for the shared parts'
  if (!backendName.safeParse(name).success) {
    return 'it must be a letter a–z followed by at most 49 letters a–z, digits or "_"'
  }
  if (isPythonKeyword(name)) return 'it is a keyword of Python'
  if (isStandardModule(name)) return "it is a module of Python's standard library"
  if (target.takenNames.includes(name)) return 'the target has one of that name already'
  return undefined
}

/**
 * Completes what a person chose with what the source says of itself. Raises UserError that names the option which is out of
 * shape. Descriptions are shortened and put on one line.
 */
export function chooseOptions(
  snapshot: Pick<Snapshot, 'distribution' | 'summary'>,
  choices: { readonly [K in keyof BackendOptions]?: string | undefined },
  target: Taken,
): BackendOptions {
  const name =
    choices.name === undefined ? deriveName(snapshot.distribution, target) : validateName(choices.name, target)
  const result = backendOptions.safeParse({
    name,
    displayName: choices.displayName ?? oneLine(snapshot.distribution, 80),
    description: choices.description ?? (oneLine(snapshot.summary, 300) || `Quantum circuits on ${name}`),
    author: choices.author ?? 'Graft',
    version: choices.version ?? '1.0.0',
  })
  if (result.success) return result.data
  const problem = result.error.issues[0]
  const option = String(problem?.path[0] ?? 'an option')
  const expected = option === 'version' ? 'a version like 1.0.0 (X.Y.Z)' : 'a shorter text'
  throw new UserError(`The option ${option} is out of shape: expected ${expected}.`)
}

function oneLine(text: string, length: number): string {
  return [...text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()].slice(0, length).join('').slice(0, length).trim()
}
