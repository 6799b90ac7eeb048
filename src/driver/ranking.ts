/** Ranks what the profile found: which classes make circuits, which run them, which functions run or read. */
import { gateOfName } from '../values/gate-names.ts'
import type { ClassFacts, FunctionFacts, Profile } from '../values/profile.ts'
import {
  ASIDE_CLASS,
  CIRCUIT_CLASS,
  CIRCUIT_NOUN,
  CONVERTER_CLASS,
  ENGINE_CLASS,
  EXTENDS,
  MAKING_FUNCTION,
  REMOTE,
  RUNS,
  roleOfParameter,
} from './vocabulary.ts'

export interface Ranked<T> {
  readonly facts: T
  readonly score: number
}

export interface Ranking {
  readonly circuits: Ranked<ClassFacts>[]
  readonly engines: Ranked<ClassFacts>[]
  readonly runners: Ranked<FunctionFacts>[]
  readonly makers: Ranked<FunctionFacts>[]
}

/** Large packages have a quantum corner; everywhere else the module's name says little. */
const LARGE = 400
const EXTENDING_OPERATOR = /^__(i?add|i?or|ror|i?lshift|i?matmul|call)__$/

export const shortName = (ref: string): string => /[^.:]*$/.exec(ref)?.[0] ?? ref
const moduleOf = (ref: string): string => ref.split(':')[0] ?? ref

export function rank(profile: Profile): Ranking {
  const inSetup = countUses(profile, 'setup')
  const inRun = countUses(profile, 'run')
  const large = profile.classes.length > LARGE
  return {
    circuits: ordered(profile.classes, (facts) => circuitScore(facts, large, inSetup.get(shortName(facts.ref)) ?? 0)),
    engines: ordered(profile.classes, (facts) => engineScore(facts, inRun.get(shortName(facts.ref)) ?? 0)),
    runners: ordered(profile.functions, (facts) => runnerScore(facts, large, inRun.get(shortName(facts.ref)) ?? 0)),
    makers: ordered(profile.functions, (facts) => makerScore(facts, inSetup.get(shortName(facts.ref)) ?? 0)),
  }
}

function ordered<T extends { ref: string }>(all: readonly T[], score: (facts: T) => number): Ranked<T>[] {
  return all
    .map((facts) => ({ facts, score: score(facts) }))
    .sort((a, b) => b.score - a.score || (a.facts.ref < b.facts.ref ? -1 : 1))
}

/** How many strong examples use a name in their setup or run part. */
function countUses(profile: Profile, part: 'setup' | 'run'): Map<string, number> {
  const counts = new Map<string, number>()
  for (const example of profile.examples) {
    if (!example.strong) continue
    const names = new Set(
      [...JSON.stringify(example[part]).matchAll(/"ref":"[^"]*[.:](\w+)"/g)].map((match) => match[1] ?? ''),
    )
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

function circuitScore(facts: ClassFacts, large: boolean, uses: number): number {
  const name = shortName(facts.ref)
  const module = moduleOf(facts.ref)
  const methods = Object.keys(facts.methods)
  const gates = new Set([...methods, ...facts.attributes].map(gateOfName).filter((gate) => gate !== undefined))
  let score = Math.min(16, 2 * gates.size)
  const extendable = methods.some((method) => EXTENDS.test(method) || EXTENDING_OPERATOR.test(method))
  if (extendable) score += 5
  // Nothing on it could apply a gate: at best a state that gate objects act on, or an engine.
  if (!extendable && gates.size < 3) score -= 5
  if (methods.some((method) => RUNS.test(method))) score += 2
  if (CIRCUIT_CLASS.test(name)) score += 4
  if (CIRCUIT_NOUN.test(name)) score += 4
  if (/backend|engine|device/i.test(name)) score -= 4
  if (ASIDE_CLASS.test(name)) score -= 6
  if (CONVERTER_CLASS.test(name)) score -= 8
  if (CONVERTER_CLASS.test(module) || /noise|backend|draw|plot|util|experimental|contrib/i.test(module)) score -= 4
  if (large && /qubit|circuit/i.test(module)) score += 18
  else if (large && /quantum/i.test(module)) score += 10
  if (name.startsWith('_') || /(^|\.)_/.test(module)) score -= 8
  score += facts.exported ? 4 : 0
  score -= 0.5 * facts.ref.split('.').length
  return score + Math.min(30, 10 * uses)
}

function engineScore(facts: ClassFacts, uses: number): number {
  const name = shortName(facts.ref)
  const runs = Object.keys(facts.methods).filter((method) => RUNS.test(method) || method === '__call__').length
  let score = runs === 0 || gateOfName(name) ? -8 : 3 * Math.min(5, runs)
  if (ENGINE_CLASS.test(name)) score += 6
  if (/state_?vector|wave_?func|local|numpy|cpu|default/i.test(name)) score += 2
  if (ASIDE_CLASS.test(name) || CONVERTER_CLASS.test(name)) score -= 6
  if (REMOTE.test(facts.ref) || /http|client|job|result|analog|photon/i.test(facts.ref)) score -= 6
  if (name.startsWith('_')) score -= 8
  score += facts.exported ? 4 : 0
  score -= 0.5 * facts.ref.split('.').length
  return score + Math.min(20, 8 * uses)
}

function runnerScore(facts: FunctionFacts, large: boolean, uses: number): number {
  const name = shortName(facts.ref)
  const [first, ...others] = facts.parameters
  const role = first ? roleOfParameter(first.name) : undefined
  let score = 0
  if (RUNS.test(name) || /^(qapply|represent|call|apply|expectation)/i.test(name)) score += 6
  if (role === 'circuit' || role === 'text' || role === 'state') score += 5
  if (/qasm|quil/i.test(name) && role === 'text') score += 3
  if (others.filter((parameter) => !parameter.optional).length > 2) score -= 6
  if (name.startsWith('_') || /draw|plot|print|save|write|export|noise|test|bench/i.test(name)) score -= 6
  if (gateOfName(name)) score -= 40
  if (large && /quantum/i.test(facts.ref)) score += 8
  score += facts.exported ? 3 : 0
  score -= 0.5 * facts.ref.split('.').length
  return score + Math.min(20, 8 * uses)
}

function makerScore(facts: FunctionFacts, uses: number): number {
  const name = shortName(facts.ref)
  const required = facts.parameters.filter((parameter) => !parameter.optional)
  let score = MAKING_FUNCTION.test(name) ? 3 : 0
  if (required.length === 1 && roleOfParameter(required[0]?.name ?? '') === 'n') score += 3
  if (required.length > 2 || name.startsWith('_') || gateOfName(name)) score -= 8
  if (/draw|plot|print|save|write|export|noise|test|bench|is_|has_|get_.*(from|of)/i.test(name)) score -= 5
  score += facts.exported ? 2 : 0
  score -= 0.5 * facts.ref.split('.').length
  return score + Math.min(30, 10 * uses)
}
