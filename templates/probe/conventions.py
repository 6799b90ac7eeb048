"""Measures what a backend must declare: orders, precision, what counts are, seeds, the largest n.

State and counts are measured apart: packages exist that list amplitudes from the last qubit and
write counts from the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chisquare import chi_square, lower_tail, upper_tail
from guard import attempt
from language import roles_used
from largest import largest_afresh, largest_register
from reference import Circuit, simulate
from session import COUNTED, SIGNIFICANCE, Session
from unforked import is_unsafe

N = 3
SHOTS = 2000
ROUNDS = 12
TRIAL_SECONDS = 20.0
#: Gates of a long circuit.
DEEP = 240


@dataclass
class Conventions:
    """``values`` in the schema of ``src/values/measurement.ts``, ``limits`` to be stated beside."""

    values: dict[str, Any]
    limits: list[str] = field(default_factory=list)
    #: Why no more qubits than ``max_qubits``.
    largest: str = ""


def measure_conventions(driver: dict[str, Any]) -> Conventions:
    """Measure the conventions of a driver whose gates are right. Never raises for what it does."""
    values: dict[str, Any] = {"precision": "double", "counts": "none", "seed": False}
    found = Conventions(values)
    values["density"] = "state" in driver and driver["state"]["kind"] == "density"
    largest = largest_afresh(driver) if is_unsafe() else largest_register(driver)
    values["max_qubits"] = largest.n
    found.largest = largest.why
    for which in ("state", "counts"):
        if which not in driver:
            continue
        session = Session(driver, N, which, SHOTS)
        outcome = attempt(session.establish, TRIAL_SECONDS)
        if not outcome.value:
            reason = session.reason if outcome.ok else outcome.error
            found.limits.append(f"the {which} could not be read: {reason}")
            continue
        values[f"{which}_order"] = session.order
        if session.kind in COUNTED:
            _measure_counts(session, found)
        else:
            attempt(session.note_precision, TRIAL_SECONDS)
            values["precision"] = session.precision or "double"
    return found


def _measure_counts(session: Session, found: Conventions) -> None:
    """Are they samples? Too good a fit is no chance either, and what is impossible never appears."""
    values, limits = found.values, found.limits
    circuit = _spread(session)
    expected = np.abs(simulate(circuit, N)) ** 2
    statistic, freedom, runs = 0.0, 0, []
    for seed in range(ROUNDS):
        outcome = attempt(lambda seed=seed: session.result(circuit, SHOTS, seed + 1), TRIAL_SECONDS)
        if not outcome.ok:
            limits.append(f"counts failed: {outcome.error}")
            return
        counts = outcome.value.real
        if seed == 0 and abs(counts.sum() - SHOTS) > 0.5:
            limits.append(f"asked for {SHOTS} shots it gives {counts.sum():g} counts")
        part, degrees = chi_square(counts, expected)
        statistic, freedom = statistic + part, freedom + degrees
        runs.append(counts)
    if upper_tail(statistic, freedom) < SIGNIFICANCE:
        limits.append("its counts do not follow the probabilities of its gates")
        return
    if "state" in session.driver:
        why = _fails_deep(session)
        if why:
            limits.append(f"its counts are not used: after {DEEP} gates {why}")
            return
    values["counts"] = "samples"
    if lower_tail(statistic, freedom) < SIGNIFICANCE:
        values["counts"] = "rounded"
        limits.append("its counts are rounded expectations, not samples")
        return
    _measure_seed(session, circuit, runs, found)


def _fails_deep(session: Session) -> str:
    """What is wrong with the counts of a long circuit; empty where nothing is.

    Gates that are right to ten digits lose a little of the norm each, and a sampler that insists on probabilities
    of sum 1 raises after a hundred of them.
    """
    gates = session.driver["gates"]
    turns: list[Any] = [(gate, (0,), (0.7,)) for gate in ("rx", "ry", "rz") if gate in gates]
    turns = turns or [(gate, (0,), ()) for gate in ("h", "t", "s") if gate in gates]
    circuit: list[Any] = []
    while len(circuit) < DEEP:
        for gate, _, angles in turns:
            circuit += [(gate, (qubit,), angles) for qubit in range(N)]
        circuit += _copy(gates)
    outcome = attempt(lambda: session.result(circuit, SHOTS, 1).real, TRIAL_SECONDS)
    if not outcome.ok:
        return f"they fail: {outcome.error}"
    expected = np.abs(simulate(circuit, N)) ** 2
    follow = upper_tail(*chi_square(outcome.value, expected)) >= SIGNIFICANCE
    return "" if follow else "they do not follow the probabilities"


def _measure_seed(
    session: Session, circuit: Circuit, runs: list[np.ndarray], found: Conventions
) -> None:
    """A seed is one when it repeats a run and another seed does not."""
    differ = any(not np.array_equal(runs[0], other) for other in runs[1:])
    used = "seed" in roles_used({"r": session.reading, "s": session.driver["setup"]})
    outcome = attempt(lambda: session.result(circuit, SHOTS, 1).real, TRIAL_SECONDS)
    same = outcome.ok and np.array_equal(outcome.value, runs[0])
    found.values["seed"] = bool(used and differ and same)
    if not differ:
        found.limits.append("its counts are the same in every run")
    elif used and not same:
        found.limits.append("its seed has no effect: equal seeds give different counts")
    elif not used:
        found.limits.append("it takes no seed: runs cannot be repeated exactly")


def _spread(session: Session) -> Circuit:
    """A circuit whose outcomes have unequal probabilities, one half of them impossible."""
    gates = session.driver["gates"]
    if "ry" in gates:
        return [("ry", (0,), (1.1,)), ("ry", (1,), (2.0,)), *_copy(gates)]
    words = [("h", (0,), ()), ("h", (1,), ()), *_copy(gates)]
    if "t" in gates:
        words[1:2] = [("h", (1,), ()), ("t", (1,), ()), ("h", (1,), ())]
    return words


def _copy(gates: dict[str, Any]) -> Circuit:
    """CX from qubit 0 to qubit 2, or the same by CZ."""
    if "cx" in gates:
        return [("cx", (0, 2), ())]
    return [("h", (2,), ()), ("cz", (0, 2), ()), ("h", (2,), ())]
