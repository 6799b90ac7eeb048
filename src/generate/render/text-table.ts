/** Gate tables of text drivers: one line of the program per gate, written as templates where the line is plain. */
import type { GateTerm } from './gate-terms.ts'
import { PARAMETER_NAMES } from './gate-terms.ts'
import type { Term } from './term.ts'
import { call, literal, name, namesIn } from './term.ts'

export interface TextTable {
  /** Argument of the bridge's `lines`: gate name → template. */
  readonly templates: readonly {
    readonly gate: string
    readonly template: string
    readonly remark: string | undefined
  }[]
  /** Gates whose line needs a calculation. */
  readonly functions: readonly { readonly gate: string; readonly entry: Term; readonly remark: string | undefined }[]
}

/** Splits the lines of a text driver into templates and functions. */
export function textTable(gates: readonly GateTerm[]): TextTable {
  const templates: TextTable['templates'][number][] = []
  const functions: TextTable['functions'][number][] = []
  for (const { gate, parameters, term, remark } of gates) {
    const template = templateOf(term, parameters)
    if (template !== undefined) templates.push({ gate, template, remark })
    else {
      // The number of qubits is known when the program is written: until then the line is a function of it.
      const body: Term = needsSize(term) ? { kind: 'lambda', parameters: ['n'], body: lineOf(term) } : lineOf(term)
      functions.push({ gate, entry: { kind: 'lambda', parameters, body }, remark })
    }
  }
  return { templates, functions }
}

/** Whether a gate's line names the number of qubits, or what is made of it. */
export function needsSize(term: Term): boolean {
  return namesIn(term).includes('n')
}

/** `rx({p0}) q[{q0}];`: angles are numbered apart from qubits, in the order of the table's parameters. */
function templateOf(term: Term, parameters: readonly string[]): string | undefined {
  if (term.kind !== 'format') return undefined
  const angles = parameters.filter(isAngle)
  const qubits = parameters.filter((one) => !isAngle(one))
  let template = ''
  for (const part of term.parts) {
    if (typeof part === 'string') {
      template += part.replaceAll('{', '{{').replaceAll('}', '}}')
      continue
    }
    if (part.kind !== 'name' || !parameters.includes(part.name)) return undefined
    template += isAngle(part.name) ? `{p${angles.indexOf(part.name)}}` : `{q${qubits.indexOf(part.name)}}`
  }
  return template
}

/** The line as an expression of the table's parameters; angles are written as the bridge writes them, without an exponent. */
export function lineOf(term: Term): Term {
  if (term.kind !== 'format') return term
  const parts = term.parts.map((part) => {
    if (typeof part === 'string' || !namesIn(part).some(isAngle)) return part
    return call(name('decimal'), part)
  })
  return { kind: 'format', parts }
}

function isAngle(one: string): boolean {
  return PARAMETER_NAMES.has(one) && !['q', 'r', 's', 'm'].includes(one)
}

/** Lines around the gates: plain text, text with the number of qubits, or one line for every qubit. */
export function frameItem(line: Term, times = 1): Term {
  if (!namesIn(line).includes('q')) return line
  return {
    kind: 'star',
    of: { kind: 'generator', body: line, variable: 'q', over: call(name('range'), name('n')), times },
  }
}

/** `separator.join([…header, *gates, …footer, ""])`: the program ends with a separator too. */
export function programTerm(header: readonly Term[], gates: Term, footer: readonly Term[], separator: string): Term {
  const items: Term[] = [...header, { kind: 'star', of: gates }, ...footer, literal('')]
  return call({ kind: 'attr', of: literal(separator), name: 'join' }, { kind: 'list', items })
}
