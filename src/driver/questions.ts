/** When the search stops short, one question to a person, by the stage that was reached. */
import { requirementFor } from '../values/import-names.ts'
import type { Measurement } from '../values/measurement.ts'
import type { Offer } from '../values/offers.ts'

const MOST_TRIED = 6

/**
 * The question, and below it what was tried, so that the answer can build on it.
 *
 * @param offers what the index has for modules that are missing, as far as it was looked up
 */
export function stageQuestion(measurement: Measurement, offers: readonly Offer[] = []): string {
  const tried = [...measurement.seen, ...measurement.log].slice(0, MOST_TRIED)
  const { objects, runs, evaluations, seconds, ran_out } = measurement.tried
  const effort = `${count(objects, 'object')}, ${count(runs, 'run')} and ${count(evaluations, 'evaluation')} in ${Math.round(seconds)} s${ran_out ? ' (the time ran out)' : ''}`
  const lines = [questionOf(measurement, offers), `Tried: ${effort}.`, ...tried.map((line) => `- ${oneLine(line)}`)]
  return lines.join('\n')
}

function questionOf(measurement: Measurement, offers: readonly Offer[]): string {
  const { stage, missing_modules: missing, distribution } = measurement
  switch (stage) {
    case 'import':
      return missing.length > 0
        ? missingQuestion(distribution, missing, offers)
        : `${distribution} cannot be imported as installed. What has to be installed or set first?`
    case 'object':
      return `Which class or function of ${distribution} makes a circuit of n qubits?`
    case 'x':
      return 'Show one line that applies X to qubit 0.'
    case 'read':
      return 'Which call runs the circuit, and what holds the state or the counts afterwards?'
    case 'gates':
    case 'measured':
      return gateQuestion(measurement)
    default:
      return stage satisfies never
  }
}

/** What an integration cannot do without, in the order in which a person is asked for it. */
const ESSENTIAL = [
  [['x'], 'Show one line that applies X to qubit 0.'],
  [['h'], 'Show one line that applies H to qubit 0.'],
  [['cx', 'cz'], 'Show one line for CNOT from qubit 0 to qubit 1.'],
  [['rx', 'ry', 'rz', 'u3', 'p', 't', 'matrix'], 'Show one line for RX(0.3) on qubit 0.'],
] as const

/** The gates that a driver must have itself. */
const NEEDED = new Set<string>(['x', 'h', 'cx'])

function gateQuestion(measurement: Measurement): string {
  const right = new Set(measurement.gates.filter(({ outcome }) => outcome === 'right').map(({ gate }) => gate))
  const lacking = ESSENTIAL.find(([gates]) => !gates.some((gate) => right.has(gate)))
  const evidence = measurement.gates.find(
    ({ gate, reason }) => NEEDED.has(gate) && !right.has(gate) && reason !== undefined,
  )
  if (evidence?.reason !== undefined && evidence.reason !== '') {
    const says = oneLine(evidence.reason).replace(/[.:]+$/, '')
    return `Measured on the simulator, ${evidence.gate} is not what it should be (${says}), and nothing can be run without it. How is it meant to be called?`
  }
  if (lacking) return lacking[1]
  const wrong = measurement.gates.filter(({ outcome }) => outcome === 'wrong').map(({ gate }) => gate)
  return wrong.length > 0
    ? `Measured on the simulator, ${wrong.join(', ')} are not what their names say. How are they meant to be called?`
    : 'The driver that was found does not hold on larger circuits. Show a short program of three qubits with its result.'
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

function missingQuestion(distribution: string, missing: readonly string[], offers: readonly Offer[]): string {
  const needs = missing.map(oneLine).join(', ')
  const [it, packages] = missing.length === 1 ? ['it', 'package'] : ['them', 'packages']
  const offerOf = (module: string) => offers.find((offer) => offer.module === module)
  const usable = missing.filter((module) => !['absent', 'another'].includes(offerOf(module)?.found ?? 'unknown'))
  const example = usable.length === 0 ? '' : `, for example ${withWords(usable)}`
  const warnings = missing.flatMap((module) => {
    const offer = offerOf(module)
    if (offer?.found === 'absent') return `The index has no package ${offer.requirement}: which one brings ${module}?`
    if (offer?.found !== 'another') return []
    return `${offer.requirement} on the index is another project, without the module that ${distribution} imports: which one brings ${module}?`
  })
  const question = `Importing ${distribution} needs ${needs}, which it does not declare. Install ${it}? If so, say from which ${packages}${example}`
  return warnings.length === 0 ? question : `${question}. ${warnings.join(' ')}`
}

/** The answer for modules that are missing; of names from the sandbox, only what a name may hold. */
function withWords(modules: readonly string[]): string {
  const requirements = modules.flatMap((module) => requirementFor(module.replace(/[^A-Za-z0-9_.]/g, '')) ?? [])
  const quoted = [...new Set(requirements)].map((one) => (/[<>=]/.test(one) ? `"${one}"` : one))
  return quoted.map((one) => `--with ${one}`).join(' ')
}

/** Text from the sandbox: printable, short, on one line. */
const oneLine = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200)
