"""Both backends against each other and against what is known on paper."""

from __future__ import annotations

from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from proxima.backends.base import BaseBackendAdapter, ResultType, SimulatorType
from proxima.backends.cirq_adapter import CirqBackendAdapter
from proxima.backends.exceptions import (
    BackendError,
    BackendErrorCode,
    CircuitValidationError,
    QubitLimitExceededError,
    UnsupportedOperationError,
)
from proxima.backends.numpy_adapter import NumpyBackendAdapter

Q = cirq.LineQubit.range(20)


@pytest.fixture(params=[CirqBackendAdapter, NumpyBackendAdapter], ids=["cirq", "numpy"])
def adapter(request: pytest.FixtureRequest) -> BaseBackendAdapter:
    return request.param()


def random_circuit(n: int, seed: int) -> cirq.Circuit:
    """Return a circuit with gates on scattered qubits, all of which it touches."""
    circuit = cirq.testing.random_circuit(Q[:n], n_moments=12, op_density=0.7, random_state=seed)
    return cirq.Circuit(cirq.I.on_each(*Q[:n])) + circuit


class TestStates:
    @pytest.mark.parametrize("n", [1, 2, 3, 5])
    @pytest.mark.parametrize("seed", range(3))
    def test_random_circuits_agree_with_cirqs_own_unitary(
        self, adapter: BaseBackendAdapter, n: int, seed: int
    ) -> None:
        circuit = random_circuit(n, seed)
        expected = cirq.unitary(circuit)[:, 0]
        state = adapter.execute(circuit).data["statevector"]
        assert abs(np.vdot(expected, state)) == pytest.approx(1, abs=1e-5)

    def test_the_first_qubit_is_the_most_significant_bit(self, adapter: BaseBackendAdapter) -> None:
        circuit = cirq.Circuit(cirq.X(Q[0]), cirq.I(Q[1]), cirq.I(Q[2]))
        result = adapter.execute(circuit)
        assert np.argmax(np.abs(result.data["statevector"])) == 0b100
        assert result.metadata["qubit_order"] == "big_endian"
        assert result.shot_count is None

    def test_measurements_at_the_end_do_not_collapse_the_state(
        self, adapter: BaseBackendAdapter
    ) -> None:
        circuit = cirq.Circuit(cirq.H(Q[0]), cirq.measure(Q[0]))
        assert np.allclose(np.abs(adapter.execute(circuit).data["statevector"]) ** 2, 0.5)

    def test_a_measurement_in_the_middle_has_no_single_state(
        self, adapter: BaseBackendAdapter
    ) -> None:
        circuit = cirq.Circuit(cirq.measure(Q[0], key="a"), cirq.X(Q[0]))
        with pytest.raises(CircuitValidationError, match="measures before its end"):
            adapter.execute(circuit)

    def test_parameters_are_filled_in(self, adapter: BaseBackendAdapter) -> None:
        circuit = cirq.Circuit(cirq.rx(sympy.Symbol("a")).on(Q[0]))
        state = adapter.execute(circuit, {"params": {"a": np.pi}}).data["statevector"]
        assert abs(state[1]) == pytest.approx(1, abs=1e-6)
        with pytest.raises(CircuitValidationError, match="no value was given for a"):
            adapter.execute(circuit)

    def test_density_matrix_of_cirq(self) -> None:
        circuit = cirq.Circuit(cirq.H(Q[0]), cirq.depolarize(0.75).on(Q[0]))
        result = CirqBackendAdapter().execute(circuit, simulator_type="density_matrix")
        assert result.result_type is ResultType.DENSITY_MATRIX
        assert np.allclose(result.data["density_matrix"], np.eye(2) / 2, atol=1e-6)


