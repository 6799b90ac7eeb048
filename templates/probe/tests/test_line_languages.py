"""What one program shows of a language that nobody has told us of."""

import pytest

from line_languages import infer, programs
from meaning import instructions


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("H 0\nRX 0.3 1\nCNOT 0 1", ("{name} {q}", "{name} {p} {q}", "{i}", " ", "\n")),
        ("h q0\nrx(0.5) q1\ncnot q0, q1", ("{name} {q}", "{name}({p}) {q}", "q{i}", ", ", "\n")),
        (
            "H Q0;CNOT Q0,Q1;RZ Q0,0.5;",
            ("{name} {q};", "{name} {q},{p};", "Q{i}", ",", " "),
        ),
        (
            "H(0)\nCX(0, 1)\nRX(0, 0.5)",
            ("{name}({q})", "{name}({q}, {p})", "{i}", ", ", "\n"),
        ),
        ("rz q[1] 90.0\nh q[0]", ("{name} {q}", "{name} {q} {p}", "q[{i}]", " ", "\n")),
    ],
)
def test_lines_show_where_angles_and_qubits_stand_and_what_is_between_them(text, shown):
    found = infer(text)
    assert found is not None
    assert tuple(found[key] for key in ("gate", "rotation", "qubit", "join", "separator")) == shown


def test_lines_before_the_gates_hold_the_size_and_lines_after_them_the_measurement():
    found = infer("start 3\nh q0\ncx q0 q1\ncx q1 q2\nmeasure q0\nmeasure q1")
    assert found is not None
    assert found["header"] == ["start {n}"]
    assert found["measure"] == ["measure q{i}"]
    assert found["words"] == {"h": ["h"], "cx": ["cx"]}


@pytest.mark.parametrize("text", ["", "H 0", "hello world\nhow are you", "x = 3\ny = 4"])
def test_what_is_no_program_shows_nothing(text):
    assert infer(text) is None


def test_programs_are_found_in_literals_and_in_docstrings():
    source = """
    def run(text):
        '''Run a program such as

            H 0
            CNOT 0 1
        '''
    run("rx q0,0.5; h q1; cz q0,q1;")
    """
    assert {one["qubit"] for one in programs(source)} == {"{i}", "q{i}"}


def test_instructions_that_the_package_explains_are_gates_by_their_own_words():
    documentation = """
    INIT n        number of qubits
    FLP q         Pauli X
    HAD q         Hadamard
    TWI q, angle  phase in multiples of pi
    CNT c, t      controlled NOT
    """
    glosses = instructions(documentation)
    assert glosses == {"FLP": "x", "HAD": "h", "TWI": "p", "CNT": "cx"}
    found = infer("INIT 2\nHAD 0\nCNT 0, 1\nTWI 1, 0.25", glosses)
    assert found is not None
    assert found["header"] == ["INIT {n}"]
    assert found["words"] == {"x": ["FLP"], "h": ["HAD"], "p": ["TWI"], "cx": ["CNT"]}
    assert (found["gate"], found["rotation"], found["join"]) == (
        "{name} {q}",
        "{name} {q}, {p}",
        ", ",
    )
