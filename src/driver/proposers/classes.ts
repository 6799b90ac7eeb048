/** Proposer `class`: constructors of the classes that rank as circuits, simulators, registers or states. */
import type { Candidate } from '../../values/profile.ts'
import { setups } from '../construct.ts'
import type { Context } from '../context.ts'

const MOST = 20

export function proposeClasses({ ranking, classByName }: Context): Candidate[] {
  return ranking.circuits
    .filter(({ score }) => score > 0)
    .slice(0, MOST)
    .flatMap(({ facts, score }) =>
      setups(facts, classByName).map(
        (setup, index): Candidate => ({
          proposer: 'class',
          origin: facts.ref,
          score: 40 + Math.min(40, score) - 0.5 * index,
          setup,
          gates: [],
          run: [],
        }),
      ),
    )
}
