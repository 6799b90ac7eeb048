"""Text dialects, as data (`dialects.json`), made into the driver's header, footer and gate lines.

A dialect says how a line is written; which *word* stands for a gate is a hypothesis like any other name: the dialect's
own words first, then every spelling, those that occur in the package's parser before the rest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import own_json as json
from vocabulary import SHAPES, spellings

Json = dict[str, Any]
_HOLE = re.compile(r"\{(n|i)\}")


@cache
def _table() -> dict[str, Json]:
    return json.loads((Path(__file__).parent / "dialects.json").read_text("utf-8"))


def names() -> list[str]:
    """Names of all dialects."""
    return list(_table())


def register(name: str, entry: Json) -> str:
    """Add a dialect that was read off a program of the package, and return its name; equal ones are one."""
    for known, other in _table().items():
        if other == entry:
            return known
    unique = next(n for n in (name, *(f"{name} {i}" for i in range(2, 99))) if n not in _table())
    _table()[unique] = entry
    return unique


def text_dialect(name: str, measured: bool = False, footer: Collection[str] = ()) -> Json:
    """The driver's ``text`` entry of a dialect, with measurements of all qubits or with further lines at the end."""
    dialect = _table()[name]
    header = [*dialect["header"], *(dialect["bits"] if measured else [])]
    lines = [*(dialect["measure"] if measured else []), *footer]
    return {
        "dialect": name,
        "header": [_parts(line) for line in header],
        "footer": [_parts(line) for line in lines],
        "separator": dialect.get("separator", "\n"),
    }


def _parts(line: str) -> list[Any]:
    """Split a line at {n} and {i}; a line with {i} is written once for every qubit."""
    pieces: list[Any] = []
    for index, piece in enumerate(_HOLE.split(line)):
        if index % 2:
            pieces.append({"role": "n" if piece == "n" else "q0"})
        elif piece:
            pieces.append(piece)
    return pieces


def gate_lines(name: str, gate: str, known: frozenset[str]) -> Iterator[tuple[str, Json]]:
    """Lines that may apply a gate: (word, expression), the likeliest first."""
    dialect = _table()[name]
    own = dialect["words"].get(gate, [])
    standard = [gate.upper() if dialect.get("upper") else gate]
    others = spellings(gate, known)
    present = [word for word in others if word in known]
    for word in dict.fromkeys([*own, *standard, *present, *others]):
        for template in _templates(dialect, SHAPES[gate][1]):
            yield word, line_expression(dialect, template, word, *SHAPES[gate])


def _templates(dialect: Json, parameters: int) -> list[str]:
    """How a line may be written; several where the program that showed the language has no angle."""
    found = dialect["rotation"] if parameters else dialect["gate"]
    return found if isinstance(found, list) else [found]


def line_expression(dialect: Json, template: str, word: str, qubits: int, parameters: int) -> Json:
    """The driver's expression for one gate line of a dialect."""
    parts: list[Any] = []
    for piece in re.split(r"(\{name\}|\{p\}|\{q\})", template):
        if piece == "{name}":
            parts.append(word)
        elif piece == "{p}":
            for index in range(parameters):
                parts += ([", "] if index else []) + [{"role": f"p{index}"}]
        elif piece == "{q}":
            for index in range(qubits):
                before, after = dialect["qubit"].split("{i}")
                parts += [(dialect["join"] if index else "") + before, {"role": f"q{index}"}, after]
        else:
            parts.append(piece)
    return {"format": _joined(parts)}


def _joined(parts: list[Any]) -> list[Any]:
    """Join neighbouring strings, drop empty ones."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return found
