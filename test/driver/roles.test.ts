import { expect, test } from 'vitest'
import { gateRoles, generalise } from '../../src/driver/roles.ts'
import type { Expression } from '../../src/values/driver.ts'

const lit = (value: string | number): Expression => ({ lit: value })
const role = (name: 'q0' | 'q1' | 'q2' | 'p0' | 'n' | 'shots'): Expression => ({ role: name })
const add = (...args: Expression[]): Expression => ({ call: { attr: [{ var: 'circuit' }, 'add'] }, args })

test.each([
  ['an axis beside an angle is a rotation', [lit('z'), lit(1), lit(0.3)], [lit('z'), role('q0'), role('p0')]],
  ['an axis alone is a Pauli gate', [lit('z'), lit(1)], [lit('z'), role('q0')]],
  ['an X on two qubits is a CX', [lit('x'), lit(1), lit(0)], [lit('x'), role('q0'), role('q1')]],
  ['and on three a CCX', [lit('x'), lit(2), lit(0), lit(1)], [lit('x'), role('q0'), role('q1'), role('q2')]],
  ['a phase with a whole angle stays a phase', [lit('p'), lit(2), lit(1)], [lit('p'), role('q0'), role('p0')]],
  [
    'a phase with two qubits is under control',
    [lit('p'), lit(2), lit(0), lit(0.5)],
    [lit('p'), role('q0'), role('q1'), role('p0')],
  ],
])('%s', (_, given, found) => {
  expect(gateRoles({ value: add(...given) })).toEqual({ value: add(...found) })
})

test('a gate with more numbers than any reading of it takes shows nothing', () => {
  expect(gateRoles({ value: add(lit('h'), lit(0), lit(1)) })).toBeUndefined()
})

test('a key of a document says what its number is for, and a plain list is as long as its gates need', () => {
  const document = (size: Expression, often: Expression): Expression => ({
    dict: [
      [lit('qubits'), size],
      [lit('shots'), often],
      [lit('gates'), { var: 'circuit' }],
    ],
  })
  const list = { var: 'circuit', value: { list: [] } }
  const gates = [{ value: add({ list: [lit('cx'), lit(0), lit(2)] }) }]
  const run = [{ var: 'program', value: document(lit(3), lit(100)) }, { value: { list: [lit(3), { var: 'circuit' }] } }]
  expect(generalise({ setup: [list], gates, run }, () => undefined)).toEqual({
    setup: [list],
    run: [
      { var: 'program', value: document(role('n'), role('shots')) },
      { value: { list: [role('n'), { var: 'circuit' }] } },
    ],
  })
})
