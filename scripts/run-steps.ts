/** Runs steps, says in a line each how they went, and prints a failed step's whole output. */
import { spawn } from 'node:child_process'
import type { Counts, Step } from './steps.ts'
import { ROOT } from './steps.ts'

interface Outcome {
  readonly step: Step
  readonly ok: boolean
  readonly counts: Counts
}

/** Runs one step to its end with its output kept. */
async function runStep(step: Step): Promise<Outcome> {
  const started = performance.now()
  const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = spawn(step.command, step.args, {
      cwd: step.cwd ?? ROOT,
      env: { ...process.env, NO_COLOR: '1', ...step.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
    }
    child.on('error', (error) => resolve({ code: null, output: `${text}${error.message}\n` }))
    child.on('close', (status) => resolve({ code: status, output: text }))
  })
  const counted = step.counts?.()
  // A suite that ran no test at all has not passed, whatever it returned.
  const ok = code === 0 && (counted === undefined || counted.passed > 0)
  const counts = counted ?? { passed: 0, failed: 0, skipped: 0 }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const numbers =
    counted === undefined ? '' : ` · ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`
  process.stdout.write(`${ok ? '✓' : '✗'} ${step.name}${numbers} · ${seconds} s\n`)
  if (!ok) process.stdout.write(`\n${output.trimEnd()}\n\n`)
  else if (counts.skipped > 0) process.stdout.write(skips(output))
  return { step, ok, counts: ok ? counts : { ...counts, failed: Math.max(counts.failed, 1) } }
}

/** The lines in which pytest (`SKIPPED`) and vitest (`↓`) name what they skipped. */
function skips(output: string): string {
  const lines = output.split('\n').filter((line) => /^\s*(SKIPPED|↓)/.test(line))
  return lines.map((line) => `    ${line.trim()}\n`).join('')
}

/**
 * Runs groups one after the other, the steps of a group side by side, and prints `N passed, N failed` alone on the last line.
 * A failed check, or a suite that broke before its first test, counts as one failure.
 *
 * @returns whether everything passed.
 */
export async function runGroups(groups: readonly (readonly Step[])[]): Promise<boolean> {
  const outcomes: Outcome[] = []
  for (const group of groups) outcomes.push(...(await Promise.all(group.map(runStep))))
  const sum = (key: keyof Counts) => outcomes.reduce((total, { counts }) => total + counts[key], 0)
  const broken = outcomes.filter(({ ok }) => !ok).map(({ step }) => step.name)
  if (broken.length > 0) process.stdout.write(`Not right: ${broken.join(' · ')}\n`)
  if (sum('skipped') > 0) process.stdout.write(`Skipped, each with its reason above: ${sum('skipped')}\n`)
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`)
  return broken.length === 0
}
