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
])

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
  if (count('gpu') >= 3) capabilities.gpu = yes(0.6, 'gpu')
  if (count('noise') >= 3) capabilities.noise = yes(0.6, 'noise')
  if (count('density') >= 3) capabilities.densityMatrix = yes(0.6, 'density')
  if (count('tensor') >= 5) capabilities.tensorNetwork = yes(0.6, 'tensor')
  // Clifford words everywhere and no rotation, no T: nothing that this package simulates is universal.
  if (count('stabilizer') >= 10 && rotations === 0 && count('statevector') < count('stabilizer')) {
    capabilities.stabilizerOnly = yes(0.7, 'stabilizer')
  }
  const says = (pattern: RegExp): boolean => pattern.test(summary?.value ?? '')
  // What the package says of itself in one line counts more than which words it uses most.
  if (says(/photonic|continuous[- ]variable|linear optic|boson/i) && count('photonic') >= 20) {
    capabilities.photonic = {
      value: true,
      evidence: [...(summary?.evidence ?? []), ...places('photonic')],
      confidence: 0.9,
    }
  } else if (count('photonic') >= 20 && count('photonic') > 2 * quantum) {
    capabilities.photonic = yes(0.7, 'photonic')
  }
  if (says(/anneal|qubo/i) && !says(/gate|circuit/i) && count('annealing') >= 20) {
    capabilities.annealing = {
      value: true,
      evidence: [...(summary?.evidence ?? []), ...places('annealing')],
      confidence: 0.9,
    }
  } else if (count('annealing') >= 20 && count('annealing') > quantum && gates.size < 6) {
    capabilities.annealing = yes(0.7, 'annealing')
  }

  const words = (quantum > 0 ? 1 : 0) + (count('quantum') > 2 ? 1 : 0) + (count('circuit') > 2 ? 1 : 0)
  const looks = words > 0 && (gates.size >= 3 || (count('qubit') >= 3 && quantum >= 5) || capabilities.hosts.length > 0)
  return {
    capabilities,
    looksLikeSimulator: {
      value: looks,
      evidence: places('qubit', 'gates', 'statevector', 'quantum'),
      confidence: looks ? Math.min(0.95, 0.3 + 0.1 * words + 0.03 * gates.size) : words === 0 ? 0.95 : 0.7,
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
    const evidence = words.flatMap((word) => inCode.get(word)?.evidence ?? []).slice(0, 5)
    const own = words[0] ?? dialect
    if (evidence.length === 0) return []
    const taken = names.some((name) => pattern.test(name) && TAKES_TEXT.test(name.split(/[.:]/).at(-1) ?? ''))
    const named = (inCode.get(own)?.total ?? 0) > 0 || (marks.get(own)?.total ?? 0) > 0
    return [{ value: dialect, evidence, confidence: (taken ? 0.5 : 0.2) + (named ? 0.3 : 0) }]
  })
}
