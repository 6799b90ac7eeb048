/** What analysis found in a snapshot: facts, each with evidence and confidence. Nothing here was executed. */
import { z } from 'zod'
import { driver, expression, gateDriver, reference, statement } from './driver.ts'
import { GATE_NAMES } from './gates.ts'
import { gateKey } from './overrides.ts'

export const evidence = z.strictObject({ file: z.string(), line: z.int().min(1) })
export type Evidence = z.infer<typeof evidence>

/** A fact: what, where it stands, and how sure analysis is (0…1). */
export const fact = <T extends z.ZodType>(value: T) =>
  z.strictObject({ value, evidence: z.array(evidence).max(20), confidence: z.number().min(0).max(1) })

export const parameter = z.strictObject({
  name: z.string().max(200),
  /** Has a default value. */
  optional: z.boolean(),
  kind: z.enum(['positional', 'keyword', 'args', 'kwargs']),
  annotation: z.string().max(300).optional(),
})
export type Parameter = z.infer<typeof parameter>

/** A class: constructor, methods (null: signature unknown), attributes assigned on self, static and class members. */
export const classFacts = z.strictObject({
  ref: reference,
  bases: z.array(z.string().max(200)),
  init: z.array(parameter).nullable(),
  methods: z.record(z.string(), z.array(parameter).nullable()),
  attributes: z.array(z.string()),
  statics: z.array(z.string()),
  exported: z.boolean(),
  evidence,
})
export type ClassFacts = z.infer<typeof classFacts>

export const functionFacts = z.strictObject({
  ref: reference,
  parameters: z.array(parameter),
  exported: z.boolean(),
  evidence,
})
export type FunctionFacts = z.infer<typeof functionFacts>

/** An example sliced into driver words: how the circuit is made, gates that were applied, how it is run and read. */
export const example = z.strictObject({
  setup: z.array(statement).max(12),
  gates: z.array(statement).max(12),
  run: z.array(statement).max(12),
  /** Names at least one of h, cx, cz, swap, ccx, rx, ry, rz. */
  strong: z.boolean(),
  /** The circuit is a program text (`{role: text}`) in this dialect. */
  dialect: z.string().max(40).optional(),
  /** That program, where the language is the package's own: it shows how lines are written. */
  program: z.string().max(2000).optional(),
  evidence,
})
export type Example = z.infer<typeof example>

/**
 * What became of one hint or one entry of a table of gates: whole examples, and loose statements about the variable `circuit`.
 * `problem`: why there are none, a clause of ours.
 */
export const hintFacts = z.strictObject({
  /** Of a table: the gate that the expression is for. */
  gate: gateKey.optional(),
  examples: z.array(example).max(12),
  setup: z.array(statement).max(12),
  gates: z.array(statement).max(12),
  run: z.array(statement).max(12),
  problem: z.string().max(300).optional(),
})
export type HintFacts = z.infer<typeof hintFacts>