class TestCounts:
    def test_bell(self, adapter: BaseBackendAdapter) -> None:
        circuit = cirq.Circuit(cirq.H(Q[0]), cirq.CNOT(Q[0], Q[1]), cirq.measure(*Q[:2]))
        result = adapter.execute(circuit, {"shots": 2000, "seed": 7})
        counts = result.data["counts"]
        assert set(counts) == {"00", "11"}
        assert sum(counts.values()) == result.shot_count == result.data["shots"] == 2000
        assert abs(counts["00"] - 1000) < 5 * 500**0.5

    def test_keys_are_ordered_by_their_lowest_qubit(self, adapter: BaseBackendAdapter) -> None:
        circuit = cirq.Circuit(
            cirq.X(Q[0]),
            cirq.X(Q[3]),
            cirq.measure(Q[3], Q[1], key="a"),
            cirq.measure(Q[2], Q[0], key="b"),
        )
        assert adapter.execute(circuit, {"shots": 10}).data["counts"] == {"0110": 10}

    def test_a_circuit_without_measurements_is_measured_as_a_whole(
        self, adapter: BaseBackendAdapter
    ) -> None:
        circuit = cirq.Circuit(cirq.X(Q[2]), cirq.I(Q[0]))
        assert adapter.execute(circuit, shots=5).data["counts"] == {"01": 5}

    def test_inverted_bits(self, adapter: BaseBackendAdapter) -> None:
        circuit = cirq.Circuit(cirq.measure(Q[0], Q[1], key="m", invert_mask=(True, False)))
        assert adapter.execute(circuit, {"repetitions": 3}).data["counts"] == {"10": 3}

    def test_the_seed_repeats_the_counts(self, adapter: BaseBackendAdapter) -> None:
        circuit = cirq.Circuit(cirq.H.on_each(*Q[:4]), cirq.measure(*Q[:4]))

        def counts(seed: int) -> dict[str, int]:
            return adapter.execute(circuit, {"shots": 200, "seed": seed}).data["counts"]

        assert counts(1) == counts(1) != counts(2)

    def test_subcircuits_are_unrolled(self, adapter: BaseBackendAdapter) -> None:
        inner = cirq.FrozenCircuit(cirq.X(Q[0]), cirq.measure(Q[0], key="m"))
        circuit = cirq.Circuit(cirq.CircuitOperation(inner))
        assert adapter.execute(circuit, {"shots": 4}).data["counts"] == {"1": 4}

    def test_feedback_runs_on_cirq(self) -> None:
        circuit = cirq.Circuit(
            cirq.X(Q[0]),
            cirq.measure(Q[0], key="a"),
            cirq.X(Q[1]).with_classical_controls("a"),
            cirq.measure(Q[1], key="b"),
        )
        assert CirqBackendAdapter().execute(circuit, {"shots": 4}).data["counts"] == {"11": 4}
        assert not NumpyBackendAdapter().validate_circuit(circuit).valid


class TestBadInput:
    @pytest.mark.parametrize("circuit", [None, 3, "OPENQASM 2.0;", {}, cirq.Circuit()])
    def test_no_circuit(self, adapter: BaseBackendAdapter, circuit: Any) -> None:
        assert not adapter.validate_circuit(circuit).valid
        assert adapter.estimate_resources(circuit).memory_mb is None
        with pytest.raises(CircuitValidationError):
            adapter.execute(circuit)

    def test_too_many_qubits(self, adapter: BaseBackendAdapter) -> None:
        limit = adapter.get_capabilities().max_qubits
        circuit = cirq.Circuit(cirq.X.on_each(*cirq.LineQubit.range(limit + 1)))
        with pytest.raises(QubitLimitExceededError) as caught:
            adapter.execute(circuit)
        assert caught.value.details == {"requested_qubits": limit + 1, "max_qubits": limit}

    def test_qudits(self, adapter: BaseBackendAdapter) -> None:
        circuit = cirq.Circuit(cirq.IdentityGate(qid_shape=(3,)).on(cirq.LineQid(0, 3)))
        with pytest.raises(CircuitValidationError, match="qudits"):
            adapter.execute(circuit)

    @pytest.mark.parametrize(
        "options",
        [
            {"shots": -5},
            {"shots": 1.5},
            {"shots": True},
            {"shots": "many"},
            {"seed": -1},
            {"shots": 5, "repetitions": 6},
            {"simulator_type": "photonic"},
        ],
    )
    def test_options_that_make_no_sense(
        self, adapter: BaseBackendAdapter, options: dict[str, Any]
    ) -> None:
        with pytest.raises(BackendError) as caught:
            adapter.execute(cirq.Circuit(cirq.X(Q[0])), options)
        assert caught.value.code is BackendErrorCode.INVALID_OPTIONS

    def test_methods_that_a_backend_does_not_have(self, adapter: BaseBackendAdapter) -> None:
        circuit = cirq.Circuit(cirq.X(Q[0]))
        with pytest.raises(UnsupportedOperationError):
            adapter.execute(circuit, {"simulator_type": SimulatorType.TENSOR_NETWORK})
        with pytest.raises(UnsupportedOperationError):
            adapter.execute(circuit, {"noise_model": cirq.depolarize(0.1)})
        assert not adapter.supports_simulator(SimulatorType.TENSOR_NETWORK)


def test_estimates_double_with_each_qubit(adapter: BaseBackendAdapter) -> None:
    small, large = (
        adapter.estimate_resources(cirq.Circuit(cirq.X.on_each(*Q[:n]))).memory_mb for n in (10, 11)
    )
    assert large == 2 * small
