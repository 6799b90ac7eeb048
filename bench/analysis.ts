/**
 * The analysis (`npm run bench:analysis`, some minutes): how fast a package is read, beside the raw parser that it stands on,
 * CPython's `ast` and griffe, a library for the same task, on the same files in the same run.
 *
 * Rounds go through all of them in turn, and the ratios are those of the medians, so that a busy machine slows all alike; the
 * seconds are the processor's, but for two workers, where only the clock tells. Writes bench/results/analysis.json.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Language, Parser } from 'web-tree-sitter'
import { analyseSnapshot } from '../src/analysis/analyse.ts'
import type { FileTask } from '../src/analysis/file-facts.ts'
import { readFileFacts } from '../src/analysis/read-file.ts'
import { findUv } from '../src/simulator/tools.ts'
import type { Snapshot } from '../src/values/snapshot.ts'

const RESULT = fileURLToPath(new URL('results/analysis.json', import.meta.url))
const PROGRAM = fileURLToPath(new URL('analysis.py', import.meta.url))
const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** What is read: large packages of the Python index, as many files as make 30 MB. */
const CORPUS = ['sympy==1.14.0', 'networkx==3.5', 'qiskit==2.2.0', 'cirq-core==1.6.1', 'scipy==1.16.2', 'pandas==2.3.3']
const MEGABYTE = 1024 * 1024
/** Larger files are left out by the analysis, so nobody reads them. */
const LARGEST = MEGABYTE

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string' },
    megabytes: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '3' },
    /** Only analyses the folder, and prints the most memory that it took. */
    memory: { type: 'boolean', default: false },
  },
})

interface Took {
  /** Seconds of the processor, of all threads, and of the clock. */
  readonly cpu: number
  readonly wall: number
}

const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'graft-bench-analysis-'))
try {
  if (options.memory) {
    await analyseSnapshot(snapshotOf(filesIn(join(folder, 'corpus'))))
    process.stdout.write(`${process.resourceUsage().maxRSS / 1024}\n`)
  } else await compare()
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
}

