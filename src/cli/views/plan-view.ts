/** What `graft plan` shows, and the parts that `graft integrate` shares with it: gates, conventions, changes. */
import type { GateName } from '../../values/gates.ts'
import { GATE_NAMES } from '../../values/gates.ts'
import type { Measurement } from '../../values/measurement.ts'
import type { Change, Plan, Verdict } from '../../values/plan.ts'
import type { Terminal } from '../terminal.ts'
import { harmless } from '../terminal.ts'
import { count, heading, paragraph, row } from './text.ts'

/** One line of the table of changes, of a plan or of a branch. */
export interface ChangeLine {
  readonly id: string
  readonly kind: Change['kind']
  readonly title: string
  readonly why: string
  readonly files: readonly string[]
  readonly added: number
  readonly removed: number
  readonly commit?: string
}

/** Words for the verdicts, with the colour that they are shown in. */
export function verdictWords(verdict: Verdict, { palette }: Terminal): string {
  switch (verdict) {
    case 'integrated':
      return palette.green('✓ integrated')
    case 'integrated_with_limits':
      return palette.green('✓ integrated, with limits')
    case 'needs_answer':
      return palette.yellow('? needs an answer')
    case 'declined':
      return palette.yellow('✗ declined')
    case 'failed':
      return palette.red('✗ failed')
    default:
      return verdict satisfies never
  }
}

/** Gates by what became of them. `runnable` are those that the backend runs, natively or written with others. */
export function gatesView(measurement: Measurement | undefined, runnable: readonly string[], out: Terminal): string {
  if (measurement === undefined) return ''
  const measured = new Map(measurement.gates.map((gate) => [gate.gate, gate]))
  if (![...measured.values()].some(({ outcome }) => outcome === 'right')) return ''
  const native = [...GATE_NAMES, 'matrix' as const].filter((gate) => measured.get(gate)?.outcome === 'right')
  const others = GATE_NAMES.filter((gate) => !native.includes(gate))
  const lowered = others.filter((gate) => runnable.includes(gate))
  const refused = others.filter((gate) => !runnable.includes(gate))
  const wrong = measurement.gates.filter((gate) => gate.outcome === 'wrong')
  return [
    heading(`Gates, measured on ${harmless(measurement.distribution)} ${harmless(measurement.version)}`, out),
    row(`native (${native.length})`, native.join(' '), out),
    row(`by bridge (${lowered.length})`, lowered.join(' '), out),
    row(`refused (${refused.length})`, refused.join(' '), out),
    ...wrong.map((gate) =>
      row('left out', `${gate.gate}: ${gate.reason ?? 'its unitary is not the expected one'}`, out),
    ),
    deviations(measurement, native, out),
  ].join('')
}

/** The gates whose native call differs from ours in sign, unit or order: what a reviewer looks for first. */
function deviations(measurement: Measurement, native: readonly (GateName | 'matrix')[], out: Terminal): string {
  const gatesByNote = new Map<string, string[]>()
  for (const name of native) {
    const gate = measurement.driver?.gates[name]
    const notes = [
      gate?.scale !== undefined && gate.scale !== 1 ? scaleWords(gate.scale) : '',
      gate?.qubits?.some((from, to) => from !== to) ? `qubits in the order ${gate.qubits.join(', ')}` : '',
      gate?.parameters?.some((from, to) => from !== to) ? `parameters in the order ${gate.parameters.join(', ')}` : '',
    ].filter(Boolean)
    if (notes.length === 0) continue
    const note = notes.join('; ')
    gatesByNote.set(note, [...(gatesByNote.get(note) ?? []), name])
  }
  if (gatesByNote.size === 0) return row('differs', 'nothing: signs, units and argument orders are the usual ones', out)
  return [...gatesByNote].map(([note, gates]) => row('differs', `${gates.join(' ')}: ${note}`, out)).join('')
}

/** `scale` is what our angle is multiplied with. */
function scaleWords(scale: number): string {
  const close = (value: number) => Math.abs(scale - value) < 1e-9
  if (close(-1)) return 'the native angle turns the other way'
  if (close(1 / Math.PI)) return 'angles in units of π'
  if (close(-1 / Math.PI)) return 'angles in units of π, turning the other way'
  if (close(180 / Math.PI)) return 'angles in degrees'
  return `native angle = ${scale} × ours`
}

