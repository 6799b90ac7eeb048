"""An independent look at a generated backend, run in the sandbox in place of the backend's own tests.

Random circuits of the gates that the backend says it runs go through its adapter and through a few lines of numpy that
share nothing with it, with the probe or with the suite: gate by gate on random places of five qubits, then mixed, then
drawn counts. `wrong` names gates and conventions that differ, `circuits` says how many were compared, `cost` is the
time of the adapter beside the simulator's own call (see `bench/adapter.py`).
"""

from __future__ import annotations

import importlib
import json
import sys
from cmath import exp, pi
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest

R2 = 2**-0.5
FIXED: dict[str, list[list[complex]]] = {
    "h": [[R2, R2], [R2, -R2]],
    "x": [[0, 1], [1, 0]],
    "y": [[0, -1j], [1j, 0]],
    "z": [[1, 0], [0, -1]],
    "s": [[1, 0], [0, 1j]],
    "sdg": [[1, 0], [0, -1j]],
    "t": [[1, 0], [0, exp(0.25j * pi)]],
    "tdg": [[1, 0], [0, exp(-0.25j * pi)]],
    "sx": [[0.5 + 0.5j, 0.5 - 0.5j], [0.5 - 0.5j, 0.5 + 0.5j]],
    "swap": [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]],
    "iswap": [[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]],
}
ANGLES = {"rx": 1, "ry": 1, "rz": 1, "p": 1, "u3": 3, "cp": 1, "crz": 1, "rzz": 1}
CONTROLLED = {"cx": "x", "cz": "z", "ccx": "cx", "cp": "p", "crz": "rz", "cswap": "swap"}
NAMES = [*FIXED, *ANGLES, *[name for name in CONTROLLED if name not in ANGLES]]
# A simulator of single precision loses some digits; one that rounds gives three decimals at least.
TOLERANCE = {"double": 1e-7, "single": 2e-4, "rounded": 2e-2}
WIDTH = 5


def unitary(name: str, angles: tuple[float, ...]) -> np.ndarray:
    """The unitary of a gate on its qubits, the first of which is the most significant bit; angles in radians."""
    if name in CONTROLLED:
        inner = unitary(CONTROLLED[name], angles)
        return np.kron([[1, 0], [0, 0]], np.eye(len(inner))) + np.kron([[0, 0], [0, 1]], inner)
    if name in FIXED:
        return np.array(FIXED[name], dtype=complex)
    if name == "u3":
        theta, phi, lam = angles
        return unitary("p", (phi,)) @ unitary("ry", (theta,)) @ unitary("p", (lam,))
    (angle,) = angles
    if name == "p":
        return np.diag([1, exp(1j * angle)])
    if name == "rzz":
        return np.diag(np.exp(-0.5j * angle * np.array([1, -1, -1, 1])))
    pauli = unitary(name[1], ())
    return np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * pauli


Circuit = list[tuple[str, tuple[float, ...], tuple[int, ...]]]


def expected(qubits: int, circuit: Circuit) -> np.ndarray:
    """The state after a circuit; qubit 0 is the most significant bit of an index."""
    state = np.zeros([2] * qubits, dtype=complex)
    state[(0,) * qubits] = 1
    for name, angles, places in circuit:
        matrix = unitary(name, angles).reshape([2] * 2 * len(places))
        axes = range(len(places), 2 * len(places))
        state = np.tensordot(matrix, state, (list(axes), list(places)))
        state = np.moveaxis(state, range(len(places)), places)
    return state.reshape(-1)


