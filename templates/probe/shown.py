"""Layouts that examples show: a gate statement of a README, a test or a hint, made into a way to write every gate.

The name of the gate becomes a hole, its qubits and parameters become words of a layout (`layouts.py`); both are filled
again for any gate. Where the result is a layout of the space, it has that layout's id: examples rank, they add nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bench import Bench, with_handle
from blanks import fill_words, roles_of, with_words
from calls_common import CIRCUIT, gate_names, names_for, references_for, shape_of, spelled
from calls_with_values import SYMBOLS
from layouts import substitute
from recipes import Form, Recipe
from vocabulary import CONTROLLED, SHAPES, hypothesis

Json = dict[str, Any]
_MAX_STATEMENTS = 60
_MAX_PATTERNS = 10
_MAX_NAMES = 12
_HOLE = "hole"
_AXES = ("x", "y", "z")


@dataclass(frozen=True)
class Pattern:
    """One shown way: the expression with a hole for the name, words for qubits and parameters, and its layout."""

    gate: str
    name: str
    expression: Json
    form: Form
    head: str
    arguments: str
    handle: Json | None
    #: Controls that the shown call has beside what its name says: `on(1).controlled_by(0).x()`.
    controls: int = 0

    def named(self, gate: str) -> str | None:
        """The gate by whose names this way writes ``gate``; None where it does not."""
        if not self.controls:
            return gate
        count, base = CONTROLLED.get(gate, (0, ""))
        return base if count == self.controls else None

    def code(self, head: str = "", place: str = "after") -> str:
        """The layout's code as the space has it, where the parameters that were not shown stand at ``place``."""
        words = self.arguments
        if self.form.kind == "shown":
            return words
        if "p" not in re.split(r"[^A-Za-z_]+", words):
            words = f"{words}, p" if place == "after" else f"p, {words}"
        return "|".join(filter(None, (head or self.head, words)))


def patterns(bench: Bench, statements: Iterable[Json]) -> list[Pattern]:
    """Patterns of the statements that use nothing but this bench's variables, each once, in their order.

    A list is only changed by what is put into it: calls that do not name it are no gates of it.
    """
    known = set(bench.live.variables)
    needed = {"circuit"} if isinstance(bench.circuit, list) else set()
    found: dict[str, Pattern] = {}
    for statement in list(statements)[:_MAX_STATEMENTS]:
        used = _variables(statement["value"])
        one = _pattern(statement["value"]) if needed <= used <= known else None
        if one is not None and len(found) < _MAX_PATTERNS:
            found.setdefault(repr((one.expression, one.handle)), one)
    return list(found.values())


def shown(bench: Bench, gate: str, _form: Form, handle: Json | None) -> Iterator[Recipe]:
    """The patterns, filled for one gate; those with the kind of qubits that ``handle`` makes."""
    for pattern in [p for p in bench.shown if p.handle == handle]:
        for name, expression in _named(bench, gate, pattern):
            for code, filled in _filled(expression, gate, pattern):
                apply = with_handle(filled, handle)
                yield Recipe(pattern.form, code, name, apply, shown=True)


def _pattern(expression: Json) -> Pattern | None:
    """The pattern of an expression with the roles of one gate; None where no name in it fits their number."""
    roles = sorted(set(roles_of(expression)))
    shape = (sum(r[0] == "q" for r in roles), sum(r[0] == "p" for r in roles))
    fitting = (
        (hole, named, gate)
        for hole, named in _names(expression)
        if (gate := hypothesis(named)) is not None and SHAPES[gate] == shape and shape[0]
    )
    found = _axis(expression, shape) or next(fitting, None) or _controlled(expression, shape)
    if found is None:
        return None
    kind, name, gate = found
    said = gate if kind == "axis" else hypothesis(name)
    controls = 0 if said == gate else CONTROLLED[gate][0]
    handle = _handle(expression)
    bare = expression if handle is None else _without(expression, handle)
    holed = with_words(_holed(bare, kind, name), shape_of(gate))
    if len(set(roles_of(holed))) or _HOLE not in repr(holed):
        return None
    form, head, arguments = _placed(holed)
    return Pattern(gate, name, holed, form, head, arguments, handle, controls)


# ---------------------------------------------------------------- names


def _axis(expression: Json, shape: tuple[int, int]) -> tuple[str, str, str] | None:
    """The hole of a rotation whose axis is an argument, `rotate("z", 0.3)`: alone, the letter is another gate."""
    letters = [n for kind, n in _names(expression) if kind == "lit" and n.lower() in _AXES]
    return ("axis", letters[0], f"r{letters[0].lower()}") if letters and shape == (1, 1) else None


