/** From what was measured to a verdict. Pure; the bars are those of the gate list (`docs/measurement.md`). */
import { declineAfter, declineText } from '../driver/decline.ts'
import { stageQuestion } from '../driver/questions.ts'
import type { Measurement } from '../values/measurement.ts'
import type { Offer } from '../values/offers.ts'
import type { Overrides } from '../values/overrides.ts'
import type { Verdict } from '../values/plan.ts'
import type { Profile } from '../values/profile.ts'
import type { Report } from '../values/report.ts'
import { contradictions } from './contradictions.ts'

export interface Judgement {
  readonly verdict: Verdict
  /** One sentence for the person who asked; a question, a decline and a failure go on with what they rest on, a line each. */
  readonly reason: string
  /** What is refused or restricted, each in one clause. */
  readonly limits: readonly string[]
  /** Where what a person said is not what was found or measured, a sentence each; absent where there is nothing to say. */
  readonly contradictions?: readonly string[]
}

/** What bears on a verdict besides the measurement. */
export interface Surroundings {
  /** Gates that can neither be run natively nor be written with the native ones. */
  readonly refused?: readonly string[]
  readonly profile?: Profile | undefined
  readonly stated?: Overrides | undefined
  /** What is to be known about where the package runs, a clause each. */
  readonly environment?: readonly string[] | undefined
  /** What the index has for modules that are missing. */
  readonly offers?: readonly Offer[] | undefined
}

/** Without these no circuit of interest can be run; CX may be written with CZ. */
const REQUIRED = ['x', 'h', 'cx'] as const

/** Any of these leaves the Clifford group, so that the backend is not a stabilizer simulator only. */
const NON_CLIFFORD = new Set(['t', 'tdg', 'rx', 'ry', 'rz', 'p', 'u3', 'cp', 'crz', 'rzz', 'ccx', 'cswap'])

/** Without all of these every amplitude stays real: no phase at all, and of the rotations at most one. */
const COMPLEX = ['s', 'sdg', 't', 'tdg', 'sx', 'rx', 'rz', 'p', 'u3', 'iswap', 'cp', 'crz', 'rzz']

/** Fewer qubits than this are worth a word: programs that people try are mostly smaller. */
const FEW_QUBITS = 10

/** How the probe dies when the mistake is ours: by an exception outside of any trial of the package. */
const OUR_BUG =
  /^the probe's process ended early: (?:TypeError|KeyError|IndexError|AttributeError|NameError|AssertionError|UnboundLocalError|RecursionError|ValueError)\b/

/**
 * Judges a measurement before anything is generated.
 *
 * A driver is good enough when x, h, cx or cz, and one non-Clifford gate were measured right; stated limits turn `integrated`
 * into `integrated_with_limits`. Anything less ends in a decline with its evidence where something explains it, else in one
 * question to the person; where Graft itself broke, it says so.
 */
export function judgeMeasurement(measurement: Measurement, around: Surroundings = {}): Judgement {
  const said = contradictions(around.stated ?? {}, measurement, around.profile?.hints)
  const judgement = judge(measurement, around)
  return said.length === 0 ? judgement : { ...judgement, contradictions: said }
}

