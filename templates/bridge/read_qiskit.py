"""From qiskit circuits to `Program`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, CircuitError, Delay, Measure, Reset
from qiskit.circuit.library import GlobalPhaseGate, IGate
from qiskit.exceptions import QiskitError

from .errors import InvalidCircuit, TooManyQubits
from .gates import GATES
from .program import READABLE_QUBITS, Operation, Program, checked_unitary, number

NAMES = {name: name for name in GATES} | {
    "u": "u3",
    "u1": "p",
    "cu1": "cp",
    "cnot": "cx",
    "toffoli": "ccx",
    "fredkin": "cswap",
}
"""qiskit's gate names and ours."""

WIDEST_MATRIX = 3
DEEPEST = 50
"""Nested definitions beyond this are taken for endless ones."""


def read_qiskit(circuit: Any, params: Mapping[str, Any]) -> Program:
    """Read a circuit; qubit 0 of the program is the circuit's qubit 0.

    A classical register that is measured becomes one measurement key; its bits stand by ascending index.

    Args:
        circuit: A `qiskit.QuantumCircuit`.
        params: Values of its parameters, by name.

    Raises:
        InvalidCircuit: No circuit, a parameter without a value, an operation without a unitary, or a measurement
            that something follows.
        TooManyQubits: More qubits than anything could simulate.
    """
    if not isinstance(circuit, QuantumCircuit):
        raise InvalidCircuit(
            f"a qiskit {type(circuit).__name__} is no circuit; put it into a QuantumCircuit"
        )
    if not circuit.qubits:
        raise InvalidCircuit("the circuit is empty: it has no qubits")
    if len(circuit.qubits) > READABLE_QUBITS:
        raise TooManyQubits(len(circuit.qubits), READABLE_QUBITS)
    if params:
        known = {
            parameter: params[parameter.name]
            for parameter in circuit.parameters
            if parameter.name in params
        }
        circuit = circuit.assign_parameters(known)
    program = Program(len(circuit.qubits))
    place = {qubit: index for index, qubit in enumerate(circuit.qubits)}.__getitem__
    measured: dict[Any, int] = {}
    for instruction in circuit.data:
        qubits = tuple(map(place, instruction.qubits))
        if isinstance(instruction.operation, Measure):
            program.measured.update(qubits)
            measured[instruction.clbits[0]] = qubits[0]
        else:
            _read_operation(program, instruction.operation, qubits, DEEPEST)
    registers = {
        register.name: {i: measured[bit] for i, bit in enumerate(register) if bit in measured}
        for register in circuit.cregs
    }
    in_register = {bit for register in circuit.cregs for bit in register}
    registers["meas"] = registers.get("meas", {}) | {
        circuit.find_bit(bit).index: qubit
        for bit, qubit in measured.items()
        if bit not in in_register
    }
    return program.measure_registers(registers)


def _read_operation(program: Program, operation: Any, qubits: tuple[int, ...], depth: int) -> None:
    name = operation.name
    if isinstance(operation, Barrier | Delay | IGate | GlobalPhaseGate):
        return
    if isinstance(operation, Reset):
        if not program.is_untouched(qubits[0]):
            raise InvalidCircuit(
                f"reset of qubit {qubits[0]} stands after other gates; only qubits in |0⟩ can be reset"
            )
        return
    if getattr(operation, "condition", None) is not None or getattr(operation, "blocks", None):
        raise InvalidCircuit(f"{name} is control flow; only fixed circuits can be run")
    # A user's own gate may have any name: only the library's classes are known by it.
    library = getattr(operation, "base_class", type(operation)).__module__.startswith(
        "qiskit.circuit.library."
    )
    ours = NAMES.get(name) if library else None
    if ours is not None and len(operation.params) == GATES[ours].parameters:
        angles = tuple(number(value, name) for value in operation.params)
        program.append(Operation(ours, angles, qubits))
        return
    _read_unnamed(program, operation, qubits, depth)


def _read_unnamed(program: Program, operation: Any, qubits: tuple[int, ...], depth: int) -> None:
    for value in operation.params:
        if getattr(value, "parameters", None):
            number(value, operation.name)
    definition = getattr(operation, "definition", None)
    if len(qubits) <= WIDEST_MATRIX or operation.name == "unitary" or definition is None:
        matrix = _matrix(operation)
        if matrix is not None:
            # qiskit's first qubit is the least significant bit of the matrix' index.
            unitary = checked_unitary(matrix, len(qubits))
            program.append(Operation("matrix", (unitary,), qubits[::-1]))
            return
    if definition is None or depth == 0 or getattr(operation, "num_clbits", 0):
        raise InvalidCircuit(
            f"{operation.name} on qubits {qubits} has no unitary; this backend has no noise and no operations but gates"
        )
    inner = {qubit: qubits[index] for index, qubit in enumerate(definition.qubits)}
    for part in definition.data:
        _read_operation(
            program, part.operation, tuple(inner[qubit] for qubit in part.qubits), depth - 1
        )


def _matrix(operation: Any) -> Any:
    to_matrix: Callable[[], Any] | None = getattr(operation, "to_matrix", None)
    if to_matrix is None:
        return None
    try:
        return to_matrix()
    except (CircuitError, QiskitError):
        return None