def _controlled(expression: Json, shape: tuple[int, int]) -> tuple[str, str, str] | None:
    """The hole of a gate under a control that the name does not say: X on two qubits is CX."""
    for kind, name in _names(expression):
        for gate, (_, base) in CONTROLLED.items():
            if hypothesis(name) == base and SHAPES[gate] == shape:
                return kind, name, gate
    return None


def _names(expression: Any) -> Iterator[tuple[str, str]]:
    """Names in an expression, and the word that they stand in."""
    if isinstance(expression, dict):
        if isinstance(expression.get("ref"), str):
            yield "ref", expression["ref"]
        if "attr" in expression:
            yield "attr", expression["attr"][1]
        if isinstance(expression.get("lit"), str):
            yield "lit", expression["lit"]
        for part in expression.values():
            yield from _names(part)
    elif isinstance(expression, (list, tuple)):
        for part in expression:
            yield from _names(part)


def _holed(expression: Any, kind: str, name: str) -> Any:
    """The expression with a hole in the place of one name."""
    if isinstance(expression, dict):
        if kind in ("ref", "lit", "axis") and expression == {
            "lit" if kind == "axis" else kind: name
        }:
            return {_HOLE: kind}
        if kind == "attr" and expression.get("attr", [None, None])[1] == name:
            return {_HOLE: "attr", "owner": expression["attr"][0]}
        return {word: _holed(part, kind, name) for word, part in expression.items()}
    if isinstance(expression, (list, tuple)):
        return [_holed(part, kind, name) for part in expression]
    return expression


def _named(bench: Bench, gate: str, pattern: Pattern) -> Iterator[tuple[str, Json]]:
    """The pattern with the hole filled by each name that may be the gate."""
    hole, base = _find_hole(pattern.expression), pattern.named(gate)
    if base is None:
        return
    if hole[_HOLE] == "ref":
        home = pattern.name.rpartition("." if "." in pattern.name.split(":")[-1] else ":")[0]
        references = sorted(references_for(bench, base), key=lambda r: not r.startswith(home))
        options = [(r, {"ref": r}) for r in references]
    elif hole[_HOLE] == "axis":
        letter = gate[1:] if gate in ("rx", "ry", "rz") else ""
        word = letter.upper() if pattern.name.isupper() else letter
        options = [(word, {"lit": word})] if word else []
    elif hole[_HOLE] == "lit":
        options = [(word, {"lit": word}) for word in spelled(bench, base)]
    else:
        options = [
            (n, {"attr": [hole["owner"], n]}) for n in _members(bench, hole["owner"], gate, base)
        ]
    if gate == pattern.gate:
        options.sort(key=lambda option: option[0] != pattern.name)
    for name, value in options[:_MAX_NAMES]:
        yield name, _replaced(pattern.expression, hole, value)


def _members(bench: Bench, owner: Json, gate: str, base: str) -> list[str]:
    """Names of an owner that may be a gate; the owner may be made from the gate's qubits: `circuit.on(0)`."""
    if owner == CIRCUIT:
        return gate_names(bench, base)
    filled = fill_words(owner, shape_of(gate), "")
    outcome = bench.value(filled) if filled else None
    return names_for(bench, outcome.value, base) if outcome and outcome.ok else []


def _find_hole(expression: Any) -> Json:
    parts = expression.values() if isinstance(expression, dict) else expression
    if isinstance(expression, dict) and _HOLE in expression:
        return expression
    for part in parts if isinstance(expression, (dict, list, tuple)) else ():
        if isinstance(part, (dict, list, tuple)) and (found := _find_hole(part)):
            return found
    return {}


def _replaced(expression: Any, old: Json, new: Json) -> Any:
    if expression == old:
        return new
    if isinstance(expression, dict):
        return {word: _replaced(part, old, new) for word, part in expression.items()}
    if isinstance(expression, (list, tuple)):
        return [_replaced(part, old, new) for part in expression]
    return expression


# ---------------------------------------------------------------- qubits and parameters


def _variables(expression: Any) -> set[str]:
    if isinstance(expression, dict):
        own = {expression["var"]} if isinstance(expression.get("var"), str) else set()
        return own.union(*(_variables(part) for part in expression.values()))
    if isinstance(expression, (list, tuple)):
        return set().union(*(_variables(part) for part in expression))
    return set()


