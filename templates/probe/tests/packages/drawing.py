"""A state, and a function that draws from one."""

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
        self.n, self.state = n, kernel.zero(n)

    def append(self, gate):
        self.state = kernel.act(self.state, gate.matrix, gate.qubits)


def sampling(state, n, shots):
    drawn = np.random.default_rng().choice(2**n, shots, p=np.abs(state) ** 2)
    return {format(key, f"0{n}b"): int(np.sum(drawn == key)) for key in range(2**n)}
