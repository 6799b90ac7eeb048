/** What is to be known about where a package runs and how it got there: limits of a verdict, one clause each. Pure. */
import type { Lock } from '../simulator/runner.ts'
import { describeConflicts, isolateCommand } from '../values/isolation.ts'
import type { Target } from '../values/plan.ts'
import type { Snapshot } from '../values/snapshot.ts'

/** The package: its normalised name, its version, and the newest one that was passed over for want of a wheel. */
export type OwnVersion = Pick<Snapshot, 'normalizedName' | 'version' | 'newerWithoutWheel'>

/** @param licence of a package whose licence lets only some use it, or for some purposes */
export function environmentLimits(
  lock: Lock,
  package_: OwnVersion,
  backend: string,
  target: Target,
  licence?: string,
): string[] {
  const { isolated, built, undeclared = [] } = lock
  const { normalizedName: own, version, newerWithoutWheel } = package_
  return [
    ...(licence === undefined
      ? []
      : [
          `its licence (${licence.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 80)}) has terms of its own for who may use it and what for: read it first`,
        ]),
    ...(newerWithoutWheel === undefined
      ? []
      : [`version ${version} is not the newest: ${newerWithoutWheel} has no wheel and was not to be built`]),
    ...(isolated === undefined
      ? []
      : [
          `isolated, as it cannot be installed beside the target (${describeConflicts(isolated.conflicts, own)}): it runs in an environment of its own, made by \`${isolateCommand(target.backendsModule, backend)}\``,
        ]),
    ...(built === undefined
      ? []
      : [
          `built from source, as there is no wheel: ${built.names.join(', ')}${built.constraints.length > 0 ? ` (with ${built.constraints.join(', ')})` : ''}`,
        ]),
    ...(undeclared.length === 0
      ? []
      : [`it needs ${undeclared.join(', ')} without declaring it: installed and locked with it`]),
  ]
}