function judge(
  measurement: Measurement,
  { refused = [], profile, stated, environment = [], offers }: Surroundings,
): Judgement {
  const right = new Set(measurement.gates.filter((gate) => gate.outcome === 'right').map((gate) => gate.gate))
  const bug = measurement.driver === undefined ? measurement.seen.find((line) => OUR_BUG.test(line)) : undefined
  if (bug !== undefined) {
    return {
      verdict: 'failed',
      reason: `Graft itself broke while it measured. This is a bug of Graft, not a fault of the package or of the request.\n${bug.slice(0, 300)}`,
      limits: [],
    }
  }
  const missing = REQUIRED.filter((gate) => !right.has(gate) && !(gate === 'cx' && right.has('cz')))
  if (measurement.stage !== 'measured' || measurement.driver === undefined || missing.length > 0) {
    const hinted = stated?.driver !== undefined || (profile?.hints ?? []).some(({ problem }) => problem === undefined)
    const decline = profile && declineAfter(profile, measurement, hinted)
    if (decline !== undefined) return { verdict: 'declined', reason: declineText(decline), limits: [] }
    return { verdict: 'needs_answer', reason: stageQuestion(measurement, offers), limits: [] }
  }
  const unreachable = REQUIRED.filter((gate) => refused.includes(gate))
  if (unreachable.length > 0) {
    const reason = `Gates of it can be given as matrices only, and these do not suffice for ${unreachable.join(', ')}.\nShow one line for ${unreachable.includes('cx') ? 'CNOT from qubit 0 to qubit 1' : 'X on qubit 0'}.`
    return { verdict: 'needs_answer', reason, limits: [] }
  }
  if (![...right].some((gate) => NON_CLIFFORD.has(gate))) {
    const reason = declineText({
      reason:
        'Only Clifford gates could be measured, so most circuits would be refused: a stabilizer simulator cannot be a general backend.',
      evidence: [`measured right: ${[...right].join(' ')}`],
      change: 'To change this: show one line of code for T or a rotation.',
    })
    return { verdict: 'declined', reason, limits: [] }
  }
  if (COMPLEX.every((gate) => refused.includes(gate))) {
    const reason = declineText({
      reason:
        'Only gates with real amplitudes could be measured: no phase can be written with them, so most circuits would be refused.',
      evidence: [`measured right: ${[...right].join(' ')}`],
      change: 'To change this: show one line of code for S, T or a rotation.',
    })
    return { verdict: 'declined', reason, limits: [] }
  }
  const limits = [...environment, ...refusals(refused), ...limitsOf(measurement)]
  return {
    verdict: limits.length > 0 ? 'integrated_with_limits' : 'integrated',
    reason: `${right.size} native gates were measured on the real simulator and are right.`,
    limits,
  }
}

function refusals(refused: readonly string[]): string[] {
  return refused.length > 0
    ? [`its gates do not suffice for ${refused.join(', ')}: circuits with these are refused`]
    : []
}

/** What follows from the driver and the conventions, then what the probe states: precision, seeds, sizes, gates left out. */
function limitsOf({ driver, conventions, limits }: Measurement): string[] {
  const kinds = [driver?.state?.kind, driver?.counts?.kind].filter((kind) => kind !== undefined)
  const hasState = kinds.some((kind) => kind === 'state' || kind === 'unitary' || kind === 'density')
  const what = kinds.includes('probabilities') ? 'probabilities' : 'counts'
  const few = conventions !== undefined && conventions.max_qubits < FEW_QUBITS
  return [
    ...(hasState || kinds.length === 0 ? [] : [`it gives ${what} only, no state: every run needs shots`]),
    ...(hasState && driver?.counts === undefined
      ? ['it gives states only: the bridge draws the counts from them']
      : []),
    ...(few ? [`at most ${conventions.max_qubits} qubits`] : []),
    ...limits,
  ]
}

/** Combines the judgement of the measurement with the backend's own test run: a red run is never integrated. */
export function judgeReport(measured: Judgement, report: Report): Judgement {
  const broken = report.tests.filter((test) => test.outcome === 'failed' || test.outcome === 'error')
  if (broken.length > 0 || report.failed > 0 || report.passed === 0) {
    const names = broken.slice(0, 3).map((test) => test.name)
    const more = broken.length > 3 ? ` and ${broken.length - 3} more` : ''
    return {
      ...measured,
      verdict: 'failed',
      reason:
        names.length > 0
          ? `The generated backend does not pass its own tests (${names.join(', ')}${more}), so nothing was kept. This is a bug of Graft: the measurement had said that it is right. The report has the measured and the expected values.`
          : 'The test run of the generated backend ran no test, so nothing was kept. The report says what happened.',
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
