"""Gates written with other gates: which sets suffice, whether the result is right, and what is preferred."""

from __future__ import annotations

import numpy as np
import pytest
from host.backends._bridge import InvalidCircuit, Lowering, Operation
from host.backends._bridge.conformance import reference
from host.backends._bridge.gates import CORE, EXTRA, GATES
from host.backends._bridge.gates import unitary as bridge_unitary
from host.backends._bridge.synthesis import cosine_sine, decompose, diagonalise

SUFFICIENT = {
    "u3_cx": ("u3 cx", 0),
    "rz_ry_cx": ("rz ry cx", 0),
    "h_p_cx": ("h p cx", 0),
    "rz_sx_cx": ("rz sx cx", 0),
    "rx_rz_cz": ("rx rz cz", 0),
    "rx_ry_cp": ("rx ry cp", 0),
    "h_rx_rzz": ("h rx rzz", 0),
    "h_rz_crz": ("h rz crz", 0),
    "u3_iswap": ("u3 iswap", 0),
    "matrix1_cz": ("matrix cz", 1),
    "matrix2": ("matrix", 2),
    "everything": (" ".join(CORE), 0),
}
INSUFFICIENT = {
    "clifford": ("h s cx", "t rx rz u3 ccx cp rzz crz"),
    "clifford_iswap": ("h s sx cz swap iswap", "t rx p cswap"),
    "clifford_t": ("h t cx", "rx ry rz p u3 cp crz rzz"),
    "toffoli": ("x h ccx cx", "t s rz iswap"),
    "diagonal": ("rz cx", "h x ry u3 ccx"),
    "real": ("rx cx", "h z rz t cz swap_not"),
    "one_qubit": ("u3", "cx cz swap ccx"),
}


def product(operations: list[Operation], qubits: int) -> np.ndarray:
    """The unitary of operations, column by column, with the tests' own reference."""
    columns = []
    for index in range(2**qubits):
        flips = [("x", (), (q,)) for q in range(qubits) if index >> (qubits - 1 - q) & 1]
        columns.append(reference.state([*flips, *operations], qubits))
    return np.array(columns).T


def distance(first: np.ndarray, second: np.ndarray) -> float:
    """Largest difference of an entry, up to one phase."""
    overlap = np.vdot(first, second)
    return float(np.abs(first * overlap / abs(overlap) - second).max())


def expected(name: str, parameters: tuple[float, ...], qubits: tuple[int, ...]) -> np.ndarray:
    matrix = bridge_unitary(name, parameters)
    return product([Operation("matrix", (matrix,), qubits)], len(qubits))


@pytest.mark.parametrize(("names", "size"), SUFFICIENT.values(), ids=SUFFICIENT)
@pytest.mark.parametrize("name", GATES)
def test_sufficient_sets_give_every_gate(names: str, size: int, name: str) -> None:
    native = set(names.split())
    lowering = Lowering(native, size)
    generator = np.random.default_rng(len(name))
    gate = GATES[name]
    for _ in range(3):
        parameters = tuple(generator.uniform(-7, 7, gate.parameters))
        qubits = tuple(int(q) for q in generator.permutation(gate.qubits))
        operations = lowering.expand(Operation(name, parameters, qubits))
        assert {operation.name for operation in operations} <= native
        assert all(len(found.qubits) <= size for found in operations if found.name == "matrix")
        assert (
            distance(product(operations, gate.qubits), expected(name, parameters, qubits)) < 1e-12
        )


@pytest.mark.parametrize(("names", "size"), SUFFICIENT.values(), ids=SUFFICIENT)
@pytest.mark.parametrize("qubits", [1, 2, 3])
def test_sufficient_sets_give_every_matrix(names: str, size: int, qubits: int) -> None:
    lowering = Lowering(names.split(), size)
    generator = np.random.default_rng(qubits)
    shape = (2**qubits, 2**qubits)
    for places in (tuple(range(qubits)), tuple(range(qubits))[::-1]):
        matrix = np.linalg.qr(generator.normal(size=shape) + 1j * generator.normal(size=shape))[0]
        operation = Operation("matrix", (matrix,), places)
        assert (
            distance(product(lowering.expand(operation), qubits), product([operation], qubits))
            < 1e-11
        )


@pytest.mark.parametrize(("names", "refused"), INSUFFICIENT.values(), ids=INSUFFICIENT)
def test_insufficient_sets_refuse_and_say_so(names: str, refused: str) -> None:
    lowering = Lowering(names.split())
    for name in refused.split():
        if name not in GATES:
            continue
        assert not lowering.can(name)
        operation = Operation(
            name, (0.3,) * GATES[name].parameters, tuple(range(GATES[name].qubits))
        )
        with pytest.raises(InvalidCircuit, match=rf"^{name}.*gates of this backend") as error:
            lowering.expand(operation)
        assert all(own in str(error.value) for own in names.split())


def test_insufficient_sets_are_right_where_they_reach() -> None:
    for names, _ in INSUFFICIENT.values():
        lowering = Lowering(names.split())
        for name in lowering.runnable():
            gate = GATES[name]
            parameters, qubits = (0.4, -1.3, 2.1)[: gate.parameters], tuple(range(gate.qubits))
            operations = lowering.expand(Operation(name, parameters, qubits))
            assert (
                distance(product(operations, gate.qubits), expected(name, parameters, qubits))
                < 1e-12
            )
        assert set(lowering.runnable()) | set(lowering.refused()) == set(GATES)


