"""Single precision, normalised after each gate: equal amplitudes look exact, unequal ones show the precision."""

import numpy as np
import tinykernel as k


class Circuit:
    def __init__(self, n):
        self.state = k.zero(n).astype(np.complex64)

    def _act(self, matrix, *qubits):
        state = k.act(self.state, matrix.astype(np.complex64), list(qubits)).astype(np.complex64)
        self.state = (state / np.linalg.norm(state)).astype(np.complex64)

    def x(self, qubit):
        self._act(k.X, qubit)

    def h(self, qubit):
        self._act(k.H, qubit)

    def rx(self, angle, qubit):
        self._act(k.rotation(k.X, angle), qubit)

    def rz(self, angle, qubit):
        self._act(k.rotation(k.Z, angle), qubit)

    def cx(self, control, target):
        self._act(k.controlled(k.X), control, target)
