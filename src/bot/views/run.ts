/** A job that runs elsewhere, and a report, in words. */
import { isGreen } from '../../change/gate.ts'
import type { Pending } from '../../simulator/runner.ts'
import type { Report } from '../../values/report.ts'
import { bullets, counted, fence, inlineCode, link, sections } from './markdown.ts'

const SIGNS = { waiting: '·', running: '▸', passed: '✓', failed: '✗' } as const

/** Where a job is, with its steps. */
export function pendingWords(pending: Pending): string {
  if (pending.problem !== undefined) return problemWords(pending.problem, pending.url)
  const since = `${pending.since.slice(11, 16)} UTC`
  if (pending.url === undefined) return `Asked for at ${since}; GitHub Actions has not begun it yet.`
  const steps = pending.steps.slice(0, 20).map((step) => `${SIGNS[step.state]} ${inlineCode(step.name, 40)}`)
  return `${link('The run', pending.url)} was asked for at ${since}.${steps.length > 0 ? ` Its steps: ${steps.join(' ')}` : ''}`
}

function problemWords(problem: NonNullable<Pending['problem']>, url: string | undefined): string {
  switch (problem) {
    case 'no_run':
      return sections([
        'GitHub Actions began no run within three minutes. What keeps it, most often:',
        bullets([
          'the workflow of Graft is not on the default branch: merge the pull request that sets Graft up;',
          'Actions is off, or allows only some actions: *Settings → Actions → General*;',
          'no runner is free: see *Actions* for runs that wait.',
        ]),
        'Graft goes on by itself as soon as a run begins.',
      ]).trimEnd()
    case 'actions_off':
      return 'GitHub Actions is off in this repository. Switch it on in *Settings → Actions → General* (in a fork: on the page *Actions*). Graft goes on by itself then.'
    case 'no_artifact': {
      const run = url === undefined ? 'The run' : link('The run', url)
      return `${run} ended without a result. Its log says why. Nothing was changed.`
    }
    default:
      return problem satisfies never
  }
}

/** With a sign before it. */
export function reportLine(report: Report): string {
  return `${isGreen(report) ? '✓' : '✗'} ${reportWords(report)}`
}

/** `122 passed, 1 not applicable, in 18 s`. */
export function reportWords({ passed, failed, skipped, seconds }: Report): string {
  const parts = [`${passed} passed`, ...(failed > 0 ? [`**${failed} failed**`] : [])]
  if (skipped > 0) parts.push(`${skipped} not applicable`)
  return `${parts.join(', ')}, in ${Math.round(seconds)} s on the real simulator`
}

/** The tests that failed, each with what was measured and expected, as the test says it. */
export function failures(report: Report, most: number): string {
  const broken = report.tests.filter((test) => test.outcome === 'failed' || test.outcome === 'error')
  const shown = broken.slice(0, most).map((test) => {
    const name = `✗ ${inlineCode(test.name, 120)}`
    return test.message === undefined ? name : `${name}\n\n${fence(test.message, { lines: 25 })}`
  })
  if (broken.length > most) shown.push(`… and ${counted(broken.length - most, 'more test')}.`)
  return shown.join('\n\n')
}
