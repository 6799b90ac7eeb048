/** What `planChanges` is given, around a driver. */
import { join } from 'node:path'
import type { PlanInput } from '../../src/generate/changeset.ts'
import type { Driver } from '../../src/values/driver.ts'
import type { Conventions, Measurement } from '../../src/values/measurement.ts'
import type { BackendOptions, Target } from '../../src/values/plan.ts'
import type { Snapshot } from '../../src/values/snapshot.ts'
import { DOUBLE } from './drivers.ts'

export const templatesDir = join(import.meta.dirname, '../../templates')

export const ready: Target = {
  backendsPath: 'src/proxima/backends',
  backendsModule: 'proxima.backends',
  testsPath: 'tests/backends',
  takenNames: ['base', 'cirq'],
  hasBridge: true,
  hasDiscovery: true,
  hasConfiguration: true,
  requirements: [],
  requiresPython: '>=3.11',
}

export function options(name: string, more: Partial<BackendOptions> = {}): BackendOptions {
  return { name, displayName: name, description: 'A simulator', author: 'Graft', version: '1.0.0', ...more }
}

export function snapshotOf(driver: Driver, more: Partial<Snapshot> = {}): Snapshot {
  return {
    schema: 1,
    purl: `pkg:pypi/${driver.distribution}@${driver.version}`,
    distribution: driver.distribution,
    normalizedName: driver.distribution,
    version: driver.version,
    summary: 'A simulator',
    licence: 'MIT',
    requiresPython: '>=3.9',
    requiresDist: [],
    wheelAvailable: true,
    projectUrls: {},
    trees: [],
    ...more,
  }
}

export function measurementOf(driver: Driver, conventions: Partial<Conventions> = {}): Measurement {
  return {
    schema: 1,
    probe: '1',
    python: '3.11.7',
    distribution: driver.distribution,
    version: driver.version,
    stage: 'measured',
    driver,
    gates: Object.keys(driver.gates).map((gate) => ({ gate: gate as 'h', outcome: 'right', error: 2e-16 })),
    conventions: {
      ...DOUBLE,
      ...(driver.density === undefined ? {} : { density: true, max_density_qubits: 10 }),
      counts: driver.counts === undefined ? 'none' : 'samples',
      seed: true,
      ...conventions,
    },
    tried: { objects: 3, runs: 12, evaluations: 420, seconds: 4.2, ran_out: false },
    missing_modules: [],
    log: ['a circuit was made', 'X was applied', 'a state was read'],
    seen: [],
    limits: [],
  }
}

export function planInput(driver: Driver, name: string, more: Partial<PlanInput> = {}): PlanInput {
  return {
    target: ready,
    options: options(name),
    snapshot: snapshotOf(driver),
    measurement: measurementOf(driver),
    lock: { requirements: 'toy==1.0 \\\n    --hash=sha256:00\n', pins: new Map([['toy', '1.0']]) },
    templatesDir,
    readFile: async () => undefined,
    ...more,
  }
}
