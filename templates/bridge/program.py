"""`Program`: the bridge's own circuit, what every reader produces and every backend is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from .errors import InvalidCircuit, TooManyQubits
from .gates import GATES

READABLE_QUBITS = 4096
"""No register is larger than this, whatever a text says; the limit of a backend is far below."""


class Operation(NamedTuple):
    """One gate on its qubits.

    `name` is a key of `gates.GATES`, or `"matrix"`; then `parameters` is one unitary of 2^k rows whose most significant
    index bit belongs to `qubits[0]`.
    """

    name: str
    parameters: tuple[Any, ...]
    qubits: tuple[int, ...]

    def __str__(self) -> str:
        """As people write it: `rx(0.3) on qubit 2`."""
        if self.name == "matrix":
            return f"matrix on qubits {', '.join(map(str, self.qubits))}"
        angles = (
            f"({', '.join(f'{value:.6g}' for value in self.parameters)})" if self.parameters else ""
        )
        return f"{self.name}{angles} on qubit{'s' * (len(self.qubits) > 1)} {', '.join(map(str, self.qubits))}"


class Measurement(NamedTuple):
    """One measurement key: the qubits as measured, and which of the bits are reported flipped."""

    key: str
    qubits: tuple[int, ...]
    inverted: tuple[bool, ...]


class Program:
    """A circuit on qubits 0 … n-1 that starts in |0…0⟩; qubit 0 is the most significant bit of a state index.

    Measurements stand at the end: a gate on a measured qubit is refused. Measuring a qubit again is allowed, as it
    gives the same bit.

    >>> program = Program(2).add("h", 0).add("cx", 0, 1).measure("m", 0, 1)
    """

    __slots__ = ("_seen", "_touched", "measured", "measurements", "operations", "qubits")

    def __init__(self, qubits: int) -> None:
        """An empty circuit of `qubits` ≥ 1 qubits."""
        if isinstance(qubits, bool) or not isinstance(qubits, int) or qubits < 1:
            raise InvalidCircuit(f"a circuit needs at least one qubit, not {qubits!r}")
        if qubits > READABLE_QUBITS:
            raise TooManyQubits(qubits, READABLE_QUBITS)
        self.qubits = qubits
        self.operations: list[Operation] = []
        self.measurements: dict[str, Measurement] = {}
        self.measured: set[int] = set()
        self._touched: set[int] = set()
        self._seen = 0

    def add(self, name: str, *qubits: int, parameters: Sequence[float] = ()) -> Program:
        """Append a named gate.

        Raises:
            InvalidCircuit: Unknown name, wrong number of qubits or parameters, a qubit twice or out of range, an
                angle that is not a finite number, or a qubit that was measured before.
        """
        gate = GATES.get(name) if isinstance(name, str) else None
        if gate is None:
            raise InvalidCircuit(f"unknown gate {name!r}; known are {', '.join(GATES)} and matrix")
        if len(qubits) != gate.qubits:
            raise InvalidCircuit(f"{name} acts on {gate.qubits} qubits, not on {len(qubits)}")
        if len(parameters) != gate.parameters:
            raise InvalidCircuit(
                f"{name} takes {gate.parameters} parameters, not {len(parameters)}"
            )
        angles = tuple(number(value, name) for value in parameters)
        return self.append(Operation(name, angles, self.checked(qubits, name)))

    def matrix(self, unitary: Any, *qubits: int) -> Program:
        """Append a unitary given by its entries; `qubits[0]` is the most significant bit of its index.

        Raises:
            InvalidCircuit: Not a unitary matrix of 2^k rows for k qubits, or bad qubits (see `add`).
        """
        return self.append(
            Operation(
                "matrix", (checked_unitary(unitary, len(qubits)),), self.checked(qubits, "matrix")
            )
        )

    def append(self, operation: Operation) -> Program:
        """Append an operation whose parts a reader has checked already."""
        if not self.measured.isdisjoint(operation.qubits):
            raise InvalidCircuit(
                f"{operation} stands after the measurement of the qubit; only measurements at the end can be run"
            )
        self.operations.append(operation)
        return self

    def measure(self, key: str, *qubits: int, inverted: Iterable[bool] = ()) -> Program:
        """Measure qubits under a key; the bits stand in the order given here.

        Raises:
            InvalidCircuit: The key is used already, there is no qubit, or bad qubits (see `add`).
        """
        if key in self.measurements:
            raise InvalidCircuit(
                f"measurement key {key!r} is used twice; give every measurement its own key"
            )
        if not qubits:
            raise InvalidCircuit(f"measurement {key!r} has no qubit")
        flags = tuple(bool(flag) for flag in inverted)
        flags += (False,) * (len(qubits) - len(flags))
        plain = self.checked(qubits, f"measurement {key!r}", distinct=False)
        self.measurements[key] = Measurement(key, plain, flags)
        self.measured.update(plain)
        return self

    def measure_registers(self, registers: Mapping[str, Mapping[int, int]]) -> Program:
        """Measure into classical registers, each of which becomes a key: register → {bit: qubit}, by ascending bit."""
        for name, bits in registers.items():
            if bits:
                self.measure(name, *(bits[bit] for bit in sorted(bits)))
        return self

    def is_untouched(self, qubit: int) -> bool:
        """Whether nothing has acted on the qubit yet, so that a reset of it changes nothing."""
        for operation in self.operations[self._seen :]:
            self._touched.update(operation.qubits)
        self._seen = len(self.operations)
        return qubit not in self.measured and qubit not in self._touched

    def checked(self, qubits: Sequence[Any], what: str, distinct: bool = True) -> tuple[int, ...]:
        """The qubits as plain ints, if they are in range and, where it matters, different."""
        for qubit in qubits:
            if (
                isinstance(qubit, bool)
                or not isinstance(qubit, int | np.integer)
                or not 0 <= qubit < self.qubits
            ):
                raise InvalidCircuit(
                    f"{what}: {qubit!r} is no qubit of a circuit with {self.qubits} qubits"
                )
        plain = tuple(int(qubit) for qubit in qubits)
        if distinct and len(set(plain)) != len(plain):
            raise InvalidCircuit(f"{what} names a qubit twice: {', '.join(map(str, plain))}")
        return plain

    def ordered_measurements(self) -> list[Measurement]:
        """The keys ordered by their lowest qubit: circuits of moments do not say which key was measured first."""
        return sorted(
            self.measurements.values(),
            key=lambda found: (min(found.qubits), found.qubits, found.key),
        )

    def __repr__(self) -> str:
        """Its size, not its gates."""
        return f"Program(qubits={self.qubits}, gates={len(self.operations)}, keys={list(self.measurements)})"


def number(value: Any, what: str) -> float:
    """A parameter as a finite float.

    Raises:
        InvalidCircuit: It is a symbol without a value, or not a finite real number.
    """
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidCircuit(
            f"{what} has the parameter {str(value)[:80]!r}, which is no number; give it a value in options['params']"
        ) from error
    if not isfinite(result):
        raise InvalidCircuit(f"{what} has the parameter {result}, which is not finite")
    return result


def checked_unitary(unitary: Any, qubits: int) -> np.ndarray:
    """A unitary of `qubits` qubits as a complex array.

    Raises:
        InvalidCircuit: Wrong shape, entries that are no numbers, or not unitary within 1e-6.
    """
    try:
        matrix = np.asarray(unitary, dtype=complex)
    except (TypeError, ValueError) as error:
        raise InvalidCircuit("a matrix gate has entries that are no numbers") from error
    if not qubits or matrix.shape != (2**qubits, 2**qubits):
        raise InvalidCircuit(
            f"a matrix gate on {qubits} qubits cannot have the shape {matrix.shape}"
        )
    # 1e-6: matrices typed with seven digits pass; anything worse would change probabilities visibly.
    if (
        not np.all(np.isfinite(matrix))
        or np.abs(matrix @ matrix.conj().T - np.eye(len(matrix))).max() > 1e-6
    ):
        raise InvalidCircuit("a matrix gate is not unitary")
    return matrix
