"""The gates that a `Program` may contain, with their unitaries.

Unitaries are given on the listed qubits, the first one being the most significant bit of the index; angles are in
radians. Sources: OpenQASM 2 and 3 standard libraries; Nielsen and Chuang, chapter 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

Matrix = np.ndarray

I2 = np.eye(2, dtype=complex)
X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]], dtype=complex)
Z = np.diag([1, -1]).astype(complex)
H = np.array([[1, 1], [1, -1]], dtype=complex) / sqrt(2)
SX = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]], dtype=complex) / 2
SWAP = np.eye(4, dtype=complex)[[0, 2, 1, 3]]
ISWAP = np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]], dtype=complex)


def rotation(pauli: Matrix, theta: float) -> Matrix:
    """exp(-i theta/2 P) for a matrix P with P P = 1 (a Pauli operator or a product of them)."""
    size = pauli.shape[0]
    return np.cos(theta / 2) * np.eye(size) - 1j * np.sin(theta / 2) * pauli


def phase(lam: float) -> Matrix:
    """diag(1, e^{i lam})."""
    return np.diag([1, np.exp(1j * lam)])


def u3(theta: float, phi: float, lam: float) -> Matrix:
    """OpenQASM's general one-qubit gate: u3 = p(phi) ry(theta) p(lam), cos(theta/2) real at the upper left."""
    cos, sin = np.cos(theta / 2), np.sin(theta / 2)
    return np.array(
        [
            [cos, -np.exp(1j * lam) * sin],
            [np.exp(1j * phi) * sin, np.exp(1j * (phi + lam)) * cos],
        ],
        dtype=complex,
    )


def controlled(matrix: Matrix, controls: int = 1) -> Matrix:
    """`matrix` on the last qubits where all `controls` first qubits are 1, else nothing."""
    size = matrix.shape[0] << controls
    result = np.eye(size, dtype=complex)
    result[size - matrix.shape[0] :, size - matrix.shape[0] :] = matrix
    return result


@dataclass(frozen=True, slots=True)
class Gate:
    """Shape and unitary of a named gate."""

    parameters: int
    qubits: int
    unitary: Callable[..., Matrix]


def _fixed(qubits: int, matrix: Matrix) -> Gate:
    matrix.setflags(write=False)
    return Gate(0, qubits, lambda: matrix)


CORE: dict[str, Gate] = {
    "h": _fixed(1, H),
    "x": _fixed(1, X),
    "y": _fixed(1, Y),
    "z": _fixed(1, Z),
    "s": _fixed(1, phase(pi / 2)),
    "sdg": _fixed(1, phase(-pi / 2)),
    "t": _fixed(1, phase(pi / 4)),
    "tdg": _fixed(1, phase(-pi / 4)),
    "sx": _fixed(1, SX),
    "rx": Gate(1, 1, lambda theta: rotation(X, theta)),
    "ry": Gate(1, 1, lambda theta: rotation(Y, theta)),
    "rz": Gate(1, 1, lambda theta: rotation(Z, theta)),
    "p": Gate(1, 1, phase),
    "u3": Gate(3, 1, u3),
    "cx": _fixed(2, controlled(X)),
    "cz": _fixed(2, controlled(Z)),
    "swap": _fixed(2, SWAP),
    "iswap": _fixed(2, ISWAP),
    "cp": Gate(1, 2, lambda lam: controlled(phase(lam))),
    "crz": Gate(1, 2, lambda theta: controlled(rotation(Z, theta))),
    "rzz": Gate(1, 2, lambda theta: rotation(np.kron(Z, Z), theta)),
    "ccx": _fixed(3, controlled(X, 2)),
    "cswap": _fixed(3, controlled(SWAP)),
}
"""The gates that are measured one by one on a simulator."""

EXTRA: dict[str, Gate] = {
    "sxdg": _fixed(1, SX.conj().T.copy()),
    "u2": Gate(2, 1, lambda phi, lam: u3(pi / 2, phi, lam)),
    "cy": _fixed(2, controlled(Y)),
    "ch": _fixed(2, controlled(H)),
    "crx": Gate(1, 2, lambda theta: controlled(rotation(X, theta))),
    "cry": Gate(1, 2, lambda theta: controlled(rotation(Y, theta))),
    "cu3": Gate(3, 2, lambda theta, phi, lam: controlled(u3(theta, phi, lam))),
    "rxx": Gate(1, 2, lambda theta: rotation(np.kron(X, X), theta)),
    "ryy": Gate(1, 2, lambda theta: rotation(np.kron(Y, Y), theta)),
    "ccz": _fixed(3, controlled(Z, 2)),
}
"""Further gates that circuits contain; always lowered, unless a backend names them in its table."""

GATES: dict[str, Gate] = CORE | EXTRA


def unitary(name: str, parameters: Sequence[float] = ()) -> Matrix:
    """The unitary of a named gate.

    Args:
        name: A key of `GATES`.
        parameters: Its angles in radians.

    Returns:
        A matrix of 2^k rows, the first qubit being the most significant bit of the index.

    Raises:
        KeyError: No such gate.
    """
    return GATES[name].unitary(*parameters)
