"""Layouts and dialects: the data is complete, the examples are true, the words splice."""

import itertools
import json
from pathlib import Path

import pytest

import dialects
import gatecalls
from layouts import Parameter, Shape, layouts, substitute
from vocabulary import SHAPES, hypothesis, parameter_role, spellings

ROWS = json.loads((Path(__file__).parents[1] / "layouts.json").read_text("utf-8"))


FORMS = json.loads((Path(__file__).parents[1] / "forms.json").read_text("utf-8"))
PLACES = ("{}", "[{}]", "({})")


def test_every_form_is_a_row_with_who_receives_it_how_it_is_named_and_what_comes_back():
    assert {row["form"] for row in FORMS} == set(gatecalls._FORMS)
    assert all(all(row.values()) and len(row) == 6 for row in FORMS)
    # Who receives the gate, along the first axis of the space.
    assert {"circuit", "state", "register", "gate", "module", "context", "list"} <= {
        row["receiver"] for row in FORMS
    }


def test_the_table_is_the_product_of_its_axes():
    names = {row["layout"] for row in ROWS}
    for qubits, angles in itertools.product(PLACES, PLACES):
        pair = (qubits.format("q"), angles.format("p"))
        assert {", ".join(pair), ", ".join(reversed(pair))} <= names
    for controls, targets in itertools.product(PLACES, PLACES):
        for first, second in itertools.permutations((controls.format("c"), targets.format("t"))):
            apart = {f"{first}, {second}, p", f"p, {first}, {second}", f"{first}, p, {second}"}
            assert apart <= names


def spell(expression):
    """Python text of a small expression."""
    if "role" in expression:
        return expression["role"]
    kind = "list" if "list" in expression else "tuple"
    inside = ", ".join(spell(part) for part in expression[kind])
    return f"[{inside}]" if kind == "list" else f"({inside})"


def written(shape, **more):
    return {
        ", ".join([*map(spell, one.args), *(f"{k}={spell(v)}" for k, v in one.kwargs)]): one.code
        for one in layouts(shape, **more)
    }


def test_every_layout_has_an_example_and_is_there_once():
    assert all(row["example"] for row in ROWS)
    assert len({row["layout"] for row in ROWS}) == len(ROWS)


def test_words_splice():
    one = written(Shape(1, 1))
    assert list(one)[:3] == ["q0, p0", "p0, q0", "[q0], p0"]
    assert "p0" not in one and "q0" not in one
    two = written(Shape(2, 0, 1))
    assert {"q0, q1", "[q0, q1]", "q1, q0", "[q0], q1", "q1, control=q0"} <= set(two)
    three = written(Shape(3, 0, 2))
    assert {"[q0, q1], q2", "q2, q0, q1", "q2, control=[q0, q1]"} <= set(three)
    assert "q2, control=q0" not in three


def test_three_parameters():
    assert {"q0, p0, p1, p2", "p0, p1, p2, q0", "q0, theta=p0, phi=p1, lam=p2"} <= set(
        written(Shape(1, 3))
    )


def test_a_signature_comes_first_and_excludes_its_opposite():
    signature = [Parameter("angle"), Parameter("qubit")]
    found = written(Shape(1, 1), signature=signature)
    assert list(found)[:2] == ["p0, q0", "qubit=q0, angle=p0"]
    assert "q0, theta=p0" not in found


def test_the_number_of_qubits_stands_where_the_signature_has_it():
    signature = [Parameter("target"), Parameter("n_qubits"), Parameter("theta")]
    assert next(iter(written(Shape(1, 1), signature=signature))) == "q0, n, p0"
    without = [Parameter("target"), Parameter("theta")]
    assert not any("n" in call.split(", ") for call in written(Shape(1, 1), signature=without))


def test_names_tell_the_target_from_the_controls():
    signature = [Parameter("target"), Parameter("controls")]
    assert next(iter(written(Shape(3, 0, 2), signature=signature))) == "q2, [q0, q1]"


def test_keyword_only_controls():
    signature = [Parameter("targets", keyword_only=True), Parameter("controls", keyword_only=True)]
    assert "controls=[q0], targets=[q1]" in written(Shape(2, 0, 1), signature=signature)


def test_substitution_reaches_everywhere():
    expression = {"call": {"var": "f"}, "args": [{"list": [{"role": "q0"}]}]}
    handle = {"item": [{"var": "register"}, {"role": "q0"}]}
    assert substitute(expression, {"q0": handle})["args"][0]["list"] == [handle]


@pytest.mark.parametrize("name", dialects.names())
@pytest.mark.parametrize("gate", SHAPES)
def test_every_dialect_can_write_every_gate(name, gate):
    word, line = next(iter(dialects.gate_lines(name, gate, frozenset())))
    roles = [part["role"] for part in line["format"] if isinstance(part, dict)]
    qubits, parameters = SHAPES[gate]
    assert sorted(roles) == sorted(
        [f"q{i}" for i in range(qubits)] + [f"p{i}" for i in range(parameters)]
    )
    assert word in line["format"][0]


def test_words_that_the_package_knows_come_first():
    words = [
        word
        for word, _ in dialects.gate_lines("openqasm3_plain", "tdg", frozenset({"ti", "tconj"}))
    ]
    assert words.index("tconj") < words.index("td")


def test_a_line_for_each_qubit_and_further_lines_at_the_end():
    text = dialects.text_dialect("openqasm2_each", measured=True)
    assert text["footer"] == [["measure q[", {"role": "q0"}, "] -> c[", {"role": "q0"}, "];"]]
    assert dialects.text_dialect("openqasm3", footer=["#pragma a"])["footer"] == [["#pragma a"]]


@pytest.mark.parametrize(
    ("name", "gate"),
    [
        ("add_H_gate", "h"), ("CXGate", "cx"), ("pkg.gates:PauliX", "x"), ("sqrtX", "sx"), ("apply_hadamard", "h"),
        ("Toffoli", "ccx"), ("controlled_phase", "cp"), ("ControlledPhaseShift", "cp"), ("dot", None), ("qu", None),
        ("measure", None), ("", None),
    ],
)  # fmt: skip
def test_hypotheses(name, gate):
    assert hypothesis(name) == gate


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("n_qubits", "n"), ("num_wires", "n"), ("theta", "angle"), ("arg_value", "angle"), ("control", "control"),
        ("target", "qubit"), ("nshots", "shots"), ("seed", "seed"), ("initial_state", "state"),
        ("circuit_ir", "circuit"),
        ("source", "text"), ("verbose", None),
    ],
)  # fmt: skip
def test_roles_of_parameters(name, role):
    assert parameter_role(name) == role


def test_spellings_are_unique():
    for gate in SHAPES:
        words = spellings(gate)
        assert len(set(words)) == len(words)
