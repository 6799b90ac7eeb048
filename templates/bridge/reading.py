"""From what a user hands over to the bridge's `Program`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import InvalidCircuit
from .program import Program


def read(circuit: Any, params: Mapping[str, Any]) -> Program:
    """Read a cirq circuit, a qiskit circuit, OpenQASM 2 or 3 text, or a `Program`.

    The first qubit of the result is the lowest one: of cirq's sorted qubits, of qiskit's or OpenQASM's declaration.
    Gates keep the names that the user wrote, so that a backend's own `rz` or `u3` is used where it has one. Neither
    cirq nor qiskit is imported to find out what the circuit is.

    Args:
        circuit: The circuit.
        params: Values of its symbols, by name.

    Raises:
        InvalidCircuit: It is none of these, or contains what cannot be run; the message names the operation.
        TooManyQubits: A register is larger than anything that could be simulated.
    """
    if isinstance(circuit, Program):
        return circuit
    if isinstance(circuit, str):
        from .read_qasm import read_qasm

        return read_qasm(circuit, params)
    origin = {base.__module__.partition(".")[0] for base in type(circuit).__mro__}
    if "cirq" in origin:
        from .read_cirq import read_cirq

        return read_cirq(circuit, params)
    if "qiskit" in origin:
        from .read_qiskit import read_qiskit

        return read_qiskit(circuit, params)
    raise InvalidCircuit(
        f"a {type(circuit).__name__} is no circuit; give a cirq or qiskit circuit, OpenQASM text, or a Program"
    )
