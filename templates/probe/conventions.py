"""Measures what a backend must declare: orders, precision, what counts are, seeds, the largest n.

State and counts are measured apart: packages exist that list amplitudes from the last qubit and
write counts from the first.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chisquare import chi_square, lower_tail, upper_tail
from guard import OutOfTime, attempt, silence
from language import roles_used
from program import run_program
from reference import Circuit, simulate
from session import COUNTED, SIGNIFICANCE, Session

N = 3
SHOTS = 2000
ROUNDS = 12
TRIAL_SECONDS = 20.0

#: Limits under which the largest n is measured, and where the search for it ends.
LARGEST = 30
LARGEST_SECONDS = 10.0
LARGEST_BYTES = 1 << 30


@dataclass
class Conventions:
    """``values`` in the schema of ``src/values/measurement.ts``, ``limits`` to be stated beside."""

    values: dict[str, Any]
    limits: list[str] = field(default_factory=list)


def measure_conventions(driver: dict[str, Any]) -> Conventions:
    """Measure the conventions of a driver whose gates are right. Never raises for what it does."""
    values: dict[str, Any] = {"precision": "double", "counts": "none", "seed": False}
    found = Conventions(values)
    values["density"] = "state" in driver and driver["state"]["kind"] == "density"
    values["max_qubits"] = largest_register(driver)
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
        limits.append(
            f"counts do not follow the probabilities: chi-square {statistic:.4g} at {freedom} degrees"
        )
        return
    values["counts"] = "samples"
    if lower_tail(statistic, freedom) < SIGNIFICANCE:
        values["counts"] = "rounded"
        limits.append("its counts are rounded expectations, not samples")
        return
    _measure_seed(session, circuit, runs, found)


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
        return [("ry", (0,), (1.1,)), ("ry", (1,), (2.0,)), ("cx", (0, 2), ())]
    words = [("h", (0,), ()), ("h", (1,), ()), ("cx", (0, 2), ())]
    if "t" in gates:
        words[1:2] = [("h", (1,), ()), ("t", (1,), ()), ("h", (1,), ())]
    return words


def largest_register(
    driver: dict[str, Any], seconds: float = LARGEST_SECONDS, memory: int = LARGEST_BYTES
) -> int:
    """Largest n (at most 30) for which a small circuit takes at most ``seconds`` and ``memory``.

    Measured in a process of its own at growing n until a run takes a tenth of that time; from there
    time and memory (bytes) are predicted to double with each qubit, fourfold where the result is a
    matrix.
    """
    # The program's own limits end it; the time here is for code that swallows its alarm.
    output = run_program(__file__, driver, 60.0, str(seconds), str(memory), partial=True) or ""
    sizes = [int(line) for line in output.split() if line.isdigit()]
    return max([1, *sizes])


def _grow(
    driver: dict[str, Any], limit: float, memory: float, report: Callable[[int], None]
) -> None:
    """Run at growing n and report each size that ran or is predicted to."""
    reading = driver.get("state") or driver["counts"]
    factor = 4.0 if reading["kind"] in ("density", "unitary") else 2.0
    if _seconds(driver, 2, max(limit, LARGEST_SECONDS)) is None:
        return
    base = _memory()  # after the imports and whatever the first run compiles
    n, step, ran = 2, 4, 0
    while n <= LARGEST:
        seconds = _seconds(driver, n, limit)
        if seconds is not None and seconds > limit / 10:
            seconds = _seconds(driver, n, limit)  # perhaps this size compiled something
        if seconds is None:
            if step == 1 or ran == 0:
                return
            n, step = ran + 1, 1  # too large a step: go on from the last one that ran
            continue
        ran, used = n, _memory() - base
        if used > memory or seconds > limit:
            return
        report(n)
        if seconds > limit / 10:
            used = max(used, 16.0 * factor**n)
            while n < LARGEST and factor * seconds < limit and factor * used < memory:
                n, seconds, used = n + 1, factor * seconds, factor * used
                report(n)
            return
        if seconds > 0.02 or n >= 14:
            step = 1
        if max(factor * used, 2 * 16.0 * factor ** (n + step)) > memory:
            if step == 1:
                return
            step = 1
        n += step


def _seconds(driver: dict[str, Any], n: int, limit: float) -> float | None:
    """Seconds of one run of a small circuit on ``n`` qubits; ``None`` when it fails."""
    session = Session(driver, n, shots=100)
    circuit: list[Any] = [("h", (qubit,), ()) for qubit in range(n)]
    circuit += [("cx", (qubit, qubit + 1), ()) for qubit in range(n - 1)]
    outcome = attempt(lambda: session.raw(circuit) is not None, 2 * limit)
    return outcome.seconds if outcome.ok else None


def _memory() -> int:
    """Largest resident memory of this process so far, in bytes (Linux counts in kilobytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """Read a driver, write the sizes that ran, one a line."""
    # The package's modules come next; one of them may be called like one of ours.
    sys.path.remove(os.path.dirname(os.path.abspath(__file__)))
    driver = json.load(sys.stdin)
    result = os.fdopen(os.dup(1), "w")
    silence()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > 8 << 30:
        # Address space is reserved far beyond what is used: a backstop, not the measurement.
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, hard))

    def report(n: int) -> None:
        result.write(f"{n}\n")
        result.flush()

    try:
        _grow(driver, float(sys.argv[1]), float(sys.argv[2]), report)
    except OutOfTime:
        report(1)
    os._exit(0)


if __name__ == "__main__":
    main()
