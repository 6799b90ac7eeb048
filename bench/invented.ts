/**
 * Proof by invention: `npm run bench:invented -- [--count 200] [--seed N] [--only SEED,…] [--fresh] [--twins]`.
 *
 * `count` simulators are invented from the seeds `seed`, `seed + 1`, … (see `templates/probe/tests/invented`): packages that nobody
 * has seen, with their own way of being driven. Each goes the product's way from its files to a rendered adapter, which then runs
 * against the inventor's reference. Rows are kept in `bench/results/invented.json` as they come; an interrupted run goes on.
 * With `--only`, rows are shown with what the probe says, and nothing is kept. With `--twins`, renamed twins of real simulators are
 * integrated instead (see `bench/invented/twin.ts`), into `bench/results/twins.json`.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type InventedRow, tryInvented } from './invented/one.ts'
import { summary } from './invented/summary.ts'
import { integrateTwin, ORIGINALS } from './invented/twin.ts'

const FILE = join(import.meta.dirname, 'results', 'invented.json')
const AT_ONCE = 2

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1000' },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    twins: { type: 'boolean', default: false },
    out: { type: 'string', default: FILE },
  },
})

/** Rows of an earlier run that was interrupted. */
function known(): InventedRow[] {
  if (options.fresh || options.only !== undefined || !existsSync(options.out)) return []
  return (JSON.parse(readFileSync(options.out, 'utf8')) as { rows: InventedRow[] }).rows
}

function show(row: InventedRow): void {
  const { receiver, naming, parameters, qubits, acts, run, read } = row.axes
  const way = [receiver, naming, parameters, qubits, acts, run, read].join(' · ')
  process.stdout.write(
    `${row.seed}  ${row.verdict.padEnd(9)}  ${row.found}/${row.has}  ${row.seconds.toFixed(1)} s  ${way}\n`,
  )
  for (const line of row.wrong) process.stdout.write(`    WRONG: ${line}\n`)
  if (options.only !== undefined) {
    for (const line of [...row.example, '', ...row.notes]) process.stdout.write(`    ${line}\n`)
    process.stdout.write(`    missing: ${row.missing.join(' ')}; reads ${row.reads}\n    ${JSON.stringify(row.axes)}\n`)
  }
}

const first = Number(options.seed)
const seeds =
  options.only?.split(',').map(Number) ?? Array.from({ length: Number(options.count) }, (_, index) => first + index)
const rows = new Map(known().map((row) => [row.seed, row]))
const waiting = seeds.filter((seed) => !rows.has(seed))

function keep(): void {
  const kept = seeds.flatMap((seed) => rows.get(seed) ?? [])
  const text = kept.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  writeFileSync(options.out, `{\n  "schema": 1,\n  "rows": [\n${text}\n  ]\n}\n`)
}

async function work(): Promise<void> {
  for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
    const row = await tryInvented(seed)
    rows.set(seed, row)
    show(row)
    if (options.only === undefined) keep()
  }
}

async function invented(): Promise<boolean> {
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const done = seeds.flatMap((seed) => rows.get(seed) ?? [])
  process.stdout.write(`\n${summary(done)}`)
  return done.every((row) => row.verdict !== 'wrong')
}

/** Every original once, each into a fresh copy of the small target. */
async function twins(): Promise<boolean> {
  const scratch = mkdtempSync(join(tmpdir(), 'graft-twins-'))
  try {
    const found: object[] = []
    for (const original of ORIGINALS) {
      const repo = join(scratch, original)
      cpSync(join(import.meta.dirname, '..', 'templates', 'target'), repo, { recursive: true })
      const git = (...args: string[]) => execFileSync('git', ['-C', repo, ...args], { stdio: 'ignore' })
      git('init', '--initial-branch=main')
      git('add', '.')
      git('-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', 'commit', '-m', 'The target')
      const { renamed, result } = await integrateTwin(original, first, repo, join(scratch, 'cache'))
      const verdict = result?.verdict ?? 'failed'
      process.stdout.write(`${original}  ${verdict}  ${renamed} names changed  ${result?.reason ?? ''}\n`)
      found.push({ original, verdict, renamed, reason: result?.reason, failed: result?.report?.failed })
    }
    writeFileSync(join(import.meta.dirname, 'results', 'twins.json'), `${JSON.stringify(found, null, 2)}\n`)
    return found.length === ORIGINALS.length
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

process.exitCode = (await (options.twins ? twins() : invented())) ? 0 : 1
