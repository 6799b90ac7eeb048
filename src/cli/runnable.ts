/** Which gates a planned backend runs: those measured, and those that the bridge writes with them. */
import { matrixQubits } from '../generate/driver-file.ts'
import { runnableGates } from '../generate/runnable.ts'
import type { Driver } from '../values/driver.ts'

/** Empty without a driver. */
export async function runnableOf(driver: Driver | undefined, templatesDir: string): Promise<readonly string[]> {
  if (driver === undefined) return []
  return runnableGates(templatesDir, Object.keys(driver.gates), matrixQubits(driver))
}
