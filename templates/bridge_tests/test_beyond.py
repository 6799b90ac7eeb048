"""Noise, density matrices beside states, batches and sweeps: honoured where declared, refused where not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from host.backends._bridge import Program
from host.backends._bridge.conformance.beyond import depolarised
from host.backends._bridge.noise import read_noise
from host.backends.base import ResultType, SimulatorType
from host.backends.exceptions import BackendError, CircuitValidationError
from simulators import ALL, Big, Counts, Noisy, Shuffled, Strong, Together
from test_conformance import classes, run_suite

BELL = Program(2).add("h", 0).add("cx", 0, 1)


def test_noise_gives_the_density_matrix_of_every_gate_followed_by_the_channel() -> None:
    result = Noisy().execute(BELL, noise_model=0.2)
    assert result.result_type is ResultType.DENSITY_MATRIX
    assert np.abs(result.data["density_matrix"] - depolarised(BELL, 0.2)).max() < 1e-12
    assert result.metadata["noise_model"] == {"depolarizing": 0.2}
    assert result.metadata["gates"] == 2


def test_noise_of_zero_is_ideal() -> None:
    noisy = Noisy().execute(BELL, noise_model=0).data["density_matrix"]
    ideal = Noisy().execute(BELL, simulator_type="density_matrix").data["density_matrix"]
    assert np.array_equal(noisy, ideal)


def test_counts_with_noise_come_from_the_density_matrix() -> None:
    counts = (
        Noisy()
        .execute(BELL, shots=20_000, seed=1, noise_model={"depolarizing": 0.3})
        .data["counts"]
    )
    expected = np.diag(depolarised(BELL, 0.3)).real
    assert abs(counts["01"] / 20_000 - expected[1]) < 0.02
    assert Noisy().execute(BELL, shots=100, seed=1).data["counts"].keys() == {"00", "11"}


def test_noise_that_shows_in_samples_only() -> None:
    asked: list[list[Any]] = []

    class Sampled(Big):
        noise = ("sample",)
        seeded = False

        def gates(self) -> dict[str, Any]:
            return {**super().gates(), "depolarize": lambda p, q: ("noise", p, q)}

        def sample(self, n: int, gates: list[Any], shots: int, seed: int) -> Any:
            asked.append(gates)
            return [0] * shots

    result = Sampled().execute(BELL, shots=10, seed=4, noise_model=0.1)
    assert [one for one in asked[0] if isinstance(one[0], str)] == [
        ("noise", 0.1, q) for q in (0, 0, 1)
    ]
    assert result.metadata["seed"] is None, "a seed that was not honoured is not claimed"
    with pytest.raises(CircuitValidationError, match="ask for shots"):
        Sampled().execute(BELL, noise_model=0.1)


@pytest.mark.parametrize(
    ("value", "p"),
    [
        (None, None),
        ({}, None),
        (0, 0.0),
        (0.25, 0.25),
        ({"depolarizing": 0.1}, 0.1),
        ({"type": "depolarizing", "p": 0.1}, 0.1),
        ({"type": "Depolarising", "error_rate": np.float64(0.5)}, 0.5),
    ],
)
def test_forms_of_a_noise_model(value: Any, p: float | None) -> None:
    assert read_noise(value) == p


def test_cirqs_constant_noise() -> None:
    cirq = pytest.importorskip("cirq")
    model = cirq.ConstantQubitNoiseModel(cirq.depolarize(0.2))
    assert read_noise(model) == 0.2
    with pytest.raises(CircuitValidationError, match="noise_model"):
        Noisy().execute(BELL, noise_model=cirq.ConstantQubitNoiseModel(cirq.amplitude_damp(0.2)))


@pytest.mark.parametrize(
    "value", [-0.1, 1.5, "strong", True, {"type": "amplitude_damping", "p": 0.1}, float("nan")]
)
def test_other_noise_is_refused(value: Any) -> None:
    with pytest.raises(CircuitValidationError, match=r"noise"):
        Noisy().execute(BELL, noise_model=value)


def test_a_backend_without_noise_refuses_it_and_says_so() -> None:
    assert Big().get_capabilities().supports_noise is False
    with pytest.raises(CircuitValidationError, match="no noise"):
        Big().execute(BELL, noise_model=0.1)


def test_a_state_vector_with_noise_is_refused() -> None:
    with pytest.raises(CircuitValidationError, match="density_matrix"):
        Noisy().execute(BELL, noise_model=0.1, simulator_type=SimulatorType.STATE_VECTOR)


def test_capabilities_are_what_is_declared() -> None:
    found = Noisy().get_capabilities()
    assert (found.supports_noise, found.supports_batching) == (True, False)
    assert found.custom_features["noise_models"] == ["depolarizing"]
    assert "depolarize" not in Noisy().get_supported_gates()
    assert Together().get_capabilities().supports_batching is True


def test_a_batch_is_one_native_call() -> None:
    Together.calls.clear()
    programs = [Program(2).add("x", 0), BELL, Program(2).add("h", 1)]
    results = Together().execute_batch(programs)
    assert Together.calls == [3]
    for program, result in zip(programs, results, strict=True):
        alone = Together().execute(program)
        assert np.array_equal(result.data["statevector"], alone.data["statevector"])
        assert result.metadata == alone.metadata


@pytest.mark.parametrize("options", [{"shots": 10}, {"noise_model": 0.0, "shots": 5}])
def test_what_cannot_be_batched_is_run_one_by_one(options: dict[str, Any]) -> None:
    Together.calls.clear()
    results = Together().execute_batch([BELL, BELL], options)
    assert Together.calls == []
    assert [sum(one.data["counts"].values()) for one in results] == [options["shots"]] * 2


def test_circuits_of_several_sizes_are_run_one_by_one() -> None:
    Together.calls.clear()
    results = Together().execute_batch([BELL, Program(3).add("x", 2)])
    assert [one.qubit_count for one in results] == [2, 3]
    assert Together.calls == []


def test_a_sweep_gives_a_result_for_each_set_of_parameters() -> None:
    text = "OPENQASM 3.0; input float theta; qubit q; rx(theta) q;"
    Together.calls.clear()
    results = Together().execute_parameter_sweep(text, [{"theta": 0.0}, {"theta": np.pi}])
    assert Together.calls == [2]
    assert [round(abs(one.data["statevector"][1])) for one in results] == [0, 1]
    alone = Big().execute_parameter_sweep(text, [{"theta": 0.0}, {"theta": np.pi}], {"shots": 8})
    assert [dict(one.data["counts"]) for one in alone] == [{"0": 8}, {"1": 8}]


def test_the_first_circuit_that_cannot_be_run_raises() -> None:
    for backend in (Together(), Counts()):
        with pytest.raises(CircuitValidationError):
            backend.execute_batch([BELL, "no circuit"], {"shots": 5})


def test_a_batch_that_loses_a_result_is_an_error() -> None:
    class Losing(Together):
        def batch(self, n: int, circuits: list[list[Any]], shots: int, seed: int) -> Any:
            return super().batch(n, circuits, shots, seed)[:-1]

    with pytest.raises(BackendError, match="1 results of 2 circuits"):
        Losing().execute_batch([BELL, BELL])


def test_the_suite_finds_wrong_noise_and_a_shuffled_batch(tmp_path: Path) -> None:
    text = "from host.backends._bridge.conformance import Compatibility\nimport simulators\n"
    for subject in (Strong, Shuffled):
        text += classes(f"[simulators.{subject.__name__}]", [subject], [ALL], ("Compatibility",))
    found = run_suite(tmp_path, text, "-k", "noise or batch")
    failed = {(kind, name) for kind, name, outcome, _ in found if outcome == "failed"}
    assert failed == {
        ("TestStrongCompatibility", "test_noise"),
        ("TestShuffledCompatibility", "test_batch"),
    }
