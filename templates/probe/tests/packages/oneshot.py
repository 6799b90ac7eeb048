"""A run ends in one shot, the bits of all qubits, whatever number is asked for; nothing else can be read."""

import numpy as np
import tinykernel as k


class Circuit:
    def __init__(self, n):
        self._n, self._state = n, k.zero(n)

    def x(self, qubit):
        self._state = k.act(self._state, k.X, [qubit])

    def h(self, qubit):
        self._state = k.act(self._state, k.H, [qubit])

    def t(self, qubit):
        self._state = k.act(self._state, k.phase(np.pi / 4), [qubit])

    def cx(self, control, target):
        self._state = k.act(self._state, k.controlled(k.X), [control, target])

    def measure_all(self):
        weights = np.abs(self._state) ** 2
        index = np.random.default_rng().choice(len(weights), p=weights / weights.sum())
        return [int(bit) for bit in f"{index:0{self._n}b}"]
