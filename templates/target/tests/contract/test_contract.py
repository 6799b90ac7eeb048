"""What a host of backends promises: the same tests pass on any repository with this contract.

Run them against another checkout from outside of it::

    PYTHONPATH=CHECKOUT/src python -m pytest -c /dev/null --rootdir . PATH/TO/tests/contract
"""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import cirq
import numpy as np
import pytest

from proxima.backends import base, exceptions
from proxima.backends.health import check_backend_health
from proxima.backends.normalization import (
    compare_probabilities,
    normalize_backend_result,
    normalize_counts,
    normalize_density_matrix,
    normalize_result,
    normalize_statevector,
)
from proxima.backends.registry import BackendRegistry
from proxima.core.runner import quantum_runner

Q = cirq.LineQubit.range(3)
BELL = cirq.Circuit(cirq.H(Q[0]), cirq.CNOT(Q[0], Q[1]), cirq.measure(Q[0], Q[1], key="result"))
X0 = cirq.Circuit(cirq.X(Q[0]), cirq.I(Q[1]), cirq.I(Q[2]))


@pytest.fixture(scope="module")
def registry() -> BackendRegistry:
    found = BackendRegistry()
    found.discover()
    return found


@pytest.fixture(scope="module")
def cirq_adapter(registry: BackendRegistry) -> base.BaseBackendAdapter:
    return registry.get("cirq")


class Adapter(base.BaseBackendAdapter):
    """The least that a backend must define."""

    def get_name(self) -> str:
        return "least"

    def get_version(self) -> str:
        return "1.0.0"

    def get_capabilities(self) -> base.Capabilities:
        return base.Capabilities([base.SimulatorType.CUSTOM], 1)

    def validate_circuit(self, circuit: Any) -> base.ValidationResult:
        return base.ValidationResult(True)

    def estimate_resources(self, circuit: Any) -> base.ResourceEstimate:
        return base.ResourceEstimate()

    def execute(self, circuit: Any, options: dict[str, Any] | None = None) -> base.ExecutionResult:
        raise exceptions.ExecutionError("least", "it never runs")

    def supports_simulator(self, sim_type: base.SimulatorType) -> bool:
        return sim_type is base.SimulatorType.CUSTOM


class TestValues:
    def test_simulator_and_result_types_are_strings(self) -> None:
        assert {kind.value for kind in base.SimulatorType} >= {
            "state_vector",
            "density_matrix",
            "tensor_network",
            "custom",
        }
        assert {kind.value for kind in base.ResultType} == {
            "counts",
            "statevector",
            "density_matrix",
        }
        assert base.SimulatorType("state_vector") == "state_vector"

    @pytest.mark.parametrize(
        ("name", "required", "optional"),
        [
            (
                "Capabilities",
                ["simulator_types", "max_qubits"],
                ["supports_noise", "supports_gpu", "supports_batching", "custom_features"],
            ),
            ("ValidationResult", ["valid"], ["message", "details"]),
            ("ResourceEstimate", [], ["memory_mb", "time_ms", "metadata"]),
            (
                "ExecutionResult",
                [
                    "backend",
                    "simulator_type",
                    "execution_time_ms",
                    "qubit_count",
                    "shot_count",
                    "result_type",
                ],
                ["data", "metadata", "raw_result"],
            ),
        ],
    )
    def test_fields(self, name: str, required: list[str], optional: list[str]) -> None:
        cls = getattr(base, name)
        fields = dataclasses.fields(cls)
        assert [field.name for field in fields] == required + optional
        made = cls(*range(len(required)))
        for field in fields[len(required) :]:
            assert not getattr(made, field.name), field.name
        with pytest.raises(TypeError):
            cls(*range(len(required)), something_else=1)


class TestAdapters:
    def test_what_is_abstract(self) -> None:
        assert base.BaseBackendAdapter.__abstractmethods__ == {
            "get_name",
            "get_version",
            "get_capabilities",
            "validate_circuit",
            "estimate_resources",
            "execute",
            "supports_simulator",
        }

    def test_what_has_a_default(self) -> None:
        adapter = Adapter()
        assert adapter.is_available() is True
        assert adapter.supports_benchmarking is True
        assert adapter.prepare_for_benchmark(circuit=BELL, shots=10) is None
        assert adapter.cleanup_after_benchmark() is None

    def test_execute_takes_a_circuit_and_options(self) -> None:
        parameters = inspect.signature(base.BaseBackendAdapter.execute).parameters
        assert list(parameters)[:3] == ["self", "circuit", "options"]
        assert parameters["options"].default is None


