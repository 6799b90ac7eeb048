/**
 * What Graft makes of a population of simulators: `npm run bench:population -- [options]`. See `docs/population.md`.
 *
 *   --only A,B       these packages instead of `population.json`
 *   --driver-only    search and measurement alone: no adapter, no tests
 *   --ablate LAYOUT  the search does without a layout (its id, or the beginning of it); may be given several times
 *   --repo DIR       the host is a copy of this checkout (default: the small target)
 *   --resume         the rows of the file are kept, and packages that have one (other than `error`) are left out
 *   --out FILE       where the rows go (default: `results/population.json`, for all packages and the whole way only)
 *   --cache-dir DIR  downloads and environments are kept there; measurements are always made anew
 *   --jobs N         packages at a time (default 2)
 *   --log            print how each driver was found, or what was tried
 *   --keep DIR       leave request.json, result.json and the branch's checkout there (default: a folder in /tmp)
 *
 * Exit code 1 where something was found wrong, or Graft itself failed.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultCacheDir } from '../src/integration/services.ts'
import { lookAt } from './population/check.ts'
import { type Entry, readList } from './population/list.ts'
import { type Row, readRows, rowOf } from './population/row.ts'
import { type Walk, type Way, walk } from './population/walk.ts'

const ROOT = join(import.meta.dirname, '..')
/** A package that takes longer is ended, and its row says so. */
const PACKAGE_SECONDS = 600

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    'driver-only': { type: 'boolean', default: false },
    ablate: { type: 'string', multiple: true, default: [] },
    repo: { type: 'string', default: join(ROOT, 'templates', 'target') },
    resume: { type: 'boolean', default: false },
    out: { type: 'string' },
    'cache-dir': { type: 'string' },
    jobs: { type: 'string', default: '2' },
    log: { type: 'boolean', default: false },
    keep: { type: 'string', default: join(tmpdir(), 'graft-population') },
  },
})
const driverOnly = options['driver-only']
const whole = !driverOnly && options.only === undefined && options.ablate.length === 0
const out = options.out ?? (whole ? join(import.meta.dirname, 'results', 'population.json') : undefined)
const cacheDir = resolve(options['cache-dir'] ?? defaultCacheDir())
/** Whoever ends the bench ends the sandboxes too. */
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
const work = mkdtempSync(join(tmpdir(), 'graft-bench-'))

/** The templates as they are now, with the tools of the project beside them. */
function copyTemplates(): string {
  const project = join(work, 'project')
  mkdirSync(project)
  symlinkSync(join(ROOT, '.venv'), join(project, '.venv'))
  cpSync(join(ROOT, 'templates'), join(project, 'templates'), {
    recursive: true,
    filter: (path) => !path.includes('__pycache__'),
  })
  return join(project, 'templates')
}

/** One package, within its time. */
async function measure(entry: Entry, templatesDir: string): Promise<Row> {
  const own = mkdtempSync(join(work, 'package-'))
  const keep = join(resolve(options.keep), entry.package)
  rmSync(keep, { recursive: true, force: true })
  const begin = performance.now()
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(PACKAGE_SECONDS * 1000)])
  const onNote = (note: string) => {
    if (options.log && options.only !== undefined) process.stderr.write(`  ${entry.package} · ${note}\n`)
  }
  const host = resolve(options.repo)
  const way: Way = { work: own, cacheDir, templatesDir, host, driverOnly, ablate: options.ablate, keep, signal, onNote }
  const walked = await walk(entry, way)
  const row = await rowOf(entry, walked, templatesDir, driverOnly ? 'driver' : 'whole')
  if (row.verdict.startsWith('integrated') && !driverOnly) await look(walked, row)
  if (signal.aborted) {
    row.verdict = 'error'
    row.expected = false
    row.reason = `It took more than ${PACKAGE_SECONDS} s and was ended.`
  }
  row.seconds.all = Math.round((performance.now() - begin) / 10) / 100
  rmSync(own, { recursive: true, force: true })
  return row
}