/** What was measured besides the gates. */
export function conventionsView(measurement: Measurement | undefined, out: Terminal): string {
  const conventions = measurement?.conventions
  if (measurement === undefined || conventions === undefined) return ''
  const order = (value: 'little' | 'big' | undefined) =>
    value === undefined
      ? 'none'
      : value === 'little'
        ? 'qubit 0 is the least significant bit'
        : 'qubit 0 is the most significant bit'
  const counts = {
    samples: order(conventions.counts_order),
    rounded: 'rounded expectations, so the bridge samples from the state',
    none: 'none, so the bridge samples from the state',
  }[conventions.counts]
  return [
    heading('Conventions, measured', out),
    row('state', order(conventions.state_order), out),
    row('counts', counts, out),
    row('seed', conventions.seed ? 'the same seed gives the same counts' : 'none of its own', out),
    row('precision', conventions.precision, out),
    row('noise', conventions.noise ?? '', out),
    row('batches', conventions.batch === true ? 'several circuits in one call' : '', out),
    row('qubits', `up to ${conventions.max_qubits}`, out),
    ...measurement.limits.map((limit) => row('limit', limit, out)),
  ].join('')
}

/** The changes with their lines and their reasons; `+` and `−` count lines. */
export function changesView(changes: readonly ChangeLine[], out: Terminal): string {
  if (changes.length === 0) return ''
  const { palette } = out
  const added = Math.max(...changes.map((change) => String(change.added).length))
  const removed = Math.max(...changes.map((change) => String(change.removed).length))
  const lines = changes.map((change) => {
    const numbers = `${palette.green(`+${change.added}`.padStart(added + 1))} ${palette.red(`−${change.removed}`.padStart(removed + 1))}`
    const commit = change.commit === undefined ? '' : ` ${palette.dim(change.commit.slice(0, 8))}`
    const [first = '', ...more] = change.files
    const files = more.length === 0 ? first : `${first} and ${count(more.length, 'more file')}`
    return [
      `  ${palette.cyan(change.id.padEnd(4))}${numbers}  ${palette.bold(harmless(change.title))}${commit}\n`,
      paragraph(`${change.why}`, out, '      '),
      `      ${palette.dim(files)}\n`,
    ].join('')
  })
  return heading(`Changes: ${changes.length}, one commit each`, out) + lines.join('')
}

/** First lines of a plan or a result: what, verdict, reason. */
export function verdictView(purl: string, backend: string, verdict: Verdict, reason: string, out: Terminal): string {
  const { palette } = out
  // A question comes with a list of what was tried, which has a section of its own.
  const lines = reason.split('\n').filter((line) => verdict !== 'needs_answer' || !line.startsWith('- '))
  const words = lines.map((line) => paragraph(line, out)).join('')
  return `${palette.bold(harmless(purl))} → backend ${palette.bold(backend)}: ${verdictWords(verdict, out)}\n${words}`
}

/** Where what was said is not what was found or measured. */
export function contradictionsView(contradictions: readonly string[] | undefined, out: Terminal): string {
  if (contradictions === undefined || contradictions.length === 0) return ''
  return (
    heading('What you said, and what was measured', out) + contradictions.map((one) => paragraph(one, out)).join('')
  )
}

/** The whole plan. */
export function planView(
  plan: Plan,
  runnable: readonly string[],
  changes: readonly ChangeLine[],
  out: Terminal,
): string {
  return [
    verdictView(plan.purl, plan.backend.name, plan.verdict, plan.reason, out),
    contradictionsView(plan.contradictions, out),
    gatesView(plan.measurement, runnable, out),
    conventionsView(plan.measurement, out),
    tried(plan, out),
    answers(plan.verdict, out),
    changesView(changes, out),
    changes.length > 0
      ? `\nNothing was written. ${out.palette.cyan('graft integrate')} with the same arguments makes the branch.\n`
      : '',
  ].join('')
}

/** How a question is answered here. */
export function answers(verdict: Verdict, out: Terminal): string {
  if (verdict !== 'needs_answer') return ''
  return (
    heading('How to answer', out) +
    row('show a line', '--hint "CODE": Python that uses it; it is taken apart, never executed as text', out) +
    row('what is missing', '--with NAME installs it beside the package; --allow-build lets it be built', out) +
    row('say it all', '--driver FILE starts from a driver by hand (docs/drivers.md)', out)
  )
}

/** What the search did, when it did not end in a driver: the material for an answer. */
export function tried(plan: Plan, out: Terminal): string {
  const { measurement } = plan
  if (measurement === undefined || plan.verdict !== 'needs_answer') return ''
  return (
    heading('What was tried', out) +
    [...measurement.seen, ...measurement.log]
      .slice(0, 16)
      .map((line) => paragraph(line, out))
      .join('')
  )
}
