/** What an adapter offers beyond states and counts: a density matrix beside the state, noise, batches. As far as it was measured. */
import type { Driver } from '../../values/driver.ts'
import type { Conventions } from '../../values/measurement.ts'
import { readings, usesSamples } from './run-methods.ts'

/**
 * The driver as it is rendered, without what the bridge cannot hand on: a density matrix in another order than the state,
 * noise that shows in nothing that is rendered, batches of a package that runs in a process of its own.
 */
export function renderedDriver(driver: Driver, conventions: Conventions, isolated: boolean): Driver {
  const { density, noise, batch, ...basic } = driver
  const { exact } = readings(basic)
  const samples = usesSamples({ driver: basic, conventions })
  const beside = density !== undefined && exact?.kind !== 'density' && density.order === (exact?.order ?? density.order)
  const shown = noise?.shows === 'density' ? beside || exact?.kind === 'density' : samples
  const counted = batch?.kind === 'counts' || batch?.kind === 'samples'
  const inOrder = counted ? samples : batch?.kind === 'state' && exact?.order === batch.order
  const together = !isolated && driver.text === undefined && driver.context === undefined && inOrder
  return {
    ...basic,
    ...(beside ? { density } : {}),
    ...(noise !== undefined && shown ? { noise } : {}),
    ...(batch !== undefined && together ? { batch } : {}),
  }
}
