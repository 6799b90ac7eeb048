"""From the search's best drivers to the measured one: minimised, accepted in a fresh process, conventions measured."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from accept import PLACED, accept_afresh
from acceptance import Acceptance
from capabilities import measure_capabilities
from catalog import Catalog
from conventions import measure_conventions
from guard import attempt, in_child
from hosts import uses_package
from identify import deviation
from inspect_object import Report
from language import roles_used
from logbook import described
from measure import measure_gates
from minimise import minimise
from reference import random_unitary, simulate
from session import COUNTED, Session
from vocabulary import NON_CLIFFORD, SHAPES

Json = dict[str, Any]
_MINIMISE_SECONDS = 10.0
#: The clock on the wall only ends what hangs; its hit is in the log.
_WALL = 10.0
_MAX_ATTEMPTS = 3
#: On the clock on the wall; only what hangs takes that long.
_BEYOND_SECONDS = 300.0


@dataclass
class Finished:
    """The outcome for one driver. ``ok``: accepted; otherwise ``log`` says why not."""

    ok: bool = False
    driver: Json | None = None
    gates: list[Json] = field(default_factory=list)
    conventions: Json | None = None
    #: Ids of the layouts that the driver's gates are written in, the most frequent first.
    layouts: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


def finish(catalog: Catalog, reports: list[Report], note: Callable[[str], None]) -> Finished:
    """Finish the best report; where the replay refuses it, the next one."""
    refused: list[str] = []
    last = Finished()
    for report in reports[:_MAX_ATTEMPTS]:
        if not report.solved and last.driver is not None:
            break
        done = _finish_one(catalog, report, note)
        done.log = refused + done.log
        if done.ok:
            return done
        refused = done.log
        if last.driver is None:
            last = done
    last.log = refused
    return last


def _finish_one(catalog: Catalog, report: Report, note: Callable[[str], None]) -> Finished:
    driver = report.driver
    assert driver is not None
    seconds = catalog.request["budget"]["measure_seconds"]
    done = Finished(driver=driver)
    # A person's driver stays as they wrote it.
    by_hand = bool(catalog.request.get("driver"))
    note("take as given" if by_hand else "minimise")
    smaller = in_child(
        lambda _send: driver if by_hand else _minimised(catalog, driver), _WALL * _MINIMISE_SECONDS
    )
    if isinstance(smaller.value, dict) and not smaller.error:
        done.driver = driver = smaller.value
    else:
        done.log.append(f"not made smaller: {smaller.error}")
    note("replay in a fresh process")
    acceptance = accept_afresh(driver, seconds) if report.solved else None
    if acceptance and driver is not report.driver and (acceptance.failed or not acceptance.ok):
        # What was dropped may only be missed in a fresh process (an import, say), or by some of its circuits.
        whole = accept_afresh(report.driver or driver, seconds)
        if whole.ok and (not acceptance.ok or len(whole.failed) < len(acceptance.failed)):
            acceptance, done.driver = whole, report.driver
            driver = done.driver or driver
    failed = dict(acceptance.failed) if acceptance else {}
    for gate in failed:
        driver["gates"].pop(gate, None)
    note("gates and conventions")
    measured = in_child(lambda _send: measure_gates(driver), _WALL * seconds)
    gates = measured.value if isinstance(measured.value, list) else []
    if not gates:
        done.log.append(f"the gates could not be measured: {measured.error}")
    for entry in gates:
        if entry["gate"] in failed:
            entry.update(outcome="wrong", reason=failed[entry["gate"]][:1000])
        elif entry["outcome"] == "wrong":
            driver["gates"].pop(entry["gate"], None)
        elif entry["outcome"] == "missing" and entry["gate"] in report.odd:
            entry["reason"] = report.odd[entry["gate"]][:1000]
    done.gates = gates
    if acceptance:
        done.limits += acceptance.limits
        done.log.append(_replayed(acceptance))
        done.limits += [
            f"the simulator's own {gate} is not used: {why}" for gate, why in failed.items()
        ]
    used = Counter(layout for gate, layout in report.layouts.items() if gate in driver["gates"])
    done.layouts = [layout for layout, _ in used.most_common()]
    done.log.append("layouts: " + "; ".join(f"{one} ({used[one]})" for one in done.layouts))
    names = set(driver["gates"])
    done.ok = bool(
        gates
        and acceptance
        and acceptance.ok
        and {"x", "h"} <= names
        and {"cx", "cz"} & names
        and names & NON_CLIFFORD
    )
    found = in_child(lambda _send: asdict(measure_conventions(driver)), _WALL * seconds)
    if isinstance(found.value, dict) and not found.error:
        done.conventions = found.value["values"]
        if acceptance and acceptance.wrong_from:
            largest = min(done.conventions["max_qubits"], acceptance.wrong_from - 1)
            done.conventions["max_qubits"] = largest
        if found.value["largest"]:
            why = found.value["largest"]
            done.log.append(f"up to {done.conventions['max_qubits']} qubits: {why}")
        done.limits += [one for one in found.value["limits"] if one not in done.limits]
        if "counts" in driver and driver["counts"] and found.value["values"].get("counts_order"):
            driver["counts"]["order"] = found.value["values"]["counts_order"]
        if done.ok and catalog.request.get("advanced"):
            _beyond(catalog, driver, done, note)
        if "state" in driver and done.conventions["counts"] == "none":
            # Counts that are wrong or fail (the limits say how) are drawn from the state instead.
            driver.pop("counts", None)
            done.conventions.pop("counts_order", None)
    else:
        done.log.append(f"conventions: {found.error}")
    done.log = [*described(driver, done.gates, done.conventions), *done.log]
    done.limits = list(dict.fromkeys(done.limits))
    return done


def _beyond(catalog: Catalog, driver: Json, done: Finished, note: Callable[[str], None]) -> None:
    """What the driver can do beyond states and counts; nothing of it decides whether it is right."""
    note("density matrix, noise, batches")
    found = in_child(lambda _send: asdict(measure_capabilities(catalog, driver)), _BEYOND_SECONDS)
    if not isinstance(found.value, dict) or found.error:
        done.log.append(f"density matrix, noise and batches were not measured: {found.error}")
        return
    driver.update(found.value["driver"])
    if done.conventions is not None:
        done.conventions.update(found.value["values"])
    done.log += found.value["log"]


def _replayed(acceptance: Acceptance) -> str:
    """What the replay showed. How many circuits it took depends on how slow they are, and does not stand here."""
    if acceptance.reason:
        return f"replayed in a fresh process and refused: {acceptance.reason}"
    return (
        f"replayed in a fresh process: gates on their placements at n = {PLACED}, random circuits, and one at "
        f"n = {acceptance.largest}"
    )


def _minimised(catalog: Catalog, driver: Json) -> Json:
    """Drop what the driver does not need; it must still use the package and give the same results."""

    def holds(smaller: Json) -> bool:
        own = uses_package(catalog, smaller)
        # No effect shows what a seed does to one run; it stays where the reading has one.
        seeded = "seed" not in roles_used(driver.get("counts")) or "seed" in roles_used(
            smaller.get("counts")
        )
        return own and seeded and all(_right(smaller, n) for n in (3, 4))

    return minimise(driver, holds, _MINIMISE_SECONDS)


def _right(driver: Json, n: int) -> bool:
    """Whether every gate, once each in one circuit, and the reading of counts still do what they must."""
    return all(
        bool(attempt(lambda: _agrees(driver, n, which), 20).value)  # noqa: B023
        for which in ("state", "counts")
        if which in driver
    )


def _agrees(driver: Json, n: int, which: str) -> bool:
    session = Session(driver, n, which)
    if not session.establish():
        return False
    if which == "counts" and "state" in driver:
        return True
    rng = random.Random(n)
    names = [gate for gate in SHAPES if gate in driver["gates"]]
    # On a basis state a rotation about Z shows nothing, whatever its angle is.
    spread = [("h", (qubit,), ()) for qubit in range(n)] if "h" in names else []
    circuit: list[Any] = [*spread]
    for gate in [*names, *reversed(names)]:
        qubits, parameters = SHAPES[gate]
        places = tuple(rng.sample(range(n), qubits))
        circuit.append((gate, places, tuple(rng.uniform(1, 3) for _ in range(parameters))))
    if "matrix" in driver["gates"]:
        for count in (1, 2):
            places = tuple(rng.sample(range(n), count))
            circuit.append((random_unitary(2**count, count), places, ()))
    if not session.has_amplitudes:
        circuit += spread
    expected = simulate(circuit, n)
    if session.has_amplitudes:
        return deviation(session.vector(circuit), expected)[0] < 1e-3
    weights = session.distribution(circuit)
    tolerance = 0.1 if session.kind in COUNTED else 1e-3
    return bool(np.max(np.abs(weights / weights.sum() - np.abs(expected) ** 2)) < tolerance)
