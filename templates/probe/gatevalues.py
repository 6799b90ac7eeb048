"""Gate values that can be made without the circuit, proved by evaluation; receivers are combined with them afterwards.

That makes the search a sum instead of a product. A *full* value carries its qubits (`CNOT(0, 1)`), a *part* does not
(`CNOT`, `RX(0.3)`). Composition words: control-of and dagger-of, as methods or functions.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bench import Bench, with_handle
from language import DriverError, resolve
from layouts import Shape, controlled_layouts, layouts, substitute
from vocabulary import (
    CONTROL_METHODS,
    CONTROLLED,
    INVERSE,
    INVERSE_METHODS,
    MATRIX_ARGUMENT,
    ON_METHODS,
    SHAPES,
)

Json = dict[str, Any]
_PLAIN = (int, float, complex, str, bytes, bool)
_PER_TYPE = 16
#: Layouts of one constructor that evaluate; the first ones are the ones that its parameters' names tell.
_PER_REFERENCE = 20


@dataclass(frozen=True)
class GateValue:
    """A gate value: its expression, the way it was made, the name it came from, the live value."""

    expression: Json
    code: str
    name: str
    value: Any


@dataclass
class GateValues:
    """Full values and parts of one gate, made once per bench and handle."""

    full: list[GateValue]
    parts: list[GateValue]


def gate_values(bench: Bench, gate: str, handle: Json | None = None) -> GateValues:
    """All values of a gate that evaluate on this bench."""
    key = ("values", gate, repr(handle))
    if key not in bench.values:
        found = GateValues([], [])
        bench.values[key] = found
        _Maker(bench, gate, handle, found).make()
    return bench.values[key]


class _Maker:
    def __init__(self, bench: Bench, gate: str, handle: Json | None, found: GateValues) -> None:
        self.bench, self.gate, self.handle, self.found = bench, gate, handle, found
        self.qubits, self.parameters = SHAPES[gate]
        self.shape = Shape.of(gate, self.qubits, self.parameters)
        self.angles = [{"role": f"p{i}"} for i in range(self.parameters)]
        self._per_type: dict[tuple[str, str, str], int] = {}

    def make(self) -> None:
        if self.gate in self.bench.unnamed:
            for reference in [r for r in self.bench.unnamed[self.gate] if ":" in r]:
                self._from_reference(reference)
            return
        for reference in self.bench.catalog.gates.get(self.gate, []):
            self._from_reference(reference)
        self._from_tables()
        self._from_factories()
        if self.gate in CONTROLLED:
            self._controlled()
        if self.gate in INVERSE:
            self._inverted()

    # ------------------------------------------------------------------ building stones

    def _full(self, expression: Json, code: str, name: str) -> None:
        expression = with_handle(expression, self.handle)
        outcome = self.bench.value(expression)
        value = outcome.value
        if not outcome.ok or value is None or isinstance(value, _PLAIN):
            return
        kind = (type(value).__name__, code.split("|")[0], name)
        self._per_type[kind] = self._per_type.get(kind, 0) + 1
        if self._per_type[kind] <= _PER_TYPE:
            self.found.full.append(GateValue(expression, code, name, value))

    def _part(self, expression: Json, code: str, name: str, place: bool = True) -> None:
        outcome = self.bench.value(expression)
        if not outcome.ok or outcome.value is None:
            return
        self.found.parts.append(GateValue(expression, code, name, outcome.value))
        if place:
            self._placed(expression, outcome.value, code, name)

    def _placed(self, part: Json, value: Any, code: str, name: str) -> None:
        """A part that is put on qubits: `part.on(q)`, `part(q)`."""
        shape = Shape(self.qubits, 0, self.shape.controls)
        for method in (*ON_METHODS, None):
            if method is None and (isinstance(value, type) or not callable(value)):
                continue
            if method is not None and not _has_method(value, method):
                continue
            function = {"attr": [part, method]} if method else part
            for arguments in layouts(shape)[:16]:
                self._full(
                    arguments.call(function), f"{method or 'call'}|{code}|{arguments.code}", name
                )

    def _resolved(self, references: Iterable[str]) -> Iterator[tuple[str, Any]]:
        for reference in references:
            try:
                yield reference, resolve(reference)
            except DriverError:
                continue

    # ------------------------------------------------------------------ sources

    def _from_reference(self, reference: str) -> None:
        for _, value in self._resolved([reference]):
            if inspect.ismodule(value):
                continue
            expression = {"ref": reference}
            if not callable(value):
                if not isinstance(value, _PLAIN):
                    self._part(expression, "constant", reference)
                continue
            signature = self.bench.catalog.reference_signature(reference)
            before = len(self.found.full)
            for arguments in layouts(self.shape, signature):
                self._full(arguments.call(expression), f"call|{arguments.code}", reference)
                if len(self.found.full) - before >= _PER_REFERENCE:
                    break
            if self.angles:
                self._part({"call": expression, "args": self.angles}, "angles", reference)
                self._part(
                    {"call": expression, "args": [{"list": self.angles}]}, "[angles]", reference
                )
            else:
                self._part({"call": expression, "args": []}, "empty call", reference)
            self.found.parts.append(GateValue(expression, "class", reference, value))

    def _from_tables(self) -> None:
        for reference, key in self.bench.catalog.keyed.get(self.gate, [])[:4]:
            expression = {"item": [{"ref": reference}, {"lit": key}]}
            outcome = self.bench.value(expression)
            if not outcome.ok or isinstance(outcome.value, _PLAIN):
                continue
            if not callable(outcome.value):
                self._part(expression, "key", key)
                continue
            for arguments in layouts(self.shape)[:24]:
                self._full(arguments.call(expression), f"key call|{arguments.code}", key)
            if self.angles:
                self._part({"call": expression, "args": self.angles}, "key angles", key)
            else:
                self._part({"call": expression, "args": []}, "key call", key)
            self._part(expression, "key", key, place=False)

    def _from_factories(self) -> None:
        for reference, value in self._resolved(self.bench.catalog.factories[:4]):
            signature = self.bench.catalog.reference_signature(reference)
            if not callable(value) or signature == []:
                continue
            rest = signature[1:] if signature else None
            for word in self.bench.catalog.wording.spelled(self.gate)[:4]:
                literal = {"lit": word}
                for arguments in layouts(self.shape, rest)[:12]:
                    self._full(
                        arguments.call({"ref": reference}, [literal]),
                        f"factory|{arguments.code}",
                        word,
                    )
                part = {"call": {"ref": reference}, "args": [literal, *self.angles]}
                self._part(part, "factory part", word)

    def _controlled(self) -> None:
        count, base = CONTROLLED[self.gate]
        controls = [{"role": f"q{i}"} for i in range(count)]
        targets = {f"q{i}": {"role": f"q{count + i}"} for i in range(self.qubits - count)}
        inner = Shape.of(base, self.qubits - count, self.parameters)
        for reference, value in self._resolved(self.bench.catalog.gates.get(base, [])[:4]):
            if not callable(value):
                continue
            signature = self.bench.catalog.reference_signature(reference)
            for arguments in controlled_layouts(self.gate, signature):
                self._full(arguments.call({"ref": reference}), arguments.code, reference)
            for arguments in layouts(inner, signature)[:6]:
                placed = substitute(arguments.call({"ref": reference}), targets)
                outcome = self.bench.value(with_handle(placed, self.handle))
                if not outcome.ok or outcome.value is None:
                    continue
                for method in CONTROL_METHODS:
                    if not _has_method(outcome.value, method):
                        continue
                    for given in (controls, [{"list": controls}]):
                        call = {"call": {"attr": [placed, method]}, "args": given}
                        self._full(call, f"control method|{method}|{arguments.code}", reference)
        for part in list(gate_values(self.bench, base, self.handle).parts):
            if isinstance(part.value, (type, *_PLAIN)):
                continue
            self._controlled_part(part, count)

    def _controlled_part(self, part: GateValue, count: int) -> None:
        for extra in ([], [{"lit": count}]):
            for method in CONTROL_METHODS:
                if _has_method(part.value, method):
                    call = {"call": {"attr": [part.expression, method]}, "args": extra}
                    self._part(call, f"control|{method}|{part.code}", part.name)
            for reference in self.bench.catalog.controllers[:4]:
                call = {"call": {"ref": reference}, "args": [part.expression, *extra]}
                self._part(call, f"control function|{part.code}", part.name)
        if count == 2:
            self._controlled_twice(part)
        controls = [{"role": f"q{i}"} for i in range(count)]
        targets = [{"role": f"q{i}"} for i in range(count, self.qubits)]
        one = controls[0] if count == 1 else {"list": controls}
        where = targets[0] if len(targets) == 1 else {"list": targets}
        if _has_method(part.value, "on"):
            function = {"attr": [part.expression, "on"]}
            for given in ([where, one], [where, {"list": controls}], [*targets, *controls]):
                self._full(
                    {"call": function, "args": given}, f"on target, control|{part.code}", part.name
                )

    def _controlled_twice(self, part: GateValue) -> None:
        """One control added to what has one: `control(control(X))`."""
        for method in CONTROL_METHODS:
            once = {"call": {"attr": [part.expression, method]}, "args": []}
            if _has_method(part.value, method) and _has_method(
                self.bench.value(once).value, method
            ):
                twice = {"call": {"attr": [once, method]}, "args": []}
                self._part(twice, f"control twice|{method}|{part.code}", part.name)
        for reference in self.bench.catalog.controllers[:4]:
            twice = part.expression
            for _ in range(2):
                twice = {"call": {"ref": reference}, "args": [twice]}
            self._part(twice, f"control function twice|{part.code}", part.name)

    def _inverted(self) -> None:
        base = gate_values(self.bench, INVERSE[self.gate], self.handle)
        for values, placed in ((base.full, True), (base.parts, False)):
            for one in values[:10]:
                if isinstance(one.value, type):
                    continue
                for method in INVERSE_METHODS:
                    outcome = self.bench.value({"attr": [one.expression, method]})
                    if not outcome.ok or outcome.value is None:
                        continue
                    expression = {"attr": [one.expression, method]}
                    if callable(outcome.value):
                        expression = {"call": expression, "args": []}
                    self._add(expression, f"inverse|{one.code}", one.name, placed)
                for reference in self.bench.catalog.inverters[:3]:
                    call = {"call": {"ref": reference}, "args": [one.expression]}
                    self._add(call, f"inverse function|{one.code}", one.name, placed)

    def _add(self, expression: Json, code: str, name: str, placed: bool) -> None:
        if placed:
            self._full(expression, code, name)
        else:
            self._part(expression, code, name)


def matrix_values(bench: Bench, handle: Json | None = None) -> list[GateValue]:
    """Full values made from a matrix: `DenseMatrix([q0, q1], matrix)` and its kind, for any number of qubits."""
    found: list[GateValue] = []
    qubits = {"role": "gate_qubits"}
    matrix = {"role": "matrix"}
    forms = (matrix, {"call": {"attr": [matrix, "tolist"]}, "args": []})
    for reference in bench.catalog.matrix_gates:
        signature = bench.catalog.reference_signature(reference)
        names = [p.name for p in signature or [] if MATRIX_ARGUMENT.match(p.name)]
        for form in forms:
            calls: list[Json] = [
                {"call": {"ref": reference}, "args": [qubits, form]},
                {"call": {"ref": reference}, "args": [form, qubits]},
            ]
            where = [p.name for p in signature or [] if p.role == "qubit"]
            if names and where:
                kwargs = {names[0]: form, where[0]: qubits}
                calls.append({"call": {"ref": reference}, "args": [], "kwargs": kwargs})
            for index, call in enumerate(calls):
                expression = with_handle(call, handle)
                outcome = bench.value(expression)
                if outcome.ok and outcome.value is not None:
                    found.append(GateValue(expression, f"matrix|{index}", reference, outcome.value))
    return found


def _has_method(value: Any, name: str) -> bool:
    try:
        return callable(getattr(value, name, None))
    except Exception:
        return False
