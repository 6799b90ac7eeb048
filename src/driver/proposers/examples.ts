/** Proposer `example`: how the package's own README, docs, tests and docstrings make and run a circuit. */
import type { Statement } from '../../values/driver.ts'
import { referencesOf } from '../../values/expressions.ts'
import type { Candidate, Example } from '../../values/profile.ts'
import type { Context } from '../context.ts'
import { closeVariables, gateRoles, generalise } from '../roles.ts'

const MOST = 24

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
  return [...candidates.values()].sort((a, b) => b.score - a.score || (a.origin < b.origin ? -1 : 1)).slice(0, MOST)
}

function fromExample(example: Example, { signatures }: Context): Omit<Candidate, 'score'> | undefined {
  const setup = closeVariables(generalise(example.setup, signatures), [])
  if (!setup?.some((statement) => statement.var === 'circuit')) return undefined
  const defined = setup.flatMap((statement) => statement.var ?? [])
  const run = closeRun(generalise(example.run, signatures), defined)
  const gates = example.gates.map(gateRoles).filter((gate) => gate !== undefined)
  return {
    proposer: 'example',
    origin: `${example.evidence.file}:${example.evidence.line}`.slice(-300),
    setup,
    gates: unique(gates).slice(0, 12),
    run,
    ...(example.dialect === undefined ? {} : { dialect: example.dialect }),
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
  return kept
}

function unique(statements: readonly Statement[]): Statement[] {
  const seen = new Set<string>()
  return statements.filter((statement) => {
    const key = JSON.stringify(statement)
    return !seen.has(key) && seen.add(key)
  })
}

const NUMERIC = /^(numpy|math|cmath|scipy|jax|torch)$/

function scoreOf(example: Example, candidate: Omit<Candidate, 'score'>, index: number, context: Context): number {
  let score = example.strong ? 100 : 30
  // Most examples of a large package are about something else; the ranked classes tell which are about circuits.
  const refs = candidate.setup.flatMap((statement) => referencesOf(statement.value))
  const ranks = refs
    .map((ref) => context.ranking.circuits.findIndex(({ facts }) => facts.ref === ref))
    .filter((at) => at >= 0)
  const best = Math.min(...ranks, 40)
  score += best < 3 ? 12 : best < 8 ? 8 : best < 20 ? 3 : -6
  const own = new Set(context.profile.modules.map(({ value }) => value.split('.')[0]))
  const foreign = [...refs, ...candidate.run.flatMap((statement) => referencesOf(statement.value))].filter((ref) => {
    const top = ref.split(/[.:]/)[0] ?? ''
    return !own.has(top) && !NUMERIC.test(top)
  })
  score -= Math.min(20, 6 * foreign.length)
  score += candidate.run.length > 0 ? 4 : 0
  score += Math.min(4, candidate.gates.length)
  score -= Math.max(0, candidate.setup.length - 2) + 0.3 * candidate.run.length
  return score - 0.2 * index
}
