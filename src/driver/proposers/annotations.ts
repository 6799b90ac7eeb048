/**
 * Proposer `annotation`: a run method names a class of another distribution (`def run(self, program: Program)`): that
 * class makes the circuit. It is not in the snapshot, so that only its name is known; the probe looks at the live class.
 */
import type { Expression, Statement } from '../../values/driver.ts'
import type { Candidate } from '../../values/profile.ts'
import type { Context } from '../context.ts'
import { likelyDialects } from './text.ts'

/** Keywords by which such classes take their text. */
const TEXT_KEYWORDS = ['source', 'program', 'code']
const LANGUAGE = /qasm|quil/i
const PROGRAM = /program|circuit|tape|job|script|executable/i

export function proposeAnnotations({ profile, dialects: mentioned }: Context): Candidate[] {
  return profile.annotations.slice(0, 6).flatMap(({ value: ref, confidence }, index) => {
    const base = 26 + 40 * confidence - index + (LANGUAGE.test(ref) ? 6 : 0)
    const candidate = (value: Expression, score: number, more: Partial<Candidate> = {}): Candidate => {
      const setup: Statement[] = [{ var: 'circuit', value }]
      return { proposer: 'annotation', origin: ref, score, setup, gates: [], run: [], ...more }
    }
    const own = [
      candidate({ call: { ref }, args: [] }, base - 4),
      candidate({ call: { ref }, args: [{ role: 'n' }] }, base - 5),
    ]
    if (!PROGRAM.test(ref) || mentioned.length === 0) return own
    const dialects = LANGUAGE.test(ref) ? likelyDialects(`:${ref}`, mentioned) : likelyDialects('', mentioned)
    const texts = dialects.flatMap((dialect, at) =>
      TEXT_KEYWORDS.flatMap((keyword, which) =>
        [false, true].map((measured) =>
          candidate(
            { call: { ref }, args: [], kwargs: { [keyword]: { role: 'text' } } },
            base - at - 3 * which - (measured ? 0.5 : 0),
            {
              dialect,
              measured,
            },
          ),
        ),
      ),
    )
    return [...texts, ...own]
  })
}
