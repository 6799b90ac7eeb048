"""Compiled classes as some tools make them: no module of their own, no signature; gates only as matrices."""

import numpy as np
import tinykernel as k


class QGate:
    __module__ = "builtins"
    __signature__ = "none that can be read"

    def __init__(self, matrix):
        if not isinstance(matrix, np.ndarray):
            raise TypeError("a matrix")
        self._matrix = matrix


class Register:
    __module__ = "builtins"
    __signature__ = "none that can be read"

    def __init__(self, qubits):
        self._state = k.zero(qubits)

    def apply_gate(self, gate, targets, controls):
        matrix = gate._matrix
        for _ in controls:
            matrix = k.controlled(matrix)
        if len(matrix) != 2 ** len([*controls, *targets]):
            raise ValueError("wrong number of qubits")
        self._state = k.act(self._state, matrix, [*controls, *targets])

    def amplitudes(self):
        return self._state.tolist()
