/**
 * Environments: one for each (package, version, Python, requirements of the target), named by the hash of its lock.
 *
 * The target's own requirements and the package are resolved together, first: measuring in any other environment would
 * measure something else. The target itself is not installed; its sources are put on the path when its tests run.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { loadIndexConfig } from '../config/index-config.ts'
import { ConfigurationError } from '../values/errors.ts'
import type { Target } from '../values/plan.ts'
import type { OnProgress } from '../values/progress.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { readCached, withLock, writeAtomically } from './cache.ts'
import {
  conflictRefusal,
  downloadRefusal,
  excerpt,
  isDownloadFailure,
  loneRefusal,
  pythonRefusal,
  type Refusal,
} from './explain.ts'
import { hashesOnIndex, indexEnvironment } from './index-access.ts'
import type { Installer } from './installer.ts'
import { exactly, type Pin, renderLock, renderPins } from './lock.ts'
import { createPipInstaller } from './pip-installer.ts'
import { findPythons, type Python, usablePythons } from './python.ts'
import { inRange, parseRequirement, type Requirement } from './requirements.ts'
import type { Lock } from './runner.ts'
import { findUv, interpreterIn, pythonsOfUv } from './tools.ts'
import { createUvInstaller } from './uv-installer.ts'

/** What measuring and testing need besides the package and the target. */
const TOOLS = ['numpy', 'pytest']
/** How long a resolution is taken for the newest one. */
const RESOLUTION_SECONDS = 24 * 3600
/** Interpreters that are tried when a package has no wheel for the first one. */
const MOST_PYTHONS = 3

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
  /** Versions that hold whatever the index has by now: those of a backend that was locked before. */
  readonly pins?: readonly Pin[]
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

export type Environments = (job: EnvironmentJob, onProgress: OnProgress) => Promise<Ready | Refusal>

const pin = z.object({
  name: z.string(),
  version: z.string(),
  hashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
})
const resolution = z.object({ everything: z.array(pin).min(1), closure: z.array(pin).min(1) })
type Resolution = z.infer<typeof resolution>

