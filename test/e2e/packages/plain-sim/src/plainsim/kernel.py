"""What the small simulators of these tests share: amplitudes with qubit 0 as the least significant bit."""

import numpy as np

H = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
X = np.array([[0, 1], [1, 0]])
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1])


def phase(angle):
    return np.diag([1, np.exp(1j * angle)])


def rotation(axis, angle):
    return np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * axis


def controlled(matrix):
    size = len(matrix)
    return np.block([[np.eye(size), np.zeros((size, size))], [np.zeros((size, size)), matrix]])


SWAP = np.eye(4)[[0, 2, 1, 3]]


def zero(n):
    if n > 13:
        raise ValueError("at most 13 qubits")
    state = np.zeros(2**n, dtype=complex)
    state[0] = 1
    return state


def act(state, matrix, qubits):
    """Apply a matrix whose first qubit is the most significant one."""
    n = int(np.log2(len(state)))
    axes = [n - 1 - qubit for qubit in qubits]
    tensor = np.moveaxis(state.reshape((2,) * n), axes, range(len(axes)))
    shape = tensor.shape
    tensor = (matrix @ tensor.reshape(len(matrix), -1)).reshape(shape)
    return np.moveaxis(tensor, range(len(axes)), axes).reshape(-1)


def reverse(state):
    n = int(np.log2(len(state)))
    return state.reshape((2,) * n).transpose().reshape(-1)
