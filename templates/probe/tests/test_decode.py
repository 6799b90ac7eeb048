"""The decoder: shapes that simulators were seen to return, and values that are nothing."""

import itertools
from collections import Counter, namedtuple
from fractions import Fraction

import numpy as np
import pytest

from decode import decode, decode_as

Amplitude = namedtuple("Amplitude", "state amplitude")
BELL = np.array([1, 0, 0, 1]) / np.sqrt(2)


@pytest.mark.parametrize(
    "value",
    [
        BELL,
        BELL.astype(np.complex64),
        list(BELL),
        BELL.reshape(2, 2),
        BELL.reshape(4, 1),
        [[a, 0.0] for a in BELL],
        {"00": BELL[0], "11": complex(BELL[3])},
        {"|00>": BELL[0], "|11>": (BELL[3], 0.0)},
        {(0, 0): BELL[0], (1, 1): BELL[3]},
        {0: BELL[0], 3: BELL[3]},
        [Amplitude("00", BELL[0]), Amplitude("11", BELL[3])],
        [{"state": "00", "amplitude": BELL[0]}, {"state": "11", "amplitude": BELL[3]}],
        iter([("00", BELL[0]), ("11", BELL[3])]),
    ],
)
def test_states(value):
    np.testing.assert_allclose(decode_as(value, 2, "state"), BELL, atol=1e-6)


@pytest.mark.parametrize(
    "value",
    [
        {"00": 20, "11": 17},
        Counter({"0b00": 20, "11": 17}),
        {"0x0": 20, "0x3": 17},
        {0: np.int64(20), 3: 17},
        {np.str_("0 0"): 20, "1 1": 17},
        [20, 0, 0, 17],
    ],
)
def test_counts(value):
    assert decode_as(value, 2, "counts").tolist() == [20, 0, 0, 17]


@pytest.mark.parametrize(
    "value",
    [
        [0] * 20 + [3] * 17,
        ["00"] * 20 + ["11"] * 17,
        [[0, 0]] * 20 + [[1, 1]] * 17,
        [[False, False]] * 20 + [[True, True]] * 17,
        np.array([[0, 0]] * 20 + [[1, 1]] * 17),
        (shot for shot in ["00"] * 20 + ["11"] * 17),
    ],
)
def test_samples(value):
    assert decode_as(value, 2, "samples").tolist() == [20, 0, 0, 17]


def test_the_first_bit_of_a_key_is_the_most_significant():
    assert decode_as({"011": 1.0}, 3, "state")[3] == 1


def test_matrices():
    rho = np.outer(BELL, BELL)
    assert decode(rho, 2)[0].kind == "density"
    assert decode(np.kron([[0, 1], [1, 0]], np.eye(2)), 2)[0].kind == "unitary"
    assert decode(np.ones((4, 4)), 2) == []


def test_numbers_without_a_phase_may_be_amplitudes_or_probabilities():
    assert [one.kind for one in decode([0, 1, 0, 0], 2)] == ["state", "probabilities"]
    assert [one.kind for one in decode([0.5, 0.5, 0, 0], 2)] == ["probabilities"]
    assert [one.kind for one in decode([0.6, 0.8j, 0, 0], 2)] == ["state"]


def test_exact_numbers_are_numbers():
    assert decode_as({"00": Fraction(1, 4), "01": Fraction(3, 4)}, 2, "probabilities")[1] == 0.75


class Hostile:
    def __len__(self):
        raise RuntimeError("no")

    def __getattr__(self, name):
        raise ZeroDivisionError(name)


@pytest.mark.parametrize(
    "value",
    [
        None, "0101", 3, {}, [], {"key": "value"}, {"00": float("nan")}, [np.nan] * 4, {"0000": 1.0}, {9: 1.0},
        object(), print, {"00": 1, "01": object()}, [[1], [2, 3]],
    ],
)  # fmt: skip
def test_what_is_nothing_gives_nothing(value):
    assert decode(value, 2) == []


def test_a_hostile_value_gives_nothing():
    assert decode(Hostile(), 2) == []


def test_a_stream_that_never_ends_is_cut_off():
    def forever():
        while True:
            yield "no basis state"

    assert decode(forever(), 2) == []


def test_decode_as_names_what_came_back():
    with pytest.raises(ValueError, match="a str came back that is no state of 2 qubits"):
        decode_as("hello", 2, "state")


def test_what_is_no_exception_is_no_reading_either():
    class Stop(BaseException):
        pass

    class Lying:
        @property
        def __class__(self):
            return dict

        def __getattr__(self, name):
            raise Stop(name)

    assert decode(Lying(), 2) == []


class Endless:
    """Looks like numbers and never ends."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __iter__(self):
        return itertools.count()

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> float:
        return 0.0


@pytest.mark.parametrize("length", [8, 10**18])
def test_what_does_not_end_is_no_result(length: int) -> None:
    assert decode(Endless(length), 3) == []


def test_a_sequence_of_the_package_is_read_as_a_list() -> None:
    class Own(list):
        pass

    class Wrapped:
        def __init__(self) -> None:
            self.items = [0, 0, 0, 1]

        def __iter__(self):
            return iter(self.items)

        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> float:
            return self.items[index]

    for value in (Own([0, 0, 0, 1]), Wrapped()):
        assert "state" in {one.kind for one in decode(value, 2)}
