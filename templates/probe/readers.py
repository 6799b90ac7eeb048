"""Ways to run a circuit: methods of it, functions and engines that take it, conversions, options that are switched.

Each is a short list of statements; the last value is the variable ``result``. Nothing is run here beyond what is
needed to see that an engine can be made at all.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from assembled import assembled
from bench import Bench, member, public_names
from example_runs import shown_runs
from filling import Filled, fill
from hosts import hosted
from language import DriverError, evaluate, resolve
from layouts import Parameter
from objects import Candidate, constructions, state_expressions
from vocabulary import AVOID, CONVERT, OPTION, RUN, RUN_FIRST, SWITCH_OFF, hypothesis

Json = dict[str, Any]
CIRCUIT: Json = {"var": "circuit"}
SHOTS: Json = {"role": "shots"}
STATE: Json = {"var": "state"}
_ENGINE_METHOD = re.compile(
    r"^(run|simulate|execute|submit|do_program|evaluate|sample|statevector|state_vector|"
    r"evolve|forward|apply|call|set_circuit|load|compile|get_state)"
)
_FROM_CIRCUIT = re.compile(r"^(from_?(q?circuit|program|circ)|simulate|run|execute|evaluate)")
_MAX_METHODS = 14


@dataclass(frozen=True)
class Run:
    """Statements that run the circuit, and how they were found.

    ``instead``: what to try at once when this raises, the same call with an option at another value: a package whose
    default back end is broken has another one that works.
    """

    statements: list[Json]
    how: str
    instead: Callable[[], Iterator[Run]] | None = None


def _result(value: Json) -> Json:
    return {"var": "result", "value": value}


def runs(bench: Bench, candidate: Candidate) -> Iterator[Run]:
    """All ways to run, the likeliest first; switched options last, since they hurt nothing where the default works."""
    yield Run([], "as it is")
    yield from (Run(statements, how) for statements, how in hosted(bench, counts=False))
    yield from (Run(statements, "example") for statements in shown_runs(candidate.run))
    yield from _of(bench, bench.circuit, CIRCUIT, [])
    for more in (_beside, _assembled, _converted, _switched, _in_a_row):
        yield from more(bench)


def _of(bench: Bench, circuit: Any, variable: Json, before: list[Json]) -> Iterator[Run]:
    """Methods of the circuit, functions and engines that take it. ``before`` makes the variable."""
    for run in (
        *_methods(bench, circuit, variable),
        *_functions(bench, variable),
        *(() if before else _statics(bench, variable)),
        *_engines(bench, circuit, variable),
    ):
        yield Run([*before, *run.statements], run.how) if before else run


def _beside(bench: Bench) -> Iterator[Run]:
    """Methods of what the setup makes beside the circuit: an engine that handed out the register, say."""
    for name, value in list(bench.live.variables.items()):
        if name != "circuit" and not isinstance(value, (int, float, str)):
            for run in _methods(bench, value, {"var": name}):
                yield Run(run.statements, f"{name}.{run.how}", run.instead)


def run_methods(bench: Bench, circuit: Any) -> list[str]:
    """Names of methods that may run the circuit."""
    if type(circuit) in (list, str):
        return []
    names = [
        n
        for n in public_names(circuit)
        if RUN.match(n) and not AVOID.search(n) and not hypothesis(n)
    ]
    names.sort(
        key=lambda n: (not RUN_FIRST.match(n), bool(re.match("measure|apply|update", n)), len(n))
    )
    return names[:_MAX_METHODS]


def _methods(bench: Bench, circuit: Any, variable: Json) -> Iterator[Run]:
    for name in run_methods(bench, circuit):
        function = {"attr": [variable, name]}
        signature = bench.signature(circuit, name)
        filled = fill(signature, variable, name)
        if signature is None:
            yield Run([_result({"call": function, "args": []})], name)
            yield Run([_result({"call": function, "args": [SHOTS]})], f"{name}(shots)")
        elif filled and not filled.uses(variable) and not filled.uses(STATE):
            live = member(circuit, name)
            instead = partial(_options, bench, function, live, signature, filled, name)
            for call, note in filled.calls(function):
                yield Run([_result(call)], name + note, None if note else instead)
        yield from _with_state(bench, function, signature, name)


def _with_state(
    bench: Bench,
    function: Json,
    signature: list[Parameter] | None,
    how: str,
    first: list[Json] | None = None,
) -> Iterator[Run]:
    """Calls that want a start state: updated in place, or given and returned."""
    states = [p for p in signature or [] if p.role == "state"]
    required = [p for p in signature or [] if not p.optional and not p.star]
    if signature is not None and not states and (not required or first is not None):
        return
    if len(required) > 1 + len(first or []):
        return
    for made in _made_states(bench):
        if states and states[0].optional:
            call = {
                "call": function,
                "args": first or [],
                "kwargs": {states[0].name: {"var": "state"}},
            }
        else:
            call = {"call": function, "args": [*(first or []), {"var": "state"}]}
        yield Run([made, _result(call)], f"{how}(state)")


def _made_states(bench: Bench) -> list[Json]:
    return [{"var": "state", "value": expression} for expression in _states(bench)[:6]]


def _states(bench: Bench) -> list[Json]:
    key = "start states"
    if key not in bench.values:
        plain = [{"role": "zeros"}, {"role": "ket0"}]
        found = [e for e in state_expressions(bench.catalog) if bench.value(e).ok]
        bench.values[key] = [*found, *plain]
    return bench.values[key]


def _functions(bench: Bench, variable: Json) -> Iterator[Run]:
    for reference in bench.catalog.runners[:40]:
        signature = bench.catalog.reference_signature(reference)
        if not signature:
            continue
        function = {"ref": reference}
        filled = fill(signature, variable, reference.split(":")[1])
        if filled is None or not filled.uses(variable):
            yield from _unnamed(bench, function, signature, variable)
            continue
        if filled.uses(STATE):
            for made in _made_states(bench):
                yield Run([made, _result(filled.calls(function)[0][0])], f"{reference}(state)")
            continue
        for call, note in filled.calls(function):
            yield Run([_result(call)], reference + note)
        states = [p.name for p in signature if p.role == "state" and p.optional][:1]
        # Optimisers that drop idle qubits or cancel X·X are switched off.
        off = {
            p.name: {"lit": False}
            for p in signature
            if p.default is True and SWITCH_OFF.search(p.name)
        }
        for made, given in [
            ({}, {}),
            *((m, {states[0]: STATE}) for m in _made_states(bench) if states),
        ]:
            for extra in ({}, off) if off else ({},):
                if given or extra:
                    call = {
                        "call": function,
                        "args": filled.args,
                        "kwargs": {**filled.kwargs, **given, **extra},
                    }
                    yield Run(
                        [*([made] if made else []), _result(call)],
                        f"{reference}({', '.join({**given, **extra})})",
                    )


def _unnamed(
    bench: Bench, function: Json, signature: list[Parameter], variable: Json
) -> Iterator[Run]:
    """A function whose first parameter is not named like a circuit may take one all the same."""
    if signature[0].role in ("n", "qubit", "shots", "seed", "angle", "text"):
        return
    required = [p for p in signature if not p.optional and not p.star]
    if len(required) == 1:
        yield Run([_result({"call": function, "args": [variable]})], function["ref"])
    elif len(required) == 2 and any(p.role == "state" for p in required):
        yield from _with_state(bench, function, signature, function["ref"], [variable])


def _statics(bench: Bench, variable: Json) -> Iterator[Run]:
    """Result classes made from the circuit: `State.from_circuit(circuit)`."""
    for reference in [*(r for _, r in bench.catalog.classes[:12]), *bench.catalog.engines[:6]]:
        try:
            owner = resolve(reference)
        except DriverError:
            continue
        for name in [n for n in dir(owner) if _FROM_CIRCUIT.match(n)]:
            if isinstance(inspect.getattr_static(owner, name, None), (staticmethod, classmethod)):
                call = {"call": {"ref": f"{reference}.{name}"}, "args": [variable]}
                yield Run([_result(call)], f"{reference}.{name}")


def _engines(bench: Bench, circuit: Any, variable: Json) -> Iterator[Run]:
    for reference in bench.catalog.engines[:12]:
        try:
            kind = resolve(reference)
        except DriverError:
            continue
        if isinstance(kind, type) and type(circuit) is kind:
            continue
        names = [n for n in dir(kind) if _ENGINE_METHOD.match(n) and not hypothesis(n)]
        names.sort(key=lambda n: (not RUN_FIRST.match(n), len(n)))
        yield from _engine_given(bench, reference, kind, names[:6], variable)
        made = {"var": "engine", "value": {"call": {"ref": reference}, "args": [variable]}}
        for name in names[:6]:
            function = {"attr": [{"var": "engine"}, name]}
            yield Run(
                [made, _result({"call": function, "args": []})], f"{reference}(circuit).{name}"
            )
            yield Run(
                [made, _result({"call": function, "args": [SHOTS]})],
                f"{reference}(circuit).{name}(shots)",
            )
        yield Run([made], f"{reference}(circuit)")


def _engine_given(
    bench: Bench, reference: str, kind: Any, names: list[str], variable: Json
) -> Iterator[Run]:
    """An engine made without the circuit, then run on it."""
    for construction in constructions(bench.catalog, reference)[:4]:
        outcome = bench.value(construction)
        if not outcome.ok:
            continue
        made = {"var": "engine", "value": construction}
        for name in [*names, ""]:
            function: Json = {"attr": [{"var": "engine"}, name]} if name else {"var": "engine"}
            if not name and "__call__" not in dir(kind):
                continue
            signature = bench.signature(outcome.value, name or "__call__")
            filled = fill(signature, variable, name or "run")
            if filled and filled.uses(variable) and not filled.uses(STATE):
                for call, note in filled.calls(function):
                    yield Run([made, _result(call)], f"{reference}.{name}{note}")
                continue
            for args in ([variable], [{"list": [variable]}], [variable, SHOTS]):
                yield Run([made, _result({"call": function, "args": args})], f"{reference}.{name}")
            if signature is None or any(p.star for p in signature):
                call = {"call": function, "args": [variable], "kwargs": {"shots": SHOTS}}
                yield Run([made, _result(call)], f"{reference}.{name}(shots)")
        return


def _converted(bench: Bench) -> Iterator[Run]:
    """The circuit is first turned into a program: `circuit.build()`, `circuit.to_job()`."""
    for name in _conversions(bench.circuit):
        value = {"call": {"attr": [CIRCUIT, name]}, "args": []}
        outcome = bench.trial(lambda: getattr(bench.fresh().variables["circuit"], name)(), 4)  # noqa: B023
        if not outcome.ok or not _is_object(outcome.value):
            continue
        before = [{"var": "program", "value": value}]
        yield Run([_result(value)], name)
        for second in _conversions(outcome.value):
            inner = bench.trial(lambda: getattr(outcome.value, second)(), 4)  # noqa: B023
            if (
                not inner.ok
                or not _is_object(inner.value)
                or type(inner.value) is type(outcome.value)
            ):
                continue
            value = {"call": {"attr": [{"var": "program"}, second]}, "args": []}
            statements = [*before, {"var": "job", "value": value}]
            yield from _of(bench, inner.value, {"var": "job"}, statements)
        yield from _of(bench, outcome.value, {"var": "program"}, before)


def _assembled(bench: Bench) -> Iterator[Run]:
    """A list of gates becomes a program: `Circuit(gates).run()`, `Circuit(gates)()`, `engine.run(Circuit(gates))`."""
    program: Json = {"var": "program"}
    for one in assembled(bench):
        before: list[Json] = [{**program, "value": one.value}]
        if callable(one.live):
            yield Run([*before, _result({"call": program, "args": []})], f"{one.how}()")
            called = bench.signature(one.live, "__call__")
            for run in _with_state(bench, program, called, one.how, []):
                yield Run([*before, *run.statements], run.how)
        yield from _of(bench, one.live, program, before)


def _is_object(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, int, list))


def _conversions(value: Any) -> list[str]:
    if isinstance(value, (str, list)):
        return []
    names = [n for n in public_names(value) if CONVERT.match(n) and not AVOID.search(n)]
    return sorted(names, key=lambda n: (not n.startswith(("to_", "build")), len(n)))[:4]


def _switched(bench: Bench) -> Iterator[Run]:
    """Options at other values than their defaults: a back end that works, a result that is a state."""
    for name in run_methods(bench, bench.circuit):
        signature = bench.signature(bench.circuit, name)
        filled = fill(signature)
        if not signature or not filled or filled.uses(CIRCUIT) or filled.uses(STATE):
            continue
        function = {"attr": [CIRCUIT, name]}
        yield from _options(bench, function, member(bench.circuit, name), signature, filled, name)
    for reference in bench.catalog.runners[:12]:
        signature = bench.catalog.reference_signature(reference)
        filled = fill(signature)
        if signature and filled and filled.uses(CIRCUIT) and not filled.uses(STATE):
            function = {"ref": reference}
            yield from _options(bench, function, resolve(reference), signature, filled, reference)


def _options(
    bench: Bench, function: Json, live: Any, signature: list[Parameter], filled: Filled, how: str
) -> Iterator[Run]:
    for parameter in signature:
        if not OPTION.match(parameter.name) or not parameter.optional or parameter.star:
            continue
        values: list[Any] = list(bench.catalog.options(live, parameter))
        if isinstance(parameter.default, bool):
            values = [not parameter.default]
        for value in values:
            for call, note in filled.calls(function):
                call["kwargs"] = {**call.get("kwargs", {}), parameter.name: {"lit": value}}
                yield Run([_result(call)], f"{how}({parameter.name}={value}){note}")


def _in_a_row(bench: Bench) -> Iterator[Run]:
    """Two functions in a row: g(f(circuit))."""
    if type(bench.circuit) in (str, list):
        return
    references = [r for r in bench.catalog.runners if not r.split(":")[1].startswith("_")][:8]
    for first in references:
        inner = {"call": {"ref": first}, "args": [CIRCUIT]}
        outcome = bench.trial(lambda: evaluate(inner, bench.fresh()), 4)  # noqa: B023
        if (
            not outcome.ok
            or outcome.value is None
            or isinstance(outcome.value, (int, float, str, bool))
        ):
            continue
        for second in references:
            if second != first:
                made = {"var": "program", "value": inner}
                call = {"call": {"ref": second}, "args": [{"var": "program"}]}
                yield Run([made, _result(call)], f"{first}, {second}")
