"""Running a circuit the way an example does: as shown, with shots, without what only prints, up to any statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_OUTPUT = re.compile(
    r"\"(measure\w*|draw|print|plot\w*|show)\"|'(measure\w*|draw|print|plot\w*|show)'"
)


def shown_runs(run: list[Json]) -> Iterator[list[Json]]:
    """Ways to run a circuit that follow an example's statements, the likeliest first; each sets ``result`` or more."""
    if not run:
        return
    plain = [statement for statement in run if not _like_gate(statement)]
    if plain and plain != run:
        yield from shown_runs(plain)
    asked = _with_shots(run)
    whole = _whole(asked)
    # What is shown of a result may be a part of it: the real parts, the first of two.
    lists = ([whole] if whole and whole != asked else []) + ([asked] if asked != run else [])
    lists += [run]
    lean = [s for s in run if not _OUTPUT.search(repr(s["value"]))]
    lists += [lean] if lean and lean != run else []
    lists += [run[: k + 1] for k in range(len(run) - 1)]
    for statements in lists:
        last = statements[-1]
        named = last.get("var")
        yield statements if named else [*statements[:-1], {**last, "var": "result"}]


def _like_gate(statement: Json) -> bool:
    """A call on the circuit with two places and no result: most likely a gate whose name says nothing."""
    value = statement["value"]
    on = value.get("call", {}).get("attr", [None])[0]
    places = [one.get("lit") for one in value.get("args", [])]
    numbers = [one for one in places if type(one) is int]
    return (
        not statement.get("var")
        and on == {"var": "circuit"}
        and len(numbers) > 1
        and max(numbers) < 10
    )


def _whole(statements: list[Json]) -> list[Json]:
    """The statements without those at their end that only take a value out of a result by its key."""
    kept = list(statements)
    while kept and "item" in kept[-1]["value"] and "lit" in kept[-1]["value"]["item"][1]:
        kept.pop()
    return kept


def _with_shots(value: Any) -> Any:
    """An example's numbers from ten on, as arguments of calls, are most likely shots."""
    if isinstance(value, list):
        return [_with_shots(part) for part in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _with_shots(part) for key, part in value.items()}
    if "call" in changed:
        for place in ("args", "kwargs"):
            given = changed.get(place)
            pairs = enumerate(given) if isinstance(given, list) else (given or {}).items()
            for key, one in list(pairs):
                literal = one.get("lit")
                if type(literal) is int and literal >= 10:
                    changed[place][key] = {"role": "shots"}
    return changed
