/**
 * What Graft makes of several packages: `npm run bench:population -- [--only A,B,…] [--out FILE] [--cache-dir DIR]`.
 *
 * For each package a plan on the small target (fetch, read, resolve, search, measure, render; nothing is kept), then one row:
 * verdict, gates, conventions, times. A package that cannot be planned is a row with its reason. Measurements are made anew.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runnableOf } from '../src/cli/runnable.ts'
import { makePlan } from '../src/integration/integrate.ts'
import { createServices } from '../src/integration/services.ts'
import { GraftError } from '../src/values/errors.ts'
import { GATE_NAMES } from '../src/values/gates.ts'
import type { Plan } from '../src/values/plan.ts'
import type { Stage } from '../src/values/progress.ts'

const DEFAULT = ['qulacs', 'quimb', 'amazon-braket-default-simulator', 'blueqat']
const HEADINGS = [
  'package',
  'verdict',
  'native',
  'runs',
  'state',
  'counts',
  'read s',
  'measure s',
  'in all s',
  'remark',
]

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, out: { type: 'string' }, 'cache-dir': { type: 'string' } },
})
const packages = options.only?.split(',').filter(Boolean) ?? DEFAULT
const work = mkdtempSync(join(tmpdir(), 'graft-population-'))
const cacheDir = options['cache-dir'] ?? join(work, 'cache')

/** A fresh repository with the small target. */
function makeTarget(): string {
  const folder = mkdtempSync(join(work, 'target-'))
  cpSync(join(import.meta.dirname, '..', 'templates', 'target'), folder, { recursive: true })
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { stdio: 'ignore' })
  git('init', '--initial-branch=main')
  git('add', '.')
  git('-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', 'commit', '-m', 'The target')
  return folder
}

/** One package: its plan, or why there is none, and the seconds of each stage. */
async function plan(locator: string): Promise<{ plan?: Plan; refusal?: string; seconds: Map<Stage, number> }> {
  const seconds = new Map<Stage, number>()
  const services = await createServices({
    cacheDir,
    onProgress: (progress) => {
      if (progress.type === 'finished') seconds.set(progress.stage, progress.seconds)
    },
  })
  rmSync(join(cacheDir, 'measurements'), { recursive: true, force: true })
  try {
    return { plan: await makePlan(locator, makeTarget(), {}, services), seconds }
  } catch (error) {
    // A defect is a row too: the others are still worth their rows.
    const refusal = error instanceof GraftError ? error.message : `defect: ${String(error)}`
    return { refusal, seconds }
  }
}

async function rowOf(locator: string): Promise<string[]> {
  const begin = performance.now()
  const { plan: made, refusal, seconds } = await plan(locator)
  const inAll = ((performance.now() - begin) / 1000).toFixed(1)
  const times = [seconds.get('analyse')?.toFixed(1) ?? '–', seconds.get('measure')?.toFixed(1) ?? '–', inAll]
  if (made === undefined) return [locator, 'error', '–', '–', '–', '–', ...times, refusal ?? '']
  const { measurement } = made
  const templates = join(import.meta.dirname, '..', 'templates')
  const runs = await runnableOf(made, templates)
  const right = measurement?.gates.filter(({ outcome }) => outcome === 'right').length
  return [
    made.purl,
    made.verdict,
    right === undefined ? '–' : String(right),
    made.driver === undefined ? '–' : `${GATE_NAMES.filter((gate) => runs.includes(gate)).length}/${GATE_NAMES.length}`,
    measurement?.conventions?.state_order ?? '–',
    measurement?.conventions?.counts_order ?? '–',
    ...times,
    made.verdict.startsWith('integrated') ? (measurement?.limits.join('; ') ?? '') : made.reason,
  ]
}

try {
  const rows: string[][] = []
  for (const locator of packages) {
    const row = await rowOf(locator)
    rows.push(row.map((cell) => cell.replace(/[|\p{Cc}]+/gu, ' ')))
    process.stderr.write(`${row.slice(0, 4).join(' · ')} · ${row[8]} s\n`)
  }
  const table = [HEADINGS, HEADINGS.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
  process.stdout.write(table)
  if (options.out !== undefined) writeFileSync(options.out, table)
  process.exitCode = rows.some((row) => row[1] === 'error' || row[1] === 'failed') ? 1 : 0
} finally {
  rmSync(work, { recursive: true, force: true })
}
