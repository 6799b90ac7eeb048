"""The backend ``cirq``: state vectors and density matrices by Cirq's own simulators."""

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
from proxima.backends.exceptions import (
    BackendError,
    UnsupportedOperationError,
    wrap_backend_exception,
)

NAME = "cirq"
MAX_QUBITS = 24
#: Bytes of one amplitude: both simulators compute in complex64.
AMPLITUDE_BYTES = 8


class CirqBackendAdapter(BaseBackendAdapter):
    """Runs circuits with ``cirq.Simulator`` and ``cirq.DensityMatrixSimulator``."""

    def get_name(self) -> str:
        """Return ``cirq``."""
        return NAME

    def get_version(self) -> str:
        """Return Cirq's version."""
        return cirq.__version__

    def get_capabilities(self) -> Capabilities:
        """Return what Cirq's simulators can do."""
        return Capabilities(
            simulator_types=[SimulatorType.STATE_VECTOR, SimulatorType.DENSITY_MATRIX],
            max_qubits=MAX_QUBITS,
            custom_features={"mid_circuit_measurement": True},
        )

    def validate_circuit(self, circuit: Any) -> ValidationResult:
        """Tell whether the circuit can be run."""
        return validate(circuit, MAX_QUBITS)

    def estimate_resources(self, circuit: Any) -> ResourceEstimate:
        """Estimate memory from the number of amplitudes, time from the operations on them."""
        found = self.validate_circuit(circuit)
        if not found.valid:
            return ResourceEstimate(metadata={"reason": found.message})
        amplitudes = 2 ** found.details["qubits"]
        return ResourceEstimate(
            memory_mb=2 * amplitudes * AMPLITUDE_BYTES / 2**20,
            time_ms=found.details["operations"] * (0.05 + amplitudes * 2e-6),
            metadata=dict(found.details),
        )

    def execute(
        self, circuit: Any, options: dict[str, Any] | None = None, **kwargs: Any
    ) -> ExecutionResult:
        """Run a circuit; see the base class."""
        settings = read_options(NAME, options, kwargs)
        if not self.supports_simulator(settings.simulator_type):
            raise UnsupportedOperationError(NAME, settings.simulator_type.value)
        density = settings.simulator_type is SimulatorType.DENSITY_MATRIX
        limit = MAX_QUBITS // 2 if density else MAX_QUBITS
        ready = prepared(NAME, circuit, self.validate_circuit(circuit), limit, settings)
        qubits = sorted(ready.all_qubits())
        simulator = (cirq.DensityMatrixSimulator if density else cirq.Simulator)(seed=settings.seed)
        start = time.perf_counter()
        try:
            if settings.shots is not None:
                kind, data = ResultType.COUNTS, _sample(simulator, ready, settings.shots)
            else:
                kind, data = _final_state(simulator, ready, qubits, density)
        except BackendError:
            raise
        except Exception as error:
            raise wrap_backend_exception(error, NAME) from error
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
        """Return whether Cirq computes with this method."""
        return sim_type in self.get_capabilities().simulator_types


def _sample(simulator: Any, circuit: cirq.Circuit, shots: int) -> dict[str, Any]:
    keys = measurement_order(circuit)
    if not circuit.has_measurements():
        circuit = circuit + cirq.measure(*keys["all"], key="all")
    measured = simulator.run(circuit, repetitions=shots).measurements
    bits = np.concatenate([measured[key] for key in keys], axis=1)
    return {"counts": count(bits), "shots": shots, "repetitions": shots}


def _final_state(
    simulator: Any, circuit: cirq.Circuit, qubits: list[cirq.Qid], density: bool
) -> tuple[ResultType, dict[str, Any]]:
    operations = without_measurements(NAME, circuit)
    final = simulator.simulate(cirq.Circuit(operations), qubit_order=qubits)
    if density:
        return ResultType.DENSITY_MATRIX, {"density_matrix": final.final_density_matrix}
    return ResultType.STATEVECTOR, {"statevector": final.final_state_vector}
