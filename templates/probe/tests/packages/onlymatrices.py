"""No gates at all: a register to which any matrix may be applied."""

import tinykernel as k


class Register:
    def __init__(self, n):
        self._state = k.zero(n)

    def apply(self, matrix, qubits):
        self._state = k.act(self._state, matrix, qubits)

    def amplitudes(self):
        return list(self._state)
