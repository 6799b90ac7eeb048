/**
 * The driver language: closed JSON that says how to drive a simulator. It is data, never code: the interpreter
 * (`templates/probe/language.py`) knows exactly the words below, and the renderer turns a measured driver into an adapter.
 */
import { z } from 'zod'
import { GATE_NAMES } from './gates.ts'

const identifier = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/)
/** A name that an attribute word may use: no leading underscore, so that no dunder is reachable. */
const attributeName = identifier
/** `module.path` or `module.path:Name.attr`. */
export const reference = z
  .string()
  .max(300)
  .regex(/^[A-Za-z_][\w]*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)?$/)

/**
 * Values that the interpreter fills in. `n` number of qubits · `bits` number of classical bits (equal to n) · `qubits`
 * [0…n-1] · `zeros` the string "0"·n · `zero_list` [0]·n · `dims` [2]·n · `ket0` the vector (1, 0, …, 0) of length 2ⁿ ·
 * `shots` · `seed` · `circuits` the circuits of a batch · `text` the whole program of a text driver · `file` the path of a file
 * that holds it as long as the run lasts · `kernel` the driver's function · in a step `each`: `index` the basis state as a number,
 * `basis` its bits as a string, most significant first, `basis_list` the same as a list of numbers · `matrix` the unitary of the present gate (2ᵏ × 2ᵏ, first
 * qubit most significant) · `gate_qubits` the list of the gate's qubits, for calls that take any number · `q0`… the gate's qubits · `p0`… the gate's parameters, in native order and unit.
 */
export const ROLES = [
  'n',
  'bits',
  'qubits',
  'zeros',
  'zero_list',
  'dims',
  'ket0',
  'shots',
  'seed',
  'circuits',
  'text',
  'file',
  'kernel',
  'index',
  'basis',
  'basis_list',
  'matrix',
  'gate_qubits',
  'q0',
  'q1',
  'q2',
  'p0',
  'p1',
  'p2',
] as const

export type Role = (typeof ROLES)[number]
export const OPERATORS = ['+', '-', '*', '/', '@', '|', '^', '&', '<<', '>>', '**'] as const
export type Operator = (typeof OPERATORS)[number]

export type Literal = string | number | boolean | null
/** One expression of the driver language. Exactly one word per object. */
export type Expression =
  | { lit: Literal }
  | { role: Role }
  | { var: string }
  | { ref: string }
  | { call: Expression; args: Expression[]; kwargs?: Record<string, Expression> | undefined }
  | { attr: [Expression, string] }
  | { item: [Expression, Expression] }
  | { list: Expression[] }
  | { tuple: Expression[] }
  | { dict: [Expression, Expression][] }
  | { op: Operator; args: [Expression, Expression] }
  | { format: (string | Expression)[] }
  | Chain

/**
 * The circuit after a gate that is a value without qubits: it becomes an operator over the whole register by products with the
 * identity before and behind it. `join` makes the product of the variables `left` and `right`, `apply` lets the variable
 * `operator` act on the variable `circuit`. Qubits that are no neighbours in ascending order are exchanged with `swap` first,
 * and back afterwards.
 */
export interface Chain {
  chain: Expression
  identity: Expression
  join: Expression
  apply: Expression
  swap?: Expression | undefined
}

export const expression: z.ZodType<Expression> = z.lazy(() =>
  z.union([
    z.strictObject({ lit: z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]) }),
    z.strictObject({ role: z.enum(ROLES) }),
    z.strictObject({ var: identifier }),
    z.strictObject({ ref: reference }),
    z.strictObject({
      call: expression,
      args: z.array(expression).max(20),
      kwargs: z.record(identifier, expression).optional(),
    }),
    z.strictObject({ attr: z.tuple([expression, attributeName]) }),
    z.strictObject({ item: z.tuple([expression, expression]) }),
    z.strictObject({ list: z.array(expression).max(64) }),
    z.strictObject({ tuple: z.array(expression).max(64) }),
    z.strictObject({ dict: z.array(z.tuple([expression, expression])).max(20) }),
    z.strictObject({ op: z.enum(OPERATORS), args: z.tuple([expression, expression]) }),
    z.strictObject({ format: z.array(z.union([z.string().max(500), expression])).max(40) }),
    z.strictObject({
      chain: expression,
      identity: expression,
      join: expression,
      apply: expression,
      swap: expression.optional(),
    }),
  ]),
)

/** `var = value`, or only `value` for its effect. `each`: once for every qubit, which is the role `q0`. */
export const statement = z.strictObject({
  var: identifier.optional(),
  value: expression,
  each: z.literal(true).optional(),
})
export type Statement = z.infer<typeof statement>

