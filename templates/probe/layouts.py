"""Layouts: the ways of writing a call that takes qubits and parameters, as data, made into expressions.

A layout (`layouts.json`) is a list of arguments.
Words: ``q`` all qubits, ``p`` all parameters, ``c`` the controls, ``t`` the targets, ``n`` the number of qubits of
the register, ``q0 p0 …`` single ones; ``[…]`` a list, ``(…)`` a tuple, ``name=…`` a keyword. Words splice, so
``q, p`` is ``(q0, p0)`` for a rotation and ``(q0, q1)`` for a CNOT. The table is the product of where the qubits
stand (together or controls apart; bare, list, tuple, keyword), where the parameters stand (after, before, between;
bare, list, keyword) and who comes first; its order is only a ranking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import own_json as json
from vocabulary import CONTROLLED, SHAPES, parameter_role

Json = dict[str, Any]
#: So many rows of the table are common; the others complete the product.
_COMMON = 43
_TOKEN = re.compile(r"\s*([A-Za-z_]\w*|[\[\](),=])")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a callable. ``star``: takes any number of positional or keyword arguments."""

    name: str
    optional: bool = False
    star: bool = False
    keyword_only: bool = False
    default: Any = field(default=None, compare=False)
    annotation: Any = field(default=None, compare=False)

    @property
    def role(self) -> str | None:
        """What the parameter is for, by its name."""
        return parameter_role(self.name)


@dataclass(frozen=True)
class Shape:
    """What a call must take: ``qubits`` of which the first ``controls`` are controls, and ``parameters``."""

    qubits: int
    parameters: int = 0
    controls: int = 0

    @staticmethod
    def of(gate: str, qubits: int, parameters: int) -> Shape:
        """The shape of a gate by its hypothesis; without controls, the first qubit counts as one."""
        controls = CONTROLLED[gate][0] if gate in CONTROLLED else min(1, qubits - 1)
        return Shape(qubits, parameters, controls)


@dataclass(frozen=True)
class Arguments:
    """Arguments of one call, and the code of the layout that they come from."""

    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]
    code: str
    #: Far down in the table: tried after everything else, for every name.
    rare: bool = field(default=False, compare=False)

    def call(self, function: Json, before: Sequence[Json] = (), after: Sequence[Json] = ()) -> Json:
        """The call of ``function`` with these arguments, perhaps with others around the positional ones."""
        call: Json = {"call": function, "args": [*before, *self.args, *after]}
        if self.kwargs:
            call["kwargs"] = dict(self.kwargs)
        return call

    @cached_property
    def key(self) -> str:
        """Equal for layouts that write the same call."""
        return json.dumps([self.args, self.kwargs])


def role(name: str) -> Json:
    """The expression for a role."""
    return {"role": name}


@cache
def _table() -> tuple[tuple[str, tuple[Any, ...]], ...]:
    rows = json.loads((Path(__file__).parent / "layouts.json").read_text("utf-8"))
    return tuple((row["layout"], _parse(row["layout"])) for row in rows)


@cache
def _table_for(shape: Shape) -> tuple[tuple[Arguments, bool], ...]:
    """The table filled for a shape, with whether a call holds the number of qubits; each call once."""
    unique: dict[str, tuple[Arguments, bool]] = {}
    for index, (code, layout) in enumerate(_table()):
        filled = _fill(layout, code, shape)
        if filled is not None:
            filled = replace(filled, rare=index >= _COMMON)
            has_size = any("n" in _words(item) for item in layout)
            unique.setdefault(filled.key, (filled, has_size))
    return tuple(unique.values())


@cache
def _parse(text: str) -> tuple[Any, ...]:
    """Parse a layout into nested tuples: ("word", w), ("list", …), ("tuple", …), ("keyword", name, item)."""
    tokens = _TOKEN.findall(text)

    def items(close: str | None) -> list[Any]:
        found: list[Any] = []
        while tokens:
            token = tokens.pop(0)
            if token == close:
                return found
            if token == ",":
                continue
            if token == "[":
                found.append(("list", *items("]")))
            elif token == "(":
                found.append(("tuple", *items(")")))
            elif tokens and tokens[0] == "=":
                tokens.pop(0)
                inner = tokens.pop(0)
                opened = {"[": ("list", "]"), "(": ("tuple", ")")}.get(inner)
                value = (opened[0], *items(opened[1])) if opened else ("word", inner)
                found.append(("keyword", token, value))
            else:
                found.append(("word", token))
        return found

    return tuple(items(None))


def _words(item: Any) -> set[str]:
    if item[0] == "word":
        return {item[1]}
    parts = item[1:] if item[0] != "keyword" else item[2:]
    return set().union(*(_words(part) for part in parts)) if parts else set()


