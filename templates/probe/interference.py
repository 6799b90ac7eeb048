"""Naming gates of simulators that show no amplitudes, only probabilities or counts.

A gate is put between preparations and read-outs in several bases: interferometers. What a gate is
follows from the distributions: exactly where they are probabilities, by a chi-square test where
they are counts. The Z basis gives moduli, X (through H) and Y give phases; each qubit alone in X or
Y, the others in Z, tells a phase from its conjugate also where both qubits' phases would cancel.

Without amplitudes a simulator whose gates are *all* complex conjugates cannot be told from a right
one: no experiment in its world differs. The first gate that is not real fixes the sense of turning
(the *Y reference*); every other gate is measured against it. ``measure.py`` lets the majority
decide, so that an S that is S dagger among right gates is seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chisquare import chi_square, upper_tail
from identify import ANGLE_SETS, Hypothesis, Identification, hypotheses, hypothesis_matrix
from reference import Circuit, Matrix, permuted, simulate

if TYPE_CHECKING:
    from session import Session

Step = tuple[Any, Sequence[int], Sequence[float]]
#: A preparation and a read-out around the gate.
Setting = tuple[list[Step], list[Step]]

_QUARTER = math.pi / 2
#: Gates that carry Y to Z: (steps as name and angles, whether a Hadamard-like gate follows).
Y_REFERENCES: tuple[tuple[tuple[tuple[str, tuple[float, ...]], ...], bool], ...] = (
    ((("s", ()),), True),
    ((("sdg", ()),), True),
    ((("t", ()), ("t", ())), True),
    ((("tdg", ()), ("tdg", ())), True),
    ((("p", (_QUARTER,)),), True),
    ((("rz", (_QUARTER,)),), True),
    ((("rx", (_QUARTER,)),), False),
    ((("sx", ()),), False),
    ((("u3", (_QUARTER, -_QUARTER, _QUARTER)),), False),
)
#: Angles in native units for gates that look like the identity at small ones: degrees.
LARGE_ANGLES: tuple[tuple[float, float, float], ...] = ((73.0, 131.0, 47.0), (101.0, 59.0, 83.0))


def y_reference(gates: Iterable[str], besides: str | None = None) -> str | None:
    """The gate that fixes the sense of turning when ``besides`` is measured."""
    known = set(gates)
    usable = (steps[0][0] for steps, needs in Y_REFERENCES if not needs or "h" in known)
    return next((name for name in usable if name in known and name != besides), None)


def identify(
    session: Session, name: str, qubits: int, parameters: int, prefer: str | None
) -> Identification | None:
    """Which gate is the driver's gate ``name``? ``None``, with the session's reason, for none."""
    from session import placements  # the session imports this module

    where = placements(qubits, session.n)
    session.note_precision(prefer)

    def around(angle_sets: Sequence[Sequence[float]]) -> list[list[_Experiment]]:
        return [
            [
                _Experiment(session, name, placement, angles[:parameters], setting)
                for setting in settings(session, placement, prefer, name, angles[:parameters])
            ]
            for placement, angles in zip(where, angle_sets, strict=True)
        ]

    rounds = around(ANGLE_SETS)
    identity = np.eye(2**qubits)
    if parameters and all(one.fits(identity) for one in rounds[0]):
        rounds = around(LARGE_ANGLES)
    if any(all(one.fits(identity) for one in experiments) for experiments in rounds):
        session.reason = "it does nothing"
        return None
    experiments = [one for part in rounds for one in part]
    provisional = session.superposer(prefer) is None and prefer != "h"

    def predictions() -> Iterator[tuple[Hypothesis, Callable[[tuple[float, ...]], Matrix]]]:
        for one in hypotheses(qubits, parameters, prefer):
            yield one, lambda angles, one=one: hypothesis_matrix(one, angles)

    found = _first_fit(experiments, predictions(), provisional)
    if found is None:
        session.reason = "its interference is that of none of the known gates"
    return found


def identify_matrix(
    session: Session, wanted: Matrix, placement: Sequence[int]
) -> Identification | None:
    """Whether the driver's gate ``matrix`` applies ``wanted``, and in which order of its qubits."""
    count = len(placement)
    experiments = [
        _Experiment(session, wanted, placement, (), setting)
        for setting in settings(session, placement, "matrix", None, ())
    ]
    orders = dict.fromkeys((tuple(range(count)), tuple(range(count))[::-1]))
    predictions = (
        (("matrix", order, (), 1.0), lambda _angles, order=order: permuted(wanted, order))
        for order in orders
    )
    return _first_fit(experiments, predictions, False)