/** Adds what the independent check sees; a check that cannot be made is as bad as one that finds something. */
async function look(walked: Walk, row: Row): Promise<void> {
  try {
    const found = await lookAt(walked)
    row.wrong = found?.wrong ?? ['there is no branch to look at']
    row.circuits = found?.circuits ?? 0
    if (found?.cost !== undefined) row.cost = found.cost
  } catch (error) {
    row.wrong = [`the independent check could not be made: ${String(error).slice(0, 300)}`]
  }
}

/** One line for who watches. */
function lineOf(entry: Entry, row: Row): string {
  const { conventions } = row
  const order = [conventions?.state_order ?? '–', conventions?.counts_order ?? '–'].join('/')
  const known = entry.native === undefined ? '' : ` of ${entry.native.length}`
  return [
    `${row.expected ? ' ' : '!'} ${row.package} ${row.version ?? ''}`.padEnd(44),
    row.verdict.replace('integrated_with_limits', 'with limits').padEnd(12),
    row.stage.padEnd(8),
    `native ${entry.native === undefined ? row.native.length : entry.native.length - row.missing.length}${known}`.padEnd(
      16,
    ),
    `lowered ${row.lowered.length} refused ${row.refused.length}`.padEnd(22),
    order.padEnd(14),
    `${row.objects} objects ${row.runs} runs`.padEnd(22),
    `${row.seconds.measure ?? '–'} s of ${row.seconds.all} s`,
    row.wrong.length > 0 ? `WRONG: ${row.wrong.join('; ')}` : '',
    row.missing.length > 0 && row.missing.length < 12 ? `missing: ${row.missing.join(' ')}` : '',
    row.verdict.startsWith('integrated') ? '' : row.reason.split('\n')[0]?.slice(0, 160),
  ]
    .filter(Boolean)
    .join(' ')
}

/** All rows, in the list's order; those of other packages last. */
function writeRows(rows: ReadonlyMap<string, Row>): void {
  if (out === undefined) return
  const listed = readList().flatMap((entry) => rows.get(entry.package) ?? [])
  const others = [...rows.values()].filter((row) => !listed.includes(row))
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, `${JSON.stringify([...listed, ...others], null, 1)}\n`)
}

/** Whether a row of an earlier run says all that is asked for. */
function isDone(row: Row | undefined): boolean {
  if (row === undefined || row.verdict === 'error') return false
  return driverOnly || row.way === 'whole' || !row.verdict.startsWith('integrated')
}

async function main(): Promise<number> {
  const templatesDir = copyTemplates()
  const entries = readList(options.only?.split(',').filter(Boolean))
  const rows = new Map(options.resume && out !== undefined ? readRows(out).map((row) => [row.package, row]) : [])
  const waiting = entries.filter((entry) => !isDone(rows.get(entry.package)))
  const worker = async () => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const row = await measure(entry, templatesDir)
      if (interrupted.signal.aborted) return
      rows.set(row.package, row)
      process.stdout.write(`${lineOf(entry, row)}\n`)
      if (options.log) {
        for (const line of [...row.log, ...row.limits.map((limit) => `limit: ${limit}`)])
          process.stdout.write(`      ${line}\n`)
        if (!row.verdict.startsWith('integrated'))
          process.stdout.write(`      ${row.reason.replaceAll('\n', '\n      ')}\n`)
        process.stdout.write(`      kept in ${join(resolve(options.keep), entry.package)}\n`)
      }
      writeRows(rows)
    }
  }
  const jobs = Math.min(Number(options.jobs), availableParallelism() * 2)
  await Promise.all(Array.from({ length: jobs }, worker))
  const all = [...rows.values()]
  return all.some((row) => row.verdict === 'error' || row.verdict === 'failed' || row.wrong.length > 0) ? 1 : 0
}

try {
  process.exitCode = await main()
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 3 })
}
