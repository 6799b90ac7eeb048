"""What all writers of recipes share: shapes, names of a gate on an object, controls in a keyword of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bench import Bench, public_names, with_handle
from layouts import Arguments, Shape
from recipes import Form, Recipe
from vocabulary import ALIASES, AVOID, SHAPES, hypothesis

Json = dict[str, Any]
CIRCUIT: Json = {"var": "circuit"}


def made(
    form: Form, code: str, name: str, apply: Json, handle: Json | None, effect: str = ""
) -> Recipe:
    """A recipe with qubit objects in the place of numbers where there is a handle."""
    return Recipe(form, code, name, with_handle(apply, handle), effect)


def in_rounds(
    names: Iterable[Any], layouts_of: Callable[[Any], Sequence[Arguments]], rare: bool
) -> Iterator[tuple[Any, Arguments]]:
    """Every name with its common layouts, or with its rare ones: no name waits for the rare layouts of another."""
    for name in names:
        for arguments in layouts_of(name):
            if arguments.rare == rare:
                yield name, arguments


def shape_of(gate: str) -> Shape:
    """What a call for a gate must take."""
    return Shape.of(gate, *SHAPES[gate])


def angles_of(gate: str) -> list[Json]:
    """The roles of a gate's parameters."""
    return [{"role": f"p{i}"} for i in range(SHAPES[gate][1])]


def qubits_of(gate: str) -> list[Json]:
    """The roles of a gate's qubits."""
    return [{"role": f"q{i}"} for i in range(SHAPES[gate][0])]


def names_for(bench: Bench, value: Any, gate: str) -> list[str]:
    """Public names of a live value that suggest a gate; where none is usual, by their parts and docstrings."""
    names = public_names(value)
    if gate in bench.unnamed:
        return [name for name in names if not AVOID.search(name)]
    usual = [name for name in names if hypothesis(name) == gate]
    if usual:
        return usual
    kind = type(value)
    return [n for n in names if bench.catalog.wording.gate_of(n, getattr(kind, n, None)) == gate]


def references_for(bench: Bench, gate: str) -> list[str]:
    """References that may be a gate; or those that are tried though nothing suggests it."""
    if gate in bench.unnamed:
        return [reference for reference in bench.unnamed[gate] if ":" in reference]
    return bench.catalog.gates.get(gate, [])


def spelled(bench: Bench, gate: str) -> list[str]:
    """Texts that may name a gate, the likeliest first; or those that are tried though nothing suggests it."""
    if gate in bench.unnamed:
        return [word for word in bench.unnamed[gate] if ":" not in word]
    return bench.catalog.wording.spelled(gate)


def gate_names(bench: Bench, gate: str) -> list[str]:
    """Attributes of the circuit that a gate may be, also those that only answer when asked (`__getattr__`)."""
    circuit = bench.circuit
    if gate in bench.unnamed:
        own = set(public_names(circuit))
        return [name for name in bench.unnamed[gate] if name in own]
    found = names_for(bench, circuit, gate)
    for alias in ALIASES[gate].split()[:4]:
        for name in (alias, alias.upper(), alias.capitalize()):
            if name not in found and bench.value({"attr": [CIRCUIT, name]}).ok:
                found.append(name)
    return sorted(found, key=lambda n: (n.strip("_").lower() != gate, len(n)))
