"""Writes any unitary matrix with rotations, controlled X and unitaries of one qubit less.

One qubit: the angles of `u3`. More qubits: cosine-sine decomposition, then each block-diagonal factor by its
eigenvectors ("quantum Shannon decomposition": Shende, Bullock and Markov, IEEE TCAD 25, 1000 (2006), theorems 10-12).
Everything holds up to one global phase.
"""

from __future__ import annotations

from math import atan2, cos, sin

import numpy as np

from .program import Operation

NOTHING = 1e-12
"""Angles below this are left out; a circuit of 10^6 of them would still be right to 1e-6."""


def angles(matrix: np.ndarray) -> tuple[float, float, float]:
    """(theta, phi, lam) of the `u3` that equals a 2 x 2 unitary up to a global phase."""
    a, b = matrix[0]
    c, d = matrix[1]
    theta = 2 * atan2(abs(c), abs(a))
    phi = float(np.angle(c * np.conj(a))) if abs(a) > NOTHING and abs(c) > NOTHING else 0.0
    if abs(a) >= abs(c):
        return theta, phi, float(np.angle(d * np.conj(a))) - phi
    return theta, phi, phi + float(np.angle(-b * np.conj(c)))


def decompose(matrix: np.ndarray, qubits: tuple[int, ...]) -> list[Operation]:
    """A unitary of k ≥ 2 qubits as `matrix` on k - 1 qubits, `ry`, `rz` and `cx`, in the order of time.

    Args:
        matrix: 2^k rows, `qubits[0]` being the most significant bit of the index.
        qubits: The qubits it acts on.
    """
    half = matrix.shape[0] // 2
    if (
        np.abs(matrix[:half, half:]).max() < NOTHING
        and np.abs(matrix[half:, :half]).max() < NOTHING
    ):
        return _block_diagonal(matrix[:half, :half], matrix[half:, half:], qubits)
    left, thetas, right = cosine_sine(matrix)
    return [
        *_block_diagonal(*right, qubits),
        *_multiplexed("ry", thetas, qubits[0], qubits[1:]),
        *_block_diagonal(*left, qubits),
    ]


Blocks = tuple[np.ndarray, np.ndarray]


def cosine_sine(matrix: np.ndarray) -> tuple[Blocks, np.ndarray, Blocks]:
    """U = (L0 ⊕ L1) · [[C, -S], [S, C]] · (R0 ⊕ R1) with C = cos(thetas / 2), S = sin(thetas / 2)."""
    half = matrix.shape[0] // 2
    u00, u01 = matrix[:half, :half], matrix[:half, half:]
    u10, u11 = matrix[half:, :half], matrix[half:, half:]
    left0, cosines, right0 = np.linalg.svd(u00)
    # Small cosines first: then the columns of u10 that are long come first in the QR decomposition, and the short ones,
    # whose direction is only rounding, are completed to an orthonormal basis by it.
    left0, cosines, right0 = left0[:, ::-1], np.clip(cosines[::-1], 0, 1), right0[::-1]
    left1, upper = np.linalg.qr(u10 @ right0.conj().T)
    signs = np.diag(upper).copy()
    lengths = np.abs(signs)
    signs = np.where(lengths > NOTHING, signs / np.where(lengths > NOTHING, lengths, 1), 1)
    left1 = left1 * signs
    thetas = 2 * np.arctan2(lengths, cosines)
    c, s = np.cos(thetas / 2)[:, None], np.sin(thetas / 2)[:, None]
    from_below = (left1.conj().T @ u11) / np.where(c > s, c, 1)
    from_above = -(left0.conj().T @ u01) / np.where(c > s, 1, s)
    return (left0, left1), thetas, (right0, np.where(c > s, from_below, from_above))


def _block_diagonal(
    first: np.ndarray, second: np.ndarray, qubits: tuple[int, ...]
) -> list[Operation]:
    """`first` on the lower qubits where `qubits[0]` is 0, `second` where it is 1: (1⊗V) (D ⊕ D†) (1⊗W)."""
    vectors, phases = diagonalise(first @ second.conj().T)
    halves = phases / 2
    rest = (np.exp(-1j * halves)[:, None] * vectors.conj().T) @ first
    below = qubits[1:]
    return [
        Operation("matrix", (rest,), below),
        *_multiplexed("rz", -2 * halves, qubits[0], below),
        Operation("matrix", (vectors,), below),
    ]


def diagonalise(unitary: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Orthonormal eigenvectors (columns) of a unitary matrix and the phases of its eigenvalues.

    A general eigenvalue routine returns skew vectors for equal eigenvalues. The Hermitian matrix cos(a) Re + sin(a) Im
    of the same unitary has the same eigenvectors, and `eigh` keeps them orthogonal; it only mixes vectors whose phases
    lie symmetric to a, so several a are tried and the best is taken.
    """
    real = (unitary + unitary.conj().T) / 2
    imaginary = (unitary - unitary.conj().T) / 2j
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for turn in (0.7, 2.1, 0.2, 1.3, 2.9, 1.7, 0.4, 2.5):
        _, vectors = np.linalg.eigh(cos(turn) * real + sin(turn) * imaginary)
        inside = vectors.conj().T @ unitary @ vectors
        values = np.diag(inside)
        error = float(np.abs(inside - np.diag(values)).max())
        if best is None or error < best[0]:
            best = (error, vectors, np.angle(values))
        if error < 1e-14:
            break
    assert best is not None
    return best[1], best[2]


def _multiplexed(
    axis: str, thetas: np.ndarray, target: int, controls: tuple[int, ...]
) -> list[Operation]:
    """Rotation of `target` by `thetas[j]` where the controls spell j (theorem 8 of the paper).

    X R(b) X = R(-b) for `ry` and `rz`: half the sum and half the difference, the latter between two controlled X.
    """
    if not controls:
        angle = float(thetas[0])
        return [Operation(axis, (angle,), (target,))] if abs(angle) > NOTHING else []
    half = len(thetas) // 2
    mean, difference = (thetas[:half] + thetas[half:]) / 2, (thetas[:half] - thetas[half:]) / 2
    operations = _multiplexed(axis, mean, target, controls[1:])
    if np.abs(difference).max() > NOTHING:
        flip = Operation("cx", (), (controls[0], target))
        operations += [flip, *_multiplexed(axis, difference, target, controls[1:]), flip]
    return operations