class TestErrors:
    @pytest.mark.parametrize(
        ("name", "arguments", "code"),
        [
            ("BackendNotInstalledError", ("b", ["package"]), "not_installed"),
            ("BackendTimeoutError", ("b", 1.5), "timeout"),
            ("CircuitValidationError", ("b", "a reason"), "invalid_circuit"),
            ("QubitLimitExceededError", ("b", 30, 20), "qubit_limit_exceeded"),
            ("UnsupportedOperationError", ("b", "an operation"), "unsupported_operation"),
            ("ExecutionError", ("b", "a reason"), "execution_failed"),
            ("MemoryExceededError", ("b", 100.0, 50.0), "memory_exceeded"),
        ],
    )
    def test_each_has_code_name_and_words(
        self, name: str, arguments: tuple[Any, ...], code: str
    ) -> None:
        cause = ValueError("cause")
        error = getattr(exceptions, name)(*arguments, original_exception=cause)
        assert isinstance(error, exceptions.BackendError)
        assert error.code is exceptions.BackendErrorCode(code)
        assert error.backend_name == "b"
        assert error.original_exception is cause
        assert code in str(error)
        for argument in arguments[1:]:
            shown = argument[0] if isinstance(argument, list) else str(argument)
            assert shown in str(error)
        told = error.to_dict()
        assert (told["code"], told["backend_name"]) == (code, "b")
        assert told["original_exception"] == "cause"
        assert told["suggestions"]

    @pytest.mark.parametrize(
        ("raised", "code"),
        [
            (RuntimeError("out of memory"), "memory_exceeded"),
            (RuntimeError("timed out"), "timeout"),
            (ImportError("nothing there"), "import_failed"),
            (RuntimeError("boom"), "execution_failed"),
        ],
    )
    def test_foreign_exceptions_are_wrapped(self, raised: Exception, code: str) -> None:
        wrapped = exceptions.wrap_backend_exception(raised, "b", "sampling")
        assert isinstance(wrapped, exceptions.BackendError)
        assert wrapped.code.value == code
        assert wrapped.original_exception is raised
        assert str(raised) in str(wrapped)


class TestRegistry:
    def test_adapters_are_listed_as_classes(self) -> None:
        listed = BackendRegistry.BACKEND_ADAPTERS
        assert listed
        assert all(issubclass(adapter, base.BaseBackendAdapter) for adapter in listed)

    def test_every_backend_is_available_or_says_why_not(self, registry: BackendRegistry) -> None:
        statuses = registry.list_statuses()
        assert len({status.name for status in statuses}) == len(statuses)
        for status in statuses:
            if status.available:
                assert status.adapter.get_name() == status.name
                assert status.capabilities.max_qubits > 0
                assert status.version
            else:
                assert status.reason
        available = [status.name for status in statuses if status.available]
        assert registry.list_available() == available
        assert "cirq" in available

    def test_access_by_name(self, registry: BackendRegistry) -> None:
        assert registry.get("cirq").get_name() == "cirq"
        assert registry.is_available("cirq")
        assert registry.get_status("cirq").available
        assert registry.get_capabilities("cirq").max_qubits > 0
        assert not registry.is_available("nope")
        for ask in (registry.get, registry.get_status, registry.get_capabilities):
            with pytest.raises(KeyError, match="nope"):
                ask("nope")

    def test_refresh(self, registry: BackendRegistry) -> None:
        status = registry.refresh_backend("cirq")
        assert status is not None
        assert status.available
        assert registry.get("cirq") is status.adapter
        assert registry.refresh_backend("nope") is None

    def test_discovery_starts_from_the_list(self) -> None:
        class Broken(Adapter):
            def __init__(self) -> None:
                raise RuntimeError("no licence")

        class Absent(Adapter):
            def get_name(self) -> str:
                return "absent"

            def is_available(self) -> bool:
                return False

        own = BackendRegistry()
        own.BACKEND_ADAPTERS = [Broken, Absent, Adapter]
        own.discover()
        assert own.is_available("least")
        assert "no licence" in own.get_status("broken").reason
        assert not own.is_available("absent")
        with pytest.raises(KeyError, match="absent"):
            own.get("absent")

    def test_register_and_unregister(self) -> None:
        own = BackendRegistry()
        adapter = Adapter()
        own.register(adapter)
        assert own.get("least") is adapter
        assert own.unregister("least") is True
        assert own.unregister("least") is False


