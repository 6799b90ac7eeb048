/** What kind of package this is, from words, dependencies and gates; each answer with the places it stands on. */
import type { Evidence, Profile } from '../values/profile.ts'
import type { Api } from './api.ts'
import type { FileFacts } from './file-facts.ts'

type Capabilities = Profile['capabilities']

/** Host formats: whose circuits a simulator may take instead of its own. */
const HOSTS: ReadonlyMap<string, RegExp> = new Map([
  ['cirq', /^cirq(-core)?$/],
  ['qiskit', /^qiskit(-terra)?$/],
  ['pennylane', /^pennylane$/],
  ['pytket', /^pytket$/],
  ['braket', /^amazon-braket-sdk$/],
])

/** What works on circuits and runs none. */
const COMPILES =
  /compil|transpil|rewrit|optimi[sz]er|decod|mitigat|error correct|client|interface to|design automation|resource estimat|\bdraw|diagram|visuali[sz]/i

/** What sends circuits to somebody else's machine. */
const SERVICE = /\b(client|cloud|service|platform|api|submit|remote|sdk)\b/i

/** What speaks to a service, and what computes. */
const TALKS = /^(requests|httpx|aiohttp|urllib3|websockets?|websocket-client|grpcio)$/
const NUMERICS = /^(numpy|scipy|jax|jaxlib|torch|tensorflow|numba|cupy.*|opt-einsum|sympy|mpmath)$/
/** Quantum systems that are told by their Hamiltonians. */
const SYSTEMS = /hamiltonian|open quantum|quanti[sz]ation|dynamics|trotter|optimal control|dmrg|master equation/i

/** Names that a compiled module has where nothing of it can be read. */
const QUANTUM_NAME = /qu?bit|quantum|circuit|state_?vec|wave_?func|q_?sim|qpu|qvm/i
/** Python text around compiled modules that says nothing by itself. */
const HARDLY_ANY_TEXT = 6000

/** Compiled modules, and every name that the package has: of its distribution, its modules and these. */
export interface Compiled {
  readonly extensions: readonly string[]
  readonly names: readonly string[]
}

interface Count {
  readonly total: number
  readonly evidence: Evidence[]
}

export interface Kind {
  readonly capabilities: Capabilities
  readonly looksLikeSimulator: Profile['looksLikeSimulator']
}

