"""Recipes for objects that are no circuit class: tuples and dictionaries in a list, matrices, lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import dialects
from bench import Bench, public_names
from calls_common import CIRCUIT, Json, angles_of, made, qubits_of, shape_of, spelled
from calls_with_values import SYMBOLS, value_method
from gatevalues import GateValue, matrix_values
from layouts import Shape, layouts
from matrix_parts import controlled_calls, placed_parts
from recipes import Form, Recipe
from vocabulary import CONTROLLED, GATE_ARGUMENT, SHAPES, parameter_role

#: An operator as a pair of its name and its matrix.
NAMED_MATRIX: Json = {"list": [{"lit": "matrix"}, {"role": "matrix"}]}
#: Keys of a gate in a list of dictionaries: name, qubits or targets, controls, parameters.
_DICT_KEYS = (
    ("gate", "target", "control", "params"),
    ("name", "qubits", None, "params"),
    ("type", "targets", "controls", "params"),
    ("gate", "qubits", None, "params"),
    ("name", "targets", "controls", "angle"),
    ("op", "qubits", None, "params"),
    ("gate", "qubits", None, "angle"),
    ("name", "qubits", None, "theta"),
)

#: `step["gate"]` and `step.get("params", …)`.
_ASKED = re.compile(r"\w\[[\"'](\w{1,20})[\"']\]|\w\.get\([\"'](\w{1,20})[\"']")
_NAME_KEY = re.compile(r"^(gate|name|op|type|kind|operation|gate_?name|instruction|id|g)$", re.I)
_KEY_ROLES = {"on": "qubit", "args": "angle", "where": "qubit", "values": "angle"}


def tuples(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.append(("rx", qubit, angle))`."""
    qubits, angles = qubits_of(gate), angles_of(gate)
    function = {"attr": [CIRCUIT, "append"]}
    listed = [{"list": angles}] if angles else []
    for word in spelled(bench, gate)[:6]:
        for rest, code in (
            ([*qubits, *angles], "q, p"),
            ([{"list": qubits}, *listed], "[q], [p]"),
            ([{"list": qubits}, *angles], "[q], p"),
            ([{"tuple": qubits}, *listed], "(q), [p]"),
            ([*listed, {"list": qubits}], "[p], [q]"),
            ([{"list": qubits}, {"list": angles}], "[q], [p] always"),
        ):
            apply = {"call": function, "args": [{"tuple": [{"lit": word}, *rest]}]}
            yield made(form, code, word, apply, handle, "inplace")


def _own_keys(bench: Bench) -> list[tuple[str, str, str | None, str]]:
    """Keys that the package itself asks a dictionary for, by what each may be for."""
    found = _ASKED.findall(bench.catalog.text)
    asked = list(dict.fromkeys(one or other for one, other in found))
    by_role: dict[str, list[str]] = {}
    for key in asked:
        role = "name" if _NAME_KEY.match(key) else parameter_role(key) or _KEY_ROLES.get(key, "")
        by_role.setdefault(role, []).append(key)
    return [
        (name, qubits, control, angle)
        for name in by_role.get("name", [])[:2]
        for qubits in by_role.get("qubit", [])[:2]
        for control in [*by_role.get("control", [])[:1], None]
        for angle in (by_role.get("angle") or ["params"])[:2]
    ]


def _angles(key: str, angles: list[Json]) -> list[list[Any]]:
    """The pair of key and angles: a list where the key is a plural or there are several, else also one number."""
    if not angles:
        return [[]]
    listed = [[{"lit": key}, {"list": angles}]]
    if len(angles) > 1:
        return [listed]
    one = [[{"lit": key}, angles[0]]]
    return [listed, one] if key.endswith("s") else [one, listed]


