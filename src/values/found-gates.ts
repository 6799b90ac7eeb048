/** Every gate that a profile has a name for: a class, a function or an object, and the methods of classes. */
import { gateOfName } from './gate-names.ts'
import type { GateName } from './gates.ts'
import type { Profile } from './profile.ts'

type Gates = Profile['gates']

/**
 * The references of the profile, then the methods whose name suggests a gate, as `module:Class.method` with the class's
 * evidence.
 */
export function foundGates({ gates, classes }: Pick<Profile, 'gates' | 'classes'>): Gates {
  const found: Gates = {}
  for (const [gate, facts] of Object.entries(gates) as [GateName, Gates[GateName]][]) found[gate] = [...(facts ?? [])]
  for (const { ref, methods, evidence, exported } of classes) {
    for (const method of Object.keys(methods)) {
      const gate = gateOfName(method)
      if (gate === undefined) continue
      const fact = { value: `${ref}.${method}`, evidence: [evidence], confidence: exported ? 0.6 : 0.4 }
      found[gate] = [...(found[gate] ?? []), fact]
    }
  }
  return found
}