/** Makes the function that gives an environment for a job; what it found out about the machine is kept. */
export function createEnvironments(options: EnvironmentOptions): Environments {
  const { cacheDir, signal } = options
  const running = new Map<string, Promise<Ready | Refusal>>()
  const inspect = async () => {
    const index = await loadIndexConfig()
    const variables = await indexEnvironment(index, cacheDir)
    const uv = options.installer === 'pip' ? undefined : await findUv(options.projectDir)
    const pythons = await findPythons(options.python)
    /** Slow, so only asked where nothing on the PATH will do. */
    const more = async () =>
      uv === undefined || options.python !== undefined ? [] : await usablePythons(await pythonsOfUv(uv))
    const shared = { index: variables, allowBuild: options.allowBuild, signal }
    const hashes = (name: string, version: string) => hashesOnIndex(index, name, version)
    const installer =
      uv === undefined ? createPipInstaller({ ...shared, cacheDir, hashes }) : createUvInstaller(uv, shared)
    return { pythons, more, installer, index: index.simpleUrl.href }
  }

  let machine: ReturnType<typeof inspect> | undefined

  const prepare: Environments = async (job, onProgress) => {
    if (process.platform === 'win32')
      throw new ConfigurationError('The sandbox needs Linux or macOS; on Windows run Graft inside WSL.')
    machine ??= inspect()
    const { pythons, more, installer, index } = await machine
    const { snapshot, target } = job
    const suits = (python: Python) =>
      [snapshot.requiresPython, target.requiresPython].every((range) => inRange(python.version, range))
    const what = `${snapshot.distribution} ${snapshot.version}`
    const suitable = pythons.filter(suits)
    if (suitable.length === 0) suitable.push(...(await more()).filter(suits))
    if (suitable.length === 0) {
      const ranges = { package: snapshot.requiresPython, target: target.requiresPython }
      return pythonRefusal(what, ranges, [...new Set(pythons.map((python) => python.version))])
    }
    let first: Refusal | undefined
    for (const python of suitable.slice(0, MOST_PYTHONS)) {
      const resolved = await resolveJob(job, python, installer, index, onProgress)
      if ('ok' in resolved) {
        first ??= resolved
        if (resolved.reason === 'no_wheel' || resolved.reason === 'python') continue
        return resolved
      }
      const hashes = new Set(resolved.closure.flatMap((pin) => pin.hashes))
      if (snapshot.trees.some((tree) => !hashes.has(tree.artifact.sha256)))
        return downloadRefusal(`the index offers other files of ${what} than those that were read.`)
      return await ensure(resolved, python, installer, onProgress)
    }
    return first as Refusal
  }

  const resolveJob = async (
    { snapshot, target, pins = [] }: EnvironmentJob,
    python: Python,
    installer: Installer,
    index: string,
    onProgress: OnProgress,
  ): Promise<Resolution | Refusal> => {
    const undeclared = (options.undeclared ?? []).map((requirement) => requirement.text)
    const wanted = [exactly(snapshot.distribution, snapshot.version), ...undeclared]
    const what = `${snapshot.distribution} ${snapshot.version}`
    const targetRequires: string[] = []
    for (const line of target.requirements) {
      const requirement = parseRequirement(line)
      if (requirement !== undefined) targetRequires.push(requirement.text)
      else
        onProgress({
          type: 'warning',
          detail: `The target's requirement ${JSON.stringify(line.slice(0, 100))} names no package on the index and is left out.`,
        })
    }
    const pathFor = (fixed: readonly Pin[]) => {
      const question = [index, python.base, python.version, options.allowBuild, wanted, targetRequires, fixed]
      return join(cacheDir, 'resolutions', `${digest(JSON.stringify(question))}.json`)
    }
    const free = await readCached(pathFor([]), resolution, RESOLUTION_SECONDS)
    if (free !== undefined && agrees(free, pins)) return free
    const path = pathFor(pins)
    const known = await readCached(path, resolution, RESOLUTION_SECONDS)
    if (known !== undefined) return known

    onProgress({ type: 'note', stage: 'environment', detail: `resolving with ${installer.name}` })
    const ask = (requirements: readonly string[], constraints: readonly Pin[], allHashes: boolean) =>
      installer.resolve({ python, requirements, constraints, allHashes })
    const everything = await ask([...wanted, ...targetRequires, ...TOOLS], pins, false)
    if (!everything.ok) {
      if (isDownloadFailure(everything.text)) return downloadRefusal(everything.text)
      const alone = await ask(wanted, [], false)
      if (!alone.ok) {
        if (isDownloadFailure(alone.text)) return downloadRefusal(alone.text)
        const facts = { wheelAvailable: snapshot.wheelAvailable, allowBuild: options.allowBuild }
        return loneRefusal(what, snapshot.distribution, python.version, alone.text, facts)
      }
      const theirs = await ask(targetRequires, [], false)
      const sides = {
        what,
        own: { name: snapshot.distribution, version: snapshot.version },
        targetRequires,
        packageRequires: snapshot.requiresDist,
        packagePins: alone.pins,
        targetPins: theirs.ok ? theirs.pins : [],
      }
      return conflictRefusal(sides, everything.text)
    }
    // The package by itself, at the versions of the whole: exactly what it needs, without a look at anybody's metadata.
    const closure = await ask(wanted, everything.pins, true)
    if (!closure.ok) return downloadRefusal(closure.text)
    const found = resolution.parse({ everything: everything.pins, closure: closure.pins })
    await writeAtomically(path, JSON.stringify(found))
    return found
  }

  const ensure = (
    { everything, closure }: Resolution,
    python: Python,
    installer: Installer,
    onProgress: OnProgress,
  ): Promise<Ready | Refusal> => {
    const lock = renderLock(closure)
    const id = digest(JSON.stringify([python.base, python.version, python.platform, renderPins(everything)]))
    const folder = join(cacheDir, 'environments', id)
    const ready: Ready = { ok: true, python, folder, interpreter: interpreterIn(folder), lock, id }
    const begun = running.get(id)
    if (begun !== undefined) return begun
    const work = (async (): Promise<Ready | Refusal> => {
      if (await isThere(folder)) return ready
      return withLock(
        `${folder}.lock`,
        async () => {
          if (await isThere(folder)) return ready
          onProgress({
            type: 'note',
            stage: 'environment',
            detail: `installing ${everything.length} packages with ${installer.name}`,
          })
          return (await install(folder, python, everything, installer)) ?? ready
        },
        signal,
      )
    })().finally(() => running.delete(id))
    running.set(id, work)
    return work
  }

  return prepare
}

/** Whether a resolution chose exactly these versions for whatever they name. */
function agrees({ closure }: Resolution, pins: readonly Pin[]): boolean {
  const chosen = new Map(closure.map((pin) => [pin.name, pin.version]))
  return pins.every((pin) => chosen.get(pin.name) === pin.version)
}

/** Fills a folder beside the final one and puts it into place by one rename: a half-made environment has another name. */
async function install(
  folder: string,
  python: Python,
  pins: readonly Pin[],
  installer: Installer,
): Promise<Refusal | undefined> {
  const parent = join(folder, '..')
  await mkdir(parent, { recursive: true })
  await sweep(parent)
  const temporary = join(parent, `.making-${randomUUID()}`)
  try {
    const made = await installer.install(python, temporary, pins)
    if (!made.ok) {
      if (isDownloadFailure(made.text)) return downloadRefusal(made.text)
      const message = `The packages were resolved but could not be installed: ${excerpt(made.text)}`
      return { ok: false, reason: 'download', message }
    }
    await writeFile(join(temporary, 'graft-lock.txt'), renderPins(pins))
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
  return (await stat(join(folder, 'graft-lock.txt')).catch(() => undefined)) !== undefined
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
