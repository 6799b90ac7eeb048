/**
 * One invented simulator from its files to a judged adapter: invented (`templates/probe/tests/invented`), analysed, proposed,
 * searched, measured, rendered, and the rendered adapter run on the bridge against the inventor's own reference.
 *
 * The package never went through a package index and its code is our own, so it runs without a sandbox and without installing.
 */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { analyseSnapshot } from '../../src/analysis/analyse.ts'
import { proposeCandidates } from '../../src/driver/propose.ts'
import { matrixQubits, toDriverFile } from '../../src/generate/driver-file.ts'
import { gateReach } from '../../src/generate/gate-reach.ts'
import { limitsOf } from '../../src/generate/limits.ts'
import { renderAdapter } from '../../src/generate/render/adapter.ts'
import { formatPython } from '../../src/generate/ruff.ts'
import { judgeMeasurement } from '../../src/integration/verdict.ts'
import { READ_KINDS } from '../../src/values/driver.ts'
import { type Measurement, measurement as measurementSchema } from '../../src/values/measurement.ts'
import type { Snapshot } from '../../src/values/snapshot.ts'

const TEMPLATES = join(import.meta.dirname, '..', '..', 'templates')
const INVENTOR = join(TEMPLATES, 'probe', 'tests')
const BACKEND = 'invented'
const PROBE_SECONDS = 400
/** Small packages: what is not found in this time would not be found in more. */
const BUDGET = { search_seconds: 30, measure_seconds: 40 }

const invention = z.object({
  name: z.string(),
  version: z.string(),
  files: z.array(z.string()),
  axes: z.looseObject({ seed: z.int(), gates: z.array(z.string()), read: z.string() }),
  example: z.array(z.string()),
  problems: z.array(z.string()),
})

const judgement = z.object({ wrong: z.array(z.string()), refused: z.array(z.string()), circuits: z.int() })

/** What became of one invented simulator. */
export interface InventedRow {
  readonly seed: number
  readonly package: string
  readonly version: string
  /** `complete`: every gate it has and the best reading. `partial`: an integration, but not all. */
  readonly verdict: 'complete' | 'partial' | 'not found' | 'wrong'
  readonly axes: Readonly<Record<string, unknown>>
  /** How its author would use it. */
  readonly example: readonly string[]
  readonly stage: string
  readonly has: number
  readonly found: number
  readonly missing: readonly string[]
  readonly reads: string
  readonly tried: { readonly objects: number; readonly runs: number }
  readonly seconds: number
  /** Results that were accepted and are wrong. Must be empty. */
  readonly wrong: readonly string[]
  /** What the probe says, for those that are not complete. */
  readonly notes: readonly string[]
}