def _handle(expression: Any) -> Json | None:
    """What stands around a qubit's number wherever it is handed over: `register[q0]`, `q0 + 1`."""
    found = [one for one in _wrappers(expression) if one is not None]
    return found[0] if found and all(one == found[0] for one in found) else None


def _wrappers(expression: Any) -> Iterator[Json | None]:
    if isinstance(expression, (list, tuple)):
        for part in expression:
            yield from _wrappers(part)
    if not isinstance(expression, dict):
        return
    roles = list(roles_of(expression))
    owned = "item" in expression and not list(roles_of(expression["item"][0]))
    counted = "op" in expression and any("lit" in part for part in expression["args"])
    one = len(roles) == 1 and roles[0][0] == "q"
    if one and (owned or counted) and not any(hypothesis(n) for _, n in _names(expression)):
        yield substitute(expression, {roles[0]: {"role": "q0"}})
        return
    for part in expression.values():
        yield from _wrappers(part)


def _without(expression: Any, handle: Json) -> Any:
    """The expression with plain roles where the handle stood."""
    for index in range(3):
        expression = _replaced(
            expression,
            substitute(handle, {"q0": {"role": f"q{index}"}}),
            {"role": f"q{index}"},
        )
    return expression


def _filled(expression: Json, gate: str, pattern: Pattern) -> Iterator[tuple[str, Json]]:
    """The expression for a gate; where it has parameters and none were shown, they come after the qubits or before."""
    shape = shape_of(gate)
    shows = "'word': 'p'" in repr(expression)
    tries = [(pattern.code(), expression, "")]
    if shape.parameters and not shows:
        tries = [(pattern.code(place=place), expression, place) for place in ("after", "before")]
    elif shows and not shape.parameters and pattern.head == "angles":
        tries = [
            (pattern.code("empty call"), expression, ""),
            (pattern.code("class"), _bare(expression), ""),
        ]
    for code, written, place in tries:
        one = fill_words(written, shape, place)
        if one is not None:
            yield code, one


def _bare(expression: Any) -> Any:
    """Without calls that only take parameters: `RX(p)` of a gate that has none is the name alone."""
    if isinstance(expression, dict):
        if expression.get("args") == [{"word": "p"}] and "call" in expression:
            return _bare(expression["call"])
        return {word: _bare(part) for word, part in expression.items()}
    if isinstance(expression, list):
        return [_bare(part) for part in expression]
    return expression


# ---------------------------------------------------------------- which layout it is


def _placed(expression: Json) -> tuple[Form, str, str]:
    """The form, the composition and the arguments of a pattern, as the space has them; else its own skeleton."""
    text = _written(expression)
    call = expression.get("call")
    args = expression.get("args", [])
    if isinstance(call, dict) and call.get(_HOLE) == "attr" and call["owner"] == CIRCUIT:
        return Form("method"), "", text
    if isinstance(call, dict) and _HOLE in call and args[:1] == [CIRCUIT]:
        return Form("function"), "", text
    if isinstance(call, dict) and "attr" in call and call["attr"][0] == CIRCUIT and args:
        method = call["attr"][1]
        if args[0] in ({_HOLE: "lit"}, {_HOLE: "axis"}):
            return Form("string", method), "", text
        if _HOLE in repr(args[0]) and "dict" not in repr(args[0]):
            inner = _written(args[0])
            if inner and "q" in inner:
                return Form("value", method), "call", inner
            made = "empty call" if "call" in args[0] else "class"
            return Form("part", method), "angles" if inner else made, text
    if "op" in expression and CIRCUIT in args:
        value_first = args[1] == CIRCUIT
        for kind, symbol in SYMBOLS.items():
            if symbol == (expression["op"], value_first):
                return Form(kind), "call", _written(args[0] if value_first else args[1])
    return Form("shown"), "", text or "as it stands"


def _written(expression: Json) -> str:
    """The arguments of a call as a layout."""
    parts = [_argument(part) for part in expression.get("args", [])]
    parts += [
        f"{name}={_argument(part)}"
        for name, part in (expression.get("kwargs") or {}).items()
        if _argument(part)
    ]
    return ", ".join(part for part in parts if part)


def _argument(part: Json) -> str:
    if "word" in part:
        return part["word"]
    for kind, brackets in (("list", "[]"), ("tuple", "()")):
        if kind in part:
            inner = ", ".join(filter(None, map(_argument, part[kind])))
            return f"{brackets[0]}{inner}{brackets[1]}" if inner else ""
    return ""
