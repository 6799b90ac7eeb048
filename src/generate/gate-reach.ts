/** Which gates a measured backend runs and which it refuses. */
import type { GateName } from '../values/gates.ts'
import { GATE_NAMES } from '../values/gates.ts'
import type { Measurement } from '../values/measurement.ts'
import { matrixQubits, toDriverFile } from './driver-file.ts'
import { tableGates } from './render/adapter.ts'
import { runnableGates } from './runnable.ts'

export interface GateReach {
  /** Gates that were measured right or that the bridge writes with those, in the order of the gate list; `matrix` last. */
  readonly runnable: readonly string[]
  /** Gates for which they do not suffice. */
  readonly refused: readonly GateName[]
}

/** What a measured driver can run. Raises UserError where no driver was measured. */
export async function gateReach(templatesDir: string, measurement: Measurement): Promise<GateReach> {
  const { driver, gates } = toDriverFile(measurement)
  const runnable = await runnableGates(templatesDir, tableGates(driver), matrixQubits(driver, gates))
  return { runnable, refused: GATE_NAMES.filter((gate) => !runnable.includes(gate)) }
}
