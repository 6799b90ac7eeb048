/** Proposer `list`: a plain list of gates that some function or constructor takes. */
import type { Candidate } from '../../values/profile.ts'
import type { Context } from '../context.ts'

const TAKES_LIST = /^(ops|operations?|gates?|instructions?|operators?|circuit|gate_list|elements)$/i

export function proposeList({ profile, ranking }: Context): Candidate[] {
  const takers = [...ranking.circuits.slice(0, 20), ...ranking.engines.slice(0, 10)]
  const wanted =
    takers.some(({ facts }) => facts.init?.some((parameter) => TAKES_LIST.test(parameter.name))) ||
    profile.functions.some(
      ({ parameters }) => parameters[0] && /gates|operations|ops|instructions/i.test(parameters[0].name),
    )
  return [
    {
      proposer: 'list',
      origin: 'a plain list',
      score: wanted ? 38 : 8,
      setup: [{ var: 'circuit', value: { list: [] } }],
      gates: [],
      run: [],
    },
  ]
}