export function readKind(
  files: readonly FileFacts[],
  api: Api,
  dependencies: Profile['dependencies'],
  annotated: readonly [string, Evidence][],
  summary: Profile['summary'],
  compiled: Compiled = { extensions: [], names: [] },
): Kind {
  const marks = countMarks(files)
  const count = (word: string): number => marks.get(word)?.total ?? 0
  const places = (...words: string[]): Evidence[] =>
    words.flatMap((word) => marks.get(word)?.evidence ?? []).slice(0, 5)
  const yes = (confidence: number, ...words: string[]) => ({ value: true, evidence: places(...words), confidence })

  const gates = gateNames(api, count('gates'))
  const rotations = ['rx', 'ry', 'rz', 'p', 'u3', 't'].filter((gate) => gates.has(gate)).length
  const quantum = count('qubit') + count('statevector')
  const capabilities: Capabilities = {
    textDialects: dialects(files, api, marks),
    hosts: hosts(dependencies, annotated),
  }
  const says = (pattern: RegExp): boolean => pattern.test(summary?.value ?? '')
  const said = (confidence: number, ...words: string[]) => ({
    value: true,
    evidence: [...(summary?.evidence ?? []), ...places(...words)].slice(0, 5),
    confidence,
  })
  if (count('gpu') >= 3) capabilities.gpu = yes(0.6, 'gpu')
  if (count('noise') >= 3) capabilities.noise = yes(0.6, 'noise')
  if (count('density') >= 3) capabilities.densityMatrix = yes(0.6, 'density')
  if (count('tensor') >= 5) capabilities.tensorNetwork = yes(0.6, 'tensor')
  // Clifford words everywhere and no rotation, no T: nothing that this package simulates is universal.
  // A package that extends a host runs the host's gates, whatever its own words are about.
  const extending = capabilities.hosts.length > 0
  if (
    count('stabilizer') >= 10 &&
    rotations === 0 &&
    count('statevector') < count('stabilizer') &&
    (!extending || says(/stabili[sz]er|clifford/i))
  ) {
    capabilities.stabilizerOnly = yes(0.7, 'stabilizer')
  }
  // What the package says of itself in one line counts more than which words it uses most.
  if (says(/continuous[- ]variable|\bgaussian\b|\bCV\b|qumode/i) && count('photonic') >= 20) {
    capabilities.continuousVariable = said(0.9, 'photonic')
  } else if (says(/photonic|linear optic|boson/i) && count('photonic') >= 20) {
    capabilities.photonic = said(0.9, 'photonic')
  } else if (count('photonic') >= 20 && count('photonic') > 2 * quantum) {
    capabilities.photonic = yes(0.7, 'photonic')
  }
  if (says(/anneal|qubo/i) && !says(/gate|circuit/i) && count('annealing') >= 20) {
    capabilities.annealing = said(0.9, 'annealing')
  } else if (count('annealing') >= 20 && count('annealing') > quantum && gates.size < 6) {
    capabilities.annealing = yes(0.7, 'annealing')
  }
  if (says(/pulse|analog|neutral[- ]atom|rydberg/i) && !says(/gate|circuit/i) && count('analog') >= 20) {
    capabilities.analog = said(0.9, 'analog')
  }
  // Hamiltonians everywhere and hardly a gate; a search has the last word, unless the package says so itself.
  const systems = count('hamiltonian')
  const many = systems >= 20 && gates.size < 10 && 2 * systems > quantum
  const told = says(SYSTEMS) && gates.size < 3
  if (capabilities.analog === undefined && (many || (told && systems > 0))) {
    capabilities.analog = said(many && told ? 0.9 : told ? 0.7 : 0.6, 'hamiltonian')
  }
  if (
    count('topological') >= 20 &&
    (says(/anyon|topologic|braid/i) || (count('topological') > quantum && gates.size < 6))
  ) {
    capabilities.topological = said(says(/anyon|topologic|braid/i) ? 0.9 : 0.7, 'topological')
  }
  if (says(COMPILES) && !says(/simulat/i)) capabilities.compiler = said(0.6)
  const inCode = countMarks(files.filter((file) => file.kind === 'package' || file.kind === 'binding'))
  // It speaks to a service and computes nothing itself, or it says what it is and hardly computes.
  const speaks = inCode.get('remote')?.total ?? 0
  const computes = (inCode.get('algebra')?.total ?? 0) + compiled.extensions.length
  const needs = (pattern: RegExp): boolean => dependencies.some(({ value }) => pattern.test(value.toLowerCase()))
  const client = compiled.extensions.length === 0 && (says(SERVICE) || (needs(TALKS) && !needs(NUMERICS)))
  if ((speaks >= 5 && computes === 0) || (client && speaks >= 10 && computes < 5 * speaks)) {
    const found = inCode.get('remote')?.evidence ?? []
    const evidence = [...(client ? (summary?.evidence ?? []) : []), ...found].slice(0, 5)
    const remoteness = computes === 0 ? (client ? 0.9 : 0.7) : says(/\bclient\b/i) ? 0.7 : 0.6
    capabilities.remote = { value: true, evidence, confidence: remoteness }
  }
  // Of what is compiled, nothing is known that is not there.
  const opaque =
    compiled.extensions.length > 0 &&
    files.reduce((sum, { kind, bytes }) => sum + (kind === 'package' ? bytes : 0), 0) < HARDLY_ANY_TEXT
  if (says(/\b(single|one)[- ]qubit\b/i) || (gates.size > 1 && quantum > 0 && !opaque && !inCode.has('several'))) {
    capabilities.oneQubit = said(0.6, 'qubit')
  }
  if (inCode.has('bloch') && !inCode.has('joint') && compiled.extensions.length === 0) {
    const evidence = inCode.get('bloch')?.evidence.slice(0, 5) ?? []
    capabilities.productStates = { value: true, evidence, confidence: 0.6 }
  }
  if (gates.size < 3 && !opaque) capabilities.fixedPrograms = yes(0.5, 'circuit', 'qubit')

  const words = (quantum > 0 ? 1 : 0) + (count('quantum') > 2 ? 1 : 0) + (count('circuit') > 2 ? 1 : 0)
  const runsText = capabilities.textDialects.some(({ confidence }) => confidence >= 0.6)
  const hidden = opaque && (words > 0 || compiled.names.some((name) => QUANTUM_NAME.test(name)))
  // Who has nothing but qubits is called so.
  const about = count('quantum') + count('circuit') + count('statevector') > 2
  const looks =
    words > 0 &&
    (gates.size >= 3 || (count('qubit') >= 3 && quantum >= 5 && about) || capabilities.hosts.length > 0 || runsText)
  return {
    capabilities,
    looksLikeSimulator: {
      // What is compiled and says nothing of itself is told by running it.
      value: looks || hidden,
      evidence: places('qubit', 'gates', 'statevector', 'quantum'),
      confidence: looks
        ? Math.min(0.95, 0.3 + 0.1 * words + 0.03 * gates.size)
        : hidden
          ? 0.3
          : words === 0
            ? 0.95
            : 0.7,
    },
  }
}

