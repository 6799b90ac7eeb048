"""What names and sentences say about gates, word by word."""

import pytest

from meaning import described, gate_of, meaning, words_of
from wording import Wording


@pytest.mark.parametrize(
    ("name", "gate"),
    [
        ("flip_if", "cx"),
        ("turn_x", "rx"),
        ("TurnZIf", "crz"),
        ("ROTATE_Y", "ry"),
        ("s_dagger", "sdg"),
        ("undo_t", "tdg"),
        ("half_flip", "sx"),
        ("sign_flip", "z"),
        ("controlled_sign", "cz"),
        ("phase_if", "cp"),
        ("flip_if_both", "ccx"),
        ("trade_if", "cswap"),
        ("trade_i", "iswap"),
        ("euler_turn", "u3"),
        ("couple_zz", "rzz"),
        ("superpose", "h"),
        ("add_control", None),
        ("apply_gate", None),
        ("zorplak", None),
        ("qubits", None),
    ],
)
def test_parts_of_names(name, gate):
    assert meaning(name) == gate


@pytest.mark.parametrize(
    ("sentence", "gate"),
    [
        ("Apply a Hadamard gate to the qubit.", "h"),
        ("Rotation about the Y axis, angle in degrees.", "ry"),
        ("Applies a controlled-NOT.", "cx"),
        ("Inverse of S", "sdg"),
        ("Number of qubits", None),
        ("The state after the gates", None),
        ("Measure all qubits.", None),
    ],
)
def test_sentences(sentence, gate):
    assert meaning(sentence) == gate


def test_camel_case_and_capitals_are_words():
    assert words_of("TurnX_ifCNOTGate") == ["turn", "x", "if", "cnot", "gate"]


def test_a_docstring_speaks_for_its_own_function_only():
    def zorp(q):
        """Hadamard."""

    class Thing:
        """A Hadamard test."""

    assert described(zorp) == "h"
    # An instance's text is that of its class.
    assert described(Thing()) is None
    assert gate_of("zorp", zorp) == "h"
    assert gate_of("zorp") is None
    # The usual names come first, whatever stands beside them.
    assert gate_of("x", zorp) == "x"


def test_words_in_quotes_come_before_what_is_usual():
    source = """if word == "FLIP": ...\nelif word == 'ZORP': ...\nprint("a sentence about x")"""
    words = Wording.of("no-such-distribution", source, frozenset())
    assert words.quoted == ["FLIP", "ZORP"]
    assert words.spelled("x")[0] == "FLIP"
    assert "X" in words.spelled("x")
    assert words.unexplained() == ["ZORP"]
