"""Reference unitaries of the twenty-three gates and a small state-vector simulator.

Everything that a simulator is measured against comes from here, and nothing here uses the package
under test. Sources: OpenQASM 3 standard library (``stdgates.inc``); M. Nielsen and I. Chuang,
*Quantum Computation and Quantum Information*, chapter 4.

Conventions: the first qubit of a gate is the most significant bit of its matrix's index, qubit 0 of
a register is the most significant bit of a state's index ("big"), angles are radians.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence

import numpy as np

Matrix = np.ndarray
#: One step of a circuit: a gate's name or a matrix, its qubits, its angles in radians.
Operation = tuple[str | Matrix, Sequence[int], Sequence[float]]
Circuit = Sequence[Operation]

#: Number of qubits and of parameters of every gate, in the order in which people read them.
ARITY: dict[str, tuple[int, int]] = {
    "h": (1, 0),
    "x": (1, 0),
    "y": (1, 0),
    "z": (1, 0),
    "s": (1, 0),
    "sdg": (1, 0),
    "t": (1, 0),
    "tdg": (1, 0),
    "sx": (1, 0),
    "rx": (1, 1),
    "ry": (1, 1),
    "rz": (1, 1),
    "p": (1, 1),
    "u3": (1, 3),
    "cx": (2, 0),
    "cz": (2, 0),
    "swap": (2, 0),
    "iswap": (2, 0),
    "cp": (2, 1),
    "crz": (2, 1),
    "rzz": (2, 1),
    "ccx": (3, 0),
    "cswap": (3, 0),
}

#: Gates that leave the Clifford group: one of them is needed for a universal set.
NON_CLIFFORD = frozenset(
    ("t", "tdg", "rx", "ry", "rz", "p", "u3", "cp", "crz", "rzz", "ccx", "cswap")
)

_R = 1 / math.sqrt(2)
_X = ((0, 1), (1, 0))
_SWAP = ((1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 0, 1))


def _controlled(matrix: Sequence[Sequence[complex]] | Matrix) -> Matrix:
    """The gate with one more control, which becomes its first qubit."""
    inner = np.asarray(matrix, dtype=complex)
    size = len(inner)
    result = np.eye(2 * size, dtype=complex)
    result[size:, size:] = inner
    return result


def _diagonal(*phases: float) -> Matrix:
    return np.diag([cmath.exp(1j * phase) for phase in phases])


def _rotation(pauli: Sequence[Sequence[complex]], theta: float) -> Matrix:
    """exp(-i theta/2 P) = cos(theta/2) - i sin(theta/2) P, Nielsen & Chuang (4.4) to (4.6)."""
    matrix = np.asarray(pauli, dtype=complex)
    return math.cos(theta / 2) * np.eye(len(matrix)) - 1j * math.sin(theta / 2) * matrix


def _u3(theta: float, phi: float, lam: float) -> Matrix:
    cos, sin = math.cos(theta / 2), math.sin(theta / 2)
    return np.array(
        [
            [cos, -cmath.exp(1j * lam) * sin],
            [cmath.exp(1j * phi) * sin, cmath.exp(1j * (phi + lam)) * cos],
        ]
    )


def _constant(rows: Sequence[Sequence[complex]] | Matrix) -> Callable[[], Matrix]:
    matrix = np.array(rows, dtype=complex)
    return lambda: matrix.copy()


_UNITARIES: dict[str, Callable[..., Matrix]] = {
    "h": _constant(((_R, _R), (_R, -_R))),
    "x": _constant(_X),
    "y": _constant(((0, -1j), (1j, 0))),
    "z": _constant(((1, 0), (0, -1))),
    "s": _constant(((1, 0), (0, 1j))),
    "sdg": _constant(((1, 0), (0, -1j))),
    "t": _constant(_diagonal(0, math.pi / 4)),
    "tdg": _constant(_diagonal(0, -math.pi / 4)),
    "sx": _constant((((1 + 1j) / 2, (1 - 1j) / 2), ((1 - 1j) / 2, (1 + 1j) / 2))),
    "rx": lambda theta: _rotation(_X, theta),
    "ry": lambda theta: _rotation(((0, -1j), (1j, 0)), theta),
    "rz": lambda theta: _rotation(((1, 0), (0, -1)), theta),
    "p": lambda lam: _diagonal(0, lam),
    "u3": _u3,
    "cx": _constant(_controlled(_X)),
    "cz": _constant(_controlled(((1, 0), (0, -1)))),
    "swap": _constant(_SWAP),
    "iswap": _constant(((1, 0, 0, 0), (0, 0, 1j, 0), (0, 1j, 0, 0), (0, 0, 0, 1))),
    "cp": lambda lam: _controlled(_diagonal(0, lam)),
    "crz": lambda theta: _controlled(_rotation(((1, 0), (0, -1)), theta)),
    "rzz": lambda theta: _rotation(np.diag([1, -1, -1, 1]), theta),
    "ccx": _constant(_controlled(_controlled(_X))),
    "cswap": _constant(_controlled(_SWAP)),
}


def unitary(gate: str, parameters: Sequence[float] = ()) -> Matrix:
    """The gate's 2^k x 2^k matrix, first qubit most significant.

    Raises ``KeyError`` for a gate that is not one of the twenty-three and ``ValueError`` for a
    wrong number of angles.
    """
    expected = ARITY[gate][1]
    if len(parameters) != expected:
        raise ValueError(f"{gate} takes {expected} angles, not {len(parameters)}")
    return _UNITARIES[gate](*parameters)


def permuted(matrix: Matrix, order: Sequence[int]) -> Matrix:
    """The same gate with its qubits listed anew: new qubit ``i`` is old qubit ``order[i]``.

    ``permuted(unitary("cx"), (1, 0))`` is the CX whose first listed qubit is the target.
    """
    count = len(order)
    tensor = np.asarray(matrix).reshape((2,) * (2 * count))
    axes = [*order, *(count + axis for axis in order)]
    return tensor.transpose(axes).reshape(matrix.shape)


def applied(state: Matrix, matrix: Matrix, qubits: Sequence[int], n: int) -> Matrix:
    """``state`` (2^n amplitudes, qubit 0 most significant) after ``matrix`` on ``qubits``."""
    count = len(qubits)
    gate = np.asarray(matrix).reshape((2,) * (2 * count))
    tensor = np.tensordot(gate, state.reshape((2,) * n), (range(count, 2 * count), tuple(qubits)))
    return np.moveaxis(tensor, range(count), tuple(qubits)).reshape(-1)


def simulate(circuit: Circuit, n: int) -> Matrix:
    """Final state from |0...0>: 2^n amplitudes, qubit 0 most significant."""
    state = np.zeros(2**n, dtype=complex)
    state[0] = 1
    for gate, qubits, parameters in circuit:
        matrix = unitary(gate, parameters) if isinstance(gate, str) else gate
        state = applied(state, matrix, qubits, n)
    return state


def random_unitary(size: int, seed: int) -> Matrix:
    """A unitary drawn from the Haar measure (F. Mezzadri, arXiv:math-ph/0609050), fixed by seed."""
    rng = np.random.default_rng(1000 + seed)
    q, r = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))
    return q * (r.diagonal() / np.abs(r.diagonal()))
