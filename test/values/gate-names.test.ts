import { expect, test } from 'vitest'
import { gateOfName } from '../../src/values/gate-names.ts'

test.each([
  ['h', 'h'],
  ['Hadamard', 'h'],
  ['add_H_gate', 'h'],
  ['HGate', 'h'],
  ['apply_rx', 'rx'],
  ['RotX', 'rx'],
  ['PauliX', 'x'],
  ['CNOT', 'cx'],
  ['controlled_phase_shift', 'cp'],
  ['Toffoli', 'ccx'],
  ['S_gate', 's'],
  ['Sdag', 'sdg'],
  ['_cswap', 'cswap'],
  ['XOp', 'x'],
  ['GATE_H', 'h'],
  ['OP_CNOT', 'cx'],
])('%s suggests %s', (name, gate) => expect(gateOfName(name)).toBe(gate))

test.each([
  'dot',
  'qu',
  'dop',
  'singlet',
  'add',
  'gate',
  'stop',
  'circuit',
  'operator',
  '',
  '_',
  '__init__',
  'h'.repeat(300),
])('%s suggests nothing', (name) => expect(gateOfName(name)).toBeUndefined())
