/**
 * The gates that Graft measures, in the names of the OpenQASM 3 standard library.
 *
 * Unitaries are given on the listed qubits, the first qubit being the most significant bit of the index, angles in radians
 * (sources: OpenQASM 3 standard library; Nielsen & Chuang, chapter 4). The matrices themselves live where they are used to
 * measure: in the probe and in the bridge's reference, written independently of each other.
 */
export interface GateShape {
  readonly qubits: number
  readonly parameters: readonly string[]
}

/** Name, number of qubits and parameter names of every gate, in the order in which people read them. */
export const GATES = {
  h: { qubits: 1, parameters: [] },
  x: { qubits: 1, parameters: [] },
  y: { qubits: 1, parameters: [] },
  z: { qubits: 1, parameters: [] },
  s: { qubits: 1, parameters: [] },
  sdg: { qubits: 1, parameters: [] },
  t: { qubits: 1, parameters: [] },
  tdg: { qubits: 1, parameters: [] },
  sx: { qubits: 1, parameters: [] },
  rx: { qubits: 1, parameters: ['theta'] },
  ry: { qubits: 1, parameters: ['theta'] },
  rz: { qubits: 1, parameters: ['theta'] },
  p: { qubits: 1, parameters: ['lam'] },
  u3: { qubits: 1, parameters: ['theta', 'phi', 'lam'] },
  cx: { qubits: 2, parameters: [] },
  cz: { qubits: 2, parameters: [] },
  swap: { qubits: 2, parameters: [] },
  iswap: { qubits: 2, parameters: [] },
  cp: { qubits: 2, parameters: ['lam'] },
  crz: { qubits: 2, parameters: ['theta'] },
  rzz: { qubits: 2, parameters: ['theta'] },
  ccx: { qubits: 3, parameters: [] },
  cswap: { qubits: 3, parameters: [] },
} as const satisfies Record<string, GateShape>

/** Name of one of the twenty-three gates. */
export type GateName = keyof typeof GATES

export const GATE_NAMES = Object.keys(GATES) as GateName[]
