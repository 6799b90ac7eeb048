"""A circuit is a list of tuples; a function runs it and gives a density matrix; Clifford+T."""

import numpy as np
import tinykernel as k

GATES = {
    "X": k.X,
    "H": k.H,
    "S": k.phase(np.pi / 2),
    "T": k.phase(np.pi / 4),
    "CX": k.controlled(k.X),
    "CCX": k.controlled(k.controlled(k.X)),
}


def simulate(circuit, n_qubits):
    state = k.zero(n_qubits)
    for name, qubits in circuit:
        state = k.act(state, GATES[name], qubits)
    return np.outer(state, state.conj())
