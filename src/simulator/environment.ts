/**
 * Environments: one for each (package, version, Python, requirements of the target), named by the hash of its lock.
 *
 * The target's own requirements and the package are resolved together, first: measuring in any other environment would
 * measure something else. The target itself is not installed; its sources are put on the path when its tests run.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadIndexConfig } from '../config/index-config.ts'
import { ConfigurationError } from '../values/errors.ts'
import { conflict, describeConflicts } from '../values/isolation.ts'
import type { Target } from '../values/plan.ts'
import type { OnProgress } from '../values/progress.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { MOST_REMEDIES, remedied } from './build-help.ts'
import { readCached, withLock, writeAtomically } from './cache.ts'
import { buildRefusal, downloadRefusal, installRefusal, pythonRefusal, type Refusal } from './explain.ts'
import { hashesOnIndex, indexEnvironment } from './index-access.ts'
import type { Installer } from './installer.ts'
import { exactly, type Pin, parsePins, readNotes, renderLock, renderPins } from './lock.ts'
import { createPipInstaller } from './pip-installer.ts'
import { identityOf, type Placement, placeFiles, placementOf, placingRefusal, requirementsOfPlaced } from './placed.ts'
import { findMorePythons, findPythons, type Python } from './python.ts'
import { inRange, parseRequirement, type Requirement } from './requirements.ts'
import { type Question, type Resolution, resolution, resolve } from './resolve.ts'
import type { Lock } from './runner.ts'
import { findUv, interpreterIn } from './tools.ts'
import { createUvInstaller } from './uv-installer.ts'

/** How long a resolution is taken for the newest one. */
const RESOLUTION_SECONDS = 24 * 3600
/** Interpreters that are tried when a package has no wheel for the first one. */
const MOST_PYTHONS = 4
/** In a complete environment: what was installed. */
const MARKER = 'graft-lock.txt'

export interface EnvironmentOptions {
  readonly cacheDir: string
  /** The folder that may hold `.venv` with uv. */
  readonly projectDir: string
  readonly python?: string | undefined
  readonly allowBuild: boolean
  /** Requirements that the package has and does not declare. */
  readonly undeclared?: readonly Requirement[] | undefined
  /** `pip` does without uv even where there is one. Default `auto`. */
  readonly installer?: 'auto' | 'pip' | undefined
  readonly signal?: AbortSignal | undefined
}

export interface EnvironmentJob {
  readonly snapshot: Snapshot
  readonly target: Target
  /** Requirements that the package has and does not declare, beside those of the options. */
  readonly undeclared?: readonly Requirement[] | undefined
  /** What has no wheel may be built from source. */
  readonly allowBuild?: boolean | undefined
}

/** What a backend was locked to, and the target that it is tested in. */
export interface LockedJob {
  readonly snapshot: Snapshot
  readonly target: Target
  /** Text of the backend's `requirements.txt`. */
  readonly requirements: string
}

/** An environment that is complete and may be used. */
export interface Ready {
  readonly ok: true
  readonly python: Python
  /** Its folder on this machine. */
  readonly folder: string
  readonly interpreter: string
  readonly lock: Lock
  /** Hash of everything that was installed. */
  readonly id: string
}

export interface Environments {
  /** The package with the target, or by itself where the two exclude each other. */
  forPackage(job: EnvironmentJob, onProgress: OnProgress): Promise<Ready | Refusal>
  /** The target with what a backend was locked to; for an isolated backend the target alone. */
  forTests(job: LockedJob, onProgress: OnProgress): Promise<Ready | Refusal>
  /** The environment of an isolated backend: exactly its lock. */
  ofIsolated(job: LockedJob, onProgress: OnProgress): Promise<Ready | Refusal>
}

