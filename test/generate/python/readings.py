"""Runs drivers on a small simulator that answers in many forms: by the interpreter and the probe's decoder, and by the adapter.

In: {"templates", "cases": [{"driver", "adapter", "reading"}]}. Out: [{"measured", "adapted", "limited"}], the largest
deviation of each from what is right (of samples: half the sum of deviations of the frequencies), and what the adapter says
when no shots are asked for.
"""

import importlib
import importlib.machinery
import json
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

N, SHOTS = 3, 4096
CIRCUIT = [("h", (0,), ()), ("rx", (1,), (0.7,)), ("cx", (0, 2), ()), ("x", (2,), ()), ("rx", (2,), (1.1,))]


def matrix_of(gate: str, angle: float = 0.0) -> np.ndarray:
    """Unitary of a gate on one qubit."""
    cos, sin = np.cos(angle / 2), -1j * np.sin(angle / 2)
    return {"h": np.array([[1, 1], [1, -1]]) / 2**0.5, "x": np.eye(2)[::-1], "rx": np.array([[cos, sin], [sin, cos]])}[
        gate
    ]


class Circuit:
    """A circuit; `little`: qubit 0 is the least significant bit."""

    def __init__(self, n: int, little: bool) -> None:
        self.n, self.little = n, little
        self.matrix = np.eye(2**n, dtype=complex)

    def _apply(self, matrix: np.ndarray, target: int, control: int | None = None) -> None:
        on, off = np.array([[1]]), np.array([[1]])
        for place in range(self.n):
            qubit = self.n - 1 - place if self.little else place
            on = np.kron(on, matrix if qubit == target else np.diag([0, 1]) if qubit == control else np.eye(2))
            off = np.kron(off, np.diag([1, 0]) if qubit == control else np.eye(2))
        self.matrix = (on if control is None else on + off) @ self.matrix

    def h(self, q):
        self._apply(matrix_of("h"), q)

    def x(self, q):
        self._apply(matrix_of("x"), q)

    def rx(self, angle, q):
        self._apply(matrix_of("rx", angle), q)

    def cx(self, control, target):
        self._apply(matrix_of("x"), target, control)

    def _key(self, index):
        return format(index, f"0{self.n}b")

    def _state(self):
        return self.matrix[:, 0]

    def _weights(self):
        return np.abs(self._state()) ** 2

    def amplitude_dict(self):
        return {self._key(i): complex(a) for i, a in enumerate(self._state()) if abs(a) > 1e-12}

    def tuple_dict(self):
        return {tuple(map(int, self._key(i))): complex(a) for i, a in enumerate(self._state()) if abs(a) > 1e-12}

    def records(self):
        return [SimpleNamespace(state=self._key(i), amplitude=a) for i, a in enumerate(self._state()) if abs(a) > 1e-12]

    def pair_list(self):
        return [(a.real, a.imag) for a in self._state().tolist()]

    def column(self):
        return self._state().reshape(-1, 1)

    def axes_list(self):
        return self._state().reshape((2,) * self.n).tolist()

    def tensor(self):
        return SimpleNamespace(detach=lambda: SimpleNamespace(numpy=self._state))

    def unitary_array(self):
        return self.matrix

    def unitary_lists(self):
        return self.matrix.tolist()

    def density_lists(self):
        return np.outer(self._state(), self._state().conj()).tolist()

    def probability_dict(self):
        return {self._key(i): float(p) for i, p in enumerate(self._weights()) if p > 1e-12}

    def probability_list(self):
        return self._weights().tolist()

    def _times(self, shots, seed):
        return np.random.default_rng(seed).multinomial(shots, self._weights()).tolist()

    def _drawn(self, shots, seed):
        return np.random.default_rng(seed).choice(2**self.n, size=shots, p=self._weights())

    def count_dict(self, shots, seed):
        return {f"|{self._key(i)}>": times for i, times in enumerate(self._times(shots, seed)) if times}

    def count_list(self, shots, seed):
        return self._times(shots, seed)

    def count_records(self, shots, seed):
        return [{"bitstring": self._key(i), "count": times} for i, times in enumerate(self._times(shots, seed)) if times]

    def expected(self, shots, _seed):
        return {self._key(i): round(p * shots) for i, p in enumerate(self._weights().tolist())}

    def rows(self, shots, seed):
        return [list(map(int, self._key(i))) for i in self._drawn(shots, seed)]

    def texts(self, shots, seed):
        return [self._key(i) for i in self._drawn(shots, seed)]

    def indexes(self, shots, seed):
        return self._drawn(shots, seed)

    def stream(self, shots, seed):
        return (self._key(i) for i in self._drawn(shots, seed))


