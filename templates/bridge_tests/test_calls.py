"""Tables of gates that are called with the circuit."""

from __future__ import annotations

from host.backends._bridge import calls


class Circuit:
    def __init__(self) -> None:
        self.steps: list[tuple] = []

    def rx(self, angle: float, qubit: int) -> Circuit:
        self.steps.append(("rx", angle, qubit))
        return self


def test_a_method_takes_parameters_then_qubits() -> None:
    circuit = Circuit()
    gate = calls({"rx": "rx"})["rx"](0.3, 1)
    assert circuit.steps == []
    assert gate(circuit) is circuit
    assert circuit.steps == [("rx", 0.3, 1)]


def test_a_function_takes_the_circuit_and_what_else_the_loop_hands_over() -> None:
    circuit = Circuit()
    gate = calls({"ry": lambda c, register, a, q: c.rx(-a, register[q])})["ry"](0.3, 1)
    gate(circuit, [7, 8])
    assert circuit.steps == [("rx", -0.3, 8)]
