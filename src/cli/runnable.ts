/** Which gates a planned backend runs: those measured, and those that the bridge writes with them. */
import { matrixQubits } from '../generate/driver-file.ts'
import { tableGates } from '../generate/render/adapter.ts'
import { runnableGates } from '../generate/runnable.ts'
import type { Plan } from '../values/plan.ts'

/** Empty for a plan without a driver. */
export async function runnableOf(plan: Plan | undefined, templatesDir: string): Promise<readonly string[]> {
  if (plan?.driver === undefined) return []
  const matrix = matrixQubits(plan.driver, plan.measurement?.gates)
  return runnableGates(templatesDir, tableGates(plan.driver), matrix)
}
