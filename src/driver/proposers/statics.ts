/** Proposer `static`: static and class methods that make a start state or an empty circuit. */
import type { Expression } from '../../values/driver.ts'
import type { Candidate } from '../../values/profile.ts'
import type { Context } from '../context.ts'
import { MAKES } from '../vocabulary.ts'

const ARGUMENTS: readonly Expression[][] = [[{ role: 'n' }], [{ role: 'zeros' }], []]

export function proposeStatics({ ranking }: Context): Candidate[] {
  return ranking.circuits.slice(0, 10).flatMap(({ facts, score }) =>
    facts.statics
      .filter((name) => MAKES.test(name) && Object.hasOwn(facts.methods, name))
      .slice(0, 4)
      .flatMap((name) =>
        ARGUMENTS.map(
          (args, index): Candidate => ({
            proposer: 'static',
            origin: `${facts.ref}.${name}`,
            score: 34 + Math.min(30, score) - index,
            setup: [{ var: 'circuit', value: { call: { ref: `${facts.ref}.${name}` }, args } }],
            gates: [],
            run: [],
          }),
        ),
      ),
  )
}
