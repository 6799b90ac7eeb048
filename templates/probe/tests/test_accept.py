"""What passes gate by gate at n = 3 and is wrong elsewhere is left out and named."""

import json

import pytest
from drivers import driver

from accept import accept, accept_afresh


def test_a_right_driver_is_accepted_in_a_fresh_process() -> None:
    found = accept_afresh(driver("random phase"))
    assert (found.ok, found.reason, found.failed, found.limits) == (True, "", {}, [])
    assert found.largest == 12
    assert found.circuits > 200


@pytest.mark.parametrize(
    ("fault", "gates", "evidence"),
    [
        ("placement", {"ccx"}, "at n = 4: an amplitude is off by"),
        ("one angle per layer", {"rx", "ry", "rz"}, "4 of them in one layer at n = 4"),
        ("raises on the last qubit", {"t"}, "on qubit 3 at n = 4: raised IndexError"),
    ],
)
def test_failing_gates_are_left_out_with_the_evidence(
    fault: str, gates: set[str], evidence: str
) -> None:
    found = accept(driver(fault))
    assert found.ok
    assert set(found.failed) == gates
    assert all(evidence in reason for reason in found.failed.values())


def test_wrong_from_eleven_qubits_on_is_a_limit() -> None:
    found = accept(driver("sorted names"))
    assert found.ok
    assert (found.largest, found.wrong_from) == (10, 11)
    assert found.limits[0].startswith("right up to n = 10; at n = 11 a circuit is wrong")


def test_a_needed_gate_that_fails_refuses_the_driver() -> None:
    found = accept(driver("copied literal", gates=("x", "h", "ry", "cx")))
    assert not found.ok
    assert found.reason.startswith("cx is not right: on qubits")


def test_a_cx_that_fails_is_left_out_where_there_is_a_cz() -> None:
    found = accept(driver("copied literal"))
    assert found.ok
    assert set(found.failed) == {"cx"}


def test_a_wrong_order_refuses_the_driver() -> None:
    found = accept(driver("reversed bits"))
    assert found.reason == "the order of qubits is little, not big"


def test_a_wrong_start_state_refuses_the_driver() -> None:
    assert "no single outcome" in accept(driver("plus start")).reason


@pytest.mark.parametrize("reading", ["probabilities", None])
def test_distributions_are_enough_for_the_replay(reading: str | None) -> None:
    found = accept(driver("placement", reading))
    assert found.ok
    assert set(found.failed) == {"ccx"}


def test_cz_and_h_are_enough_where_there_is_no_cx() -> None:
    found = accept(driver(gates=("x", "h", "cz", "ry", "t")))
    assert (found.ok, found.failed, found.limits) == (True, {}, [])
    assert not accept(driver(gates=("x", "h", "ry", "swap"))).ok


def test_clifford_and_t_without_rotations() -> None:
    names = ("h", "x", "s", "t", "cx", "ccx", "swap")
    found = accept(driver("placement", gates=names))
    assert found.ok
    assert set(found.failed) == {"ccx"}


def test_what_could_not_be_checked_in_time_is_stated() -> None:
    found = accept(driver(), seconds=0.02)
    assert found.limits


def test_a_driver_that_cannot_be_imported_is_refused_with_the_reason() -> None:
    made = json.loads(json.dumps(driver()).replace("tiny_simulator", "no_such_module"))
    found = accept_afresh(made, 20)
    assert not found.ok
    assert "no_such_module" in found.reason
