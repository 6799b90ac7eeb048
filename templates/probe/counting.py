"""Ways to run that give counts: calls that take shots, bare and after a measurement of all qubits."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from bench import Bench, public_names
from guard import attempt
from hosts import hosted
from language import evaluate
from objects import Candidate
from readers import CIRCUIT, Run, runs
from readers_unnamed import unnamed_runs

Json = dict[str, Any]
_MAX_COUNTING = 120
_FEW = 6
_MEASURE = re.compile(
    r"^(measure(_?all)?(_qubits)?|m|add_measurements?|measure_?\w{0,8}all\w*)$", re.I
)
#: Names of measurements that an object may only know when asked.
_LAZY_MEASURE = ("measure", "m")


def counting(bench: Bench, candidate: Candidate) -> Iterator[Run]:
    """Ways to run that may give counts: those that take shots, bare and after a measurement of all qubits."""
    yield Run([], "as it is")
    yield from (Run(statements, how) for statements, how in hosted(bench, counts=True))
    found = list(itertools.islice(runs(bench, candidate), _MAX_COUNTING))
    shots = [run for run in found if "'shots'" in repr(run.statements)]
    plain = [run for run in found if run not in shots and run.statements]
    yield from shots[:_FEW]
    for measure in _measurements(bench):
        yield Run([measure], "measured")
        for run in [*shots[:_FEW], *plain[:_FEW]]:
            yield Run([measure, *run.statements], f"measured, {run.how}")
    yield from shots[_FEW:]
    yield from (run for run in unnamed_runs(bench) if "'shots'" in repr(run.statements))
    yield from plain


def _measurements(bench: Bench) -> list[Json]:
    """Statements that measure all qubits and do not raise, most explicit first."""
    circuit = bench.circuit
    if isinstance(circuit, (list, str)):
        return []
    qubits: Json = {"role": "qubits"}
    found: list[Json] = []
    for name in [n for n in (*public_names(circuit), *_LAZY_MEASURE) if _MEASURE.match(n)]:
        function = {"attr": [CIRCUIT, name]}
        options: list[Json] = [
            {"call": function, "args": args} for args in ([], [qubits], [qubits, qubits])
        ]
        options.append(
            {"item": [function, {"call": {"ref": "builtins:slice"}, "args": [{"lit": None}]}]}
        )
        for option in options:
            outcome = attempt(lambda: evaluate(option, bench.fresh()), 4)  # noqa: B023
            if outcome.ok:
                found.append({"value": option})
    # A call without arguments may only make a gate that waits for its qubits.
    return found[:8]