/** Makes environments for jobs; what it found out about the machine is kept. */
export function createEnvironments(options: EnvironmentOptions): Environments {
  const { cacheDir, signal } = options
  const running = new Map<string, Promise<Refusal | undefined>>()
  const inspect = async () => {
    const index = await loadIndexConfig()
    const variables = await indexEnvironment(index, cacheDir)
    const uv = options.installer === 'pip' ? undefined : await findUv(options.projectDir)
    const pythons = await findPythons(options.python)
    let others: Promise<Python[]> | undefined
    /** Slow, so only asked where nothing on the PATH will do. */
    const more = () => {
      others ??= options.python === undefined ? findMorePythons(uv) : Promise.resolve([])
      return others
    }
    const shared = { index: variables, signal }
    const hashes = (name: string, version: string) => hashesOnIndex(index, name, version)
    const installer =
      uv === undefined ? createPipInstaller({ ...shared, cacheDir, hashes }) : createUvInstaller(uv, shared)
    return { pythons, more, installer, index: index.simpleUrl.href }
  }

  let machine: ReturnType<typeof inspect> | undefined
  const look = () => {
    if (process.platform === 'win32')
      throw new ConfigurationError('The sandbox needs Linux or macOS; on Windows run Graft inside WSL.')
    machine ??= inspect()
    return machine
  }

  /** Tries one interpreter after the other, those on the PATH first, until something else than a missing wheel is in the way. */
  const firstThatWorks = async (
    suits: (python: Python) => boolean,
    work: (python: Python) => Promise<Ready | Refusal>,
  ): Promise<Ready | Refusal | undefined> => {
    const { pythons, more } = await look()
    let first: Refusal | undefined
    const tried = new Set<string>()
    for (const find of [() => pythons, more]) {
      for (const python of (await find()).filter(suits)) {
        const minor = python.version.split('.').slice(0, 2).join('.')
        if (tried.has(minor) || tried.size === MOST_PYTHONS) continue
        tried.add(minor)
        const answer = await work(python)
        if (answer.ok) return answer
        first ??= answer
        if (answer.reason !== 'no_wheel' && answer.reason !== 'python') return answer
      }
    }
    return first && tried.size > 1
      ? { ...first, message: `${first.message} Tried: Python ${[...tried].join(', ')}.` }
      : first
  }

  const forPackage: Environments['forPackage'] = async (job, onProgress) => {
    const { snapshot, target } = job
    const undeclared = [...(options.undeclared ?? []), ...(job.undeclared ?? [])]
    const placement = placementOf(snapshot)
    const itself =
      placement === undefined
        ? [exactly(snapshot.distribution, snapshot.version)]
        : requirementsOfPlaced(placement.placed, onProgress)
    const wanted = [...itself, ...undeclared.map(({ text }) => text)]
    const needs = [...new Set(undeclared.map(({ name }) => name))]
    const build = (job.allowBuild ?? options.allowBuild) ? { names: [], constraints: [] } : undefined
    const targetRequires = requirementsOf(target, onProgress)
    const fits = (range: string) => (python: Python) => inRange(python.version, range)
    const on = (withTarget: boolean) => async (python: Python) => {
      const question = { snapshot, python, wanted, build, pins: [], target: withTarget ? targetRequires : undefined }
      const resolved = await resolveOnce(question, onProgress)
      if ('ok' in resolved) return resolved
      const hashes = new Set(resolved.closure.flatMap((pin) => pin.hashes))
      if (placement === undefined && snapshot.trees.some((tree) => !hashes.has(tree.artifact.sha256)))
        return downloadRefusal(
          `the index offers other files of ${snapshot.distribution} ${snapshot.version} than those that were read.`,
        )
      return await ensure(resolved, python, onProgress, { undeclared: needs, placement })
    }
    const [package_, both] = [fits(snapshot.requiresPython), fits(target.requiresPython)]
    const together = await firstThatWorks((python) => package_(python) && both(python), on(true))
    if (together !== undefined) return together
    const { pythons, more } = await look()
    const known = [...pythons, ...(await more())]
    // No Python suits both: an environment of its own needs only the package's. The target's is needed for the tests.
    const alone = known.some(both) ? await firstThatWorks(package_, on(false)) : undefined
    if (alone !== undefined) return isolatedByPython(alone, snapshot, target)
    const what = `${snapshot.distribution} ${snapshot.version}`
    const ranges = { package: snapshot.requiresPython, target: target.requiresPython }
    return pythonRefusal(what, ranges, [...new Set(known.map(({ version }) => version))])
  }

  const forTests: Environments['forTests'] = async (job, onProgress) => {
    const { snapshot, target } = job
    const { isolatedPython, built } = readNotes(job.requirements)
    const pins = isolatedPython === undefined ? parsePins(job.requirements) : []
    const ranges = isolatedPython === undefined ? [snapshot.requiresPython] : []
    const what = `${snapshot.distribution} ${snapshot.version}`
    // A backend without a lock is tested with the package as it is on the index.
    const unlocked = pins.length === 0 && isolatedPython === undefined && placementOf(snapshot) === undefined
    const question = {
      snapshot,
      wanted: unlocked
        ? [exactly(snapshot.distribution, snapshot.version)]
        : pins.map(({ name, version }) => exactly(name, version)),
      target: requirementsOf(target, onProgress),
      pins: pins.map((pin) => ({ ...pin, hashes: [] })),
      // Somebody allowed it when it was locked.
      build: built.names.length > 0 ? built : undefined,
    }
    const found = await firstThatWorks(
      (python) => [...ranges, target.requiresPython].every((range) => inRange(python.version, range)),
      async (python) => {
        const resolved = await resolveOnce({ ...question, python }, onProgress)
        if ('ok' in resolved) return resolved
        if (resolved.isolated !== undefined) {
          const why = describeConflicts(resolved.isolated.conflicts, snapshot.distribution)
          return {
            ok: false,
            reason: 'conflict',
            message: `${what} and the target cannot be installed together: ${why}.`,
          }
        }
        const placement = placementOf(snapshot)
        return await ensure(resolved, python, onProgress, { placement })
      },
    )
    const { pythons } = await look()
    const both = { package: ranges[0] ?? '', target: target.requiresPython }
    return found ?? pythonRefusal(what, both, [...new Set(pythons.map(({ version }) => version))])
  }

  const ofIsolated: Environments['ofIsolated'] = async ({ snapshot, target, requirements }, onProgress) => {
    const { isolatedPython = '', built } = readNotes(requirements)
    const pins = parsePins(requirements)
    const isolated = { python: isolatedPython, conflicts: [] }
    const everything = { everything: pins, closure: pins, isolated, ...(built.names.length > 0 ? { built } : {}) }
    const found = await firstThatWorks(
      (python) => python.version.startsWith(`${isolatedPython}.`),
      (python) => ensure(everything, python, onProgress),
    )
    const what = `${snapshot.distribution} ${snapshot.version}`
    return found ?? pythonRefusal(what, { package: `==${isolatedPython}.*`, target: target.requiresPython }, [])
  }

  /** Resolves what was not resolved a day ago. */
  const resolveOnce = async (question: Question, onProgress: OnProgress): Promise<Resolution | Refusal> => {
    const { index, installer } = await look()
    const { python, wanted, target, build } = question
    const pathFor = (pins: readonly Pin[]) => {
      const asked = [3, index, python.base, python.version, build ?? null, wanted, target ?? null, pins]
      return join(cacheDir, 'resolutions', `${digest(JSON.stringify(asked))}.json`)
    }
    const path = pathFor(question.pins)
    const known = await readCached(path, resolution, RESOLUTION_SECONDS)
    if (known !== undefined) return known
    onProgress({ type: 'note', stage: 'environment', detail: `resolving with ${installer.name}` })
    const found = await resolve(question, installer)
    if ('ok' in found) return found
    await writeAtomically(path, JSON.stringify(resolution.parse(found)))
    return found
  }

  const ensure = async (
    resolved: Resolution,
    python: Python,
    onProgress: OnProgress,
    {
      placement,
      ...notes
    }: { readonly undeclared?: readonly string[]; readonly placement?: Placement | undefined } = {},
  ): Promise<Ready | Refusal> => {
    const { installer } = await look()
    const { everything, closure, isolated } = resolved
    const refusal = placement && placingRefusal(placement, resolved)
    if (refusal !== undefined) return refusal
    const content = placement === undefined ? [] : [identityOf(placement)]
    const id = digest(
      JSON.stringify([python.base, python.version, python.platform, renderPins(everything), ...content]),
    )
    const folder = join(cacheDir, 'environments', id)
    const ready = async (): Promise<Ready> => {
      // What its builds needed was found out when it was made.
      const made = readNotes(await readFile(join(folder, MARKER), 'utf8')).built
      const ofPackage = resolved.built?.names.filter((name) => closure.some((pin) => pin.name === name)) ?? []
      const built = ofPackage.length === 0 ? undefined : { names: ofPackage, constraints: made.constraints }
      const lock = renderLock(closure, { isolated, built, placed: placement?.placed, ...notes })
      return { ok: true, python, folder, interpreter: interpreterIn(folder), lock, id }
    }
    const make = () =>
      withLock(
        `${folder}.lock`,
        async () => {
          if (await isThere(folder)) return undefined
          const detail = `installing ${everything.length} packages with ${installer.name}`
          onProgress({ type: 'note', stage: 'environment', detail })
          return install(folder, python, resolved, installer, placement)
        },
        signal,
      )
    if (!(await isThere(folder))) {
      const begun = running.get(id) ?? make().finally(() => running.delete(id))
      running.set(id, begun)
      const refused = await begun
      if (refused !== undefined) return refused
    }
    return ready()
  }

  return { forPackage, forTests, ofIsolated }
}

