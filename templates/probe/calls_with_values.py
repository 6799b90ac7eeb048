"""Recipes in which a gate value meets the circuit: given to a method, by an operator, by a function of either."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

from bench import Bench, public_names
from calls_common import CIRCUIT, Json, angles_of, made, qubits_of, shape_of
from gatevalues import GateValue, gate_values
from language import DriverError, resolve
from layouts import Shape, controlled_layouts, layouts
from recipes import Form, Recipe
from vocabulary import CONTROLLED, SHAPES

_VALUE_METHODS = re.compile(r"^(update\w*|apply\w*|act\w*|run|evolve|operate|simulate)$")


SYMBOLS = {
    "shift": ("<<", False), "times": ("*", True), "or": ("|", True), "plus": ("+", False), "at": ("@", True),
}  # fmt: skip


def values(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.add(RX(qubit, angle))`."""
    function = {"attr": [CIRCUIT, form.method]}
    for one in gate_values(bench, gate, handle).full:
        yield Recipe(form, one.code, one.name, {"call": function, "args": [one.expression]})


def parts(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.add(RX(angle), qubit)` and `circuit.add(RX, qubit, angle)`."""
    function = {"attr": [CIRCUIT, form.method]}
    signature = bench.signature(bench.circuit, form.method)
    rest = signature[1:] if signature else None
    qubits, parameters = SHAPES[gate]
    bare = Shape(qubits, 0, shape_of(gate).controls)
    for one in gate_values(bench, gate, handle).parts:
        if one.code != "class":
            for arguments in layouts(bare, rest):
                code = f"{one.code}|{arguments.code}"
                yield made(form, code, one.name, arguments.call(function, [one.expression]), handle)
            for arguments in layouts(bare)[:3]:
                code = f"{one.code}|last|{arguments.code}"
                yield made(
                    form, code, one.name, arguments.call(function, after=[one.expression]), handle
                )
        if one.code in ("class", "constant") or (parameters and one.code == "empty call"):
            for arguments in layouts(shape_of(gate), rest):
                code = f"{one.code}|{arguments.code}"
                yield made(form, code, one.name, arguments.call(function, [one.expression]), handle)
                if parameters and isinstance(one.value, type):
                    empty = {"call": one.expression, "args": []}
                    yield made(
                        form, f"empty {code}", one.name, arguments.call(function, [empty]), handle
                    )
    if gate in CONTROLLED and (
        "control" in form.method or any(p.role == "control" for p in rest or [])
    ):
        for one in gate_values(bench, CONTROLLED[gate][1], handle).parts:
            for arguments in controlled_layouts(gate, rest):
                call = arguments.call(function, [one.expression])
                yield made(form, f"{one.code}|{arguments.code}", one.name, call, handle)


def combined(build: Callable[[Json], list[tuple[Json, str]]]) -> Callable[..., Iterator[Recipe]]:
    """A writer that puts every full value of a gate into the applications that `build` makes of it."""

    def write(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
        for one in gate_values(bench, gate, handle).full:
            for apply, effect in build(one.expression):
                yield Recipe(form, one.code, one.name, apply, effect)

    return write


def operator(symbol: str, value_first: bool) -> Callable[..., Iterator[Recipe]]:
    """`circuit << value` and its kind."""

    def build(value: Json) -> list[tuple[Json, str]]:
        args = [value, CIRCUIT] if value_first else [CIRCUIT, value]
        return [({"op": symbol, "args": args}, "")]

    return combined(build)


def value_calls(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`RX(qubit, angle)(state)`, and `RX(angle)(state, qubits)`: operators that are called on a state."""
    for one in gate_values(bench, gate, handle).full:
        yield Recipe(form, one.code, one.name, {"call": one.expression, "args": [CIRCUIT]})
    bare = Shape(SHAPES[gate][0], 0, shape_of(gate).controls)
    for one in gate_values(bench, gate, handle).parts:
        if inspect.isclass(one.value) or inspect.isroutine(one.value) or not callable(one.value):
            continue
        signature = bench.catalog.signature(one.value)
        for arguments in layouts(bare, signature[1:] if signature else None)[:8]:
            call = arguments.call(one.expression, [CIRCUIT])
            yield made(form, f"{one.code}|{arguments.code}", one.name, call, handle)


def value_methods(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`RX(qubit, angle).update(circuit)`."""
    for one in gate_values(bench, gate, handle).full:
        yield from value_method(one, form)


def value_method(one: GateValue, form: Form) -> Iterator[Recipe]:
    """Methods of one value that may act on the circuit."""
    for method in [n for n in public_names(one.value) if _VALUE_METHODS.match(n)][:6]:
        call = {"call": {"attr": [one.expression, method]}, "args": [CIRCUIT]}
        yield Recipe(Form(form.kind, method), one.code, one.name, call)


def appliers(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`apply(circuit, RX(qubit, angle))`."""
    for one in gate_values(bench, gate, handle).full:
        for reference in bench.catalog.appliers[:4]:
            for args in ([CIRCUIT, one.expression], [one.expression, CIRCUIT]):
                call = {"call": {"ref": reference}, "args": args}
                yield Recipe(Form(form.kind, reference), one.code, one.name, call)


def shift_tuple(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit << (RX, qubit, angle)`."""
    qubits, angles = qubits_of(gate), angles_of(gate)
    for one in gate_values(bench, gate, handle).parts:
        for rest, code in (
            (qubits, "q"),
            ([{"list": qubits}], "[q]"),
            ([{"tuple": qubits}], "(q)"),
        ):
            for more in ([], angles) if angles else ([],):
                pair = {"tuple": [one.expression, *rest, *more]}
                apply = {"op": "<<", "args": [CIRCUIT, pair]}
                yield made(form, f"{one.code}|{code}{len(more)}", one.name, apply, handle)


def pipe(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`RX(angle) | qubit`."""
    if handle is None:
        return
    qubits = qubits_of(gate)
    for one in gate_values(bench, gate, handle).parts:
        if one.code == "class" and isinstance(one.value, type):
            continue
        for where in ([qubits[0]] if len(qubits) == 1 else []) + [{"tuple": qubits}]:
            yield made(
                form,
                one.code,
                one.name,
                {"op": "|", "args": [one.expression, where]},
                handle,
                "inplace",
            )


def functions(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`rx(circuit, qubit, angle)`, the circuit last, or in a context without it."""
    for reference in bench.catalog.gates.get(gate, []):
        try:
            function = resolve(reference)
        except DriverError:
            continue
        if not callable(function) or (inspect.isclass(function) and form.kind != "bare"):
            continue
        signature = bench.catalog.reference_signature(reference)
        if form.kind == "function":
            rest = signature[1:] if signature else None
            for arguments in layouts(shape_of(gate), rest):
                call = arguments.call({"ref": reference}, [CIRCUIT])
                yield made(form, arguments.code, reference, call, handle)
        elif form.kind == "function last":
            rest = signature[:-1] if signature else None
            for arguments in layouts(shape_of(gate), rest):
                call = arguments.call({"ref": reference}, after=[CIRCUIT])
                yield made(form, arguments.code, reference, call, handle)
        elif hasattr(bench.circuit, "__enter__"):
            for arguments in layouts(shape_of(gate), signature):
                yield made(
                    form, arguments.code, reference, arguments.call({"ref": reference}), handle
                )
