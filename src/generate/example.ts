/** The example in a backend's README: one small circuit, as OpenQASM 3 text that runs as it stands. */
import type { GateName } from '../values/gates.ts'
import type { IssueRequest } from '../values/issue-request.ts'

/** Which circuit the example shows, and how often it is measured. */
export type Example = Pick<IssueRequest, 'testCircuit' | 'shots'>

export const DEFAULT_EXAMPLE: Example = { testCircuit: 'bell', shots: 1024 }

const CIRCUITS: Readonly<Record<Example['testCircuit'], { qubits: number; gates: readonly string[] }>> = {
  bell: { qubits: 2, gates: ['h q[0]', 'cx q[0], q[1]'] },
  ghz: { qubits: 3, gates: ['h q[0]', 'cx q[0], q[1]', 'cx q[1], q[2]'] },
  qft: {
    qubits: 3,
    gates: [
      'h q[2]',
      'cp(pi/2) q[1], q[2]',
      'cp(pi/4) q[0], q[2]',
      'h q[1]',
      'cp(pi/2) q[0], q[1]',
      'h q[0]',
      'swap q[0], q[2]',
    ],
  },
  // Drawn once: an example that changed with each run of Graft would be a change without a reason.
  random: {
    qubits: 3,
    gates: [
      'ry(0.73) q[0]',
      'rz(2.11) q[1]',
      'ry(1.94) q[2]',
      'cx q[0], q[2]',
      'rz(0.58) q[2]',
      'cx q[1], q[0]',
      'ry(2.67) q[1]',
    ],
  },
}

/** Lines of the example's circuit. The Bell pair stands in for a circuit with a gate that the backend refuses. */
export function exampleCircuit(example: Example, refused: readonly GateName[]): string {
  const wanted = CIRCUITS[example.testCircuit]
  const lacks = refused.some((gate) => wanted.gates.some((line) => line.split(/[ (]/)[0] === gate))
  const { qubits, gates } = lacks ? CIRCUITS.bell : wanted
  const declared = ['OPENQASM 3.0', 'include "stdgates.inc"', `qubit[${qubits}] q`, `bit[${qubits}] c`]
  return [...declared, ...gates, 'c = measure q'].map((line) => `${line};`).join('\n')
}
