/** What every proposer sees: the profile, its ranking and look-ups. */
import type { Candidate, ClassFacts, FunctionFacts, Profile } from '../values/profile.ts'
import { type Ranking, rank, shortName } from './ranking.ts'
import type { Signatures } from './roles.ts'

export interface Context {
  readonly profile: Profile
  readonly ranking: Ranking
  readonly classes: ReadonlyMap<string, ClassFacts>
  /** By the last part of the reference; the first, shortest one wins. */
  readonly classByName: ReadonlyMap<string, ClassFacts>
  readonly functions: ReadonlyMap<string, FunctionFacts>
  readonly signatures: Signatures
  /** Languages that the package mentions, the surest first. */
  readonly dialects: readonly string[]
}

/** A proposer turns facts into candidates; all are equal before the measurement. */
export type Proposer = (context: Context) => Candidate[]

export function makeContext(profile: Profile): Context {
  const classes = new Map(profile.classes.map((facts) => [facts.ref, facts]))
  const classByName = new Map<string, ClassFacts>()
  const byDepth = [...profile.classes].sort((a, b) => a.ref.split('.').length - b.ref.split('.').length)
  for (const facts of byDepth) if (!classByName.has(shortName(facts.ref))) classByName.set(shortName(facts.ref), facts)
  const functions = new Map(profile.functions.map((facts) => [facts.ref, facts]))
  const signatures: Signatures = (ref) => {
    const owner = classes.get(ref) ?? classByName.get(shortName(ref))
    return functions.get(ref)?.parameters ?? owner?.init ?? undefined
  }
  const dialects = [...profile.capabilities.textDialects]
    .sort((a, b) => b.confidence - a.confidence || (a.value < b.value ? -1 : 1))
    .map(({ value }) => value)
  return { profile, ranking: rank(profile), classes, classByName, functions, signatures, dialects }
}
