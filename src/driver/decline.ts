/**
 * Whether to decline without a search. Conservative: a decline needs evidence in the source for what the package is
 * instead, and everything doubtful goes to the search, which knows better.
 */
import { foundGates } from '../values/found-gates.ts'
import type { Evidence, Profile } from '../values/profile.ts'

export interface Decline {
  /** One sentence: what it is, what that rests on, and what would change the verdict. */
  readonly reason: string
  readonly evidence: readonly Evidence[]
}

/** Undefined: let the search decide. */
export function declineReason(profile: Profile): Decline | undefined {
  const { capabilities, looksLikeSimulator } = profile
  const name = `${profile.distribution} ${profile.version}`
  if (profile.modules.length === 0) {
    return {
      reason: `${name} installs no Python module, so there is nothing to drive; name the distribution that holds the simulator.`,
      evidence: [],
    }
  }
  if (!looksLikeSimulator.value && looksLikeSimulator.confidence >= 0.6) {
    const { files } = profile.statistics
    return {
      reason: `${name} is not a quantum simulator as far as its source tells: no qubits and no gates in ${files} files; if it is one, show one line of code that applies X to qubit 0.`,
      evidence: [...looksLikeSimulator.evidence, ...(profile.summary?.evidence ?? [])],
    }
  }
  const kinds = [
    [capabilities.photonic, 'photonic (modes and photons instead of qubits)'],
    [capabilities.annealing, 'an annealer (optimisation problems instead of gates)'],
    [capabilities.stabilizerOnly, 'stabilizer-only (Clifford gates, no T and no rotations)'],
  ] as const
  for (const [fact, kind] of kinds) {
    if (!fact?.value || fact.confidence < 0.7) continue
    // Words alone do not outweigh gates; what the package says of itself does.
    if (fact.confidence < 0.9 && hasUniversalGates(profile)) continue
    return {
      reason: `${name} is ${kind}, and Graft makes backends of gate-model simulators; an interface of it that runs X, H, CX and a rotation on qubits would change that.`,
      evidence: fact.evidence,
    }
  }
  return undefined
}

/** H or CX together with T or a rotation: whatever else it does, it may run circuits. */
function hasUniversalGates(profile: Profile): boolean {
  const gates = foundGates(profile)
  const has = (names: readonly (keyof Profile['gates'])[]): boolean =>
    names.some((gate) => (gates[gate]?.length ?? 0) > 0)
  return has(['h', 'cx', 'cz']) && has(['t', 'rx', 'ry', 'rz', 'u3', 'p'])
}
