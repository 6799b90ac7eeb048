"""Other ways to make and run the circuit of a measured driver that may keep mixed states.

A package that has density matrices reaches them by a class beside the one that is used (``DensityState`` for
``State``), by an option (``density=True``, ``method="density_matrix"``), or by a method of the result. Names only
propose; what is read is measured.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench import Bench
from expressions import references
from language import resolve
from objects import Candidate, constructions
from readers import runs
from vocabulary import OPTION

Json = dict[str, Any]
MIXED = re.compile(r"(density|mixed|(^|_)dm(_|$)|(^|[a-z])DM([A-Z]|$)|_dm|matrix_?sim)", re.I)
_FLAG = re.compile(r"(density|mixed|noisy)", re.I)
_NOT = re.compile(r"(error|exception|test|plot|draw|visual|gpu|cuda)", re.I)
_MOST_CLASSES = 6
_MOST_WORDS = 8
_MOST_RUNS = 12


@dataclass(frozen=True)
class Variant:
    """Statements that make the circuit, and those that run it."""

    setup: list[Json]
    run: list[Json]


def variants(bench: Bench, driver: Json) -> Iterator[Variant]:
    """As it is first, then with one class, option or word changed; each once."""
    seen: set[str] = set()
    for variant in _all(bench, driver):
        key = repr(variant)
        if key not in seen:
            seen.add(key)
            yield variant


def _all(bench: Bench, driver: Json) -> Iterator[Variant]:
    readings = [driver[which] for which in ("state", "counts") if which in driver]
    for reading in readings:
        yield Variant(driver["setup"], reading["run"])
    for reading in readings:
        plain = {"setup": driver["setup"], "run": reading["run"]}
        for changed in (*_classes(bench, plain), *_options(bench, plain), *_words(bench, plain)):
            yield Variant(changed["setup"], changed["run"])
            if changed["setup"] != plain["setup"]:
                # Another class has its own way to show what it holds.
                yield Variant(changed["setup"], [])
    found = runs(bench, Candidate("density", driver["setup"]))
    likely = (run for run in found if run.statements and MIXED.search(repr(run.statements)))
    for _, run in zip(range(_MOST_RUNS), likely, strict=False):
        yield Variant(driver["setup"], run.statements)


def _classes(bench: Bench, plain: Json) -> Iterator[Json]:
    """A class that is called after density matrices in place of one that is used."""
    catalog = bench.catalog
    known = [*(ref for _, ref in catalog.classes), *catalog.engines, *catalog.state_makers]
    mixed = [ref for ref in dict.fromkeys(known) if _is_mixed(ref.split(":")[-1])]
    for used in dict.fromkeys(references(plain)):
        for other in mixed[:_MOST_CLASSES]:
            if other == used:
                continue
            yield _replaced(plain, {"ref": used}, {"ref": other})
            for call in _calls_of(plain, used):
                for made in constructions(catalog, other)[:2]:
                    yield _replaced(plain, call, made)


def _options(bench: Bench, plain: Json) -> Iterator[Json]:
    """A flag or a choice of the calls that are made, set to what is called after density matrices."""
    for call in _calls(plain):
        function = _live(bench, call["call"])
        for parameter in bench.catalog.signature(function) or [] if function is not None else []:
            if parameter.star or parameter.name in (call.get("kwargs") or {}):
                continue
            values: list[Any] = []
            if _FLAG.search(parameter.name) and parameter.default is False:
                values = [True]
            elif OPTION.match(parameter.name):
                given = bench.catalog.options(function, parameter)
                values = [one for one in given if _is_mixed(str(one))]
            for value in values:
                kwargs = {**(call.get("kwargs") or {}), parameter.name: {"lit": value}}
                yield _replaced(plain, call, {**call, "kwargs": kwargs})


def _words(bench: Bench, plain: Json) -> Iterator[Json]:
    """Another word of the package in place of one that names what simulates."""
    literals = [one for one in _parts(plain) if isinstance(one.get("lit"), str) and one["lit"]]
    quoted = re.findall(r"['\"]([A-Za-z][\w.\-]{2,30})['\"]", bench.catalog.text)
    mixed = [word for word in dict.fromkeys(quoted) if _is_mixed(word) or "matrix" in word]
    for literal in literals:
        start = re.split(r"[._\-]", literal["lit"])[0][:2].lower()
        near = sorted(mixed, key=lambda word: (not word.lower().startswith(start), len(word)))
        for word in near[:_MOST_WORDS]:
            yield _replaced(plain, literal, {"lit": word})


def _is_mixed(name: str) -> bool:
    return bool(MIXED.search(name)) and not _NOT.search(name)


def _live(bench: Bench, function: Json) -> Any:
    """The object that a call calls, where that can be known without running anything."""
    try:
        if "ref" in function:
            return resolve(function["ref"])
        if "attr" in function and "var" in function["attr"][0]:
            return getattr(bench.live.variables[function["attr"][0]["var"]], function["attr"][1])
    except Exception:
        return None  # a property that raises, a variable of a later statement
    return None


def _parts(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _parts(part)


def _calls(value: Any) -> list[Json]:
    return [one for one in _parts(value) if isinstance(one.get("call"), dict)]


def _calls_of(value: Any, reference: str) -> list[Json]:
    return [one for one in _calls(value) if one["call"] == {"ref": reference}]


def _replaced(value: Any, old: Json, new: Json) -> Any:
    """A copy in which ``new`` stands wherever ``old`` stood."""
    if value == old:
        return copy.deepcopy(new)
    if isinstance(value, dict):
        return {key: _replaced(part, old, new) for key, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, old, new) for part in value]
    return value