def test_clifford_and_t_reach_what_they_can() -> None:
    assert Lowering(["h", "t", "cx"]).refused() == [
        *("rx", "ry", "rz", "p", "u3", "cp", "crz", "rzz"),
        *("u2", "crx", "cry", "cu3", "rxx", "ryy"),
    ]


def test_own_gates_stay_as_written() -> None:
    lowering = Lowering(CORE)
    for name, gate in CORE.items():
        operation = Operation(name, (0.3, 0.2, 0.1)[: gate.parameters], tuple(range(gate.qubits)))
        assert lowering.expand(operation) == [operation]


@pytest.mark.parametrize(
    ("names", "size", "name", "written"),
    [
        ("h p cx cp", 0, "rzz", ["p", "p", "cp"]),
        ("h rx ry rz cx cz matrix", 2, "rzz", ["matrix"]),
        ("h rx ry rz cx cz matrix", 2, "iswap", ["matrix"]),
        ("h rx ry rz cx cz matrix", 3, "ccx", ["matrix"]),
        ("h rx ry rz cx matrix", 1, "u3", ["matrix"]),
        ("h rx ry rz cx cp", 0, "cz", ["cp"]),
        ("h p cx", 0, "t", ["p"]),
        ("h t cx swap ccx", 0, "cswap", ["cx", "ccx", "cx"]),
    ],
)
def test_the_cheapest_way_is_taken(names: str, size: int, name: str, written: list[str]) -> None:
    """One matrix rather than five gates, one phase rather than a chain."""
    gate = GATES[name]
    operation = Operation(name, (0.3,) * gate.parameters, tuple(range(gate.qubits)))
    assert [found.name for found in Lowering(names.split(), size).expand(operation)] == written


def test_matrices_of_exactly_two_qubits() -> None:
    lowering = Lowering(["u3", "cx", "matrix"], 2, 2)
    one = lowering.expand(Operation("matrix", (bridge_unitary("h"),), (0,)))
    assert [found.name for found in one] == ["u3"]
    assert [found.name for found in lowering.expand(Operation("crz", (0.3,), (0, 1)))] == ["matrix"]


@pytest.mark.parametrize("name", [*CORE, *EXTRA])
def test_matrices_without_generic_entries(name: str) -> None:
    """Diagonal, permuting, real and degenerate matrices, where decompositions tend to break."""
    gate = GATES[name]
    for parameters in (
        (0.0,) * gate.parameters,
        (np.pi,) * gate.parameters,
        (2 * np.pi,) * gate.parameters,
    ):
        operation = Operation(
            "matrix", (bridge_unitary(name, parameters),), tuple(range(gate.qubits))
        )
        operations = Lowering(["u3", "cx"]).expand(operation) or [Operation("rz", (0.0,), (0,))]
        assert distance(product(operations, gate.qubits), product([operation], gate.qubits)) < 1e-12


def test_a_controlled_gate_costs_two_controlled_x() -> None:
    matrix = np.eye(4, dtype=complex)
    matrix[2:, 2:] = bridge_unitary("u3", (0.3, 0.2, 0.1))
    operations = Lowering(["u3", "cx", "rz", "ry"]).expand(Operation("matrix", (matrix,), (0, 1)))
    assert sum(found.name == "cx" for found in operations) == 2


def test_identity_needs_nothing_or_is_right() -> None:
    for qubits in (1, 2, 3):
        operation = Operation("matrix", (np.eye(2**qubits, dtype=complex),), tuple(range(qubits)))
        operations = Lowering(["u3", "cx"]).expand(operation)
        assert not [found for found in operations if found.name == "cx"]


def test_cosine_sine_of_random_and_degenerate_matrices() -> None:
    generator = np.random.default_rng(2)
    random = np.linalg.qr(generator.normal(size=(8, 8)) + 1j * generator.normal(size=(8, 8)))[0]
    permutation = np.eye(8)[generator.permutation(8)].astype(complex)
    for matrix in (
        random,
        permutation,
        np.kron(bridge_unitary("h"), np.eye(4)),
        np.roll(np.eye(8), 4, axis=0) + 0j,
    ):
        (a, b), thetas, (c, d) = cosine_sine(matrix)
        cos, sin = np.diag(np.cos(thetas / 2)), np.diag(np.sin(thetas / 2))
        zero = np.zeros((4, 4))
        again = (
            np.block([[a, zero], [zero, b]])
            @ np.block([[cos, -sin], [sin, cos]])
            @ np.block([[c, zero], [zero, d]])
        )
        assert np.abs(again - matrix).max() < 1e-12


def test_eigenvectors_of_degenerate_unitaries_are_orthonormal() -> None:
    for matrix in (
        np.eye(4),
        np.diag([1, -1, 1j, -1j]),
        np.kron(bridge_unitary("x"), bridge_unitary("h")),
    ):
        vectors, phases = diagonalise(np.asarray(matrix, dtype=complex))
        assert np.abs(vectors.conj().T @ vectors - np.eye(4)).max() < 1e-12
        assert np.abs((vectors * np.exp(1j * phases)) @ vectors.conj().T - matrix).max() < 1e-12


def test_a_matrix_on_too_many_qubits_is_refused() -> None:
    with pytest.raises(InvalidCircuit, match="matrix on qubits"):
        Lowering(["u3", "cx"]).expand(Operation("matrix", (np.eye(2**9),), tuple(range(9))))
    assert decompose(np.eye(16, dtype=complex), (0, 1, 2, 3))
