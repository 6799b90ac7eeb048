/** Each gate's expression in the adapter's own words: our order of qubits and parameters, our sign and unit of angles. */
import type { Driver, GateDriver, Role } from '../../values/driver.ts'
import { BugError } from '../../values/errors.ts'
import type { GateName } from '../../values/gates.ts'
import { GATE_NAMES, GATES } from '../../values/gates.ts'
import { runRole } from './run-role.ts'
import type { Scope, Term } from './term.ts'
import { call, literal, name, namesIn, op, partsOf, toTerm, walkTerm, withParts } from './term.ts'

export type GateKey = GateName | 'matrix'
/** What a table holds: gates, and the channel of the noise. */
export type RowKey = GateKey | 'depolarize'

export interface GateTerm {
  readonly gate: RowKey
  /** Parameters of the table's function as they are written: `a`, `q`, `*q`. */
  readonly parameters: readonly string[]
  readonly term: Term
  readonly effect: GateDriver['effect']
  /** Constant text about a convention that differs from ours. */
  readonly remark: string | undefined
}

const QUBITS = ['q', 'r', 's']
const ANGLES = ['theta', 'phi', 'lam']

/** Names that the table's functions use for qubits, angles and the unitary. */
export const PARAMETER_NAMES: ReadonlySet<string> = new Set([...QUBITS, ...ANGLES, 'a', 'm', 'p'])

/**
 * Translates all gates of a driver, in the order in which people read them. A named gate that is applied by its matrix is left
 * out: the bridge does that by itself with the entry `matrix`.
 */
export function gateTerms(driver: Driver, variable: (name: string) => Term): GateTerm[] {
  const keys: GateKey[] = [...GATE_NAMES, 'matrix']
  const found = keys.map((key) => {
    const gate = driver.gates[key]
    if (gate === undefined) return undefined
    return key === 'matrix' ? matrixTerm(gate, variable) : namedTerm(key, gate, variable)
  })
  const channel = driver.noise === undefined ? undefined : namedTerm('depolarize', driver.noise, variable)
  return [...found, channel].filter((row) => row !== undefined)
}

function namedTerm(
  gate: GateName | 'depolarize',
  native: GateDriver,
  variable: (name: string) => Term,
): GateTerm | undefined {
  const shape = gate === 'depolarize' ? { qubits: 1, parameters: ['p'] } : GATES[gate]
  const single = gate === 'depolarize' ? 'p' : 'a'
  const angles = shape.parameters.length === 1 ? [single] : ANGLES.slice(0, shape.parameters.length)
  const qubits = QUBITS.slice(0, shape.qubits)
  let usesMatrix = false
  const qubit = (index: number) => name(at(qubits, native.qubits?.[index] ?? index, gate))
  const scope = roleScope(gate, variable, (role) => {
    if (role === 'matrix') {
      usesMatrix = true
      return literal(null)
    }
    if (role === 'gate_qubits') return { kind: 'list', items: qubits.map((_, index) => qubit(index)) }
    const index = Number(role.slice(1))
    if (role.startsWith('q')) return qubit(index)
    return scaled(name(at(angles, native.parameters?.[index] ?? index, gate)), native.scale ?? 1)
  })
  const term = toTerm(native.apply, scope)
  if (usesMatrix) return undefined
  const parameters = [...angles, ...qubits]
  return { gate, parameters, term, effect: native.effect, remark: remarkOn(gate, native.scale ?? 1) }
}

/**
 * The entry for unitaries: `m` and any number of qubits. A native call that names each qubit (`f(m, q0, q1)`) is written for
 * any number when they stand side by side; undefined where they do not, and a call for one number of qubits is of no use.
 */
function matrixTerm(native: GateDriver, variable: (name: string) => Term): GateTerm | undefined {
  const reversed = native.qubits !== undefined && native.qubits[0] !== 0
  const all: Term = reversed ? { kind: 'item', of: name('q'), key: { kind: 'name', name: '::-1' } } : name('q')
  const entry = (parameters: string[], term: Term): GateTerm => ({
    ...{ gate: 'matrix', effect: native.effect, remark: undefined },
    ...{ parameters, term },
  })
  const roles: Role[] = []
  const scope = roleScope('matrix', variable, (role) => {
    roles.push(role)
    if (role === 'matrix') return name('m')
    if (role === 'gate_qubits') return call(name('list'), all)
    return name(at(QUBITS, Number(role.slice(1)), 'matrix'))
  })
  const term = toTerm(native.apply, scope)
  const arity = new Set(roles.filter((role) => /^q\d$/.test(role))).size
  if (arity === 0) return entry(['m', '*q'], term)
  if (arity === 1) return entry(['m', 'q'], term)
  const wanted = QUBITS.slice(0, arity)
  const spread = spreadQubits(term, wanted, { kind: 'star', of: all })
  return namesIn(spread).some((one) => one !== 'q' && wanted.includes(one)) ? undefined : entry(['m', '*q'], spread)
}

