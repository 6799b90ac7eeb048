"""Makes a measured driver as small as it can be: a driver with junk from an example is not trusted.

Everything that can be dropped is tried: statements, steps, arguments, keywords, imports, flags; and
references are written in the shortest public way that gives the same object. A change stays when
the measurement still holds.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from guard import clock
from language import resolve, roles_used
from pace import on_grid, slowness

Json = dict[str, Any]
#: A change of a driver: applied to a copy; what it returns is ignored.
Change = Callable[[Json], None]
SECONDS = 15.0
_MOST, _LEAST = 400, 12


def minimise(driver: Json, holds: Callable[[Json], bool], seconds: float = SECONDS) -> Json:
    """The smallest driver that was found within ``seconds`` for which ``holds`` is true.

    ``holds`` measures a driver and must not raise for what the simulator does. The driver comes
    back as it is when it does not hold itself. The seconds (of ``pace``) become a number of trials,
    from what the second measurement of the driver as it is takes.
    """
    current = copy.deepcopy(driver)
    if not holds(current):
        return current
    start = clock()
    holds(current)
    taken = on_grid((clock() - start) / slowness())
    trials = min(_MOST, max(_LEAST, round(seconds / taken)))
    progress = True
    while progress and trials > 0:
        progress = False
        # Changes are found on the current driver; after one that held they are found anew, because
        # positions moved. A change that failed is not tried again at the same place.
        position = 0
        while trials > 0:
            trials -= 1
            change = next(_nth(_changes(current), position), None)
            if change is None:
                break
            smaller = copy.deepcopy(current)
            change(smaller)
            if holds(smaller):
                current, progress = smaller, True
            else:
                position += 1
    return current


def _nth(changes: Iterator[Change], position: int) -> Iterator[Change]:
    return (change for index, change in enumerate(changes) if index == position)


def _changes(driver: Json) -> Iterator[Change]:
    """Every way in which the driver could be smaller, cheap and large ones first."""
    for flag in ("touch", "plus"):
        if driver.get(flag):
            yield lambda d, flag=flag: d.pop(flag)
    if len(driver.get("imports", ())) > 1:
        # Most packages need none beside the modules that the driver names.
        yield lambda d: d["imports"].clear()
    for index in range(len(driver.get("imports", ())) - 1, -1, -1):
        yield lambda d, index=index: d["imports"].pop(index)
    yield from _statements(driver, ("setup",))
    for reading in ("state", "counts"):
        if reading in driver:
            yield from _statements(driver, (reading, "run"))
    if driver.get("text"):
        for part in ("header", "footer"):
            for index in range(len(driver["text"][part]) - 1, -1, -1):
                # A program says in which language it is written, whether or not this reader wants to know.
                if str(driver["text"][part][index][:1]).startswith(("['OPENQASM", "['version")):
                    continue
                yield lambda d, part=part, index=index: d["text"][part].pop(index)
    for place in _calls(driver, ()):
        yield from _arguments(driver, place)
    yield from _references(driver)


def _statements(driver: Json, place: tuple[str, ...]) -> Iterator[Change]:
    statements = _at(driver, place)
    for index in range(len(statements) - 1, -1, -1):
        yield lambda d, index=index: _at(d, place).pop(index)
    for index, statement in enumerate(statements):
        value = statement["value"]
        # `x = a.f(b)` where `x = a` does: the call added nothing.
        if "call" in value and "attr" in value["call"] and statement.get("var"):
            yield lambda d, index=index: _unwrap(_at(d, place)[index])


def _unwrap(statement: Json) -> None:
    statement["value"] = statement["value"]["call"]["attr"][0]


def _calls(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Places of all calls in a driver, outer ones first."""
    if isinstance(value, dict):
        if "call" in value:
            yield place
        for key, part in value.items():
            yield from _calls(part, (*place, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _calls(part, (*place, index))


def _arguments(driver: Json, place: tuple[Any, ...]) -> Iterator[Change]:
    call = _at(driver, place)
    for name, value in list((call.get("kwargs") or {}).items()):
        if _meant(value):
            continue
        yield lambda d, name=name: _drop_keyword(_at(d, place), name)
    # Only the last argument: dropping an inner one shifts the meaning of the others. A step's
    # arguments stand in its `call` itself.
    arguments = call["call"] if isinstance(call["call"], list) else call.get("args")
    if arguments and not _meant(arguments[-1]):
        yield lambda d: _last_arguments(_at(d, place)).pop()


def _meant(value: Any) -> bool:
    """Whether an argument is there for what a short measurement does not see: shots and seeds."""
    return bool(roles_used(value) & {"shots", "seed"})


def _last_arguments(call: Json) -> list[Any]:
    return call["call"] if isinstance(call["call"], list) else call["args"]


def _drop_keyword(call: Json, name: str) -> None:
    del call["kwargs"][name]
    if not call["kwargs"]:
        del call["kwargs"]


def _references(driver: Json) -> Iterator[Change]:
    """Shorter spellings of the modules of references, where they give the same object."""
    for reference in sorted(set(_all_references(driver))):
        shorter = shortest(reference)
        if shorter != reference:
            yield lambda d, old=reference, new=shorter: _rename(d, old, new)


def shortest(reference: str) -> str:
    """``package:Name`` for ``package.sub.module:Name`` when both are the same object."""
    module, _, name = reference.partition(":")
    if not name:
        return reference
    try:
        wanted = resolve(reference)
    except Exception:
        return reference
    parts = module.split(".")
    for length in range(1, len(parts)):
        candidate = ".".join(parts[:length]) + ":" + name
        try:
            if resolve(candidate) is wanted:
                return candidate
        except Exception:
            continue  # the shorter module does not have it
    return reference


def _all_references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("ref"), str):
            yield value["ref"]
        for part in value.values():
            yield from _all_references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _all_references(part)


def _rename(value: Any, old: str, new: str) -> None:
    if isinstance(value, dict):
        if value.get("ref") == old:
            value["ref"] = new
        for part in value.values():
            _rename(part, old, new)
    elif isinstance(value, list):
        for part in value:
            _rename(part, old, new)


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value
