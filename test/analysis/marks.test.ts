import { expect, test } from 'vitest'
import { MARK_WORDS, readMarks, STEMS } from '../../src/analysis/marks.ts'

/** One text for each way of writing each word. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  qubit: ['qubit', 'QuBits', 'n_qbits', 'num_qubits', 'qubit_map'],
  circuit: ['quantum circuit', 'QuantumCircuit', 'qcircuit', 'Circuit'],
  statevector: ['Statevector', 'state vectors', 'wave_function', 'wavefunctions', 'amplitudes', 'KET'],
  quantum: ['Quantum'],
  gpu: ['cupy', 'CUDA', 'cuQuantum', 'custatevec', 'rocm', 'GPU'],
  noise: [
    'noise_model',
    'noisemodels',
    'kraus',
    'depolarizing',
    'amplitude_damping',
    'noisy',
    'NoiseModel',
    'Depolarising',
  ],
  density: ['density matrix', 'density_matrices', 'DensityMatrix'],
  tensor: ['tensor networks', 'matrix product state', 'MPS', 'TensorNetwork'],
  stabilizer: ['stabilizers', 'stabiliser', 'Tableau', 'CHP', 'clifford'],
  photonic: [
    'photonic',
    'photons',
    'Fock',
    'boson',
    'beam_splitter',
    'squeezing',
    'homodyne',
    'qumodes',
    'interferometer',
  ],
  annealing: ['annealer', 'QUBO', 'binary quadratic', 'bqm'],
  analog: ['pulses', 'waveform', 'Rydberg', 'neutral-atoms', 'detuning', 'rabi'],
  hamiltonian: [
    ...['Hamiltonians', 'Lindbladian', 'master equation', 'liouvillian', 'eigenvalues', 'eigen_states', 'spin_chain'],
    ...['mesolve', 'collapse operators', 'Schrödinger', 'schroedinger'],
  ],
  topological: ['anyon', 'Anyonic', 'braids', 'braid_sequence', 'fusion rules', 'fibonacci_anyons'],
  remote: [
    ...['API key', 'api_token', 'access token', 'auth-token', 'base_url', 'Bearer', 'requests.post'],
    ...['httpx', 'aiohttp', 'urlopen', 'websocket', 'endpoints'],
  ],
  algebra: [
    'np.kron',
    'einsum',
    'tensordot',
    'matmul',
    'multi_dot',
    'moveaxis',
    'np.zeros(',
    'np.exp(',
    '1 << n',
    '2**n',
  ],
  bloch: ['Bloch', 'plot_bloch'],
  joint: [
    ...['np.kron', 'einsum', 'tensordot', 'matmul', 'vdot', 'complex128', 'reshape', 'math.sqrt', '1j', '0.5j'],
    ...['a.dot(b)', 'amplitudes', 'state_vector', 'density'],
  ],
  several: [
    'CNOT',
    'c_not',
    'cx',
    'C_X',
    'cz',
    'swap',
    'toffoli',
    'fredkin',
    'entangled',
    'controlled',
    'kron',
    'tensordot',
    'einsum',
    'two-qubit',
    'n_qubits',
    'number_of_qbits',
  ],
  openqasm2: ['OPENQASM 2', 'qasm2', 'include "qelib1.inc'],
  openqasm3: ['OpenQASM  3', 'qasm_3', 'stdgates.inc'],
  qasm: ['to_openqasm', 'from_qasm', 'runqasm_file'],
  quil: ['Quil'],
  cqasm3: ['cqasm'],
}

test.each([...MARK_WORDS.keys()])('%s is found in all its spellings', (word) => {
  expect(STEMS[word]?.length).toBeGreaterThan(0)
  for (const text of SPELLINGS[word] ?? [word])
    expect(readMarks(`a line\nand ${text} here`), text).toContainEqual({ word, line: 2, count: 1 })
})
