"""Seconds that mean the same on every machine."""

import pytest

import pace
from pace import on_grid, slowness, slowness_of_long_runs


@pytest.mark.parametrize(
    ("seconds", "step"), [(0, 1e-3), (1.9e-3, 1e-3), (2.1e-3, 4e-3), (0.05, 0.064), (8, 4.096)]
)
def test_the_grid_is_coarse(seconds: float, step: float) -> None:
    assert on_grid(seconds) == pytest.approx(step)


def test_slowness_is_the_shortest_of_several_and_believed_within_bounds(monkeypatch) -> None:
    taken = iter([0.04, 0.008, 0.02] + [9.0] * 5)
    monkeypatch.setattr(pace, "_work", lambda: next(taken))
    assert slowness(3) == pytest.approx(2)
    assert slowness(5) == 8


def test_long_runs_meet_every_disturbance(monkeypatch) -> None:
    taken = iter([0.085, 0.34, 0.17])
    monkeypatch.setattr(pace, "_large_work", lambda: next(taken))
    assert slowness_of_long_runs(3) == pytest.approx(2)


def test_this_machine_is_one_that_is_believed() -> None:
    assert 1 / 8 <= slowness() <= 8
