"""Ways to run where no name says that anything runs: whatever takes the circuit, by its signature alone.

These come last, when everything that is named like a run, a simulation or a result has failed. What does the work is
still told by its effect, never by the name.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from typing import Any

from bench import Bench, public_names
from guard import attempt
from language import DriverError, resolve
from layouts import Parameter
from objects import constructions
from readers import CIRCUIT, SHOTS, Run
from vocabulary import AVOID, EXTEND_FIRST, hypothesis

Json = dict[str, Any]
N: Json = {"role": "n"}
SEED: Json = {"role": "seed"}
_MAX_FUNCTIONS = 40
_MAX_CLASSES = 12
_MAX_METHODS = 16


def unnamed_runs(bench: Bench) -> Iterator[Run]:
    """Functions that take the circuit, its own methods, and methods of other objects that take it."""
    methods = list(_own_methods(bench))
    functions = list(_functions(bench))
    yield from _in_turn(functions, methods)
    yield from _objects(bench)


def _in_turn(*rows: list[Run]) -> Iterator[Run]:
    for row in itertools.zip_longest(*rows):
        yield from (one for one in row if one is not None)


def _arguments(signature: list[Parameter] | None, given: list[Json]) -> list[list[Json]]:
    """Lists of arguments of the right length: what is given, with n, shots and a seed in the places that are left.

    What a parameter's name says goes there; where it says nothing, each is tried.
    """
    if signature is None:
        return [given, [*given, N], [*given, SHOTS]]
    required = [p for p in signature if not p.optional and not p.star and not p.keyword_only]
    possible = [p for p in signature if not p.star and not p.keyword_only]
    count = len(required)
    if any(p.keyword_only and not p.optional for p in signature) or count > len(given) + 2:
        return []
    if len(possible) < len(given) and not any(p.star for p in signature):
        return []
    rest = max(0, count - len(given))
    fillers = {0: [[]], 1: [[N], [SHOTS]], 2: [[N, SHOTS], [SHOTS, SEED], [SHOTS, N]]}[rest]
    found = [[*given, *one] for one in fillers]
    if rest == 1 and given:
        found.append([N, *given])
    return found


def _calls(function: Json, arguments: list[list[Json]], signature: Any) -> Iterator[Json]:
    for args in arguments:
        yield {"call": function, "args": args}
        if signature is None or SHOTS in args:
            continue
        # A number of shots that may be left out is most likely the first optional parameter.
        optional = [p for p in signature if p.optional and not p.star]
        for name in [p.name for p in optional if type(p.default) in (int, type(None))][:2]:
            yield {"call": function, "args": args, "kwargs": {name: SHOTS}}


def _own_methods(bench: Bench) -> Iterator[Run]:
    """`circuit.go()`: methods of the circuit that are no gates."""
    circuit = bench.circuit
    if type(circuit) in (list, str, dict):
        return
    for name in _plain_names(circuit)[:_MAX_METHODS]:
        signature = bench.signature(circuit, name)
        function = {"attr": [CIRCUIT, name]}
        for call in _calls(function, _arguments(signature, []), signature):
            yield Run([{"var": "result", "value": call}], f"{name}, unnamed")


def _plain_names(value: Any) -> list[str]:
    names = []
    for name in public_names(value):
        if AVOID.search(name) or hypothesis(name) or EXTEND_FIRST.match(name):
            continue
        member = attempt(lambda: getattr(value, name), 2)  # noqa: B023
        if member.ok and callable(member.value):
            names.append(name)
    return sorted(names, key=len)


def _functions(bench: Bench) -> Iterator[Run]:
    """`perform(circuit, n)`: functions of the package, those of shallow modules first."""
    found = 0
    for module in bench.catalog.modules():
        for name, value in list(vars(module).items()):
            if not _is_candidate(bench, module.__name__, name, value):
                continue
            found += 1
            if found > _MAX_FUNCTIONS:
                return
            reference = f"{module.__name__}:{name}"
            signature = bench.catalog.reference_signature(reference)
            arguments = _arguments(signature, [CIRCUIT])
            for call in _calls({"ref": reference}, arguments, signature):
                yield Run([{"var": "result", "value": call}], f"{reference}, unnamed")


def _is_candidate(bench: Bench, module: str, name: str, value: Any) -> bool:
    if name.startswith("_") or not name.isidentifier() or not inspect.isroutine(value):
        return False
    home = getattr(value, "__module__", None) or module
    own = home.split(".")[0] in bench.catalog.roots
    return own and home == module and not AVOID.search(name) and not hypothesis(name)


def _objects(bench: Bench) -> Iterator[Run]:
    """`Mill().launch(circuit)` and `Mill(circuit).launch()`: other classes of the package."""
    kind = type(bench.circuit)
    for _, reference in bench.catalog.classes[:_MAX_CLASSES]:
        try:
            owner = resolve(reference)
        except DriverError:
            continue
        if owner is kind or not isinstance(owner, type):
            continue
        names = [n for n in dir(owner) if not n.startswith("_") and not AVOID.search(n)]
        names = [n for n in names if not hypothesis(n) and callable(getattr(owner, n, None))]
        yield from _given(bench, reference, sorted(names, key=len)[:_MAX_METHODS])
        made = {"var": "engine", "value": {"call": {"ref": reference}, "args": [CIRCUIT]}}
        yield Run([made], f"{reference}(circuit), unnamed")
        for name in sorted(names, key=len)[:_MAX_METHODS]:
            for args in ([], [SHOTS]):
                call = {"call": {"attr": [{"var": "engine"}, name]}, "args": args}
                yield Run([made, {"var": "result", "value": call}], f"{reference}(circuit).{name}")


def _given(bench: Bench, reference: str, names: list[str]) -> Iterator[Run]:
    for construction in constructions(bench.catalog, reference)[:3]:
        outcome = bench.value(construction)
        if not outcome.ok:
            continue
        made = {"var": "engine", "value": construction}
        for name in names:
            signature = bench.signature(outcome.value, name)
            function = {"attr": [{"var": "engine"}, name]}
            for call in _calls(function, _arguments(signature, [CIRCUIT]), signature):
                statements = [made, {"var": "result", "value": call}]
                yield Run(statements, f"{reference}.{name}, unnamed")
                # What was loaded or run may only be kept in the engine.
        return
