"""Reading OpenQASM 2 and 3: what it means, and that hostile text is refused quickly."""

from __future__ import annotations

from math import pi
from time import perf_counter

import numpy as np
import pytest
from host.backends._bridge import InvalidCircuit, TooManyQubits, read
from host.backends._bridge.gates import GATES, controlled, unitary
from test_read_cirq import product

TWO = 'OPENQASM 2.0; include "qelib1.inc"; '
THREE = 'OPENQASM 3.0; include "stdgates.inc"; '


def one(
    text: str, params: dict[str, float] | None = None
) -> tuple[str, tuple[float, ...], tuple[int, ...]]:
    (found,) = read(text, params or {}).operations
    return tuple(found)


@pytest.mark.parametrize("name", GATES)
def test_every_gate_is_read_by_its_name(name: str) -> None:
    gate = GATES[name]
    angles = ", ".join(str(0.1 * (i + 1)) for i in range(gate.parameters))
    operands = ", ".join(f"q[{i}]" for i in reversed(range(gate.qubits)))
    found = one(f"{TWO} qreg q[3]; {name}{f'({angles})' if angles else ''} {operands};")
    assert found[0] == name
    assert found[1] == pytest.approx(tuple(0.1 * (i + 1) for i in range(gate.parameters)))
    assert found[2] == tuple(reversed(range(gate.qubits)))


@pytest.mark.parametrize(
    ("written", "name"),
    [("U(0.1,0.2,0.3)", "u3"), ("u(0.1,0.2,0.3)", "u3"), ("u1(0.1)", "p"), ("phase(0.1)", "p")],
)
def test_other_names_of_gates(written: str, name: str) -> None:
    assert one(f"{THREE} qubit[1] q; {written} q[0];")[0] == name


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("pi/2", pi / 2),
        ("-pi/4+1", 1 - pi / 4),
        ("2*(3-1)/4", 1),
        ("-2**2", -4),
        ("2^3", 8),
        ("2**-1", 0.5),
        ("2**3**2", 512),
        ("1e-3", 0.001),
        (".5 + 1.", 1.5),
        ("1_000", 1000),
        ("sin(pi/6) + sqrt(4) + ln(exp(1)) + cos(0) + tan(0)", 4.5),
        ("arccos(0) + arcsin(1) + arctan(0)", pi),
        ("τ - 2*π", 0),
        ("--1", 1),
        ("7 % 4", 3),
    ],
)
def test_angles(expression: str, value: float) -> None:
    assert one(f"{THREE} qubit q; rx({expression}) q;")[1] == pytest.approx((value,))


def test_registers_follow_each_other_and_broadcast() -> None:
    program = read(TWO + "qreg a[2]; qreg b[2]; h a; cx a, b; cx a[1], b;", {})
    assert [tuple(found[2]) for found in program.operations] == [
        (0,),
        (1,),
        (0, 2),
        (1, 3),
        (1, 2),
        (1, 3),
    ]


def test_measurements_become_keys_by_register() -> None:
    program = read(
        TWO
        + "qreg q[3]; creg c[2]; creg d[1]; measure q[2] -> c[0]; measure q[0] -> c[1]; measure q[1] -> d[0];",
        {},
    )
    assert [(key.key, key.qubits) for key in program.ordered_measurements()] == [
        ("c", (2, 0)),
        ("d", (1,)),
    ]
    program = read(THREE + "qubit[2] q; bit[2] c; c[0] = measure q[1]; c[1] = measure q[0];", {})
    assert program.measurements["c"].qubits == (1, 0)
    program = read(THREE + "qubit[2] q; bit[2] c = measure q;", {})
    assert program.measurements["c"].qubits == (0, 1)
    program = read(THREE + "qubit[2] q; measure q[1];", {})
    assert program.measurements["q"].qubits == (1,)


def test_defined_gates_are_expanded() -> None:
    text = (
        TWO
        + "gate both(a, b) x, y { rx(a/2) x; barrier x, y; cx x, y; rz(-b) y; } qreg q[2]; both(pi, 0.5) q[1], q[0];"
    )
    assert [tuple(found) for found in read(text, {}).operations] == [
        ("rx", (pi / 2,), (1,)),
        ("cx", (), (1, 0)),
        ("rz", (-0.5,), (0,)),
    ]


def test_a_definition_hides_a_library_gate() -> None:
    assert one(TWO + "gate h a { x a; } qreg q[1]; h q[0];")[0] == "x"


def test_input_and_constants() -> None:
    text = THREE + "input float[64] theta; const float half = 0.5; qubit q; rx(theta * half) q;"
    assert one(text, {"theta": 3})[1] == (1.5,)


