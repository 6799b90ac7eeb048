/** What names of parameters, classes and methods suggest. Everything here only ranks and fills in; nothing is decided by it. */
import type { Expression } from '../values/driver.ts'

/** What a parameter is for. */
export type ParameterRole =
  | 'label'
  | 'shots'
  | 'seed'
  | 'angle'
  | 'control'
  | 'circuit'
  | 'text'
  | 'state'
  | 'bits'
  | 'n'
  | 'qubit'

/** Tried in this order: `n_bits` is a number of bits before anything ending in `bits` is a position. */
const PARAMETERS: readonly (readonly [ParameterRole, RegExp])[] = [
  ['label', /^(name|label|id|title|circuit_?name|tag)$/i],
  [
    'shots',
    /^(n|num|nb|number_of)?_?(shots?|samples?|repetitions|trials|repeats?|sample_?size|sampling_?count|measurements)$/i,
  ],
  ['seed', /^(random_?)?(seed|state_seed|random_state|rng|prng|rs)(_simulator)?$/i],
  [
    'angle',
    /^(theta|phi|lam|lambda|lambda_|lbd|alpha|beta|gamma|delta|angles?|rad(ians?)?|rot(ation)?|phase|param(eter)?s?|paras?|arg_?value)\d?$/i,
  ],
  ['bits', /^(n|num|nb|number_of)?_?(c_?bits?|cl_?bits?|classical_?bits?|classical_?size)(_?(count|number))?$/i],
  [
    'n',
    /^(n|nq|nqb|size|width|dim|num|total)$|^(n|num|nb|number_?(of)?|total|count)_?(qu?b(it)?s?|wires|modes)$|^(qu?b(it)?s?|wires?)_?(n|num|count|number|size)$|^q_?num$/i,
  ],
  [
    'circuit',
    /^(q|quantum_?)?(circuits?|circ|programs?|prog|tapes?|qc|ir|\w+_ir|executables?|operations?|ops|instructions|gates|job|task|script|circuit_?list)$/i,
  ],
  [
    'text',
    /^(source|code|string|text|contents?|s|str_?|qasm\w*|open_?qasm\w*|quil\w*|cqasm\w*|\w+_(str|string|source|text|code)|program_text)$/i,
  ],
  [
    'state',
    /^(init(ial)?_?state|input_?state|q(uantum)?_?state|state(_?vector)?|psi0?|ket|vector|wave_?function|reg(ister)?)$/i,
  ],
  ['control', /^(.*(control|ctrl|ctl).*|c|cq|c\d|src|source_?qubit)$/i],
  [
    'qubit',
    /^(.*(qubit|target|wire|tgt|targ|qbit|trgt).*|qb|qid|q\d?|t\d?|i|j|k|a|b|bit|ind|idx|index|pos|position|where|site|location)$/i,
  ],
]

export function roleOfParameter(name: string): ParameterRole | undefined {
  return PARAMETERS.find(([, pattern]) => pattern.test(name))?.[0]
}

/** What the interpreter fills in for a role when an object of n qubits is made; undefined: nothing is known to fit. */
export function valueForRole(role: ParameterRole | undefined): Expression | undefined {
  switch (role) {
    case 'n':
    case 'bits':
    case 'shots':
    case 'seed':
    case 'text':
      return { role }
    case 'qubit':
      return { role: 'qubits' }
    case 'label':
      return { lit: 'circuit' }
    default:
      return undefined
  }
}

/** Classes that make or hold a circuit, a register or a state. */
export const CIRCUIT_CLASS = /circuit|program|state|simul|regist|q_?reg|quantum|qubit|builder|machine|computer|qvm/i
/** The same when the name ends so: the thing itself, not something about it. */
export const CIRCUIT_NOUN = /(Circuit|Simulator|Program|State(Vector)?|Register|Computer|QVM|Builder|Sim)$/
export const ENGINE_CLASS =
  /sim|backend|engine|device|qvm|qpu|execut|runner|emulator|machine|linalg|processor|wavefunction|computer/i
/** Classes about a circuit: they have its method names and are not it. */
export const ASIDE_CLASS =
  /noise|noisy|error|exception|test|base$|^base|abstract|draw|visual|optimi|density|stabil|clifford|mp[so]|pep[so]|tensor|gpu|cuda|param|pulse|mixin|remote|cloud|result|config|observable|hamiltonian|template|ansatz|layer|qaoa|vqe|compiler|scheduler|gate$|operator$|instruction$|info$|manager$|metadata|protocol$/i
export const CONVERTER_CLASS =
  /parser|lexer|listener|visitor|transpil|compil|convert|export|import|print|context|placeholder|interface|plugin|serial|schema/i

/** Needs a network, an account or hardware. */
export const REMOTE = /aws|ibm|azure|ionq|cloud|remote|token|credential|secret|password|api_?key/i

/** Methods that extend a circuit by a gate given as an object, a name or a matrix. */
export const EXTENDS =
  /^_*(add|append|apply|insert|push|put)(_?(gate|op|operation|operator|instruction|unitary|matrix)s?)?$/i
export const RUNS =
  /^(run|simulate|execute|submit|do_program|sample|evaluate|state_?vector|final|get_?state|get_?counts|compute|measure|evolve)/i
/** Static makers of a start state or an empty circuit. */
export const MAKES =
  /^(zeros?|zero_?state|all_?zeros?|ground\w*|init\w*|basis(_?state)?|from_zeros?|new|create|empty|from_(int|label|string|bits?\w*)|computational\w*)$/i
/** Free functions that make something of n qubits. */
export const MAKING_FUNCTION =
  /circuit|device|qubit|state|register|zeros?|alloc|basis|backend|program|simulator|machine|qvm/i
export const START_STATE =
  /^(zeros?(_?(state|ket))?|init(ial)?(ise|ize)?_?state|ground_?state|all_?zeros?(_?state)?|get_(ground|zero|initial)_?state|zero_?ket|product_?state|basis(_?state)?|computational_?state)$/i
