/** Proposer `function`: free functions that make a circuit, a register or a state. */
import type { Candidate } from '../../values/profile.ts'
import { constructions } from '../construct.ts'
import type { Context } from '../context.ts'

export function proposeFunctions({ ranking }: Context): Candidate[] {
  return ranking.makers
    .filter(({ score }) => score >= 2)
    .slice(0, 8)
    .flatMap(({ facts, score }) =>
      constructions(facts.ref, facts.parameters)
        .slice(0, 3)
        .map(
          (value, index): Candidate => ({
            proposer: 'function',
            origin: facts.ref,
            score: 30 + Math.min(30, score) - 0.5 * index,
            setup: [{ var: 'circuit', value }],
            gates: [],
            run: [],
          }),
        ),
    )
}
