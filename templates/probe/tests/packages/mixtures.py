"""A state, a density matrix of another class, channels of several meanings, and one call for several circuits."""

import math
import random
from collections import Counter

import numpy as np

_PAULIS = {
    "x": np.array([[0, 1], [1, 0]], dtype=complex),
    "y": np.array([[0, -1j], [1j, 0]]),
    "z": np.array([[1, 0], [0, -1]], dtype=complex),
}
_H = (_PAULIS["x"] + _PAULIS["z"]) / math.sqrt(2)


def _applied(tensor, matrix, axes):
    k = len(axes)
    gate = np.asarray(matrix).reshape((2,) * (2 * k))
    return np.moveaxis(np.tensordot(gate, tensor, (range(k, 2 * k), axes)), range(k), axes)


class _Gates:
    def h(self, qubit):
        self._act(_H, [qubit])

    def x(self, qubit):
        self._act(_PAULIS["x"], [qubit])

    def s(self, qubit):
        self._act(np.diag([1, 1j]), [qubit])

    def rx(self, angle, qubit):
        self._act(
            math.cos(angle / 2) * np.eye(2) - 1j * math.sin(angle / 2) * _PAULIS["x"], [qubit]
        )

    def ry(self, angle, qubit):
        self._act(
            math.cos(angle / 2) * np.eye(2) - 1j * math.sin(angle / 2) * _PAULIS["y"], [qubit]
        )

    def cx(self, control, target):
        self._act(np.eye(4)[[0, 1, 3, 2]], [control, target])


class Circuit(_Gates):
    """A state vector."""

    def __init__(self, n):
        self.n = n
        self._tensor = np.zeros((2,) * n, dtype=complex)
        self._tensor[(0,) * n] = 1

    def _act(self, matrix, qubits):
        self._tensor = _applied(self._tensor, matrix, qubits)

    def _channel(self, p, qubit, paulis):
        """One trajectory: with probability p one of the Paulis."""
        if random.random() < p:
            self._act(_PAULIS[random.choice(paulis)], [qubit])

    def bit_flip_depolarize(self, p, qubit):
        self._channel(p, qubit, "x")

    def vector(self):
        return self._tensor.reshape(-1)


class MixedCircuit(_Gates):
    """A density matrix."""

    def __init__(self, n):
        self.n = n
        self._rho = np.zeros((2,) * (2 * n), dtype=complex)
        self._rho[(0,) * (2 * n)] = 1

    def _act(self, matrix, qubits):
        matrix = np.asarray(matrix, dtype=complex)
        self._rho = _applied(self._rho, matrix, qubits)
        self._rho = _applied(self._rho, matrix.conj(), [self.n + qubit for qubit in qubits])

    def _kraus(self, weights, qubit):
        before, total = self._rho, 0
        for pauli, weight in weights.items():
            self._rho = before
            self._act(math.sqrt(max(weight, 0)) * _PAULIS.get(pauli, np.eye(2)), [qubit])
            total = total + self._rho
        self._rho = total

    def bit_flip_depolarize(self, p, qubit):
        """Not depolarising, whatever it is called."""
        self._kraus({"1": 1 - p, "x": p}, qubit)

    def weak_depolarize(self, p, qubit):
        """Not in proportion to p."""
        self._kraus({"1": 1 - p * p, **dict.fromkeys("xyz", p * p / 3)}, qubit)

    def constant_depolarize(self, p, qubit):
        """Something happens at p = 0 too."""
        p = 0.9 * p + 0.01
        self._kraus({"1": 1 - p, **dict.fromkeys("xyz", p / 3)}, qubit)

    def mix_depolarizing(self, p, qubit):
        """Replaced by the maximally mixed state with probability p."""
        self._kraus({"1": 1 - 0.75 * p, **dict.fromkeys("xyz", p / 4)}, qubit)

    def matrix(self):
        return self._rho.reshape(2**self.n, 2**self.n)


def final_vector(circuit):
    return circuit.vector()


def final_density(circuit):
    return circuit.matrix()


def final_vector_many(circuits):
    return [one.vector() for one in circuits]


def final_vector_list_reversed(circuits):
    return [one.vector() for one in circuits][::-1]


class Sampler:
    """Every shot is a trajectory of its own."""

    def __init__(self, n):
        self.n, self._steps = n, []

    def __getattr__(self, name):
        if name.startswith("_") or not hasattr(Circuit, name):
            raise AttributeError(name)
        return lambda *values: self._steps.append((name, values))

    def depolarize(self, qubit, p):
        self._steps.append(("_channel", (p, qubit, "xyz")))

    def counts(self, shots):
        found = Counter()
        for _ in range(shots):
            circuit = Circuit(self.n)
            for name, values in self._steps:
                getattr(circuit, name)(*values)
            weights = np.abs(circuit.vector()) ** 2
            found[random.choices(range(2**self.n), weights)[0]] += 1
        return {f"{index:0{self.n}b}": count for index, count in found.items()}
