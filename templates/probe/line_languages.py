"""Line languages that packages make up for themselves: how a line is written is read off a program in the language.

``H 0`` and ``RX(0.3) q1`` and ``cnot Q0,Q1;`` differ in the case of the words, in where the angle stands, in what
stands around and between the qubits, in what ends a line, and in the lines before and after the gates. All of that
shows in one example; which word stands for which gate stays a hypothesis (see `dialects`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from vocabulary import SHAPES, hypothesis

Json = dict[str, Any]
_LINE = re.compile(r"^([A-Za-z]\w*)(\s*\(\s*([^()]*?)\s*\))?(\s*)(.*?)$")
_QUBIT = re.compile(r"^([A-Za-z_]*\[?)(\d+)(\]?)$")
_ANGLE = re.compile(r"^-?(\d*\.\d+|\d+\.\d*|\d*\.?\d*\s*\*?\s*(pi|PI|π)([*/]\d+)?)$")
_MEASURE = re.compile(r"meas|^m$|^mz$|read", re.I)
_MAX_TEXTS = 400
_MAX_FOUND = 4
NO_GLOSSES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class _Gate:
    """One line that applies a gate, taken apart."""

    gate: str
    word: str
    qubits: tuple[int, ...]
    #: What stands before and after a qubit's number, and between two qubits.
    qubit: str
    join: str
    #: Where the angle stands: `{name}({p}) {q}`, `{name} {q} {p}`, …; empty without one.
    rotation: str


def infer(text: str, glosses: Mapping[str, str] = NO_GLOSSES) -> Json | None:
    """The dialect of a program, as an entry of `dialects.json`; None where fewer than two lines are gates.

    ``glosses``: words that the package explains as gates, each with its gate.
    """
    ends = text.count(";") >= 2
    lines = [line.strip() for line in re.split(r";\s*|\n" if ends else r"\n", text)]
    lines = [line for line in lines if line]
    parsed = [_gate(line, glosses) for line in lines]
    gates = [one for one in parsed if one]
    if len(gates) < 2:
        return None
    end = ";" if ends else ""
    first = next(index for index, one in enumerate(parsed) if one)
    last = len(parsed) - 1 - next(index for index, one in enumerate(reversed(parsed)) if one)
    size = max(max(one.qubits) for one in gates) + 1
    rotations = Counter(one.rotation for one in gates if one.rotation)
    qubit = Counter(one.qubit for one in gates).most_common(1)[0][0]
    joins = Counter(one.join for one in gates if one.join)
    join = joins.most_common(1)[0][0] if joins else " "
    plain = "{name}({q})" if _called(lines, gates) else "{name} {q}"
    rotation = rotations.most_common(1)[0][0] if rotations else None
    footer = [line for line in lines[last + 1 :] if _MEASURE.search(line.split("(")[0].split()[0])]
    return {
        "upper": sum(one.word.isupper() for one in gates) * 2 > len(gates),
        "header": [_sized(line, size) + end for line in lines[:first]],
        "bits": [],
        "measure": list(dict.fromkeys(_measured(line) + end for line in footer)),
        "gate": plain + end,
        "rotation": rotation + end if rotation else [one + end for one in _rotations(plain, join)],
        "qubit": qubit,
        "join": join,
        "separator": "\n" if "\n" in text.strip() else " ",
        "words": {
            **{gate: [word] for word, gate in glosses.items() if word.isupper()},
            **{one.gate: [one.word] for one in reversed(gates)},
        },
    }


def _rotations(plain: str, join: str) -> list[str]:
    """How an angle may stand where the program has none."""
    if plain == "{name}({q})":
        return [f"{{name}}({{q}}{join}{{p}})", f"{{name}}({{p}}{join}{{q}})"]
    return ["{name}({p}) {q}", f"{{name}} {{q}}{join}{{p}}", f"{{name}} {{p}}{join}{{q}}"]


def _called(lines: list[str], gates: list[_Gate]) -> bool:
    """Whether qubits stand in parentheses behind the word."""
    words = {one.word for one in gates if not one.rotation}
    return any(re.match(rf"{re.escape(word)}\s*\(", line) for word in words for line in lines)


def _gate(line: str, glosses: Mapping[str, str] = NO_GLOSSES) -> _Gate | None:
    matched = _LINE.match(line)
    gate = hypothesis(matched.group(1)) or glosses.get(matched.group(1)) if matched else None
    if matched is None or gate is None:
        return None
    word, inside, rest = matched.group(1), matched.group(3), matched.group(5)
    wanted, angles = SHAPES[gate]
    called = inside is not None and not rest
    tokens = _tokens(inside if called else rest)
    join = _join(inside if called else rest)
    places = [index for index, one in enumerate(tokens) if _QUBIT.match(one)]
    values = [index for index, one in enumerate(tokens) if index not in places and _is_angle(one)]
    if len(places) + len(values) != len(tokens):
        return None
    if angles and len(places) == wanted + angles and not values and inside is None:
        # Angles that are whole numbers look like qubits: they stand where they usually do, behind.
        values, places = places[wanted:], places[:wanted]
    if len(places) != wanted:
        return None
    if angles and not values and (inside is None or called):
        return None
    matches = [_QUBIT.match(tokens[index]) for index in places]
    around = [f"{one.group(1)}{{i}}{one.group(3)}" for one in matches if one]
    numbers = tuple(int(one.group(2)) for one in matches if one)
    rotation = ""
    if angles:
        if values:
            parts = ("{p}", "{q}") if values[0] < places[0] else ("{q}", "{p}")
            listed = join.join(parts)
            rotation = f"{{name}}({listed})" if called else f"{{name}} {listed}"
        else:
            rotation = "{name}({p}) {q}"
    return _Gate(gate, word, numbers, around[0], join if wanted > 1 else "", rotation)


def _is_angle(token: str) -> bool:
    return bool(_ANGLE.match(token)) or token.lower() in ("theta", "phi", "angle", "lambda", "t")


def _tokens(text: str) -> list[str]:
    return [one for one in re.split(r"\s*,\s*|\s+", text.strip()) if one]


def _join(text: str) -> str:
    found = re.search(r"\s*,\s*|\s+", text.strip())
    return found.group(0) if found else " "


def _sized(line: str, size: int) -> str:
    """A header's line with the number of qubits as {n}: a number that is not smaller than what the gates need."""
    for number in re.findall(r"\d+", line):
        if int(number) == size:
            return re.sub(rf"(?<!\d){number}(?!\d)", "{n}", line, count=1)
    larger = [
        number for number in re.findall(r"(?<![\d.])\d+(?![\d.])", line) if int(number) > size
    ]
    return line.replace(larger[0], "{n}", 1) if larger else line


