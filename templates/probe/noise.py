"""A depolarising channel: proposed by its name, written like a gate that was measured, known by its effect.

Depolarising with probability p is rho -> (1 - p) rho + p/3 (X rho X + Y rho Y + Z rho Z) here: it shrinks the Bloch
vector to 1 - 4p/3 on every axis (M. Nielsen and I. Chuang, *Quantum Computation and Quantum Information*, 8.3.4, count
4p/3 as the probability). Packages count in other ways, so the factor is measured. What does not shrink all axes alike,
or not in proportion to p, or does something at p = 0, is no such channel and is left out.
"""

from __future__ import annotations

import copy
import itertools
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench import Bench, member, public_names
from chisquare import chi_square, upper_tail
from density import density_driver, matrix_of
from expressions import references
from guard import attempt
from language import resolve
from reference import ARITY
from session import SIGNIFICANCE, Session
from vocabulary import EXTEND, EXTEND_FIRST

Json = dict[str, Any]
#: Name under which the channel stands in a driver's gates while it is measured.
CHANNEL = "depolarize"
_NAME = re.compile(r"depol", re.I)
_TWO = re.compile(r"(two|2|multi|correlated|pair|model|error|noise_?model)", re.I)
_PROBABILITY = re.compile(
    r"^(p|prob|probs|probability|probabilities|rate|error_?rate|param|lam|gamma|strength)$", re.I
)
_PAULI = ("px", "py", "pz")
#: Native probability for one of ours.
FACTORS = (1.0, 4 / 3, 1 / 3)
_MOST_NAMES = 8
_MOST_ADDERS = 4
_MOST_ENTRIES = 240
_SECONDS = 10.0
_PROBABILITIES = (0.3, 0.12)
_SHOTS = 3000
_TOLERANCE = 1e-4


def find_noise(bench: Bench, driver: Json, shows: str) -> Json | None:
    """An entry for the channel, right in the reading ``shows`` (``density`` or ``counts``), or None.

    The entry is one of a gate on ``q0`` with the parameter ``p0``; ``scale`` takes our probability to the package's.
    """
    read = density_driver(driver) if shows == "density" else driver
    for entry in itertools.islice(_entries(bench, driver), _MOST_ENTRIES):
        factor = (
            _factor_of_density(read, entry)
            if shows == "density"
            else _factor_of_counts(read, entry)
        )
        if factor is not None:
            found = {**entry, "shows": shows}
            return found if factor == 1 else {**found, "scale": factor}
    return None


# -------------------------------------------------------------------- effect


def _factor_of_density(driver: Json, entry: Json) -> float | None:
    """The package's probability for one of ours, from how the Bloch vector of each axis shrinks."""
    noisy = {**driver, "gates": {**driver["gates"], CHANNEL: entry}}

    def shrunk(native: float) -> float | None:
        axes = [_length(noisy, prepare, native) for prepare in _axes(driver)]
        return axes[0] if max(axes) - min(axes) < _TOLERANCE else None

    def work() -> float | None:
        whole = shrunk(0.0)
        if whole is None or abs(whole - 1) > _TOLERANCE:
            return None
        # Of each: 1 - 4/3 of our probability.
        ours = [
            None if (one := shrunk(native)) is None else 0.75 * (1 - one)
            for native in _PROBABILITIES
        ]
        return _one_factor(ours)

    outcome = attempt(work, _SECONDS)
    return outcome.value if outcome.ok else None


def _one_factor(ours: list[float | None]) -> float | None:
    for factor in FACTORS:
        if all(
            one is not None and abs(one * factor - native) < _TOLERANCE
            for one, native in zip(ours, _PROBABILITIES, strict=True)
        ):
            return factor
    return None


def _axes(driver: Json) -> list[list[Any]]:
    """Circuits that put qubit 1 onto the axes: down and up z, x, and y where a phase gate is known."""
    phase = next(
        (
            step
            for step in (("s", (1,), ()), ("p", (1,), (math.pi / 2,)), ("rz", (1,), (math.pi / 2,)))
            if step[0] in driver["gates"]
        ),
        None,
    )
    found: list[list[Any]] = [[], [("x", (1,), ())], [("h", (1,), ())]]
    return [*found, [("h", (1,), ()), phase]] if phase else found


def _length(driver: Json, prepare: list[Any], native: float) -> float:
    """Length of qubit 1's Bloch vector after the channel; qubit 0 must stay as it is."""
    found = matrix_of(driver, [*prepare, (CHANNEL, (1,), (native,))], 2)
    one = found[:2, :2]
    if np.max(np.abs(found[2:, :])) > _TOLERANCE:
        raise ValueError("it acts on another qubit")
    expected = matrix_of(driver, prepare, 2)[:2, :2]
    # A vector that turned as well as shrank is not depolarised: its overlap with what it was tells.
    return float(2 * np.trace(one @ expected).real - 1)


