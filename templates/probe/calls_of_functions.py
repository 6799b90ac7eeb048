"""Recipes with free functions: one for each gate, or one that applies any gate to a circuit or a state."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator

from bench import Bench
from calls_common import CIRCUIT, Json, made, references_for, shape_of
from gatevalues import gate_values
from language import DriverError, resolve
from layouts import Arguments, Parameter, Shape, controlled_layouts, layouts
from recipes import Form, Recipe
from vocabulary import CONTROLLED, GATE_ARGUMENT, SHAPES

_CIRCUIT_ROLES = ("circuit", "state")
_MAX_APPLIERS = 6
_ORDERS = tuple(itertools.permutations(("circuit", "gate", "qubits")))


def functions(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`rx(circuit, qubit, angle)`, the circuit last, by name between the others, or in a context without it."""
    for reference in references_for(bench, gate):
        try:
            function = resolve(reference)
        except DriverError:
            continue
        if not callable(function) or (inspect.isclass(function) and form.kind != "bare"):
            continue
        signature = bench.catalog.reference_signature(reference)
        if form.kind == "function":
            yield from _first(form, gate, reference, signature, handle)
        elif form.kind == "function last":
            rest = signature[:-1] if signature else None
            for arguments in layouts(shape_of(gate), rest):
                call = arguments.call({"ref": reference}, after=[CIRCUIT])
                yield made(form, arguments.code, reference, call, handle)
        elif hasattr(bench.circuit, "__enter__") or handle is not None:
            for arguments in layouts(shape_of(gate), signature):
                yield made(
                    form, arguments.code, reference, arguments.call({"ref": reference}), handle
                )


def _first(
    form: Form, gate: str, reference: str, signature: list[Parameter] | None, handle: Json | None
) -> Iterator[Recipe]:
    rest = signature[1:] if signature else None
    between = [p for p in rest or [] if p.role in _CIRCUIT_ROLES]
    if signature and between and signature[0].role not in _CIRCUIT_ROLES:
        others = [p for p in signature if p is not between[0]]
        for arguments in layouts(shape_of(gate), others):
            named = Arguments((), (), arguments.code)
            if not arguments.args:
                kwargs = (*arguments.kwargs, (between[0].name, CIRCUIT))
                named = Arguments((), kwargs, f"circuit by name|{arguments.code}")
                yield made(form, named.code, reference, named.call({"ref": reference}), handle)
    for arguments in layouts(shape_of(gate), rest):
        call = arguments.call({"ref": reference}, [CIRCUIT])
        yield made(form, arguments.code, reference, call, handle)


def appliers(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`apply(circuit, RX(qubit, angle))`."""
    for one in gate_values(bench, gate, handle).full:
        for reference in bench.catalog.appliers[:_MAX_APPLIERS]:
            for args in ([CIRCUIT, one.expression], [one.expression, CIRCUIT]):
                call = {"call": {"ref": reference}, "args": args}
                yield Recipe(Form(form.kind, reference), one.code, one.name, call)


def part_appliers(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`apply(state, RX(angle), qubit)` in all orders, also with the number of qubits."""
    parts = [p for p in gate_values(bench, gate, handle).parts if p.code != "class"]
    for reference in bench.catalog.appliers[:_MAX_APPLIERS]:
        for part in parts[:8]:
            for code, call in _applied(bench, gate, reference, part.expression):
                yield made(
                    Form(form.kind, reference), f"{part.code}|{code}", part.name, call, handle
                )
    if gate not in CONTROLLED:
        return
    parts = gate_values(bench, CONTROLLED[gate][1], handle).parts
    for reference in bench.catalog.appliers[:_MAX_APPLIERS]:
        signature = bench.catalog.reference_signature(reference)
        if signature is None or not any(p.role == "control" for p in signature):
            continue
        for part in [p for p in parts if p.code != "class"][:4]:
            for code, call in _applied(bench, gate, reference, part.expression):
                yield made(
                    Form(form.kind, reference),
                    f"control|{part.code}|{code}",
                    part.name,
                    call,
                    handle,
                )
            for arguments in controlled_layouts(gate, signature[2:], given=True):
                call = arguments.call({"ref": reference}, [CIRCUIT, part.expression])
                yield made(
                    Form(form.kind, reference),
                    f"control|{part.code}|{arguments.code}",
                    part.name,
                    call,
                    handle,
                )


def matrix_appliers(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`apply(state, matrix, qubit)`: the gate given as its unitary, in all orders."""
    for reference in bench.catalog.appliers[:_MAX_APPLIERS]:
        for code, call in _applied(bench, gate, reference, {"role": "matrix"}):
            yield made(Form(form.kind, reference), f"matrix|{code}", "matrix", call, handle)


def _applied(bench: Bench, gate: str, reference: str, what: Json) -> Iterator[tuple[str, Json]]:
    """Calls of a function that applies a gate: the order that its parameters' names tell, else every order."""
    signature = bench.catalog.reference_signature(reference)
    bare = Shape(SHAPES[gate][0], 0, shape_of(gate).controls)
    required = [p for p in signature or [] if not p.star]
    where = [i for i, p in enumerate(required) if p.role in _CIRCUIT_ROLES]
    which = [i for i, p in enumerate(required) if GATE_ARGUMENT.match(p.name) and i not in where]
    if where and which:
        rest = [p for i, p in enumerate(required) if i not in (where[0], which[0])]
        fixed = sorted([(where[0], CIRCUIT), (which[0], what)], key=lambda pair: pair[0])
        names = {required[where[0]].name: CIRCUIT, required[which[0]].name: what}
        for arguments in layouts(bare, rest):
            if not arguments.args and arguments.kwargs:
                kwargs = {**names, **dict(arguments.kwargs)}
                call = {"call": {"ref": reference}, "args": [], "kwargs": kwargs}
                yield f"by name|{arguments.code}", call
            elif arguments.args and not arguments.kwargs:
                args = list(arguments.args)
                for index, value in fixed:
                    args.insert(index, value)
                yield f"in order|{arguments.code}", {"call": {"ref": reference}, "args": args}
        return
    for order in _ORDERS:
        for arguments in layouts(bare)[:3]:
            pieces = {"circuit": [CIRCUIT], "gate": [what], "qubits": list(arguments.args)}
            args = [part for name in order for part in pieces[name]]
            for more in ([], [{"role": "n"}]):
                code = f"{', '.join(order)}{', n' if more else ''}|{arguments.code}"
                yield code, {"call": {"ref": reference}, "args": [*args, *more]}