@pytest.mark.parametrize(
    ("written", "name", "parameters"),
    [
        ("ctrl @ x q[2], q[0];", "cx", ()),
        ("ctrl @ rz(0.3) q[2], q[0];", "crz", (0.3,)),
        ("ctrl @ p(0.3) q[2], q[0];", "cp", (0.3,)),
        ("inv @ s q[2];", "sdg", ()),
        ("inv @ rx(0.3) q[2];", "rx", (-0.3,)),
        ("inv @ h q[2];", "h", ()),
        ("ctrl @ inv @ rx(0.3) q[2], q[0];", "crx", (-0.3,)),
        ("ctrl(2) @ x q[2], q[0], q[1];", "ccx", ()),
        ("ctrl @ ctrl @ x q[2], q[0], q[1];", "ccx", ()),
        ("ctrl @ swap q[2], q[0], q[1];", "cswap", ()),
    ],
)
def test_modified_gates_with_a_name_keep_it(
    written: str, name: str, parameters: tuple[float, ...]
) -> None:
    found = one(f"{THREE} qubit[3] q; {written}")
    assert found[:2] == (name, parameters)
    assert found[2][:2] == ((2, 0) if len(found[2]) > 1 else (2,))


def zero_controlled(matrix: np.ndarray) -> np.ndarray:
    result = np.eye(2 * len(matrix), dtype=complex)
    result[: len(matrix), : len(matrix)] = matrix
    return result


U = unitary("u3", (0.3, 0.4, 0.5))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("negctrl @ x q[0], q[1];", zero_controlled(unitary("x"))),
        ("pow(0.5) @ x q[0];", np.kron(unitary("sx"), np.eye(2))),
        ("pow(3) @ t q[0];", np.kron(unitary("p", (3 * pi / 4,)), np.eye(2))),
        ("pow(-2) @ s q[0];", np.kron(unitary("z"), np.eye(2))),
        ("inv @ iswap q[0], q[1];", unitary("iswap").conj()),
        # OpenQASM 3: U is e^{iθ/2} u3, and u3 of the library has determinant one.
        ("ctrl @ U(0.3,0.4,0.5) q[0], q[1];", controlled(U * np.exp(0.15j))),
        ("ctrl @ u3(0.3,0.4,0.5) q[0], q[1];", controlled(U * np.exp(-0.45j))),
        ("ctrl @ gphase(0.7) q[0];", np.kron(np.diag([1, np.exp(0.7j)]), np.eye(2))),
        (
            "gate g a { gphase(0.7); h a; } ctrl @ g q[0], q[1];",
            controlled(unitary("h") * np.exp(0.7j)),
        ),
        (
            "gate g a { negctrl @ gphase(0.7) a; } ctrl @ g q[0], q[1];",
            np.diag([1, 1, np.exp(0.7j), 1]),
        ),
        ("cu(0.3,0.4,0.5,0.6) q[0], q[1];", controlled(U * np.exp(0.6j))),
    ],
)
def test_modified_gates_without_a_name_are_matrices(written: str, expected: np.ndarray) -> None:
    measured = product(read(f"{THREE} qubit[2] q; {written}", {}))
    overlap = np.vdot(measured, expected)
    assert np.abs(measured * overlap / abs(overlap) - expected).max() < 1e-9


def test_both_zero_controls() -> None:
    measured = product(read(THREE + "qubit[3] q; negctrl(2) @ x q[0], q[1], q[2];", {}))
    expected = np.eye(8)
    expected[:2, :2] = [[0, 1], [1, 0]]
    assert np.allclose(measured, expected)


def test_comments_strings_and_what_changes_nothing() -> None:
    text = (
        TWO + "/* h q; \n */ qreg q[1]; // x q;\nreset q[0]; barrier q; id q[0]; u0 q[0];\nh q[0];"
    )
    assert one(text)[0] == "h"


