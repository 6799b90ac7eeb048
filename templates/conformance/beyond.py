"""What a backend declares beyond states and counts: noise, and several circuits in one call."""

from __future__ import annotations

import numpy as np
import pytest

from ...exceptions import CircuitValidationError
from .. import BridgeAdapter, Program
from . import reference
from .circuits import random_program
from .measure import expect_samples
from .suite import Suite

PROBABILITY = 0.1
BATCH = 3


class Beyond(Suite):
    """Each test asks for what the capabilities declare; what is not declared is refused or skipped with the reason."""

    def noisy(self, backend: BridgeAdapter) -> tuple[Program, np.ndarray]:
        """A circuit, and its density matrix when every gate depolarises its qubits."""
        if not backend.get_capabilities().supports_noise:
            with pytest.raises(CircuitValidationError, match="noise"):
                backend.execute(Program(1).add("h", 0), shots=10, noise_model=PROBABILITY)
            pytest.skip("the simulator has no noise that was measured right; it is refused")
        self.fits(2)
        self.has("h", "x", "cx")
        program = Program(2).add("h", 0).add("cx", 0, 1).add("x", 1)
        return program, depolarised(program, PROBABILITY)

    def test_noise(self, backend: BridgeAdapter) -> None:
        program, expected = self.noisy(backend)
        options = {"noise_model": {"depolarizing": PROBABILITY}}
        if "density" in backend.noise:
            found = np.asarray(backend.execute(program, options).data["density_matrix"])
            off = np.abs(found - expected).max()
            assert off < 1e-3, f"noise of p = {PROBABILITY} gives another state (off by {off:.3g})"
            assert np.trace(found @ found).real < 0.99, "the state is pure in spite of noise"
        counts = backend.execute(program, options, shots=4096).data["counts"]
        expect_samples(counts, np.diag(expected).real, "counts with noise")

    def test_noise_of_zero_is_ideal(self, backend: BridgeAdapter) -> None:
        program, _ = self.noisy(backend)
        expected = np.diag(depolarised(program, 0.0)).real
        if "density" in backend.noise:
            found = np.asarray(backend.execute(program, noise_model=0.0).data["density_matrix"])
            assert np.abs(np.diag(found).real - expected).max() < 1e-4, "p = 0 is not ideal"
        counts = backend.execute(program, shots=1024, noise_model=0.0).data["counts"]
        expect_samples(counts, expected, "counts with noise of p = 0")

    def test_batch(self, backend: BridgeAdapter) -> None:
        """Several circuits in one call give what each gives alone."""
        if not backend.get_capabilities().supports_batching:
            pytest.skip("the simulator takes one circuit at a time")
        self.fits(3)
        programs = [random_program(3, self.gates, 6, seed) for seed in range(BATCH)]
        shots = None if backend.batch_gives == "states" else 4096
        results = backend.execute_batch(programs, {"shots": shots})
        assert len(results) == BATCH
        for program, result in zip(programs, results, strict=True):
            if shots is None:
                alone = backend.execute(program).data["statevector"]
                off = np.abs(np.asarray(result.data["statevector"]) - alone).max()
                assert off < 1e-4, f"a circuit of a batch differs from itself alone by {off:.3g}"
            else:
                expected = reference.probabilities(program.operations, 3)
                expect_samples(result.data["counts"], expected, "counts of a batch")

    def test_order_of_a_batch(self, backend: BridgeAdapter) -> None:
        """Also without a native batch: results come in the order of the circuits."""
        self.fits(2)
        programs = [Program(2).add("x", qubit) for qubit in (0, 1)]
        found = backend.execute_batch(programs, {"shots": 16, "seed": 3})
        assert [dict(one.data["counts"]) for one in found] == [{"10": 16}, {"01": 16}]


def depolarised(program: Program, probability: float) -> np.ndarray:
    """The density matrix when each gate is followed by (1 - p)ρ + p/3 (XρX + YρY + ZρZ) on each of its qubits."""
    n = program.qubits
    found = np.zeros((2**n, 2**n), dtype=complex)
    found[0, 0] = 1
    for operation in program.operations:
        found = _turned(found, operation.name, operation.qubits, n, operation.parameters)
        for qubit in operation.qubits:
            paulis = sum(_turned(found, pauli, (qubit,), n) for pauli in ("x", "y", "z"))
            found = (1 - probability) * found + probability / 3 * paulis
    return found


def _turned(
    rho: np.ndarray, name: str, qubits: tuple[int, ...], n: int, parameters: tuple = ()
) -> np.ndarray:
    """UρU† with U on these qubits, first one most significant."""
    k = len(qubits)
    gate = reference.unitary(name, parameters).reshape((2,) * (2 * k))
    tensor = rho.reshape((2,) * (2 * n))
    tensor = np.tensordot(gate, tensor, (range(k, 2 * k), qubits))
    tensor = np.moveaxis(tensor, range(k), qubits)
    columns = tuple(n + qubit for qubit in qubits)
    tensor = np.tensordot(gate.conj(), tensor, (range(k, 2 * k), columns))
    return np.moveaxis(tensor, range(k), columns).reshape(2**n, 2**n)
