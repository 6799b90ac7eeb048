/** The distribution's API: classes with what they inherit, functions, and references whose name suggests a gate. */
import { gateOfName } from '../values/gate-names.ts'
import type { GateName } from '../values/gates.ts'
import type { ClassFacts, FunctionFacts, Parameter, Profile } from '../values/profile.ts'
import { STANDARD_LIBRARY } from '../values/standard-library.ts'
import type { FileFacts, RawClass } from './file-facts.ts'
import type { Namespace } from './namespace.ts'

const MAX_CLASSES = 3000
const MAX_FUNCTIONS = 4000
const MAX_REFERENCES = 16
/** Operators and protocols that a circuit or a register may offer. */
const KEPT_DUNDERS =
  /^__(call|getitem|i?add|radd|i?or|ror|i?and|i?mul|rmul|i?matmul|rmatmul|i?lshift|rlshift|pow|len|iter|enter|array)__$/
const IDENTIFIER = /^[A-Za-z_]\w*$/

type Gates = Profile['gates']

export interface Api {
  readonly classes: ClassFacts[]
  readonly functions: FunctionFacts[]
  readonly gates: Gates
}

/** @param extensions import paths of compiled modules, for names that only C++ declares */
export function readApi(files: readonly FileFacts[], names: Namespace, extensions: readonly string[]): Api {
  const classes = new Map<string, ClassFacts>()
  const functions = new Map<string, FunctionFacts>()
  const declared = new Set<string>()
  // Package files come first: what a stub or Python declares, C++ need not tell again.
  const ordered = [...files].sort((a, b) => Number(a.kind === 'binding') - Number(b.kind === 'binding'))
  for (const file of ordered) {
    const module = file.kind === 'binding' ? extensionOf(file.module, extensions) : file.module
    if ((file.kind !== 'package' && file.kind !== 'binding') || module === undefined) continue
    const again = (name: string): boolean => file.kind === 'binding' && declared.has(name)
    for (const raw of file.classes) {
      const { ref, exported } = names.publicReference({ module, name: raw.name })
      if (!usable(ref) || again(raw.name) || classes.size >= MAX_CLASSES) continue
      declared.add(raw.name)
      const known = classes.get(ref)
      if (!known) classes.set(ref, classFacts(raw, ref, exported, file.path))
      else if (known.init === null && raw.init !== null) classes.set(ref, { ...known, init: raw.init })
    }
    for (const raw of file.functions) {
      const { ref, exported } = names.publicReference({ module, name: raw.name })
      if (!usable(ref) || again(raw.name) || functions.has(ref) || functions.size >= MAX_FUNCTIONS) continue
      declared.add(raw.name)
      functions.set(ref, { ref, parameters: raw.parameters, exported, evidence: { file: file.path, line: raw.line } })
    }
  }
  const inherited = inherit([...classes.values()])
  return {
    classes: inherited,
    functions: [...functions.values()],
    gates: gateReferences(files, names, inherited, functions),
  }
}

const usable = (ref: string): boolean => ref.length <= 300 && ref.split(/[.:]/).every((part) => IDENTIFIER.test(part))

/** The compiled module that a C++ file describes: the one of that name, or the only one. */
function extensionOf(declared: string, extensions: readonly string[]): string | undefined {
  const named = extensions.filter((path) => path.split('.').at(-1) === declared)
  return named[0] ?? (extensions.length === 1 ? extensions[0] : undefined)
}

const keptName = (name: string): boolean => name.length <= 200 && (!name.startsWith('_') || KEPT_DUNDERS.test(name))

function classFacts(raw: RawClass, ref: string, exported: boolean, file: string): ClassFacts {
  return {
    ref,
    bases: raw.bases,
    init: raw.init,
    methods: Object.fromEntries(raw.methods.filter(([name]) => keptName(name))),
    attributes: raw.attributes.filter(keptName),
    statics: raw.statics.filter(keptName),
    exported,
    evidence: { file, line: raw.line },
  }
}

const lastPart = (ref: string): string => /[^.:]*$/.exec(ref)?.[0] ?? ref

