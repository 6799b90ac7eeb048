"""Recipes in which a gate value meets the circuit: given to a method, by an operator, by a function of either."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

from bench import Bench, public_names
from calls_common import CIRCUIT, Json, angles_of, in_rounds, made, qubits_of, shape_of
from gatevalues import GateValue, gate_values
from layouts import Shape, controlled_layouts, layouts
from recipes import Form, Recipe
from vocabulary import CONTROLLED, SHAPES

_VALUE_METHODS = re.compile(r"^(update\w*|apply\w*|act\w*|run|evolve|operate|simulate|on)$")
_PART_METHODS = re.compile(r"^(on|apply\w*|act\w*|operate\w*|evolve|transform|update\w*)$")


#: Operators between a circuit and a gate value; whether the value stands first.
SYMBOLS = {
    "shift": ("<<", False), "times": ("*", True), "or": ("|", True), "plus": ("+", False), "at": ("@", True),
    "shift right": (">>", False), "into": (">>", True), "circuit or": ("|", False), "circuit times": ("*", False),
    "circuit at": ("@", False), "and": ("&", False), "plus first": ("+", True),
}  # fmt: skip


def form_of(apply: Json) -> list[Form]:
    """The form in which an operator's expression is written, whoever wrote it: an example, say."""
    if "op" not in apply:
        return []
    for kind, (symbol, value_first) in SYMBOLS.items():
        if symbol == apply["op"] and apply["args"][value_first] == CIRCUIT:
            return [Form(kind)]
    return [Form("pipe")] if apply["op"] == "|" else []


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
    found = gate_values(bench, gate, handle).parts
    placed = [one for one in found if one.code != "class"]
    whole = [
        one
        for one in found
        if one.code in ("class", "constant") or (parameters and one.code == "empty call")
    ]

    def given(rare: bool) -> Iterator[Recipe]:
        for one, arguments in in_rounds(placed, lambda _: layouts(bare, rest), rare):
            call = arguments.call(function, [one.expression])
            yield made(form, f"{one.code}|{arguments.code}", one.name, call, handle)
        for one, arguments in in_rounds(whole, lambda _: layouts(shape_of(gate), rest), rare):
            code = f"{one.code}|{arguments.code}"
            call = arguments.call(function, [one.expression])
            yield made(form, code, one.name, call, handle)
            if parameters and isinstance(one.value, type):
                empty = {"call": one.expression, "args": []}
                call = arguments.call(function, [empty])
                yield made(form, f"empty {code}", one.name, call, handle)

    yield from given(rare=False)
    for one in found:
        if one.code != "class":
            for arguments in layouts(bare)[:3]:
                code = f"{one.code}|last|{arguments.code}"
                yield made(
                    form, code, one.name, arguments.call(function, after=[one.expression]), handle
                )
    if gate in CONTROLLED and (
        "control" in form.method or any(p.role == "control" for p in rest or [])
    ):
        for one in gate_values(bench, CONTROLLED[gate][1], handle).parts:
            for arguments in controlled_layouts(gate, rest, one.code != "class"):
                call = arguments.call(function, [one.expression])
                yield made(form, f"{one.code}|{arguments.code}", one.name, call, handle)
    yield from given(rare=True)


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


def part_methods(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`RX(angle).on(circuit, qubit)`: a gate without its qubits that acts on a circuit."""
    bare = Shape(SHAPES[gate][0], 0, shape_of(gate).controls)
    for one in gate_values(bench, gate, handle).parts:
        if isinstance(one.value, type) or inspect.isroutine(one.value):
            continue
        for method in [n for n in public_names(one.value) if _PART_METHODS.match(n)][:4]:
            function = {"attr": [one.expression, method]}
            signature = bench.signature(one.value, method)
            for arguments in layouts(bare, signature[1:] if signature else None)[:12]:
                call = arguments.call(function, [CIRCUIT])
                yield made(
                    Form(form.kind, method),
                    f"{one.code}|{arguments.code}",
                    one.name,
                    call,
                    handle,
                )
            for arguments in layouts(bare)[:3]:
                call = arguments.call(function, after=[CIRCUIT])
                yield made(
                    Form(form.kind, method),
                    f"{one.code}|last|{arguments.code}",
                    one.name,
                    call,
                    handle,
                )


def listed_values(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.add([RX(qubit, angle)])`: a layer that holds one gate; `circuit.add(qubit, [RX(angle)])`."""
    function = {"attr": [CIRCUIT, form.method]}
    for one in gate_values(bench, gate, handle).full:
        call = {"call": function, "args": [{"list": [one.expression]}]}
        yield Recipe(form, f"layer|{one.code}", one.name, call)
    bare = Shape(SHAPES[gate][0], 0, shape_of(gate).controls)
    for one in [part for part in gate_values(bench, gate, handle).parts if part.code != "class"]:
        listed: Json = {"list": [one.expression]}
        for arguments in layouts(bare)[:2]:
            code = f"layer|{one.code}|last|{arguments.code}"
            yield made(form, code, one.name, arguments.call(function, after=[listed]), handle)
            code = f"layer|{one.code}|{arguments.code}"
            yield made(form, code, one.name, arguments.call(function, [listed]), handle)


def value_method(one: GateValue, form: Form) -> Iterator[Recipe]:
    """Methods of one value that may act on the circuit."""
    for method in [n for n in public_names(one.value) if _VALUE_METHODS.match(n)][:6]:
        call = {"call": {"attr": [one.expression, method]}, "args": [CIRCUIT]}
        yield Recipe(Form(form.kind, method), one.code, one.name, call)


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


def _of_register(bench: Bench) -> Json | None:
    """A qubit of the circuit, where that is a register."""
    shown = next((one.handle for one in bench.shown if one.handle is not None), None)
    if shown is not None or not hasattr(type(bench.circuit), "__getitem__"):
        return shown
    return {"item": [CIRCUIT, {"role": "q0"}]}


def pipe(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`RX(angle) | qubit`: its qubits are objects, those of the register where nothing else is known."""
    if handle is None:
        handle = _of_register(bench)
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