REFUSED = {
    "empty": "",
    "words": "this is no circuit",
    "no_qubits": "OPENQASM 3.0;",
    "version": "OPENQASM 4.0; qubit q;",
    "include": 'OPENQASM 3.0; include "../secret"; qubit q;',
    "unknown_gate": TWO + "qreg q[1]; frobnicate q[0];",
    "opaque": TWO + "opaque magic a; qreg q[1]; magic q[0];",
    "if": TWO + "qreg q[1]; creg c[1]; if (c == 1) x q[0];",
    "if_block": THREE + "qubit q; bit c; if (c) { x q; }",
    "loop": THREE + "qubit q; for int i in [0:3] { x q; }",
    "while": THREE + "qubit q; while (true) { x q; }",
    "def": THREE + "def f(qubit a) { x a; } qubit q; f(q);",
    "after_measurement": TWO + "qreg q[1]; creg c[1]; measure q[0] -> c[0]; h q[0];",
    "reset": TWO + "qreg q[1]; h q[0]; reset q[0];",
    "no_semicolon": TWO + "qreg q[1]; h q[0]",
    "open_brace": TWO + "gate g a { h a;",
    "index": TWO + "qreg q[1]; h q[1];",
    "negative_index": TWO + "qreg q[1]; h q[-2];",
    "index_name": TWO + "qreg q[1]; h q[a];",
    "same_qubit": TWO + "qreg q[2]; cx q[0], q[0];",
    "widths": TWO + "qreg a[2]; qreg b[3]; cx a, b;",
    "operands": TWO + "qreg q[2]; cx q[0];",
    "no_operand": TWO + "qreg q[2]; h ;",
    "angles": TWO + "qreg q[1]; rx q[0];",
    "zero_division": TWO + "qreg q[1]; rx(1/0) q[0];",
    "overflow": TWO + "qreg q[1]; rx(10^10^10) q[0];",
    "infinite": TWO + "qreg q[1]; rx(1e999) q[0];",
    "complex": TWO + "qreg q[1]; rx((-2)^0.5) q[0];",
    "logarithm": TWO + "qreg q[1]; rx(ln(0)) q[0];",
    "unknown_value": THREE + "qubit q; rx(theta) q;",
    "missing_input": THREE + "input float theta; qubit q; rx(theta) q;",
    "twice": TWO + "qreg q[1]; qreg q[1];",
    "size_zero": TWO + "qreg q[0];",
    "size_name": TWO + "qreg q[n];",
    "bits": TWO + "qreg q[2]; creg c[1]; measure q -> c;",
    "no_register": TWO + "qreg q[1]; measure q[0] -> d[0];",
    "foreign_qubit": TWO + "gate g a { h b; } qreg q[1]; g q[0];",
    "recursion": TWO + "gate g a { g a; } qreg q[1]; g q[0];",
    "mutual_recursion": TWO + "gate f a { g a; } gate g a { f a; } qreg q[1]; g q[0];",
    "trailing": TWO + "qreg q[1]; h q[0] q[0];",
    "character": TWO + "qreg q[1]; h q[0]; `",
    "controls": THREE + "qubit[2] q; ctrl(1.5) @ x q[0], q[1];",
    "too_many_controls": THREE + "qubit[2] q; ctrl(1000000000) @ x q[0], q[1];",
    "no_target": THREE + "qubit[2] q; ctrl @ x q[0];",
    "physical": "OPENQASM 3.0; qubit[1] q; h $0;",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_run_is_refused(text: str) -> None:
    with pytest.raises(InvalidCircuit):
        read(text, {})


HOSTILE = {
    "parentheses": TWO + f"qreg q[1]; rx({'(' * 50_000}1{')' * 50_000}) q[0];",
    "signs": TWO + f"qreg q[1]; rx({'-' * 100_000}1) q[0];",
    "powers": TWO + f"qreg q[1]; rx({'9^' * 5000}9) q[0];",
    "nested_definitions": TWO
    + "gate g0 a { h a; h a; h a; h a; }"
    + "".join(f"gate g{i} a {{ {f'g{i - 1} a; ' * 10} }}" for i in range(1, 12))
    + "qreg q[1]; g11 q[0];",
    "empty_definitions": TWO
    + "gate g0 a { }"
    + "".join(f"gate g{i} a {{ {f'g{i - 1} a; ' * 10} }}" for i in range(1, 12))
    + "qreg q[1]; g11 q[0];",
    "long_chain": TWO
    + "gate g0 a { h a; }"
    + "".join(f"gate g{i} a {{ g{i - 1} a; }}" for i in range(1, 2000))
    + "qreg q[1]; g1999 q[0];",
    "long_number": TWO + f"qreg q[{'9' * 100_000}];",
    "long_name": TWO + f"qreg q[1]; {'h' * 100_000} q[0];",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_quickly(text: str) -> None:
    started = perf_counter()
    with pytest.raises((InvalidCircuit, TooManyQubits)) as error:
        read(text, {})
    assert perf_counter() - started < 20
    assert len(str(error.value)) < 300


def test_large_registers_are_refused_by_number() -> None:
    with pytest.raises(TooManyQubits) as error:
        read(TWO + "qreg q[1000000000]; h q;", {})
    assert error.value.requested == 1_000_000_000
