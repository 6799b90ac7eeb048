"""One simulator under measurement: runs circuits through a driver and says what gates are.

A session never trusts a name, an order or a phase. The order of qubits in a result is found from X
on each qubit. Moduli of a gate's unitary come from basis inputs; the phases between its columns
come from *one* run on a superposition, because a right simulator may drop or randomise the global
phase of each run, so that columns of different runs do not compare. Every comparison is up to one
phase per run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

import interference
from chisquare import chi_square, upper_tail
from decode import decode_as
from identify import (
    ANGLE_SETS,
    Identification,
    Measured,
    identify,
    identify_matrix,
    is_identity,
)
from language import Operation, execute
from reference import ARITY, Circuit, Matrix, random_unitary, simulate, unitary

#: Name under which a gate that is being measured stands in the driver.
CANDIDATE = "candidate"
#: Kinds of readings that hold amplitudes; the others are distributions.
AMPLITUDES = frozenset(("state", "unitary", "density"))
#: Kinds of readings that are drawn at random.
COUNTED = frozenset(("counts", "samples"))

#: Largest deviation that still names a gate while the precision is unknown. The nearest two
#: readings of a gate (nothing, and an angle of 1.1 degrees) differ by 0.0096.
LOOSE = 4e-3
#: Entry tolerance by precision. Rounding simulators: measured, at least the single tolerance.
TOLERANCE = {"double": 1e-8, "single": 1e-4}
#: A right simulator fails a chi-square test about once in a million.
SIGNIFICANCE = 1e-6

#: One-qubit gates that make a superposition of both inputs, best first.
SUPERPOSERS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("h", ()),
    ("ry", (math.pi / 2,)),
    ("rx", (math.pi / 2,)),
    ("sx", ()),
    ("u3", (math.pi / 2, 0.0, math.pi)),
)


class Refused(Exception):
    """What was measured is no gate on its qubits; the text says why."""


class Session:
    """Runs circuits of one driver on ``n`` qubits and reads results in our order.

    ``which`` chooses the driver's reading, ``"state"`` or ``"counts"``; by default the state, or
    the counts where there is no state. ``driver`` is read anew at each run: gates that are added to
    it later serve the next measurement. ``order`` is the measured order once ``establish``
    succeeded. ``reason`` says why the last ``establish`` or ``identify`` gave nothing.
    """

    def __init__(
        self, driver: dict[str, Any], n: int, which: str | None = None, shots: int = 4096
    ) -> None:
        self.driver = driver
        self.n = n
        self.reading: dict[str, Any] = driver[which or ("state" if "state" in driver else "counts")]
        self.kind: str = self.reading["kind"]
        self.order: str = self.reading["order"]
        self.shots = shots
        self.precision: str | None = None
        self.tolerance = LOOSE
        #: Whether the precision was seen in amplitudes of unequal moduli: normalising makes equal ones exact.
        self._seen_unequal = False
        self.runs = 0
        self.reason = ""
        self.measured: list[Measured] = []
        self._extra: dict[str, Any] = {}
        self._claim: str | None = None

    @property
    def has_amplitudes(self) -> bool:
        """Whether results are states; otherwise they are distributions."""
        return self.kind in AMPLITUDES

    # ---------------------------------------------------------------- running

    def raw(self, circuit: Circuit, shots: int | None = None, seed: int | None = None) -> Any:
        """The native value of one run, undecoded. Whatever the simulator raises passes through."""
        self.runs += 1
        if shots is None:
            shots = self.shots if self.kind in COUNTED else 0
        driver = self.driver
        if self._extra:
            driver = {**driver, "gates": {**driver["gates"], **self._extra}}
        operations = [self.operation(*step) for step in circuit]
        seed = self.runs if seed is None else seed
        return execute(driver, operations, self.n, shots, seed, self.reading)

    def operation(
        self, gate: str | Matrix, qubits: Sequence[int], parameters: Sequence[float]
    ) -> Operation:
        """One step of a circuit, with its matrix where a gate of this name takes as many."""
        if not isinstance(gate, str):
            return Operation("matrix", tuple(qubits), (), gate)
        claim = self._claim if gate == CANDIDATE else gate
        matrix = unitary(claim, parameters) if _takes(claim, len(qubits), parameters) else None
        return Operation(gate, tuple(qubits), tuple(parameters), matrix)

    def result(
        self, circuit: Circuit, shots: int | None = None, seed: int | None = None
    ) -> np.ndarray:
        """A state (complex) or a distribution (float; counts stay counts), 2^n, qubit 0 first."""
        native = decode_as(self.raw(circuit, shots, seed), self.n, self.kind)
        if self.kind == "unitary":
            native = native[:, 0]
        elif self.kind == "density":
            native = pure(native)
        if self.order == "little":
            native = native.reshape((2,) * self.n).transpose().reshape(-1)
        return native

    def vector(self, circuit: Circuit) -> np.ndarray:
        """The normalised state after ``circuit``, qubit 0 most significant.

        ``ValueError`` for a mixed state, for something that is no state of n qubits, and for a
        driver whose reading is a distribution.
        """
        if not self.has_amplitudes:
            raise ValueError(f"the reading gives {self.kind}, not amplitudes")
        state = self.result(circuit).astype(complex)
        return state / np.linalg.norm(state)

    def distribution(self, circuit: Circuit, shots: int | None = None) -> np.ndarray:
        """Probabilities or counts after ``circuit``; of a state |amplitude|^2."""
        found = self.result(circuit, shots)
        return np.abs(found) ** 2 if self.has_amplitudes else found.real.astype(float)

    def agrees(self, found: np.ndarray, probabilities: np.ndarray) -> tuple[bool, float]:
        """Whether a distribution is the expected one, and its largest deviation."""
        shown = found / found.sum()
        error = float(np.max(np.abs(shown - probabilities)))
        if self.kind not in COUNTED:
            return error <= self.tolerance, error
        return upper_tail(*chi_square(found, probabilities)) >= SIGNIFICANCE, error

    # ---------------------------------------------------------------- order

    def establish(self) -> bool:
        """Find the order of qubits from nothing and X on each qubit; needs the gate ``x``.

        False, with ``reason``, where the start state is not |0...0> or an X does not flip one
        qubit.
        """
        self.order = "big"
        try:
            places = [self._place([])]
            places += [self._place([("x", (qubit,), ())]) for qubit in range(self.n)]
        except Exception as error:
            self.reason = f"X on each qubit failed: {type(error).__name__}: {error}"[:300]
            return False
        orders = {"big": range(self.n - 1, -1, -1), "little": range(self.n)}
        for order, bits in orders.items():
            if places == [0, *(1 << bit for bit in bits)]:
                self.order = order
                return True
        seen = ", ".join("no single outcome" if one is None else f"{one}" for one in places)
        self.reason = f"nothing and X on each qubit end in the basis states {seen}"
        return False

    def _place(self, circuit: Circuit) -> int | None:
        """Index of the one outcome that a circuit ends in."""
        found = self.distribution(circuit)
        index = int(np.argmax(found))
        return index if found[index] >= (1 - LOOSE) * found.sum() else None

    # ---------------------------------------------------------------- unitaries

    def superposer(self, besides: str | None = None) -> tuple[str, tuple[float, ...]] | None:
        """A gate of the driver, other than ``besides``, that makes superpositions."""
        if besides == "h":
            return None
        known = self.driver["gates"]
        return next((one for one in SUPERPOSERS if one[0] in known and one[0] != besides), None)

    def unitary(
        self,
        gate: str | Matrix,
        qubits: Sequence[int],
        parameters: Sequence[float] = (),
        besides: str | None = None,
    ) -> Measured:
        """Measure a gate's unitary on its qubits, first one most significant.

        ``Measured.phased`` is false where the phases between columns could not be seen. Raises
        ``Refused`` where the gate reaches other qubits or is not linear.
        """
        operation = (gate, tuple(qubits), tuple(parameters))
        columns = [
            self._local([*flips(column, qubits), operation], qubits)
            for column in range(2 ** len(qubits))
        ]
        factors = self._column_phases(operation, columns, besides)
        matrix = np.array(columns).T
        if factors is None:
            return Measured(tuple(parameters), matrix, False)
        return Measured(tuple(parameters), matrix * factors, True)

    def _column_phases(
        self, operation: tuple[Any, Any, Any], columns: list[np.ndarray], besides: str | None
    ) -> np.ndarray | None:
        """Phase factor of each column, from one run; ``None`` where they cannot be seen."""
        qubits = operation[1]
        first = self.superposer(besides)
        self.note_precision(besides)
        if first is not None:
            name, angles = first
            prepare: list[Any] = [(name, (qubit,), angles) for qubit in qubits]
            weights = reduce(np.kron, [unitary(name, angles)[:, 0]] * len(qubits))
        elif len(qubits) == 1 and min(abs(columns[0])) > 0.1:
            # No superposition is known yet, but this gate makes one itself: apply it twice.
            prepare, weights = [operation], columns[0]
        else:
            return None
        state = self._local([*prepare, operation], qubits)
        factors = np.array([np.vdot(column, state) for column in columns]) / weights
        if np.max(np.abs(np.abs(factors) - 1)) > 4 * self.tolerance:
            raise Refused("it is not linear: a superposition does not go where its parts go")
        return factors / np.abs(factors)

    def _local(self, circuit: Circuit, qubits: Sequence[int]) -> np.ndarray:
        """Amplitudes on ``qubits``; ``Refused`` when the other qubits left |0>."""
        count = len(qubits)
        tensor = self.vector(circuit).reshape((2,) * self.n)
        table = np.moveaxis(tensor, tuple(qubits), range(count)).reshape(2**count, -1)
        if table.shape[1] > 1 and np.max(np.abs(table[:, 1:])) > self.tolerance:
            raise Refused(f"on qubits {tuple(qubits)} it changes other qubits too")
        return table[:, 0]

    def note_precision(self, besides: str | None = None) -> None:
        """Measure the precision, once, from states whose moduli are known exactly.

        A superposition of all inputs, and one of unequal parts, because probabilities such as 1/8
        are exact in any precision. A gate that is not what its name says is no measure of precision
        and is passed over: its error is far larger.
        """
        first = self.superposer(besides)
        if self.precision is not None or first is None or self.kind in COUNTED:
            return
        known = [gate for gate in ("ry", "rx", "t") if gate in self.driver["gates"]]
        circuits: list[Circuit] = [[(first[0], (qubit,), first[1]) for qubit in range(self.n)]]
        if known and known[0] != "t":
            circuits.append([(known[0], (0,), (1.1,))])
        elif known and first[0] == "h":
            circuits.append([("h", (0,), ()), ("t", (0,), ()), ("h", (0,), ())])
        errors = []
        for circuit in circuits:
            found = np.abs(self.result(circuit))
            expected = np.abs(simulate(circuit, self.n))
            if not self.has_amplitudes:
                found, expected = found / found.sum(), expected**2
            errors.append(float(np.max(np.abs(found - expected))))
        self._seen_unequal = len([one for one in errors if one < LOOSE]) > 1
        self.set_precision(max((one for one in errors if one < LOOSE), default=0.0))

    def set_precision(self, error: float) -> None:
        """Class and tolerance from the largest error of an amplitude whose value is known."""
        if error < 1e-10:
            self.precision, self.tolerance = "double", TOLERANCE["double"]
        elif error < 2e-6:
            self.precision, self.tolerance = "single", TOLERANCE["single"]
        else:
            self.precision = "rounded"
            self.tolerance = min(LOOSE, max(TOLERANCE["single"], 8 * error))

    # ---------------------------------------------------------------- gates

    def identify(
        self, gate: dict[str, Any], qubits: int, parameters: int, prefer: str | None = None
    ) -> Identification | None:
        """Which of the twenty-three gates is ``gate``, an entry of a driver? Or ``matrix``.

        It is measured on two sets of angles and two placements. ``prefer`` is what its name
        suggests (and the gate whose matrix it is given where it takes one). ``None``, with
        ``reason``, where it is none of them or does nothing. What the simulator raises passes
        through.
        """
        self.reason, self.measured = "", []
        if qubits > self.n:
            self.reason = f"{qubits} qubits do not fit into {self.n}"
            return None
        if prefer == "matrix":
            self._extra = {"matrix": gate}
        else:
            self._extra, self._claim = {CANDIDATE: gate}, prefer
        try:
            if prefer == "matrix":
                return self._identify_matrix(qubits)
            if self.has_amplitudes:
                return self._identify_unitary(qubits, parameters, prefer)
            return interference.identify(self, CANDIDATE, qubits, parameters, prefer)
        except Refused as refused:
            self.reason = str(refused)
            return None
        finally:
            self._extra, self._claim = {}, None

    def _identify_unitary(
        self, qubits: int, parameters: int, prefer: str | None
    ) -> Identification | None:
        measured = self.measured
        found: Identification | None = None
        for angles, placement in zip(ANGLE_SETS, placements(qubits, self.n), strict=True):
            measured.append(self.unitary(CANDIDATE, placement, angles[:parameters], prefer))
            found = identify(measured, prefer, self.tolerance)
            if found is None and self.precision == "double" and not self._seen_unequal:
                # H alone may have looked exact: its two amplitudes are equal, so normalising hides what they lack.
                found = identify(measured, prefer, TOLERANCE["single"])
                if found is not None:
                    self.set_precision(found.error)
            if found is None:
                self._explain(measured, placement)
                return None
        if found is not None and self.precision is None and found.gate == "h":
            self.set_precision(found.error)
        return found

    def _explain(self, measured: list[Measured], placement: Sequence[int]) -> None:
        last = measured[-1]
        if not last.phased:
            self.reason = "its phases cannot be seen before a superposition is known"
        elif is_identity(last.matrix, self.tolerance):
            self.reason = f"on qubits {tuple(placement)} it does nothing"
        elif len(measured) > 1:
            self.reason = f"on qubits {tuple(placement)} it is another gate than elsewhere"
        else:
            self.reason = "its unitary is none of the known gates"

    def _identify_matrix(self, qubits: int) -> Identification | None:
        found: Identification | None = None
        for seed, placement in enumerate(placements(qubits, self.n)):
            wanted = random_unitary(2**qubits, seed)
            if self.has_amplitudes:
                one = self.unitary(wanted, placement)
                match = identify_matrix(one.matrix, wanted, self.tolerance)
            else:
                match = interference.identify_matrix(self, wanted, placement)
            if match is None or (found is not None and match.qubits != found.qubits):
                raise Refused("what it applies is not the matrix it was given")
            found = match
        return found


def placements(qubits: int, n: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two placements of a gate on n qubits: neighbours in order, and reordered with a gap."""
    if qubits == 1:
        return (min(1, n - 1),), (0,)
    first = tuple(range(qubits))
    return first, (n - 1, *range(qubits - 1))


def flips(column: int, qubits: Sequence[int]) -> list[tuple[str, tuple[int], tuple[()]]]:
    """X on the qubits whose bit of ``column`` is set, first qubit most significant."""
    count = len(qubits)
    return [
        ("x", (qubit,), ())
        for place, qubit in enumerate(qubits)
        if column >> (count - 1 - place) & 1
    ]


def pure(density: np.ndarray) -> np.ndarray:
    """The state of a pure density matrix, up to a phase: the column of its largest diagonal entry.

    ``ValueError`` for a mixed state.
    """
    diagonal = density.diagonal().real
    index = int(np.argmax(diagonal))
    state = density[:, index] / math.sqrt(diagonal[index])
    if abs(float(np.vdot(state, state).real) - 1) > 2 * LOOSE:
        raise ValueError("the density matrix is mixed although no noise was asked for")
    return state


def _takes(gate: str | None, qubits: int, parameters: Sequence[float]) -> bool:
    return gate in ARITY and ARITY[gate] == (qubits, len(parameters))
