"""What a person gave: a driver by hand, calls for single gates, gates to leave out. All of it is measured.

Nothing is obeyed because somebody said it: what is measured to be something else is not used, or is used as what it is,
and each such difference becomes a sentence for the person.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import Any

from catalog import Catalog
from guard import attempt, in_child
from identify import Identification, explain
from inspect_object import Report
from session import Session
from spell import spell_gate
from vocabulary import NON_CLIFFORD, SHAPES, hypothesis

Json = dict[str, Any]
_GATE_SECONDS = 20.0
_SECONDS = 600.0
_ORDERS = {
    "little": "qubit 0 least significant",
    "big": "qubit 0 most significant",
}


@dataclass
class Given:
    """What became of what was given: reports for the measurement, and sentences for the person."""

    reports: list[Report] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def by_hand(catalog: Catalog) -> Given:
    """Measure the request's own driver; the report has its driver with the measured orders, signs and units."""
    driver = copy.deepcopy(catalog.request["driver"])
    report = Report("a driver by hand")
    outcome = in_child(lambda _send: _measured_by_hand(driver), _SECONDS)
    if not isinstance(outcome.value, dict) or outcome.error:
        report.errors.append(f"the driver: {outcome.error}"[:500])
        return Given([report])
    found = outcome.value
    report.made = True
    if found["reason"]:
        report.hits.append("x as the driver has it")
        report.errors.append(found["reason"])
        return Given([report], found["said"])
    report.readings.append("as the driver has it")
    report.driver, report.odd, report.n = found["driver"], found["odd"], 3
    report.names = {gate: spell_gate(entry) for gate, entry in report.driver["gates"].items()}
    report.form = "as the driver has it"
    report.solved = _is_solved(report)
    return Given([report], found["said"])


def with_wishes(catalog: Catalog, reports: list[Report]) -> Given:
    """Put a person's calls into the drivers that the search found, and take out what they do not want."""
    request = catalog.request
    table = request.get("manual") or {}
    said: list[str] = []
    for index, report in enumerate(reports):
        if report.driver is None:
            continue
        if table:
            sentences = _with_table(report, table)
            said = sentences if index == 0 else said
        unwanted = set(request.get("exclude") or [])
        if request.get("mapping") == "template":
            unwanted |= {gate for gate in report.driver["gates"] if not _is_standard(report, gate)}
        for gate in unwanted:
            report.driver["gates"].pop(gate, None)
            report.names.pop(gate, None)
            report.layouts.pop(gate, None)
        if table or unwanted:
            report.solved = _is_solved(report)
    return Given(reports, said)


def _is_solved(report: Report) -> bool:
    gates = set((report.driver or {"gates": {}})["gates"])
    return {"x", "h", "cx"} <= gates and bool(NON_CLIFFORD & gates)


def _is_standard(report: Report, gate: str) -> bool:
    """Whether the native call is named as the gate is; a matrix has no name."""
    if gate == "matrix":
        return True
    words = re.findall(r"\w+", report.names.get(gate, ""))
    return any(hypothesis(word) == gate for word in words)


# ---------------------------------------------------------------------- measuring, in a process of its own


def _measured_by_hand(driver: Json) -> Json:
    said: list[str] = []
    odd: dict[str, str] = {}
    which = "state" if "state" in driver else "counts"
    if which not in driver:
        return {"reason": "the driver reads neither a state nor counts", "said": said}
    session = Session(driver, 3, which)
    if not session.establish():
        return {"reason": session.reason, "said": said}
    stated = driver[which]["order"]
    if stated != session.order:
        said.append(
            f"The driver says of its {which}: {_ORDERS[stated]}; measured: {_ORDERS[session.order]}."
        )
        driver[which]["order"] = session.order
    for gate in [gate for gate in ("x", "h", *SHAPES) if gate in driver["gates"]]:
        entry = driver["gates"][gate]
        one, why = _identified(session, gate, entry)
        if one is not None and one.gate == gate:
            said += _difference(f"The driver's {gate}", entry, one)
            driver["gates"][gate] = one.entry(entry)
        else:
            odd[gate] = why
            said.append(f"The driver's {gate}, {_spelled(entry)}, is not used: measured, {why}.")
            del driver["gates"][gate]
    return {"reason": "", "driver": driver, "said": said, "odd": odd}


def _with_table(report: Report, table: Json) -> list[str]:
    """Replace the report's calls by those of the table that are what their names say."""
    driver = report.driver
    assert driver is not None
    outcome = in_child(lambda _send: _measured_table(driver, table), _SECONDS)
    if not isinstance(outcome.value, dict) or outcome.error:
        return [f"The table of gates could not be measured: {outcome.error}."[:500]]
    for gate, entry in outcome.value["gates"].items():
        driver["gates"][gate] = entry
        report.names[gate] = spell_gate(entry)
        report.layouts.pop(gate, None)
    return list(outcome.value["said"])


def _measured_table(driver: Json, table: Json) -> Json:
    said: list[str] = []
    found: Json = {}
    which = "state" if "state" in driver else "counts"
    session = Session(driver, 3, which)
    if not session.establish():
        return {"gates": found, "said": [f"The table could not be measured: {session.reason}."]}
    for gate, entries in table.items():
        reasons: list[str] = []
        for entry in entries:
            one, why = _identified(session, gate, entry)
            if one is not None and one.gate == gate:
                said += _difference(f"The table's {gate}", entry, one)
                found[gate] = one.entry(entry)
                break
            reasons.append(why)
        else:
            instead = "what the search found is used" if gate in driver["gates"] else "none is used"
            said.append(
                f"The table's {gate}, {_spelled(entries[0])}, is not used: measured, {reasons[0]}; {instead}."
            )
    return {"gates": found, "said": said}


def _identified(session: Session, gate: str, entry: Json) -> tuple[Identification | None, str]:
    """What a call is, or why it is nothing that is known."""
    qubits, parameters = (1, 0) if gate == "matrix" else SHAPES[gate]
    outcome = attempt(lambda: session.identify(entry, qubits, parameters, gate), _GATE_SECONDS)
    if not outcome.ok:
        return None, f"it raises {outcome.error}"[:300]
    one = outcome.value
    if one is None:
        measured = session.measured[-1] if session.measured else None
        more = f" ({explain(measured.matrix, measured.angles)})" if measured is not None else ""
        return None, f"{session.reason or 'it is no gate that is known'}{more}"[:300]
    return one, f"it is {one.gate}"


def _difference(what: str, entry: Json, one: Identification) -> list[str]:
    """A sentence where the call is the gate in another sign, unit or order than it was given with."""
    turned = list(one.qubits) != sorted(one.qubits) or list(one.parameters) != sorted(
        one.parameters
    )
    if one.gate == "matrix" or (not turned and (one.scale == 1 or not one.parameters)):
        return []
    return [
        f"{what}, {_spelled(entry)}, is right only as {_spelled(one.entry(entry))}: that is used."
    ]


def _spelled(entry: Json) -> str:
    text = attempt(lambda: spell_gate(entry), 2)
    return str(text.value)[:200] if text.ok else "as given"