class Checker:
    """Runs circuits through a backend and notes what differs."""

    def __init__(self, backend: Any, program: Any, seed: int) -> None:
        self.backend, self.program = backend, program
        self.random = np.random.default_rng(seed)
        self.runs: set[str] = set(backend.get_supported_gates()) & set(NAMES)
        self.circuits = 0
        self.wrong: list[str] = []
        self.exact = next((kind for kind in ("state", "density") if backend.has(kind)), None)

    def gate(self, name: str, qubits: int) -> tuple[str, tuple[float, ...], tuple[int, ...]]:
        """A gate with random angles on random places."""
        size = len(unitary(name, (0.0,) * ANGLES.get(name, 0))).bit_length() - 1
        angles = tuple(float(a) for a in self.random.uniform(-2 * pi, 2 * pi, ANGLES.get(name, 0)))
        return name, angles, tuple(int(q) for q in self.random.permutation(qubits)[:size])

    def mixture(self, qubits: int) -> Circuit:
        """Gates that put every qubit into a state of its own, without any symmetry where that can be had."""
        turns = [name for name in ("ry", "rx", "rz", "t") if name in self.runs]
        circuit: Circuit = [("h", (), (q,)) for q in range(qubits)]
        for turn in turns[:2]:
            for q in range(qubits):
                angles = (float(self.random.uniform(0.4, 2.4)),) if turn in ANGLES else ()
                repeats = 1 if turn in ANGLES else 1 + q % 3
                circuit += [(turn, angles, (q,))] * repeats
                if turn in ("rz", "t"):
                    circuit.append(("h", (), (q,)))
        return circuit

    def run(self, qubits: int, circuit: Circuit, **options: Any) -> dict[str, Any]:
        """What the adapter gives for a circuit; with shots, of a measurement of all qubits."""
        program = self.program(qubits)
        for name, angles, places in circuit:
            program.add(name, *places, parameters=angles)
        if "shots" in options:
            program.measure("all", *range(qubits))
        self.circuits += 1
        return self.backend.execute(program, options).data

    def differs(self, qubits: int, circuit: Circuit) -> str | None:
        """How the backend's answer differs from what is expected, or None."""
        right = expected(qubits, circuit)
        tolerance = TOLERANCE[self.backend.precision]
        if self.exact == "state":
            overlap = abs(np.vdot(right, self.run(qubits, circuit)["statevector"])) ** 2
            return None if abs(1 - overlap) < tolerance else f"fidelity {overlap:.3g}"
        if self.exact == "density":
            data = self.run(qubits, circuit, simulator_type="density_matrix")["density_matrix"]
            error = float(np.abs(data - np.outer(right, right.conj())).max())
            return None if error < tolerance else f"an entry is off by {error:.2g}"
        return self.counts_differ(qubits, circuit)

    def counts_differ(self, qubits: int, circuit: Circuit, shots: int = 8192) -> str | None:
        """Whether drawn counts are too far from the probabilities: chi-square beyond 7 standard deviations."""
        weights = np.abs(expected(qubits, circuit)) ** 2
        counts = self.run(qubits, circuit, shots=shots, seed=int(self.random.integers(2**31)))[
            "counts"
        ]
        got = np.zeros(2**qubits)
        for key, times in counts.items():
            got[int(str(key), 2)] += times
        if got.sum() != shots:
            return f"{int(got.sum())} of {shots} shots came back"
        wanted = weights * shots
        if got[wanted < 1e-6].sum() > 0:
            return "outcomes that cannot be"
        seen = wanted > 1e-6
        distance = float(((got[seen] - wanted[seen]) ** 2 / wanted[seen]).sum())
        freedom = max(1, int(seen.sum()) - 1)
        rare = float((1 / wanted[seen]).sum())  # rare outcomes widen the distribution of chi-square
        bound = freedom + 7 * np.sqrt(2 * freedom + rare)
        return None if distance < bound else f"chi-square {distance:.0f} of {freedom}"

    def look(self, what: str, qubits: int, circuit: Circuit, compare: Any = None) -> None:
        """Compare one circuit; a difference is noted once for each thing."""
        try:
            found = (compare or self.differs)(qubits, circuit)
        except Exception as error:  # noqa: BLE001 - whatever a simulator raises is a result
            found = f"{type(error).__name__}: {error}"[:300]
        if found is not None and not any(line.startswith(f"{what}: ") for line in self.wrong):
            self.wrong.append(f"{what}: {found}")

    def check(self, seconds: float) -> None:
        """All comparisons, as many as fit into the time; the first of each kind are made in any case."""
        finish = perf_counter() + seconds
        width = min(WIDTH, self.backend.max_qubits)
        fits = [name for name in NAMES if name in self.runs and len(self.gate(name, 3)[2]) <= width]
        for turn in range(3):
            for name in fits:
                if turn and perf_counter() > finish:
                    break
                mixed = self.mixture(width)
                self.look(name, width, [*mixed, self.gate(name, width), *self.mixture(width)])
        for depth, qubits in [
            (6, 2),
            (9, 3),
            (12, width),
            (20, width),
            (30, min(7, self.backend.max_qubits)),
        ]:
            if perf_counter() > finish:
                break
            usable = [name for name in fits if len(self.gate(name, 3)[2]) <= qubits]
            circuit = self.mixture(qubits)
            circuit += [self.gate(str(self.random.choice(usable)), qubits) for _ in range(depth)]
            self.look(f"random circuit on {qubits} qubits", qubits, circuit)
        # One idle qubit, and a state without symmetry: the order of counts shows.
        circuit = [gate for gate in self.mixture(width) if gate[2] != (width - 1,)]
        self.look("counts", width, circuit, self.counts_differ)


def look_at(module: str, name: str, seconds: float, seed: int) -> dict[str, Any]:
    """Check a backend and measure its cost.

    Args:
        module: The target's backends package, such as `proxima.backends`.
        name: The backend.
        seconds: Time for the comparisons.
        seed: Of the random circuits.
    """
    # Beside this file, wherever the test run takes its modules from.
    sys.path.insert(0, str(Path(__file__).parent))
    from adapter import load_backend, measure

    backend = load_backend(module.rpartition(".")[0], name)
    program = importlib.import_module(f"{module}._bridge").Program
    checker = Checker(backend, program, seed)
    checker.check(seconds)
    result: dict[str, Any] = {"wrong": checker.wrong, "circuits": checker.circuits}
    try:
        row = measure(backend, None, min(10, backend.max_qubits), 1.0)
        result["cost"] = {key: row[key] for key in ("qubits", "adapter_ms", "native_ms", "ratio")}
    except Exception as error:  # noqa: BLE001 - a gate of the layers may be refused
        result["no_cost"] = f"{type(error).__name__}: {error}"[:300]
    return result


def test_look_at_the_backend() -> None:
    """Hand the result over as the reason of a skipped test: only the report leaves the sandbox."""
    settings = json.loads(Path(__file__).with_name("population_check.json").read_text("utf-8"))
    pytest.skip(json.dumps(look_at(**settings)))
