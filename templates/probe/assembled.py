"""Programs that are made from the whole list of their gates: `Circuit([H(0), CNOT(0, 1)])`, then run or called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench import Bench
from gatevalues import gate_values
from guard import attempt
from language import DriverError, evaluate, resolve
from layouts import Parameter
from vocabulary import AVOID

Json = dict[str, Any]
CIRCUIT: Json = {"var": "circuit"}
N: Json = {"role": "n"}
#: Parameters that hold all gates of a circuit.
_GATES = re.compile(
    r"^(layers?|ops?|gates?|operations?|operators?|instructions?|elements|components|modules|sequence|"
    r"moments?|contents?|gate_?(list|sequence)|op_?list|operations_list|circuit|program|steps|commands|nodes|blocks)$",
    re.I,
)
_QUBITS = re.compile(r"^(qubits|wires|qubit_?(list|labels)|register)$", re.I)
_HOLDS = re.compile(
    r"circuit|program|sequen|compos|operations?$|network|model|module|schedule", re.I
)
_MAX_CLASSES = 16
_MAX_PROGRAMS = 4


@dataclass(frozen=True)
class Assembled:
    """A program made from the list: its expression, a live one, and how it was found."""

    value: Json
    live: Any
    how: str


def assembled(bench: Bench) -> Iterator[Assembled]:
    """Programs of the package's classes that can be made from a list with one gate in it."""
    if not isinstance(bench.circuit, list):
        return
    scope = bench.fresh()
    scope.variables["circuit"] = [one.value for one in gate_values(bench, "x").full[:1]]
    found = 0
    ranked = sorted(bench.catalog.classes, key=lambda c: not _HOLDS.search(c[1].split(":")[1]))
    for _, reference in ranked[:_MAX_CLASSES]:
        for call in _constructions(bench, reference):
            outcome = attempt(lambda: evaluate(call, scope), 4)  # noqa: B023
            if outcome.ok and outcome.value is not None:
                yield Assembled(call, outcome.value, f"{reference}(gates)")
                found += 1
                break
        if found >= _MAX_PROGRAMS:
            return


def _constructions(bench: Bench, reference: str) -> Iterator[Json]:
    """Calls with the list in the place of the gates, and the number of qubits wherever it may be given."""
    try:
        owner = resolve(reference)
    except DriverError:
        return
    signature = bench.catalog.reference_signature(reference)
    if not isinstance(owner, type) or not signature or AVOID.search(reference.split(":")[1]):
        return
    held = [p for p in signature if _GATES.match(p.name)]
    if not held:
        return
    required = [p for p in signature if not p.optional and not p.star]
    given = {p.name: CIRCUIT if p is held[0] else N if p.role == "n" else None for p in required}
    if None in given.values():
        return
    args = [given[p.name] for p in required if not p.keyword_only]
    kwargs = {p.name: given[p.name] for p in required if p.keyword_only}
    if held[0].star:
        args.append(CIRCUIT)
    elif held[0] not in required:
        kwargs[held[0].name] = CIRCUIT
    # Where nobody says how many qubits there are, idle ones vanish.
    for size in [{p.name: _size(p)} for p in signature if p.optional and _size(p)][:1] + [{}]:
        call: Json = {"call": {"ref": reference}, "args": args}
        yield {**call, "kwargs": {**kwargs, **size}} if kwargs or size else call


def _size(parameter: Parameter) -> Json | None:
    if parameter.role == "n":
        return N
    return {"role": "qubits"} if _QUBITS.match(parameter.name) else None
