"""Ways to run that give counts: calls that take shots, bare, after a measurement of all qubits, or on the state."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator
from typing import Any

from bench import Bench, public_names
from filling import fill
from guard import attempt
from hosts import hosted
from language import evaluate, run_statements
from objects import Candidate
from readers import CIRCUIT, STATE, Run, runs
from readers_unnamed import unnamed_runs

Json = dict[str, Any]
_MAX_COUNTING = 120
_FEW = 6
_MAX_SAMPLERS = 6
_MEASURE = re.compile(
    r"^(measure(_?all)?(_qubits)?|m|add_measurements?|measure_?\w{0,8}all\w*)$", re.I
)
_MEASURE_VALUE = re.compile(r"^(m|mz|measure(ment)?(_?(all|gate|z))?)$", re.I)
#: Names of measurements that an object may only know when asked.
_LAZY_MEASURE = ("measure", "m")
_QUBITS: Json = {"role": "qubits"}
_QUBIT: Json = {"role": "q0"}


def counting(
    bench: Bench, candidate: Candidate, entry: Json | None = None, state: Json | None = None
) -> Iterator[Run]:
    """Ways to run that may give counts: those that take shots, bare and after a measurement of all qubits.

    ``entry``: how X is applied, since a measurement may be applied alike. ``state``: the reading of the state, from
    which a function may draw.
    """
    yield Run([], "as it is")
    yield from (Run(statements, how) for statements, how in hosted(bench, counts=True))
    found = list(itertools.islice(runs(bench, candidate), _MAX_COUNTING))
    shots = [run for run in found if "'shots'" in repr(run.statements)]
    plain = [run for run in found if run not in shots and run.statements]
    yield from shots[:_FEW]
    for measure in [*_measurements(bench), *_measurement_values(bench, entry)]:
        yield Run([measure], "measured")
        for run in [*shots[:_FEW], *plain[:_FEW]]:
            yield Run([measure, *run.statements], f"measured, {run.how}")
    yield from _of_state(bench, state)
    yield from shots[_FEW:]
    yield from (run for run in unnamed_runs(bench) if "'shots'" in repr(run.statements))
    yield from plain


def _measurements(bench: Bench) -> list[Json]:
    """Statements that measure all qubits and do not raise, most explicit first; at once, or one after the other."""
    circuit = bench.circuit
    if type(circuit) in (list, str):
        return []
    found: list[Json] = []
    for name in [n for n in (*public_names(circuit), *_LAZY_MEASURE) if _MEASURE.match(n)]:
        function = {"attr": [CIRCUIT, name]}
        options = [{"value": {"call": function, "args": args}} for args in _places()]
        whole = {"call": {"ref": "builtins:slice"}, "args": [{"lit": None}]}
        options.insert(3, {"value": {"item": [function, whole]}})
        options += [{**one, "each": True} for one in _each(function)]
        found += [one for one in options if _possible(bench, one)]
    # A call without arguments may only make a gate that waits for its qubits.
    return found[:8]


def _places() -> list[list[Json]]:
    return [[], [_QUBITS], [_QUBITS, _QUBITS]]


def _each(function: Json) -> list[Json]:
    return [{"value": {"call": function, "args": args}} for args in ([_QUBIT], [_QUBIT, _QUBIT])]


def _possible(bench: Bench, statement: Json) -> bool:
    """Whether a statement does not raise; one that gives a new circuit is bound to it."""
    scope = attempt(bench.fresh, 4)
    if not scope.ok:
        return False
    if not attempt(lambda: run_statements([statement], scope.value), 4).ok:
        return False
    value = attempt(lambda: evaluate(statement["value"], scope.value), 4)
    circuit = scope.value.variables.get("circuit")
    if value.ok and value.value is not circuit and type(value.value) is type(circuit):
        statement["var"] = "circuit"
    return True


def _measurement_values(bench: Bench, entry: Json | None) -> list[Json]:
    """Measurements that are values like gates, applied in the way of X: `circuit.append(Measure(qubits))`."""
    if entry is None or entry["effect"] not in ("inplace", "rebind", "augment"):
        return []
    found: list[Json] = []
    for reference in _measurement_references(bench):
        values = [{"call": {"ref": reference}, "args": args} for args in _places()]
        each = [one["value"] for one in _each({"ref": reference})]
        for value, more in [*((v, {}) for v in values), *((v, {"each": True}) for v in each)]:
            applied = _with_value(entry["apply"], value)
            if applied is None:
                return found
            statement = {"value": applied, **more}
            if entry["effect"] == "augment":
                statement["value"] = {"op": "+", "args": [CIRCUIT, applied]}
            if entry["effect"] != "inplace":
                statement["var"] = "circuit"
            if _possible(bench, statement):
                found.append(statement)
    return found[:6]


def _measurement_references(bench: Bench) -> list[str]:
    found: dict[int, str] = {}
    for module in bench.catalog.modules():
        for name, value in list(vars(module).items()):
            if _MEASURE_VALUE.match(name) and callable(value):
                found.setdefault(id(value), f"{module.__name__}:{name}")
    return list(found.values())[:3]


def _with_value(apply: Any, value: Json) -> Any:
    """The application of X with another value in the place of the gate; None where the gate is no value in it."""
    if isinstance(apply, dict):
        if "call" in apply and "ref" in apply["call"] and CIRCUIT not in apply["args"]:
            return value
        for key, part in apply.items():
            inner = _with_value(part, value)
            if inner is not None:
                return {**apply, key: inner}
    elif isinstance(apply, list):
        for index, part in enumerate(apply):
            inner = _with_value(part, value)
            if inner is not None:
                return [*apply[:index], inner, *apply[index + 1 :]]
    return None


def _of_state(bench: Bench, state: Json | None) -> Iterator[Run]:
    """`sample(state, n, shots)`: functions of the package that draw from the state that was read."""
    if state is None or state["kind"] != "state":
        return
    value: Json = {"var": state["root"]}
    for step in state["path"]:
        if "attr" in step:
            value = {"attr": [value, step["attr"]]}
        elif "item" in step:
            value = {"item": [value, {"lit": step["item"]}]}
        elif "call" in step:
            value = {"call": value, "args": step["call"]}
            if step.get("kwargs"):
                value["kwargs"] = step["kwargs"]
        else:
            return
    made = [*state["run"], {"var": "state", "value": value}]
    found = 0
    for module in bench.catalog.modules():
        for name, function in list(vars(module).items()):
            if name.startswith("_") or not inspect.isroutine(function) or found >= _MAX_SAMPLERS:
                continue
            reference = f"{module.__name__}:{name}"
            filled = fill(bench.catalog.reference_signature(reference), name=name)
            if filled is None or not filled.uses(STATE):
                continue
            for call, note in filled.calls({"ref": reference}):
                if "'shots'" in repr(call):
                    found += 1
                    yield Run([*made, {"var": "result", "value": call}], f"{reference}{note}")
