/** What is to be known about where a package runs and how it got there: limits of a verdict, one clause each. Pure. */
import type { Lock } from '../simulator/runner.ts'
import { describeConflicts, isolateCommand } from '../values/isolation.ts'
import type { Target } from '../values/plan.ts'

/** @param own normalised name of the package */
export function environmentLimits(lock: Lock, own: string, backend: string, target: Target): string[] {
  const { isolated, built, undeclared = [] } = lock
  return [
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
