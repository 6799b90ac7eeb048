"""The start state is |+…+⟩; angles in half turns; counts only after a measurement of the qubits."""

import numpy as np
import tinykernel as k


class Circuit:
    def __init__(self, width):
        self._width, self._measured = width, False
        self._state = k.zero(width)
        for qubit in range(width):
            self._add(k.H, qubit)

    def _add(self, matrix, *qubits):
        self._state = k.act(self._state, matrix, qubits)

    def x(self, qubit):
        self._add(k.X, qubit)

    def h(self, qubit):
        self._add(k.H, qubit)

    def rz(self, qubit, angle):
        self._add(k.rotation(k.Z, np.pi * angle), qubit)

    def cnot(self, control, target):
        self._add(k.controlled(k.X), control, target)

    def measure_all(self):
        self._measured = True

    def simulate_statevector(self):
        return self._state.reshape((2,) * self._width)

    def simulate_counts(self, shots):
        weights = np.abs(self._state) ** 2
        drawn = np.random.default_rng().choice(len(weights), size=shots, p=weights / weights.sum())
        keys = [
            f"{index:0{self._width}b}" if self._measured else "0" * self._width for index in drawn
        ]
        return {key: keys.count(key) for key in set(keys)}
