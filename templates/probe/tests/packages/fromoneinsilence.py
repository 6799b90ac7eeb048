"""Qubits count from one; a gate on a qubit that is not there does nothing, and says nothing."""

import numpy as np
import tinykernel as k


class Logic:
    def __init__(self, number_of_qubits=3):
        self._n, self._psi = number_of_qubits, k.zero(number_of_qubits)

    def _put(self, matrix, *ids):
        if all(1 <= one <= self._n for one in ids):
            self._psi = k.act(self._psi, matrix, [one - 1 for one in ids])

    def X(self, target):
        self._put(k.X, target)

    def H(self, target):
        self._put(k.H, target)

    def RZ(self, target, phi):
        self._put(k.rotation(k.Z, phi), target)

    def CNOT(self, control, target):
        self._put(k.controlled(k.X), control, target)

    def getPsi(self):
        return np.array(self._psi)