def _factor_of_counts(driver: Json, entry: Json) -> float | None:
    """The same from counts, where each shot is a trajectory of its own: one factor must fit, the others must not."""
    noisy = {**driver, "gates": {**driver["gates"], CHANNEL: entry}}
    session = Session(noisy, 2, "counts", _SHOTS)
    circuits = [
        [(CHANNEL, (1,), None)],
        [("x", (1,), ()), (CHANNEL, (1,), None), ("x", (1,), ())],
        [("h", (1,), ()), (CHANNEL, (1,), None), ("h", (1,), ())],
    ]

    def counted(index: int, native: float) -> np.ndarray:
        steps = [(g, q, (native,) if a is None else a) for g, q, a in circuits[index]]
        found = session.result(steps).real
        if abs(found.sum() - _SHOTS) > 0.5:
            raise ValueError("other counts than were asked for")
        return found

    def work() -> float | None:
        if any(counted(index, 0.0)[0] < _SHOTS for index in range(len(circuits))):
            return None
        seen = [
            (native, counted(index, native))
            for native in _PROBABILITIES
            for index in range(len(circuits))
        ]
        fitting = [factor for factor in FACTORS if all(_flips(*one, factor) for one in seen)]
        return fitting[0] if len(fitting) == 1 else None

    outcome = attempt(work, 3 * _SECONDS)
    return outcome.value if outcome.ok else None


def _flips(native: float, counts: np.ndarray, factor: float) -> bool:
    """Whether qubit 1 is flipped as often as it must be: two of the three Paulis flip it."""
    flipped = 2 / 3 * native / factor
    expected = np.array([1 - flipped, flipped, 0, 0])
    return upper_tail(*chi_square(counts, expected)) >= SIGNIFICANCE


# -------------------------------------------------------------------- entries


def _entries(bench: Bench, driver: Json) -> Iterator[Json]:
    """The driver's own entries of one-qubit gates, with the channel's name and a probability instead of an angle."""
    names = _names(bench, driver)
    gates = driver["gates"]
    pairs = [
        ("rx", "ry"),
        ("ry", "rz"),
        ("rx", "rz"),
        ("rz", "p"),
        ("x", "h"),
        ("h", "s"),
        ("x", "y"),
    ]
    for one, other in [pair for pair in pairs if all(gate in gates for gate in pair)]:
        place = _difference(gates[one]["apply"], gates[other]["apply"])
        if place is None or gates[one]["effect"] == "line":
            continue
        for leaf in _leaves(bench, names, _at(gates[one]["apply"], place)):
            made = _put(gates[one]["apply"], place, leaf)
            angles = ARITY[one][1]
            for apply in _arguments(bench, made, place, bool(angles)):
                yield {"apply": apply, "effect": gates[one]["effect"]}
    if "text" not in driver:
        yield from _added(
            bench, [name for name in names if ":" in name], _qubit(gates["x"]["apply"])
        )


def _added(bench: Bench, names: list[str], qubit: Json) -> Iterator[Json]:
    """A channel that is a value, added to the circuit: as gates are where these have methods of their own."""
    probability: Json = {"role": "p0"}
    adders = [name for name in public_names(bench.circuit) if EXTEND.match(name)]
    adders.sort(key=lambda name: (not EXTEND_FIRST.match(name), "noise" not in name, len(name)))
    for name in names[:_MOST_NAMES]:
        whole = [
            {"call": {"ref": name}, "args": args}
            for args in (
                [qubit, probability],
                [probability, qubit],
                [{"list": [qubit]}, probability],
                [probability, {"list": [qubit]}],
            )
        ]
        part: Json = {"call": {"ref": name}, "args": [probability]}
        whole += [
            {"call": {"attr": [part, "on"]}, "args": [qubit]},
            {"call": part, "args": [qubit]},
        ]
        for adder in adders[:_MOST_ADDERS]:
            function: Json = {"attr": [{"var": "circuit"}, adder]}
            for value in whole:
                yield {"apply": {"call": function, "args": [value]}, "effect": "inplace"}
            for where in (qubit, {"list": [qubit]}):
                yield {"apply": {"call": function, "args": [part, where]}, "effect": "inplace"}


def _qubit(apply: Json) -> Json:
    """How gates are handed a qubit: its number, or an item of a register."""
    handles: list[Json] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if "item" in value and value["item"][1] == {"role": "q0"}:
                handles.append(value)
            for part in value.values():
                look(part)
        elif isinstance(value, list):
            for part in value:
                look(part)

    look(apply)
    subscript = [
        one for one in handles if "call" not in one["item"][0] and "attr" not in one["item"][0]
    ]
    return subscript[0] if subscript else {"role": "q0"}


