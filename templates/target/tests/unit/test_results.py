"""Normalization, health checks and the runner's errors."""

from __future__ import annotations

import cirq
import numpy as np
import pytest

from proxima.backends.base import ExecutionResult, ResultType, SimulatorType
from proxima.backends.cirq_adapter import CirqBackendAdapter
from proxima.backends.health import (
    HealthStatus,
    check_backend_health,
    generate_health_report,
    verify_test_result,
)
from proxima.backends.normalization import (
    compare_probabilities,
    normalize_backend_result,
    normalize_counts,
    normalize_result,
)
from proxima.backends.numpy_adapter import NumpyBackendAdapter
from proxima.core.runner import parse_objective, quantum_runner

Q = cirq.LineQubit.range(3)
X0 = cirq.Circuit(cirq.X(Q[0]), cirq.I(Q[1]), cirq.I(Q[2]))


def test_counts_state_and_density_matrix_are_turned_alike() -> None:
    adapter = CirqBackendAdapter()
    counts = normalize_backend_result(adapter.execute(X0, {"shots": 10}))
    state = normalize_backend_result(adapter.execute(X0))
    matrix = normalize_backend_result(adapter.execute(X0, simulator_type="density_matrix"))
    assert counts.data["counts"] == {"001": 10}
    assert np.argmax(np.abs(state.data["statevector"])) == 0b001
    assert np.argmax(np.abs(np.diag(matrix.data["density_matrix"]))) == 0b001
    for result in (counts, state, matrix):
        assert result.data["probabilities"] == pytest.approx({"001": 1.0})
        assert result.metadata["qubit_order"] == "little_endian"
        assert normalize_backend_result(result).data["probabilities"] == pytest.approx({"001": 1})


def test_nothing_of_the_given_result_is_changed() -> None:
    result = NumpyBackendAdapter().execute(X0)
    normalize_backend_result(result)
    assert np.argmax(np.abs(result.data["statevector"])) == 0b100
    assert "probabilities" not in result.data


def test_counts_become_probabilities() -> None:
    assert normalize_counts({}) == {}
    assert normalize_counts({"10": 3, "00": 1}) == {"00": 0.25, "10": 0.75}
    assert normalize_counts({"10": 1}, little_endian=False) == {"01": 1.0}
    assert normalize_result(CirqBackendAdapter().execute(X0, shots=4)).data["probabilities"] == {
        "100": 1.0
    }


def test_comparing() -> None:
    same, details = compare_probabilities({"0": 0.5, "1": 0.5}, {"0": 0.5, "1": 0.4, "2": 0.1})
    assert not same
    assert details["differing_states"] == ["1", "2"]
    assert details["max_diff"] == pytest.approx(0.1)
    assert compare_probabilities({}, {}) == (True, {"max_diff": 0.0, "differing_states": []})


class Wrong(NumpyBackendAdapter):
    """Runs, but always answers |0>."""

    def execute(self, *args: object, **kwargs: object) -> ExecutionResult:
        data = {"statevector": np.array([1, 0])}
        kinds = (SimulatorType.STATE_VECTOR, 1.0, 1, None, ResultType.STATEVECTOR)
        return ExecutionResult("numpy", *kinds, data)


class Silent(NumpyBackendAdapter):
    def is_available(self) -> bool:
        raise OSError("no device")


def test_health() -> None:
    good = check_backend_health(CirqBackendAdapter(), run_execution_test=True)
    wrong = check_backend_health(Wrong(), run_execution_test=True)
    silent = check_backend_health(Silent(), run_execution_test=True)
    assert (good.status, good.version) == (HealthStatus.HEALTHY, cirq.__version__)
    assert (wrong.status, wrong.message) == (HealthStatus.DEGRADED, "Failed checks: execution")
    assert (silent.status, silent.available) == (HealthStatus.UNHEALTHY, False)
    report = generate_health_report([good, wrong, silent])
    assert report["overall_status"] == "degraded"
    assert (report["healthy"], report["degraded"], report["unhealthy"]) == (1, 1, 1)
    assert generate_health_report([silent])["overall_status"] == "unhealthy"


def test_a_test_result_in_counts() -> None:
    circuit = cirq.Circuit(cirq.H(Q[0]), cirq.measure(Q[0]))
    assert verify_test_result(NumpyBackendAdapter().execute(circuit, shots=1000, seed=1))
    assert not verify_test_result(NumpyBackendAdapter().execute(X0, shots=10))


def test_objectives() -> None:
    assert parse_objective("Make a Bell pair") == {"circuit_type": "bell", "qubits": 2}
    assert parse_objective("a GHZ state") == {"circuit_type": "ghz", "qubits": 3}
    assert parse_objective("12-qubit GHZ") == {"circuit_type": "ghz", "qubits": 12}
    assert parse_objective("teleport it") == {"circuit_type": "teleportation", "qubits": 3}


def test_the_runner_explains_what_it_cannot_do() -> None:
    unknown = quantum_runner({"objective": "bell", "backend": "nope"})
    large = quantum_runner({"objective": "40 qubit ghz", "backend": "numpy"})
    assert unknown == {"status": "error", "error": "Backend 'nope' not registered"}
    assert large["status"] == "error"
    assert "40 qubits" in large["error"]


def test_the_runner_takes_the_first_backend_when_it_may_choose() -> None:
    result = quantum_runner({"objective": "teleport", "backend": "auto", "shots": 800})
    assert result["backend"] == "cirq"
    assert sum(result["raw_counts"].values()) == 800
    assert {len(key) for key in result["raw_counts"]} == {3}
