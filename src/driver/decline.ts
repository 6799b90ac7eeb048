/**
 * When to decline. Before the search only on strong evidence in the source for what the package is instead; after a search
 * that found nothing, what the source says explains why, and what was measured counts most.
 */
import { foundGates } from '../values/found-gates.ts'
import type { Measurement } from '../values/measurement.ts'
import type { Evidence, Profile } from '../values/profile.ts'

export interface Decline {
  /** One sentence: what it is. */
  readonly reason: string
  /** Places in the source, or what was measured. */
  readonly evidence: readonly (Evidence | string)[]
  /** What would change the verdict, one sentence. */
  readonly change: string
}

const GATE_MODEL = 'Graft makes backends of gate-model simulators'
const SHOWN_PLACES = 4
const MOST_NAMED = 8

/** Reason, evidence and what would change the verdict, a line each. */
export function declineText({ reason, evidence, change }: Decline): string {
  const places = evidence
    .slice(0, SHOWN_PLACES)
    .map((one) => (typeof one === 'string' ? one : `${one.file}:${one.line}`))
  return [reason, ...(places.length === 0 ? [] : [`Evidence: ${places.join('; ')}.`]), change].join('\n')
}

/** Before the search. Undefined: let it decide. */
export function declineReason(profile: Profile): Decline | undefined {
  const { capabilities, looksLikeSimulator } = profile
  const name = `${profile.distribution} ${profile.version}`
  if (profile.modules.length === 0) {
    const brings = profile.dependencies.slice(0, MOST_NAMED)
    const names = brings.map(({ value }) => value).join(', ')
    return {
      reason: `${name} installs no Python module${brings.length === 0 ? '' : ' of its own, it only brings others'}, so there is nothing to drive.`,
      evidence: brings.flatMap(({ evidence }) => evidence[0] ?? []),
      change: `To change this: name the distribution that holds the simulator${brings.length === 0 ? '' : `, perhaps one of ${names}`}.`,
    }
  }
  const licence = forbidden(profile)
  if (licence !== undefined) return licence
  if (!looksLikeSimulator.value && looksLikeSimulator.confidence >= 0.6) {
    const { files } = profile.statistics
    // What it is says more than what it is not; that it speaks to a service says nothing of what about.
    const other = paradigms(capabilities).find(([fact]) => fact?.value && fact.confidence >= 0.7)
    if (other?.[0] !== undefined && other[0] !== capabilities.remote) return instead(name, other[1], other[0].evidence)
    return {
      reason: `${name} is not a quantum simulator as far as its source tells: no qubits and no gates in ${files} files.`,
      evidence: [...looksLikeSimulator.evidence, ...(profile.summary?.evidence ?? [])],
      change: 'To change this: show one line of code that applies X to qubit 0.',
    }
  }
  for (const [fact, kind] of paradigms(capabilities)) {
    if (!fact?.value || fact.confidence < 0.7) continue
    // Words alone do not outweigh gates; what the package says of itself does.
    if (fact.confidence < 0.9 && hasUniversalGates(profile)) continue
    return instead(name, kind, fact.evidence)
  }
  return undefined
}

/**
 * After a search that ended without a driver that is good enough. Undefined: nothing explains it, so a person is asked.
 *
 * @param hinted a person showed how to use it, so that it is not for want of words
 */
export function declineAfter(profile: Profile, measurement: Measurement, hinted: boolean): Decline | undefined {
  const name = `${profile.distribution} ${profile.version}`
  const wrong = wrongPhysics(name, measurement)
  if (wrong !== undefined) return wrong
  const gpu = gpuDecline(name, profile, measurement)
  if (gpu !== undefined) return gpu
  if (measurement.stage === 'import') return importDecline(name, profile, measurement)
  if (measurement.stage === 'measured') return undefined
  const early = measurement.stage === 'object' || measurement.stage === 'x'
  for (const [fact, kind] of [...paradigms(profile.capabilities), ...weaker(profile.capabilities, early)]) {
    if (fact?.value) return instead(name, kind, [searched(measurement), ...fact.evidence])
  }
  if (hinted || measurement.tried.ran_out || !early) return undefined
  const { fixedPrograms, textDialects } = profile.capabilities
  const text = textDialects.some(({ confidence }) => confidence >= 0.5)
  const found = Object.keys(foundGates(profile)).length
  if (fixedPrograms?.value !== true || found >= 3 || text) return undefined
  return {
    reason: `${name} offers nothing that applies a gate to a qubit: what it runs are fixed programs.`,
    evidence: [searched(measurement), `${found} names of gates in ${profile.statistics.files} files`],
    change: 'To change this: show one line of code that applies X to qubit 0.',
  }
}

