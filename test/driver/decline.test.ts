import { describe, expect, test } from 'vitest'
import { declineReason } from '../../src/driver/decline.ts'
import { aProfile, fact } from './support/profile.ts'

const none = { textDialects: [], hosts: [] }

describe('declining without a search', () => {
  test('no qubits and no gates: not a simulator, with what would change that', () => {
    const decline = declineReason(aProfile({ looksLikeSimulator: fact(false, 0.95) }))
    expect(decline?.reason).toMatch(
      /^veloq 1\.0 is not a quantum simulator .* no qubits and no gates in 3 files; .*X to qubit 0\.$/,
    )
    expect(decline?.evidence).toEqual([{ file: 'p/__init__.py', line: 1 }])
  })

  test('no module', () => {
    expect(declineReason(aProfile({ modules: [] }))?.reason).toContain('installs no Python module')
  })

  test.each([
    ['photonic', /photons instead of qubits/],
    ['annealing', /an annealer/],
    ['stabilizerOnly', /no T and no rotations/],
  ] as const)('%s', (kind, reason) => {
    const capabilities = { ...none, [kind]: fact(true, 0.8) }
    expect(declineReason(aProfile({ capabilities }))?.reason).toMatch(reason)
    // With H and a rotation among its names it may run circuits all the same: the search decides.
    const gates = { h: [fact('veloq:H')], rx: [fact('veloq:RX')] }
    expect(declineReason(aProfile({ capabilities, gates }))).toBeUndefined()
    // The same when they are methods of its circuit.
    const methods = { h: [], rx: [] }
    const circuit = { ref: 'veloq:Circuit', bases: [], init: [], methods, attributes: [], statics: [], exported: true }
    const classes = [{ ...circuit, evidence: { file: 'veloq.py', line: 3 } }]
    expect(declineReason(aProfile({ capabilities, classes }))).toBeUndefined()
    expect(declineReason(aProfile({ capabilities: { ...none, [kind]: fact(true, 0.5) } }))).toBeUndefined()
  })

  test('a doubtful package is searched', () => {
    expect(declineReason(aProfile({ looksLikeSimulator: fact(false, 0.4) }))).toBeUndefined()
    expect(declineReason(aProfile())).toBeUndefined()
  })
})
