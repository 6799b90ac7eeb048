/** What a change of each kind means for those who have the repository, and what could have been done instead. */
import type { ChangeKind } from '../values/plan.ts'

export interface Explanation {
  /** Who is touched by it, and how. */
  readonly impact: string
  /** The way that was not taken, and why. */
  readonly alternative: string
}

/** Of a person's change nothing is known but what it does. */
const PERSONS: Explanation = {
  impact: 'Whatever its commit says: it was made by a person, and Graft does not judge it. The tests ran on it.',
  alternative: 'Not known to Graft.',
}

const EXPLANATIONS: Readonly<Record<ChangeKind, Explanation>> = {
  bridge: {
    impact: 'A new folder that nothing imports but backends of this kind; what is there already is not touched.',
    alternative: 'The same code in every backend: a mistake in it would have to be put right in each of them.',
  },
  discovery: {
    impact:
      'The registry finds backends that are folders as well; those that are built in win, and a folder that cannot be imported harms no other.',
    alternative: 'One more line in the registry for each backend: every integration would edit a file that all share.',
  },
  configuration: {
    impact: 'Settings of Graft, which no program of the repository reads.',
    alternative: 'The defaults, which stand nowhere where somebody could see and change them.',
  },
  adapter: {
    impact:
      'The backend itself: circuits that are run on it are built and read by these lines. Other backends do not import it.',
    alternative:
      'Calls as the package’s documentation names them, without measuring: wrong bit orders and signs give plausible results.',
  },
  normalizer: {
    impact: 'Results of this backend come in the same order of bits as those of the others.',
    alternative: 'Results as the package gives them: comparisons with other backends would disagree.',
  },
  package: {
    impact: 'The folder can be imported and says what it is; nothing else changes.',
    alternative: 'A module in the folder of another backend.',
  },
  requirements: {
    impact:
      'What is installed for this backend is exactly what was measured; installations without it stay as they are.',
    alternative: 'A range of versions: a later one may behave in another way, and no measurement says so.',
  },
  documentation: {
    impact: 'A page about the backend, with what was measured and its limits; no program reads it.',
    alternative: 'The limits in the heads of those who have measured them.',
  },
  tests: {
    impact: 'Tests that run on the real simulator where it is installed, and are skipped elsewhere.',
    alternative: 'Tests on a stand-in: green whatever the simulator does.',
  },
  form: {
    impact: 'The page where new issues are filed offers one more form.',
    alternative: 'Requests in free text.',
  },
  workflow: {
    impact: 'Jobs of the repository’s own Actions for branches of Graft, with a token that may read and nothing else.',
    alternative: 'Runs on another machine, which nobody in this repository can look into.',
  },
  revert: PERSONS,
}

/** Of a kind of change; undefined is a person's. */
export function impactOf(kind: ChangeKind | undefined): Explanation {
  return kind === undefined ? PERSONS : EXPLANATIONS[kind]
}
