/** What a package imports and does not declare: installed with it where the module is known well, otherwise a person is asked. */
import { isWellKnown, requirementFor } from '../values/import-names.ts'
import type { Measurement } from '../values/measurement.ts'
import type { Profile } from '../values/profile.ts'

/** Surer than a guess: importing the package reaches the import. */
const REACHED = 0.9

/** Requirements that are installed without asking, from what the source imports. */
export function foreseenRequirements(profile: Profile): string[] {
  return requirementsOf(profile.undeclared.filter(({ confidence }) => confidence >= REACHED).map(({ value }) => value))
}

/**
 * Requirements that the first import was found to miss, when all of them are known well; empty where a person has to say
 * something anyway, or where they were installed already.
 *
 * @param installed requirements that were installed for it
 */
export function missedRequirements(measurement: Measurement, installed: readonly string[]): string[] {
  const { stage, missing_modules: missing } = measurement
  if (stage !== 'import' || missing.length === 0 || !missing.every(isWellKnown)) return []
  return requirementsOf(missing).filter((requirement) => !installed.includes(requirement))
}

function requirementsOf(modules: readonly string[]): string[] {
  return [...new Set(modules.filter(isWellKnown).flatMap((module) => requirementFor(module) ?? []))]
}
