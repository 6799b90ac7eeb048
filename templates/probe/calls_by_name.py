"""Recipes in which the gate is a name on the object: methods, subscripted attributes, or the name as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bench import Bench, public_names, with_handle
from calls_common import (
    CIRCUIT,
    Json,
    angles_of,
    gate_names,
    in_rounds,
    made,
    names_for,
    qubits_of,
    shape_of,
    spelled,
)
from layouts import Arguments, Parameter, Shape, controlled_layouts, layouts, substitute
from recipes import Form, Recipe
from vocabulary import CONTROLLED, INVERSE, SHAPES

#: Methods for any number of controls, by the gate that is controlled.
_MULTI = {
    gate: re.compile(
        rf"^(mc_?({words})|c?n_?({words})|multi_?c(ontrol\w*?)?_?({words})|{more})$", re.I
    )
    for gate, words, more in (
        ("x", "x|not|t", "cx|ccx|cnot|n?toffoli"),
        ("z", "z", "cz|ccz|cphaseflip"),
        ("p", "p|phase|u1", "cp|cphase"),
        ("rz", "rz", "crz"),
        ("swap", "swap", "cswap|fredkin"),
    )
}


_MAX_MULTI = 60
_DAGGER_OPTION = re.compile(r"^(dagger|dag|inverse|adjoint|conj\w*|inv|hermitian)$", re.I)


def methods(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.rx(…)`, also with controls or an inverse as options of the base gate."""
    names = gate_names(bench, gate)

    def written(name: str) -> list[Arguments]:
        return layouts(shape_of(gate), bench.signature(bench.circuit, name))

    for name, arguments in in_rounds(names, written, rare=False):
        call = arguments.call({"attr": [CIRCUIT, name]})
        yield made(form, arguments.code, name, call, handle)
    yield from _composed(bench, gate, form, handle)
    for name, arguments in in_rounds(names, written, rare=True):
        call = arguments.call({"attr": [CIRCUIT, name]})
        yield made(form, arguments.code, name, call, handle)