async function compare(): Promise<void> {
  const python = await prepare()
  const files = filesIn(join(folder, 'corpus'))
  const list = join(folder, 'files.json')
  writeFileSync(list, JSON.stringify(files.map((file) => file.full)))
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const snapshot = snapshotOf(files)
  const parser = await newParser()
  const foreign = (how: string): Took & { failed: number } =>
    JSON.parse(execFileSync(python, [PROGRAM, how, list], { encoding: 'utf8', maxBuffer: 64 * MEGABYTE })) as never
  const ways: Record<string, () => Promise<Took> | Took> = {
    parser: () => took(async () => parseAll(files, parser)),
    extraction: () => took(() => extractAll(files, parser)),
    analysis: () => took(() => analyseSnapshot(snapshot, { workers: 1 })),
    twoWorkers: () => took(() => analyseSnapshot(snapshot, { workers: 2 })),
    ast: () => foreign('ast'),
    griffe: () => foreign('griffe'),
  }
  const rounds: Record<string, Took[]> = {}
  for (let round = 0; round < Number(options.rounds); round += 1)
    for (const [name, way] of Object.entries(ways)) rounds[name] = [...(rounds[name] ?? []), await way()]
  const median = (name: string, of: keyof Took) => {
    const sorted = (rounds[name] ?? []).map((one) => one[of]).sort((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  }
  const rate = (name: string, of: keyof Took) => round(bytes / MEGABYTE / median(name, of))
  const peak = Number(
    execFileSync(
      process.execPath,
      [...process.execArgv, fileURLToPath(import.meta.url), '--memory', '--folder', folder],
      {
        encoding: 'utf8',
      },
    ),
  )
  const names = Object.keys(ways)
  const result = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    corpus: { packages: CORPUS, files: files.length, megabytes: round(bytes / MEGABYTE) },
    rounds: Number(options.rounds),
    megabytesPerSecond: Object.fromEntries(
      names.map((name) => [name, { processor: rate(name, 'cpu'), clock: rate(name, 'wall') }]),
    ),
    ratios: {
      'extraction / parser (goal ≥ 0.85)': round(median('parser', 'cpu') / median('extraction', 'cpu')),
      'everything else on top of extraction (goal ≤ 0.25)': round(
        median('analysis', 'cpu') / median('extraction', 'cpu') - 1,
      ),
      'two workers / griffe, by the clock (goal ≥ 3)': round(median('griffe', 'wall') / median('twoWorkers', 'wall')),
      'one worker / griffe': round(median('griffe', 'cpu') / median('analysis', 'cpu')),
      'griffe / ast': round(median('ast', 'cpu') / median('griffe', 'cpu')),
      'parser / ast': round(median('ast', 'cpu') / median('parser', 'cpu')),
    },
    'peak memory in MB (goal ≤ 400)': round(peak),
  }
  writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
}

/** Installs griffe into an environment of its own and the files to read beside it; nothing of the files is run. */
async function prepare(): Promise<string> {
  const uv = await findUv(ROOT)
  if (uv === undefined) throw new Error('This bench needs uv.')
  const run = (...args: string[]) =>
    execFileSync(uv.command, [...uv.prefix, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  const environment = join(folder, 'griffe')
  const python = join(environment, 'bin', 'python')
  if (!existsSync(python)) {
    run('venv', '--quiet', environment)
    run('pip', 'install', '--quiet', '--python', python, 'griffe')
  }
  const corpus = join(folder, 'corpus')
  if (!existsSync(corpus))
    run(
      'pip',
      'install',
      '--quiet',
      '--python',
      python,
      '--no-deps',
      '--only-binary',
      ':all:',
      '--target',
      corpus,
      ...CORPUS,
    )
  return python
}

interface Source {
  readonly path: string
  readonly full: string
  readonly bytes: number
}

/** Python files in order, until they are as many megabytes as wanted. */
function filesIn(root: string): Source[] {
  const found: Source[] = []
  let left = Number(options.megabytes) * MEGABYTE
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.py')) continue
    const full = join(entry.parentPath, entry.name)
    const bytes = statSync(full).size
    if (bytes > LARGEST) continue
    found.push({ path: relative(root, full), full, bytes })
  }
  return found
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .filter(({ bytes }) => {
      left -= bytes
      return left >= 0
    })
}

function snapshotOf(files: readonly Source[]): Snapshot {
  const artifact = { filename: 'corpus-1.0-py3-none-any.whl', kind: 'wheel' as const, sha256: '0'.repeat(64), bytes: 0 }
  const tree = {
    artifact,
    root: join(folder, 'corpus'),
    files: files.map(({ path, bytes }) => ({ path, bytes })),
    skipped: [],
  }
  return {
    ...{ schema: 1, purl: 'pkg:pypi/corpus@1.0', distribution: 'corpus', normalizedName: 'corpus', version: '1.0' },
    ...{ summary: '', licence: '', requiresPython: '', requiresDist: [], wheelAvailable: true, projectUrls: {} },
    trees: [tree],
  } as Snapshot
}

async function newParser(): Promise<Parser> {
  await Parser.init()
  const require = createRequire(import.meta.url)
  return new Parser().setLanguage(await Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm')))
}

async function parseAll(files: readonly Source[], parser: Parser): Promise<void> {
  for (const { full } of files) parser.parse(new TextDecoder('utf-8').decode(readFileSync(full)))?.delete()
}

async function extractAll(files: readonly Source[], parser: Parser): Promise<void> {
  for (const { path } of files) {
    const module = path.replace(/\.py$/, '').replaceAll('/', '.')
    const task: FileTask = { root: join(folder, 'corpus'), path, kind: 'package', module }
    await readFileFacts(task, parser)
  }
}

async function took(work: () => Promise<unknown>): Promise<Took> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  await work()
  const used = process.cpuUsage(cpu)
  return { cpu: (used.user + used.system) / 1e6, wall: (performance.now() - wall) / 1000 }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
