"""No name says anything: neither the class nor the gates. Y comes before X, and turns a qubit over too."""

import numpy as np


class Morlan:
    def __init__(self, n):
        self.n = n
        self.state = np.zeros(2**n, dtype=complex)
        self.state[0] = 1

    def _act(self, matrix, *places):
        k = len(places)
        tensor = np.tensordot(
            np.array(matrix, dtype=complex).reshape((2,) * (2 * k)),
            self.state.reshape((2,) * self.n),
            (range(k, 2 * k), places),
        )
        self.state = np.moveaxis(tensor, range(k), places).reshape(-1)

    def abzu(self, q):
        self._act([[0, -1j], [1j, 0]], q)

    def belk(self, q):
        self._act([[0, 1], [1, 0]], q)

    def dorp(self, q):
        self._act(np.array([[1, 1], [1, -1]]) / np.sqrt(2), q)

    def fenn(self, q):
        self._act(np.diag([1, np.exp(0.25j * np.pi)]), q)

    def gask(self, a, b):
        self._act(np.eye(4)[[0, 1, 3, 2]], a, b)
