"""Unit tests of a backend: what it says about itself, its simplest gates, and what it refuses."""

from __future__ import annotations

import inspect
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ...base import BaseBackendAdapter, Capabilities, SimulatorType
from ...exceptions import BackendNotInstalledError, CircuitValidationError, QubitLimitExceededError
from .. import BridgeAdapter, Program
from .circuits import ANGLES
from .measure import expect_unitary, gives_states, state_of
from .suite import Suite

SIMPLE = ("h", "x", "y", "z", "cx")
BAD_CIRCUITS = {
    "none": None,
    "text": "this is no circuit",
    "int": 42,
    "list": [("h", 0)],
    "dict": {"gates": []},
    "open_qasm": "OPENQASM 2.0; qreg q[2]; frobnicate q[0];",
    "no_qubits": "OPENQASM 2.0;",
    "after_measurement": "OPENQASM 2.0; qreg q[1]; creg c[1]; h q[0]; measure q[0] -> c[0]; h q[0];",
    "condition": "OPENQASM 2.0; qreg q[1]; creg c[1]; measure q[0] -> c[0]; if (c==1) x q[0];",
    "no_value": "OPENQASM 3.0; input float theta; qubit q; rx(theta) q;",
}
BAD_OPTIONS = {
    "negative_shots": {"shots": -5},
    "text_shots": {"shots": "many"},
    "fractional_shots": {"shots": 10.5},
    "contradiction": {"shots": 10, "repetitions": 20},
    "negative_seed": {"shots": 10, "seed": -1},
    "text_seed": {"shots": 10, "seed": "abc"},
    "unknown_simulator": {"simulator_type": "crystal_ball"},
    "tensor_network": {"simulator_type": SimulatorType.TENSOR_NETWORK},
    "noise": {"shots": 10, "noise_model": object()},
    "params": {"params": [1, 2]},
    "timeout": {"timeout_seconds": -1},
}


class Unit(Suite):
    """The adapter itself, one circuit at a time."""

    def test_version(self, backend: BridgeAdapter) -> None:
        version = backend.get_version()
        assert version[:1].isdigit(), f"the version of {backend.package} is {version!r}"

    def test_is_a_complete_adapter(self) -> None:
        assert issubclass(self.adapter, BaseBackendAdapter)
        assert not inspect.isabstract(self.adapter), "an abstract method is missing"
        assert self.adapter().get_name() == self.adapter.name

    def test_capabilities(self) -> None:
        capabilities = self.adapter().get_capabilities()
        assert type(capabilities) is Capabilities
        assert capabilities.max_qubits == self.adapter.max_qubits >= 1
        assert capabilities.simulator_types, "no simulator type is offered"
        assert all(self.adapter().supports_simulator(kind) for kind in capabilities.simulator_types)
        assert not self.adapter().supports_simulator(SimulatorType.TENSOR_NETWORK)
        assert capabilities.custom_features["qubit_order"] == "big_endian"

    def test_declared_gates(self, backend: BridgeAdapter) -> None:
        """What the test file expects is what the adapter can do: neither knows of a gate that the other does not."""
        able = set(backend.get_supported_gates())
        missing = [name for name in self.gates if name not in able]
        assert not missing, f"cannot run {', '.join(missing)}, though expected"
        assert not set(backend.refused) & able, (
            f"declared as refused, yet runs: {set(backend.refused) & able}"
        )

    def test_missing_package(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("GRAFT_ENVIRONMENTS", str(tmp_path))  # of isolated backends
        for module in self.adapter.modules:
            monkeypatch.setitem(sys.modules, module.partition(".")[0], None)
        backend = self.adapter()
        assert backend.is_available() is False
        assert backend.package in str(backend.unavailable_reason())
        assert isinstance(backend.get_capabilities(), Capabilities)
        assert isinstance(backend.get_version(), str)
        with pytest.raises(BackendNotInstalledError):
            backend.execute(Program(1).add("h", 0), shots=10)

    @pytest.mark.parametrize("name", SIMPLE)
    def test_unitary(self, backend: BridgeAdapter, name: str) -> None:
        check_unitary(self, backend, name)

    def test_empty_circuit(self, backend: BridgeAdapter) -> None:
        self.fits(2)
        if gives_states(backend):
            assert np.abs(state_of(backend, Program(2)) - [1, 0, 0, 0]).max() < 1e-6, (
                "an empty circuit is not |00⟩"
            )
        counts = backend.execute(Program(2), shots=10).data["counts"]
        assert counts == {"00": 10}, f"an empty circuit gives {counts}"

    def test_circuit_without_qubits(self, backend: BridgeAdapter) -> None:
        cirq = pytest.importorskip("cirq", reason="cirq is not installed")
        with pytest.raises(CircuitValidationError, match="empty"):
            backend.execute(cirq.Circuit(), shots=10)

    @pytest.mark.parametrize("circuit", BAD_CIRCUITS.values(), ids=BAD_CIRCUITS)
    def test_refuses_circuit(self, backend: BridgeAdapter, circuit: Any) -> None:
        with pytest.raises(CircuitValidationError):
            backend.execute(circuit, shots=10)
        assert backend.validate_circuit(circuit).valid is False

    @pytest.mark.parametrize("options", BAD_OPTIONS.values(), ids=BAD_OPTIONS)
    def test_refuses_options(self, backend: BridgeAdapter, options: dict[str, Any]) -> None:
        with pytest.raises(CircuitValidationError):
            backend.execute(Program(1).add("h", 0), options)

    def test_refuses_noise(self, backend: BridgeAdapter) -> None:
        cirq = pytest.importorskip("cirq", reason="cirq is not installed")
        qubit = cirq.LineQubit(0)
        with pytest.raises(CircuitValidationError, match="no unitary"):
            backend.execute(cirq.Circuit(cirq.H(qubit), cirq.depolarize(0.1)(qubit)), shots=10)

    def test_qubit_limit(self, backend: BridgeAdapter) -> None:
        program = Program(backend.max_qubits + 1).add("h", 0)
        backend.execute(
            Program(1).add("h", 0), shots=1
        )  # imports the simulator, which takes memory too
        tracemalloc.start()
        try:
            with pytest.raises(QubitLimitExceededError):
                backend.execute(program, shots=1)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 2**20, f"{peak} bytes were taken before the limit was noticed"
        assert backend.validate_circuit(program).valid is False

    def test_estimate(self, backend: BridgeAdapter) -> None:
        qubits = min(12, backend.max_qubits)
        estimate = backend.estimate_resources(Program(qubits).add("h", 0))
        state = 16 * 2.0**qubits
        if backend.supports_simulator(
            SimulatorType.DENSITY_MATRIX
        ) and not backend.supports_simulator(SimulatorType.STATE_VECTOR):
            state = 16 * 4.0**qubits
        assert state / 2 <= float(estimate.memory_mb or 0) * 2**20 <= 4 * state


def check_unitary(suite: Suite, backend: BridgeAdapter, name: str) -> None:
    """The gate's unitary with each set of angles; a gate that is not expected must be refused."""
    from .reference import SHAPES

    count, qubits = SHAPES[name]
    suite.fits(qubits)
    for parameters in ANGLES[count]:
        program = Program(max(2, qubits)).add(name, *range(qubits), parameters=parameters)
        if name not in suite.gates:
            with pytest.raises(CircuitValidationError, match=name):
                backend.execute(program, shots=10)
        elif gives_states(backend):
            expect_unitary(backend, name, parameters, qubits)
        else:
            from .compatibility import expect_gate_in_counts

            expect_gate_in_counts(suite, backend, name, parameters)
