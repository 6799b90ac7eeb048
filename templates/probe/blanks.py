"""Qubits and parameters of an expression as words of a layout, and the words filled again for a gate of another shape.

`rx([q0], p0)` becomes `rx([q], p)`, which is `cx([q0, q1])` for a gate on two qubits without a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from layouts import Shape

Json = dict[str, Any]
_PLURALS = ("list", "tuple")
_ROLE = re.compile(r"^[qp]\d$")


def roles_of(expression: Any) -> Iterator[str]:
    """Roles of a gate's qubits and parameters that occur in an expression, in their order."""
    if isinstance(expression, dict):
        if _ROLE.match(str(expression.get("role", ""))):
            yield expression["role"]
        for part in expression.values():
            yield from roles_of(part)
    elif isinstance(expression, (list, tuple)):
        for part in expression:
            yield from roles_of(part)


def with_words(expression: Any, shape: Shape) -> Any:
    """Runs of roles in arguments, lists and tuples become the words q, c, t and p of a layout."""
    if isinstance(expression, list):
        return [with_words(part, shape) for part in expression]
    if not isinstance(expression, dict):
        return expression
    if expression.keys() == {"role"}:
        return _run([expression["role"]], shape)[0] if list(roles_of(expression)) else expression
    made: Json = {}
    for word, part in expression.items():
        if word in ("args", *_PLURALS) and "op" not in expression:
            made[word] = _sequence(part, shape)
        elif word == "kwargs":
            made[word] = {name: with_words(one, shape) for name, one in part.items()}
        else:
            made[word] = with_words(part, shape)
    return made


def _sequence(parts: list[Json], shape: Shape) -> list[Json]:
    found: list[Json] = []
    run: list[str] = []
    for part in [*parts, {}]:
        if part.keys() == {"role"} and list(roles_of(part)):
            if run and run[0][0] != part["role"][0]:
                found += _run(run, shape)
                run = []
            run.append(part["role"])
            continue
        found += _run(run, shape) if run else []
        run = []
        found += [with_words(part, shape)] if part else []
    return found


def _run(roles: list[str], shape: Shape) -> list[Json]:
    """Neighbouring roles as one word; single words where they are no whole group."""
    indices = [int(role[1:]) for role in roles]
    groups = {
        "q": list(range(shape.qubits)),
        "c": list(range(shape.controls)),
        "t": list(range(shape.controls, shape.qubits)),
    }
    if roles[0][0] == "p":
        return [{"word": "p"}] if indices == list(range(shape.parameters)) else _single(roles)
    for word, members in groups.items():
        if indices == members:
            return [{"word": word}]
    if indices == groups["t"] + groups["c"]:
        return [{"word": "t"}, {"word": "c"}]
    return _single(roles)


def _single(roles: list[str]) -> list[Json]:
    return [{"role": role} for role in roles]


def fill_words(expression: Any, shape: Shape, place: str) -> Any:
    """Words replaced by roles; None where the shape cannot fill them."""
    if isinstance(expression, list):
        # A pair of a dictionary whose value has nothing to hold is left out.
        kept = [fill_words(part, shape, place) for part in expression if not _lacks(part, shape)]
        return None if any(part is None for part in kept) else kept
    if not isinstance(expression, dict):
        return expression
    if "word" in expression:
        names = _word_names(expression["word"], shape)
        return {"role": names[0]} if names is not None and len(names) == 1 else None
    made: Json = {}
    for word, part in expression.items():
        if word in ("args", *_PLURALS) and "op" not in expression:
            inside = place if word == "args" else ""
            filled: Any = _fill_sequence(part, shape, inside, place)
        elif word == "kwargs":
            pairs = {
                n: fill_words(v, shape, place) for n, v in part.items() if not _lacks(v, shape)
            }
            filled = None if any(v is None for v in pairs.values()) else pairs
        else:
            filled = fill_words(part, shape, place)
        if filled is None and part is not None:
            return None
        made[word] = filled
    return made


def _lacks(value: Any, shape: Shape) -> bool:
    return (
        not shape.parameters and repr(value).count("'word'") == repr(value).count("'word': 'p'") > 0
    )


def _fill_sequence(parts: list[Json], shape: Shape, inside: str, place: str) -> list[Json] | None:
    found: list[Json] = []
    angles = [{"role": f"p{i}"} for i in range(shape.parameters)]
    for part in parts:
        if "word" in part:
            names = _word_names(part["word"], shape)
            if names is None:
                return None
            items = [{"role": name} for name in names]
            qubits = part["word"] in "qt"
        else:
            if _lacks(part, shape):
                continue
            # Parameters stand beside a list of qubits, not in it.
            qubits = any(kind in part for kind in _PLURALS) and "'word'" in repr(part)
            filled = fill_words(part, shape, "" if qubits else place)
            if filled is None:
                return None
            items = [filled]
        if qubits and inside:
            items = [*items, *angles] if inside == "after" else [*angles, *items]
        found += items
    return found


def _word_names(word: str, shape: Shape) -> list[str] | None:
    names = {
        "q": [f"q{i}" for i in range(shape.qubits)],
        "c": [f"q{i}" for i in range(shape.controls)],
        "t": [f"q{i}" for i in range(shape.controls, shape.qubits)],
        "p": [f"p{i}" for i in range(shape.parameters)],
    }[word]
    return None if word == "c" and not names else names
