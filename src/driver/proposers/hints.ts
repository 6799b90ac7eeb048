/**
 * Proposer `hint`: what a person said. Whole programs are candidates as they stand; a line that uses a circuit without making
 * one is joined to the best ways to make one that the others propose.
 */
import type { Statement } from '../../values/driver.ts'
import { referencesOf, variablesOf } from '../../values/expressions.ts'
import type { Candidate, HintFacts } from '../../values/profile.ts'
import type { Context } from '../context.ts'
import { closeVariables, gateRoles, generalise } from '../roles.ts'
import { fromExample } from './examples.ts'

/** Above everything that is only read. */
const SCORE = 1000
const MOST_OBJECTS = 12

/** @param others what all other proposers have, best first */
export function proposeHints(context: Context, others: readonly Candidate[]): Candidate[] {
  const hints = (context.profile.hints ?? []).filter(({ gate, problem }) => gate === undefined && problem === undefined)
  if (hints.length === 0) return []
  const gates = hints.flatMap((hint) => hint.gates.map(withRoles))
  const examples = hints.flatMap((hint) => hint.examples.flatMap((example) => fromExample(example, context) ?? []))
  const whole = examples.map((candidate) => ({
    ...candidate,
    gates: distinct([...candidate.gates, ...gates]),
    run: runOf(hints, candidate.setup, context) ?? candidate.run,
  }))
  const loose = gates.length > 0 || hints.some(({ setup, run }) => setup.length + run.length > 0)
  const bases = [...objectsOf(hints, context), ...(loose ? others.filter(isObject).slice(0, MOST_OBJECTS) : [])]
  const joined = bases.map((base) => ({
    ...base,
    gates: distinct([...gates, ...base.gates]),
    run: runOf(hints, base.setup, context) ?? base.run,
  }))
  return [...whole, ...joined].map(({ gates: all, setup, run, ...rest }, index) => ({
    ...(rest.dialect === undefined ? {} : { dialect: rest.dialect }),
    ...{ proposer: 'hint', origin: `hint: ${rest.origin}`.slice(0, 300), score: SCORE - index },
    ...{ setup, gates: all.slice(0, 12), run },
  }))
}

/** Only where the lines are about an object: a program text has no receiver. */
const isObject = ({ setup, dialect }: Candidate): boolean =>
  dialect === undefined && setup.some(({ var: name }) => name === 'circuit')

/** Ways to make a circuit that a hint itself shows. */
function objectsOf(
  hints: readonly HintFacts[],
  { signatures }: Context,
): Pick<Candidate, 'setup' | 'gates' | 'run' | 'origin' | 'dialect'>[] {
  return hints.flatMap(({ setup }) => {
    const closed = closeVariables(generalise({ setup, run: [] }, signatures).setup, [])
    if (closed === undefined || !closed.some(({ var: name }) => name === 'circuit')) return []
    const [first = 'a call'] = closed.flatMap(({ value }) => referencesOf(value))
    return [{ setup: closed, gates: [], run: [], origin: first }]
  })
}

/** The statements that run and read, as far as this way to make a circuit defines what they need; undefined: none. */
function runOf(
  hints: readonly HintFacts[],
  setup: readonly Statement[],
  { signatures }: Context,
): Statement[] | undefined {
  const stated = hints.flatMap(({ run }) => run)
  if (stated.length === 0) return undefined
  const general = generalise({ setup, run: stated }, signatures).run
  const known = setup.flatMap(({ var: name }) => name ?? [])
  const kept: Statement[] = []
  for (const statement of general) {
    const closed = closeVariables([statement], known)?.[0]
    if (closed === undefined) continue
    // What is looked at without a name is read from a variable.
    const name = closed.var ?? `stated${kept.length}`
    kept.push({ ...closed, var: name })
    known.push(name)
  }
  return kept.length > 0 ? kept.slice(0, 12) : undefined
}

/** Numbers of qubits and angles as roles; a name that says nothing gets them by their places. */
function withRoles(statement: Statement): Statement {
  if (variablesOf(statement.value).size === 0) return gateRoles(statement) ?? statement
  return gateRoles(statement) ?? byPlace(statement)
}

/** Whole numbers stand for qubits and others for angles, in their order. */
function byPlace(statement: Statement): Statement {
  let [qubits, angles] = [0, 0]
  const text = JSON.stringify(statement.value).replace(/\{"lit":(-?\d+(?:\.\d+)?)\}/g, (literal, number: string) => {
    const role = number.includes('.') ? `p${angles++}` : `q${qubits++}`
    return /[012]$/.test(role) ? `{"role":"${role}"}` : literal
  })
  return { ...statement, value: JSON.parse(text) }
}

function distinct(statements: readonly Statement[]): Statement[] {
  const seen = new Set<string>()
  return statements.filter((statement) => {
    const key = JSON.stringify(statement)
    return !seen.has(key) && seen.add(key)
  })
}
