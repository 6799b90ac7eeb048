"""Measuring collapses the state, and what can be read of it are probabilities, before and after."""

import numpy as np
import tinykernel as k


class Circuit:
    def __init__(self, n):
        self._state = k.zero(n)

    def _act(self, matrix, *qubits):
        self._state = k.act(self._state, matrix, list(qubits))

    def x(self, qubit):
        self._act(k.X, qubit)

    def h(self, qubit):
        self._act(k.H, qubit)

    def t(self, qubit):
        self._act(k.phase(np.pi / 4), qubit)

    def cx(self, control, target):
        self._act(k.controlled(k.X), control, target)

    def measure(self):
        weights = self.probabilities()
        index = np.random.default_rng().choice(len(weights), p=weights / weights.sum())
        self._state = np.eye(len(weights), dtype=complex)[index]
        return index

    def probabilities(self):
        return np.abs(self._state) ** 2
