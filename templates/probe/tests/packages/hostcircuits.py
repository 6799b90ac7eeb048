"""A host: circuits and gates that others simulate, and a simulation of its own that is no proof of theirs."""

import numpy as np
import tinykernel as kernel


class Gate:
    def __init__(self, matrix, *qubits):
        self.matrix, self.qubits = matrix, qubits


def H(qubit):
    return Gate(kernel.H, qubit)


def X(qubit):
    return Gate(kernel.X, qubit)


def T(qubit):
    return Gate(kernel.phase(np.pi / 4), qubit)


def RX(angle, qubit):
    return Gate(kernel.rotation(kernel.X, angle), qubit)


def CNOT(control, target):
    return Gate(kernel.controlled(kernel.X), control, target)


class Circuit:
    def __init__(self, n):
        self.n, self.gates = n, []

    def append(self, gate):
        if not isinstance(gate, Gate):
            raise TypeError(gate)
        self.gates.append(gate)

    def statevector(self):
        state = kernel.zero(self.n)
        for gate in self.gates:
            state = kernel.act(state, gate.matrix, gate.qubits)
        return state