export const profile = z.strictObject({
  schema: z.literal(1),
  distribution: z.string().max(200),
  version: z.string().max(100),
  summary: fact(z.string()).optional(),
  licence: fact(z.string()).optional(),
  /** Whether its licence lets anybody use it, or only some or for some purposes; absent where it says neither. */
  licenceTerms: fact(z.enum(['forbidden', 'restricted'])).optional(),
  requiresPython: z.string().optional(),
  /** Names of distributions that it declares without an extra. */
  /** What the metadata declares: nothing runs without a GPU, or one can be used. */
  declaresGpu: fact(z.enum(['needed', 'possible'])).optional(),
  dependencies: z.array(fact(z.string())),
  /** Top-level import names that belong to the distribution. */
  modules: z.array(fact(z.string())),
  /** Modules imported at module level that are neither the standard library, nor declared, nor its own. */
  undeclared: z.array(
    fact(z.string()).extend({
      /** The modules of it that are imported, in full. */
      imports: z.array(z.string().max(200)).max(20).optional(),
    }),
  ),
  /** Its own modules that it imports as if they were installed by themselves, which cannot work. */
  misplaced: z.array(fact(z.string())).optional(),
  compiled: z.boolean(),
  classes: z.array(classFacts),
  functions: z.array(functionFacts),
  /** References whose name suggests a gate. */
  gates: z.partialRecord(z.enum(GATE_NAMES), z.array(fact(reference))),
  examples: z.array(example),
  /** What people said, in their order; absent where nobody said anything. */
  hints: z.array(hintFacts).max(60).optional(),
  /** Classes of other distributions that annotate what a method that runs something takes; most likely first. */
  annotations: z.array(fact(reference)),
  /** Attribute names used anywhere, most frequent first (for compiled modules without stubs). */
  names: z.array(z.string().max(200)),
  capabilities: z.strictObject({
    gpu: fact(z.boolean()).optional(),
    noise: fact(z.boolean()).optional(),
    densityMatrix: fact(z.boolean()).optional(),
    tensorNetwork: fact(z.boolean()).optional(),
    stabilizerOnly: fact(z.boolean()).optional(),
    photonic: fact(z.boolean()).optional(),
    annealing: fact(z.boolean()).optional(),
    continuousVariable: fact(z.boolean()).optional(),
    /** Pulses and Hamiltonians. */
    analog: fact(z.boolean()).optional(),
    /** Anyons that are braided. */
    topological: fact(z.boolean()).optional(),
    /** Programs are sent to a service; nothing in its code computes a state. */
    remote: fact(z.boolean()).optional(),
    /** A Bloch vector for each qubit: nothing in its code could hold a state of several. */
    productStates: fact(z.boolean()).optional(),
    /** It says that it compiles, decodes or hands on, and not that it simulates. */
    compiler: fact(z.boolean()).optional(),
    /** It says so, or nothing in its code could act on two. */
    oneQubit: fact(z.boolean()).optional(),
    /** Hardly a name of a gate, neither of a call nor as a text. */
    fixedPrograms: fact(z.boolean()).optional(),
    textDialects: z.array(fact(z.string())),
    hosts: z.array(fact(z.string())),
  }),
  /** Whether anything at all looks like a gate-model simulator; absent evidence means decline. */
  looksLikeSimulator: fact(z.boolean()),
  statistics: z.strictObject({
    files: z.int(),
    bytes: z.int(),
    milliseconds: z.number(),
    skipped: z.array(z.string()),
  }),
})
export type Profile = z.infer<typeof profile>

/** One way to make a circuit that the search should try, with who proposed it. */
export const candidate = z.strictObject({
  /** `class`, `example`, `function`, `static`, `host`, `text`, `list`, `annotation`, `hint`, `file` */
  proposer: z.string().max(30),
  origin: z.string().max(300),
  score: z.number(),
  setup: z.array(statement).max(12),
  gates: z.array(statement).max(12),
  run: z.array(statement).max(12),
  /** Name of a dialect in `templates/probe/dialects.json`; `{role: text}` stands in setup or run. */
  dialect: z.string().max(40).optional(),
  /** A program in that dialect, where the language is the package's own: it shows how lines are written. */
  program: z.string().max(2000).optional(),
  /** The text carries measurements. */
  measured: z.boolean().optional(),
  host: z.string().max(40).optional(),
})
export type Candidate = z.infer<typeof candidate>

/** What the probe gets: ranked candidates plus the facts that rank layouts. The probe adds introspection by itself. */
export const searchRequest = z.strictObject({
  schema: z.literal(1),
  distribution: z.string(),
  version: z.string(),
  modules: z.array(z.string()),
  undeclared: z.array(z.string()),
  requires: z.array(z.string()),
  candidates: z.array(candidate),
  classes: z.record(reference, classFacts),
  functions: z.record(reference, functionFacts),
  /** Classes that may run a circuit, and functions that may run or read one; ranked. */
  engines: z.array(reference),
  runners: z.array(reference),
  /** Classes or functions that make a start state. */
  states: z.array(expression),
  gates: z.partialRecord(z.enum(GATE_NAMES), z.array(reference)),
  names: z.array(z.string()),
  /** A driver by hand: nothing is searched, it is completed and measured. */
  driver: driver.optional(),
  /** `template`: native gates count only under their standard names. */
  mapping: z.literal('template').optional(),
  /** A person's calls for gates, measured before the ones that are found; all for one gate are tried. */
  manual: z.partialRecord(gateKey, z.array(gateDriver).max(6)).optional(),
  /** Gates whose native calls are not used. */
  exclude: z.array(gateKey).max(30).optional(),
  /** Density matrices, noise, batches and sweeps are measured as well. */
  advanced: z.literal(true).optional(),
  /** Layouts that the search must not use: by id, by the beginning of an id, or by one part of it. */
  exclude_layouts: z.array(z.string().max(200)).max(100).optional(),
  budget: z.strictObject({
    trial_seconds: z.number(),
    search_seconds: z.number(),
    search_trials: z.int(),
    measure_seconds: z.number(),
  }),
})
export type SearchRequest = z.infer<typeof searchRequest>
