"""Qubits are counted from one, and there is no qubit 0."""

import numpy as np
import tinykernel as k


class Circuit:
    def __init__(self, n):
        self.state = k.zero(n)

    def _act(self, matrix, *qubits):
        if min(qubits) < 1:
            raise ValueError("qubits are counted from one")
        self.state = k.act(self.state, matrix, [qubit - 1 for qubit in qubits])

    def x(self, qubit):
        self._act(k.X, qubit)

    def h(self, qubit):
        self._act(k.H, qubit)

    def rz(self, angle, qubit):
        self._act(np.diag([np.exp(-0.5j * angle), np.exp(0.5j * angle)]), qubit)

    def cx(self, control, target):
        self._act(k.controlled(k.X), control, target)