def _measured(line: str) -> str:
    """A measurement's line; one that names a qubit is written for each."""
    return re.sub(r"(?<![\d.])\d+(?![\d.])", "{i}", line)


def programs(text: str, glosses: Mapping[str, str] = NO_GLOSSES) -> Iterator[Json]:
    """Dialects of the programs that stand in a package's own source and documentation, each once."""
    seen: set[str] = set()
    for candidate in _texts(text):
        found = infer(candidate, glosses)
        if found is None:
            continue
        shown = repr({key: value for key, value in found.items() if key != "words"})
        if shown not in seen:
            seen.add(shown)
            yield found
        if len(seen) >= _MAX_FOUND:
            return


def _texts(text: str) -> Iterator[str]:
    """String literals with line breaks or semicolons in them, and runs of lines in docstrings and comments."""
    literal = re.compile(r"[\"']([A-Za-z]\w* ?[^\"'\n]{1,400}(?:\\n|;)[^\"'\n]{1,400})[\"']")
    for match in list(literal.finditer(text))[:_MAX_TEXTS]:
        yield match.group(1).replace("\\n", "\n")
    block: list[str] = []
    for line in text.splitlines():
        stripped = line.strip().removeprefix("#").strip().strip("\"'`")
        if stripped and len(stripped) < 60 and _LINE.match(stripped) and "=" not in stripped:
            block.append(stripped)
            continue
        if len(block) > 1 and sum(_gate(one.rstrip(";")) is not None for one in block) > 1:
            yield "\n".join(block)
        block = []
