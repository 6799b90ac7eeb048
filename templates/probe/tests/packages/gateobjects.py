"""Gate objects that act on a state; rotations turn the other way; qubit 0 is the least significant."""

import numpy as np
import tinykernel as k


class Ket:
    def __init__(self, qubit_count):
        self._amplitudes = k.zero(qubit_count)

    def get_vector(self):
        return self._amplitudes.copy()

    def sampling(self, count, seed=None):
        weights = np.abs(self._amplitudes) ** 2
        return np.random.default_rng(seed).choice(len(weights), size=count, p=weights).tolist()


class _Gate:
    def __init__(self, matrix, qubits):
        self._matrix, self._qubits = np.asarray(matrix), list(qubits)

    def update_ket(self, ket):
        ket._amplitudes = k.act(ket._amplitudes, self._matrix, self._qubits)


def X(index):
    return _Gate(k.X, [index])


def H(index):
    return _Gate(k.H, [index])


def S(index):
    return _Gate(k.phase(np.pi / 2), [index])


def Sdag(index):
    return _Gate(k.phase(-np.pi / 2), [index])


def T(index):
    return _Gate(k.phase(np.pi / 4), [index])


def RX(index, angle):
    return _Gate(k.rotation(k.X, -angle), [index])


def RY(index, angle):
    return _Gate(k.rotation(k.Y, -angle), [index])


def RZ(index, angle):
    return _Gate(k.rotation(k.Z, -angle), [index])


def CNOT(control, target):
    return _Gate(k.controlled(k.X), [control, target])


def SWAP(first, second):
    return _Gate(k.SWAP, [first, second])


def TOFFOLI(c1, c2, target):
    return _Gate(k.controlled(k.controlled(k.X)), [c1, c2, target])


def DenseMatrix(index_list, matrix):
    return _Gate(matrix, index_list[::-1])
