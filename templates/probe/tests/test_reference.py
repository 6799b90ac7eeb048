"""The reference against formulas written in another way."""

import cmath
import math

import numpy as np
import pytest

from reference import ARITY, permuted, simulate, unitary

X = np.array([[0, 1], [1, 0]])
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1])
ANGLES = (0.7, 1.9, -2.3)


def exponential(hermitian: np.ndarray, theta: float) -> np.ndarray:
    """exp(-i theta/2 P) through eigenvalues."""
    values, vectors = np.linalg.eigh(hermitian)
    return vectors @ np.diag(np.exp(-0.5j * theta * values)) @ vectors.conj().T


@pytest.mark.parametrize("gate", ARITY)
def test_every_gate_is_unitary(gate: str) -> None:
    qubits, parameters = ARITY[gate]
    matrix = unitary(gate, ANGLES[:parameters])
    assert matrix.shape == (2**qubits, 2**qubits)
    assert np.allclose(matrix.conj().T @ matrix, np.eye(2**qubits), atol=1e-14)


@pytest.mark.parametrize(
    ("gate", "hermitian"), [("rx", X), ("ry", Y), ("rz", Z), ("rzz", np.kron(Z, Z))]
)
def test_rotations_are_exponentials(gate: str, hermitian: np.ndarray) -> None:
    assert np.allclose(unitary(gate, (0.7,)), exponential(hermitian, 0.7), atol=1e-14)


def test_fixed_gates_by_their_relations() -> None:
    assert np.allclose(unitary("sx") @ unitary("sx"), X)
    assert np.allclose(unitary("t") @ unitary("t"), unitary("s"))
    assert np.allclose(unitary("s") @ unitary("sdg"), np.eye(2))
    assert np.allclose(unitary("h") @ Z @ unitary("h"), X)
    assert np.allclose(unitary("u3", (math.pi / 2, 0, math.pi)), unitary("h"))
    theta, phi, lam = ANGLES
    parts = unitary("rz", (phi,)) @ unitary("ry", (theta,)) @ unitary("rz", (lam,))
    assert np.allclose(unitary("u3", ANGLES), cmath.exp(0.5j * (phi + lam)) * parts)


def test_controls_are_the_first_qubits() -> None:
    assert np.argmax(np.abs(simulate([("x", (0,), ()), ("cx", (0, 1), ())], 2))) == 0b11
    assert np.argmax(np.abs(simulate([("x", (1,), ()), ("cx", (0, 1), ())], 2))) == 0b01
    assert np.allclose(permuted(unitary("cx"), (1, 0)) @ permuted(unitary("cx"), (1, 0)), np.eye(4))
    controlled = np.kron(np.diag([1, 0]), np.eye(2)) + np.kron(
        np.diag([0, 1]), unitary("rz", (0.7,))
    )
    assert np.allclose(unitary("crz", (0.7,)), controlled)


def test_simulation_of_gates_apart_is_a_kronecker_product() -> None:
    state = simulate([("ry", (2,), (0.4,)), ("rx", (0,), (1.1,))], 3)
    wanted = np.kron(np.kron(unitary("rx", (1.1,)), np.eye(2)), unitary("ry", (0.4,)))[:, 0]
    assert np.allclose(state, wanted)


def test_a_matrix_on_reordered_qubits() -> None:
    swapped = simulate([("h", (0,), ()), ("t", (0,), ()), (unitary("cx"), (2, 0), ())], 3)
    named = simulate([("h", (0,), ()), ("t", (0,), ()), ("cx", (2, 0), ())], 3)
    assert np.allclose(swapped, named)


def test_wrong_number_of_angles() -> None:
    with pytest.raises(ValueError, match="rx takes 1 angles, not 2"):
        unitary("rx", (1, 2))
