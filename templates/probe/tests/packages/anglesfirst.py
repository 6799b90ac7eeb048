"""Methods with the angle first, in half turns; qubit 0 most significant; CX takes the target first."""

import numpy as np
import tinykernel as k


class QCircuit:
    def __init__(self, num_qubits):
        self.num_qubits = num_qubits
        self._steps = []

    def _add(self, matrix, *qubits):
        self._steps.append((matrix, qubits))

    def x(self, qubit):
        self._add(k.X, qubit)

    def h(self, qubit):
        self._add(k.H, qubit)

    def t(self, qubit):
        self._add(k.phase(np.pi / 4), qubit)

    def rx(self, theta, qubit):
        self._add(k.rotation(k.X, np.pi * theta), qubit)

    def rz(self, theta, qubit):
        self._add(k.rotation(k.Z, np.pi * theta), qubit)

    def u(self, theta, phi, lam, qubit):
        turn = [np.pi * a for a in (theta, phi, lam)]
        self._add(k.phase(turn[1]) @ k.rotation(k.Y, turn[0]) @ k.phase(turn[2]), qubit)

    def cx(self, target, control):
        self._add(k.controlled(k.X), control, target)

    def cp(self, theta, a, b):
        self._add(k.controlled(k.phase(np.pi * theta)), a, b)

    def run(self, shots=0, seed=None):
        state = k.zero(self.num_qubits)
        for matrix, qubits in self._steps:
            state = k.act(state, matrix, qubits)
        return Result(k.reverse(state), shots, seed, self.num_qubits)


class Result:
    def __init__(self, state, shots, seed, n):
        self.statevector = state
        weights = np.abs(state) ** 2
        drawn = np.random.default_rng(seed).choice(
            len(state), size=shots, p=weights / weights.sum()
        )
        self.counts = {}
        for index in drawn:
            key = f"{index:0{n}b}"
            self.counts[key] = self.counts.get(key, 0) + 1
