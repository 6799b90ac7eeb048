"""What both adapters do with a ``cirq.Circuit`` and with the options of a run.

Order of the results (Cirq's): qubits are sorted, the first is the most significant bit of a state's
index; measurement keys are ordered by their lowest qubit and concatenated, bits within a key stand
as they were measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cirq
import numpy as np

from proxima.backends.base import SimulatorType, ValidationResult
from proxima.backends.exceptions import (
    BackendError,
    BackendErrorCode,
    CircuitValidationError,
    QubitLimitExceededError,
    UnsupportedOperationError,
)


@dataclass(frozen=True)
class RunOptions:
    """The options of one run after they were checked; ``shots`` is ``None`` for a state."""

    shots: int | None
    simulator_type: SimulatorType
    seed: int | None
    params: Mapping[str, float]


def read_options(
    backend: str, options: Mapping[str, Any] | None, more: Mapping[str, Any]
) -> RunOptions:
    """Read the options of a run, given as a dictionary or as keyword arguments.

    Raises:
        BackendError: With the code ``INVALID_OPTIONS`` for a value that makes no sense.
    """
    given = {**(options or {}), **more}
    shots = given.get("shots", given.get("repetitions"))
    seed = given.get("seed")
    for name, value, least in (("shots", shots, 0), ("seed", seed, 0)):
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if value is not None and (not whole or value < least):
            raise invalid_option(
                backend, f"{name} must be a whole number from {least}, not {value!r}"
            )
    if given.get("repetitions", shots) != shots:
        raise invalid_option(
            backend, "shots and repetitions differ, though they are the same number"
        )
    if given.get("noise_model") is not None:
        raise UnsupportedOperationError(backend, "noise_model")
    try:
        kind = SimulatorType(given.get("simulator_type") or SimulatorType.STATE_VECTOR)
    except ValueError:
        raise invalid_option(
            backend, f"simulator_type {given['simulator_type']!r} is unknown"
        ) from None
    return RunOptions(
        shots=int(shots) if shots else None,
        simulator_type=kind,
        seed=None if seed is None else int(seed),
        params=given.get("params") or {},
    )


def invalid_option(backend: str, message: str) -> BackendError:
    """Return the error for an option that makes no sense."""
    return BackendError(BackendErrorCode.INVALID_OPTIONS, message, backend_name=backend)


def validate(circuit: Any, max_qubits: int) -> ValidationResult:
    """Tell whether a circuit can be run on a backend with that many qubits. Never raises."""
    if not isinstance(circuit, cirq.Circuit):
        kind = type(circuit).__name__
        return ValidationResult(False, f"expected a cirq.Circuit, not {kind}")
    qubits = len(circuit.all_qubits())
    details = {"qubits": qubits, "operations": sum(1 for _ in circuit.all_operations())}
    if qubits == 0:
        return ValidationResult(False, "the circuit has no qubits", details)
    if qubits > max_qubits:
        message = f"the circuit has {qubits} qubits, the limit is {max_qubits}"
        return ValidationResult(False, message, details)
    if any(qubit.dimension != 2 for qubit in circuit.all_qubits()):
        return ValidationResult(False, "the circuit has qudits, only qubits are supported", details)
    return ValidationResult(True, None, details)


def prepared(
    backend: str, circuit: Any, found: ValidationResult, max_qubits: int, options: RunOptions
) -> cirq.Circuit:
    """Return a validated circuit with its parameters filled in and its subcircuits unrolled.

    Raises:
        CircuitValidationError: For anything that is no circuit to run.
        QubitLimitExceededError: For too many qubits.
    """
    qubits = found.details.get("qubits", 0)
    if qubits > max_qubits:
        raise QubitLimitExceededError(backend, qubits, max_qubits)
    if not found.valid:
        raise CircuitValidationError(backend, found.message or "it is invalid", found.details)
    resolved = cirq.resolve_parameters(circuit, dict(options.params))
    if cirq.is_parameterized(resolved):
        names = ", ".join(sorted(cirq.parameter_names(resolved)))
        raise CircuitValidationError(backend, f"no value was given for {names}")
    return cirq.unroll_circuit_op(resolved, deep=True, tags_to_check=None)


def without_measurements(backend: str, circuit: cirq.Circuit) -> list[cirq.Operation]:
    """Return the operations before the measurements at the circuit's end.

    Raises:
        CircuitValidationError: When something depends on a measurement or follows it.
    """
    if not circuit.are_all_measurements_terminal() or any(
        cirq.control_keys(operation) for operation in circuit.all_operations()
    ):
        raise CircuitValidationError(
            backend, "it measures before its end, so it has no single final state"
        )
    return [
        operation for operation in circuit.all_operations() if not cirq.is_measurement(operation)
    ]


def measurement_order(circuit: cirq.Circuit) -> dict[str, list[cirq.Qid]]:
    """Return the qubits of each measurement key, keys by their lowest qubit.

    A circuit without any measurement is measured as a whole at its end, under the key ``all``.
    """
    keys: dict[str, list[cirq.Qid]] = {}
    for operation in circuit.all_operations():
        if cirq.is_measurement(operation):
            keys[cirq.measurement_key_name(operation)] = list(operation.qubits)
    if not keys:
        return {"all": sorted(circuit.all_qubits())}
    return dict(sorted(keys.items(), key=lambda item: (min(item[1]), item[0])))


def count(columns: np.ndarray) -> dict[str, int]:
    """Count the rows of an array of bits, shape (shots, bits): bit string to number of shots."""
    rows, numbers = np.unique(columns.astype(np.uint8), axis=0, return_counts=True)
    return {"".join(map(str, row)): int(number) for row, number in zip(rows, numbers, strict=True)}
