"""What a circuit must give: independent numpy, by tensor contraction.

Nothing here is taken from the bridge or from a simulator: gates are exponentials, projectors and permutations of their
definitions (OpenQASM 3 standard library; Nielsen and Chuang, chapter 4), so that a mistake in the bridge's own matrices
would be seen too. Qubit 0 is the most significant bit of an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np

Operation = tuple[str, tuple, tuple[int, ...]]
"""Name, parameters, qubits; the bridge's `Operation` is one. The parameter of "matrix" is its unitary."""

ONE = np.array([[1, 0], [0, 1]], dtype=complex)
PAULI = {
    "x": np.array([[0, 1], [1, 0]], dtype=complex),
    "y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "z": np.array([[1, 0], [0, -1]], dtype=complex),
}
SHAPES = {
    **dict.fromkeys(["h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx"], (0, 1)),
    **dict.fromkeys(["rx", "ry", "rz", "p"], (1, 1)),
    "u3": (3, 1),
    **dict.fromkeys(["cx", "cz", "swap", "iswap"], (0, 2)),
    **dict.fromkeys(["cp", "crz", "rzz"], (1, 2)),
    **dict.fromkeys(["ccx", "cswap"], (0, 3)),
}
"""Numbers of parameters and of qubits of every gate that is measured."""


def exponential(hermitian: np.ndarray) -> np.ndarray:
    """exp(-i A) of a Hermitian matrix, by its eigenvectors."""
    values, vectors = np.linalg.eigh(hermitian)
    return (vectors * np.exp(-1j * values)) @ vectors.conj().T


def on_ones(matrix: np.ndarray, controls: int) -> np.ndarray:
    """`matrix` where all controls, which come first, are 1: P⊗U + (1-P)⊗1."""
    ones = reduce(np.kron, [np.diag([0, 1])] * controls)
    return np.kron(ones, matrix) + np.kron(np.eye(len(ones)) - ones, np.eye(len(matrix)))


def exchange() -> np.ndarray:
    """The permutation that exchanges two qubits: (1 + X⊗X + Y⊗Y + Z⊗Z) / 2."""
    return (np.eye(4) + sum(np.kron(pauli, pauli) for pauli in PAULI.values())) / 2


def unitary(name: str, parameters: Sequence = ()) -> np.ndarray:
    """The unitary of a gate, its first qubit being the most significant bit.

    Raises:
        KeyError: No such gate.
    """
    if name == "matrix":
        return np.asarray(parameters[0])
    x, y, z = PAULI["x"], PAULI["y"], PAULI["z"]
    turn = {"s": 1 / 2, "sdg": -1 / 2, "t": 1 / 4, "tdg": -1 / 4}
    if name in PAULI:
        return PAULI[name]
    if name == "h":
        return (x + z) / np.sqrt(2)
    if name in turn:
        return np.diag([1, np.exp(1j * np.pi * turn[name])])
    if name == "sx":
        return (1 + 1j) / 2 * ONE + (1 - 1j) / 2 * x
    if name in ("rx", "ry", "rz"):
        return exponential(parameters[0] / 2 * PAULI[name[1]])
    if name == "p":
        return np.diag([1, np.exp(1j * parameters[0])])
    if name == "u3":
        theta, phi, lam = parameters
        turned = exponential(phi / 2 * z) @ exponential(theta / 2 * y) @ exponential(lam / 2 * z)
        return np.exp(1j * (phi + lam) / 2) * turned
    if name == "swap":
        return exchange()
    if name == "iswap":
        return exponential(-np.pi / 4 * (np.kron(x, x) + np.kron(y, y)))
    if name == "rzz":
        return exponential(parameters[0] / 2 * np.kron(z, z))
    controls, inner = {
        "cx": (1, x),
        "cz": (1, z),
        "cp": (1, "p"),
        "crz": (1, "rz"),
        "ccx": (2, x),
        "cswap": (1, exchange()),
    }[name]
    return on_ones(unitary(inner, parameters) if isinstance(inner, str) else inner, controls)


def state(operations: Iterable[Operation], qubits: int) -> np.ndarray:
    """The state vector after the operations on |0…0⟩."""
    tensor = np.zeros((2,) * qubits, dtype=complex)
    tensor[(0,) * qubits] = 1
    for name, parameters, places in operations:
        count = len(places)
        matrix = unitary(name, parameters).reshape((2,) * (2 * count))
        tensor = np.tensordot(matrix, tensor, axes=(range(count, 2 * count), places))
        tensor = np.moveaxis(tensor, range(count), places)
    return tensor.reshape(-1)


def probabilities(
    operations: Iterable[Operation], qubits: int, measured: Sequence[int] = ()
) -> np.ndarray:
    """Probabilities of the bit strings of the measured qubits (all, if none is named), in their order."""
    tensor = np.abs(state(operations, qubits).reshape((2,) * qubits)) ** 2
    order = list(measured) or list(range(qubits))
    rest = [qubit for qubit in range(qubits) if qubit not in order]
    return tensor.transpose(order + rest).reshape(2 ** len(order), -1).sum(axis=1)