/** Where no Python suits both sides, that is the conflict. */
function isolatedByPython(found: Ready | Refusal, snapshot: Snapshot, target: Target): Ready | Refusal {
  if (!found.ok || found.lock.isolated === undefined || found.lock.isolated.conflicts.length > 0) return found
  if (inRange(found.python.version, target.requiresPython)) return found
  const python = conflict.safeParse({ name: 'Python', package: snapshot.requiresPython, target: target.requiresPython })
  const isolated = { ...found.lock.isolated, conflicts: python.success ? [python.data] : [] }
  return { ...found, lock: { ...found.lock, isolated } }
}

/** Requirements of the target that may reach an installer. */
function requirementsOf(target: Target, onProgress: OnProgress): string[] {
  const found: string[] = []
  for (const line of target.requirements) {
    const requirement = parseRequirement(line)
    if (requirement !== undefined) found.push(requirement.text)
    else
      onProgress({
        type: 'warning',
        detail: `The target's requirement ${JSON.stringify(line.slice(0, 100))} names no package on the index and is left out.`,
      })
  }
  return found
}

/**
 * Fills a folder beside the final one and puts it into place by one rename: a half-made environment has another name. A build
 * that fails by a sign that is known is tried again with the older version that it needs.
 */
async function install(
  folder: string,
  python: Python,
  { everything, built }: Resolution,
  installer: Installer,
  placement: Placement | undefined,
): Promise<Refusal | undefined> {
  const parent = join(folder, '..')
  await mkdir(parent, { recursive: true })
  await sweep(parent)
  const temporary = join(parent, `.making-${randomUUID()}`)
  let build = built
  try {
    for (let attempt = 0; ; attempt += 1) {
      const made = await installer.install(python, temporary, everything, build)
      if (made.ok) break
      const next = build && attempt < MOST_REMEDIES ? remedied(build, made.text) : undefined
      if (next === undefined) return build === undefined ? installRefusal(made.text) : buildRefusal(made.text, build)
      build = next
      await rm(temporary, { recursive: true, force: true })
    }
    const refused = placement && (await placeFiles(placement, temporary))
    if (refused !== undefined) return refused
    const notes = { built: built && { names: built.names, constraints: build?.constraints ?? [] } }
    await writeFile(join(temporary, MARKER), renderLock(everything, notes).requirements)
    // Somebody may have deleted a part of it to make room.
    if (!(await isThere(folder))) await rm(folder, { recursive: true, force: true })
    await rename(temporary, folder).catch(async (error: unknown) => {
      // Somebody else was quicker (see withLock); theirs is as good.
      if (!(await isThere(folder))) throw error
    })
    return undefined
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Removes what killed processes left behind, a day later. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith('.making-')) continue
    const path = join(parent, name)
    const made = await stat(path).catch(() => undefined)
    if (made !== undefined && Date.now() - made.mtimeMs > 24 * 3_600_000)
      await rm(path, { recursive: true, force: true })
  }
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(join(folder, MARKER)).catch(() => undefined)) !== undefined
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
