"""The chi-square test against tabulated values and against drawn counts."""

import math

import numpy as np
import pytest

from chisquare import chi_square, lower_tail, upper_tail


@pytest.mark.parametrize(
    ("statistic", "freedom", "tail"),
    # NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.4.
    [
        (3.841, 1, 0.05),
        (6.635, 1, 0.01),
        (18.307, 10, 0.05),
        (124.342, 100, 0.05),
        (29.588, 10, 0.001),
    ],
)
def test_tabulated_tails(statistic: float, freedom: int, tail: float) -> None:
    assert upper_tail(statistic, freedom) == pytest.approx(tail, rel=2e-3)
    assert lower_tail(statistic, freedom) == pytest.approx(1 - tail, rel=2e-3)


def test_drawn_counts_pass_and_others_do_not() -> None:
    rng = np.random.default_rng(5)
    weights = np.array([0.5, 0.3, 0.199, 0.001])
    tails = [
        upper_tail(*chi_square(rng.multinomial(2000, weights).astype(float), weights))
        for _ in range(300)
    ]
    assert min(tails) > 1e-6
    assert 0.4 < np.mean(tails) < 0.6
    assert upper_tail(*chi_square(rng.multinomial(2000, weights[::-1]).astype(float), weights)) == 0


def test_an_impossible_outcome_is_never_right() -> None:
    statistic, freedom = chi_square(np.array([999.0, 1.0]), np.array([1.0, 0.0]))
    assert math.isinf(statistic)
    assert upper_tail(statistic, freedom) == 0
    assert upper_tail(*chi_square(np.array([1000.0, 0.0]), np.array([1.0, 0.0]))) == 1


@pytest.mark.parametrize("rare", [0.0, 1e-6, 1e-4, 3e-4, 9e-4])
def test_a_rare_outcome_that_is_seen_often_is_not_pooled_away(rare: float) -> None:
    shots = 4096
    weights = np.array([1 - rare, rare]) if rare else np.array([1 - 2e-9, 2e-9])
    often = np.array([shots - 40.0, 40.0])
    assert upper_tail(*chi_square(often, weights)) < 1e-12
    rng = np.random.default_rng(3)
    drawn = [chi_square(rng.multinomial(shots, weights).astype(float), weights) for _ in range(400)]
    assert min(upper_tail(*one) for one in drawn) > 1e-6
