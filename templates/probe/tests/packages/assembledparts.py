"""A circuit that is made from the whole list of its gates and called; the number of qubits is guessed from them."""

import numpy as np
import tinykernel as k


class _Layer:
    matrix, qubits = np.eye(1), ()


class PauliX(_Layer):
    def __init__(self, qubit):
        self.matrix, self.qubits = k.X, (qubit,)


class Hadamard(_Layer):
    def __init__(self, qubit):
        self.matrix, self.qubits = k.H, (qubit,)


class RZ(_Layer):
    def __init__(self, qubit, theta=0.0):
        self.matrix, self.qubits = k.rotation(k.Z, theta), (qubit,)


class CNOT(_Layer):
    def __init__(self, control, target):
        self.matrix, self.qubits = k.controlled(k.X), (control, target)


class Circuit:
    def __init__(self, *elements, num_qubits=None):
        layers = elements[0] if elements and isinstance(elements[0], list) else list(elements)
        if not all(isinstance(layer, _Layer) for layer in layers):
            raise TypeError("layers only")
        if not layers and num_qubits is None:
            raise ValueError("how many qubits?")
        self._layers = layers
        self._n = num_qubits or 1 + max(max(layer.qubits) for layer in layers)

    def __call__(self, state=None):
        state = k.zero(self._n) if state is None else state
        for layer in self._layers:
            state = k.act(state, layer.matrix, list(layer.qubits))
        return state
