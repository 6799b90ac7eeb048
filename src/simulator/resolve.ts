/**
 * Exact versions for a package: together with the target, first, as measuring in any other environment would measure something
 * else; and by itself where the two exclude each other.
 */
import { z } from 'zod'
import { type Isolation, isolation } from '../values/isolation.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { isBuildFailure, MOST_BUILT, MOST_REMEDIES, remedied, withoutWheel } from './build-help.ts'
import { conflictsOf, downloadRefusal, excerpt, isDownloadFailure, loneRefusal, type Refusal } from './explain.ts'
import type { Installer, Resolve, Resolved } from './installer.ts'
import { normalizeName, type Pin } from './lock.ts'
import type { Python } from './python.ts'
import type { Built } from './runner.ts'

/** What measuring needs besides the package; tests need pytest as well. */
export const MEASURING_TOOLS = ['numpy']
export const TESTING_TOOLS = ['numpy', 'pytest']

const pin = z.object({
  name: z.string(),
  version: z.string(),
  hashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
})

/** Exact versions for one Python. */
export interface Resolution {
  /** All that is installed, and the part of it that is the package and what it needs. */
  readonly everything: readonly Pin[]
  readonly closure: readonly Pin[]
  readonly isolated?: Isolation | undefined
  /** What of everything is built from source. */
  readonly built?: Built | undefined
}

export const resolution: z.ZodType<Resolution> = z.object({
  everything: z.array(pin).min(1),
  closure: z.array(pin),
  isolated: isolation.optional(),
  built: z.object({ names: z.array(z.string()), constraints: z.array(z.string()) }).optional(),
})

export interface Question {
  readonly snapshot: Snapshot
  readonly python: Python
  /** Requirements of the package side, spelled anew: itself, and what it needs without declaring it. */
  readonly wanted: readonly string[]
  /** Requirements of the target; undefined where it is known that the two cannot be had together. */
  readonly target: readonly string[] | undefined
  /** Versions that hold for whatever is chosen. */
  readonly pins: readonly Pin[]
  /** What is built from source, as far as it is known; undefined where nothing may be. */
  readonly build: Built | undefined
}

/** Resolves, asking the index. */
export async function resolve(question: Question, installer: Installer): Promise<Resolution | Refusal> {
  const { snapshot, python, wanted, target, pins } = question
  const asker = createAsker(installer, python, question.build)
  const { ask } = asker
  const together =
    target === undefined ? undefined : await ask([...wanted, ...target, ...TESTING_TOOLS], { constraints: pins })
  if (together?.ok) {
    // The package by itself, at the versions of the whole: exactly what it needs, without a look at anybody's metadata.
    const closure =
      wanted.length === 0
        ? ({ ok: true, pins: [] } as const)
        : await ask(wanted, { constraints: together.pins, allHashes: true })
    if (!closure.ok) return downloadRefusal(closure.text)
    return { everything: together.pins, closure: closure.pins, ...asker.built(together.pins) }
  }
  if (together !== undefined && isDownloadFailure(together.text)) return downloadRefusal(together.text)
  const alone = await ask([...wanted, ...MEASURING_TOOLS], { constraints: [], allHashes: true })
  if (!alone.ok) {
    if (isDownloadFailure(alone.text)) return downloadRefusal(alone.text)
    const what = `${snapshot.distribution} ${snapshot.version}`
    const facts = { wheelAvailable: snapshot.wheelAvailable, build: asker.tried() }
    return loneRefusal(what, snapshot.distribution, python.version, alone.text, facts)
  }
  const theirs = await ask([...(target ?? [])], { constraints: [] })
  if (!theirs.ok) {
    if (isDownloadFailure(theirs.text)) return downloadRefusal(theirs.text)
    // No environment of its own would help a backend whose target cannot be installed.
    const message = `The target's own requirements cannot be installed: ${excerpt(theirs.text)}`
    return { ok: false, reason: 'conflict', message }
  }
  const conflicts = conflictsOf({
    own: { name: snapshot.distribution, version: snapshot.version },
    targetRequires: target ?? [],
    packageRequires: snapshot.requiresDist,
    packagePins: alone.pins,
    targetPins: theirs.pins,
  })
  const isolated = { python: python.version.split('.').slice(0, 2).join('.'), conflicts }
  return { everything: alone.pins, closure: alone.pins, isolated, ...asker.built(alone.pins) }
}

type Details = Pick<Resolve, 'constraints'> & { readonly allHashes?: boolean }

/**
 * Asks an installer for one Python. Where builds are allowed, a distribution is built once it turned out to have no wheel; that,
 * and what its build was found to need, holds for all further questions.
 */
function createAsker(installer: Installer, python: Python, first: Built | undefined) {
  let build = first
  /** The build with one more distribution, or one more constraint; undefined where nothing more can be done. */
  const another = ({ names, constraints }: Built, text: string): Built | undefined => {
    if (isBuildFailure(text))
      return constraints.length < MOST_REMEDIES ? remedied({ names, constraints }, text) : undefined
    const name = withoutWheel(text)
    if (name === undefined || names.includes(name) || names.length === MOST_BUILT) return undefined
    return { names: [...names, name], constraints }
  }
  const ask = async (requirements: readonly string[], details: Details): Promise<Resolved> => {
    const question = { python, requirements, allHashes: false, ...details }
    for (;;) {
      const answer = await installer.resolve({ ...question, build })
      const next = answer.ok || build === undefined ? undefined : another(build, answer.text)
      if (next === undefined) return answer
      build = next
    }
  }
  return {
    ask,
    /** What was built on the way; undefined where builds are not allowed. */
    tried: () => build,
    /** What of the pins is built. */
    built: (pins: readonly Pin[]): Pick<Resolution, 'built'> => {
      const names = (build?.names ?? []).filter((name) => pins.some((pin) => normalizeName(pin.name) === name))
      return names.length === 0 ? {} : { built: { names, constraints: [...(build?.constraints ?? [])] } }
    },
  }
}
