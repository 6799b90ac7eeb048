"""Gates with any number of controls, in a list before the target; there is no CNOT beside them."""

import numpy as np
import tinykernel as k


class Simulator:
    def __init__(self, n):
        self._state = k.zero(n)

    def _act(self, matrix, controls, *targets):
        if not isinstance(controls, list):
            raise TypeError("a list of controls")
        for _ in controls:
            matrix = k.controlled(matrix)
        self._state = k.act(self._state, np.asarray(matrix), [*controls, *targets])

    def x(self, q):
        self._act(k.X, [], q)

    def h(self, q):
        self._act(k.H, [], q)

    def p(self, th, q):
        self._act(k.phase(th), [], q)

    def mcx(self, c, q):
        self._act(k.X, c, q)

    def mcz(self, c, q):
        self._act(k.Z, c, q)

    def mcp(self, th, c, q):
        self._act(k.phase(th), c, q)

    def out_ket(self):
        return list(self._state)
