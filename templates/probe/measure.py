"""Measures every gate of a driver: right, wrong or missing, with the evidence.

The order matters: X first (it prepares), then the gates that make superpositions (they show
phases), then the others. A gate that is wrong is taken out at once, so that no other measurement
stands on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guard import attempt
from identify import Identification, explain
from interference import y_reference
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
    ``src/values/measurement.ts``). A gate is right when it takes our qubits and angles as the
    driver hands them over and each entry of its unitary, up to one global phase, is within the
    tolerance of the measured precision: 1e-8, or 1e-4 where results are in single precision.
    """
    gates = dict(driver["gates"])
    found: dict[str, GateMeasurement] = {}
    session = Session({**driver, "gates": gates}, n)
    if not session.establish():
        for gate in gates:
            found[gate] = _entry(gate, driver, "wrong", reason=session.reason)
        return _complete(found)
    if session.has_amplitudes:
        _measure_all(session, gates, found, driver, seconds)
    else:
        _measure_by_majority(session, gates, found, driver, seconds)
    return _complete(found)


def _complete(found: dict[str, GateMeasurement]) -> list[GateMeasurement]:
    names = (*ARITY, "matrix")
    return [found.get(gate, {"gate": gate, "outcome": "missing"}) for gate in names]


def _measure_all(
    session: Session,
    gates: dict[str, Any],
    found: dict[str, GateMeasurement],
    driver: dict[str, Any],
    seconds: float,
    last: str | None = None,
    seen: Callable[[str, Identification | None], None] = lambda _gate, _what: None,
) -> None:
    """Measure every gate in ``gates``, in an order that lets each stand on right ones."""
    present = [gate for gate in (*_FIRST, *ARITY) if gate in gates and gate != last]
    for gate in dict.fromkeys([*present, *([last] if last in gates else [])]):
        found[gate], what = _measure_one(session, gate, driver, seconds)
        seen(gate, what)
        if found[gate]["outcome"] == "wrong":
            del gates[gate]
    if "matrix" in gates:
        found["matrix"] = _measure_matrix(session, driver, seconds)


def _measure_one(
    session: Session, gate: str, driver: dict[str, Any], seconds: float
) -> tuple[GateMeasurement, Identification | None]:
    qubits, parameters = ARITY[gate]
    if qubits > session.n:
        return _entry(gate, driver, "wrong", reason=f"needs {qubits} qubits"), None
    entry = driver["gates"][gate]
    outcome = attempt(lambda: session.identify(entry, qubits, parameters, gate), seconds)
    what: Identification | None = outcome.value
    if not outcome.ok:
        return _entry(gate, driver, "wrong", reason=f"raised {outcome.error}"), None
    if what is None:
        return _entry(gate, driver, "wrong", reason=_why(session)), None
    if what.gate != gate:
        note = f" ({what.note})" if what.note else ""
        return _entry(gate, driver, "wrong", reason=f"it is {what.gate}{note}"), what
    if not what.plain:
        return _entry(gate, driver, "wrong", what.error, f"it is {gate} with {what.note}"), what
    if what.provisional and gate != "x":
        reason = "its phases cannot be seen: no gate makes superpositions"
        return _entry(gate, driver, "wrong", reason=reason), what
    return _entry(gate, driver, "right", what.error, what.note or None), what


def _why(session: Session) -> str:
    """Why nothing was identified, with what was measured."""
    if not session.measured or not session.measured[-1].phased:
        return session.reason
    last = session.measured[-1]
    said = explain(last.matrix, last.angles, max(session.tolerance, 1e-4))
    return said if said in session.reason else f"{session.reason}: {said}"


def _measure_matrix(session: Session, driver: dict[str, Any], seconds: float) -> GateMeasurement:
    """Random unitaries of one qubit, two and three, as far as they are applied right."""
    error, reason, largest = 0.0, "", 0
    for qubits in range(1, min(MAX_MATRIX_QUBITS, session.n) + 1):
        entry = driver["gates"]["matrix"]
        outcome = attempt(
            lambda qubits=qubits, entry=entry: session.identify(entry, qubits, 0, "matrix"), seconds
        )
        what: Identification | None = outcome.value
        if what is None or not what.plain:
            note = what.note if what else session.reason if outcome.ok else outcome.error
            reason = f"on {qubits} qubits: {note}"
            break
        largest, error = qubits, max(error, what.error)
    if largest == 0:
        return _entry("matrix", driver, "wrong", reason=reason)
    return _entry("matrix", driver, "right", error, reason or None) | {"qubits": largest}


def _measure_by_majority(
    session: Session,
    gates: dict[str, Any],
    found: dict[str, GateMeasurement],
    driver: dict[str, Any],
    seconds: float,
) -> None:
    """Without amplitudes the sense of turning is relative: the majority of the gates decides it.

    Every gate is measured against one of them. When more of them turn against it than with it, it
    is the odd one: it and its like are wrong, and the rest is measured again without them.
    """
    while True:
        reference = y_reference(gates)
        agreeing: list[str] = [reference] if reference else []
        opposed: list[str] = []

        def vote(
            gate: str,
            what: Identification | None,
            reference: str | None = reference,
            agreeing: list[str] = agreeing,
            opposed: list[str] = opposed,
        ) -> None:
            if what is None or gate not in _TURNING or gate == reference:
                return
            if what.gate == gate and what.plain:
                agreeing.append(gate)
            elif what.gate == _INVERSES.get(gate) or (what.gate == gate and what.scale == -1):
                opposed.append(gate)

        _measure_all(session, gates, found, driver, seconds, reference, vote)
        if len(opposed) <= len(agreeing):
            return
        with_them = "turns the other way than " + ", ".join(opposed)
        for gate in agreeing:
            found[gate] = _entry(gate, driver, "wrong", reason=with_them)
        gates.clear()
        gates.update({k: v for k, v in driver["gates"].items() if k not in agreeing})


def _entry(
    gate: str,
    driver: dict[str, Any],
    outcome: str,
    error: float | None = None,
    reason: str | None = None,
) -> GateMeasurement:
    entry: GateMeasurement = {"gate": gate, "outcome": outcome}
    entry["via"] = spell_gate(driver["gates"][gate])[:2000]
    if error is not None:
        entry["error"] = error
    if reason:
        entry["reason"] = reason[:2000]
    return entry


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