class TestExecution:
    def test_counts(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        options = {
            "simulator_type": base.SimulatorType.STATE_VECTOR,
            "shots": 400,
            "repetitions": 400,
        }
        result = cirq_adapter.execute(BELL, options)
        assert isinstance(result, base.ExecutionResult)
        assert result.result_type is base.ResultType.COUNTS
        assert (result.backend, result.qubit_count, result.shot_count) == ("cirq", 2, 400)
        assert set(result.data["counts"]) == {"00", "11"}
        assert sum(result.data["counts"].values()) == 400
        assert result.execution_time_ms > 0

    def test_no_shots_give_a_state(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        result = cirq_adapter.execute(X0)
        assert result.result_type is base.ResultType.STATEVECTOR
        assert result.shot_count is None
        assert np.argmax(np.abs(result.data["statevector"])) == 0b100

    def test_density_matrix(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        kind = base.SimulatorType.DENSITY_MATRIX
        assert cirq_adapter.supports_simulator(kind)
        result = cirq_adapter.execute(X0, {"simulator_type": kind})
        assert result.result_type is base.ResultType.DENSITY_MATRIX
        assert np.argmax(np.abs(np.diag(result.data["density_matrix"]))) == 0b100

    def test_what_is_no_circuit(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        found = cirq_adapter.validate_circuit("no circuit")
        assert found.valid is False
        assert found.message
        with pytest.raises(exceptions.CircuitValidationError):
            cirq_adapter.execute("no circuit")

    def test_too_many_qubits(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        limit = cirq_adapter.get_capabilities().max_qubits
        circuit = cirq.Circuit(cirq.X.on_each(*cirq.LineQubit.range(limit + 1)))
        with pytest.raises(exceptions.QubitLimitExceededError):
            cirq_adapter.execute(circuit, {"shots": 1})

    def test_estimate(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        assert cirq_adapter.validate_circuit(BELL).valid
        assert cirq_adapter.estimate_resources(BELL).memory_mb > 0

    def test_health(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        found = check_backend_health(cirq_adapter, run_execution_test=True)
        assert (found.backend_name, found.status.value) == ("cirq", "healthy")
        assert all(found.checks.values())


class TestNormalization:
    def test_parts(self) -> None:
        assert normalize_counts({"10": 3, "01": 1}) == {"01": 0.25, "10": 0.75}
        assert np.allclose(normalize_statevector([3, 4j]), [0.6, 0.8j])
        assert np.allclose(normalize_density_matrix(np.eye(2)), np.eye(2) / 2)
        assert compare_probabilities({"0": 1.0}, {"0": 1.0})[0]
        assert not compare_probabilities({"0": 1.0}, {"1": 1.0})[0]

    def test_a_result_gets_probabilities(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        result = normalize_result(cirq_adapter.execute(BELL, {"shots": 100}))
        assert sum(result.data["probabilities"].values()) == pytest.approx(1)

    def test_results_in_cirqs_order_are_turned(self, cirq_adapter: base.BaseBackendAdapter) -> None:
        measured = X0 + cirq.measure(*Q, key="result")
        counts = normalize_backend_result(cirq_adapter.execute(measured, {"shots": 5}))
        state = normalize_backend_result(cirq_adapter.execute(X0))
        assert counts.data["counts"] == {"001": 5}
        assert np.argmax(np.abs(state.data["statevector"])) == 0b001


class TestRunner:
    @pytest.mark.parametrize(
        ("objective", "expected"),
        [("create a bell state", {"00", "11"}), ("5 qubit ghz", {"00000", "11111"})],
    )
    def test_counts(self, objective: str, expected: set[str]) -> None:
        result = quantum_runner({"objective": objective, "backend": "cirq", "shots": 500})
        assert result["status"] == "success"
        assert (result["backend"], result["shots"]) == ("cirq", 500)
        assert set(result["raw_counts"]) == expected
        assert sum(result["raw_counts"].values()) == 500
        assert {key: entry["count"] for key, entry in result["counts"].items()} == result[
            "raw_counts"
        ]

    def test_teleport(self) -> None:
        result = quantum_runner({"objective": "teleport", "backend": "cirq", "shots": 100})
        assert (result["status"], result["qubits"]) == ("success", 3)
        assert result["circuit_type"] == "teleportation"