def _splice(item: Any, shape: Shape) -> list[Any] | None:
    """Expressions of one item; None when the shape cannot fill it."""
    if item[0] == "word":
        names = {
            "q": [f"q{i}" for i in range(shape.qubits)],
            "p": [f"p{i}" for i in range(shape.parameters)],
            "c": [f"q{i}" for i in range(shape.controls)],
            "t": [f"q{i}" for i in range(shape.controls, shape.qubits)],
            "n": ["n"],
        }.get(item[1])
        if names is None:
            kind, index = item[1][0], int(item[1][1:])
            if index >= (shape.qubits if kind == "q" else shape.parameters):
                return None
            names = [item[1]]
        return [role(name) for name in names]
    inner = [_splice(part, shape) for part in item[1:]]
    if any(part is None for part in inner):
        return None
    flat = [one for part in inner if part for one in part]
    return [{item[0]: flat}] if flat else []


def _fill(layout: tuple[Any, ...], code: str, shape: Shape) -> Arguments | None:
    used = set().union(*(_words(item) for item in layout))
    if shape.parameters and not used & {"p", "p0", "p1", "p2"}:
        return None
    if used & {"p0", "p1", "p2"} and shape.parameters != 3:
        return None
    if used & {"c", "t"} and (shape.qubits < 2 or not shape.controls):
        return None
    positional: list[Any] = []
    keywords: list[tuple[str, Any]] = []
    for item in layout:
        filled = _splice(item[2] if item[0] == "keyword" else item, shape)
        if filled is None:
            return None
        if item[0] != "keyword":
            positional += filled
        elif len(filled) == 1:
            keywords.append((item[1], filled[0]))
        elif filled:
            return None
    return Arguments(tuple(positional), tuple(keywords), code)


def layouts(shape: Shape, signature: Sequence[Parameter] | None = None) -> list[Arguments]:
    """All ways to write a call of this shape: those that the signature suggests, then the table in its order.

    A layout with a keyword that the signature excludes is left out; measured order gives the coverage.
    """
    found: list[Arguments] = []
    if signature:
        if not any(p.keyword_only and not p.optional for p in signature):
            positional = (
                _fill(_parse(code), code, shape) for code in _positional(shape, signature)
            )
            found += [filled for filled in positional if filled]
        found += _by_signature(shape, signature)
        found += _by_count(shape, signature)
    names = {p.name for p in signature} if signature is not None else None
    open_ended = signature is None or any(p.star for p in signature)
    sized = signature is None or any(p.role == "n" for p in signature)
    for filled, has_size in _table_for(shape):
        if has_size and not sized:
            continue
        if names is not None and not open_ended and not {k for k, _ in filled.kwargs} <= names:
            continue
        found.append(filled)
    unique: dict[str, Arguments] = {}
    for one in found:
        unique.setdefault(one.key, one)
    return list(unique.values())


def _positional(shape: Shape, signature: Sequence[Parameter]) -> list[str]:
    """Layouts without keywords that agree with the order, the names and the number of the parameters."""
    qubits = [p for p in signature if p.role in ("qubit", "control")]
    angle_first = bool(shape.parameters) and signature[0].role == "angle"
    single = "p, q" if angle_first else "q, p"
    listed = ["p, [q]"] if angle_first else ["[q], p"]
    in_order = _in_order(shape, signature)
    if len(qubits) == 1 and not any(p.star for p in signature):
        plural = qubits[0].name.lower().endswith(("s", "list", "ids"))
        if shape.qubits > 1 or plural:
            return [*in_order, *listed, single]
    return [*in_order, single]


def _in_order(shape: Shape, signature: Sequence[Parameter]) -> list[str]:
    """The layout that the names of the parameters spell out, where they say more than qubits and then parameters."""
    words: list[str] = []
    plain = [p for p in signature if not p.star and not p.keyword_only]
    controls = sum(p.role == "control" for p in plain)
    qubits = sum(p.role in ("qubit", "control") for p in plain)
    apart = 0 < controls < qubits and 0 < shape.controls < shape.qubits
    for parameter in plain:
        role_of = parameter.role
        if role_of == "control" and apart:
            word = "[c]" if controls == 1 and shape.controls > 1 else "c"
        elif role_of in ("qubit", "control"):
            word = "t" if apart else "q"
        elif role_of == "angle" and shape.parameters:
            word = "p"
        elif role_of == "n":
            word = "n"
        elif parameter.optional:
            break
        else:
            return []
        if word not in words:
            words.append(word)
    if words[:2] == ["c", "t"] and "n" not in words:
        # The usual order has one name.
        return []
    code = ", ".join(words)
    return [code] if "n" in words or apart or ("p" in words and words[0] != "p") else []