/** Replaces the run `q, r` among arguments or items by `*q`. */
function spreadQubits(term: Term, wanted: readonly string[], star: Term): Term {
  const spread = (items: readonly Term[]): Term[] => {
    const start = items.findIndex((_, index) =>
      wanted.every((one, offset) => {
        const item = items[index + offset]
        return item?.kind === 'name' && item.name === one
      }),
    )
    return start === -1
      ? items.map((item) => spreadQubits(item, wanted, star))
      : [...items.slice(0, start), star, ...items.slice(start + wanted.length)]
  }
  if (term.kind === 'call') return { ...term, fn: spreadQubits(term.fn, wanted, star), args: spread(term.args) }
  if (term.kind === 'list' || term.kind === 'tuple') return { ...term, items: spread(term.items) }
  return withParts(
    term,
    partsOf(term).map((part) => spreadQubits(part, wanted, star)),
  )
}

/** Whether the native call for a unitary takes one qubit only. */
export function takesOneQubit(native: GateDriver): boolean {
  const text = JSON.stringify(native.apply)
  return text.includes('{"role":"q0"}') && !text.includes('{"role":"q1"}')
}

function at(names: readonly string[], index: number, gate: string): string {
  const found = names[index]
  if (found === undefined)
    throw new BugError(`The gate ${gate} of a driver uses a qubit or parameter that it does not have.`)
  return found
}

function roleScope(gate: string, variable: (name: string) => Term, own: (role: Role) => Term): Scope {
  return {
    variable,
    role: (role) => {
      if (/^[qp]\d$|^matrix$|^gate_qubits$/.test(role)) return own(role)
      // The number of qubits and what is made of it: known in the loop, so that the entry becomes a function of `n`.
      if (!['shots', 'seed', 'text'].includes(role)) return runRole(role)
      throw new BugError(`The role ${role} has no meaning in the gate ${gate}.`)
    },
  }
}

const UNITS: readonly { scale: number; write: (angle: Term) => Term; remark: string }[] = [
  { scale: 1 / Math.PI, write: (angle) => op(angle, '/', pi()), remark: 'in half turns' },
  { scale: 1 / (2 * Math.PI), write: (angle) => op(angle, '/', op(literal(2), '*', pi())), remark: 'in full turns' },
  { scale: 180 / Math.PI, write: (angle) => op(op(angle, '*', literal(180)), '/', pi()), remark: 'in degrees' },
  { scale: 0.5, write: (angle) => op(angle, '/', literal(2)), remark: 'half the angle' },
  // Of probabilities: the package mixes with the identity, or counts each Pauli alone.
  { scale: 4 / 3, write: (p) => op(op(literal(4), '*', p), '/', literal(3)), remark: 'mixes with I/2' },
  { scale: 1 / 3, write: (p) => op(p, '/', literal(3)), remark: 'a third for each Pauli' },
]

function pi(): Term {
  return { kind: 'attr', of: { kind: 'name', name: 'np' }, name: 'pi' }
}

/** Native angle = `scale` × ours. */
function scaled(angle: Term, scale: number): Term {
  if (same(scale, 1)) return angle
  if (scale < 0) return { kind: 'minus', of: scaled(angle, -scale) }
  const unit = UNITS.find((candidate) => same(candidate.scale, scale))
  return unit ? unit.write(angle) : op(literal(scale), '*', angle)
}

function same(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.abs(b)
}

function remarkOn(gate: GateName | 'depolarize', scale: number): string | undefined {
  if (same(scale, 1)) return undefined
  const remarks: string[] = []
  if (scale < 0)
    remarks.push(/^(p|cp)$/.test(gate) ? 'phase exp(-ia)' : /^r/.test(gate) ? 'turns by exp(+ia/2 P)' : 'reversed sign')
  const unit = UNITS.find((candidate) => same(candidate.scale, Math.abs(scale)))
  if (unit !== undefined) remarks.push(unit.remark)
  else if (!same(Math.abs(scale), 1)) remarks.push('another unit of angles')
  return remarks.join(', ')
}

/** References that occur in a term. */
export function referencesIn(term: Term): string[] {
  const found: string[] = []
  walkTerm(term, (one) => {
    if (one.kind === 'ref') found.push(one.ref)
  })
  return found
}
