"""The adapter: order of qubits, keys, options, errors, and what the host asks."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from host.backends._bridge import Program, to_little_endian
from host.backends._bridge.conformance import reference
from host.backends._bridge.conformance.circuits import prepare, random_program
from host.backends.base import ResultType, SimulatorType
from host.backends.exceptions import (
    BackendError,
    BackendErrorCode,
    BackendNotInstalledError,
    CircuitValidationError,
    QubitLimitExceededError,
)
from simulators import (
    ALL,
    Big,
    Counts,
    Density,
    Expectations,
    Few,
    Little,
    Probabilities,
    Rows,
    Text,
    run,
    table,
)

cirq = pytest.importorskip("cirq")


@pytest.mark.parametrize("kind", [Big, Little, Text, Few])
def test_states_come_in_cirqs_order(kind: type[Big]) -> None:
    backend = kind()
    for seed in range(4):
        program = random_program(5, ALL[:-1], 6, seed, idle=seed)
        state = backend.execute(program).data["statevector"]
        assert abs(np.vdot(state, reference.state(program.operations, 5))) == pytest.approx(
            1, abs=1e-12
        )


@pytest.mark.parametrize("kind", [Big, Little, Text, Few])
def test_cirq_circuits_agree_with_cirq(kind: type[Big]) -> None:
    qubits = [cirq.NamedQubit(name) for name in ("alpha", "q10", "q2", "zeta")]
    for seed in range(5):
        circuit = cirq.testing.random_circuit(qubits, 10, 0.8, random_state=seed)
        expected = cirq.Simulator(dtype=np.complex128).simulate(circuit).final_state_vector
        result = kind().execute(circuit)
        assert abs(np.vdot(result.data["statevector"], expected)) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    "kind", [Big, Little, Text, Few, Density, Counts, Rows, Probabilities, Expectations]
)
def test_counts_come_in_cirqs_order(kind: type[Big]) -> None:
    for qubit in range(4):
        bits = "".join("1" if place == qubit else "0" for place in range(4))
        assert kind().execute(Program(4).add("x", qubit), shots=7).data["counts"] == {bits: 7}


def test_the_density_matrix_comes_in_cirqs_order() -> None:
    program = prepare(Program(3), ALL).add("cx", 0, 2)
    result = Density().execute(program)
    psi = reference.state(program.operations, 3)
    assert result.result_type is ResultType.DENSITY_MATRIX
    assert np.abs(result.data["density_matrix"] - np.outer(psi, psi.conj())).max() < 1e-12


def test_keys_are_ordered_by_their_lowest_qubit() -> None:
    a, b, c = cirq.LineQubit.range(3)
    circuit = cirq.Circuit(
        cirq.X(b), cirq.measure(c, b, key="second"), cirq.measure(a, key="first")
    )
    result = Little().execute(circuit, shots=5)
    assert result.data == {"counts": {"001": 5}, "shots": 5, "repetitions": 5}
    assert result.metadata["measurement_keys"] == {"first": [0], "second": [2, 1]}
    assert list(result.metadata["measurement_keys"]) == ["first", "second"]


def test_without_shots_the_state_before_the_measurement_is_given() -> None:
    a, b = cirq.LineQubit.range(2)
    circuit = cirq.Circuit(cirq.H(a), cirq.CNOT(a, b), cirq.measure(a, b))
    result = Little().execute(circuit)
    assert result.shot_count is None and result.result_type is ResultType.STATEVECTOR
    assert np.allclose(np.abs(result.data["statevector"]) ** 2, [0.5, 0, 0, 0.5])


@pytest.mark.parametrize(
    "options", [{"shots": 9}, {"repetitions": 9}, {"shots": 9, "repetitions": 9}]
)
def test_shots_and_repetitions_are_the_same(options: dict[str, int]) -> None:
    for result in (Big().execute(Program(1), options), Big().execute(Program(1), **options)):
        assert result.shot_count == 9 and result.data["counts"] == {"0": 9}


def test_keyword_arguments_win_and_unknown_options_are_reported() -> None:
    result = Big().execute(Program(1), {"shots": 5, "optimize": 2, "device": None}, shots=6)
    assert result.shot_count == 6
    assert result.metadata["ignored_options"] == ["optimize"]


def test_a_seed_is_honoured() -> None:
    program = Program(3).add("h", 0).add("h", 1).add("h", 2)
    for kind in (Big, Counts, Density, Probabilities, Expectations):
        first, again, other = (kind().execute(program, shots=500, seed=seed) for seed in (1, 1, 2))
        assert first.data == again.data != other.data
        assert first.metadata["seed"] == 1
    assert Big().execute(program, shots=500).data != Big().execute(program, shots=500).data


def test_a_seed_that_the_simulator_ignores_is_honoured_by_its_state() -> None:
    program = Program(3).add("h", 0).add("h", 1).add("h", 2)
    first, again = (Rows().execute(program, shots=500, seed=4) for _ in range(2))
    assert first.data == again.data
    assert Rows().execute(program, shots=500).metadata["seed"] is None


def test_a_seed_that_cannot_be_honoured_is_not_claimed() -> None:
    class Unseeded(Counts):
        seeded = False

    assert Unseeded().execute(Program(1), shots=5, seed=3).metadata["seed"] is None


def test_counts_only_backends_take_any_kind_with_shots() -> None:
    result = Counts().execute(
        Program(1), {"shots": 5, "simulator_type": SimulatorType.STATE_VECTOR}
    )
    assert result.simulator_type is SimulatorType.CUSTOM
    with pytest.raises(CircuitValidationError, match="counts only"):
        Counts().execute(Program(1))
    with pytest.raises(CircuitValidationError, match="probabilities only; ask for shots"):
        Probabilities().execute(Program(1))


def test_a_seed_that_the_simulator_ignores_is_honoured_by_its_probabilities() -> None:
    class Both(Probabilities):
        seeded = False

        def sample(self, n: int, gates: list[Any], shots: int, seed: int) -> Any:
            return [2**n - 1] * shots

    program = Program(2).add("h", 0)
    first, again = (Both().execute(program, shots=50, seed=4).data["counts"] for _ in range(2))
    assert first == again and set(first) == {"00", "10"}
    assert Both().execute(program, shots=50).data["counts"] == {"11": 50}


def test_density_only_backends_take_the_runners_kind_with_shots() -> None:
    result = Density().execute(Program(1), {"shots": 5, "simulator_type": "state_vector"})
    assert result.simulator_type is SimulatorType.DENSITY_MATRIX
    with pytest.raises(CircuitValidationError, match="state_vector is not offered"):
        Density().execute(Program(1), simulator_type="state_vector")


def test_limits_are_checked_before_anything_is_made() -> None:
    class Careful(Big):
        max_qubits = 5

        def gates(self) -> Any:
            raise AssertionError("made before the limit was checked")

    with pytest.raises(QubitLimitExceededError) as error:
        Careful().execute(Program(6), shots=1)
    assert error.value.details == {"requested_qubits": 6, "max_qubits": 5}
    with pytest.raises(QubitLimitExceededError):
        Careful().execute("OPENQASM 2.0; qreg q[1000000000]; h q;")
    with pytest.raises(QubitLimitExceededError):
        Density().execute(Program(7))


def test_a_missing_package_is_no_error_until_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent(Big):
        package = "no-such-distribution"
        modules = ("no_such_module.inner",)

    backend = Absent()
    assert not backend.is_available()
    assert backend.unavailable_reason() == (
        "no_such_module.inner cannot be imported; install no-such-distribution to use the backend big"
    )
    assert backend.get_version() == "unavailable"
    assert backend.get_capabilities().max_qubits == 12
    assert backend.validate_circuit(Program(1)).valid
    with pytest.raises(BackendNotInstalledError):
        backend.execute(Program(1))
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert not Big().is_available()


def test_a_package_that_fails_at_import_is_reported() -> None:
    class Broken(Big):
        def gates(self) -> Any:
            raise ImportError("cannot import name 'x' from 'y'")

    with pytest.raises(BackendError) as error:
        Broken().execute(Program(1))
    assert error.value.code is BackendErrorCode.IMPORT_FAILED


class Panic(BaseException):
    """What compiled simulators raise: no Exception."""


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (ValueError("no such gate"), BackendErrorCode.EXECUTION_FAILED),
        (MemoryError("could not allocate 16 GiB"), BackendErrorCode.MEMORY_EXCEEDED),
        (Panic("index out of bounds"), BackendErrorCode.EXECUTION_FAILED),
        (SystemExit(3), BackendErrorCode.EXECUTION_FAILED),
    ],
)
def test_whatever_a_simulator_raises_is_wrapped(
    raised: BaseException, code: BackendErrorCode
) -> None:
    class Failing(Big):
        def state(self, n: int, gates: list[Any]) -> Any:
            raise raised

    with pytest.raises(BackendError) as error:
        Failing().execute(Program(1))
    assert error.value.code is code
    assert error.value.__cause__ is raised


def test_an_interruption_is_passed_on() -> None:
    class Interrupted(Big):
        def state(self, n: int, gates: list[Any]) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Interrupted().execute(Program(1))


@pytest.mark.parametrize(
    "state",
    [
        None,
        "ket",
        [1, 0, 0],
        [0, 0, 0, 0],
        [np.nan, 0, 0, 0],
        [2, 0, 0, 0],
        [[1, 0], [0, 1]],
        object(),
    ],
    ids=["none", "text", "size", "zero", "nan", "norm", "matrix", "object"],
)
def test_what_is_no_state_is_not_passed_on(state: Any) -> None:
    class Odd(Big):
        def state(self, n: int, gates: list[Any]) -> Any:
            return state

    with pytest.raises(BackendError) as error:
        Odd().execute(Program(2), shots=5)
    assert error.value.code is BackendErrorCode.EXECUTION_FAILED


@pytest.mark.parametrize(
    "density",
    [np.eye(4), np.ones(3), [[1, 1, 0, 0], *[[0] * 4] * 3]],
    ids=["trace", "size", "skew"],
)
def test_what_is_no_density_matrix_is_not_passed_on(density: Any) -> None:
    class Odd(Density):
        def density(self, n: int, gates: list[Any]) -> Any:
            return density

    with pytest.raises(BackendError, match="density matrix"):
        Odd().execute(Program(2))


def test_a_late_result_is_a_timeout() -> None:
    class Slow(Big):
        def state(self, n: int, gates: list[Any]) -> Any:
            sum(range(300_000))
            return run(n, gates).reshape(-1)

    with pytest.raises(BackendError) as error:
        Slow().execute(Program(1), timeout_seconds=1e-4)
    assert error.value.code is BackendErrorCode.TIMEOUT
    assert Slow().execute(Program(1), timeout_seconds=60).data


def test_matrices_beyond_the_simulators_are_written_with_gates() -> None:
    matrix = np.linalg.qr(np.random.default_rng(1).normal(size=(16, 16)))[0]
    program = prepare(Program(4), ALL).matrix(matrix, 2, 0, 3, 1)
    for kind in (Big, Few, Text):
        state = kind().execute(program).data["statevector"]
        assert abs(np.vdot(state, reference.state(program.operations, 4))) == pytest.approx(
            1, abs=1e-10
        )


def test_capabilities_and_validation() -> None:
    backend = Big()
    assert backend.supports_simulator(SimulatorType.STATE_VECTOR)
    assert not backend.supports_simulator(SimulatorType.DENSITY_MATRIX)
    assert "rzz" in backend.get_supported_gates()
    good = backend.validate_circuit(Program(2).add("h", 0).measure("m", 1))
    assert good.valid and good.details == {"qubits": 2, "gates": 1, "measurement_keys": ["m"]}
    assert not backend.validate_circuit(Program(13)).valid
    assert not backend.validate_circuit("nonsense").valid
    with pytest.raises(CircuitValidationError):
        backend.estimate_resources(None)


def test_little_endian_turns_everything_together_and_only_once() -> None:
    program = Program(3).add("x", 0).add("h", 1)
    counted, state = Big().execute(program, shots=50), Big().execute(program)
    density = Density().execute(program)
    turned = to_little_endian(counted).data["counts"]
    assert set(turned) == {"001", "011"}
    assert set(counted.data["counts"]) == {"100", "110"}, "the given result was changed"
    assert np.allclose(
        np.abs(to_little_endian(state).data["statevector"]) ** 2,
        np.eye(8)[1] / 2 + np.eye(8)[3] / 2,
    )
    assert np.allclose(
        np.diag(to_little_endian(density).data["density_matrix"]),
        np.eye(8)[1] / 2 + np.eye(8)[3] / 2,
    )
    assert to_little_endian(to_little_endian(counted)).data["counts"] == turned
    assert to_little_endian(counted).metadata["qubit_order"] == "little_endian"


def test_the_table_is_made_once() -> None:
    made = []

    class Counting(Big):
        def gates(self) -> Any:
            made.append(1)
            return table()

    backend = Counting()
    backend.prepare_for_benchmark()
    for _ in range(3):
        backend.execute(Program(2).add("h", 0))
    assert len(made) == 1