type Kinds = readonly (readonly [Profile['capabilities']['photonic'], string])[]

function paradigms(found: Profile['capabilities']): Kinds {
  return [
    [found.continuousVariable, 'a simulator of continuous variables (modes instead of qubits)'],
    [found.photonic, 'photonic (modes and photons instead of qubits)'],
    [found.annealing, 'an annealer (optimisation problems instead of gates)'],
    [found.analog, 'analog (pulses and Hamiltonians instead of gates)'],
    [found.topological, 'a simulator of anyons (braids instead of gates)'],
    [found.remote, 'a client of a service that runs circuits elsewhere, with no simulator of its own'],
    [found.stabilizerOnly, 'stabilizer-only (Clifford gates, no T and no rotations)'],
  ]
}

/** What is no reason not to search; `early`: the search did not get as far as the result of a run. */
function weaker(found: Profile['capabilities'], early: boolean): Kinds {
  return [
    [
      found.productStates,
      'a simulator of single qubits, one Bloch vector for each: product states, in which nothing can be entangled',
    ],
    [found.oneQubit, 'a simulator of single qubits, without gates on two of them'],
    [
      early ? found.compiler : undefined,
      'a compiler, a decoder or a wrapper of other simulators, with none of its own that could be driven',
    ],
  ]
}

function instead(name: string, kind: string, evidence: Decline['evidence']): Decline {
  return {
    reason: `${name} is ${kind}, and ${GATE_MODEL}.`,
    evidence,
    change: 'To change this: show an interface of it that runs X, H, CX and a rotation on qubits.',
  }
}

function searched({ tried, stage }: Measurement): string {
  const reached = {
    import: 'could not be imported',
    object: 'no circuit was made',
    x: 'no X was found',
    read: 'no result could be read',
    gates: 'too few gates were right',
    measured: 'measured',
  }[stage]
  return `searched (${tried.objects} objects, ${tried.runs} runs): ${reached}`
}

const ESSENTIAL = new Set<string>(['x', 'h', 'cx'])

/** Why a gate was not seen at all; nothing is said about the physics of what could not be measured. */
const UNSEEN = /^$|^raised |^needs \d|cannot be seen|came back that is no/

/**
 * An essential gate that is called as its name says and does something else, as measured. One other must be right: where nothing
 * is, the way to call them is most likely not the package's own.
 */
function wrongPhysics(name: string, measurement: Measurement): Decline | undefined {
  const essential = measurement.gates.filter(({ gate }) => ESSENTIAL.has(gate))
  const wrong = essential.filter(({ outcome, reason = '' }) => outcome === 'wrong' && !UNSEEN.test(reason))
  const known = essential.some(({ outcome }) => outcome === 'right')
  if (measurement.driver === undefined || wrong.length === 0 || !known) return undefined
  const gates = wrong.map(({ gate }) => gate).join(', ')
  return {
    reason: `The physics of ${name} is wrong where nothing can do without: ${gates} ${wrong.length === 1 ? 'is' : 'are'} not what ${wrong.length === 1 ? 'its name says' : 'their names say'}.`,
    evidence: wrong.map(({ gate, via, reason }) =>
      oneLine(`measured: ${gate}${via === undefined ? '' : ` by ${via}`}: ${reason ?? ''}`),
    ),
    change: 'To change this: a release in which this is mended, or a line of code with which it is right.',
  }
}

const GPU =
  /\b(lib(cuda|cudart|cublas|custatevec|nvrtc)\b|CUDARuntimeError|cudaError\w*|hipError\w*|no (CUDA-capable|GPU) device|no CUDA GPUs|not compiled with CUDA|CUDA (driver|is not available)|CUDA|cuda|ROCm|GPU)/
/** Modules that are of no use without one. */
const GPU_MODULE = /^(cupy|cupyx|cupy_backends|pycuda|cuquantum|custatevec|pyopencl|hip)$/

