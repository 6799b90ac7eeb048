"""Measures every gate of a driver: right, wrong or missing, with the evidence.

The order matters: X first (it prepares), then the gates that make superpositions (they show
phases), then the others. A gate that is wrong is taken out at once, so that no other measurement
stands on it.
"""

from __future__ import annotations

from typing import Any

from guard import attempt
from identify import Identification, explain
from interference import y_reference
from pace import slowness
from reference import ARITY
from session import COUNTED, Session
from spell import spell_gate

GateMeasurement = dict[str, Any]

_FIRST = ("x", "h", "ry", "rx", "sx", "u3")
_INVERSES = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t"}
#: Gates whose complex conjugate is another gate: they show in which sense a simulator turns.
_TURNING = frozenset(
    ("s", "sdg", "t", "tdg", "sx", "rx", "rz", "p", "u3", "iswap", "cp", "crz", "rzz")
)
MAX_MATRIX_QUBITS = 3
GATE_SECONDS = 30.0


def measure_gates(
    driver: dict[str, Any], n: int = 3, seconds: float = GATE_SECONDS
) -> list[GateMeasurement]:
    """Measure every gate of ``driver`` on ``n`` qubits, at most ``seconds`` each.

    One entry for each of the twenty-three gates and ``matrix`` (schema:
    ``src/values/measurement.ts``); seconds are those of ``pace``. A gate is right when it takes our
    qubits and angles as the driver hands them over and each entry of its unitary, up to one global
    phase, is within the tolerance of the measured precision: 1e-8, or 1e-4 where results are in
    single precision.
    """
    return _Measuring(driver, n, seconds).go()


class _Measuring:
    """One measurement of all gates. ``gates`` holds those that are not known to be wrong."""

    def __init__(self, driver: dict[str, Any], n: int, seconds: float) -> None:
        self.driver, self.seconds = driver, seconds * slowness()
        self.gates: dict[str, Any] = dict(driver["gates"])
        self.session = Session({**driver, "gates": self.gates}, n)
        self.found: dict[str, GateMeasurement] = {}

    def go(self) -> list[GateMeasurement]:
        if not self.session.establish():
            for gate in self.gates:
                self.found[gate] = self._entry(gate, "wrong", reason=self.session.reason)
        elif self.session.has_amplitudes:
            self._measure_all()
        else:
            self._measure_by_majority()
        names = (*ARITY, "matrix")
        return [self.found.get(gate, {"gate": gate, "outcome": "missing"}) for gate in names]

    def _measure_all(self, last: str | None = None) -> dict[str, Identification | None]:
        """Measure every gate, each on right ones, ``last`` at the end; what each one is."""
        what: dict[str, Identification | None] = {}
        present = [gate for gate in (*_FIRST, *ARITY) if gate in self.gates and gate != last]
        for gate in dict.fromkeys([*present, *([last] if last in self.gates else [])]):
            self.found[gate], what[gate] = self._measure_one(gate)
            if self.found[gate]["outcome"] == "wrong":
                del self.gates[gate]
        if "matrix" in self.gates:
            self.found["matrix"] = self._measure_matrix()
        return what

    def _measure_by_majority(self) -> None:
        """Without amplitudes the sense of turning is relative: the majority of the gates decides.

        Every gate is measured against one of them. When more of them turn against it than with it,
        it is the odd one: it and its like are wrong, and the rest is measured again without them.
        """
        while True:
            reference = y_reference(self.gates)
            agreeing = [reference] if reference else []
            opposed = []
            for gate, what in self._measure_all(reference).items():
                if what is None or gate not in _TURNING or gate == reference:
                    continue
                if what.gate == gate and what.plain:
                    agreeing.append(gate)
                elif what.gate == _INVERSES.get(gate) or (what.gate == gate and what.scale == -1):
                    opposed.append(gate)
            if len(opposed) <= len(agreeing):
                return
            reason = "turns the other way than " + ", ".join(opposed)
            for gate in agreeing:
                self.found[gate] = self._entry(gate, "wrong", reason=reason)
            rest = {k: v for k, v in self.driver["gates"].items() if k not in agreeing}
            self.driver = {**self.driver, "gates": rest}
            self.gates.clear()
            self.gates.update(rest)

    def _measure_one(self, gate: str) -> tuple[GateMeasurement, Identification | None]:
        session, (qubits, parameters) = self.session, ARITY[gate]
        if qubits > session.n:
            return self._entry(gate, "wrong", reason=f"needs {qubits} qubits"), None
        entry = self.driver["gates"][gate]
        outcome = attempt(lambda: session.identify(entry, qubits, parameters, gate), self.seconds)
        what: Identification | None = outcome.value
        if not outcome.ok:
            return self._entry(gate, "wrong", reason=f"raised {outcome.error}"), None
        if what is None:
            return self._entry(gate, "wrong", reason=_why(session)), None
        if what.gate != gate:
            note = f" ({what.note})" if what.note else ""
            return self._entry(gate, "wrong", reason=f"it is {what.gate}{note}"), what
        if not what.plain:
            return self._entry(gate, "wrong", what.error, f"it is {gate} with {what.note}"), what
        if what.provisional and gate != "x":
            reason = "its phases cannot be seen: no gate makes superpositions"
            return self._entry(gate, "wrong", reason=reason), what
        return self._entry(gate, "right", what.error, what.note or None), what

    def _measure_matrix(self) -> GateMeasurement:
        """Random unitaries of one qubit, two and three, as far as they are applied right."""
        session, entry = self.session, self.driver["gates"]["matrix"]
        error, reason, largest = 0.0, "", 0
        for qubits in range(1, min(MAX_MATRIX_QUBITS, session.n) + 1):
            outcome = attempt(
                lambda qubits=qubits: session.identify(entry, qubits, 0, "matrix"), self.seconds
            )
            what: Identification | None = outcome.value
            if what is None or not what.plain:
                note = what.note if what else session.reason if outcome.ok else outcome.error
                reason = f"on {qubits} qubits: {note}"
                break
            largest, error = qubits, max(error, what.error)
        if largest == 0:
            return self._entry("matrix", "wrong", reason=reason)
        return self._entry("matrix", "right", error, reason or None) | {"qubits": largest}

    def _entry(
        self, gate: str, outcome: str, error: float | None = None, reason: str | None = None
    ) -> GateMeasurement:
        entry: GateMeasurement = {"gate": gate, "outcome": outcome}
        entry["via"] = spell_gate(self.driver["gates"][gate])[:2000]
        if error is not None:
            entry["error"] = error
        if reason:
            entry["reason"] = reason[:2000]
        return entry


def _why(session: Session) -> str:
    """Why nothing was identified, with what was measured."""
    if not session.measured or not session.measured[-1].phased:
        return session.reason
    last = session.measured[-1]
    said = explain(last.matrix, last.angles, max(session.tolerance, 1e-4))
    return said if said in session.reason else f"{session.reason}: {said}"


def limits_of(session: Session) -> list[str]:
    """What a session's readings cannot show, to be stated with the result."""
    limits = []
    if session.precision == "single":
        limits.append("single precision: entries are compared to 1e-4")
    elif session.precision == "rounded":
        limits.append(f"results are rounded: entries are compared to {session.tolerance:.0e}")
    if session.kind in COUNTED:
        limits.append(f"counts only: gates are named by chi-square tests at {session.shots} shots")
    return limits
