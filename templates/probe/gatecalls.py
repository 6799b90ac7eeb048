"""Forms × names × layouts → recipes: every way that this probe knows to apply a gate to an object.

Forms are methods, subscripted attributes, calls with the gate's name as text, calls with a gate value, operators,
functions, tuples or dictionaries in a list, matrices, and lines of program text.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import dialects
from bench import Bench, public_names, with_handle
from gatevalues import GateValue, gate_values, matrix_values
from language import DriverError, resolve
from layouts import Arguments, Parameter, Shape, layouts, substitute
from recipes import Form, Recipe
from vocabulary import (
    ALIASES,
    AVOID,
    CONTROLLED,
    EXTEND,
    EXTEND_FIRST,
    GATE_ARGUMENT,
    INVERSE,
    SHAPES,
    hypothesis,
    spellings,
)

Json = dict[str, Any]
CIRCUIT: Json = {"var": "circuit"}
_VALUE_METHODS = re.compile(r"^(update\w*|apply\w*|act\w*|run|evolve|operate|simulate)$")
_MULTI = re.compile(r"^(mcx|mct|cnx|mc_x|multi_?control\w*x|mcnot|c?cx|cnot)$", re.I)
_DAGGER_OPTION = re.compile(r"^(dagger|dag|inverse|adjoint|conj\w*|inv|hermitian)$", re.I)


def forms(bench: Bench) -> list[Form]:
    """Forms that this object may take, the likeliest first."""
    circuit = bench.circuit
    if bench.text:
        return [Form("text")]
    if isinstance(circuit, list):
        return [Form("value", "append"), Form("part", "append"), Form("tuple"), Form("dict")]
    found = [Form("method"), Form("item")]
    extenders = [n for n in public_names(circuit) if _extends(bench, n)]
    extenders.sort(key=lambda n: (not EXTEND_FIRST.match(n), len(n)))
    for name in extenders[:8]:
        found += [Form("string", name), Form("value", name), Form("part", name)]
    found += [Form(kind) for kind in ("augment", "function", "shift", "shift tuple", "value call")]
    found += [Form(kind) for kind in ("value method", "times", "or", "plus", "at", "function last")]
    found += [Form(kind) for kind in ("applier", "pipe", "bare")]
    found += [Form("string last", name) for name in extenders[:3]]
    found += [Form("matrix", name) for name in extenders[:6]]
    return found


def _extends(bench: Bench, name: str) -> bool:
    if AVOID.search(name) or hypothesis(name):
        return False
    if EXTEND.match(name):
        return True
    signature = bench.signature(bench.circuit, name)
    if not signature or len(signature) < 2:
        return False
    first, second = signature[0], signature[1]
    takes_qubits = ("qubit", "control")
    return bool(
        (GATE_ARGUMENT.match(first.name) and second.role in takes_qubits)
        or (GATE_ARGUMENT.match(second.name) and first.role in takes_qubits)
    )


def recipes(bench: Bench, gate: str, form: Form, handle: Json | None = None) -> Iterator[Recipe]:
    """Recipes of one form for one gate, the likeliest first."""
    writer = _FORMS[form.kind]
    for recipe in writer(bench, gate, form, handle):
        yield recipe


def _made(
    form: Form, code: str, name: str, apply: Json, handle: Json | None, effect: str = ""
) -> Recipe:
    return Recipe(form, code, name, with_handle(apply, handle), effect)


def _shape(gate: str) -> Shape:
    return Shape.of(gate, *SHAPES[gate])


def _angles(gate: str) -> list[Json]:
    return [{"role": f"p{i}"} for i in range(SHAPES[gate][1])]


def _qubits(gate: str) -> list[Json]:
    return [{"role": f"q{i}"} for i in range(SHAPES[gate][0])]


# ---------------------------------------------------------------------- names of the object


def _gate_names(bench: Bench, gate: str) -> list[str]:
    """Attributes of the circuit that a gate may be, also those that only answer when asked (`__getattr__`)."""
    circuit = bench.circuit
    found = [name for name in public_names(circuit) if hypothesis(name) == gate]
    for alias in ALIASES[gate].split()[:4]:
        for name in (alias, alias.upper(), alias.capitalize()):
            if name not in found and bench.value({"attr": [CIRCUIT, name]}).ok:
                found.append(name)
    return sorted(found, key=lambda n: (n.strip("_").lower() != gate, len(n)))


def _methods(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    for name in _gate_names(bench, gate):
        function = {"attr": [CIRCUIT, name]}
        for arguments in layouts(_shape(gate), bench.signature(bench.circuit, name)):
            yield _made(form, arguments.code, name, arguments.call(function), handle)
    if gate in CONTROLLED:
        for name in _gate_names(bench, CONTROLLED[gate][1]):
            function = {"attr": [CIRCUIT, name]}
            for arguments in _controlled_layouts(gate, bench.signature(bench.circuit, name)):
                yield _made(form, arguments.code, name, arguments.call(function), handle)
    if gate == "ccx":
        for name in [n for n in public_names(bench.circuit) if _MULTI.match(n)]:
            signature = bench.signature(bench.circuit, name)
            for arguments in layouts(_shape(gate), signature):
                call = arguments.call({"attr": [CIRCUIT, name]})
                yield _made(form, f"multi|{arguments.code}", name, call, handle)
    if gate in INVERSE:
        for name in _gate_names(bench, INVERSE[gate]):
            for option in [
                p.name
                for p in bench.signature(bench.circuit, name) or []
                if _DAGGER_OPTION.match(p.name)
            ]:
                for arguments in layouts(_shape(gate))[:3]:
                    call = arguments.call({"attr": [CIRCUIT, name]})
                    call["kwargs"] = {**call.get("kwargs", {}), option: {"lit": True}}
                    yield _made(form, "inverse option", name, call, handle)


def _controlled_layouts(gate: str, signature: list[Parameter] | None) -> Iterator[Arguments]:
    """The base gate's call with the controls in a keyword of their own."""
    count, base = CONTROLLED[gate]
    qubits, parameters = SHAPES[gate]
    targets = {f"q{i}": {"role": f"q{count + i}"} for i in range(qubits - count)}
    controls = [{"role": f"q{i}"} for i in range(count)]
    if signature is None or any(p.star for p in signature):
        keywords = ["control", "controls", "ctrl"]
    else:
        keywords = [p.name for p in signature if p.role == "control" and len(p.name) > 1][:1]
    rest = [p for p in signature if p.role != "control"] if signature else None
    for inner in layouts(Shape.of(base, qubits - count, parameters), rest)[:6]:
        args = tuple(substitute(list(inner.args), targets))
        kwargs = tuple((k, substitute(v, targets)) for k, v in inner.kwargs)
        for keyword in keywords:
            for given in (controls[:1] if count == 1 else []) + [
                {"list": controls},
                {"tuple": controls},
            ]:
                yield Arguments(args, (*kwargs, (keyword, given)), f"control keyword|{inner.code}")