def dictionaries(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.append({"gate": "rx", "target": qubit})`."""
    qubits, angles = qubits_of(gate), angles_of(gate)
    function = {"attr": [CIRCUIT, "append"]}
    base = spelled(bench, CONTROLLED[gate][1])[:2] if gate in CONTROLLED else []
    for word in [*spelled(bench, gate)[:4], *base]:
        for name_key, target_key, control_key, angle_key in (*_own_keys(bench), *_DICT_KEYS):
            count = CONTROLLED[gate][0] if control_key and gate in CONTROLLED else 0
            if word in base and not count:
                continue
            for listed in (True, False):
                targets, controls = qubits[count:], qubits[:count]
                pairs: list[Any] = [[{"lit": name_key}, {"lit": word}]]
                many = listed or len(targets) > 1
                pairs.append([{"lit": target_key}, {"list": targets} if many else targets[0]])
                if count:
                    many = listed or count > 1
                    pairs.append(
                        [{"lit": control_key}, {"list": controls} if many else controls[0]]
                    )
                for given in _angles(angle_key, angles):
                    apply = {"call": function, "args": [{"dict": [*pairs, *given]}]}
                    code = f"{name_key}, {target_key}, {listed}"
                    yield made(form, code, word, apply, handle, "inplace")


def matrices(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    """`circuit.apply(matrix, qubits)`: the gate given as its unitary."""
    function = {"attr": [CIRCUIT, form.method]}
    signature = bench.signature(bench.circuit, form.method)
    rest = signature[1:] if signature else None
    matrix = {"role": "matrix"}
    bare = Shape(SHAPES[gate][0], 0, shape_of(gate).controls)
    for arguments in layouts(bare, rest):
        yield made(
            form, f"matrix|{arguments.code}", "matrix", arguments.call(function, [matrix]), handle
        )
    for arguments in layouts(bare)[:3]:
        call = arguments.call(function, [NAMED_MATRIX])
        yield made(form, f"named matrix|{arguments.code}", "matrix", call, handle)
        call = arguments.call(function, after=[matrix])
        yield made(form, f"matrix last|{arguments.code}", "matrix", call, handle)
    for code, call in controlled_calls(bench, gate, form.method, lambda block: block):
        yield made(form, f"matrix|{code}", "matrix", call, handle)


def text(bench: Bench, gate: str, form: Form, _handle: Json | None) -> Iterator[Recipe]:
    """One line of the candidate's text dialect."""
    assert bench.text is not None
    for word, line in dialects.gate_lines(bench.text["dialect"], gate, bench.catalog.words):
        yield Recipe(form, "line", word, line, "line")


def matrix_recipes(bench: Bench, form: Form, handle: Json | None = None) -> Iterator[Recipe]:
    """Recipes for the gate `matrix` that take any number of qubits."""
    matrix, qubits = {"role": "matrix"}, {"role": "gate_qubits"}
    if form.kind in ("string", "matrix", "part", "method"):
        names = [form.method] if form.method else _matrix_methods(bench)
        for name in names:
            function = {"attr": [CIRCUIT, name]}
            signature = bench.signature(bench.circuit, name) or []
            plain = [p.name for p in signature if not p.star]
            one: Json = {"role": "q0"}
            for args in (
                *([matrix, qubits], [qubits, matrix], [NAMED_MATRIX, qubits]),
                *([matrix, one], [one, matrix]),
            ):
                yield made(form, "matrix", name, {"call": function, "args": args}, handle)
            where = [p.name for p in signature if p.role == "qubit"]
            what = [n for n in plain if GATE_ARGUMENT.match(n)]
            if where and what:
                kwargs = {what[0]: matrix, where[0]: qubits}
                yield made(
                    form,
                    "matrix by name",
                    name,
                    {"call": function, "args": [], "kwargs": kwargs},
                    handle,
                )
    yield from placed_parts(bench, form, handle)
    for one in matrix_values(bench, handle):
        yield from _with_receiver(one, form)


def _matrix_methods(bench: Bench) -> list[str]:
    return [
        n
        for n in public_names(bench.circuit)
        if re.search(r"matrix|unitary|raw|dense|custom|^u$|^mat$", n, re.I)
    ]


def _with_receiver(one: GateValue, form: Form) -> Iterator[Recipe]:
    value = one.expression
    if form.kind == "value":
        call = {"call": {"attr": [CIRCUIT, form.method]}, "args": [value]}
        yield Recipe(form, one.code, one.name, call)
    elif form.kind == "augment":
        yield Recipe(form, one.code, one.name, value, "augment")
    elif form.kind == "value method":
        yield from value_method(one, form)
    elif form.kind in SYMBOLS:
        symbol, value_first = SYMBOLS[form.kind]
        args = [value, CIRCUIT] if value_first else [CIRCUIT, value]
        yield Recipe(form, one.code, one.name, {"op": symbol, "args": args})
