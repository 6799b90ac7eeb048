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
  const beyond =
    request.overrides.codeTemplate === 'advanced'
      ? 'it was measured, and none was found'
      : 'the code template advanced measures it'
  if (request.noise === true && conventions.noise === undefined) unmet.push(`noise was wished for; ${beyond}`)
  if (request.gpu === true) unmet.push('a GPU was wished for; it was measured on a CPU')
  if (request.batching === true && conventions.batch !== true) {
    unmet.push(`batching was wished for, and circuits run one by one; ${beyond}`)
  }
  return unmet
}
