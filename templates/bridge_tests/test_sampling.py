"""Drawing, counting the measured bits, and reading simulators' own samples."""

from __future__ import annotations

import numpy as np
import pytest
from host.backends._bridge import Measurement, WrongResult
from host.backends._bridge.conformance.measure import p_value
from host.backends._bridge.sampling import count, draw, read_samples


@pytest.mark.parametrize("shots", [40, 4000, 100_000])
def test_draws_follow_the_distribution(shots: int) -> None:
    """Both ways of drawing: fewer shots than outcomes, and more."""
    weights = np.random.default_rng(1).dirichlet(np.ones(1024)) * 1.0000003
    weights[17] = 0
    total = np.zeros(1024)
    for seed in range(20):
        hits = draw(weights, shots, np.random.default_rng(seed))
        assert sum(hits.values()) == shots
        for index, times in hits.items():
            total[index] += times
    assert total[17] == 0
    assert 1e-6 < p_value(total, weights * total.sum() / weights.sum()) < 1 - 1e-6


@pytest.mark.parametrize("shots", [1, 3, 5000])
def test_outcomes_of_probability_zero_are_never_drawn(shots: int) -> None:
    weights = np.array([0.0, 0.5, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0])
    for seed in range(200):
        assert set(draw(weights, shots, np.random.default_rng(seed))) <= {1, 3}


def test_single_precision_is_normalised() -> None:
    weights = np.full(8, 1 / 8, dtype=np.float32) * np.float32(1.0001)
    assert sum(draw(weights, 1000, np.random.default_rng(0)).values()) == 1000


def test_counting_all_qubits() -> None:
    assert count({0: 3, 5: 2}, 3, []) == {"000": 3, "101": 2}


def test_counting_some_qubits_in_their_order() -> None:
    measured = [Measurement("a", (2, 0), (False, False)), Measurement("b", (1,), (True,))]
    # 0b110: qubit 0 and 1 are one, qubit 2 is zero.
    assert count({0b110: 4, 0b001: 1}, 3, measured) == {"010": 4, "101": 1}


def test_counting_merges_what_differs_in_unmeasured_bits() -> None:
    hits = {index: index + 1 for index in range(16)}
    assert count(hits, 4, [Measurement("a", (3,), (False,))]) == {"0": 64, "1": 72}


def test_counting_a_qubit_twice() -> None:
    assert count({2: 1}, 2, [Measurement("a", (0, 0, 1), (False,) * 3)]) == {"110": 1}


def test_counting_beyond_machine_words() -> None:
    index = 1 << 79 | 1
    keys = [Measurement("a", tuple(range(80)), (False,) * 80)]
    assert count({index: 2}, 80, keys) == {"1" + "0" * 78 + "1": 2}
    assert count({index: 2}, 80, [Measurement("a", (79, 1), (False, False))]) == {"10": 2}


@pytest.mark.parametrize(
    "raw",
    [
        [1, 1, 6],
        np.array([1, 6, 1]),
        [[0, 0, 1], [0, 0, 1], [1, 1, 0]],
        np.array([[False, False, True], [True, True, False], [False, False, True]]),
        [["0", "0", "1"], ["1", "1", "0"], ["0", "0", "1"]],
        ["001", "110", "001"],
        {"001": 2, "110": 1},
        {"0 01": np.int64(2), "110": 1.0},
        {(0, 0, 1): 2, (True, True, False): 1},
        {1: 2, 6: 1, 3: 0},
    ],
    ids=[
        *(
            "indexes",
            "array",
            "rows",
            "bools",
            "texts_of_one",
            "texts",
            "dict",
            "spaces",
            "tuples",
            "index_dict",
        ),
    ],
)
def test_samples_in_all_shapes(raw: object) -> None:
    assert read_samples(raw, 3, 3, reverse=False) == {1: 2, 6: 1}
    assert read_samples(raw, 3, 3, reverse=True) == {4: 2, 3: 1}


@pytest.mark.parametrize(
    "raw",
    [
        {"001": 2},
        {"001": 4, "000": -1},
        {"001": 2.5, "000": 0.5},
        {"01": 3},
        {"0x9": 3},
        {8: 3},
        [1, 1, 9],
        [0.5, 0.2, 0.3],
        [[0, 2, 1]] * 3,
        None,
        "001",
        [],
    ],
)
def test_what_is_no_sample_is_refused(raw: object) -> None:
    with pytest.raises(WrongResult):
        read_samples(raw, 3, 3, reverse=False)
