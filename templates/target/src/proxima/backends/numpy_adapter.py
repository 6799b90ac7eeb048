"""The backend ``numpy``: a reference that applies each gate's unitary to the state.

It is slow and small on purpose: each step can be read, so other backends are compared with it.
"""

from __future__ import annotations

import time
from typing import Any

import cirq
import numpy as np

from proxima.backends.base import (
    BaseBackendAdapter,
    Capabilities,
    ExecutionResult,
    ResourceEstimate,
    ResultType,
    SimulatorType,
    ValidationResult,
)
from proxima.backends.circuits import (
    count,
    measurement_order,
    prepared,
    read_options,
    validate,
    without_measurements,
)
from proxima.backends.exceptions import UnsupportedOperationError

NAME = "numpy"
MAX_QUBITS = 16
#: Bytes of one amplitude: complex128.
AMPLITUDE_BYTES = 16


class NumpyBackendAdapter(BaseBackendAdapter):
    """Keeps the state as an array with one axis of length 2 per qubit."""

    def get_name(self) -> str:
        """Return ``numpy``."""
        return NAME

    def get_version(self) -> str:
        """Return NumPy's version."""
        return np.__version__

    def get_capabilities(self) -> Capabilities:
        """Return what the reference can do."""
        return Capabilities(simulator_types=[SimulatorType.STATE_VECTOR], max_qubits=MAX_QUBITS)

    def validate_circuit(self, circuit: Any) -> ValidationResult:
        """Tell whether the circuit can be run: unitary gates, then measurements."""
        found = validate(circuit, MAX_QUBITS)
        if not found.valid:
            return found
        unrolled = cirq.unroll_circuit_op(circuit, deep=True, tags_to_check=None)
        for operation in unrolled.all_operations():
            if not _is_plain_measurement(operation) and not _is_unitary(operation):
                message = f"{operation!s:.80} is neither unitary nor a plain measurement"
                return ValidationResult(False, message, found.details)
        return found

    def estimate_resources(self, circuit: Any) -> ResourceEstimate:
        """Estimate memory from the number of amplitudes, time from the operations on them."""
        found = self.validate_circuit(circuit)
        if not found.valid:
            return ResourceEstimate(metadata={"reason": found.message})
        amplitudes = 2 ** found.details["qubits"]
        return ResourceEstimate(
            memory_mb=3 * amplitudes * AMPLITUDE_BYTES / 2**20,
            time_ms=found.details["operations"] * (0.03 + amplitudes * 2e-5),
            metadata=dict(found.details),
        )

    def execute(
        self, circuit: Any, options: dict[str, Any] | None = None, **kwargs: Any
    ) -> ExecutionResult:
        """Run a circuit; see the base class."""
        settings = read_options(NAME, options, kwargs)
        if not self.supports_simulator(settings.simulator_type):
            raise UnsupportedOperationError(NAME, settings.simulator_type.value)
        ready = prepared(NAME, circuit, self.validate_circuit(circuit), MAX_QUBITS, settings)
        qubits = sorted(ready.all_qubits())
        start = time.perf_counter()
        state = _final_state(without_measurements(NAME, ready), qubits)
        if settings.shots is None:
            kind, data = ResultType.STATEVECTOR, {"statevector": state}
        else:
            random = np.random.default_rng(settings.seed)
            counts = _sample(state, qubits, ready, settings.shots, random)
            kind = ResultType.COUNTS
            data = {"counts": counts, "shots": settings.shots, "repetitions": settings.shots}
        return ExecutionResult(
            backend=NAME,
            simulator_type=settings.simulator_type,
            execution_time_ms=(time.perf_counter() - start) * 1000,
            qubit_count=len(qubits),
            shot_count=settings.shots,
            result_type=kind,
            data=data,
            metadata={"qubit_order": "big_endian", "version": self.get_version()},
        )

    def supports_simulator(self, sim_type: SimulatorType) -> bool:
        """Return whether the method is the state vector."""
        return sim_type is SimulatorType.STATE_VECTOR


def _is_plain_measurement(operation: cirq.Operation) -> bool:
    """Tell whether the operation measures in the computational basis, without readout errors."""
    gate = operation.gate
    return isinstance(gate, cirq.MeasurementGate) and not gate.confusion_map


def _is_unitary(operation: cirq.Operation) -> bool:
    """Tell whether the operation will be unitary once its parameters have values."""
    return cirq.is_parameterized(operation) or cirq.has_unitary(operation)


def _final_state(operations: list[cirq.Operation], qubits: list[cirq.Qid]) -> np.ndarray:
    """Return the state vector, shape (2**n,), after the operations on |0...0>."""
    axis_of = {qubit: axis for axis, qubit in enumerate(qubits)}
    n = len(qubits)
    state = np.zeros((2,) * n, dtype=complex)
    state[(0,) * n] = 1
    for operation in operations:
        unitary = cirq.unitary(operation, None)
        if unitary is None:
            raise UnsupportedOperationError(NAME, f"{operation!s:.80}")
        axes = [axis_of[qubit] for qubit in operation.qubits]
        k = len(axes)
        # The gate's inputs meet its qubits' axes; its outputs come first and are put back there.
        gate = unitary.reshape((2,) * (2 * k))
        state = np.tensordot(gate, state, axes=(range(k, 2 * k), axes))
        state = np.moveaxis(state, range(k), axes)
    return state.reshape(-1)


def _sample(
    state: np.ndarray,
    qubits: list[cirq.Qid],
    circuit: cirq.Circuit,
    shots: int,
    random: np.random.Generator,
) -> dict[str, int]:
    """Draw all qubits, then take the measured ones in the order of the results."""
    probabilities = np.abs(state) ** 2
    drawn = random.choice(len(state), size=shots, p=probabilities / probabilities.sum())
    n = len(qubits)
    columns = []
    inverted = _inverted(circuit)
    for key, measured in measurement_order(circuit).items():
        for position, qubit in enumerate(measured):
            bit = drawn >> (n - 1 - qubits.index(qubit)) & 1
            columns.append(bit ^ inverted.get((key, position), 0))
    return count(np.stack(columns, axis=1))


def _inverted(circuit: cirq.Circuit) -> dict[tuple[str, int], int]:
    """Return which bits a measurement turns over (``invert_mask``)."""
    return {
        (cirq.measurement_key_name(operation), position): int(flag)
        for operation in circuit.all_operations()
        if isinstance(operation.gate, cirq.MeasurementGate)
        for position, flag in enumerate(operation.gate.full_invert_mask())
    }
