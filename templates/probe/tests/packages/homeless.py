"""Compiled classes as some tools make them: no module of their own, no signature; gates only as matrices."""

import numpy as np
import tinykernel as k


class QGate:
    __module__ = "builtins"
    __signature__ = "none that can be read"

    def __init__(self, matrix):
        if not isinstance(matrix, np.ndarray) or matrix.shape != (2, 2):
            raise TypeError("a matrix of one qubit")
        self._matrix = matrix


class Register:
    __module__ = "builtins"
    __signature__ = "none that can be read"

    def __init__(self, qubits):
        self._state = k.zero(qubits)

    def apply_gate(self, gate, targets, controls):
        matrix = gate._matrix
        if len(targets) != 1:
            raise ValueError("one target")
        for _ in controls:
            matrix = k.controlled(matrix)
        self._state = k.act(self._state, matrix, [*controls, *targets])

    def amplitudes(self):
        return self._state.tolist()
