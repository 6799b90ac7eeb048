"""Right backends over a few lines of numpy, in all conventions."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from host.backends._bridge import BridgeAdapter, lines

PAULI = {"x": [[0, 1], [1, 0]], "y": [[0, -1j], [1j, 0]], "z": [[1, 0], [0, -1]]}


def turn(axis: str, angle: float) -> np.ndarray:
    return np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * np.array(PAULI[axis])


def phase(angle: float) -> np.ndarray:
    return np.diag([1, np.exp(1j * angle)])


def block(matrix: Any) -> np.ndarray:
    result = np.eye(2 * len(matrix), dtype=complex)
    result[len(matrix) :, len(matrix) :] = matrix
    return result


SWAP = np.eye(4)[[0, 2, 1, 3]]
ISWAP = np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]])


def euler(theta: float, phi: float, lam: float) -> np.ndarray:
    cos, sin = np.cos(theta / 2), np.sin(theta / 2)
    return np.array(
        [
            [cos, -np.exp(1j * lam) * sin],
            [np.exp(1j * phi) * sin, np.exp(1j * (phi + lam)) * cos],
        ]
    )


def table() -> dict[str, Any]:
    """All gates; a native gate is a matrix and the qubits it acts on."""
    return {
        "h": lambda q: (np.array([[1, 1], [1, -1]]) / np.sqrt(2), (q,)),
        "x": lambda q: (PAULI["x"], (q,)),
        "y": lambda q: (PAULI["y"], (q,)),
        "z": lambda q: (PAULI["z"], (q,)),
        "s": lambda q: (phase(np.pi / 2), (q,)),
        "sdg": lambda q: (phase(-np.pi / 2), (q,)),
        "t": lambda q: (phase(np.pi / 4), (q,)),
        "tdg": lambda q: (phase(-np.pi / 4), (q,)),
        "sx": lambda q: (np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2, (q,)),
        "rx": lambda a, q: (turn("x", a), (q,)),
        "ry": lambda a, q: (turn("y", a), (q,)),
        "rz": lambda a, q: (turn("z", a), (q,)),
        "p": lambda a, q: (phase(a), (q,)),
        "u3": lambda theta, phi, lam, q: (euler(theta, phi, lam), (q,)),
        "cx": lambda q, r: (block(PAULI["x"]), (q, r)),
        "cz": lambda q, r: (block(PAULI["z"]), (q, r)),
        "swap": lambda q, r: (SWAP, (q, r)),
        "iswap": lambda q, r: (ISWAP, (q, r)),
        "cp": lambda a, q, r: (block(phase(a)), (q, r)),
        "crz": lambda a, q, r: (block(turn("z", a)), (q, r)),
        "rzz": lambda a, q, r: (np.diag(np.exp(np.array([-0.5j, 0.5j, 0.5j, -0.5j]) * a)), (q, r)),
        "ccx": lambda q, r, s: (block(block(PAULI["x"])), (q, r, s)),
        "cswap": lambda q, r, s: (block(SWAP), (q, r, s)),
        "matrix": lambda m, *q: (m, q),
    }


def run(n: int, gates: list[Any], start: np.ndarray | None = None) -> np.ndarray:
    """The state as a tensor, axis k being the simulator's qubit k."""
    tensor = np.zeros((2,) * n, dtype=complex)
    tensor[(0,) * n] = 1
    if start is not None:
        tensor = start.astype(complex)
    for matrix, qubits in gates:
        k = len(qubits)
        shaped = np.asarray(matrix, dtype=complex).reshape((2,) * (2 * k))
        tensor = np.moveaxis(
            np.tensordot(shaped, tensor, (range(k, 2 * k), qubits)), range(k), qubits
        )
    return tensor


class Big(BridgeAdapter):
    """Qubit 0 is the most significant bit."""

    name = "big"
    package = "numpy"
    modules = ("numpy",)
    bit_order = "big"
    max_qubits = 12
    max_matrix_qubits = 4

    def gates(self) -> dict[str, Any]:
        return table()

    def state(self, n: int, gates: list[Any]) -> Any:
        return run(n, gates).reshape(-1)