/** Adds members of base classes, found by their last name; three rounds reach the great-grandparents. */
function inherit(classes: readonly ClassFacts[]): ClassFacts[] {
  const byName = new Map<string, ClassFacts>()
  for (const facts of classes) if (!byName.has(lastPart(facts.ref))) byName.set(lastPart(facts.ref), facts)
  let current = [...classes]
  for (let round = 0; round < 3; round += 1) {
    current = current.map((facts) => {
      const parents = facts.bases.map((base) => byName.get(base)).filter((base) => base !== undefined)
      return parents.reduce((child, parent) => (parent.ref === child.ref ? child : withParent(child, parent)), facts)
    })
    for (const facts of current) {
      const name = lastPart(facts.ref)
      if (byName.get(name)?.ref === facts.ref) byName.set(name, facts)
    }
  }
  return current.sort((a, b) => compare(a.ref, b.ref))
}

function withParent(child: ClassFacts, parent: ClassFacts): ClassFacts {
  const methods = new Map<string, Parameter[] | null>([
    ...Object.entries(parent.methods),
    ...Object.entries(child.methods),
  ])
  return {
    ...child,
    init: child.init ?? parent.init,
    methods: Object.fromEntries([...methods].slice(0, 800)),
    attributes: [...new Set([...child.attributes, ...parent.attributes])].sort(compare),
    statics: [...new Set([...child.statics, ...parent.statics])].sort(compare),
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Found {
  readonly ref: string
  readonly file: string
  readonly line: number
  readonly confidence: number
}

function gateReferences(
  files: readonly FileFacts[],
  names: Namespace,
  classes: readonly ClassFacts[],
  functions: ReadonlyMap<string, FunctionFacts>,
): Gates {
  const found = new Map<GateName, Map<string, Found>>()
  const add = (name: string, entry: Found): void => {
    const gate = gateOfName(name)
    if (!gate || !usable(entry.ref)) return
    const references = found.get(gate) ?? new Map<string, Found>()
    found.set(gate, references)
    if (!references.has(entry.ref)) references.set(entry.ref, entry)
  }
  for (const facts of classes) {
    const place = { file: facts.evidence.file, line: facts.evidence.line }
    add(lastPart(facts.ref), { ref: facts.ref, ...place, confidence: facts.exported ? 0.9 : 0.7 })
    for (const name of facts.statics) add(name, { ref: `${facts.ref}.${name}`, ...place, confidence: 0.6 })
  }
  for (const facts of functions.values()) {
    const place = { file: facts.evidence.file, line: facts.evidence.line }
    add(lastPart(facts.ref), { ref: facts.ref, ...place, confidence: facts.exported ? 0.8 : 0.6 })
  }
  for (const file of files) {
    if (file.kind !== 'package') continue
    for (const [name, line] of file.assignments) {
      if (!gateOfName(name)) continue
      const { ref, exported } = names.publicReference({ module: file.module, name })
      add(lastPart(ref), { ref, file: file.path, line, confidence: exported ? 0.7 : 0.5 })
    }
    // Gates that come from a dependency: a reference is all that is known of them.
    for (const fact of file.imports) {
      if (fact.level > 0 || fact.name === undefined || names.has(fact.module)) continue
      if (STANDARD_LIBRARY.has(fact.module.split('.')[0] ?? '')) continue
      if (!gateOfName(fact.name) || fact.name.length > 14) continue
      add(fact.name, { ref: `${fact.module}:${fact.name}`, file: file.path, line: fact.line, confidence: 0.4 })
    }
  }
  const gates: Gates = {}
  for (const [gate, references] of found) {
    gates[gate] = [...references.values()]
      .sort((a, b) => referenceRank(a) - referenceRank(b) || compare(a.ref, b.ref))
      .slice(0, MAX_REFERENCES)
      .map(({ ref, file, line, confidence }) => ({ value: ref, evidence: [{ file, line }], confidence }))
  }
  return gates
}

/** Public, short and sure before private, deep and guessed. */
function referenceRank(entry: Found): number {
  const depth = entry.ref.split('.').length
  const hidden = /[.:]_/.test(entry.ref) ? 10 : 0
  const aside = /noise|noisy|error|draw|visual|convert|transpil|decompos|export|qasm|param/i.test(entry.ref) ? 4 : 0
  return depth + hidden + aside - 6 * entry.confidence
}
