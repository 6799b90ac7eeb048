"""Reading cirq circuits: names stay, anything else keeps its unitary, and what cannot be run is named."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
import pytest
from host.backends._bridge import InvalidCircuit, Operation, TooManyQubits, read
from host.backends._bridge.gates import unitary
from host.backends._bridge.program import Program

cirq = pytest.importorskip("cirq")
sympy = pytest.importorskip("sympy")

A, B, C, D = cirq.LineQubit.range(4)
NAMED = {
    "h": (cirq.H(A), "h", ()),
    "x": (cirq.X(A), "x", ()),
    "y": (cirq.Y(A), "y", ()),
    "z": (cirq.Z(A), "z", ()),
    "s": (cirq.S(A), "s", ()),
    "sdg": ((cirq.S**-1)(A), "sdg", ()),
    "t": (cirq.T(A), "t", ()),
    "tdg": ((cirq.T**-1)(A), "tdg", ()),
    "sx": ((cirq.X**0.5)(A), "sx", ()),
    "sxdg": ((cirq.X**-0.5)(A), "sxdg", ()),
    "rx": (cirq.rx(0.3)(A), "rx", (0.3,)),
    "ry": (cirq.ry(-4.1)(A), "ry", (-4.1,)),
    "rz": (cirq.rz(pi)(A), "rz", (pi,)),
    "x_power": ((cirq.X**0.3)(A), "rx", (0.3 * pi,)),
    "y_power": ((cirq.Y**0.3)(A), "ry", (0.3 * pi,)),
    "z_power": ((cirq.Z**0.3)(A), "p", (0.3 * pi,)),
    "cx": (cirq.CNOT(B, A), "cx", ()),
    "cz": (cirq.CZ(A, B), "cz", ()),
    "cz_power": ((cirq.CZ**0.3)(A, B), "cp", (0.3 * pi,)),
    "swap": (cirq.SWAP(A, B), "swap", ()),
    "iswap": (cirq.ISWAP(A, B), "iswap", ()),
    "zz_power": ((cirq.ZZ**0.3)(A, B), "rzz", (0.3 * pi,)),
    "controlled_rz": (cirq.rz(0.3)(B).controlled_by(A), "crz", (0.3,)),
    "controlled_rx": (cirq.rx(0.3)(B).controlled_by(A), "crx", (0.3,)),
    "controlled_z_power": ((cirq.Z**0.3)(B).controlled_by(A), "cp", (0.3 * pi,)),
    "controlled_x": (cirq.ControlledGate(cirq.X)(A, B), "cx", ()),
    "controlled_h": (cirq.H(B).controlled_by(A), "ch", ()),
    "ccx": (cirq.CCX(C, A, B), "ccx", ()),
    "toffoli_by_control": (cirq.X(C).controlled_by(A, B), "ccx", ()),
    "ccz": (cirq.CCZ(A, B, C), "ccz", ()),
    "cswap": (cirq.CSWAP(A, B, C), "cswap", ()),
    "tagged": (cirq.H(A).with_tags("mine"), "h", ()),
}
UNNAMED = {
    "h_power": (cirq.H**0.3)(A),
    "iswap_inverse": (cirq.ISWAP**-1)(A, B),
    "swap_power": (cirq.SWAP**0.5)(B, A),
    "cx_power": (cirq.CNOT**0.3)(B, A),
    "phased_x": cirq.PhasedXPowGate(phase_exponent=0.2, exponent=0.3)(A),
    "phased_xz": cirq.PhasedXZGate(x_exponent=0.1, z_exponent=0.2, axis_phase_exponent=0.3)(A),
    "fsim": cirq.FSimGate(0.3, 0.4)(B, A),
    "givens": cirq.givens(0.3)(A, B),
    "matrix": cirq.MatrixGate(cirq.testing.random_unitary(4, random_state=1))(C, A),
    "matrix_on_four": cirq.MatrixGate(cirq.testing.random_unitary(16, random_state=2))(D, B, A, C),
    "zero_control": cirq.X(B).controlled_by(A, control_values=[0]),
    "ccx_power": (cirq.CCX**0.5)(C, A, B),
    "pauli_string": cirq.X(A) * cirq.Y(C),
    "qft": cirq.qft(A, B, C, D),
    "subcircuit": cirq.CircuitOperation(
        cirq.FrozenCircuit(cirq.H(A), cirq.CNOT(A, B), cirq.T(B)), repetitions=3
    ),
    "controlled_rz_twice": cirq.rz(0.3)(C).controlled_by(A, B),
    "five_controls": cirq.X(D).controlled_by(A, B, C),
}


def product(program: Program) -> np.ndarray:
    qubits = program.qubits
    total = np.eye(2**qubits, dtype=complex).reshape((2,) * qubits + (-1,))
    for name, parameters, places in program.operations:
        k = len(places)
        matrix = parameters[0] if name == "matrix" else unitary(name, parameters)
        total = np.tensordot(matrix.reshape((2,) * (2 * k)), total, (range(k, 2 * k), places))
        total = np.moveaxis(total, range(k), places)
    return total.reshape(2**qubits, -1)


@pytest.mark.parametrize(("operation", "name", "parameters"), NAMED.values(), ids=NAMED)
def test_what_the_user_wrote_stays(
    operation: Any, name: str, parameters: tuple[float, ...]
) -> None:
    program = read(cirq.Circuit(cirq.I.on_each(A, B, C), operation), {})
    (found,) = program.operations
    assert found.name == name
    assert found.parameters == pytest.approx(parameters, abs=1e-15)
    assert found.qubits == tuple(qubit.x for qubit in operation.qubits)


@pytest.mark.parametrize(
    "operation", [*(row[0] for row in NAMED.values()), *UNNAMED.values()], ids=[*NAMED, *UNNAMED]
)
def test_every_gate_keeps_its_unitary(operation: Any) -> None:
    circuit = cirq.Circuit(cirq.I.on_each(A, B, C, D), operation)
    cirq.testing.assert_allclose_up_to_global_phase(
        product(read(circuit, {})), cirq.unitary(circuit), atol=1e-7
    )


def test_qubits_are_sorted_as_cirq_sorts_them() -> None:
    names = [cirq.NamedQubit(name) for name in ("q10", "q2", "a")]
    program = read(cirq.Circuit(cirq.X(names[0]), cirq.H(names[1]), cirq.T(names[2])), {})
    assert {found.name: found.qubits for found in program.operations} == {
        "x": (2,),
        "h": (1,),
        "t": (0,),
    }


def test_measurements_keep_their_order_and_flips() -> None:
    circuit = cirq.Circuit(
        cirq.H(A), cirq.measure(C, A, key="late", invert_mask=(True,)), cirq.measure(B, key="b")
    )
    program = read(circuit, {})
    late, single = program.ordered_measurements()
    assert (late.key, late.qubits, late.inverted) == ("late", (2, 0), (True, False))
    assert (single.key, single.qubits) == ("b", (1,))


def test_a_measured_qubit_may_be_measured_again() -> None:
    program = read(cirq.Circuit(cirq.measure(A, key="a"), cirq.measure(A, key="b")), {})
    assert list(program.measurements) == ["a", "b"]


def test_parameters_are_resolved() -> None:
    circuit = cirq.Circuit(cirq.rx(sympy.Symbol("a") * 2)(A), cirq.Y(A) ** sympy.Symbol("b"))
    program = read(circuit, {"a": 0.1, "b": 0.5})
    assert [found.name for found in program.operations] == ["rx", "ry"]
    assert program.operations[0].parameters == pytest.approx((0.2,))


def test_nothing_is_left_of_what_changes_nothing() -> None:
    circuit = cirq.Circuit(
        cirq.I(A),
        cirq.WaitGate(cirq.Duration(nanos=5))(A),
        cirq.global_phase_operation(1j),
        cirq.reset(B),
    )
    program = read(circuit, {})
    assert program.operations == [] and program.qubits == 2


REFUSED = {
    "empty": (cirq.Circuit(), "empty"),
    "operation": (cirq.H(A), "no circuit"),
    "moment": (cirq.Moment(cirq.H(A)), "no circuit"),
    "gate_after_measurement": (
        cirq.Circuit(cirq.measure(A), cirq.H(A)),
        "h on qubit 0 stands after the measurement",
    ),
    "matrix_after_measurement": (
        cirq.Circuit(cirq.measure(A), (cirq.H**0.3)(A)),
        "matrix on qubits 0 stands after",
    ),
    "part_after_measurement": (
        cirq.Circuit(cirq.measure(A), cirq.CNOT(B, A)),
        "cx on qubits 1, 0 stands after",
    ),
    "reset": (cirq.Circuit(cirq.H(A), cirq.reset(A)), "reset"),
    "classical_control": (
        cirq.Circuit(cirq.measure(A, key="a"), cirq.X(B).with_classical_controls("a")),
        "depends on",
    ),
    "noise": (cirq.Circuit(cirq.depolarize(0.1)(A)), "depolarize.*no unitary"),
    "damping": (cirq.Circuit(cirq.amplitude_damp(0.1)(A)), "no unitary"),
    "symbol": (cirq.Circuit(cirq.rx(sympy.Symbol("theta"))(A)), "theta.*params"),
    "symbol_in_matrix": (cirq.Circuit(cirq.H(A) ** sympy.Symbol("t")), "params"),
    "symbol_in_fsim": (cirq.Circuit(cirq.FSimGate(sympy.Symbol("t"), 0)(A, B)), "params"),
    "infinite": (cirq.Circuit(cirq.rx(float("inf"))(A)), "not finite"),
    "nan": (cirq.Circuit(cirq.rz(float("nan"))(A)), "not finite"),
    "qutrit": (cirq.Circuit(cirq.IdentityGate(qid_shape=(3,))(cirq.LineQid(0, 3))), "3 levels"),
    "same_key": (cirq.Circuit(cirq.measure(A, key="k"), cirq.measure(B, key="k")), "used twice"),
    "confusion": (
        cirq.Circuit(cirq.measure(A, confusion_map={(0,): np.array([[0.9, 0.1], [0.1, 0.9]])})),
        "confusion",
    ),
    "repeat_forever": (
        cirq.Circuit(cirq.CircuitOperation(cirq.FrozenCircuit(cirq.H(A)), repetitions=10**9)),
        "repeated",
    ),
    "large_matrix": (
        cirq.Circuit(cirq.MatrixGate(np.eye(2**11))(*cirq.LineQubit.range(11))),
        "largest is 10",
    ),
}


@pytest.mark.parametrize(("circuit", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_run_is_named(circuit: Any, message: str) -> None:
    with pytest.raises(InvalidCircuit, match=message):
        read(circuit, {})


def test_thousands_of_qubits_are_refused_by_number() -> None:
    with pytest.raises(TooManyQubits):
        read(cirq.Circuit(cirq.H.on_each(*cirq.LineQubit.range(5000))), {})


def test_a_program_is_checked_as_it_is_built() -> None:
    program = Program(2)
    for bad in (
        lambda: program.add("nope", 0),
        lambda: program.add("h", 2),
        lambda: program.add("h", True),
        lambda: program.add("cx", 1, 1),
        lambda: program.add("cx", 0),
        lambda: program.add("rx", 0),
        lambda: program.add("rx", 0, parameters=("a",)),
        lambda: program.add("rx", 0, parameters=(float("inf"),)),
        lambda: program.matrix(np.ones((2, 2)), 0),
        lambda: program.matrix(np.eye(4), 0),
        lambda: program.matrix("text", 0),
        lambda: program.matrix(np.full((2, 2), np.nan), 0),
        lambda: program.measure("m"),
        lambda: program.measure("m", 5),
        lambda: Program(0),
        lambda: Program(1.0),
        lambda: Program(True),
    ):
        with pytest.raises(InvalidCircuit):
            bad()
    assert program.operations == [] and not program.measurements
    assert read(program, {}) is program
    assert str(Operation("rx", (0.25,), (1,))) == "rx(0.25) on qubit 1"