class Little(Big):
    """Qubit 0 is the least significant bit."""

    name = "little"
    bit_order = "little"

    def state(self, n: int, gates: list[Any]) -> Any:
        return run(n, gates).transpose(range(n)[::-1]).reshape(-1)


class Single(Big):
    """Single precision, and a state that comes as a column."""

    name = "single"
    precision = "single"

    def state(self, n: int, gates: list[Any]) -> Any:
        return run(n, gates).reshape(-1, 1).astype(np.complex64)


class Rounded(Little):
    """Amplitudes with three digits."""

    name = "rounded"
    precision = "rounded"

    def state(self, n: int, gates: list[Any]) -> Any:
        return np.round(super().state(n, gates), 3)


class Density(Big):
    """A density matrix only."""

    name = "density"
    max_qubits = 6
    max_density_qubits = 6
    state = BridgeAdapter.state

    def density(self, n: int, gates: list[Any]) -> Any:
        state = run(n, gates).reshape(-1)
        return np.outer(state, state.conj())


def mixed(n: int, gates: list[Any]) -> np.ndarray:
    """The density matrix by Kraus operators; a channel is a list of them and its qubits."""
    rho = np.zeros((2,) * (2 * n), dtype=complex)
    rho[(0,) * (2 * n)] = 1
    for matrix, qubits in gates:
        operators = matrix if isinstance(matrix, tuple) else (matrix,)
        rho = sum(_both(rho, np.asarray(one, dtype=complex), qubits, n) for one in operators)
    return rho.reshape(2**n, 2**n)


def _both(rho: np.ndarray, matrix: np.ndarray, qubits: tuple[int, ...], n: int) -> np.ndarray:
    k = len(qubits)
    for gate, places in ((matrix, qubits), (matrix.conj(), tuple(n + q for q in qubits))):
        shaped = gate.reshape((2,) * (2 * k))
        rho = np.moveaxis(np.tensordot(shaped, rho, (range(k, 2 * k), places)), range(k), places)
    return rho


def depolarizing(p: float) -> tuple[np.ndarray, ...]:
    """Kraus operators of ρ → (1 - p)ρ + p/3 (XρX + YρY + ZρZ)."""
    paulis = [np.sqrt(p / 3) * np.array(PAULI[axis]) for axis in "xyz"]
    return (np.sqrt(1 - p) * np.eye(2), *paulis)


class Noisy(Little):
    """A state, a density matrix of its own, and depolarising noise that it shows."""

    name = "noisy"
    max_density_qubits = 6
    noise = ("density",)

    def gates(self) -> dict[str, Any]:
        return {**table(), "depolarize": lambda p, q: (depolarizing(p), (q,))}

    def density(self, n: int, gates: list[Any]) -> Any:
        tensor = mixed(n, gates).reshape((2,) * (2 * n))
        axes = [*range(n - 1, -1, -1), *range(2 * n - 1, n - 1, -1)]
        return tensor.transpose(axes).reshape(2**n, 2**n)


class Strong(Noisy):
    """Its noise counts the probability in another way than it says."""

    name = "strong"

    def gates(self) -> dict[str, Any]:
        return {**table(), "depolarize": lambda p, q: (depolarizing(0.75 * p), (q,))}


class Together(Little):
    """Takes several circuits in one call."""

    name = "together"
    batch_gives = "states"
    calls: ClassVar[list[int]] = []

    def batch(self, n: int, circuits: list[list[Any]], shots: int, seed: int) -> Any:
        self.calls.append(len(circuits))
        return [self.state(n, gates) for gates in circuits]


class Shuffled(Together):
    """Gives the results of a batch in another order."""

    name = "shuffled"

    def batch(self, n: int, circuits: list[list[Any]], shots: int, seed: int) -> Any:
        return [self.state(n, gates) for gates in reversed(circuits)]


class Counts(Big):
    """Counts only, little-endian keys over a big-endian numbering."""

    name = "counts"
    sample_order = "little"
    state = BridgeAdapter.state

    def sample(self, n: int, gates: list[Any], shots: int, seed: int) -> Any:
        weights = np.abs(run(n, gates).reshape(-1)) ** 2
        drawn = np.random.default_rng(seed).multinomial(shots, weights / weights.sum())
        return {format(i, f"0{n}b")[::-1]: int(k) for i, k in enumerate(drawn)}


