"""Orders, precision, counts, seeds and the largest register."""

import pytest
from drivers import driver

import conventions
from conventions import measure_conventions
from largest import Largest

FEW = ("x", "h", "ry", "cx")


@pytest.fixture(autouse=True)
def small_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest register has tests of its own; they take seconds."""
    monkeypatch.setattr(conventions, "largest_register", lambda _driver: Largest(20))


@pytest.mark.parametrize(
    ("fault", "precision"), [("", "double"), ("single", "single"), ("three decimals", "rounded")]
)
def test_of_a_state_and_counts(fault: str, precision: str) -> None:
    found = measure_conventions(driver(fault, counts=True, gates=FEW))
    assert found.values == {
        "precision": precision,
        "counts": "samples",
        "seed": True,
        "density": False,
        "max_qubits": 20,
        "state_order": "big",
        "counts_order": "little",
    }
    assert found.limits == []


def test_rounded_expectations_are_no_samples() -> None:
    found = measure_conventions(driver("rounded counts", counts=True, gates=FEW))
    assert found.values["counts"] == "rounded"
    assert "rounded expectations" in found.limits[0]


def test_a_seed_that_has_no_effect() -> None:
    found = measure_conventions(driver("seed ignored", counts=True, gates=FEW))
    assert found.values["seed"] is False
    assert found.limits == ["its seed has no effect: equal seeds give different counts"]


def test_a_driver_without_a_seed() -> None:
    made = driver(counts=True, gates=FEW)
    made["counts"]["path"][1]["call"].pop()
    found = measure_conventions(made)
    assert found.values["seed"] is False
    assert "takes no seed" in found.limits[0]


def test_counts_that_do_not_follow_the_state() -> None:
    made = driver("", counts=True, gates=FEW)
    # `ry` turns by half the angle: what is counted is not what the circuit says.
    made["gates"]["ry"]["scale"] = 0.5
    found = measure_conventions(made)
    assert found.values["counts"] == "none"
    assert "do not follow the probabilities" in found.limits[0]


def test_counts_that_fail_after_many_gates() -> None:
    found = measure_conventions(driver("loses norm", counts=True, gates=FEW))
    assert (found.values["state_order"], found.values["counts"]) == ("big", "none")
    assert "after 240 gates they fail" in found.limits[0]
    assert "sum to 1" in found.limits[0]


def test_counts_without_cx() -> None:
    found = measure_conventions(driver("", counts=True, gates=("x", "h", "ry", "cz")))
    assert (found.values["counts"], found.values["seed"]) == ("samples", True)


def test_a_density_matrix() -> None:
    found = measure_conventions(driver("", "density", gates=FEW))
    assert found.values["density"] is True
    assert found.values["counts"] == "none"
