"""Compatibility tests of a backend: gates, qubit order, counts and circuits against an independent reference."""

from __future__ import annotations

from itertools import permutations
from math import pi
from typing import Any

import numpy as np
import pytest

from ...base import ResultType, SimulatorType
from ...exceptions import CircuitValidationError
from .. import BridgeAdapter, Program
from . import reference
from .beyond import Beyond
from .circuits import ANGLES, fourier, ghz, prepare, random_program, random_unitary
from .measure import (
    INFIDELITY,
    counts_of,
    expect_samples,
    expect_state,
    expect_unitary,
    fidelity,
    gives_states,
)
from .measure import state_of as measured_state
from .reference import SHAPES
from .suite import Suite, needs_states
from .unit import SIMPLE, check_unitary

SEVERAL = tuple(name for name, (_, qubits) in SHAPES.items() if qubits > 1)
PUBLISHED = {
    "bell": "qreg q[2]; creg c[2]; h q[0]; cx q[0],q[1]; measure q -> c;",
    "ghz": "qreg q[4]; creg c[4]; h q[0]; cx q[0],q[1]; cx q[1],q[2]; cx q[2],q[3]; measure q -> c;",
    "deutsch_jozsa": "qreg q[3]; creg c[2]; x q[2]; h q; cx q[0],q[2]; cx q[1],q[2]; h q[0]; h q[1];"
    " measure q[0] -> c[0]; measure q[1] -> c[1];",
    "bernstein_vazirani": "qreg q[5]; creg c[4]; x q[4]; h q; cx q[0],q[4]; cx q[2],q[4]; cx q[3],q[4];"
    " h q; measure q[0] -> c[0]; measure q[1] -> c[1]; measure q[2] -> c[2]; measure q[3] -> c[3];",
    "grover": "qreg q[3]; creg c[3]; h q; h q[2]; ccx q[0],q[1],q[2]; h q[2]; h q; x q; h q[2];"
    " ccx q[0],q[1],q[2]; h q[2]; x q; h q; measure q -> c;",
    "inverse_fourier": "gate cu1(a) c,t { u1(a/2) c; cx c,t; u1(-a/2) t; cx c,t; u1(a/2) t; }"
    " qreg q[3]; creg c[3]; h q; rz(1.1) q[0]; rz(2.2) q[1]; h q[0]; cu1(-pi/2) q[0],q[1]; h q[1];"
    " cu1(-pi/4) q[0],q[2]; cu1(-pi/2) q[1],q[2]; h q[2]; measure q -> c;",
    "adder": "gate majority a,b,c { cx c,b; cx c,a; ccx a,b,c; } gate unmaj a,b,c { ccx a,b,c; cx c,a; cx a,b; }"
    " qreg cin[1]; qreg a[2]; qreg b[2]; qreg cout[1]; creg ans[3]; x a[0]; x b; majority cin[0],b[0],a[0];"
    " majority a[0],b[1],a[1]; cx a[1],cout[0]; unmaj a[0],b[1],a[1]; unmaj cin[0],b[0],a[0];"
    " measure b[0] -> ans[0]; measure b[1] -> ans[1]; measure cout[0] -> ans[2];",
    "w_state": "qreg q[3]; creg c[3]; ry(1.9106332362490186) q[0]; ch q[0],q[1]; cx q[1],q[2]; cx q[0],q[1]; x q[0];"
    " measure q -> c;",
    "swap_test": "qreg q[3]; creg c[1]; ry(0.7) q[1]; ry(1.9) q[2]; h q[0]; cswap q[0],q[1],q[2]; h q[0];"
    " measure q[0] -> c[0];",
    "variational": "qreg q[4]; creg c[4]; ry(0.3) q[0]; ry(0.9) q[1]; ry(1.5) q[2]; ry(2.1) q[3]; cz q[0],q[1];"
    " cz q[1],q[2]; cz q[2],q[3]; rx(0.4) q; u3(0.2,0.5,0.8) q[2]; measure q -> c;",
}


