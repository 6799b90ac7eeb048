/** Analysis: from a snapshot's files to a profile. It parses; it never imports, builds or executes anything. */
import { type Evidence, type HintFacts, type Profile, profile as profileSchema } from '../values/profile.ts'
import type { OnProgress } from '../values/progress.ts'
import type { Snapshot } from '../values/snapshot.ts'
import { STANDARD_LIBRARY } from '../values/standard-library.ts'
import { readApi } from './api.ts'
import { readKind } from './capabilities.ts'
import { readExamples } from './examples.ts'
import type { FileFacts } from './file-facts.ts'
import { hintTasks, type Known, readHints, type Stated } from './hints.ts'
import { Namespace } from './namespace.ts'
import { readPackaging } from './packaging.ts'
import { selectFiles } from './select-files.ts'
import { readMisplaced, readUndeclared } from './undeclared.ts'
import { POOL_LIMITS, type PoolLimits, readFiles } from './worker-pool.ts'

export interface AnalyseOptions {
  readonly onProgress?: OnProgress
  /** Aborted: no further file is read, and the reason is thrown. */
  readonly signal?: AbortSignal
  /** Parser threads; two are best on two cores. */
  readonly workers?: number
  /** What a person says about the package. */
  readonly stated?: Stated | undefined
  /** Caps, for tests. */
  readonly limits?: Partial<PoolLimits>
}

const MAX_NAMES = 3000

/** @throws BugError, or the reason of `signal`; hostile, unreadable or oversized files are listed in `statistics.skipped`. */
export async function analyseSnapshot(snapshot: Snapshot, options: AnalyseOptions = {}): Promise<Profile> {
  const started = performance.now()
  const selection = selectFiles(snapshot)
  const limits = {
    ...POOL_LIMITS,
    ...options.limits,
    ...(options.workers === undefined ? {} : { workers: options.workers }),
  }
  const step = Math.max(50, Math.ceil(selection.tasks.length / 10))
  const read = await readFiles(selection.tasks, limits, (done) => {
    options.signal?.throwIfAborted()
    if (done % step === 0) {
      options.onProgress?.({ type: 'note', stage: 'analyse', detail: `${done} of ${selection.tasks.length} files` })
    }
  })
  const files = read.facts
  const names = new Namespace(files)
  const packaging = await readPackaging(snapshot)
  const modules = selection.modules.map(({ name }) => name)
  const owns = ownership(modules)
  const api = readApi(files, names, selection.extensions)
  const annotated = annotations(files, owns)
  const hints = await readStated(options.stated, limits, {
    ...{ names, owns, dependencies: packaging.dependencies.map(({ value }) => value) },
    references: [
      ...api.classes.map(({ ref }) => ref),
      ...api.functions.map(({ ref }) => ref),
      ...Object.values(api.gates).flatMap((found) => found.map(({ value }) => value)),
    ],
  })
  const { extensions } = selection
  const compiled = { extensions, names: [snapshot.distribution, ...modules, ...extensions] }
  const kind = readKind(files, api, packaging.dependencies, annotated, packaging.summary, compiled)
  const undeclared = readUndeclared(files, names, modules, [
    ...packaging.dependencies.map(({ value }) => value),
    ...broughtNames(snapshot),
  ])
  const misplaced = readMisplaced(files, names, undeclared)
  const result: Profile = {
    schema: 1,
    distribution: snapshot.distribution,
    version: snapshot.version,
    ...packaging,
    modules: selection.modules.map(({ name, file }) => ({ value: name, evidence: [{ file, line: 1 }], confidence: 1 })),
    undeclared,
    ...(misplaced.length === 0 ? {} : { misplaced }),
    compiled: selection.extensions.length > 0,
    classes: api.classes,
    functions: api.functions,
    gates: api.gates,
    examples: readExamples(files, names, owns),
    ...(hints.length === 0 ? {} : { hints }),
    annotations: rankAnnotations(annotated),
    names: rankNames(files),
    ...kind,
    capabilities: withDeclared(kind.capabilities, packaging.declaresGpu),
    statistics: {
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      milliseconds: Math.round(performance.now() - started),
      skipped: [...selection.skipped, ...read.skipped].slice(0, 500),
    },
  }
  return profileSchema.parse(result)
}

/** What the metadata declares is surer than words that were counted. */
function withDeclared(found: Profile['capabilities'], gpu: Profile['declaresGpu']): Profile['capabilities'] {
  if (gpu === undefined) return found
  return { ...found, gpu: { value: true, evidence: gpu.evidence, confidence: gpu.confidence } }
}

/** Distributions that come along with those that the package only brings. */
function broughtNames({ brings = [] }: Snapshot): string[] {
  return brings.flatMap(({ requiresDist }) => requiresDist.flatMap((line) => /^[\w.-]+/.exec(line)?.[0] ?? []))
}

/** One task for each, so that one that hangs the parser costs no other. */
async function readStated(stated: Stated | undefined, limits: PoolLimits, known: Known): Promise<HintFacts[]> {
  const tasks = stated === undefined ? [] : hintTasks(stated)
  if (stated === undefined || tasks.length === 0) return []
  const { facts } = await readFiles(tasks, limits, () => undefined)
  const byTask = new Map(facts.map((file) => [file.path, file]))
  return readHints(
    stated,
    tasks.map(({ path }) => byTask.get(path)),
    known,
  )
}

function ownership(modules: readonly string[]): (module: string) => boolean {
  return (module) =>
    modules.some((own) => module === own || module.startsWith(`${own}.`) || own.startsWith(`${module}.`))
}

/** Classes of other distributions that annotate what a run method takes. */
function annotations(files: readonly FileFacts[], owns: (module: string) => boolean): [string, Evidence][] {
  return files.flatMap((file) =>
    file.annotations
      .filter(
        ([ref]) =>
          !owns(ref.split(':')[0] ?? '') &&
          !NOT_A_CIRCUIT.test(ref) &&
          !STANDARD_LIBRARY.has(ref.split(/[.:]/)[0] ?? ''),
      )
      .map(([ref, line]): [string, Evidence] => [ref, { file: file.path, line }]),
  )
}

/** Types that annotate everything. */
const NOT_A_CIRCUIT = /^(typing_extensions|numpy|sympy|networkx|pandas|scipy|jax|torch)\b/
const CIRCUIT_NAME = /program|circuit|tape|job|script|kernel/i

function rankAnnotations(found: readonly [string, Evidence][]): Profile['annotations'] {
  const places = new Map<string, Evidence[]>()
  for (const [ref, evidence] of found) places.set(ref, [...(places.get(ref) ?? []), evidence])
  return [...places]
    .sort(
      ([a, x], [b, y]) =>
        Number(CIRCUIT_NAME.test(b)) - Number(CIRCUIT_NAME.test(a)) || y.length - x.length || (a < b ? -1 : 1),
    )
    .filter(([ref]) => ref.length <= 300)
    .slice(0, 12)
    .map(([ref, evidence]) => ({
      value: ref,
      evidence: evidence.slice(0, 5),
      confidence: CIRCUIT_NAME.test(ref) ? 0.8 : 0.3,
    }))
}

function rankNames(files: readonly FileFacts[]): string[] {
  const counts = new Map<string, number>()
  for (const file of files) for (const [name, count] of file.names) counts.set(name, (counts.get(name) ?? 0) + count)
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_NAMES)
    .map(([name]) => name)
}
