"""What every backend of this package is: the adapter's base class and the values it exchanges.

Units: qubits are counted, memory is in mebibytes, times are in milliseconds. States follow
Cirq's order: the first (lowest sorted) qubit is the most significant bit of an index and stands at
the left of a count key.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class SimulatorType(str, Enum):
    """The method by which a backend computes."""

    STATE_VECTOR = "state_vector"
    DENSITY_MATRIX = "density_matrix"
    TENSOR_NETWORK = "tensor_network"
    CUSTOM = "custom"


class ResultType(str, Enum):
    """Which key of ``ExecutionResult.data`` holds the answer."""

    COUNTS = "counts"
    STATEVECTOR = "statevector"
    DENSITY_MATRIX = "density_matrix"


@dataclass
class Capabilities:
    """What a backend can do. ``max_qubits`` is the largest circuit it accepts."""

    simulator_types: list[SimulatorType]
    max_qubits: int
    supports_noise: bool = False
    supports_gpu: bool = False
    supports_batching: bool = False
    custom_features: dict[str, Any] = field(default_factory=dict)


@dataclass
class ValidationResult:
    """Whether a circuit can be run, and if not, why."""

    valid: bool
    message: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class ResourceEstimate:
    """What a run is expected to take; ``None`` where a backend cannot tell."""

    memory_mb: float | None = None
    time_ms: float | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass
class ExecutionResult:
    """The outcome of one run.

    ``data`` holds ``counts`` (bit string to number of shots, with ``shots`` and ``repetitions``),
    ``statevector`` or ``density_matrix``. A run without shots gives a state and has ``shot_count``
    ``None``.
    """

    backend: str
    simulator_type: SimulatorType
    execution_time_ms: float
    qubit_count: int
    shot_count: int | None
    result_type: ResultType
    data: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    raw_result: Any = None


class BaseBackendAdapter(ABC):
    """The contract between this package and a simulator. Adapters are built without arguments."""

    #: Whether the benchmark runner may time this backend.
    supports_benchmarking: bool = True

    @abstractmethod
    def get_name(self) -> str:
        """Return the name under which people ask for this backend, for example ``cirq``."""

    @abstractmethod
    def get_version(self) -> str:
        """Return the version of the simulator, or ``unavailable`` when it is not installed."""

    @abstractmethod
    def get_capabilities(self) -> Capabilities:
        """Return what the backend can do. Must work without the simulator installed."""

    @abstractmethod
    def validate_circuit(self, circuit: Any) -> ValidationResult:
        """Tell whether the circuit can be run. Never raises for a bad circuit."""

    @abstractmethod
    def estimate_resources(self, circuit: Any) -> ResourceEstimate:
        """Estimate memory and time of a run without running it."""

    @abstractmethod
    def execute(self, circuit: Any, options: dict[str, Any] | None = None) -> ExecutionResult:
        """Run a circuit.

        Args:
            circuit: A ``cirq.Circuit``; a backend may accept other formats too.
            options: ``shots`` or ``repetitions`` (the same number; absent means a state),
                ``simulator_type``, ``timeout_seconds``, ``noise_model``, ``params``, ``seed``.

        Raises:
            BackendError: One of its subclasses in ``proxima.backends.exceptions``.
        """

    @abstractmethod
    def supports_simulator(self, sim_type: SimulatorType) -> bool:
        """Return whether the backend computes with this method."""

    def is_available(self) -> bool:
        """Return whether the simulator is installed and can run on this machine."""
        return True

    # The two hooks are optional, so they are empty and not abstract.
    def prepare_for_benchmark(  # noqa: B027
        self, circuit: Any | None = None, shots: int | None = None
    ) -> None:
        """Warm up before a timed run. Does nothing unless a backend needs it."""

    def cleanup_after_benchmark(self) -> None:  # noqa: B027
        """Release what ``prepare_for_benchmark`` took. Does nothing unless a backend needs it."""
