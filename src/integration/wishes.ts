/** What a person wished for beyond the source, in words, and what of it was not measured. Pure. */
import type { IssueRequest } from '../values/issue-request.ts'
import type { Measurement } from '../values/measurement.ts'

export { wishesOf } from '../generate/wishes.ts'

/** Wishes that the measurement does not bear out, one clause each. */
export function unmetWishes(request: IssueRequest, measurement: Measurement): string[] {
  const { conventions } = measurement
  if (conventions === undefined) return []
  const unmet: string[] = []
  if (request.simulatorTypes.includes('density matrix') && !conventions.density) {
    unmet.push('a density matrix was wished for; none could be read')
  }
  if (request.noise === true) unmet.push('noise was wished for; the measured driver runs without noise')
  if (request.gpu === true) unmet.push('a GPU was wished for; it was measured on a CPU')
  if (request.batching === true) unmet.push('batching was wished for; circuits run one by one')
  return unmet
}
