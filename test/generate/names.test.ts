import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseOptions, deriveName, validateName } from '../../src/generate/names.ts'
import { UserError } from '../../src/values/errors.ts'
import { backendName, backendOptions } from '../../src/values/plan.ts'
import { hostileText } from './hostile-text.ts'

const target = { takenNames: ['base', 'cirq', 'qiskit', 'registry'] }

describe('derived names', () => {
  test.each([
    ['qulacs', 'qulacs'],
    ['amazon-braket-default-simulator', 'amazon_braket'],
    ['Tensor.Circuit-NG', 'tensor_circuit_ng'],
    ['3qsim', 'q3qsim'],
    ['quantum-simulator', 'quantum'],
    ['simulator', 'simulator'],
    ['cirq', 'cirq_sim'],
    ['lambda', 'lambda_sim'],
    ['json', 'json_sim'],
    ['a-very-long-name-of-a-distribution-that-goes-on', 'a_very_long_name_of_a_distribu'],
  ])('%s → %s', (distribution, expected) => {
    expect(deriveName(distribution, target)).toBe(expected)
  })

  test('a free name is found when the first ones are taken', () => {
    expect(deriveName('cirq', { takenNames: ['cirq', 'cirq_sim', 'cirq_2'] })).toBe('cirq_3')
  })

  test('whatever the distribution is called, the name is valid', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText(), fc.string()), (distribution) => {
        expect(deriveName(distribution, target)).toMatch(/^[a-z][a-z0-9_]{0,49}$/)
        expect(() => validateName(deriveName(distribution, target), target)).not.toThrow()
      }),
    )
  })
})

describe('chosen names', () => {
  test.each([
    ['_bridge', /begin with "_"/],
    ['class', /keyword of Python/],
    ['match', /keyword of Python/],
    ['json', /standard library/],
    ['cirq', /has one of that name/],
    ['registry', /has one of that name/],
    ['Toy', /a letter a–z followed/],
    ['toy-sim', /a letter a–z followed/],
    ['../toy', /a letter a–z followed/],
    ['', /a letter a–z followed/],
    ['a'.repeat(51), /a letter a–z followed/],
    ['ﬁne', /a letter a–z followed/],
  ])('%s is refused', (name, reason) => {
    expect(() => validateName(name, target)).toThrow(reason)
    expect(() => validateName(name, target)).toThrow(UserError)
  })

  test('hostile names never pass', () => {
    fc.assert(
      fc.property(hostileText(), (name) => {
        fc.pre(!backendName.safeParse(name).success)
        expect(() => validateName(name, target)).toThrow(UserError)
      }),
    )
  })
})

describe('options', () => {
  test('what a person does not choose comes from the source, on one line and short', () => {
    fc.assert(
      fc.property(hostileText(200), hostileText(3000), (distribution, summary) => {
        const options = chooseOptions({ distribution, summary }, {}, target)
        expect(backendOptions.parse(options)).toEqual(options)
        expect(`${options.displayName}${options.description}`).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      }),
    )
  })

  test('an option out of shape is named', () => {
    const source = { distribution: 'toy', summary: '' }
    expect(() => chooseOptions(source, { version: '1.0' }, target)).toThrow(/option version .*X\.Y\.Z/)
    expect(() => chooseOptions(source, { author: 'x'.repeat(101) }, target)).toThrow(/option author/)
    expect(chooseOptions(source, { name: 'mine', version: '2.0.1' }, target)).toMatchObject({
      name: 'mine',
      version: '2.0.1',
    })
  })
})
