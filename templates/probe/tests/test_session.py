"""Eighteen mistakes that real adapters made are told apart; two harmless ones are accepted."""

import math

import pytest
from drivers import driver, gate, matrix_gate

from measure import measure_gates
from reference import ARITY
from session import Session

TURNING = {"s", "sdg", "t", "tdg", "sx", "rx", "rz", "p", "u3", "iswap", "cp", "crz", "rzz"}
ROTATIONS = {"rx", "ry", "rz"}
ANGLED = {name for name, (_, parameters) in ARITY.items() if parameters}

#: Fault -> the gates that are measured wrong because of it.
MUTANTS = {
    "conjugated": TURNING,
    "rotation signs": ROTATIONS,
    "half turns": ANGLED,
    "t is tdg": {"t", "tdg"},
    "s is sdg": {"s", "sdg"},
    "control swapped": {"cx"},
    "cz is cx": {"cz"},
    "crz is cp": {"crz"},
    "cp is crz": {"cp"},
    "u3 order": {"u3"},
    "swap dropped": {"swap"},
    "ccx dropped": {"ccx"},
    "ccx target first": {"ccx"},
    "iswap dagger": {"iswap"},
    "t is s": {"t"},
    "rz sign": {"rz"},
    "degrees": ANGLED,
    "p does nothing": {"p"},
    "u3 phi lam": {"u3"},
    "not unitary": {"y"},
}
HARMLESS = ["", "rz is p", "x is rx(pi)", "random phase", "no phase", "reversed bits"]


def wrong(measured: list[dict]) -> set[str]:
    return {one["gate"] for one in measured if one["outcome"] == "wrong"}


@pytest.mark.parametrize("fault", MUTANTS)
def test_mutants_are_caught_and_only_their_gates(fault: str) -> None:
    measured = measure_gates(driver(fault))
    assert wrong(measured) == MUTANTS[fault]
    assert all(one["reason"] for one in measured if one["outcome"] == "wrong")


@pytest.mark.parametrize("fault", HARMLESS)
@pytest.mark.parametrize("reading", ["state", "density", "probabilities"])
def test_harmless_ones_are_accepted(fault: str, reading: str) -> None:
    measured = measure_gates(driver(fault, reading))
    assert wrong(measured) == set()
    assert max(one["error"] for one in measured if one["outcome"] == "right") < 1e-8
    assert [one["gate"] for one in measured if one["outcome"] == "missing"] == ["matrix"]


def test_a_start_state_that_is_not_zero() -> None:
    session = Session(driver("plus start"), 3)
    assert not session.establish()
    assert "no single outcome" in session.reason
    prepared = Session({**driver("plus start"), "plus": True}, 3)
    assert prepared.establish()
    assert prepared.identify(gate("h"), 1, 0, "h").gate == "h"
    assert wrong(measure_gates({**driver("plus start"), "plus": True})) == set()


@pytest.mark.parametrize(("fault", "order"), [("", "big"), ("reversed bits", "little")])
def test_order_of_the_state(fault: str, order: str) -> None:
    session = Session(driver(fault), 3)
    assert session.establish()
    assert session.order == order


def test_state_and_counts_have_orders_of_their_own() -> None:
    both = driver("", counts=True)
    orders = []
    for which in ("state", "counts"):
        session = Session(both, 3, which)
        assert session.establish()
        orders.append(session.order)
    assert orders == ["big", "little"]


@pytest.mark.parametrize(
    ("fault", "name", "expected"),
    [
        ("rz sign", "rz", {"scale": -1}),
        ("half turns", "rx", {"scale": 1 / math.pi}),
        ("degrees", "crz", {"scale": 180 / math.pi}),
        ("control swapped", "cx", {"qubits": [1, 0]}),
        ("ccx target first", "ccx", {"qubits": [2, 0, 1]}),
        ("u3 phi lam", "u3", {"parameters": [0, 2, 1]}),
    ],
)
def test_what_is_measured_mends_the_driver(fault: str, name: str, expected: dict) -> None:
    made = driver(fault)
    session = Session(made, 3)
    assert session.establish()
    found = session.identify(made["gates"][name], *ARITY[name], name)
    entry = found.entry(made["gates"][name])
    if fault != "ccx target first":  # its controls commute: any order with the target right
        for key, value in expected.items():
            assert entry[key] == pytest.approx(value)
    made["gates"][name] = entry
    assert name not in wrong(measure_gates(made))


def test_bootstrap_before_any_superposition_is_known() -> None:
    bare = driver(gates=("x",))
    session = Session(bare, 3)
    assert session.establish()
    assert session.identify(gate("x"), 1, 0, "x").provisional
    assert session.identify(gate("z"), 1, 0, "z") is None
    assert "superposition" in session.reason
    for name in ("h", "ry", "rx", "sx", "u3"):
        found = session.identify(gate(name), *ARITY[name], name)
        assert (found.gate, found.plain, found.provisional) == (name, True, False)


def test_a_gate_set_without_hadamard() -> None:
    names = ("x", "u3", "cx", "rz", "cp")
    assert wrong(measure_gates(driver(gates=names))) == set()
    assert wrong(measure_gates(driver("cp is crz", gates=names))) == {"cp"}


def test_a_literal_copied_from_an_example_is_seen() -> None:
    session = Session(driver("copied literal"), 3)
    assert session.establish()
    assert session.identify(gate("cx"), 2, 0, "cx") is None
    assert session.reason


def test_matrices() -> None:
    for fault, order in (("", (0, 1, 2)), ("matrix little", (2, 1, 0))):
        session = Session(driver(fault), 3)
        assert session.establish()
        assert session.identify(matrix_gate(), 3, 0, "matrix").qubits == order
    session = Session(driver("matrix transposed"), 3)
    assert session.establish()
    assert session.identify(matrix_gate(), 2, 0, "matrix") is None
    made = driver()
    made["gates"]["matrix"] = matrix_gate()
    assert measure_gates(made)[-1] | {"via": ""} == {
        "gate": "matrix",
        "outcome": "right",
        "qubits": 3,
        "error": pytest.approx(0, abs=1e-12),
        "via": "",
    }


@pytest.mark.parametrize(
    ("fault", "precision"), [("", "double"), ("single", "single"), ("three decimals", "rounded")]
)
def test_precision_sets_the_tolerance(fault: str, precision: str) -> None:
    session = Session(driver(fault), 3)
    assert session.establish()
    session.note_precision()
    assert session.precision == precision
    assert wrong(measure_gates(driver(fault))) == set()


@pytest.mark.parametrize("fault", ["s is sdg", "t is tdg", "rz sign", "cp is crz", "ccx dropped"])
def test_mutants_are_seen_through_probabilities(fault: str) -> None:
    assert wrong(measure_gates(driver(fault, "probabilities"))) == MUTANTS[fault]


@pytest.mark.parametrize("fault", ["", "s is sdg", "control swapped", "degrees"])
def test_mutants_are_seen_through_counts(fault: str) -> None:
    assert wrong(measure_gates(driver(fault, state=None))) == MUTANTS.get(fault, set())


def test_a_wholly_conjugated_world_of_counts_is_right() -> None:
    # No experiment without amplitudes differs: see interference.py.
    assert wrong(measure_gates(driver("conjugated", "probabilities"))) == set()
