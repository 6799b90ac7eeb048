"""Several circuits in one call: the run of a measured driver, given a list of them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench import Bench, public_names
from chisquare import chi_square, upper_tail
from decode import decode_as
from guard import attempt
from language import DriverError, prepare, resolve, run_statements, walk
from reference import simulate
from session import COUNTED, SIGNIFICANCE, Session

Json = dict[str, Any]
CIRCUITS: Json = {"role": "circuits"}
_CIRCUIT: Json = {"var": "circuit"}
_BATCH = re.compile(r"(batch|many|multi|sweep|circuits|all|list)", re.I)
_N = 3
_SHOTS = 2000
_SECONDS = 10.0
_MOST = 40


def run_batch(
    driver: Json, reading: Json, circuits: list[list[Any]], n: int, shots: int, seed: int
) -> list[Any]:
    """Raw results of several circuits by ``reading``, in their order. What the simulator raises passes through."""
    made = []
    for circuit in circuits:
        scope = prepare(driver, circuit, n, shots, seed)
        made.append(scope.variables["circuit"])
    scope.roles["circuits"] = made
    run_statements(reading["run"], scope)
    results = list(scope.variables[reading["root"]])
    if len(results) != len(circuits):
        raise DriverError(f"{len(circuits)} circuits gave {len(results)} results")
    return [walk(one, reading["path"], scope) for one in results]


def find_batch(bench: Bench, driver: Json) -> Json | None:
    """A reading that runs a list of circuits at once and gives each its own result, or None.

    It is the driver's own reading with the list in place of the circuit, by the same call or by one that is
    called after several. Equal to single runs: states entry by entry, counts by chi-square against the
    expected probabilities.
    """
    if driver.get("text"):
        return None
    for which in ("state", "counts"):
        if which not in driver:
            continue
        for count, run in enumerate(_runs(bench, driver[which]["run"])):
            if count >= _MOST:
                break
            reading = {**driver[which], "run": run}
            outcome = attempt(lambda reading=reading: _agrees(driver, reading), _SECONDS)
            if outcome.ok and outcome.value:
                return reading
    return None


def _runs(bench: Bench, run: list[Json]) -> Iterator[list[Json]]:
    """The statements with the list where one call takes the circuit; methods of the circuit itself take no list."""
    for index, statement in enumerate(run):
        calls = [
            place for place in _calls(statement["value"], ()) if _takes(statement["value"], place)
        ]
        if not calls:
            continue
        for place in calls:
            listed = _listed(statement["value"], place)
            for value in (listed, *_renamed(bench, listed, place)):
                yield [*run[:index], {**statement, "value": value}, *run[index + 1 :]]


def _takes(value: Json, place: tuple[Any, ...]) -> bool:
    call = _at(value, place)
    return _CIRCUIT in call.get("args", ()) or _CIRCUIT in (call.get("kwargs") or {}).values()


def _listed(value: Json, place: tuple[Any, ...]) -> Json:
    changed = copy.deepcopy(value)
    call = _at(changed, place)
    call["args"] = [CIRCUITS if one == _CIRCUIT else one for one in call.get("args", ())]
    if call.get("kwargs"):
        call["kwargs"] = {
            k: CIRCUITS if one == _CIRCUIT else one for k, one in call["kwargs"].items()
        }
    return changed


def _renamed(bench: Bench, value: Json, place: tuple[Any, ...]) -> Iterator[Json]:
    """The call by a name beside its own that speaks of several."""
    function = _at(value, place)["call"]
    names: list[str] = []
    if "attr" in function and "ref" not in function:
        owner = bench.value(function["attr"][0])
        names = [n for n in public_names(owner.value) if _BATCH.search(n)] if owner.ok else []
        for name in names[:6]:
            changed = copy.deepcopy(value)
            _at(changed, place)["call"]["attr"][1] = name
            yield changed
    elif "ref" in function:
        home, _, own = function["ref"].rpartition(":")
        outcome = attempt(lambda: vars(resolve(home)), 2)
        names = [
            n for n in outcome.value or {} if _BATCH.search(n) and own.lower()[:3] in n.lower()
        ]
        for name in names[:6]:
            changed = copy.deepcopy(value)
            _at(changed, place)["call"]["ref"] = f"{home}:{name}"
            yield changed


def _agrees(driver: Json, reading: Json) -> bool:
    """Three circuits whose results differ, in one call, each as it must be."""
    session = Session(driver, _N, "counts" if reading["kind"] in COUNTED else "state")
    circuits: list[list[Any]] = [
        [("x", (0,), ())],
        [("h", (1,), ()), ("cx" if "cx" in driver["gates"] else "cz", (1, 2), ())],
        [("x", (2,), ()), ("h", (0,), ())],
    ]
    operations = [[session.operation(*step) for step in circuit] for circuit in circuits]
    results = run_batch(driver, reading, operations, _N, _SHOTS, 5)
    for circuit, raw in zip(circuits, results, strict=True):
        expected = np.abs(simulate(circuit, _N)) ** 2
        found = decode_as(raw, _N, reading["kind"])
        single = decode_as(session.raw(circuit, _SHOTS, 5), _N, reading["kind"])
        if reading["kind"] not in COUNTED:
            if np.max(np.abs(found - single)) > 1e-6:
                return False
            continue
        if reading["order"] == "little":
            found = found.reshape((2,) * _N).transpose().reshape(-1)
        if (
            abs(found.sum() - _SHOTS) > 0.5
            or upper_tail(*chi_square(found.real, expected)) < SIGNIFICANCE
        ):
            return False
    return True


def _calls(value: Any, place: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    found = []
    if isinstance(value, dict):
        if isinstance(value.get("call"), dict):
            found.append(place)
        for key, part in value.items():
            found += _calls(part, (*place, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            found += _calls(part, (*place, index))
    return found


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value