def _composed(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """The base gate with controls or an inverse as options, and methods for any number of controls."""
    if gate in CONTROLLED:
        for name in gate_names(bench, CONTROLLED[gate][1]):
            function = {"attr": [CIRCUIT, name]}
            for arguments in controlled_layouts(gate, bench.signature(bench.circuit, name)):
                yield made(form, arguments.code, name, arguments.call(function), handle)
        multi = _MULTI[CONTROLLED[gate][1]]
        for name in [n for n in public_names(bench.circuit) if multi.match(n)][:4]:
            signature = bench.signature(bench.circuit, name)
            for arguments in layouts(shape_of(gate), signature)[:_MAX_MULTI]:
                call = arguments.call({"attr": [CIRCUIT, name]})
                yield made(form, f"multi|{arguments.code}", name, call, handle)
    if gate in INVERSE:
        for name in gate_names(bench, INVERSE[gate]):
            for option in [
                p.name
                for p in bench.signature(bench.circuit, name) or []
                if _DAGGER_OPTION.match(p.name)
            ]:
                for arguments in layouts(shape_of(gate))[:3]:
                    call = arguments.call({"attr": [CIRCUIT, name]})
                    call["kwargs"] = {**call.get("kwargs", {}), option: {"lit": True}}
                    yield made(form, "inverse option", name, call, handle)


def items(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.rx(angle)[qubit]`."""
    qubits, angles = qubits_of(gate), angles_of(gate)
    where = qubits[0] if len(qubits) == 1 else {"tuple": qubits}
    for name in gate_names(bench, gate):
        owner: Json = {"attr": [CIRCUIT, name]}
        if angles:
            owner = {"call": owner, "args": angles}
        yield made(form, "subscript", name, {"item": [owner, where]}, handle)


def keys(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit["rx"](angle, qubit)`: the gate is a key of the object, or of a dictionary that it has."""
    owners: list[Json] = [CIRCUIT] if hasattr(type(bench.circuit), "__getitem__") else []
    for name in public_names(bench.circuit):
        outcome = bench.value({"attr": [CIRCUIT, name]})
        if outcome.ok and isinstance(outcome.value, dict):
            owners.append({"attr": [CIRCUIT, name]})
    for owner in owners[:3]:
        for word in spelled(bench, gate):
            function = {"item": [owner, {"lit": word}]}
            outcome = bench.value(function)
            if not outcome.ok or not callable(outcome.value):
                continue
            signature = bench.catalog.signature(outcome.value)
            for arguments in layouts(shape_of(gate), signature):
                yield made(form, f"key|{arguments.code}", word, arguments.call(function), handle)


def strings(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.add("rx", …)`, also with the angle inside the text."""
    function = {"attr": [CIRCUIT, form.method]}
    signature = bench.signature(bench.circuit, form.method)
    rest = signature[1:] if signature else None
    words = spelled(bench, gate)[:10]
    found = layouts(shape_of(gate), rest)
    for word, arguments in in_rounds(words, lambda _: found, rare=False):
        call = arguments.call(function, [{"lit": word}])
        yield made(form, arguments.code, word, call, handle)
    yield from _worded(bench, gate, form, handle)
    for word, arguments in in_rounds(words[:4], lambda _: found, rare=True):
        call = arguments.call(function, [{"lit": word}])
        yield made(form, arguments.code, word, call, handle)


def _worded(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """The angle inside the text, and the base gate's word with controls in a keyword of their own."""
    function = {"attr": [CIRCUIT, form.method]}
    signature = bench.signature(bench.circuit, form.method)
    rest = signature[1:] if signature else None
    words = spelled(bench, gate)
    bare = Shape(SHAPES[gate][0], 0, shape_of(gate).controls)
    if angles_of(gate):
        inside: list[Any] = [", "] * (2 * len(angles_of(gate)) - 1)
        inside[::2] = angles_of(gate)
        for word in words[:3]:
            text = {"format": [f"{word}(", *inside, ")"]}
            for arguments in layouts(bare, rest)[:3]:
                yield made(
                    form,
                    f"angle in text|{arguments.code}",
                    word,
                    arguments.call(function, [text]),
                    handle,
                )
    if gate in CONTROLLED:
        for word in spelled(bench, CONTROLLED[gate][1])[:4]:
            for arguments in controlled_layouts(gate, rest):
                call = arguments.call(function, [{"lit": word}])
                yield made(form, arguments.code, word, call, handle)
                if angles_of(gate):
                    text = {"format": [f"{word}(", {"role": "p0"}, ")"]}
                    trimmed = Arguments(arguments.args[:1], arguments.kwargs, arguments.code)
                    yield made(
                        form,
                        f"angle in text|{arguments.code}",
                        word,
                        trimmed.call(function, [text]),
                        handle,
                    )


def strings_last(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.add(…, "rx")`."""
    function = {"attr": [CIRCUIT, form.method]}
    for word in spelled(bench, gate)[:4]:
        for arguments in layouts(shape_of(gate))[:6]:
            call = arguments.call(function, after=[{"lit": word}])
            yield made(form, f"last|{arguments.code}", word, call, handle)


def qubit_methods(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`register[qubit].rx(angle)`: the receiver is the qubit itself; other qubits and angles are arguments."""
    if handle is None:
        return
    owner = bench.value(with_handle({"role": "q0"}, handle))
    if not owner.ok or isinstance(owner.value, (int, float, str)):
        return
    qubits, parameters = SHAPES[gate]
    receivers = [qubits - 1, 0] if qubits > 1 else [0]
    names = names_for(bench, owner.value, gate)
    for name in names:
        signature = bench.signature(owner.value, name)
        for receiver in receivers:
            others = [{"role": f"q{i}"} for i in range(qubits) if i != receiver]
            function = {"attr": [{"role": f"q{receiver}"}, name]}
            given = {f"q{i}": other for i, other in enumerate(others)}
            for arguments in _rest(qubits - 1, parameters, signature):
                moved = Arguments(
                    tuple(substitute(list(arguments.args), given)),
                    tuple((k, substitute(v, given)) for k, v in arguments.kwargs),
                    arguments.code,
                )
                which = "target" if qubits > 1 and receiver else "first"
                yield made(form, f"on {which}|{arguments.code}", name, moved.call(function), handle)


def _rest(
    qubits: int, parameters: int, signature: Sequence[Parameter] | None
) -> Iterator[Arguments]:
    """Arguments besides the qubit that receives the call."""
    if qubits:
        yield from layouts(Shape(qubits, parameters, min(1, qubits - 1)), signature)[:12]
        return
    angles = [{"role": f"p{i}"} for i in range(parameters)]
    yield Arguments(tuple(angles), (), "p")
    if angles:
        yield Arguments(({"list": angles},), (), "[p]")
