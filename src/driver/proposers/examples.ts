/** Proposer `example`: how the package's own README, docs, tests and docstrings make and run a circuit. */
import type { Statement } from '../../values/driver.ts'
import { referencesOf, variablesOf } from '../../values/expressions.ts'
import { PLAIN_REFERENCES } from '../../values/import-names.ts'
import type { Candidate, Example } from '../../values/profile.ts'
import type { Context } from '../context.ts'
import { shortName } from '../ranking.ts'
import { closeVariables, gateRoles, generalise } from '../roles.ts'
import { ASIDE_CLASS, REMOTE } from '../vocabulary.ts'

const MOST = 24
const SAME_SETUP = 4
const READS = /run|simul|execut|submit|state|vector|count|prob|sampl|result|measure|amplitude|density|flush/i

export function proposeExamples(context: Context): Candidate[] {
  const candidates = new Map<string, Candidate>()
  context.profile.examples.forEach((example, index) => {
    const candidate = fromExample(example, context)
    if (!candidate) return
    const scored = { ...candidate, score: scoreOf(example, candidate, index, context) }
    // The same way to make and run it, told twice, is one proposal.
    const key = JSON.stringify([scored.setup, scored.run, scored.dialect ?? ''])
    const known = candidates.get(key)
    if (!known || known.score < scored.score) candidates.set(key, scored)
  })
  return spread([...candidates.values()].sort(byScore))
    .sort(byScore)
    .slice(0, MOST)
}

const byScore = (a: Candidate, b: Candidate): number => b.score - a.score || (a.origin < b.origin ? -1 : 1)

/** A few ways to run one object are enough at first; the rest come after everything else that is strong. */
function spread(candidates: readonly Candidate[]): Candidate[] {
  const times = new Map<string, number>()
  return candidates.map((candidate) => {
    const key = JSON.stringify([candidate.setup, candidate.dialect ?? ''])
    const seen = times.get(key) ?? 0
    times.set(key, seen + 1)
    return seen < SAME_SETUP ? candidate : { ...candidate, score: candidate.score - 70 }
  })
}

/** An example as a candidate, its literals turned into roles; undefined where what it needs cannot be made. */
export function fromExample(example: Example, { signatures }: Context): Omit<Candidate, 'score'> | undefined {
  const general = generalise(example, signatures)
  const setup = closeVariables(general.setup, [])
  if (!setup?.some((statement) => statement.var === 'circuit')) return undefined
  const defined = setup.flatMap((statement) => statement.var ?? [])
  const run = closeRun(general.run, defined)
  const gates = example.gates
    .map(gateRoles)
    .filter((gate) => gate !== undefined)
    .filter((gate) => [...variablesOf(gate.value)].every((name) => defined.includes(name)))
  return {
    proposer: 'example',
    origin: `${example.evidence.file}:${example.evidence.line}`.slice(-300),
    setup,
    gates: unique(gates).slice(0, 12),
    run,
    ...(example.dialect === undefined ? {} : { dialect: example.dialect }),
    ...(example.program === undefined ? {} : { program: example.program }),
  }
}

/** Statements of the run part that can be closed; what depends on one that cannot goes with it. */
function closeRun(statements: readonly Statement[], defined: readonly string[]): Statement[] {
  const known = [...defined]
  const kept: Statement[] = []
  for (const statement of statements) {
    const closed = closeVariables([statement], known)?.[0]
    if (!closed) continue
    kept.push(closed)
    if (closed.var !== undefined) known.push(closed.var)
  }
  return withoutOrphans(kept, defined)
}

/** Drops definitions that neither use what the setup made nor are used by a later statement. */
function withoutOrphans(statements: readonly Statement[], defined: readonly string[]): Statement[] {
  const derived = new Set(defined)
  const used = new Set<string>()
  for (const { var: name, value } of statements) {
    const names = variablesOf(value)
    if (name !== undefined && [...names].some((one) => derived.has(one))) derived.add(name)
  }
  const kept: Statement[] = []
  for (const statement of [...statements].reverse()) {
    if (statement.var !== undefined && !derived.has(statement.var) && !used.has(statement.var)) continue
    kept.unshift(statement)
    for (const name of variablesOf(statement.value)) used.add(name)
  }
  return kept
}

function unique(statements: readonly Statement[]): Statement[] {
  const seen = new Set<string>()
  return statements.filter((statement) => {
    const key = JSON.stringify(statement)
    return !seen.has(key) && seen.add(key)
  })
}

const NUMERIC = /^(numpy|math|cmath|scipy)$/

/** Relative worth of an example: on which class it stands, whether it runs, how much it needs. */
function scoreOf(example: Example, candidate: Omit<Candidate, 'score'>, index: number, context: Context): number {
  let score = example.strong ? 100 : 30
  // Most examples of a large package are about something else; the ranked classes tell which are about circuits.
  const setupRefs = candidate.setup.flatMap((statement) => referencesOf(statement.value))
  const ranks = setupRefs.map((ref) => context.ranking.circuits.findIndex(({ facts }) => facts.ref === ref))
  const best = Math.min(...ranks.filter((at) => at >= 0), 40)
  score += best < 3 ? 12 : best < 8 ? 8 : best < 20 ? 3 : -6
  if (setupRefs.some((ref) => ASIDE_CLASS.test(shortName(ref)))) score -= 12
  if (REMOTE.test(JSON.stringify(candidate.setup))) score -= 40
  const refs = [...setupRefs, ...candidate.run.flatMap((statement) => referencesOf(statement.value))]
  score -= Math.min(60, 12 * refs.filter((ref) => isForeign(ref, context)).length)
  score += candidate.run.length === 0 ? -4 : READS.test(JSON.stringify(candidate.run)) ? 6 : 1
  score += candidate.gates.length > 0 || candidate.dialect ? Math.min(4, candidate.gates.length) : -10
  score -= Math.max(0, candidate.setup.length - 2) + 0.3 * candidate.run.length
  return score - 0.2 * index
}

/** Neither of the package nor of what it declares: cannot be there when the example is tried. */
function isForeign(ref: string, { profile }: Context): boolean {
  const top = ref.split(/[.:]/)[0] ?? ''
  if (PLAIN_REFERENCES.test(ref)) return false
  if (NUMERIC.test(top) || profile.modules.some(({ value }) => value.split('.')[0] === top)) return false
  return !profile.dependencies.some(({ value }) => value.toLowerCase().split(/[-_.]/).includes(top.toLowerCase()))
}
