/**
 * What a job of the workflow gets and what it leaves: the request on the measuring branch, and the files in its artifacts.
 * Whatever comes back is data from a hostile place: a cap on size and depth, closed lists of names, and schemas.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isolation } from '../values/isolation.ts'
import { type Measurement, measurement } from '../values/measurement.ts'
import type { Target } from '../values/plan.ts'
import { type SearchRequest, searchRequest } from '../values/profile.ts'
import { type Report, report } from '../values/report.ts'
import { placed, type Snapshot } from '../values/snapshot.ts'
import { parseRequirement, type Requirement } from './requirements.ts'
import type { MeasureJob, Prepared } from './runner.ts'
import { ArchiveError, readZip, writeZip } from './zip.ts'

/** Artifacts by name, with the files that they may hold. */
export const MEASURE_ARTIFACT = 'graft-measure'
export const TEST_ARTIFACT = 'graft-test'
const MEASURE_FILES = ['prepared.json', 'measurement.json'] as const
const TEST_FILES = ['report.json'] as const

/** Where the request stands on the measuring branch. */
export const REQUEST_PATH = '.graft/request.json'
/** The trailer of the branch's commit that names the request: its value is the binding. */
export const REQUEST_TRAILER = 'Graft-Request'

/** Largest archive that is fetched, and largest file in it. */
export const MAX_ARCHIVE_BYTES = 8 * 1024 * 1024
const MAX_FILE_BYTES = 4 * 1024 * 1024
/** Brackets within brackets. A driver's expressions need about thirty. */
const MAX_DEPTH = 120

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const version = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.!+_-]{0,99}$/)
const distribution = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?$/)
const requirement = z.string().max(1000)

/** `.graft/request.json`. */
export const measureRequest = z.strictObject({
  schema: z.literal(1),
  /** Hash of all the rest: a result that carries it is the answer to exactly this. */
  binding: sha256,
  purl: z.string().max(600),
  distribution,
  version,
  /** SHA-256 of the files of the package that were read. */
  files: z.array(sha256).min(1).max(10),
  /** Requirements of the target, each spelled anew; its Python range and that of the package. */
  target: z.array(requirement).max(500),
  pythons: z.strictObject({ package: z.string().max(200), target: z.string().max(200) }),
  /** What the package needs and does not declare. */
  undeclared: z.array(requirement).max(100),
  /** The package itself, where no index has it. */
  placed: placed.optional(),
  /** Names the run that a person asked for after an earlier one: without it, the same question has the answer of before. */
  run: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,90}$/)
    .optional(),
  /** The package may be built from its sdist. */
  build: z.literal(true).optional(),
  search: searchRequest,
})
export type MeasureRequest = z.infer<typeof measureRequest>

/**
 * The request for measuring a package in the environment of a target.
 *
 * The target's commit is not part of it, what matters of it is: a commit to another file of the target changes nothing.
 */
export function makeRequest(
  snapshot: Snapshot,
  target: Target,
  search: SearchRequest,
  undeclared: readonly Requirement[],
  { run, allowBuild }: Pick<MeasureJob, 'run' | 'allowBuild'> = {},
): MeasureRequest {
  const content = {
    schema: 1 as const,
    purl: snapshot.purl,
    distribution: snapshot.distribution,
    version: snapshot.version,
    files: snapshot.trees.map((tree) => tree.artifact.sha256).sort(),
    target: target.requirements.flatMap((line) => parseRequirement(line)?.text ?? []),
    pythons: { package: snapshot.requiresPython, target: target.requiresPython },
    undeclared: undeclared.map((one) => one.text),
    ...(snapshot.placed === undefined ? {} : { placed: snapshot.placed }),
    ...(run === undefined ? {} : { run }),
    ...(allowBuild === true ? { build: true as const } : {}),
    search,
  }
  return { ...content, binding: bindingOf(content) }
}

/** Reads `.graft/request.json`; undefined when it is none or its binding is not that of its content. */
export function parseMeasureRequest(text: string): MeasureRequest | undefined {
  try {
    const { binding, ...content } = measureRequest.parse(parseHostileJson(text))
    return bindingOf(content) === binding ? { ...content, binding } : undefined
  } catch {
    return undefined
  }
}

/** SHA-256 over the content with its keys in order, so that it does not depend on how the JSON was written. */
function bindingOf(content: Omit<MeasureRequest, 'binding'>): string {
  const ordered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(ordered)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
    return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, ordered(inner)])
  }
  return createHash('sha256')
    .update(JSON.stringify(ordered(content)))
    .digest('hex')
}

