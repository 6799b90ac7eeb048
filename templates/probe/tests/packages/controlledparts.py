"""Matrices are put on a target, with controls in a keyword of their own: gate(rz(angle), 1, control=0)."""

import numpy as np
import tinykernel as k

X, H = np.array(k.X, dtype=complex), np.array(k.H, dtype=complex)


def rz(phi):
    return k.rotation(k.Z, phi)


def phase_shift(phi):
    return k.phase(phi)


class Qubits:
    def __init__(self, size):
        self._data = k.zero(size)

    def gate(self, operator, target, control=None):
        if np.shape(operator) != (2, 2) or not isinstance(target, int):
            raise ValueError("one target only")
        controls = [] if control is None else [control] if isinstance(control, int) else control
        for _ in controls:
            operator = k.controlled(operator)
        self._data = k.act(self._data, operator, [*controls, target])

    def get_state(self):
        return self._data
