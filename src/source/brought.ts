/** What a package without a module of its own requires: there its modules are looked for. Pure. */
import { isWellKnown } from '../values/import-names.ts'
import { normalizeName } from './names.ts'

export interface Required {
  /** Normalised name. */
  readonly name: string
  /** Range of versions (PEP 440); undefined: any. */
  readonly range: string | undefined
}

/** Requirements that hold without an extra, in their order; not the scientific stack, which nobody means by it. */
export function requiredOf(requiresDist: readonly string[]): Required[] {
  return requiresDist.flatMap((line) => {
    const [, name = '', versions = '', marker = ''] = REQUIREMENT.exec(line) ?? []
    if (name === '' || /\bextra\b/.test(marker) || isWellKnown(name.toLowerCase().replace(/[-.]+/g, '_'))) return []
    const range = versions.replace(/[()\s]/g, '')
    return [{ name: normalizeName(name), range: range === '' ? undefined : range }]
  })
}

const REQUIREMENT =
  /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(\(?[<>=!~][^;)]*\)?)?\s*(?:;(.*))?$/
