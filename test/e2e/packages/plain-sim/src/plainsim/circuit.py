"""Circuits that act at once; qubit 0 is the least significant bit."""

from __future__ import annotations

import numpy as np

from . import kernel


class Circuit:
    """A circuit of n qubits, all of which start in zero."""

    def __init__(self, num_qubits: int) -> None:
        self.num_qubits = num_qubits
        self._state = kernel.zero(num_qubits)

    def _act(self, matrix: np.ndarray, *qubits: int) -> Circuit:
        self._state = kernel.act(self._state, matrix, qubits)
        return self

    def h(self, qubit: int) -> Circuit:
        """Hadamard."""
        return self._act(kernel.H, qubit)

    def x(self, qubit: int) -> Circuit:
        """Pauli X."""
        return self._act(kernel.X, qubit)

    def rx(self, angle: float, qubit: int) -> Circuit:
        """Rotation about X."""
        return self._act(kernel.rotation(kernel.X, angle), qubit)

    def ry(self, angle: float, qubit: int) -> Circuit:
        """Rotation about Y."""
        return self._act(kernel.rotation(kernel.Y, angle), qubit)

    def rz(self, angle: float, qubit: int) -> Circuit:
        """Rotation about Z."""
        return self._act(kernel.rotation(kernel.Z, angle), qubit)

    def cx(self, control: int, target: int) -> Circuit:
        """Controlled X."""
        return self._act(kernel.controlled(kernel.X), control, target)

    def statevector(self) -> np.ndarray:
        """The amplitudes."""
        return self._state.copy()
