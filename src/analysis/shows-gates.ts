/** Tells from its text whether code may apply a gate, so that what cannot is not parsed a second time. */
import { gateOfName } from '../values/gate-names.ts'
import { isGateLine, LANGUAGE_WORDS } from './text-dialect.ts'

/** Attributes, what stands between two quotes, and names of import statements. */
const NAMED = /\.\s*([A-Za-z]\w{0,39})|['"]([^'"\n]{1,14})(?=['"])|^\s*((?:from|import)\b[^\n(]*(?:\([^)]*\))?)/gm

/**
 * Whether a gate may be among the names that code uses: as an attribute, a short literal, an imported name or a line of a
 * program text. Says yes too often rather than too rarely: an example is what `readExamples` makes one.
 *
 * @param bound names that earlier imports bind to a gate; any name may be one after a star import
 */
export function showsGates(code: string, bound: ReadonlySet<string>, starred: boolean): boolean {
  for (const [, attribute, literal, imported] of code.matchAll(NAMED)) {
    if (imported === undefined) {
      if (gateOfName(attribute ?? literal ?? '')) return true
    } else if (/\*/.test(imported) || anyName(imported, (name) => gateOfName(name) !== undefined)) return true
  }
  if (starred && anyName(code, (name) => gateOfName(name) !== undefined)) return true
  if (bound.size > 0 && anyName(code, (name) => bound.has(name))) return true
  return /['"]/.test(code) && (LANGUAGE_WORDS.test(code) || code.split(/[\n;'"]|\\n/).some(isGateLine))
}

function anyName(code: string, wanted: (name: string) => boolean): boolean {
  for (const [name] of code.matchAll(/[A-Za-z]\w*/g)) if (wanted(name)) return true
  return false
}