class Probabilities(Little):
    """Probabilities only, as a dictionary without zeros."""

    name = "probabilities"
    state = BridgeAdapter.state

    def probabilities(self, n: int, gates: list[Any]) -> Any:
        weights = np.abs(Little.state(self, n, gates)) ** 2
        return {format(i, f"0{n}b"): p for i, p in enumerate(weights.tolist()) if p > 1e-14}


class Expectations(Counts):
    """Counts without chance: rounded expectations."""

    name = "expectations"
    sample_gives = "expectations"
    seeded = False

    def sample(self, n: int, gates: list[Any], shots: int, seed: int) -> Any:
        weights = np.abs(run(n, gates).reshape(-1)) ** 2
        return {format(i, f"0{n}b")[::-1]: round(p * shots) for i, p in enumerate(weights.tolist())}


class Rows(Little):
    """A state, and a sampler of its own that gives rows of bits and takes no seed."""

    name = "rows"
    seeded = False
    sample_order = "big"

    def sample(self, n: int, gates: list[Any], shots: int, seed: int) -> Any:
        weights = np.abs(run(n, gates).reshape(-1)) ** 2
        drawn = np.random.default_rng().choice(2**n, size=shots, p=weights / weights.sum())
        return [[int(bit) for bit in format(index, f"0{n}b")] for index in drawn]


class Text(Little):
    """Reads lines of text, with its own names and half turns."""

    name = "text"
    max_matrix_qubits = 0

    def gates(self) -> dict[str, Any]:
        return {
            **lines(
                {
                    "h": "hadamard {q0}",
                    "x": "not {q0}",
                    "cx": "cnot {q0} {q1}",
                    "p": "phase {p0} {q0}",
                }
            ),
            "ry": lambda a, q: f"turn {a / np.pi!r} {q}",
        }

    def state(self, n: int, gates: list[Any]) -> Any:
        own = table()
        native = []
        for word, *rest in (line.split() for line in gates):
            name = {"hadamard": "h", "not": "x", "cnot": "cx", "phase": "p", "turn": "ry"}[word]
            angles = (
                [float(rest.pop(0)) * (np.pi if name == "ry" else 1)] if name in ("p", "ry") else []
            )
            native.append(own[name](*angles, *map(int, rest)))
        return super().state(n, native)


class Few(Big):
    """The smallest sufficient table: one rotation, one matrix of exactly two qubits."""

    name = "few"
    max_matrix_qubits = 2

    def gates(self) -> dict[str, Any]:
        own = table()
        return {"u3": own["u3"], "x": own["x"], "matrix": lambda m, q, r: (m, (q, r))}


class CliffordT(Little):
    """No rotations: integrated with limits."""

    name = "clifford_t"
    max_matrix_qubits = 0
    refused = ("rx", "ry", "rz", "p", "u3", "cp", "crz", "rzz")

    def gates(self) -> dict[str, Any]:
        own = table()
        return {name: own[name] for name in ("h", "t", "s", "x", "cx")}


class Toffoli(Probabilities):
    """Real amplitudes only: no gate with a phase, so that hardly any published circuit runs."""

    name = "toffoli"
    max_matrix_qubits = 0
    refused = (
        *("s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "p", "u3"),
        *("iswap", "cp", "crz", "rzz"),
    )

    def gates(self) -> dict[str, Any]:
        own = table()
        return {name: own[name] for name in ("h", "x", "y", "z", "cx", "swap", "ccx")}


ALL = tuple(table())
RIGHT: dict[type[BridgeAdapter], tuple[str, ...]] = {
    Big: ALL,
    Little: ALL,
    Single: ALL,
    Rounded: ALL,
    Density: ALL,
    Noisy: ALL,
    Together: ALL,
    Counts: ALL,
    Probabilities: ALL,
    Expectations: ALL,
    Rows: ALL,
    Text: ALL,
    Few: ALL,
    CliffordT: tuple(name for name in ALL if name not in (*CliffordT.refused, "matrix")),
    Toffoli: tuple(name for name in ALL if name not in (*Toffoli.refused, "matrix")),
}
"""Right backends, and the gates that must run on each."""