class _Experiment:
    """One setting with a gate in it: runs once, then compares with any hypothesis."""

    def __init__(
        self,
        session: Session,
        gate: str | Matrix,
        placement: Sequence[int],
        angles: Sequence[float],
        setting: Setting,
    ) -> None:
        self.session, self.placement, self.angles = session, placement, tuple(angles)
        self.gate, self.setting = gate, setting
        self._found: np.ndarray | None = None

    @property
    def found(self) -> np.ndarray:
        if self._found is None:
            before, after = self.setting
            middle = (self.gate, self.placement, self.angles)
            self._found = self.session.distribution([*before, middle, *after])
        return self._found

    def expected(self, matrix: Matrix) -> np.ndarray:
        before, after = self.setting
        middle: Step = (matrix, self.placement, ())
        outer: Circuit = [*self._known(before, matrix), middle, *self._known(after, matrix)]
        return np.abs(simulate(outer, self.session.n)) ** 2

    def _known(self, steps: list[Step], matrix: Matrix) -> list[Step]:
        """The steps with the gate under measurement replaced by the matrix it may have."""
        return [
            (matrix, qubits, ()) if isinstance(self.gate, str) and gate == self.gate else step
            for step in steps
            for gate, qubits, _ in [step]
        ]

    def fits(self, matrix: Matrix) -> bool:
        return self.session.agrees(self.found, self.expected(matrix))[0]


def _first_fit(
    experiments: Sequence[_Experiment],
    predictions: Iterable[tuple[Hypothesis, Callable[[tuple[float, ...]], Matrix]]],
    provisional: bool,
) -> Identification | None:
    for hypothesis, matrix in predictions:
        error, statistic, freedom = 0.0, 0.0, 0
        for one in experiments:
            expected = one.expected(matrix(one.angles))
            fits, deviates = one.session.agrees(one.found, expected)
            if not fits:
                break
            error = max(error, deviates)
            part, degrees = chi_square(one.found, expected)
            statistic, freedom = statistic + part, freedom + degrees
        else:
            counted = experiments[0].session.kind in ("counts", "samples")
            if counted and upper_tail(statistic, freedom) < 1e-6:
                continue  # each setting passes by itself, all of them together do not
            gate, order, parameter_order, scale = hypothesis
            return Identification(
                gate, order, parameter_order, scale, error, provisional=provisional
            )
    return None


def settings(
    session: Session,
    placement: Sequence[int],
    prefer: str | None,
    name: str | None,
    angles: Sequence[float],
) -> list[Setting]:
    """The interferometers for a gate on ``placement``, made of gates that are known."""
    from session import flips

    count = len(placement)
    first = session.superposer(prefer)
    if first is None:
        if count > 1 or name is None:
            return [(list(flips(column, placement)), []) for column in range(2**count)]
        again: Step = (name, placement, tuple(angles))
        flip: Step = ("x", placement, ())
        # No superposition is known: the gate and X must make the interference themselves.
        return [
            ([], []),
            ([flip], []),
            ([], [again]),
            ([flip], [again]),
            ([], [flip, again]),
            ([flip], [flip, again]),
        ]
    turn = [(first[0], (qubit,), first[1]) for qubit in placement]
    into_y = _into_y(session, placement, prefer, first)
    basis: list[Setting] = [(list(flips(column, placement)), []) for column in range(2**count)]
    outs: list[list[Step]] = [[], turn]
    if into_y:
        outs.append([step for steps in into_y for step in steps])
    if count > 1:
        outs += [[step] for step in turn]
        outs += [list(steps) for steps in into_y]
    # A superposition may be an eigenstate of the gate (|+> of every rotation about X): read basis
    # inputs in the other bases as well.
    starts = basis[:1] if count > 1 else basis
    crossed = [(before, after) for before, _ in starts for after in outs if after]
    return basis + crossed + [(list(turn), after) for after in outs]


def _into_y(
    session: Session,
    placement: Sequence[int],
    prefer: str | None,
    first: tuple[str, tuple[float, ...]],
) -> list[list[Step]]:
    known = session.driver["gates"]
    for steps, needs_turn in Y_REFERENCES:
        name = steps[0][0]
        if name not in known or name == prefer or (needs_turn and first[0] != "h"):
            continue
        per_qubit = []
        for qubit in placement:
            one: list[Step] = [(gate, (qubit,), angles) for gate, angles in steps]
            per_qubit.append(one + ([(first[0], (qubit,), first[1])] if needs_turn else []))
        return per_qubit
    return []
