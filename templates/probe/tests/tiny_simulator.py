"""A small simulator that can be wrong on purpose, as real ones have been.

Each fault is one that was seen in a package or an adapter. Gates are methods; the state is a vector
with qubit 0 first.
"""

from __future__ import annotations

import math
import random
from collections import Counter

import numpy as np

from reference import applied, unitary

_RENAMED = {
    "t is tdg": {"t": "tdg", "tdg": "t"},
    "s is sdg": {"s": "sdg", "sdg": "s"},
    "cz is cx": {"cz": "cx"},
    "crz is cp": {"crz": "cp"},
    "cp is crz": {"cp": "crz"},
    "t is s": {"t": "s"},
    "rz is p": {"rz": "p"},
}
_SIGNS = {"rotation signs": ("rx", "ry", "rz"), "rz sign": ("rz",)}
_ORDERS = {"control swapped": ("cx", (1, 0)), "ccx target first": ("ccx", (2, 1, 0))}
_DROPPED = {"swap dropped": "swap", "ccx dropped": "ccx", "p does nothing": "p"}


class Circuit:
    """n qubits; gates act at once."""

    def __init__(self, n: int, fault: str = "") -> None:
        self.n, self.fault = n, fault
        self.vector = np.zeros(2**n, dtype=complex)
        self.vector[0] = 1
        self._layer: list[tuple[str, int]] = []
        if fault == "plus start":
            for qubit in range(n):
                self.apply("h", [qubit])

    def apply(self, gate, qubits, parameters=()):
        """One gate by name."""
        fault, qubits, parameters = self.fault, list(qubits), list(parameters)
        if _DROPPED.get(fault) == gate:
            return
        if fault == "raises on the last qubit" and gate == "t" and self.n - 1 in qubits:
            raise IndexError("qubit out of range")
        if gate in _SIGNS.get(fault, ()):
            parameters = [-angle for angle in parameters]
        if fault == "half turns":
            parameters = [math.pi * angle for angle in parameters]
        if fault == "degrees":
            parameters = [math.pi / 180 * angle for angle in parameters]
        if fault == "u3 order" and gate == "u3":
            parameters = [parameters[2], parameters[0], parameters[1]]
        if fault == "u3 phi lam" and gate == "u3":
            parameters = [parameters[0], parameters[2], parameters[1]]
        if fault in _ORDERS and _ORDERS[fault][0] == gate:
            qubits = [qubits[index] for index in _ORDERS[fault][1]]
        if fault == "one angle per layer" and gate in ("rx", "ry", "rz"):
            parameters = self._last_angle(gate, qubits[0], parameters)
        if fault == "placement" and gate == "ccx" and self.n > 3 and sorted(qubits) == [1, 2, 3]:
            return
        if fault == "copied literal" and gate == "cx":
            qubits = [0, 1]
        gate = _RENAMED.get(fault, {}).get(gate, gate)
        matrix = unitary(gate, parameters)
        if fault == "x is rx(pi)" and gate == "x":
            matrix = unitary("rx", (math.pi,))
        if fault == "iswap dagger" and gate == "iswap":
            matrix = matrix.conj().T
        if fault == "not unitary" and gate == "y":
            matrix = np.array([[0, -1], [1, 0.5]])
        if fault == "sorted names" and self.n > 10:
            names = sorted(range(self.n), key=str)
            qubits = [names.index(qubit) for qubit in qubits]
        self.vector = applied(self.vector, matrix, qubits, self.n)
        if fault == "loses norm":
            self.vector *= 1 - 2e-10

    def _last_angle(self, gate, qubit, parameters):
        """Two rotations of one kind in a layer: the second one takes the first one's angle."""
        layer = getattr(self, "_angles", {})
        angles = layer.get(gate, {})
        if qubit in angles:
            angles = {}
        self._angles = {gate: {**angles, qubit: parameters}}
        return next(iter(angles.values()), parameters)

    def apply_matrix(self, matrix, qubits):
        """Any unitary."""
        matrix = np.asarray(matrix)
        if self.fault == "matrix little":
            qubits = list(qubits)[::-1]
        if self.fault == "matrix transposed":
            matrix = matrix.T
        self.vector = applied(self.vector, matrix, list(qubits), self.n)

    def state(self):
        vector = self.vector.copy()
        if self.fault == "conjugated":
            vector = vector.conj()
        if self.fault == "reversed bits":
            vector = vector.reshape((2,) * self.n).transpose().reshape(-1)
        if self.fault == "random phase":
            vector = vector * np.exp(2j * math.pi * random.random())
        if self.fault == "no phase":
            first = vector[np.argmax(np.abs(vector) > 1e-9)]
            vector = vector * (abs(first) / first)
        if self.fault == "single":
            vector = vector.astype(np.complex64)
        if self.fault == "three decimals":
            vector = np.round(vector, 3)
        return vector

    def density(self):
        vector = self.state()
        return np.outer(vector, vector.conj())

    def probabilities(self):
        return np.abs(self.state()) ** 2

    def counts(self, shots, seed=None):
        """Sampled keys with qubit 0 at the right, whatever the order of the state."""
        weights = self.probabilities()
        if self.fault == "loses norm" and abs(weights.sum() - 1) > 5e-8:
            raise ValueError("probabilities do not sum to 1")
        weights = weights / weights.sum()
        if self.fault == "rounded counts":
            drawn = {index: round(shots * w) for index, w in enumerate(weights) if shots * w > 0.5}
        else:
            rng = np.random.default_rng(None if self.fault == "seed ignored" else seed)
            drawn = Counter(rng.choice(len(weights), size=shots, p=weights).tolist())
        return {f"{index:0{self.n}b}"[::-1]: count for index, count in drawn.items()}
