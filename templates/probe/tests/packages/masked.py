"""The state is an attribute whose name says nothing; a method whose name says as little gives rounded probabilities."""

import numpy as np


class Circuit:
    def __init__(self, n):
        self.n = n
        self.narfel = np.zeros(2**n, dtype=complex)
        self.narfel[0] = 1

    def _act(self, matrix, *places):
        k = len(places)
        tensor = np.tensordot(
            np.array(matrix, dtype=complex).reshape((2,) * (2 * k)),
            self.narfel.reshape((2,) * self.n),
            (range(k, 2 * k), places),
        )
        self.narfel = np.moveaxis(tensor, range(k), places).reshape(-1)

    def x(self, q):
        self._act([[0, 1], [1, 0]], q)

    def h(self, q):
        self._act(np.array([[1, 1], [1, -1]]) / np.sqrt(2), q)

    def t(self, q):
        self._act(np.diag([1, np.exp(0.25j * np.pi)]), q)

    def cx(self, a, b):
        self._act(np.eye(4)[[0, 1, 3, 2]], a, b)

    def vinquo(self):
        odds = np.abs(self.narfel) ** 2
        return {
            format(i, f"0{self.n}b"): round(float(p), 1) for i, p in enumerate(odds) if p > 0.04
        }
