/** Proposing: from a profile to the request that the probe searches with. Pure, deterministic, and it executes nothing. */
import type { Expression } from '../values/driver.ts'
import { referencesOf } from '../values/expressions.ts'
import { gateOfName } from '../values/gate-names.ts'
import type { GateName } from '../values/gates.ts'
import {
  type Candidate,
  type ClassFacts,
  type FunctionFacts,
  type Profile,
  type SearchRequest,
  searchRequest,
} from '../values/profile.ts'
import { constructions } from './construct.ts'
import { type Context, makeContext, type Proposer } from './context.ts'
import { proposeAnnotations } from './proposers/annotations.ts'
import { manualGates } from './proposers/by-hand.ts'
import { proposeClasses } from './proposers/classes.ts'
import { proposeExamples } from './proposers/examples.ts'
import { proposeFunctions } from './proposers/functions.ts'
import { proposeHints } from './proposers/hints.ts'
import { proposeHosts } from './proposers/hosts.ts'
import { proposeList } from './proposers/list.ts'
import { proposeStatics } from './proposers/statics.ts'
import { proposeText } from './proposers/text.ts'
import { shortName } from './ranking.ts'
import { ASIDE_CLASS, EXTENDS, MAKES, RUNS, START_STATE } from './vocabulary.ts'

const PROPOSERS: readonly Proposer[] = [
  proposeExamples,
  proposeClasses,
  proposeHosts,
  proposeStatics,
  proposeFunctions,
  proposeAnnotations,
  proposeText,
  proposeList,
]

const LIMITS = {
  candidates: 160,
  engines: 14,
  runners: 16,
  states: 8,
  classes: 60,
  functions: 160,
  methods: 100,
  names: 1500,
}

/** Seconds: one trial 4 (the first call more, the probe knows), search 90, measuring 120. */
const BUDGET = { trial_seconds: 4, search_seconds: 90, search_trials: 20_000, measure_seconds: 120 }

/** What a person decided about the search. */
export type Wishes = Pick<SearchRequest, 'driver' | 'mapping' | 'exclude' | 'advanced'>

export function proposeCandidates(profile: Profile, wishes: Wishes = {}): SearchRequest {
  const context = makeContext(profile)
  const found = merge(PROPOSERS.flatMap((propose) => propose(context)))
  const candidates = merge([...proposeHints(context, found), ...found])
  const manual = manualGates(profile)
  const engines = context.ranking.engines
    .filter(({ score }) => score >= 3)
    .slice(0, LIMITS.engines)
    .map(({ facts }) => facts.ref)
  const runners = context.ranking.runners
    .filter(({ score }) => score >= 3)
    .slice(0, LIMITS.runners)
    .map(({ facts }) => facts.ref)
  const gates = gateReferences(profile)
  const mentioned = [
    ...candidates.flatMap(({ setup, run }) => [...setup, ...run].flatMap(({ value }) => referencesOf(value))),
    ...engines,
    ...runners,
    ...Object.values(gates).flat(),
  ]
  return searchRequest.parse({
    schema: 1,
    distribution: profile.distribution,
    version: profile.version,
    modules: profile.modules.map(({ value }) => value),
    undeclared: profile.undeclared.map(({ value }) => value),
    requires: profile.dependencies.map(({ value }) => value),
    candidates,
    classes: chosenClasses(context, mentioned),
    functions: chosenFunctions(context, mentioned),
    engines,
    runners,
    states: startStates(context),
    gates,
    names: profile.names.slice(0, LIMITS.names),
    ...(manual === undefined ? {} : { manual }),
    ...wishes,
    budget: BUDGET,
  } satisfies SearchRequest)
}

/** Best first, each way of making and running once. */
function merge(all: readonly Candidate[]): Candidate[] {
  const found = new Map<string, Candidate>()
  const ordered = [...all].sort((a, b) => b.score - a.score || (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0))
  for (const candidate of ordered) {
    const key = JSON.stringify([candidate.setup, candidate.run, candidate.dialect ?? '', candidate.measured ?? false])
    if (!found.has(key)) found.set(key, candidate)
  }
  return [...found.values()].slice(0, LIMITS.candidates)
}

function gateReferences(profile: Profile): SearchRequest['gates'] {
  const entries = Object.entries(profile.gates).map(([gate, facts]) => [gate, facts.map(({ value }) => value)])
  return Object.fromEntries(entries) as Partial<Record<GateName, string[]>>
}

/** Facts of the classes that the request mentions, and of the ones that rank high: they give signatures to the search. */
function chosenClasses({ classes, ranking }: Context, mentioned: readonly string[]): Record<string, ClassFacts> {
  const refs = new Set([
    ...ranking.circuits.slice(0, 30).map(({ facts }) => facts.ref),
    ...mentioned,
    ...mentioned.map((ref) => ref.replace(/\.[^.:]*$/, '')),
  ])
  const chosen = [...refs].flatMap((ref) => classes.get(ref) ?? []).slice(0, LIMITS.classes)
  return Object.fromEntries(chosen.map((facts) => [facts.ref, trimmed(facts)]))
}

/** Large classes have hundreds of methods; the ones that make, extend, run or read a circuit are kept. */
function trimmed(facts: ClassFacts): ClassFacts {
  const worth = (name: string): number =>
    gateOfName(name)
      ? 0
      : EXTENDS.test(name) || RUNS.test(name) || MAKES.test(name)
        ? 1
        : /qasm|quil|state|vector|prob|count/i.test(name)
          ? 2
          : 3
  const methods = Object.entries(facts.methods)
    .map((entry, index) => ({ entry, rank: worth(entry[0]) + index / 10_000 }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, LIMITS.methods)
    .map(
      ({ entry: [name, parameters] }) => [name, parameters?.map(({ annotation: _, ...rest }) => rest) ?? null] as const,
    )
  const attributes = facts.attributes.slice(0, 2 * LIMITS.methods)
  return { ...facts, methods: Object.fromEntries(methods), attributes, statics: facts.statics.slice(0, LIMITS.methods) }
}

function chosenFunctions({ functions, ranking }: Context, mentioned: readonly string[]): Record<string, FunctionFacts> {
  const refs = new Set([...mentioned, ...ranking.makers.slice(0, 10).map(({ facts }) => facts.ref)])
  const chosen = [...refs].flatMap((ref) => functions.get(ref) ?? []).slice(0, LIMITS.functions)
  return Object.fromEntries(chosen.map((facts) => [facts.ref, facts]))
}

const STATE_CLASS = /(state|state_?vector|vector|register|ket)$/i

/** State classes and functions that are named like a start state. */
function startStates({ ranking, profile }: Context): Expression[] {
  const fromClasses = ranking.circuits
    .filter(
      ({ facts, score }) =>
        score > -6 && STATE_CLASS.test(shortName(facts.ref)) && !ASIDE_CLASS.test(shortName(facts.ref)),
    )
    .slice(0, 3)
    .flatMap(({ facts }) => constructions(facts.ref, facts.init).slice(0, 2))
  const fromFunctions = profile.functions
    .filter(({ ref }) => START_STATE.test(shortName(ref)))
    .slice(0, 3)
    .flatMap(({ ref, parameters }) => constructions(ref, parameters).slice(0, 1))
  return [...fromClasses, ...fromFunctions].slice(0, LIMITS.states)
}
