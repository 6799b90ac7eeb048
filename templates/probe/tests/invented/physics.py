"""The gates that an invented simulator may have: matrices as source text, and a reference that shares nothing with it."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Gate:
    """``source``: the matrix as numpy text with angles {0}, {1}, {2} in radians, first qubit most significant.

    ``controls``: how many of the first qubits are controls. ``turns``: its sign follows that of the rotations.
    """

    qubits: int
    angles: int
    source: str
    doc: str
    controls: int = 0
    turns: bool = False


_DIAGONAL = "np.diag([{}])"
_BLOCK = "_controlled({}, {})"

GATES: dict[str, Gate] = {
    "x": Gate(1, 0, "np.array([[0, 1], [1, 0]])", "Pauli X, a bit flip"),
    "h": Gate(1, 0, "np.array([[1, 1], [1, -1]]) / np.sqrt(2)", "Hadamard"),
    "cx": Gate(2, 0, "_controlled(1, np.array([[0, 1], [1, 0]]))", "controlled NOT", 1),
    "rx": Gate(
        1, 1, "_turn(np.array([[0, 1], [1, 0]]), {0})", "rotation about the X axis", 0, True
    ),
    "ry": Gate(
        1, 1, "_turn(np.array([[0, -1j], [1j, 0]]), {0})", "rotation about the Y axis", 0, True
    ),
    "rz": Gate(1, 1, "_turn(np.diag([1, -1]), {0})", "rotation about the Z axis", 0, True),
    "y": Gate(1, 0, "np.array([[0, -1j], [1j, 0]])", "Pauli Y"),
    "z": Gate(1, 0, "np.diag([1, -1])", "Pauli Z, a phase flip"),
    "s": Gate(1, 0, "np.diag([1, 1j])", "square root of Z"),
    "t": Gate(1, 0, "np.diag([1, np.exp(0.25j * np.pi)])", "fourth root of Z"),
    "sdg": Gate(1, 0, "np.diag([1, -1j])", "inverse of S"),
    "tdg": Gate(1, 0, "np.diag([1, np.exp(-0.25j * np.pi)])", "inverse of T"),
    "sx": Gate(1, 0, "np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2", "square root of X"),
    "p": Gate(1, 1, "np.diag([1, np.exp(1j * {0})])", "phase of the state 1"),
    "u3": Gate(1, 3, "_euler({0}, {1}, {2})", "general rotation by three Euler angles"),
    "cz": Gate(2, 0, "_controlled(1, np.diag([1, -1]))", "controlled Z", 1),
    "swap": Gate(2, 0, "np.eye(4)[[0, 2, 1, 3]]", "exchange of two qubits"),
    "cp": Gate(2, 1, "_controlled(1, np.diag([1, np.exp(1j * {0})]))", "controlled phase", 1),
    "crz": Gate(
        2, 1, "_controlled(1, _turn(np.diag([1, -1]), {0}))", "controlled Z rotation", 1, True
    ),
    "rzz": Gate(2, 1, "_turn(np.diag([1, -1, -1, 1]), {0})", "Ising ZZ interaction", 0, True),
    "iswap": Gate(2, 0, "np.diag([1, 1j, 1j, 1])[[0, 2, 1, 3]]", "exchange with a phase i"),
    "ccx": Gate(3, 0, "_controlled(2, np.array([[0, 1], [1, 0]]))", "Toffoli", 2),
    "cswap": Gate(3, 0, "_controlled(1, np.eye(4)[[0, 2, 1, 3]])", "Fredkin, a controlled swap", 1),
}

Step = tuple[str, tuple[int, ...], tuple[float, ...]]


def _rotation(pauli: np.ndarray, angle: float) -> np.ndarray:
    return math.cos(angle / 2) * np.eye(len(pauli)) - 1j * math.sin(angle / 2) * pauli


def unitary(gate: str, angles: Sequence[float] = ()) -> np.ndarray:
    """The gate's matrix, from the formulas of the gate list (OpenQASM 2/3 standard library), not from the text above."""
    x, y, z = np.eye(2)[::-1], np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])
    a = angles[0] if angles else 0.0
    phase = {
        "z": math.pi,
        "s": math.pi / 2,
        "t": math.pi / 4,
        "sdg": -math.pi / 2,
        "tdg": -math.pi / 4,
        "p": a,
    }
    if gate in phase:
        return np.diag([1, cmath.exp(1j * phase[gate])])
    if gate in ("cx", "cz", "cp", "crz", "ccx", "cswap"):
        inner = unitary(gate[1:], angles)
        matrix = np.eye(2 * len(inner), dtype=complex)
        matrix[len(inner) :, len(inner) :] = inner
        return matrix
    if gate in ("swap", "iswap"):
        matrix = np.eye(4, dtype=complex)
        matrix[1:3, 1:3] = x * (1 if gate == "swap" else 1j)
        return matrix
    if gate == "u3":
        theta, phi, lam = angles
        cos, sin = math.cos(theta / 2), math.sin(theta / 2)
        return np.array(
            [
                [cos, -cmath.exp(1j * lam) * sin],
                [cmath.exp(1j * phi) * sin, cmath.exp(1j * (phi + lam)) * cos],
            ]
        )
    return {
        "x": lambda: x,
        "y": lambda: y,
        "h": lambda: (x + z) / math.sqrt(2),
        "sx": lambda: ((1 + 1j) * np.eye(2) + (1 - 1j) * x) / 2,
        "rx": lambda: _rotation(x, a),
        "ry": lambda: _rotation(y, a),
        "rz": lambda: _rotation(z, a),
        "rzz": lambda: _rotation(np.kron(z, z), a),
    }[gate]().astype(complex)


def simulate(circuit: Sequence[Step], n: int) -> np.ndarray:
    """The state of ``n`` qubits after ``circuit`` on |0…0>; qubit 0 is the most significant bit of an index."""
    state = np.zeros((2,) * n, dtype=complex)
    state[(0,) * n] = 1
    for gate, qubits, angles in circuit:
        count = len(qubits)
        matrix = unitary(gate, angles).reshape((2,) * (2 * count))
        state = np.tensordot(matrix, state, axes=(range(count, 2 * count), qubits))
        state = np.moveaxis(state, range(count), qubits)
    return state.reshape(-1)