/**
 * How one gate is applied. `apply` is evaluated with the roles q0…, p0…; then
 * `effect` says what its value is for: `inplace` nothing (the circuit changed), `rebind` the new circuit, `augment`
 * `circuit += value`, `line` one line of the program text.
 * `qubits` and `parameters` are permutations: native q_i is our qubit `qubits[i]`; for `matrix`, which takes any number of
 * qubits, `[1, 0]` means reversed. Each native parameter is
 * `scale` × ours (−1: reversed sign; 1/π: half turns; 180/π: degrees; 0.5 …).
 */
export const gateDriver = z.strictObject({
  apply: expression,
  effect: z.enum(['inplace', 'rebind', 'augment', 'line']),
  qubits: z.array(z.int().min(0).max(2)).max(3).optional(),
  parameters: z.array(z.int().min(0).max(2)).max(3).optional(),
  scale: z.number().optional(),
})
export type GateDriver = z.infer<typeof gateDriver>

/** One step from a value to a part of it. `each`: a function is called once for every basis state, see `ROLES`. */
export const step = z.union([
  z.strictObject({ attr: attributeName }),
  z.strictObject({ call: z.array(expression).max(8), kwargs: z.record(identifier, expression).optional() }),
  z.strictObject({ item: z.union([z.int(), z.string().max(100)]) }),
  z.strictObject({ each: z.array(expression).max(8), kwargs: z.record(identifier, expression).optional() }),
])
export type Step = z.infer<typeof step>

export const READ_KINDS = ['state', 'unitary', 'density', 'probabilities', 'counts', 'samples'] as const

/**
 * A text driver: header and footer lines around one line per gate; `{role: text}` is the joined program. A line of the
 * header or footer that names the role `q0` is written once for every qubit.
 */
export const textDialect = z.strictObject({
  dialect: z.string().max(40),
  header: z.array(z.array(z.union([z.string().max(500), expression])).max(20)).max(12),
  footer: z.array(z.array(z.union([z.string().max(500), expression])).max(20)).max(12),
  separator: z.string().max(4),
})

/** How a result is obtained and read: the statements that run the circuit, then a path from one variable to the value. */
export const reading = z.strictObject({
  run: z.array(statement).max(12),
  root: identifier,
  path: z.array(step).max(6),
  kind: z.enum(READ_KINDS),
  /** `little`: qubit 0 is the least significant bit of an index, or stands at the right of a key. */
  order: z.enum(['little', 'big']),
  /** The program around the gates, where it is another one for this reading: measured at its end, say, for counts. */
  text: textDialect.optional(),
})
export type Reading = z.infer<typeof reading>

/**
 * `with value as var:` around the gates, entered after the setup. `over`: the context ends behind the last gate, or only when
 * the result has been read.
 */
export const context = z.strictObject({
  var: identifier.optional(),
  value: expression,
  over: z.enum(['gates', 'all']),
})

/**
 * A function that the setup hands over as the role `kernel` and the package calls back. It applies the gates, with what it is
 * called with as the variables `parameters`, and gives the value of `returns`.
 */
export const kernel = z.strictObject({
  parameters: z.array(identifier).max(4),
  returns: expression.optional(),
})

/** A density matrix that is read like a result, of a circuit that is perhaps made another way. */
export const densityReading = reading.extend({ setup: z.array(statement).max(12).optional() })
export type DensityReading = z.infer<typeof densityReading>

/**
 * A depolarising channel on one qubit, written like a gate: `q0` is the qubit, `p0` the probability p of
 * ρ → (1 − p)ρ + p/3 (XρX + YρY + ZρZ), times `scale`. `shows`: the readings in which it was measured.
 */
export const noiseDriver = gateDriver.extend({ shows: z.enum(['density', 'counts']) })
export type NoiseDriver = z.infer<typeof noiseDriver>

export const driver = z.strictObject({
  schema: z.literal(1),
  distribution: z.string().max(200),
  version: z.string().max(100),
  /** Modules imported in this order before anything else (import order matters for some packages). */
  imports: z.array(reference).max(40),
  /** Makes the variable `circuit` (and any other) for n qubits. For a text driver it may be empty. */
  setup: z.array(statement).max(12),
  gates: z.partialRecord(z.enum([...GATE_NAMES, 'matrix']), gateDriver),
  text: textDialect.optional(),
  context: context.optional(),
  kernel: kernel.optional(),
  /** Variable or method that is subscripted to get a qubit handle; only documentation, the gates spell it out. */
  handle: z.string().max(60).optional(),
  /** Idle qubits vanish unless every qubit is touched: apply X·X (or an identity) to each qubit first. */
  touch: z.boolean().optional(),
  /** The native start state is |+…+⟩: H on every qubit first. */
  plus: z.boolean().optional(),
  state: reading.optional(),
  counts: reading.optional(),
  /** Beside the state, where the package has one. */
  density: densityReading.optional(),
  noise: noiseDriver.optional(),
  /** Runs the list of circuits (role `circuits`) in one call; the value of `root` holds a result for each. */
  batch: reading.optional(),
})
export type Driver = z.infer<typeof driver>
