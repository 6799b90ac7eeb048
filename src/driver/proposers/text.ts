/** Proposer `text`: functions, methods and constructors that take a whole program as text. */
import type { Expression, Statement } from '../../values/driver.ts'
import type { Candidate, ClassFacts, Parameter } from '../../values/profile.ts'
import { constructions } from '../construct.ts'
import type { Context } from '../context.ts'
import { roleOfParameter } from '../vocabulary.ts'

const TEXT: Expression = { role: 'text' }
const READS = /(from|parse|loads?|read|execute|run|compile|interpret|import|simulate|build)/i
const LANGUAGE = /qasm|quil|qcis/i
const NOT_TEXT = /file|path|save|write|dump|export|draw|to_|_to\b|generated|lexer|listener|visitor|test/i
const MOST = 16

/** An entry point: what takes the text, and how likely that is. */
interface Entry {
  readonly origin: string
  readonly score: number
  readonly setup: Statement[]
}

export function proposeText(context: Context): Candidate[] {
  const entries = [...functionEntries(context), ...methodEntries(context)]
    .sort((a, b) => b.score - a.score || (a.origin < b.origin ? -1 : 1))
    .slice(0, MOST)
  const fromEntries = entries.flatMap((entry) =>
    likelyDialects(entry.origin, context.dialects).flatMap((dialect, index) => candidates(entry, dialect, index)),
  )
  // A runner that takes the text as it is needs no entry point: the text is the circuit.
  const plain = context.profile.capabilities.textDialects
    .filter(({ confidence }) => confidence >= 0.5)
    .flatMap(({ value, confidence }, index) =>
      candidates(
        { origin: value, score: 16 + 10 * confidence, setup: [{ var: 'circuit', value: TEXT }] },
        value,
        index,
      ),
    )
  return [...fromEntries, ...plain]
}

function candidates(entry: Entry, dialect: string, index: number): Candidate[] {
  return [false, true].map((measured) => ({
    proposer: 'text',
    origin: entry.origin,
    score: entry.score - 0.5 * index - (measured ? 0.25 : 0),
    setup: entry.setup,
    gates: [],
    run: [],
    dialect,
    measured,
  }))
}

/** Dialects by the entry's own name, else all that the package mentions. */
export function likelyDialects(name: string, mentioned: readonly string[]): string[] {
  const last = name.split(':').at(-1) ?? name
  if (/quil/i.test(last)) return ['quil']
  if (/cqasm|libqasm/i.test(name)) return ['cqasm3']
  if (/qasm_?2/i.test(last)) return ['openqasm2']
  if (/qasm_?3/i.test(last)) return ['openqasm3', 'openqasm3_plain']
  const all = mentioned.flatMap((dialect) => (dialect === 'openqasm3' ? ['openqasm3_plain', 'openqasm3'] : [dialect]))
  if (/qasm/i.test(last)) {
    const qasm = all.filter((dialect) => dialect.startsWith('openqasm'))
    return qasm.length > 0 ? qasm : ['openqasm2']
  }
  return all
}

const takesText = (parameters: readonly Parameter[]): boolean => {
  const required = parameters.filter((parameter) => !parameter.optional)
  const first = required[0] ?? parameters[0]
  return required.length <= 1 && first !== undefined && roleOfParameter(first.name) === 'text'
}

function functionEntries({ profile }: Context): Entry[] {
  return profile.functions.flatMap((facts): Entry[] => {
    const name = facts.ref.split(':').at(-1) ?? ''
    if (NOT_TEXT.test(name) || name.startsWith('_') || /(^|\.)_|generated/.test(facts.ref)) return []
    const named = LANGUAGE.test(name) && (READS.test(name) || !/_?to_?(qasm|quil)/i.test(name))
    if (!takesText(facts.parameters) || !(named || READS.test(name))) return []
    const setup: Statement[] = [{ var: 'circuit', value: { call: { ref: facts.ref }, args: [TEXT] } }]
    return [
      {
        origin: facts.ref,
        score: 24 + (named ? 8 : 0) + (facts.exported ? 4 : 0) - facts.ref.split('.').length,
        setup,
      },
    ]
  })
}

function methodEntries({ ranking }: Context): Entry[] {
  const owners = [...ranking.circuits.slice(0, 12), ...ranking.engines.slice(0, 8)].map(({ facts }) => facts)
  return [...new Set(owners)].flatMap((facts) =>
    Object.entries(facts.methods).flatMap(([name, parameters]) => methodEntry(facts, name, parameters)),
  )
}

function methodEntry(facts: ClassFacts, name: string, parameters: Parameter[] | null): Entry[] {
  if (!parameters || name.startsWith('_') || NOT_TEXT.test(name) || !takesText(parameters)) return []
  if (!READS.test(name) && !LANGUAGE.test(name)) return []
  const origin = `${facts.ref}.${name}`
  const score = 24 + (LANGUAGE.test(name) ? 8 : 0) + (facts.exported ? 4 : 0)
  if (facts.statics.includes(name)) {
    return [{ origin, score, setup: [{ var: 'circuit', value: { call: { ref: origin }, args: [TEXT] } }] }]
  }
  const [made] = constructions(facts.ref, facts.init)
  if (!made) return []
  return [
    {
      origin,
      score: score - 1,
      setup: [
        { var: 'owner', value: made },
        { var: 'circuit', value: { call: { attr: [{ var: 'owner' }, name] }, args: [TEXT] } },
      ],
    },
    {
      origin,
      score: score - 2,
      setup: [{ var: 'circuit', value: made }, { value: { call: { attr: [{ var: 'circuit' }, name] }, args: [TEXT] } }],
    },
  ]
}
