/** Words that say what kind of package this is. They are counted; what they mean is decided when all files are known. */
import { gateOfName } from '../values/gate-names.ts'
import type { Mark } from './file-facts.ts'
import { Pieces } from './pieces.ts'

export const MARK_WORDS: ReadonlyMap<string, RegExp> = new Map([
  ['qubit', /\bn?_?qu?bits?\b|\bqubit_|_qubits?\b/gi],
  ['circuit', /\b(quantum[ _]?circuits?|qcircuit|circuits?)\b/gi],
  ['statevector', /\bstate[ _]?vectors?\b|\bwave[ _]?functions?\b|\bamplitudes?\b|\bket\b/gi],
  ['quantum', /\bquantum\b/gi],
  ['gpu', /\b(cupy|cuda|cuquantum|custatevec|rocm|gpu)\b/gi],
  ['noise', /\b(noise_?models?|kraus|depolari[sz]ing|amplitude_?damping|noisy)\b|NoiseModel|Depolari[sz]ing/g],
  ['density', /\bdensity[ _]?matri(x|ces)\b|DensityMatrix/gi],
  ['tensor', /\b(tensor[ _]?networks?|matrix[ _]?product[ _]?states?|mps)\b|TensorNetwork/gi],
  ['stabilizer', /\b(stabili[sz]ers?|tableau|chp|clifford)\b/gi],
  [
    'photonic',
    /\b(photonics?|photons?|fock|boson|beam_?splitters?|squeez(e|ed|ing)|homodyne|qumodes?|interferometers?)\b/gi,
  ],
  ['annealing', /\b(anneal(er|ers|ing)?|qubo|binary[ _]quadratic|bqm)\b/gi],
  ['analog', /\b(pulses?|waveforms?|rydberg|neutral[- ]atoms?|detunings?|rabi)\b/gi],
  [
    'hamiltonian',
    /\b(hamiltonians?|lindblad(ian)?|master[ _]equations?|liouvillian|eigen_?(energ|valu|stat)\w*|spin[ _]chains?|mesolve|collapse[ _]operators?|schr(o|ö|oe)dinger)\b/gi,
  ],
  ['topological', /\b(anyon(s|ic)?|braid(s|ed|ing|_\w+)?|fusion[ _](rules?|spaces?|trees?)|fibonacci_anyons?)\b/gi],
  // What speaks to a service, and what computes.
  [
    'remote',
    /\b(api[_ -]?(keys?|tokens?)|(access|auth\w*|bearer)[_ -]?tokens?|base_?url|bearer|requests\.(get|post|request|session)|httpx|aiohttp|urlopen|websockets?|endpoints?)\b/gi,
  ],
  [
    'algebra',
    /\b(kron|einsum|tensordot|matmul|multi_dot|moveaxis)\b|\.(zeros|eye|dot|array|exp)\(|\b1 *<< *\w|\b2 *\*\* *\w/g,
  ],
  ['bloch', /bloch/gi],
  // Words without which nothing can hold a state of several qubits: complex numbers, products, amplitudes.
  [
    'joint',
    /\b(kron|einsum|tensordot|matmul|vdot|complex\w*|reshape|sqrt)\b|\b\d+(?:\.\d*)?j\b|\.dot\(|amplitudes?|state[ _]?vectors?|density/gi,
  ],
  // Words without which nothing can act on two qubits.
  [
    'several',
    /\b(c_?not|c_?x|c_?z|swap|toffoli|fredkin|entangl\w*|controlled|kron|tensordot|einsum)\b|two[- _]?qubit|\bn(?:um)?_?qu?bits\b|n(?:umber)?_of_qu?bits/gi,
  ],
  ['openqasm2', /OPENQASM\s+2|\bqasm_?2\b|include \\?"qelib1\.inc/gi],
  ['openqasm3', /OPENQASM\s+3|\bqasm_?3\b|open_?qasm_?3|stdgates\.inc/gi],
  ['qasm', /\b\w*open_?qasm\w*|\b(from|to|parse|load|read|run)_?qasm\w*/gi],
  ['quil', /\bquil\b/gi],
  ['cqasm3', /\bcqasm\b/gi],
])

/**
 * For each word what a text must hold, in lower case, before its pattern is worth a look: seventeen patterns over every file took
 * a fifth of the time of parsing it.
 */
export const STEMS: Readonly<Record<string, readonly string[]>> = {
  qubit: ['qubit', 'qbit'],
  circuit: ['circuit'],
  statevector: ['vector', 'wave', 'amplitude', 'ket'],
  quantum: ['quantum'],
  gpu: ['cupy', 'cuda', 'quantum', 'custatevec', 'rocm', 'gpu'],
  noise: ['noise', 'kraus', 'depolari', 'damping', 'noisy'],
  density: ['density'],
  tensor: ['tensor', 'matrix', 'mps'],
  stabilizer: ['stabili', 'tableau', 'chp', 'clifford'],
  photonic: ['photon', 'fock', 'boson', 'beam', 'squeez', 'homodyne', 'qumode', 'interferometer'],
  annealing: ['anneal', 'qubo', 'binary', 'bqm'],
  analog: ['pulse', 'waveform', 'rydberg', 'neutral', 'detuning', 'rabi'],
  hamiltonian: ['hamiltonian', 'lindblad', 'master', 'liouvill', 'eigen', 'spin', 'mesolve', 'collapse', 'schr'],
  topological: ['anyon', 'braid', 'fusion'],
  remote: ['api', 'token', 'url', 'bearer', 'requests', 'http', 'websocket', 'endpoint'],
  algebra: [
    ...['kron', 'einsum', 'tensordot', 'matmul', 'multi_dot', 'moveaxis'],
    ...['.zeros(', '.eye(', '.dot(', '.array(', '.exp(', '<<', '**'],
  ],
  bloch: ['bloch'],
  joint: [
    ...['kron', 'einsum', 'tensordot', 'matmul', 'vdot', 'complex', 'reshape', 'sqrt', 'j', '.dot(', 'amplitude'],
    ...['state', 'density'],
  ],
  several: [
    ...['cnot', 'c_not', 'cx', 'c_x', 'cz', 'c_z', 'swap', 'toffoli', 'fredkin', 'entangl', 'controlled', 'kron'],
    ...['tensordot', 'einsum', 'qubit', 'qbit'],
  ],
  openqasm2: ['qasm', 'qelib1'],
  openqasm3: ['qasm', 'stdgates'],
  qasm: ['qasm'],
  quil: ['quil'],
  cqasm3: ['cqasm'],
}

const MAX_TEXT = 600_000

/** Counts the words, with the line of the first; `gates` counts different gate names among string literals. */
export function readMarks(source: string): Mark[] {
  const text = source.slice(0, MAX_TEXT)
  const marks: Mark[] = []
  const pieces = new Pieces(text)
  for (const [word, pattern] of MARK_WORDS) {
    if (STEMS[word]?.some((stem) => pieces.mayHold(stem)) === false) continue
    let count = 0
    let first = 0
    for (const match of text.matchAll(pattern)) {
      if (count === 0) first = match.index
      count += 1
      if (count >= 500) break
    }
    if (count > 0) marks.push({ word, line: lineAt(text, first), count })
  }
  const literals = new Set<string>()
  let at = 0
  for (const match of text.matchAll(/(['"])([A-Za-z][A-Za-z0-9_]{0,11})\1/g)) {
    const gate = gateOfName(match[2] ?? '')
    if (gate && literals.size === 0) at = match.index
    if (gate) literals.add(gate)
  }
  if (literals.size > 0) marks.push({ word: 'gates', line: lineAt(text, at), count: literals.size })
  return marks
}

/** Attribute names with their frequency. */
export function readNames(source: string, most: number): [string, number][] {
  const counts = new Map<string, number>()
  for (const match of source.slice(0, MAX_TEXT).matchAll(/\.\s{0,2}([A-Za-z]\w{0,60})/g)) {
    const name = match[1] ?? ''
    const known = counts.get(name)
    if (known !== undefined || counts.size < most) counts.set(name, (known ?? 0) + 1)
  }
  return [...counts]
}

function lineAt(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line += 1
  return line
}
