/** What a backend cannot do, for users: what follows from its driver, then what was measured. */
import type { Driver } from '../values/driver.ts'
import type { Measurement } from '../values/measurement.ts'

/** Limits of a measured backend, a sentence each. */
export function limitsOf(driver: Driver, measurement: Measurement): string[] {
  const kinds = [driver.state?.kind, driver.counts?.kind].filter((kind) => kind !== undefined)
  const hasState = kinds.some((kind) => ['state', 'unitary', 'density'].includes(kind))
  const what = kinds.includes('probabilities') ? 'probabilities' : 'counts'
  const own = hasState || kinds.length === 0 ? [] : [`it gives ${what} only, no state: every run needs shots`]
  return [...own, ...measurement.limits]
}

/** Where the counts of a backend come from. */
export function countsFrom(driver: Driver, counts: 'samples' | 'rounded' | 'none'): string {
  const kinds = [driver.state?.kind, driver.counts?.kind]
  const exact = kinds.some((kind) => kind === 'state' || kind === 'unitary' || kind === 'density')
    ? 'the state'
    : kinds.includes('probabilities')
      ? 'the probabilities'
      : 'them'
  if (counts === 'samples') return 'samples'
  return counts === 'rounded' ? `rounded expectations, so it is drawn from ${exact}` : `drawn from ${exact}`
}
