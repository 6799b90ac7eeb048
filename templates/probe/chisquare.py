"""Pearson's chi-square test, for simulators that only count.

Sources: W. Press et al., *Numerical Recipes*, chapter 6.2 (incomplete gamma function by its series
and its continued fraction); bins pooled to an expectation of at least five, the usual rule. What
all rare bins together expect below that is compared by the deviance of a Poisson distribution
(P. McCullagh, J. Nelder, *Generalized Linear Models*, chapter 2.3): pooled with a large bin, ten
counts where one was expected, or four hundred, would not be seen.
"""

from __future__ import annotations

import math

import numpy as np

#: Below this expectation a probability counts as zero: such an outcome may never appear.
ZERO = 1e-9
_POOL = 5.0
#: Fewer than this is most likely not seen at all, which says nothing.
_SEEN = 0.5


def chi_square(counts: np.ndarray, probabilities: np.ndarray) -> tuple[float, int]:
    """The statistic and its degrees of freedom for counts against expected probabilities.

    Outcomes of probability zero that appear make the statistic infinite. Bins that expect fewer
    than five counts are pooled with each other, never with those that expect more. Zero degrees of
    freedom mean that there was nothing to test.
    """
    shots = float(counts.sum())
    if shots <= 0 or float(counts[probabilities < ZERO].sum()) > 0:
        return math.inf, 1
    possible = probabilities >= ZERO
    expected, observed = probabilities[possible] * shots, counts[possible]
    large = expected >= _POOL
    pooled_expected = [*expected[large]]
    pooled_observed = [*observed[large]]
    rest, rare = float(expected[~large].sum()), float(observed[~large].sum())
    if rest >= _POOL or (rest > 0 and not pooled_expected):
        pooled_expected.append(rest)
        pooled_observed.append(rare)
        rest = 0.0
    difference = np.array(pooled_observed) - np.array(pooled_expected)
    statistic = float(np.sum(difference**2 / np.array(pooled_expected)))
    freedom = len(pooled_expected) - 1
    if rest > 0 and (rare > 0 or rest >= _SEEN):
        statistic += 2 * (rare * math.log(rare / rest) - rare + rest) if rare else 2 * rest
        freedom += 1
    return (statistic, freedom) if freedom else (0.0, 0)


def upper_tail(statistic: float, freedom: int) -> float:
    """Probability of a statistic at least this large when the expectation is right."""
    if freedom <= 0:
        return 1.0 if statistic < 1e-9 else 0.0
    if math.isinf(statistic):
        return 0.0
    return _gamma_q(freedom / 2, statistic / 2)


def _gamma_q(a: float, x: float) -> float:
    """Regularised upper incomplete gamma function Q(a, x)."""
    if x <= 0:
        return 1.0
    front = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while abs(term) > abs(total) * 1e-15:
            n += 1
            term *= x / n
            total += term
        return max(0.0, 1 - total * front)
    b = x + 1 - a
    c = 1e300
    d = 1 / b
    h = d
    for i in range(1, 10_000):
        an = -i * (i - a)
        b += 2
        d = an * d + b
        d = 1 / (d if abs(d) > 1e-300 else 1e-300)
        c = b + an / c
        c = c if abs(c) > 1e-300 else 1e-300
        step = d * c
        h *= step
        if abs(step - 1) < 1e-15:
            break
    return front * h


def lower_tail(statistic: float, freedom: int) -> float:
    """Probability of a statistic at most this small: tiny for counts too good to be drawn."""
    return 1.0 if freedom <= 0 else 1 - upper_tail(statistic, freedom)