def _names(bench: Bench, driver: Json) -> list[str]:
    """Attributes of the circuit and references of the package and of its host that are called after depolarising."""
    found = [name for name in public_names(bench.circuit) if _NAME.search(name)]
    roots = {ref.split(":")[0].split(".")[0] for ref in references(driver["gates"])}
    modules = [*bench.catalog.modules(), *_hosts(roots - bench.catalog.roots)]
    seen: set[int] = set()
    for module in modules:
        for name, value in list(vars(module).items()):
            if (
                _NAME.search(name)
                and callable(value)
                and not name.startswith("_")
                and id(value) not in seen
            ):
                seen.add(id(value))
                found.append(f"{module.__name__}:{name}")
    found += re.findall(r"['\"]([A-Za-z_]*depol[A-Za-z_]{2,20})['\"]", bench.catalog.text, re.I)
    unique = list(dict.fromkeys(found))
    return sorted(unique, key=lambda name: bool(_TWO.search(name)))[: 3 * _MOST_NAMES]


def _hosts(roots: set[str]) -> list[Any]:
    found = []
    for root in sorted(roots - {"numpy", "math", "builtins", "operator"}):
        outcome = attempt(lambda root=root: resolve(root), _SECONDS)
        if outcome.ok:
            found.append(outcome.value)
    return found


def _leaves(bench: Bench, names: list[str], leaf: Any) -> list[Any]:
    """What may stand where the gate's name stands: a name of the same kind."""
    if isinstance(leaf, dict) and "ref" in leaf:
        return [{"ref": name} for name in names if ":" in name][:_MOST_NAMES]
    if isinstance(leaf, dict) and "lit" in leaf:
        return [{"lit": name} for name in names if ":" not in name][:_MOST_NAMES]
    if isinstance(leaf, str):
        return [name for name in names if ":" not in name and name.isidentifier()][:_MOST_NAMES]
    return []


def _arguments(bench: Bench, made: Json, place: tuple[Any, ...], has_angle: bool) -> Iterator[Json]:
    """Ways to hand over the qubit and the probability: as the gate does, and as the channel's signature asks."""
    probability: Json = {"role": "p0"}
    if has_angle:
        yield made
        yield _put_all(made, probability, {"list": [probability]})
    where = _call_of(made, place)
    if where is None:
        return
    call = _at(made, where)
    rest = [one for one in call.get("args", ()) if "p0" not in repr(one)]
    for args in ([*rest, probability], [probability, *rest]):
        yield _put(made, where, {"call": call["call"], "args": args})
        yield _put(made, where, {"call": call["call"], "args": [_tupled(one) for one in args]})
    for names in _keywords(bench, call["call"]):
        kwargs = dict.fromkeys(names, probability)
        yield _put(made, where, {"call": call["call"], "args": rest, "kwargs": kwargs})


def _tupled(one: Json) -> Json:
    return {"tuple": [one]} if one == {"role": "q0"} else one


def _keywords(bench: Bench, function: Json) -> list[list[str]]:
    """Names under which the probability may be given."""
    live: Any = None
    if "ref" in function:
        outcome = attempt(lambda: resolve(function["ref"]), 2)
        live = outcome.value if outcome.ok else None
    elif "attr" in function and function["attr"][0] == {"var": "circuit"}:
        live = member(bench.circuit, function["attr"][1])
    names = [p.name for p in bench.catalog.signature(live) or []] if live is not None else []
    found = [[name] for name in names if _PROBABILITY.match(name)]
    return [[*_PAULI], *found] if all(name in names for name in _PAULI) or not found else found


# -------------------------------------------------------------------- places in an expression


def _difference(one: Any, other: Any, place: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
    """The one place at which two expressions differ, where they differ by a name; None otherwise."""
    if one == other:
        return None
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() == other.keys() and len(one) == 1 and ("ref" in one or "lit" in one):
            return place
        if one.keys() != other.keys():
            return None
        keys: list[Any] = list(one)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        keys = list(range(len(one)))
    else:
        return place if isinstance(one, str) and isinstance(other, str) else None
    differing = [key for key in keys if one[key] != other[key]]
    if len(differing) != 1:
        return None
    return _difference(one[differing[0]], other[differing[0]], (*place, differing[0]))


def _call_of(expression: Json, place: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Place of the innermost call that calls what stands at ``place``, or is given it."""
    for length in range(len(place) - 1, -1, -1):
        inner = _at(expression, place[:length])
        if isinstance(inner, dict) and "call" in inner and isinstance(inner["call"], dict):
            return place[:length]
    return None


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value


def _put(value: Any, place: tuple[Any, ...], part: Any) -> Any:
    if not place:
        return copy.deepcopy(part)
    changed = copy.deepcopy(value)
    _at(changed, place[:-1])[place[-1]] = copy.deepcopy(part)
    return changed


def _put_all(value: Any, old: Json, new: Json) -> Any:
    if value == old:
        return copy.deepcopy(new)
    if isinstance(value, dict):
        return {key: _put_all(part, old, new) for key, part in value.items()}
    if isinstance(value, list):
        return [_put_all(part, old, new) for part in value]
    return value
