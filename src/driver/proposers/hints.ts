/**
 * Proposer `hint`: what a person said. Whole programs are candidates as they stand; a line that uses a circuit without making
 * one is joined to the best ways to make one that the others propose.
 */
import type { Expression, Statement } from '../../values/driver.ts'
import { descendants, referencesOf, variablesOf } from '../../values/expressions.ts'
import type { Candidate, ClassFacts, HintFacts } from '../../values/profile.ts'
import { constructions } from '../construct.ts'
import type { Context } from '../context.ts'
import { closeVariables, gateRoles, generalise } from '../roles.ts'
import { fromExample } from './examples.ts'

/** Above everything that is only read. */
const SCORE = 1000
type Base = Pick<Candidate, 'setup' | 'gates' | 'run' | 'origin' | 'dialect'>
const MOST_OBJECTS = 12
const MOST_CLASSES = 6

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
  const objects = loose ? [...ownersOf(hints, context), ...others.filter(isObject)] : []
  // The person knows what nothing else says: any class may be what their line is about.
  if (loose && objects.length === 0) objects.push(...basesOf([...context.classes.values()].slice(0, MOST_CLASSES)))
  const bases = [...objectsOf(hints, context), ...objects.slice(0, MOST_OBJECTS)]
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

/** Only where the lines are about an object: a program text has no receiver, and a list no methods of the package. */
const isObject = ({ proposer, setup, dialect }: Candidate): boolean =>
  dialect === undefined && proposer !== 'list' && setup.some(({ var: name }) => name === 'circuit')

/** Classes that have what the lines call on the circuit, whatever else they are like; those that have most of it first. */
function ownersOf(hints: readonly HintFacts[], { classes }: Context): Base[] {
  const called = new Set(hints.flatMap(({ gates, run }) => [...gates, ...run].flatMap(({ value }) => methodsOf(value))))
  const owners = [...classes.values()]
    .map((facts) => ({ facts, has: [...called].filter((name) => hasMember(facts, name)).length }))
    .filter(({ has }) => has > 0)
    .sort((a, b) => b.has - a.has || Number(b.facts.exported) - Number(a.facts.exported))
  return basesOf(owners.slice(0, MOST_CLASSES).map(({ facts }) => facts))
}

/** The likeliest ways to make one of each class. */
function basesOf(classes: readonly ClassFacts[]): Base[] {
  return classes.flatMap(({ ref, init }) =>
    constructions(ref, init)
      .slice(0, 2)
      .map((value) => ({ setup: [{ var: 'circuit', value }], gates: [], run: [], origin: ref })),
  )
}

const hasMember = ({ methods, attributes }: ClassFacts, name: string): boolean =>
  Object.hasOwn(methods, name) || attributes.includes(name)

/** Names that are taken from the circuit itself. */
function methodsOf(value: Expression): string[] {
  return [...descendants(value)].flatMap((part) =>
    'attr' in part && 'var' in part.attr[0] && part.attr[0].var === 'circuit' ? [part.attr[1]] : [],
  )
}

/** Ways to make a circuit that a hint itself shows. */
function objectsOf(hints: readonly HintFacts[], { signatures }: Context): Base[] {
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
