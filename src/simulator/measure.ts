import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { type Measurement, measurement, STAGES } from '../values/measurement.ts'
import type { SearchRequest } from '../values/profile.ts'
import type { OnProgress } from '../values/progress.ts'
import { bytecodeOf, compileImported } from './bytecode.ts'
import { readCached, withLock, writeAtomically } from './cache.ts'
import { type Containment, DEFAULT_LIMITS, type Limits, type Outcome, runContained } from './contain.ts'
import { digest, type Ready } from './environment.ts'
import { printable, readHostileFile } from './hostile-file.ts'
import { hashOfProgram } from './program.ts'
import { foreignReferences } from './references.ts'

const MAX_RESULT_BYTES = 4 * 1024 * 1024
const MAX_PROGRESS_BYTES = 1024 * 1024
/** How often the probe's progress is looked at. */
const TAIL_MILLISECONDS = 300
/** Imports, minimising and replays in fresh processes come on top of the request's own budgets; the probe ends by itself. */
const EXTRA_SECONDS = 480

export interface Probe {
  readonly templatesDir: string
  readonly cacheDir: string
  readonly containment: Containment
  readonly limits?: Partial<Limits> | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Measures in a ready environment; cached by everything that the result depends on.
 *
 * Never throws for what the package does: a crash, a hang or nonsense in the result file is a measurement that says so.
 */
export async function measureIn(
  ready: Ready,
  request: SearchRequest,
  probe: Probe,
  onProgress: OnProgress,
): Promise<Measurement> {
  const folder = join(probe.templatesDir, 'probe')
  const launcher = join(probe.templatesDir, 'sandbox', 'launch.py')
  const program = await hashOfProgram(folder, 'main.py')
  const programs = [program, await hashOfProgram(dirname(launcher), basename(launcher))]
  const key = digest(JSON.stringify([ready.id, ready.lock.requirements, programs, probe.containment.kind, request]))
  const path = join(probe.cacheDir, 'measurements', `${key}.json`)
  const known = () => readCached(path, measurement)
  const before = await known()
  if (before !== undefined) {
    onProgress({ type: 'note', stage: 'measure', detail: 'measured before, nothing has changed' })
    return before
  }
  // Whoever asks for the same at the same time gets the same: one measures, the others wait for it.
  const measure = async () =>
    (await known()) ?? (await measureAnew(ready, request, { ...probe, launcher, path, program }, onProgress))
  return withLock(`${path}.lock`, measure, probe.signal)
}

/** Runs the probe, and keeps what it found. A probe that ended early is not kept: the next one may come further. */
async function measureAnew(
  ready: Ready,
  request: SearchRequest,
  probe: Probe & { readonly launcher: string; readonly path: string; readonly program: string },
  onProgress: OnProgress,
): Promise<Measurement> {
  if (probe.containment.warning !== undefined) onProgress({ type: 'warning', detail: probe.containment.warning })

  const scratch = await mkdtemp(join(tmpdir(), 'graft-measure-'))
  try {
    const [input, out] = [join(scratch, 'request'), join(scratch, 'out')]
    for (const made of [input, out]) await mkdir(made)
    await writeFile(join(input, 'request.json'), JSON.stringify(request))
    const tail = followProgress(join(out, 'progress.jsonl'), onProgress)
    const budget = request.budget.search_seconds + 3 * request.budget.measure_seconds + EXTRA_SECONDS
    const outcome = await runContained(probe.containment, {
      python: ready.python,
      readOnly: { env: ready.folder, probe: join(probe.templatesDir, 'probe'), request: input },
      writable: { out },
      launcher: probe.launcher,
      bytecode: await bytecodeOf(ready, probe),
      command: (inside) => [
        inside('env', 'bin', 'python'),
        // Isolated, so that neither variables nor the working folder decide what is imported.
        ...['-I', '-X', `pycache_prefix=${inside('tmp', 'bytecode')}`],
        inside('probe', 'main.py'),
        inside('request', 'request.json'),
        inside('out', 'result.json'),
        '--progress',
        inside('out', 'progress.jsonl'),
      ],
      limits: { ...DEFAULT_LIMITS, seconds: budget, ...probe.limits },
      signal: probe.signal,
    }).finally(tail.stop)
    const { stage, notes } = await tail.last()
    const read = await readResult(join(out, 'result.json'), request, ready)
    if ('result' in read) {
      await writeAtomically(probe.path, JSON.stringify(read.result))
      await compileImported(ready, join(out, 'imported.json'), probe)
      return read.result
    }
    return emptyMeasurement(request, ready.python.version, stage, {
      seconds: outcome.seconds,
      ranOut: outcome.end === 'time',
      seen: [`${describeEnd(outcome, probe)}${read.why === undefined ? '' : ` ${read.why}`}`, ...lastWords(outcome)],
      log: notes,
    })
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A measurement that never got a driver. */
export function emptyMeasurement(
  request: SearchRequest,
  python: string,
  stage: Measurement['stage'],
  facts: { seconds: number; ranOut: boolean; seen: readonly string[]; log: readonly string[] },
): Measurement {
  const texts = (lines: readonly string[]) => lines.map((line) => printable(line, 1000)).slice(0, 40)
  return measurement.parse({
    schema: 1,
    probe: 'none',
    python,
    distribution: request.distribution,
    version: request.version,
    stage,
    gates: [],
    tried: { objects: 0, runs: 0, evaluations: 0, seconds: facts.seconds, ran_out: facts.ranOut },
    missing_modules: [],
    log: texts(facts.log),
    seen: texts(facts.seen),
    limits: [],
  })
}

type Read = { readonly result: Measurement } | { readonly why: string | undefined }

/** The result, when it has the right form and speaks of what was asked and of nothing else. */
async function readResult(path: string, request: SearchRequest, ready: Ready): Promise<Read> {
  try {
    const text = await readHostileFile(path, MAX_RESULT_BYTES)
    if (text === undefined || text === '') return { why: undefined }
    const result = measurement.parse(JSON.parse(text))
    for (const { distribution, version } of [result, result.driver ?? result])
      if (distribution !== request.distribution || version !== request.version)
        return { why: 'Its result speaks of another package and was not taken.' }
    if (result.driver !== undefined) {
      const foreign = await foreignReferences(result.driver, request, ready)
      if (foreign !== undefined)
        return {
          why: `Its driver calls ${printable(foreign, 100)}, which is no part of the package, and was not taken.`,
        }
    }
    return { result }
  } catch (error) {
    // Not JSON, not the schema, too large, nested too deeply: all the same from such a place.
    const why = error instanceof Error ? printable(error.message, 200) : 'unknown reason'
    return { why: `Its result could not be read (${why}).` }
  }
}

function describeEnd(outcome: Outcome, { limits }: Probe): string {
  const gib = ((limits?.memory ?? DEFAULT_LIMITS.memory) / 2 ** 30).toFixed(1)
  switch (outcome.end) {
    case 'exit':
      return `The process ended with exit code ${outcome.code} before the measurement was done: the package or one of its modules may have called exit.`
    case 'signal':
      return `The process was killed by signal ${outcome.code}, as by a crash in compiled code.`
    case 'memory':
      return `It took more than ${gib} GiB of memory and was stopped.`
    case 'processes':
      return 'It started too many processes and was stopped.'
    case 'folder':
      return 'It wrote too much to its files and was stopped.'
    case 'time':
      return `It did not end within ${Math.round(outcome.seconds)} s and was stopped.`
    case 'lost':
      return 'It was killed from outside, most likely because the machine ran out of memory.'
    default:
      return outcome.end satisfies never
  }
}

/** The last lines of what the process wrote, as a hint for a person. */
function lastWords({ stdout, stderr }: Outcome): string[] {
  return [stderr, stdout].flatMap((text) =>
    text
      .trim()
      .split('\n')
      .slice(-5)
      .map((line) => printable(line, 300))
      .filter((line) => line !== ''),
  )
}

/**
 * Passes on what the probe says while it runs: lines of JSON with a stage and counts. More than a megabyte of it is not the
 * probe speaking, and is ignored.
 */
function followProgress(path: string, onProgress: OnProgress) {
  let offset = 0
  let rest = ''
  let stage: Measurement['stage'] = 'import'
  const notes: string[] = []
  let reading = Promise.resolve()

  const take = (line: string) => {
    const note = parseNote(line)
    if (note === undefined) return
    stage = note.stage
    if (notes.at(-1) === note.detail) return
    notes.push(note.detail)
    if (notes.length > 10) notes.shift()
    onProgress({ type: 'note', stage: 'measure', detail: note.detail })
  }
  const look = async () => {
    const text = await readHostileFile(path, MAX_PROGRESS_BYTES - offset, offset).catch(() => undefined)
    if (text === undefined || text === '') return
    offset += Buffer.byteLength(text)
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.slice(-50)) take(line)
  }
  const timer = setInterval(() => {
    reading = reading.then(look)
  }, TAIL_MILLISECONDS)
  return {
    stop: () => clearInterval(timer),
    last: async () => {
      await reading
      await look()
      return { stage, notes }
    },
  }
}

const STAGE_WORDS: Record<Measurement['stage'], string> = {
  import: 'importing the package',
  object: 'making circuits',
  x: 'applying X',
  read: 'reading results',
  gates: 'identifying gates',
  measured: 'measuring gates and conventions',
}

const note = z.object({
  stage: z.enum(STAGES),
  tried: z.int().min(0).catch(0),
  found: z.int().min(0).catch(0),
  note: z.string().catch(''),
})

function parseNote(line: string): { stage: Measurement['stage']; detail: string } | undefined {
  try {
    const { stage, tried, found, note: words } = note.parse(JSON.parse(line))
    const counts = [tried > 0 ? `${tried} runs` : '', found > 0 ? `${found} gates` : '']
    const detail = [words === '' ? STAGE_WORDS[stage] : printable(words, 100), ...counts].filter(Boolean).join(', ')
    return { stage, detail }
  } catch {
    return undefined
  }
}
