"""A circuit of gates that are made from a name and a matrix; few are ready made, all others are made so."""

import numpy as np
import tinykernel as k


class Gate:
    def __init__(self, name, matrix):
        self.name, self._matrix = name, np.asarray(matrix)


X_GATE, H_GATE, T_GATE = Gate("X", k.X), Gate("H", k.H), Gate("T", k.phase(np.pi / 4))
CNOT_GATE = Gate("CNOT", k.controlled(k.X))


class Circuit:
    def __init__(self, num_qubits):
        self._steps, self._n = [], num_qubits

    def add_gate(self, gate, target_qubits):
        if not isinstance(gate, Gate) or len(gate._matrix) != 2 ** len(target_qubits):
            raise ValueError("no gate of so many qubits")
        self._steps.append((gate, list(target_qubits)))

    def simulate(self):
        state = k.zero(self._n)
        for gate, qubits in self._steps:
            state = k.act(state, gate._matrix, qubits)
        return state