def turned(vector: np.ndarray, order: str) -> np.ndarray:
    """A vector with qubit 0 as the most significant bit."""
    return vector.reshape((2,) * N).transpose().reshape(-1) if order == "little" else vector


def deviation(kind: str, found: np.ndarray, state: np.ndarray) -> float:
    """How far a result is from what is right; a global phase does not count."""
    if kind in ("state", "unitary"):
        return float(1 - abs(np.vdot(found, state)))
    if kind == "density":
        return float(np.abs(found - np.outer(state, state.conj())).max())
    return float(np.abs(found / found.sum() - np.abs(state) ** 2).sum() / 2)


def as_measured(language, decode, driver: dict, reading: dict) -> np.ndarray:
    """The result as the probe reads it, in our order."""
    operations = [language.Operation(gate, qubits, angles, None) for gate, qubits, angles in CIRCUIT]
    raw = language.execute(driver, operations, N, SHOTS, 7, reading)
    kind, order = reading["kind"], reading["order"]
    found = decode.decode_as(raw, N, kind)
    if kind == "density":
        return np.array([turned(row, order) for row in np.array([turned(column, order) for column in found.T]).T])
    return turned(found[:, 0] if kind == "unitary" else found, order)


def as_adapted(bridge, adapter, kind: str) -> tuple[np.ndarray, str]:
    """The result that a user gets, and what it says without shots where it gives no state."""
    program = bridge.Program(N)
    for gate, qubits, angles in CIRCUIT:
        program.add(gate, *qubits, parameters=angles)
    if kind in ("state", "unitary"):
        return adapter.execute(program).data["statevector"], ""
    if kind == "density":
        return adapter.execute(program).data["density_matrix"], ""
    first, again = (adapter.execute(program, shots=SHOTS, seed=7).data["counts"] for _ in range(2))
    if first != again:
        raise AssertionError("the seed has no effect")
    counts = np.zeros(2**N)
    for bits, times in first.items():
        counts[int(bits, 2)] = times
    try:
        adapter.execute(program)
    except Exception as error:
        return counts, str(error)
    raise AssertionError("a state came from nowhere")


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    templates = Path(request["templates"])
    module = ModuleType("formsim")
    module.Circuit = Circuit
    module.__spec__ = importlib.machinery.ModuleSpec("formsim", None)
    sys.modules["formsim"] = module
    sys.path.insert(0, str(templates / "probe"))
    language, decode = importlib.import_module("language"), importlib.import_module("decode")
    right = Circuit(N, False)
    for gate, qubits, angles in CIRCUIT:
        getattr(right, gate)(*angles, *qubits)
    answers = []
    with tempfile.TemporaryDirectory() as scratch:
        backends = Path(scratch) / "host" / "backends"
        backends.mkdir(parents=True)
        for name in ("base.py", "exceptions.py"):
            shutil.copy(templates / "target/src/proxima/backends" / name, backends / name)
        shutil.copytree(templates / "bridge", backends / "_bridge")
        sys.path.insert(0, scratch)
        bridge = importlib.import_module("host.backends._bridge")
        for index, case in enumerate(request["cases"]):
            folder = backends / f"case{index}"
            folder.mkdir()
            (folder / "adapter.py").write_text(case["adapter"])
            importlib.invalidate_caches()
            loaded = importlib.import_module(f"host.backends.case{index}.adapter")
            (adapter,) = [
                value()
                for value in vars(loaded).values()
                if isinstance(value, type) and value.__module__ == loaded.__name__
            ]
            reading = case["driver"][case["reading"]]
            measured = as_measured(language, decode, case["driver"], reading)
            adapted, limited = as_adapted(bridge, adapter, reading["kind"])
            state = right.matrix[:, 0]
            answers.append(
                {
                    "measured": deviation(reading["kind"], measured, state),
                    "adapted": deviation(reading["kind"], adapted, state),
                    "limited": limited,
                }
            )
    json.dump(answers, sys.stdout)


main()
