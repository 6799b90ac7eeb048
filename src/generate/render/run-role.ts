/** Roles of a whole run, in the words of a method with the parameters n, gates, shots and seed. */
import type { Role } from '../../values/driver.ts'
import { BugError } from '../../values/errors.ts'
import type { Term } from './term.ts'
import { call, literal, name, op } from './term.ts'

/** Raises BugError for a role of a single gate. */
export function runRole(role: Role): Term {
  const times = (value: Term) => op(value, '*', name('n'))
  switch (role) {
    case 'n':
    case 'bits':
      return name('n')
    case 'qubits':
      return call(name('list'), call(name('range'), name('n')))
    case 'zeros':
      return times(literal('0'))
    case 'zero_list':
      return times({ kind: 'list', items: [literal(0)] })
    case 'dims':
      return times({ kind: 'list', items: [literal(2)] })
    case 'ket0': {
      const size = op(literal(2), '**', name('n'))
      const eye: Term = { kind: 'attr', of: name('np'), name: 'eye' }
      const rows: Term = { kind: 'call', fn: eye, args: [literal(1), size], kwargs: [['dtype', name('complex')]] }
      return { kind: 'item', of: rows, key: literal(0) }
    }
    case 'shots':
    case 'circuits':
    case 'seed':
      return name(role)
    case 'text':
      return name('program')
    case 'file':
    case 'kernel':
      return name(role)
    case 'q0':
      // In the header of a text: one line for every qubit.
      return name('q')
    default:
      throw new BugError(`The role ${role} has no meaning outside a gate.`)
  }
}