def _by_signature(shape: Shape, signature: Sequence[Parameter]) -> list[Arguments]:
    """Calls with keywords, by what the names of the parameters say."""
    plain = [p for p in signature if not p.star]
    qubits = [role(f"q{i}") for i in range(shape.qubits)]
    angles = [role(f"p{i}") for i in range(shape.parameters)]
    takes_qubits = [p.name for p in plain if p.role in ("qubit", "control")]
    takes_controls = [p.name for p in plain if p.role == "control"]
    takes_targets = [p.name for p in plain if p.role == "qubit"]
    takes_angles = [p.name for p in plain if p.role == "angle"]
    sizes = {p.name: role("n") for p in plain if p.role == "n" and not p.optional}
    required = {p.name for p in plain if not p.optional}
    found: list[Arguments] = []

    def add(pairs: dict[str, Any], code: str) -> None:
        pairs = {**pairs, **sizes}
        if required <= set(pairs):
            found.append(Arguments((), tuple(pairs.items()), code))

    def with_angles(pairs: dict[str, Any], code: str) -> None:
        if not angles:
            add(pairs, code)
        elif len(takes_angles) >= len(angles):
            add({**pairs, **dict(zip(takes_angles, angles, strict=False))}, code)
        if angles and takes_angles:
            add({**pairs, takes_angles[0]: {"list": angles}}, code + "[p]")

    ordered = sorted(takes_qubits, key=lambda name: name not in takes_controls)
    if len(ordered) >= len(qubits):
        with_angles(dict(zip(ordered, qubits, strict=False)), "by name")
    if takes_targets and takes_controls and 0 < shape.controls < shape.qubits:
        controls, targets = qubits[: shape.controls], qubits[shape.controls :]
        for index, control in enumerate(
            ([controls[0]] if len(controls) == 1 else [])
            + [{"list": controls}, {"tuple": controls}]
        ):
            for target in ([targets[0]] if len(targets) == 1 else []) + [{"list": targets}]:
                pairs = {takes_controls[0]: control, takes_targets[0]: target}
                with_angles(pairs, f"by name, controls {index}")
    if takes_targets:
        for value, code in (
            *([(qubits[0], "by name, one")] if len(qubits) == 1 else []),
            ({"list": qubits}, "by name, list"),
            ({"tuple": qubits}, "by name, tuple"),
        ):
            with_angles({takes_targets[0]: value}, code)
    return found


def _by_count(shape: Shape, signature: Sequence[Parameter]) -> list[Arguments]:
    """Keywords whose names say nothing: as many as there are qubits and parameters, in either order."""
    required = [p for p in signature if not p.optional and not p.star]
    if not any(p.keyword_only for p in required):
        return []
    qubits = [role(f"q{i}") for i in range(shape.qubits)]
    angles = [role(f"p{i}") for i in range(shape.parameters)]
    found: list[Arguments] = []
    for values, code in (([*qubits, *angles], "q, p"), ([*angles, *qubits], "p, q")):
        if len(values) == len(required):
            pairs = tuple((p.name, value) for p, value in zip(required, values, strict=True))
            found.append(Arguments((), pairs, f"by count|{code}"))
    listed = [{"list": qubits}, *([{"list": angles}] if angles else [])]
    for values in (listed, listed[::-1]):
        if len(values) == len(required):
            pairs = tuple((p.name, value) for p, value in zip(required, values, strict=True))
            found.append(Arguments((), pairs, "by count|[q], [p]"))
    return found


def substitute(expression: Any, replacements: dict[str, Any]) -> Any:
    """Replace roles in an expression, for example ``q0`` by the qubit object ``register[q0]``."""
    if isinstance(expression, dict):
        if expression.keys() == {"role"}:
            return replacements.get(expression["role"], expression)
        return {word: substitute(part, replacements) for word, part in expression.items()}
    if isinstance(expression, (list, tuple)):
        return [substitute(part, replacements) for part in expression]
    return expression


def controlled_layouts(
    gate: str, signature: list[Parameter] | None, given: bool = False
) -> Iterator[Arguments]:
    """The base gate's call with the controls in a keyword of their own; ``given``: its parameters are given."""
    count, base = CONTROLLED[gate]
    qubits, parameters = SHAPES[gate]
    parameters = 0 if given else parameters
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
            for which in (controls[:1] if count == 1 else []) + [
                {"list": controls},
                {"tuple": controls},
            ]:
                yield Arguments(args, (*kwargs, (keyword, which)), f"control keyword|{inner.code}")