def _items(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    qubits, angles = _qubits(gate), _angles(gate)
    where = qubits[0] if len(qubits) == 1 else {"tuple": qubits}
    for name in _gate_names(bench, gate):
        owner: Json = {"attr": [CIRCUIT, name]}
        if angles:
            owner = {"call": owner, "args": angles}
        yield _made(form, "subscript", name, {"item": [owner, where]}, handle)


# ---------------------------------------------------------------------- the gate's name as text


def _strings(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    function = {"attr": [CIRCUIT, form.method]}
    signature = bench.signature(bench.circuit, form.method)
    rest = signature[1:] if signature else None
    words = spellings(gate, bench.catalog.words)[:10]
    for word in words:
        for arguments in layouts(_shape(gate), rest):
            yield _made(
                form, arguments.code, word, arguments.call(function, [{"lit": word}]), handle
            )
    bare = Shape(SHAPES[gate][0], 0, _shape(gate).controls)
    if _angles(gate):
        inside: list[Any] = [", "] * (2 * len(_angles(gate)) - 1)
        inside[::2] = _angles(gate)
        for word in words[:3]:
            text = {"format": [f"{word}(", *inside, ")"]}
            for arguments in layouts(bare, rest)[:3]:
                yield _made(
                    form,
                    f"angle in text|{arguments.code}",
                    word,
                    arguments.call(function, [text]),
                    handle,
                )
    if gate in CONTROLLED:
        for word in spellings(CONTROLLED[gate][1], bench.catalog.words)[:4]:
            for arguments in _controlled_layouts(gate, rest):
                call = arguments.call(function, [{"lit": word}])
                yield _made(form, arguments.code, word, call, handle)
                if _angles(gate):
                    text = {"format": [f"{word}(", {"role": "p0"}, ")"]}
                    trimmed = Arguments(arguments.args[:1], arguments.kwargs, arguments.code)
                    yield _made(
                        form,
                        f"angle in text|{arguments.code}",
                        word,
                        trimmed.call(function, [text]),
                        handle,
                    )


def _strings_last(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    function = {"attr": [CIRCUIT, form.method]}
    for word in spellings(gate, bench.catalog.words)[:4]:
        for arguments in layouts(_shape(gate))[:6]:
            call = arguments.call(function, after=[{"lit": word}])
            yield _made(form, f"last|{arguments.code}", word, call, handle)


# ---------------------------------------------------------------------- gate values


def _values(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    function = {"attr": [CIRCUIT, form.method]}
    for one in gate_values(bench, gate, handle).full:
        yield Recipe(form, one.code, one.name, {"call": function, "args": [one.expression]})


def _parts(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    function = {"attr": [CIRCUIT, form.method]}
    signature = bench.signature(bench.circuit, form.method)
    rest = signature[1:] if signature else None
    qubits, parameters = SHAPES[gate]
    bare = Shape(qubits, 0, _shape(gate).controls)
    for one in gate_values(bench, gate, handle).parts:
        if one.code != "class":
            for arguments in layouts(bare, rest):
                code = f"{one.code}|{arguments.code}"
                yield _made(
                    form, code, one.name, arguments.call(function, [one.expression]), handle
                )
            for arguments in layouts(bare)[:3]:
                code = f"{one.code}|last|{arguments.code}"
                yield _made(
                    form, code, one.name, arguments.call(function, after=[one.expression]), handle
                )
        if one.code in ("class", "constant") or (parameters and one.code == "empty call"):
            for arguments in layouts(_shape(gate), rest):
                code = f"{one.code}|{arguments.code}"
                yield _made(
                    form, code, one.name, arguments.call(function, [one.expression]), handle
                )
                if parameters and isinstance(one.value, type):
                    made = {"call": one.expression, "args": []}
                    yield _made(
                        form, f"empty {code}", one.name, arguments.call(function, [made]), handle
                    )
    if gate in CONTROLLED and (
        "control" in form.method or any(p.role == "control" for p in rest or [])
    ):
        for one in gate_values(bench, CONTROLLED[gate][1], handle).parts:
            for arguments in _controlled_layouts(gate, rest):
                call = arguments.call(function, [one.expression])
                yield _made(form, f"{one.code}|{arguments.code}", one.name, call, handle)


def _combined(build: Callable[[Json], list[tuple[Json, str]]]) -> Callable[..., Iterator[Recipe]]:
    def write(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
        for one in gate_values(bench, gate, handle).full:
            for apply, effect in build(one.expression):
                yield Recipe(form, one.code, one.name, apply, effect)

    return write


def _operator(symbol: str, value_first: bool) -> Callable[..., Iterator[Recipe]]:
    def build(value: Json) -> list[tuple[Json, str]]:
        args = [value, CIRCUIT] if value_first else [CIRCUIT, value]
        return [({"op": symbol, "args": args}, "")]

    return _combined(build)


def _value_methods(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    for one in gate_values(bench, gate, handle).full:
        yield from _value_method(one, form)


def _value_method(one: GateValue, form: Form) -> Iterator[Recipe]:
    for method in [n for n in public_names(one.value) if _VALUE_METHODS.match(n)][:6]:
        call = {"call": {"attr": [one.expression, method]}, "args": [CIRCUIT]}
        yield Recipe(Form(form.kind, method), one.code, one.name, call)


def _appliers(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    for one in gate_values(bench, gate, handle).full:
        for reference in bench.catalog.appliers[:4]:
            for args in ([CIRCUIT, one.expression], [one.expression, CIRCUIT]):
                call = {"call": {"ref": reference}, "args": args}
                yield Recipe(Form(form.kind, reference), one.code, one.name, call)


def _shift_tuple(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    qubits, angles = _qubits(gate), _angles(gate)
    for one in gate_values(bench, gate, handle).parts:
        for rest, code in (
            (qubits, "q"),
            ([{"list": qubits}], "[q]"),
            ([{"tuple": qubits}], "(q)"),
        ):
            for more in ([], angles) if angles else ([],):
                pair = {"tuple": [one.expression, *rest, *more]}
                apply = {"op": "<<", "args": [CIRCUIT, pair]}
                yield _made(form, f"{one.code}|{code}{len(more)}", one.name, apply, handle)


def _pipe(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    if handle is None:
        return
    qubits = _qubits(gate)
    for one in gate_values(bench, gate, handle).parts:
        if one.code == "class" and isinstance(one.value, type):
            continue
        for where in ([qubits[0]] if len(qubits) == 1 else []) + [{"tuple": qubits}]:
            yield _made(
                form,
                one.code,
                one.name,
                {"op": "|", "args": [one.expression, where]},
                handle,
                "inplace",
            )


# ---------------------------------------------------------------------- functions


def _functions(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
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
            for arguments in layouts(_shape(gate), rest):
                call = arguments.call({"ref": reference}, [CIRCUIT])
                yield _made(form, arguments.code, reference, call, handle)
        elif form.kind == "function last":
            rest = signature[:-1] if signature else None
            for arguments in layouts(_shape(gate), rest):
                call = arguments.call({"ref": reference}, after=[CIRCUIT])
                yield _made(form, arguments.code, reference, call, handle)
        elif hasattr(bench.circuit, "__enter__"):
            for arguments in layouts(_shape(gate), signature):
                yield _made(
                    form, arguments.code, reference, arguments.call({"ref": reference}), handle
                )


# ---------------------------------------------------------------------- lists, matrices, text


def _tuples(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    qubits, angles = _qubits(gate), _angles(gate)
    function = {"attr": [CIRCUIT, "append"]}
    listed = [{"list": angles}] if angles else []
    for word in spellings(gate, bench.catalog.words)[:6]:
        for rest, code in (
            ([*qubits, *angles], "q, p"),
            ([{"list": qubits}, *listed], "[q], [p]"),
            ([{"list": qubits}, *angles], "[q], p"),
            ([{"tuple": qubits}, *listed], "(q), [p]"),
            ([*listed, {"list": qubits}], "[p], [q]"),
        ):
            apply = {"call": function, "args": [{"tuple": [{"lit": word}, *rest]}]}
            yield _made(form, code, word, apply, handle, "inplace")


#: Keys of a gate in a list of dictionaries: name, qubits or targets, controls, parameters.
_DICT_KEYS = (
    ("gate", "target", "control", "params"), ("name", "qubits", None, "params"), ("type", "targets", "controls", "params"),
    ("gate", "qubits", None, "params"), ("name", "targets", "controls", "angle"), ("op", "qubits", None, "params"),
    ("gate", "qubits", None, "angle"), ("name", "qubits", None, "theta"),
)  # fmt: skip


def _dictionaries(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    qubits, angles = _qubits(gate), _angles(gate)
    function = {"attr": [CIRCUIT, "append"]}
    for word in spellings(gate, bench.catalog.words)[:4]:
        for name_key, target_key, control_key, angle_key in _DICT_KEYS:
            count = CONTROLLED[gate][0] if control_key and gate in CONTROLLED else 0
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
                if angles:
                    single = angle_key != "params" and len(angles) == 1
                    pairs.append([{"lit": angle_key}, angles[0] if single else {"list": angles}])
                apply = {"call": function, "args": [{"dict": pairs}]}
                yield _made(
                    form, f"{name_key}, {target_key}, {listed}", word, apply, handle, "inplace"
                )


def _matrices(bench: Bench, gate: str, form: Form, handle: Json | None) -> Iterator[Recipe]:
    function = {"attr": [CIRCUIT, form.method]}
    signature = bench.signature(bench.circuit, form.method)
    rest = signature[1:] if signature else None
    matrix = {"role": "matrix"}
    bare = Shape(SHAPES[gate][0], 0, _shape(gate).controls)
    for arguments in layouts(bare, rest):
        yield _made(
            form, f"matrix|{arguments.code}", "matrix", arguments.call(function, [matrix]), handle
        )
    for arguments in layouts(bare)[:3]:
        call = arguments.call(function, after=[matrix])
        yield _made(form, f"matrix last|{arguments.code}", "matrix", call, handle)


def _text(bench: Bench, gate: str, form: Form, _handle: Json | None) -> Iterator[Recipe]:
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
            for args in ([matrix, qubits], [qubits, matrix]):
                yield _made(form, "matrix", name, {"call": function, "args": args}, handle)
            where = [p.name for p in signature if p.role == "qubit"]
            what = [n for n in plain if GATE_ARGUMENT.match(n)]
            if where and what:
                kwargs = {what[0]: matrix, where[0]: qubits}
                yield _made(
                    form,
                    "matrix by name",
                    name,
                    {"call": function, "args": [], "kwargs": kwargs},
                    handle,
                )
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
        yield from _value_method(one, form)
    elif form.kind in _SYMBOLS:
        symbol, value_first = _SYMBOLS[form.kind]
        args = [value, CIRCUIT] if value_first else [CIRCUIT, value]
        yield Recipe(form, one.code, one.name, {"op": symbol, "args": args})


_SYMBOLS = {
    "shift": ("<<", False), "times": ("*", True), "or": ("|", True), "plus": ("+", False), "at": ("@", True),
}  # fmt: skip
_FORMS: dict[str, Callable[..., Iterator[Recipe]]] = {
    "method": _methods,
    "item": _items,
    "string": _strings,
    "string last": _strings_last,
    "value": _values,
    "part": _parts,
    "augment": _combined(lambda value: [(value, "augment")]),
    "value call": _combined(lambda value: [({"call": value, "args": [CIRCUIT]}, "")]),
    "value method": _value_methods,
    "applier": _appliers,
    "shift tuple": _shift_tuple,
    "pipe": _pipe,
    "function": _functions,
    "function last": _functions,
    "bare": _functions,
    "tuple": _tuples,
    "dict": _dictionaries,
    "matrix": _matrices,
    "text": _text,
    **{kind: _operator(symbol, first) for kind, (symbol, first) in _SYMBOLS.items()},
}
