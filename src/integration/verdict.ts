/** From what was measured to a verdict. Pure; the bars are those of the gate list (`docs/measurement.md`). */
import { stageQuestion } from '../driver/questions.ts'
import type { Measurement } from '../values/measurement.ts'
import type { Verdict } from '../values/plan.ts'
import type { Report } from '../values/report.ts'

export interface Judgement {
  readonly verdict: Verdict
  /** One sentence for the person who asked. */
  readonly reason: string
  /** What is refused or restricted, each in one clause. */
  readonly limits: readonly string[]
}

/** Without these no circuit of interest can be run. */
const REQUIRED = ['x', 'h', 'cx'] as const

/** Any of these leaves the Clifford group, so that the backend is not a stabilizer simulator only. */
const NON_CLIFFORD = new Set(['t', 'tdg', 'rx', 'ry', 'rz', 'p', 'u3', 'cp', 'crz', 'rzz', 'ccx', 'cswap'])

/**
 * Judges a measurement before anything is generated.
 *
 * A driver is good enough when x, h, cx and one non-Clifford gate were measured right; stated limits turn `integrated`
 * into `integrated_with_limits`. Anything less ends in one question to the person, or in a decline with the evidence.
 *
 * @param refused gates that can neither be run natively nor be written with the native ones
 */
export function judgeMeasurement(measurement: Measurement, refused: readonly string[] = []): Judgement {
  const right = new Set(measurement.gates.filter((gate) => gate.outcome === 'right').map((gate) => gate.gate))
  if (measurement.stage !== 'measured' || measurement.driver === undefined) {
    return { verdict: 'needs_answer', reason: stageQuestion(measurement), limits: [] }
  }
  const missing = REQUIRED.filter((gate) => !right.has(gate))
  if (missing.length > 0) {
    return { verdict: 'needs_answer', reason: stageQuestion(measurement), limits: [] }
  }
  if (![...right].some((gate) => NON_CLIFFORD.has(gate))) {
    return {
      verdict: 'declined',
      reason:
        'Only Clifford gates could be measured, so most circuits would be refused: a stabilizer simulator cannot be a general backend. A T gate or one rotation would change this.',
      limits: [],
    }
  }
  const limits = [
    ...(refused.length > 0
      ? [`its gates do not suffice for ${refused.join(', ')}: circuits with these are refused`]
      : []),
    ...measurement.limits,
  ]
  return {
    verdict: limits.length > 0 ? 'integrated_with_limits' : 'integrated',
    reason: `${right.size} native gates were measured on the real simulator and are right.`,
    limits,
  }
}

/** Combines the judgement of the measurement with the backend's own test run: a red run is never integrated. */
export function judgeReport(measured: Judgement, report: Report): Judgement {
  const broken = report.tests.filter((test) => test.outcome === 'failed' || test.outcome === 'error')
  if (broken.length > 0 || report.failed > 0 || report.passed === 0) {
    const names = broken.slice(0, 3).map((test) => test.name)
    const more = broken.length > 3 ? ` and ${broken.length - 3} more` : ''
    return {
      verdict: 'failed',
      reason:
        names.length > 0
          ? `The generated backend does not pass its own tests (${names.join(', ')}${more}), so nothing was kept. The report has the measured and the expected values.`
          : 'The test run of the generated backend ran no test, so nothing was kept. The report says what happened.',
      limits: measured.limits,
    }
  }
  return {
    ...measured,
    reason: `${measured.reason} The backend passes its own ${report.passed} tests${notApplicable(report.skipped)}.`,
  }
}

function notApplicable(skipped: number): string {
  if (skipped === 0) return ''
  return skipped === 1 ? ' (1 does not apply)' : ` (${skipped} do not apply)`
}
