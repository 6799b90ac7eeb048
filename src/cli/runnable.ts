/** Which gates a planned backend runs: those measured, and those that the bridge writes with them. */
import { gateReach } from '../generate/gate-reach.ts'
import type { Plan } from '../values/plan.ts'

/** Empty for a plan without a driver. */
export async function runnableOf(plan: Plan | undefined, templatesDir: string): Promise<readonly string[]> {
  if (plan?.measurement?.driver === undefined || plan.measurement.conventions === undefined) return []
  return (await gateReach(templatesDir, plan.measurement)).runnable
}