function countMarks(files: readonly FileFacts[]): Map<string, Count> {
  const counts = new Map<string, Count>()
  for (const file of files) {
    for (const mark of file.marks) {
      const known = counts.get(mark.word) ?? { total: 0, evidence: [] }
      const total = mark.word === 'gates' ? Math.max(known.total, mark.count) : known.total + mark.count
      const evidence =
        known.evidence.length < 5 ? [...known.evidence, { file: file.path, line: mark.line }] : known.evidence
      counts.set(mark.word, { total, evidence })
    }
  }
  return counts
}

/** Gates that are references; a file full of gate names as strings counts as that many more. */
function gateNames(api: Api, literals: number): Set<string> {
  const names = new Set<string>(Object.keys(api.gates))
  for (let index = 0; index < literals; index += 1) if (literals >= 5) names.add(`literal ${index}`)
  return names
}

function hosts(dependencies: Profile['dependencies'], annotated: readonly [string, Evidence][]): Capabilities['hosts'] {
  const found: Capabilities['hosts'] = []
  for (const [host, pattern] of HOSTS) {
    const dependency = dependencies.find(({ value }) => pattern.test(value.toLowerCase()))
    const uses = annotated.filter(([ref]) => ref.split(/[.:]/)[0] === host).map(([, place]) => place)
    if (!dependency && uses.length === 0) continue
    const evidence = [...uses, ...(dependency?.evidence ?? [])].slice(0, 5)
    found.push({ value: host, evidence, confidence: dependency ? 0.9 : 0.5 })
  }
  return found
}

const TAKES_TEXT = /(from|parse|load|read|run|execute|import|compile|interpret)/i

/** Languages that the package mentions in code, surer when a function or method says that it takes one. */
function dialects(
  files: readonly FileFacts[],
  api: Api,
  marks: ReadonlyMap<string, Count>,
): Capabilities['textDialects'] {
  const inCode = countMarks(files.filter((file) => file.kind === 'package' || file.kind === 'binding'))
  const names = [
    ...api.functions.map((facts) => facts.ref),
    ...api.classes.flatMap((facts) => [
      facts.ref,
      ...Object.keys(facts.methods).map((method) => `${facts.ref}.${method}`),
    ]),
  ]
  const wanted: [string, string[], RegExp][] = [
    ['openqasm2', ['openqasm2', 'qasm'], /qasm/i],
    ['openqasm3', ['openqasm3', 'qasm'], /qasm/i],
    ['quil', ['quil'], /quil/i],
    ['cqasm3', ['cqasm3'], /cqasm/i],
  ]
  return wanted.flatMap(([dialect, words, pattern]) => {
    const own = words[0] ?? dialect
    // A compiled package names its language in its documentation alone; that it takes text is in the name of a function.
    const told = names.some((name) => /(execute|run|simulate)_?(string|text|str|source)\b/i.test(name)) ? [own] : []
    const places = words.flatMap((word) => inCode.get(word)?.evidence ?? [])
    const evidence = [...places, ...told.flatMap((word) => marks.get(word)?.evidence ?? [])].slice(0, 5)
    if (evidence.length === 0) return []
    if (places.length === 0) return [{ value: dialect, evidence, confidence: 0.6 }]
    const taken = names.some((name) => pattern.test(name) && TAKES_TEXT.test(name.split(/[.:]/).at(-1) ?? ''))
    const named = (inCode.get(own)?.total ?? 0) > 0 || (marks.get(own)?.total ?? 0) > 0
    return [{ value: dialect, evidence, confidence: (taken ? 0.5 : 0.2) + (named ? 0.3 : 0) }]
  })
}
