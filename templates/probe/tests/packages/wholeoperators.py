"""Gates are operators without qubits: `*` is the product with identities, `+` applies one to a state."""

import numpy as np


class Operator:
    def __init__(self, matrix):
        self.matrix = np.asarray(matrix, dtype=complex)

    def __mul__(self, other):
        if not isinstance(other, Operator):
            raise TypeError(other)
        return Operator(np.kron(self.matrix, other.matrix))

    def __add__(self, other):
        if not isinstance(other, Operator):
            raise TypeError(other)
        return Operator(other.matrix @ self.matrix)


class State:
    def __init__(self, vector):
        self.vector = np.asarray(vector, dtype=complex)

    def __add__(self, other):
        if not isinstance(other, Operator):
            raise TypeError(other)
        return State(other.matrix @ self.vector)


I = Operator(np.eye(2))  # noqa: E741
X = Operator([[0, 1], [1, 0]])
H = Operator(np.array([[1, 1], [1, -1]]) / np.sqrt(2))
CNOT = Operator(np.eye(4)[[0, 1, 3, 2]])
SWAP = Operator(np.eye(4)[[0, 2, 1, 3]])
TOFFOLI = Operator(np.eye(8)[[0, 1, 2, 3, 4, 5, 7, 6]])


def P(angle):
    return Operator(np.diag([1, np.exp(1j * angle)]))


def Control(gate):
    return Operator(np.block([[np.eye(2), np.zeros((2, 2))], [np.zeros((2, 2)), gate.matrix]]))
