"""Reading qiskit circuits, whose matrices and registers run the other way."""

from __future__ import annotations

import numpy as np
import pytest
from host.backends._bridge import InvalidCircuit, read
from host.backends._bridge.gates import GATES
from test_read_cirq import product

qiskit = pytest.importorskip(
    "qiskit", reason="qiskit is not installed: its circuits cannot be made"
)
from qiskit.circuit import Parameter  # noqa: E402
from qiskit.circuit.library import QFTGate, UnitaryGate, XGate  # noqa: E402
from qiskit.quantum_info import Operator, random_unitary  # noqa: E402


def expected(circuit: object) -> np.ndarray:
    """qiskit's operator with qubit 0 as the most significant bit."""
    return Operator(circuit).reverse_qargs().data


def assert_same(circuit: object) -> None:
    measured, wanted = product(read(circuit, {})), expected(circuit)
    overlap = np.vdot(measured, wanted)
    assert np.abs(measured * overlap / abs(overlap) - wanted).max() < 1e-9


@pytest.mark.parametrize("name", [name for name in GATES if name not in ("u3", "u2", "cu3")])
def test_gates_keep_their_names_and_unitaries(name: str) -> None:
    gate = GATES[name]
    circuit = qiskit.QuantumCircuit(3)
    getattr(circuit, name)(
        *(0.3 * (i + 1) for i in range(gate.parameters)), *reversed(range(gate.qubits))
    )
    (found,) = read(circuit, {}).operations
    assert found.name == name and found.qubits == tuple(reversed(range(gate.qubits)))
    assert_same(circuit)


def test_everything_else_keeps_its_unitary() -> None:
    circuit = qiskit.QuantumCircuit(4)
    circuit.u(0.1, 0.2, 0.3, 0)
    circuit.cu(0.1, 0.2, 0.3, 0.4, 2, 1)
    circuit.cx(0, 1, ctrl_state=0)
    circuit.ecr(1, 3)
    circuit.rzx(0.3, 0, 2)
    circuit.mcx([0, 1, 2], 3)
    circuit.append(XGate().control(3, ctrl_state=5), [3, 2, 1, 0])
    circuit.append(UnitaryGate(random_unitary(8, seed=1)), [3, 0, 2])
    circuit.append(UnitaryGate(random_unitary(16, seed=2)), [1, 3, 0, 2])
    circuit.append(QFTGate(4), [2, 0, 3, 1])
    circuit.barrier()
    assert_same(circuit)


def test_a_users_gate_named_like_a_library_gate_is_expanded() -> None:
    inner = qiskit.QuantumCircuit(1, name="h")
    inner.x(0)
    circuit = qiskit.QuantumCircuit(1)
    circuit.append(inner.to_gate(), [0])
    assert_same(circuit)


def test_registers_become_keys_by_ascending_index() -> None:
    circuit = qiskit.QuantumCircuit(
        qiskit.QuantumRegister(3),
        qiskit.ClassicalRegister(2, "c"),
        qiskit.ClassicalRegister(1, "d"),
    )
    circuit.measure([2, 0, 1], [0, 1, 2])
    program = read(circuit, {})
    assert [(key.key, key.qubits) for key in program.ordered_measurements()] == [
        ("c", (2, 0)),
        ("d", (1,)),
    ]


def test_parameters_are_bound_by_name() -> None:
    theta = Parameter("theta")
    circuit = qiskit.QuantumCircuit(1)
    circuit.rx(2 * theta, 0)
    assert read(circuit, {"theta": 0.2}).operations[0].parameters == pytest.approx((0.4,))
    with pytest.raises(InvalidCircuit, match="params"):
        read(circuit, {})


def test_what_cannot_be_run_is_named() -> None:
    late = qiskit.QuantumCircuit(1, 1)
    late.measure(0, 0)
    late.h(0)
    reset = qiskit.QuantumCircuit(1)
    reset.h(0)
    reset.reset(0)
    branch = qiskit.QuantumCircuit(1, 1)
    with branch.if_test((branch.clbits[0], 1)):
        branch.x(0)
    initialised = qiskit.QuantumCircuit(1)
    initialised.initialize([0, 1], 0)
    for circuit, message in (
        (late, "stands after the measurement"),
        (reset, "reset"),
        (branch, "control flow"),
        (qiskit.QuantumCircuit(), "empty"),
    ):
        with pytest.raises(InvalidCircuit, match=message):
            read(circuit, {})
    assert np.allclose(np.abs(product(read(initialised, {}))[:, 0]), [0, 1])
