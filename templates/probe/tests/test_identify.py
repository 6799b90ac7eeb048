"""A measured unitary is named by what it does."""

import cmath
import math

import numpy as np
import pytest

from identify import ANGLE_SETS, SCALES, Measured, explain, identify, identify_matrix
from reference import ARITY, permuted, random_unitary, unitary


def seen(gate: str, scale: float = 1.0, qubits=None, parameters=None, phase: float = 0.0):
    """What is measured of a native gate with these deviations from ``gate``."""
    count, angles = ARITY[gate]
    order = qubits or tuple(range(count))
    parameter_order = parameters or tuple(range(angles))
    result = []
    for native in ANGLE_SETS:
        ours = [0.0] * angles
        for place, value in zip(parameter_order, native[:angles], strict=True):
            ours[place] = value / scale
        matrix = permuted(unitary(gate, ours), order) * cmath.exp(1j * phase)
        result.append(Measured(native[:angles], matrix))
    return result


@pytest.mark.parametrize("gate", ARITY)
def test_every_gate_is_itself_up_to_a_phase(gate: str) -> None:
    found = identify(seen(gate, phase=0.8), gate)
    assert found is not None
    assert (found.gate, found.plain) == (gate, True)
    assert found.error < 1e-12


@pytest.mark.parametrize("gate", ["rx", "ry", "rz", "p", "cp", "crz", "rzz"])
@pytest.mark.parametrize("scale", SCALES)
def test_unit_and_sign_of_angles(gate: str, scale: float) -> None:
    found = identify(seen(gate, scale), gate)
    assert found is not None
    assert (found.gate, found.scale) == (gate, pytest.approx(scale))


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_order_of_u3_angles(order: tuple[int, ...]) -> None:
    found = identify(seen("u3", parameters=order), "u3")
    assert found is not None
    assert (found.gate, found.parameters) == ("u3", order)


@pytest.mark.parametrize(
    ("gate", "order"),
    [("cx", (1, 0)), ("crz", (1, 0)), ("ccx", (2, 0, 1)), ("cswap", (1, 2, 0))],
)
def test_order_of_qubits(gate: str, order: tuple[int, ...]) -> None:
    found = identify(seen(gate, qubits=order), gate)
    assert found is not None
    assert not found.plain
    # Several orders may be one gate (the controls of ccx): what counts is the matrix.
    matrix = unitary(gate, (1.1,) * ARITY[gate][1])
    assert np.allclose(permuted(matrix, found.qubits), permuted(matrix, order))


def test_what_is_measured_is_written_into_the_driver() -> None:
    found = identify(seen("crz", scale=-1 / math.pi, qubits=(1, 0)), "crz")
    assert found is not None
    entry = found.entry({"apply": {"lit": 1}, "effect": "inplace"})
    assert entry["qubits"] == [1, 0]
    assert entry["scale"] == pytest.approx(-1 / math.pi)
    assert "angle reversed" in found.note and "half turns" in found.note
    # A second measurement of the corrected entry is plain and leaves it alone.
    again = identify(seen("crz"), "crz")
    assert again is not None and again.entry(entry) == entry


def test_a_name_is_only_a_hypothesis() -> None:
    assert identify(seen("tdg"), "t").gate == "tdg"
    assert identify(seen("s"), "t").gate == "s"
    assert identify(seen("cp"), "crz").gate == "cp"
    assert identify(seen("crz"), "cp").gate == "crz"


def test_p_and_rz_are_one_gate_up_to_a_phase() -> None:
    assert identify(seen("rz"), "p").gate == "p"
    assert identify(seen("p"), "rz").gate == "rz"
    assert "global phase" in identify(seen("p"), "rz").note


def test_the_identity_is_refused() -> None:
    assert identify([Measured(a[:1], np.eye(2)) for a in ANGLE_SETS], "rz") is None


def test_an_angle_that_changes_nothing_in_one_set_is_no_gate() -> None:
    one, _ = seen("rx")
    assert identify([one, Measured(ANGLE_SETS[1][:1], one.matrix)], "rx") is None


def test_inverses_and_nonsense_are_none_and_explained() -> None:
    iswap = unitary("iswap").conj().T
    assert identify([Measured((), iswap)], "iswap") is None
    assert explain(iswap, ()) == "it is the inverse of iswap"
    assert explain(unitary("tdg"), ()) == "it is tdg"
    assert explain(np.eye(2), ()).startswith("it does nothing")
    assert explain(np.array([[0, -1], [1, 0.5]]), ()).startswith("it is not unitary: [0 -1; 1 0.5]")


def test_without_phases_only_a_permutation_is_told_provisionally() -> None:
    flip = Measured((), unitary("x"), phased=False)
    assert identify([flip], "x").provisional
    assert identify([Measured((), unitary("z"), phased=False)], "z") is None
    assert identify([Measured((), unitary("h"), phased=False)], "h") is None


def test_matrices_in_either_order() -> None:
    wanted = random_unitary(4, 3)
    assert identify_matrix(wanted, wanted).qubits == (0, 1)
    assert identify_matrix(permuted(wanted, (1, 0)), wanted).qubits == (1, 0)
    assert identify_matrix(wanted.T, wanted) is None
    assert identify_matrix(wanted.conj(), wanted) is None