/** Nothing of it runs without a GPU: as its own errors say, or its requirements where nothing ran. */
function gpuDecline(name: string, profile: Profile, measurement: Measurement): Decline | undefined {
  const { stage, seen, missing_modules: missing } = measurement
  const errors = seen.filter((line) => /Error|Exception|exit/i.test(line)).map(oneLine)
  const about = errors.filter((line) => GPU.test(line))
  // At its import one is enough; where some objects were made, it is about most of what was tried.
  const told = stage === 'import' ? missing.length === 0 && about.length > 0 : 2 * about.length > errors.length
  const modules = missing.length > 0 && missing.every((module) => GPU_MODULE.test(module.split('.')[0] ?? ''))
  const early = stage === 'import' || stage === 'object' || stage === 'x'
  const declared = early && missing.length === 0 ? profile.declaresGpu : undefined
  if (!told && !modules && declared?.value !== 'needed') return undefined
  return {
    reason: `${name} needs a GPU, and backends are measured and tested on a CPU.`,
    evidence: [
      ...about.slice(0, 1).map((line) => `measured: ${line}`),
      ...(modules ? [`measured: it imports ${missing.map(oneLine).join(', ')}`] : []),
      ...(declared?.value === 'needed' ? declared.evidence : []),
    ],
    change: 'To change this: a release that runs on a CPU, or a line of code that does.',
  }
}
const MISSING_MODULE = /^\W*(?:[\w.]+:\s*)?ModuleNotFoundError/

/** An import that fails for another reason than a module that could be installed beside it. */
function importDecline(name: string, profile: Profile, measurement: Measurement): Decline | undefined {
  const misplaced = (profile.misplaced ?? []).filter(({ value }) => measurement.missing_modules.includes(value))
  if (misplaced.length > 0) {
    const modules = misplaced.map(({ value }) => value).join(', ')
    return {
      reason: `${name} cannot be imported as it is shipped: it imports ${modules}, a part of itself, as if it were installed by itself, so that nothing that could be installed helps.`,
      evidence: [
        ...misplaced.flatMap(({ evidence }) => evidence),
        ...measurement.seen
          .filter((line) => line.includes('ModuleNotFoundError'))
          .map((line) => `measured: ${oneLine(line)}`),
      ],
      change: 'To change this: a release, or a fork in git, in which it imports its own modules by their full names.',
    }
  }
  if (measurement.missing_modules.length > 0) return undefined
  const errors = measurement.seen.filter((line) => /Error|Exception|exit/i.test(line)).map(oneLine)
  const [first] = errors
  if (first === undefined || MISSING_MODULE.test(first)) return undefined
  // What a newer release of something that it needs no longer has.
  if (
    !/\b(ImportError|AttributeError|TypeError|SyntaxError|RuntimeError|OSError|ValueError|NotImplementedError)\b/.test(
      first,
    )
  ) {
    return undefined
  }
  return {
    reason: `${name} is installed and cannot be imported: it does not fit what it needs, or this Python (${measurement.python}).`,
    evidence: [`measured: ${first}`],
    change: 'To change this: name a version of it that can be imported, or what has to be installed first.',
  }
}

/** Which licences a repository accepts is for its maintainers; one that lets nobody use the package is no question. */
function forbidden({ licence, licenceTerms, distribution, version }: Profile): Decline | undefined {
  if (licenceTerms?.value !== 'forbidden') return undefined
  return {
    reason: `The licence of ${distribution} ${version} does not let others use it${licence === undefined ? '' : ` (${oneLine(licence.value).slice(0, 80)})`}.`,
    evidence: licenceTerms.evidence,
    change: 'To change this: a release under a licence that does.',
  }
}

/** H or CX together with T or a rotation: whatever else it does, it may run circuits. */
function hasUniversalGates(profile: Profile): boolean {
  const gates = foundGates(profile)
  const has = (names: readonly (keyof Profile['gates'])[]): boolean =>
    names.some((gate) => (gates[gate]?.length ?? 0) > 0)
  return has(['h', 'cx', 'cz']) && has(['t', 'rx', 'ry', 'rz', 'u3', 'p'])
}

/** Text from the sandbox: printable, short, on one line. */
const oneLine = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 240)