/** `prepared.json`: which versions were installed, or why none could be. */
export const preparedFile = z.discriminatedUnion('ok', [
  z.strictObject({
    schema: z.literal(1),
    binding: sha256,
    ok: z.literal(true),
    python: z.string().regex(/^\d+\.\d+\.\d+$/),
    /** The package and everything that it needs. */
    pins: z
      .array(z.strictObject({ name: distribution, version }))
      .min(1)
      .max(400),
    /** Top-level modules by the name of the distribution they came with, of the whole environment. */
    /** Set where the package excludes the target and has an environment of its own: what contradicts what. */
    isolated: isolation.shape.conflicts.optional(),
    /** What was built from source, and the older versions that its build needed. */
    built: z
      .strictObject({
        names: z.array(distribution).max(10),
        constraints: z
          .array(
            z
              .string()
              .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(?:[<>=!~]=?[A-Za-z0-9.*]+)+$/)
              .max(60),
          )
          .max(10),
      })
      .optional(),
    modules: z.record(distribution, z.array(z.string().regex(/^[A-Za-z_]\w{0,99}$/)).max(300)),
  }),
  z.strictObject({
    schema: z.literal(1),
    binding: sha256,
    ok: z.literal(false),
    reason: z.enum(['no_wheel', 'conflict', 'python', 'download']),
    message: z.string().max(4000),
  }),
])
export type PreparedFile = z.infer<typeof preparedFile>

/** What a runner on this machine would leave as `prepared.json`. */
export function describePrepared(binding: string, python: string, prepared: Prepared): PreparedFile {
  if (!prepared.ok)
    return { schema: 1, binding, ok: false, reason: prepared.reason, message: prepared.message.slice(0, 4000) }
  const pins = [...prepared.lock.pins].map(([name, pinned]) => ({ name, version: pinned }))
  const { isolated } = prepared.lock
  const alone = isolated === undefined ? {} : { isolated: isolated.conflicts }
  const { built } = prepared.lock
  const made = built === undefined ? {} : { built: { names: [...built.names], constraints: [...built.constraints] } }
  return { schema: 1, binding, ok: true, python, pins, ...alone, ...made, modules: {} }
}

export interface MeasureResult {
  readonly prepared: PreparedFile
  /** Absent where nothing could be installed, and where it cannot be read. */
  readonly measurement?: Measurement
  /** Why the measurement cannot be read, a clause of ours. */
  readonly problem?: string
}

/** Zip of the artifact `graft-measure`. */
export function writeMeasureArtifact({ prepared, measurement: measured }: MeasureResult): Buffer {
  return writeZip({
    'prepared.json': JSON.stringify(prepared),
    ...(measured === undefined ? {} : { 'measurement.json': JSON.stringify(measured) }),
  })
}

/** Zip of the artifact `graft-test`. */
export function writeTestArtifact(tested: Report): Buffer {
  return writeZip({ 'report.json': JSON.stringify(tested) })
}

/**
 * Reads the artifact `graft-measure`.
 *
 * The measurement was written next to the package, `prepared.json` before it ran: what is wrong with the one does not take
 * the other along.
 *
 * @throws ArchiveError when it is not what such a job leaves; its message quotes nothing of it.
 */
export async function readMeasureArtifact(zip: Buffer): Promise<MeasureResult> {
  const files = await readZip(zip, { names: MEASURE_FILES, entryBytes: MAX_FILE_BYTES, totalBytes: 2 * MAX_FILE_BYTES })
  const prepared = parse(files.get('prepared.json'), preparedFile, 'prepared.json')
  const text = files.get('measurement.json')
  if (text === undefined) return { prepared }
  try {
    return { prepared, measurement: parse(text, measurement, 'measurement.json') }
  } catch (error) {
    if (error instanceof ArchiveError) return { prepared, problem: error.message }
    throw error
  }
}

/** Reads the artifact `graft-test`; throws ArchiveError as `readMeasureArtifact` does. */
export async function readTestArtifact(zip: Buffer): Promise<Report> {
  const files = await readZip(zip, { names: TEST_FILES, entryBytes: MAX_FILE_BYTES, totalBytes: MAX_FILE_BYTES })
  return parse(files.get('report.json'), report, 'report.json')
}

function parse<T>(text: string | undefined, schema: z.ZodType<T>, name: string): T {
  if (text === undefined) throw new ArchiveError(`it has no ${name}`)
  try {
    return schema.parse(parseHostileJson(text))
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause
    throw new ArchiveError(`${name} is not of the form that it should have`, { cause })
  }
}

/** JSON whose nesting is bounded: what walks over the value later calls itself for every level. */
function parseHostileJson(text: string): unknown {
  let depth = 0
  let quoted = false
  for (let place = 0; place < text.length; place += 1) {
    const character = text[place]
    if (quoted && character === '\\') place += 1
    else if (character === '"') quoted = !quoted
    else if (!quoted && (character === '[' || character === '{')) depth += 1
    else if (!quoted && (character === ']' || character === '}')) depth -= 1
    if (depth > MAX_DEPTH) throw new ArchiveError('its JSON is nested too deeply')
  }
  return JSON.parse(text)
}
