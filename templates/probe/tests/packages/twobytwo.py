"""Gates of one qubit and of two are put by methods of their own, among others that do something else."""

import numpy as np
import tinykernel as k


class _Gate:
    matrix = np.eye(2)


class X(_Gate):
    matrix = k.X


class H(_Gate):
    matrix = k.H


class T(_Gate):
    matrix = k.phase(np.pi / 4)


class CNOT(_Gate):
    matrix = k.controlled(k.X)


class QRegister:
    def __init__(self, num_qubits=2):
        self.vector = k.zero(num_qubits)

    def apply_gate(self, gate, target_qubits=None):
        for target in [target_qubits] if isinstance(target_qubits, int) else target_qubits:
            self.vector = k.act(self.vector, gate.matrix, [target])

    def apply_layer(self, gate, target_qubits):
        raise NotImplementedError

    def apply_noise(self, gate, target_qubits):
        raise NotImplementedError

    def apply_inverse(self, gate, target_qubits):
        raise NotImplementedError

    def apply_two_qubit_gate(self, gate, control, target):
        if np.shape(gate.matrix) != (4, 4):
            raise ValueError("not a gate of two qubits")
        self.vector = k.act(self.vector, gate.matrix, [control, target])