def expect_gate_in_counts(
    suite: Suite, backend: BridgeAdapter, name: str, parameters: tuple
) -> None:
    """A gate of a backend with counts only: circuits between two product states that tell it from other gates.

    H and S alone reach every axis, and no further gate is blamed for another one's mistake. S itself is seen against T:
    exchanging S and S† conjugates all that H and S can make, which no counts show.
    """
    _, qubits = SHAPES[name]
    first = ("t", "s") if name in ("s", "sdg") else ("s", "t")
    turns = ("h", *[gate for gate in first if gate in suite.gates][:1])
    generator = np.random.default_rng(5)
    for _ in range(12):
        program = Program(max(2, qubits))
        for side in range(2):
            for _ in range(3):
                for qubit in range(program.qubits):
                    program.add(turns[generator.integers(len(turns))], qubit)
            if side == 0:
                program.add(name, *range(qubits), parameters=parameters)
        for qubit in range(program.qubits):
            program.add("h", qubit)
        expected = reference.probabilities(program.operations, program.qubits)
        expect_samples(
            counts_of(backend, program), expected, f"{name}{parameters or ''} seen in counts"
        )


class Compatibility(Beyond):
    """The same results as any right simulator."""

    @pytest.mark.parametrize("name", [name for name in SHAPES if name not in SIMPLE])
    def test_unitary(self, backend: BridgeAdapter, name: str) -> None:
        check_unitary(self, backend, name)

    @pytest.mark.parametrize("qubits", [1, 2, 3])
    def test_matrix(self, backend: BridgeAdapter, qubits: int) -> None:
        self.fits(qubits)
        matrix = random_unitary(qubits, seed=qubits)
        if "matrix" not in self.gates:
            with pytest.raises(CircuitValidationError, match="matrix"):
                backend.execute(Program(max(2, qubits)).matrix(matrix, *range(qubits)), shots=10)
        elif gives_states(backend):
            expect_unitary(backend, "matrix", (matrix,), qubits)
        else:
            expect_state(
                backend,
                prepare(Program(3), self.gates).matrix(matrix, *range(qubits)),
                "a matrix gate",
            )

    @pytest.mark.parametrize("name", SEVERAL)
    def test_placement(self, backend: BridgeAdapter, name: str) -> None:
        """Some simulators are right on neighbours, or on three qubits, and wrong elsewhere."""
        self.has(name)
        self.fits(4)
        count, qubits = SHAPES[name]
        for places in permutations(range(4), qubits):
            program = prepare(Program(4), self.gates).add(
                name, *places, parameters=ANGLES[count][0]
            )
            expect_state(backend, program, f"{name} on qubits {places} of 4")

    def test_matrix_placement(self, backend: BridgeAdapter) -> None:
        self.has("matrix")
        self.fits(4)
        matrix = random_unitary(2, seed=7)
        for places in permutations(range(4), 2):
            expect_state(
                backend,
                prepare(Program(4), self.gates).matrix(matrix, *places),
                f"matrix on qubits {places} of 4",
            )

    @pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
    def test_x_on_each_qubit(self, backend: BridgeAdapter, n: int) -> None:
        self.fits(n)
        for qubit in range(n):
            bits = "".join("1" if place == qubit else "0" for place in range(n))
            program = Program(n).add("x", qubit)
            counts = counts_of(backend, program, shots=20)
            assert counts == {bits: 20}, (
                f"x on qubit {qubit} of {n}: counts {counts}, expected {bits}"
            )
            if gives_states(backend):
                index = int(np.argmax(np.abs(measured_state(backend, program))))
                assert index == int(bits, 2), (
                    f"x on qubit {qubit} of {n}: state |{index:0{n}b}⟩, expected |{bits}⟩"
                )

    def test_density_matrix(self, backend: BridgeAdapter) -> None:
        if not backend.supports_simulator(SimulatorType.DENSITY_MATRIX):
            pytest.skip("the simulator gives no density matrix")
        program = prepare(Program(3), self.gates).add("cx", 2, 0)
        result = backend.execute(program, simulator_type=SimulatorType.DENSITY_MATRIX)
        assert result.result_type is ResultType.DENSITY_MATRIX
        rho = np.asarray(result.data["density_matrix"])
        psi = reference.state(program.operations, 3)
        lost = 1 - float((psi.conj() @ rho @ psi).real)
        assert lost < INFIDELITY[backend.precision], (
            f"the density matrix is not that of the state (off by {lost:.3g})"
        )
        assert abs(np.trace(rho) - 1) < 1e-3
        assert np.abs(rho - rho.conj().T).max() < 1e-3
        assert np.linalg.eigvalsh(rho).min() > -1e-3

    @pytest.mark.parametrize("n", [3, 4, 5, 6, 7])
    def test_random_circuit(self, backend: BridgeAdapter, n: int) -> None:
        """Layers of all gates on permuted qubits, one of which stays idle."""
        self.fits(n)
        for seed in range(3):
            program = random_program(
                n, self.gates, depth=10, seed=seed, idle=seed if n > 3 else None
            )
            expect_state(backend, program, f"random circuit {seed} on {n} qubits")

    def test_wide_circuit(self, backend: BridgeAdapter) -> None:
        """Twelve qubits: names that are sorted as text are permuted from eleven on."""
        self.fits(12)
        program = prepare(Program(12), self.gates)
        for qubit in range(11):
            program.add("cx", (qubit * 7) % 12, (qubit * 7 + 5) % 12)
        expect_state(backend, program, "a circuit on 12 qubits")

    @pytest.mark.parametrize("seed", range(5))
    def test_against_cirq(self, backend: BridgeAdapter, seed: int) -> None:
        """Random circuits of cirq on scattered qubits, beside cirq's own simulator."""
        cirq = pytest.importorskip("cirq", reason="cirq is not installed")
        self.has("rx", "rz", "matrix")
        needs_states(backend)
        qubits = [cirq.LineQubit(place) for place in (1, 2, 5, 9)]
        circuit = cirq.testing.random_circuit(qubits, 12, 0.8, random_state=seed)
        circuit.append(cirq.FSimGate(0.4, 0.3)(qubits[3], qubits[1]))
        circuit.append(
            cirq.PhasedXZGate(x_exponent=0.3, z_exponent=0.2, axis_phase_exponent=0.1)(qubits[0])
        )
        expected = cirq.Simulator(dtype=np.complex128).simulate(
            circuit, qubit_order=sorted(circuit.all_qubits())
        )
        measured = measured_state(backend, circuit)
        assert fidelity(measured, expected.final_state_vector) > 1 - INFIDELITY[backend.precision]

    def test_ghz(self, backend: BridgeAdapter) -> None:
        n = min(8, backend.max_qubits)
        expect_state(backend, ghz(n), f"GHZ state of {n} qubits")
        counts = counts_of(backend, ghz(n))
        assert set(counts) == {"0" * n, "1" * n}, f"GHZ gives {counts}"

    def test_fourier(self, backend: BridgeAdapter) -> None:
        self.has("h", "cp", "swap")
        self.fits(4)
        for start in range(16):
            expect_state(backend, fourier(4, start), f"Fourier transform of |{start:04b}⟩")

    def test_interferometer(self, backend: BridgeAdapter) -> None:
        """H T S† H: T† in the place of T, or S in the place of S†, give 0.146 for 0.854."""
        self.has("t", "sdg")
        program = Program(1).add("h", 0).add("t", 0).add("sdg", 0).add("h", 0)
        expect_samples(
            counts_of(backend, program), np.array([0.5 + 8**-0.5, 0.5 - 8**-0.5]), "H T S† H"
        )

    def test_undone_circuit(self, backend: BridgeAdapter) -> None:
        self.has("rx", "rz")
        self.fits(4)
        program = random_program(
            4, [name for name in ("h", "x", "cx", "cz", "rx", "rz") if name in self.gates], 6, 1
        )
        for name, parameters, qubits in reversed(list(program.operations)):
            program.add(name, *qubits, parameters=tuple(-value for value in parameters))
        counts = counts_of(backend, program, shots=100)
        assert counts == {"0000": 100}, f"a circuit and its inverse give {counts}"

    def test_counts(self, backend: BridgeAdapter) -> None:
        self.fits(4)
        program = prepare(Program(4), self.gates).add("cx", 0, 3)
        expect_samples(
            counts_of(backend, program), reference.probabilities(program.operations, 4), "4 qubits"
        )

    @pytest.mark.parametrize(
        "measured",
        [(0,), (3, 1), (2, 0, 3), (3, 2, 1, 0)],
        ids=lambda value: "".join(map(str, value)),
    )
    def test_partial_measurement(self, backend: BridgeAdapter, measured: tuple[int, ...]) -> None:
        self.fits(4)
        program = prepare(Program(4), self.gates).add("cx", 0, 3).measure("m", *measured)
        expected = reference.probabilities(program.operations, 4, measured)
        expect_samples(
            counts_of(backend, program), expected, f"measured qubits {measured} in this order"
        )

    def test_several_keys(self, backend: BridgeAdapter) -> None:
        """Keys stand ordered by their lowest qubit; within a key the bits stand as measured."""
        self.fits(4)
        program = prepare(Program(4), self.gates).measure("late", 3, 1).measure("early", 2, 0)
        result = backend.execute(program, shots=4096)
        assert list(result.metadata["measurement_keys"]) == ["early", "late"]
        expect_samples(
            result.data["counts"],
            reference.probabilities(program.operations, 4, (2, 0, 3, 1)),
            "two keys",
        )

    def test_inverted_bits(self, backend: BridgeAdapter) -> None:
        program = Program(2).add("x", 0).measure("m", 0, 1, inverted=(True, True))
        assert counts_of(backend, program, shots=10) == {"01": 10}

    def test_impossible_outcomes(self, backend: BridgeAdapter) -> None:
        counts = counts_of(backend, ghz(min(3, backend.max_qubits)), shots=20_000)
        assert all(len(set(bits)) == 1 for bits in counts), f"GHZ gives {counts}"

    def test_measured_circuit_without_shots(self, backend: BridgeAdapter) -> None:
        """The state is that before the measurement."""
        needs_states(backend)
        program = ghz(2).measure("m", 0, 1)
        assert fidelity(measured_state(backend, program), np.array([1, 0, 0, 1])) > 1 - 1e-3

    def test_seed(self, backend: BridgeAdapter) -> None:
        self.fits(5)
        program = Program(5)
        for qubit in range(5):
            program.add("h", qubit)
        first, second = (counts_of(backend, program, shots=1000) for _ in range(2))
        assert first != second, "two runs without a seed gave the same counts"
        if backend.execute(program, shots=10, seed=1).metadata["seed"] is None:
            pytest.skip("the simulator's own sampling takes no seed")
        assert counts_of(backend, program, 1000, seed=11) == counts_of(
            backend, program, 1000, seed=11
        )
        assert counts_of(backend, program, 1000, seed=11) != counts_of(
            backend, program, 1000, seed=12
        )

    def test_runs_do_not_disturb_each_other(self, backend: BridgeAdapter) -> None:
        self.fits(3)
        for n in (3, 2, 3):
            expect_state(backend, ghz(n), f"GHZ state of {n} qubits after other runs")

    @pytest.mark.parametrize("text", PUBLISHED.values(), ids=PUBLISHED)
    def test_published_circuit(self, backend: BridgeAdapter, text: str) -> None:
        from .. import read

        program = read(f'OPENQASM 2.0; include "qelib1.inc"; {text}', {})
        self.fits(program.qubits)
        lowest = [operation for operation in _plain(program)]
        self.has(*sorted({name for name, _, _ in lowest}))
        measured = [qubit for key in program.ordered_measurements() for qubit in key.qubits]
        expected = reference.probabilities(lowest, program.qubits, measured)
        counts = counts_of(backend, f'OPENQASM 2.0; include "qelib1.inc"; {text}')
        expect_samples(counts, expected, "a published circuit")

    def test_parameters(self, backend: BridgeAdapter) -> None:
        cirq = pytest.importorskip("cirq", reason="cirq is not installed")
        sympy = pytest.importorskip("sympy", reason="sympy is not installed")
        self.has("ry")
        circuit: Any = cirq.Circuit(
            cirq.ry(sympy.Symbol("a"))(cirq.LineQubit(0)), cirq.measure(cirq.LineQubit(0))
        )
        assert backend.execute(circuit, shots=50, params={"a": pi}).data["counts"] == {"1": 50}
        with pytest.raises(CircuitValidationError, match="params"):
            backend.execute(circuit, shots=50)


def _plain(program: Program) -> list[reference.Operation]:
    """The operations in gates of the reference: the one further gate of the texts is written with others."""
    plain: list[reference.Operation] = []
    for name, parameters, qubits in program.operations:
        if name == "ch":
            plain += [
                ("ry", (-pi / 4,), qubits[1:]),
                ("cz", (), qubits),
                ("ry", (pi / 4,), qubits[1:]),
            ]
        else:
            plain.append((name, parameters, qubits))
    return plain
