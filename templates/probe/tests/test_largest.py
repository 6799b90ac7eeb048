"""The largest register is the same on a quiet machine and on a busy one."""

import os

import pytest
from drivers import driver

import largest
from largest import Largest, largest_afresh, largest_register

FEW = ("x", "h", "ry", "cx", "ccx")


@pytest.mark.parametrize("measured", [largest_register, largest_afresh])
def test_it_is_measured_in_a_process_of_its_own(measured) -> None:
    made = driver(gates=FEW)
    sizes = [measured(made, 0.5, memory).n for memory in (1 << 18, 1 << 24)]
    assert 8 <= sizes[0] < sizes[1] <= 20


def test_a_package_that_refuses_more_has_a_limit_of_its_own() -> None:
    made = driver(gates=FEW)
    made["setup"].append({"value": {"item": [{"list": [{"lit": 0}] * 10}, {"role": "n"}]}})
    assert largest_register(made) == Largest(9, "a circuit of 10 qubits fails")


def test_a_package_that_does_not_run_has_the_least() -> None:
    made = driver(gates=FEW)
    made["setup"].append({"value": {"item": [{"list": []}, {"role": "n"}]}})
    assert largest_register(made).n == largest_afresh(made).n == 1


def test_what_ends_its_process_leaves_what_was_reported(monkeypatch) -> None:
    def ends(climb) -> None:
        climb.report(Largest(7))
        os._exit(3)

    monkeypatch.setattr(largest._Climb, "go", ends)
    assert largest_register(driver(gates=FEW)) == Largest(
        7, "the measurement of the next size did not end"
    )


def climb(
    monkeypatch, seconds, slow: float = 1.0, copies: float = 2.0, kind: str = "state"
) -> Largest:
    """A climb on which n qubits take ``seconds(n)`` on a machine that is ``slow`` times slower than the reference."""
    made = driver(gates=FEW, state=kind)
    said: list[Largest] = []
    one = largest._Climb(made, 10.0, 1 << 30, said.append)
    for pace in ("_pace", "_pace_of_long_runs"):
        monkeypatch.setattr(largest, pace, lambda: slow)
    sizes: list[int] = []

    class Ran:
        ok = True

        def __init__(self) -> None:
            self.seconds = seconds(sizes[-1]) * slow

    def session(_driver, n: int, shots: int):
        sizes.append(n)

    monkeypatch.setattr(largest, "Session", session)
    monkeypatch.setattr(largest, "attempt", lambda _run, _limit: Ran())
    monkeypatch.setattr(
        largest, "_peak", lambda: copies * one._size(sizes[-1]) if len(sizes) > 1 else 0
    )
    one.go()
    return said[-1]


@pytest.mark.parametrize("slow", [0.5, 1.0, 4.0])
def test_a_slower_machine_gives_the_same(monkeypatch, slow: float) -> None:
    found = climb(monkeypatch, lambda n: 1e-7 * 2.0**n * n, slow)
    assert found == Largest(20, "24 qubits take more than 10 s for a small circuit")


@pytest.mark.parametrize(("fixed", "n"), [(0.0, 24), (0.6, 24), (1.5, 24), (9.0, 20)])
def test_what_every_circuit_costs_does_not_grow(monkeypatch, fixed: float, n: int) -> None:
    found = climb(monkeypatch, lambda n: fixed + 1e-7 * 2.0**n)
    assert found == Largest(n, f"{n + 4} qubits take more than 10 s for a small circuit")


@pytest.mark.parametrize(("copies", "n"), [(0.5, 27), (1, 26), (2, 25), (3, 24), (4, 24), (6, 23)])
def test_memory_is_computed_from_copies(monkeypatch, copies: float, n: int) -> None:
    found = climb(monkeypatch, lambda _n: 1e-3, copies=copies)
    assert found == Largest(n, f"{n + 1} qubits take more than 1 GiB")


def test_a_density_matrix_grows_fourfold(monkeypatch) -> None:
    assert climb(monkeypatch, lambda _n: 1e-3, copies=1, kind="density").n == 13


def test_without_amplitudes_memory_is_no_limit(monkeypatch) -> None:
    assert climb(monkeypatch, lambda _n: 1e-3, kind=None) == Largest(30, "")
