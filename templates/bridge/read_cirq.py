"""From cirq circuits to `Program`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite, pi
from typing import Any

import cirq

from .errors import InvalidCircuit, TooManyQubits
from .program import READABLE_QUBITS, Operation, Program, checked_unitary, number

Named = tuple[str, tuple[float, ...]]

WIDEST_MATRIX = 3
"""A gate without a name on more qubits is decomposed by cirq, if cirq can, instead of being made a matrix."""

MOST_REPETITIONS = 10_000
"""Of a sub-circuit; unrolling more would take the memory of the host."""

FIXED: dict[int, Named] = {
    id(gate): (name, ())
    for name, gate in {
        "h": cirq.H,
        "x": cirq.X,
        "y": cirq.Y,
        "z": cirq.Z,
        "s": cirq.S,
        "t": cirq.T,
        "cx": cirq.CNOT,
        "cz": cirq.CZ,
        "swap": cirq.SWAP,
        "iswap": cirq.ISWAP,
        "ccx": cirq.CCX,
        "ccz": cirq.CCZ,
        "cswap": cirq.CSWAP,
    }.items()
}
"""The gates that cirq keeps one object of, by identity: their own equality costs ten times the rest of the reading."""


def read_cirq(circuit: Any, params: Mapping[str, Any]) -> Program:
    """Read a circuit; qubit 0 of the program is the lowest of the sorted qubits, as in cirq's own results.

    Args:
        circuit: A `cirq.Circuit` or `cirq.FrozenCircuit`.
        params: Values of its symbols.

    Raises:
        InvalidCircuit: Not a circuit of qubits, a symbol without a value, an operation without a unitary, or a
            measurement that something follows.
        TooManyQubits: More qubits than anything could simulate.
    """
    if not isinstance(circuit, cirq.AbstractCircuit):
        raise InvalidCircuit(
            f"a cirq {type(circuit).__name__} is no circuit; put it into cirq.Circuit(...)"
        )
    if params:
        circuit = cirq.resolve_parameters(circuit, cirq.ParamResolver(dict(params)))
    qubits = sorted(circuit.all_qubits())
    if not qubits:
        raise InvalidCircuit("the circuit is empty: it acts on no qubit")
    if len(qubits) > READABLE_QUBITS:
        raise TooManyQubits(len(qubits), READABLE_QUBITS)
    for qubit in qubits:
        if qubit.dimension != 2:
            raise InvalidCircuit(f"{qubit} has {qubit.dimension} levels; only qubits can be run")
    program = Program(len(qubits))
    index = {qubit: place for place, qubit in enumerate(qubits)}
    append = program.operations.append
    measured = program.measured
    make = tuple.__new__
    # The hot loop: written out for one and two qubits, and without the constructor's detour, it takes half the time.
    for moment in circuit.moments:
        for operation in moment.operations:
            named = _named(operation.gate)
            if named is None:
                _read_other(program, operation, index.__getitem__)
                continue
            name, parameters = named
            acted = operation.qubits
            if len(acted) == 1:
                places: tuple[int, ...] = (index[acted[0]],)
            elif len(acted) == 2:
                places = (index[acted[0]], index[acted[1]])
            else:
                places = tuple(map(index.__getitem__, acted))
            found = make(Operation, (name, parameters, places))
            if measured:
                program.append(found)
            else:
                append(found)
    return program


def _named(gate: Any) -> Named | None:
    """Name and parameters of a gate; None for those that are read as matrices, and for what is no gate."""
    named = FIXED.get(id(gate))
    if named is not None:
        return named
    reader = BY_TYPE.get(type(gate))
    return None if reader is None else reader(gate)


def _read_other(program: Program, operation: Any, place: Callable[[Any], int]) -> None:
    """Anything that has no name here: measurements, resets, sub-circuits, and gates that are read as matrices."""
    operation = operation.untagged
    qubits = tuple(map(place, operation.qubits))
    if isinstance(operation, cirq.ClassicallyControlledOperation):
        raise InvalidCircuit(
            f"{_words(operation)} depends on a measurement; only fixed circuits can be run"
        )
    if isinstance(operation, cirq.CircuitOperation):
        _read_subcircuit(program, operation, place)
    elif isinstance(operation.gate, cirq.MeasurementGate):
        gate = operation.gate
        if gate.confusion_map:
            raise InvalidCircuit(
                f"{_words(operation)} has a confusion map; this backend has no noise"
            )
        program.measure(cirq.measurement_key_name(gate), *qubits, inverted=gate.full_invert_mask())
    elif isinstance(operation.gate, cirq.ResetChannel):
        if not program.is_untouched(qubits[0]):
            raise InvalidCircuit(
                f"{_words(operation)} stands after other gates; only qubits in |0⟩ can be reset"
            )
    elif not isinstance(operation.gate, cirq.IdentityGate | cirq.WaitGate | cirq.GlobalPhaseGate):
        # Those three change nothing that can be observed.
        _read_unnamed(program, operation, qubits, place)


def _read_unnamed(
    program: Program, operation: Any, qubits: tuple[int, ...], place: Callable[[Any], int]
) -> None:
    if cirq.is_parameterized(operation):
        raise InvalidCircuit(
            f"{_words(operation)} has a parameter without a value; give it in options['params']"
        )
    parts = None
    if len(qubits) > WIDEST_MATRIX and not isinstance(operation.gate, cirq.MatrixGate):
        parts = cirq.decompose_once(operation, default=None)
    if parts is None and cirq.has_unitary(operation):
        if len(qubits) > 10:
            raise InvalidCircuit(
                f"{_words(operation)} is one matrix on {len(qubits)} qubits; the largest is 10"
            )
        program.append(
            Operation("matrix", (checked_unitary(cirq.unitary(operation), len(qubits)),), qubits)
        )
        return
    if parts is None and not cirq.has_kraus(operation):
        parts = cirq.decompose_once(operation, default=None)
    if parts is None:
        raise InvalidCircuit(
            f"{_words(operation)} has no unitary; this backend has no noise and no operations but gates"
        )
    for part in parts:
        _read_part(program, part, place)


def _read_part(program: Program, operation: Any, place: Callable[[Any], int]) -> None:
    named = _named(operation.gate)
    if named is None:
        _read_other(program, operation, place)
    else:
        program.append(Operation(*named, tuple(map(place, operation.qubits))))


def _read_subcircuit(program: Program, operation: Any, place: Callable[[Any], int]) -> None:
    repetitions = operation.repetitions
    if (
        not isinstance(repetitions, int)
        or abs(repetitions) > MOST_REPETITIONS
        or operation.repeat_until is not None
    ):
        raise InvalidCircuit(
            f"a sub-circuit is repeated {str(repetitions)[:40]} times, or until something is measured"
        )
    for part in operation.mapped_circuit(deep=False).all_operations():
        _read_part(program, part, place)


def _words(operation: Any) -> str:
    text = str(operation)
    return text if len(text) <= 120 else f"{text[:117]}..."


# The gates by class. A function returns None for those that have no name: they are read as matrices.


def _exponent(gate: Any) -> float:
    value = gate.exponent
    return value if type(value) is float and isfinite(value) else number(value, _words(gate))


def _power(
    names: dict[float, str], otherwise: str | None, period: float = 2.0
) -> Callable[[Any], Named | None]:
    """Names by exponent; the others are rotations by exponent times π. Differences are global phases only."""

    def read(gate: Any) -> Named | None:
        exponent = _exponent(gate)
        name = names.get(exponent % period)
        if name is not None:
            return name, ()
        return None if otherwise is None else (otherwise, (exponent * pi,))

    return read


def _rotation(name: str) -> Callable[[Any], Named]:
    def read(gate: Any) -> Named:
        exponent = gate.exponent
        if type(exponent) is not float or not isfinite(exponent):
            exponent = _exponent(gate)
        return name, (exponent * pi,)

    return read


def _controlled(gate: Any) -> Named | None:
    """Controlled gates that have a name; `control_values` other than all ones have none."""
    controls = gate.num_controls()
    if any(
        shape != 2 for shape in gate.control_qid_shape
    ) or gate.control_values != cirq.ProductOfSums([1] * controls):
        return None
    inner = gate.sub_gate
    named = FIXED.get(id(inner))
    if named is not None:
        found = {
            (1, "x"): "cx",
            (1, "y"): "cy",
            (1, "z"): "cz",
            (1, "h"): "ch",
            (2, "x"): "ccx",
            (2, "z"): "ccz",
            (1, "cx"): "ccx",
            (1, "cz"): "ccz",
            (1, "swap"): "cswap",
        }.get((controls, named[0]))
        return (found, ()) if found else None
    if controls == 1 and isinstance(inner, cirq.Rx | cirq.Ry | cirq.Rz):
        return {cirq.Rx: "crx", cirq.Ry: "cry", cirq.Rz: "crz"}[type(inner)], (
            _exponent(inner) * pi,
        )
    return None


BY_TYPE: dict[type, Callable[[Any], Named | None]] = {
    cirq.Rx: _rotation("rx"),
    cirq.Ry: _rotation("ry"),
    cirq.Rz: _rotation("rz"),
    cirq.XPowGate: _power({1.0: "x", 0.5: "sx", 1.5: "sxdg"}, "rx"),
    cirq.YPowGate: _power({1.0: "y"}, "ry"),
    cirq.ZPowGate: _power({1.0: "z", 0.5: "s", 1.5: "sdg", 0.25: "t", 1.75: "tdg"}, "p"),
    cirq.HPowGate: _power({1.0: "h"}, None),
    cirq.CXPowGate: _power({1.0: "cx"}, None),
    cirq.CZPowGate: _power({1.0: "cz"}, "cp"),
    cirq.SwapPowGate: _power({1.0: "swap"}, None),
    cirq.ISwapPowGate: _power({1.0: "iswap"}, None, period=4.0),
    cirq.XXPowGate: _rotation("rxx"),
    cirq.YYPowGate: _rotation("ryy"),
    cirq.ZZPowGate: _rotation("rzz"),
    cirq.CCXPowGate: _power({1.0: "ccx"}, None),
    cirq.CCZPowGate: _power({1.0: "ccz"}, None),
    cirq.ControlledGate: _controlled,
}
