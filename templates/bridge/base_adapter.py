"""`BridgeAdapter`: a backend is a table of gates and one function that runs them; the rest is here."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import Any, ClassVar, Literal

from ..base import (
    BaseBackendAdapter,
    Capabilities,
    ExecutionResult,
    ResourceEstimate,
    SimulatorType,
    ValidationResult,
)
from ..exceptions import (
    BackendError,
    BackendNotInstalledError,
    wrap_backend_exception,
)
from .availability import installed_version, missing_modules
from .batching import run_together, sweep
from .errors import InvalidCircuit, TooManyQubits
from .lowering import Lowering, matrix_sizes
from .noise import noisy_kind, with_noise
from .options import Options, read_options
from .program import Program
from .reading import read
from .refusal import refusal
from .running import Job, Outcome, run_job
from .sampling import SampleKind

Order = Literal["little", "big"]
GateTable = Mapping[str, Callable[..., Any]]


class BridgeAdapter(BaseBackendAdapter):
    """A backend on the bridge.

    A subclass names its conventions as class attributes and defines `gates` and at least one of `state`, `density`,
    `probabilities` and `sample`, which return what the simulator gives: `native` says what can be read. Qubits are
    handed over in the simulator's own numbering, so that results come out in Cirq's order (qubit 0 is the most
    significant bit of a state index and stands at the left of a bit string) without being permuted.
    """

    name: ClassVar[str]
    """Name of the backend in the registry."""
    package: ClassVar[str]
    """Distribution that must be installed, as in `pip install`."""
    modules: ClassVar[tuple[str, ...]]
    """Import names that must be found for the backend to be available."""
    bit_order: ClassVar[Order] = "big"
    """Order of a state index: `"little"` if the simulator's qubit 0 is its least significant bit."""
    sample_order: ClassVar[Order | None] = None
    """Order of the keys of `sample`: `"little"` if qubit 0 stands at the right; None: as `bit_order`."""
    sample_gives: ClassVar[SampleKind] = "outcomes"
    """What a plain sequence from `sample` holds: an outcome a shot, or how often each outcome came (`"counts"`);
    `"expectations"`: rounded expected counts, from which the bridge draws."""
    seeded: ClassVar[bool] = True
    """Whether `sample` gives the same counts for the same seed."""
    max_qubits: ClassVar[int] = 20
    max_density_qubits: ClassVar[int | None] = None
    """Limit of `density`; None: half of `max_qubits`, which takes the same memory."""
    max_matrix_qubits: ClassVar[int] = 0
    """Largest unitary that the table's `"matrix"` takes, in qubits."""
    precision: ClassVar[Literal["double", "single", "rounded"]] = "double"
    """Of the simulator's numbers: 1e-15, 1e-7, or rounded to a few digits."""
    limits: ClassVar[tuple[str, ...]] = ()
    """What the simulator cannot do, a sentence each; shown in the capabilities."""
    refused: ClassVar[tuple[str, ...]] = ()
    """Gates that can neither be run nor be written with those that can; shown in the capabilities."""

    noise: ClassVar[tuple[Literal["density", "sample"], ...]] = ()
    """Methods whose results show the table's `"depolarize"`, a function of the probability, then of the qubit."""
    batch_gives: ClassVar[Literal["states", "outcomes"] | None] = None
    """What `batch` gives for each circuit: what `state` does, or what `sample` does."""

    _ready: tuple[GateTable, Lowering] | None = None

    @abstractmethod
    def gates(self) -> GateTable:
        """The simulator's gates: name → function of the parameters (radians), then of the qubits.

        What a function returns is handed to `state`, `density` and `sample` as it is. `"matrix"` is called with a
        unitary and its qubits, the first of which is the most significant bit of the unitary's index.
        """

    def state(self, n: int, gates: list[Any]) -> Any:
        """The state vector after the gates on n qubits in |0…0⟩."""
        raise NotImplementedError

    def density(self, n: int, gates: list[Any]) -> Any:
        """The density matrix after the gates on n qubits in |0…0⟩."""
        raise NotImplementedError

    def probabilities(self, n: int, gates: list[Any]) -> Any:
        """The probability of each outcome, for a simulator without `state` and `density`; counts are drawn from it."""
        raise NotImplementedError

    def sample(self, n: int, gates: list[Any], shots: int, seed: int) -> Any:
        """Measure all qubits: indexes, rows of bits, or `{bits: times}`. Without it, the bridge draws."""
        raise NotImplementedError

    def batch(self, n: int, circuits: list[list[Any]], shots: int, seed: int) -> Any:
        """What `batch_gives` of several circuits on n qubits, in their order, from one call of the simulator."""
        raise NotImplementedError

    # What the host asks before a run

    def get_name(self) -> str:
        """Name of the backend."""
        return self.name

    def get_version(self) -> str:
        """Version of the installed distribution, or "unavailable"."""
        return installed_version(self.package) or "unavailable"

    def is_available(self) -> bool:
        """Whether the package is installed; it is not imported to know that."""
        return self.unavailable_reason() is None

    def unavailable_reason(self) -> str | None:
        """Why the backend cannot be used, with what to do; None when it can."""
        missing = missing_modules(self.modules)
        if not missing:
            return None
        return f"{', '.join(missing)} cannot be imported; install {self.package} to use the backend {self.name}"

    def get_capabilities(self) -> Capabilities:
        """What the backend can do; the simulator is not imported for it."""
        return Capabilities(
            simulator_types=self._simulator_types(),
            max_qubits=self.max_qubits,
            supports_noise=bool(self.noise),
            supports_batching=self.batch_gives is not None,
            custom_features={
                "qubit_order": "big_endian",
                "precision": self.precision,
                "max_matrix_qubits": self.max_matrix_qubits,
                "noise_models": ["depolarizing"] if self.noise else [],
                "refused_gates": list(self.refused),
                "limits": list(self.limits),
            },
        )

    def supports_simulator(self, sim_type: SimulatorType) -> bool:
        """Whether a kind of simulation is offered."""
        return sim_type in self._simulator_types()

    def get_supported_gates(self) -> list[str]:
        """Names of all gates that can be run, natively or written with others.

        Raises:
            BackendNotInstalledError: The package is missing.
        """
        _, lowering = self._prepared()
        return [*lowering.runnable(), *(["matrix"] if lowering.can("matrix", 1) else [])]

    def validate_circuit(self, circuit: Any) -> ValidationResult:
        """Whether the circuit can be run: read, within the limits, every gate known to the backend."""
        try:
            program = read(circuit, {})
            if program.qubits > self.max_qubits:
                raise TooManyQubits(program.qubits, self.max_qubits)
            if self.is_available():
                table, lowering = self._prepared()
                for operation in program.operations:
                    if operation.name not in table or operation.name == "matrix":
                        lowering.expand(operation)
        except (InvalidCircuit, TooManyQubits, BackendError) as error:
            return ValidationResult(valid=False, message=str(error))
        details = {
            "qubits": program.qubits,
            "gates": len(program.operations),
            "measurement_keys": [found.key for found in program.ordered_measurements()],
        }
        return ValidationResult(valid=True, details=details)

    def estimate_resources(self, circuit: Any) -> ResourceEstimate:
        """Memory of the state and its probabilities, and a rough time of 1 ns per gate and amplitude.

        Raises:
            CircuitValidationError: The circuit cannot be read.
        """
        try:
            program = read(circuit, {})
        except (InvalidCircuit, TooManyQubits) as error:
            raise refusal(self.name, error, self.max_qubits) from error
        only_density = self.has("density") and not self.has("state")
        entries = 2.0 ** (2 * program.qubits if only_density else program.qubits)
        return ResourceEstimate(
            memory_mb=entries * 24 / 2**20,
            time_ms=0.2 + len(program.operations) * (2e-3 + entries * 1e-6),
            metadata={
                "qubits": program.qubits,
                "gates": len(program.operations),
                "amplitudes": entries,
            },
        )

    def prepare_for_benchmark(self, circuit: Any | None = None, shots: int | None = None) -> None:
        """Import the simulator and decide the lowering, so that no measured run pays for it."""
        self._prepared()

    # The run

    def execute(
        self, circuit: Any, options: dict[str, Any] | None = None, **kwargs: Any
    ) -> ExecutionResult:
        """Run a circuit.

        Args:
            circuit: A cirq or qiskit circuit, OpenQASM 2 or 3 text, or a `Program`.
            options: `shots` or `repetitions` (none: the state before the measurements is returned), `simulator_type`,
                `seed`, `params`, `timeout_seconds`.
            **kwargs: The same names; they win over `options`.

        Returns:
            Counts, or a state vector, or a density matrix, in Cirq's order.

        Raises:
            CircuitValidationError: The circuit or an option cannot be run; the message names the operation.
            QubitLimitExceededError: More qubits than the backend may use; raised before memory is taken.
            BackendNotInstalledError: The package is missing.
            BackendError: Anything that the simulator raised, wrapped.
        """
        started = perf_counter()
        with self.wrapped():
            job = self.prepare(circuit, read_options(options, kwargs))
            outcome = run_job(self, job, partial(self.native, settings=job.settings))
        return self.result(job, outcome, perf_counter() - started)

    def execute_batch(
        self, circuits: Sequence[Any], options: dict[str, Any] | None = None, **kwargs: Any
    ) -> list[ExecutionResult]:
        """Run several circuits with the same options: in one native call where the simulator has one."""
        settings = {**(options or {}), **kwargs}
        return run_together(self, [(circuit, settings) for circuit in circuits])

    def execute_parameter_sweep(
        self,
        circuit: Any,
        parameter_sets: Sequence[Mapping[str, float]],
        options: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> list[ExecutionResult]:
        """Run one circuit with several sets of parameters; a result for each, in their order."""
        return run_together(self, sweep(circuit, parameter_sets, {**(options or {}), **kwargs}))

    def prepare(self, circuit: Any, settings: Options) -> Job:
        """Read a circuit and make the simulator's own gates of it."""
        kind = self._kind(settings)
        program = read(circuit, settings.params)
        self._check_size(program.qubits, kind)
        gates = self.native_gates(with_noise(program, settings.noise))
        return Job(settings, kind, program, gates)

    @contextmanager
    def wrapped(self) -> Iterator[None]:
        """Errors of the bridge and of the simulator become the host's."""
        try:
            yield
        except (InvalidCircuit, TooManyQubits) as error:
            raise refusal(self.name, error, self.max_qubits) from error
        except (BackendError, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            # BaseException: panics of compiled simulators are none of Exception, and sys.exit is not theirs to call.
            cause = error
            if not isinstance(error, Exception):
                cause = RuntimeError(f"{type(error).__name__}: {error}")
            raise wrap_backend_exception(cause, self.name, "execution") from error

    def result(self, job: Job, outcome: Outcome, elapsed: float) -> ExecutionResult:
        """The host's result of a run that took `elapsed` seconds."""
        settings, kind, program, gates = job
        if settings.timeout_seconds is not None and elapsed > settings.timeout_seconds:
            late = TimeoutError(
                f"timed out: the run took {elapsed:.3g} s, allowed were {settings.timeout_seconds:g} s"
            )
            raise wrap_backend_exception(late, self.name, "execution")
        metadata: dict[str, Any] = {
            "qubit_order": "big_endian",
            "backend_version": self.get_version(),
            "gates": len(program.operations),
            "native_gates": len(gates),
            "measurement_keys": {
                found.key: list(found.qubits) for found in program.ordered_measurements()
            },
        }
        if settings.shots:
            metadata["seed"] = outcome.seed
        if settings.noise is not None:
            metadata["noise_model"] = {"depolarizing": settings.noise}
        if settings.ignored:
            metadata["ignored_options"] = list(settings.ignored)
        return ExecutionResult(
            backend=self.name,
            simulator_type=kind,
            execution_time_ms=elapsed * 1000,
            qubit_count=program.qubits,
            shot_count=settings.shots or None,
            result_type=outcome.result_type,
            data=outcome.data,
            metadata=metadata,
        )

    def native_gates(self, program: Program) -> list[Any]:
        """The simulator's own gates for a program, made with the table; what `state` is called with.

        Raises:
            InvalidCircuit: A gate that the backend does not have and that cannot be written with those it has.
        """
        table, lowering = self._prepared()
        n = program.qubits
        places = range(n)[::-1] if self.bit_order == "little" else range(n)
        place = list(places).__getitem__
        gates: list[Any] = []
        append = gates.append
        for operation in program.operations:
            name, parameters, qubits = operation
            make = table.get(name)
            if make is not None and (name != "matrix" or len(qubits) in lowering.matrix_qubits):
                # Written out for one and two qubits, the hot loop takes two thirds of the time.
                if len(qubits) == 1:
                    append(make(*parameters, place(qubits[0])))
                elif len(qubits) == 2:
                    append(make(*parameters, place(qubits[0]), place(qubits[1])))
                else:
                    append(make(*parameters, *map(place, qubits)))
                continue
            for simpler in lowering.expand(operation):
                append(table[simpler.name](*simpler.parameters, *map(place, simpler.qubits)))
        return gates

    def native(self, method: str, settings: Options) -> Callable[..., Any]:
        """The adapter's own `state`, `density`, `probabilities` or `sample`; another process may stand behind it."""
        return getattr(self, method)

    # Small decisions

    def has(self, method: str) -> bool:
        """Whether the backend defines a method such as `state` itself."""
        return getattr(type(self), method) is not getattr(BridgeAdapter, method)

    def _simulator_types(self) -> list[SimulatorType]:
        types = []
        if self.has("state"):
            types.append(SimulatorType.STATE_VECTOR)
        if self.has("density"):
            types.append(SimulatorType.DENSITY_MATRIX)
        return types or [SimulatorType.CUSTOM]

    def _kind(self, settings: Options) -> SimulatorType:
        """The kind of simulation of this run; a backend that only counts takes any kind when shots are asked for."""
        offered = self._simulator_types()
        noisy = noisy_kind(settings, self.noise)
        kind = noisy or settings.simulator_type or offered[0]
        if offered == [SimulatorType.CUSTOM]:
            if not settings.shots:
                what = "probabilities" if self.has("probabilities") else "counts"
                raise InvalidCircuit(f"this simulator gives {what} only; ask for shots")
            return SimulatorType.CUSTOM
        if kind in offered:
            return kind
        if settings.shots and kind is SimulatorType.STATE_VECTOR:
            return offered[0]
        raise InvalidCircuit(
            f"simulator_type {kind.value} is not offered; use {' or '.join(found.value for found in offered)}"
        )

    def _check_size(self, qubits: int, kind: SimulatorType) -> None:
        limit = self.max_qubits
        if kind is SimulatorType.DENSITY_MATRIX:
            limit = self.max_density_qubits or max(1, self.max_qubits // 2)
        if qubits > limit:
            raise TooManyQubits(qubits, limit)

    def _prepared(self) -> tuple[GateTable, Lowering]:
        """The gate table and the lowering, made once; two threads that race make equal ones."""
        if self._ready is None:
            if not self.is_available():
                raise BackendNotInstalledError(self.name, [self.package])
            try:
                table = dict(self.gates())
            except ImportError as error:
                raise wrap_backend_exception(error, self.name, "import") from error
            self._ready = table, Lowering(table, *matrix_sizes(table, self.max_matrix_qubits))
        return self._ready