/** Invents, searches and judges number `seed`. Throws when the inventor itself is at fault. */
export async function tryInvented(seed: number): Promise<InventedRow> {
  const begin = performance.now()
  const scratch = await mkdtemp(join(tmpdir(), 'graft-invented-'))
  try {
    const folder = join(scratch, 'site')
    await mkdir(folder)
    const made = invention.parse(
      JSON.parse(await python(['-m', 'invented', String(seed), folder], { path: [INVENTOR], seconds: 60 })),
    )
    if (made.problems.length > 0) throw new Error(`The invention ${seed} is wrong itself: ${made.problems.join('; ')}`)
    const found = await measure(await snapshotOf(folder, made), scratch, folder)
    const judged = judgeMeasurement(found)
    const integrated = judged.verdict.startsWith('integrated')
    const { wrong } = integrated ? await judge(found, seed, folder) : { wrong: [] }
    const right = new Set<string>(found.gates.filter(({ outcome }) => outcome === 'right').map(({ gate }) => gate))
    const missing = integrated ? made.axes.gates.filter((gate) => !right.has(gate)) : made.axes.gates
    const reads = [found.driver?.state?.kind, found.driver?.counts?.kind].filter(Boolean).join(' + ')
    const kinds: readonly string[] = READ_KINDS
    const kind = kinds.indexOf(found.driver?.state?.kind ?? 'counts')
    // A package may show more than its author thought of: the array itself, beside the function that was written for it.
    const whole = missing.length === 0 && kind <= kinds.indexOf(made.axes.read)
    const verdict = wrong.length > 0 ? 'wrong' : integrated ? (whole ? 'complete' : 'partial') : 'not found'
    return {
      ...{ seed, package: made.name, version: made.version, verdict, axes: made.axes, example: made.example },
      ...{ stage: found.stage, has: made.axes.gates.length, found: made.axes.gates.length - missing.length, missing },
      ...{ reads, tried: { objects: found.tried.objects, runs: found.tried.runs } },
      ...{ seconds: Math.round((performance.now() - begin) / 100) / 10, wrong },
      notes: verdict === 'complete' ? [] : [judged.reason, ...found.log, ...found.seen].slice(0, 20),
    }
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The files as a source would hand them over after unpacking a wheel. */
async function snapshotOf(root: string, made: z.infer<typeof invention>): Promise<Snapshot> {
  const files = await Promise.all(
    made.files.map(async (path) => ({ path, bytes: (await stat(join(root, path))).size })),
  )
  const filename = `${made.name}-${made.version}-py3-none-any.whl`
  return {
    ...{ schema: 1, purl: `pkg:pypi/${made.name}@${made.version}`, distribution: made.name, normalizedName: made.name },
    ...{ version: made.version, summary: 'A small simulator of quantum circuits', licence: 'MIT', requiresPython: '' },
    ...{ requiresDist: ['numpy'], wheelAvailable: true, projectUrls: {} },
    trees: [{ artifact: { filename, kind: 'wheel', sha256: '0'.repeat(64), bytes: 1 }, root, files, skipped: [] }],
  }
}

/** From the files to the measurement: nothing but what the product does. */
async function measure(snapshot: Snapshot, scratch: string, folder: string): Promise<Measurement> {
  const proposed = proposeCandidates(await analyseSnapshot(snapshot, { workers: 1 }))
  const request = { ...proposed, budget: { ...proposed.budget, ...BUDGET } }
  const [asked, result] = [join(scratch, 'request.json'), join(scratch, 'result.json')]
  await writeFile(asked, JSON.stringify(request))
  await python([join(TEMPLATES, 'probe', 'main.py'), asked, result], { path: [folder], seconds: PROBE_SECONDS })
  return measurementSchema.parse(JSON.parse(await readFile(result, 'utf8')))
}

/** Renders the adapter and runs it on random circuits. */
async function judge(found: Measurement, seed: number, folder: string): Promise<z.infer<typeof judgement>> {
  const { driver, conventions, gates } = toDriverFile(found)
  const { refused } = await gateReach(TEMPLATES, found)
  const { source } = renderAdapter({
    ...{ backend: BACKEND, driver, conventions, refused },
    ...{ matrixQubits: matrixQubits(driver, gates), limits: limitsOf(driver, found) },
  })
  const adapter = formatPython(source, 'adapter.py')
  const request = JSON.stringify({ seed, folder, backend: BACKEND, adapter })
  try {
    const answer = await python(['-m', 'invented.check'], { path: [INVENTOR, folder], seconds: 120, input: request })
    return judgement.parse(JSON.parse(answer))
  } catch (error) {
    // An adapter that cannot even be judged is as wrong as one that lies.
    return { wrong: [String(error).slice(0, 1000)], refused: [], circuits: 0 }
  }
}

/** Runs a Python program and gives its standard output. */
function python(
  args: readonly string[],
  { path, seconds, input = '' }: { path: readonly string[]; seconds: number; input?: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PYTHONPATH: path.join(delimiter), PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' }
    const child = spawn('python3', [...args], { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: 1000 * seconds })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(out)
      else reject(new Error(`python ${args.join(' ')} ended with ${code}: ${err.slice(-2000)}`))
    })
    child.stdin.on('error', () => undefined).end(input)
  })
}
