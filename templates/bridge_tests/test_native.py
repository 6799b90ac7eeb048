"""What the bridge reads from a simulator is what the probe measured: both are fed the same values, drawn by seed."""

from __future__ import annotations

import importlib
import random
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from host.backends._bridge import WrongResult, first_column
from host.backends._bridge.results import checked_density, checked_probabilities, checked_state
from host.backends._bridge.sampling import read_samples, sample_with
from native_forms import KEYS, VECTORS, Listed, Record, Symbol, Tensor, bits, nonzero


def load_probe() -> ModuleType:
    """The probe's decoder; it is not shipped with the bridge, and shares nothing with it."""
    sys.path.append(str(Path(__file__).resolve().parent.parent / "probe"))
    return importlib.import_module("decode")


PROBE = load_probe()


def draw_state(rng: np.random.Generator, n: int) -> np.ndarray:
    """Some amplitudes are zero, some states are real, some are one basis state."""
    size = 2**n
    state = rng.normal(size=size) + 1j * rng.normal(size=size)
    state[rng.random(size) < rng.choice([0, 0.5, 0.9])] = 0
    if rng.random() < 0.3:
        state = state.real.astype(complex)
    if not np.any(state):
        state[rng.integers(size)] = 1
    return state / np.linalg.norm(state)


def measured(raw: Any, n: int, kind: str) -> np.ndarray | None:
    """What the probe reads."""
    found = PROBE.decode(raw, n, kind)
    return found[0].data if found else None


@pytest.mark.filterwarnings("ignore:the matrix subclass", "ignore:Casting complex")
@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("form", VECTORS)
def test_states_are_read_as_they_were_measured(form: str, n: int) -> None:
    for seed in range(12):
        state = draw_state(np.random.default_rng(seed), n)
        raw = VECTORS[form](state, n)
        expected = measured(raw, n, "state")
        assert expected is not None, "the probe does not read it"
        found = checked_state(raw, n)
        assert found.shape == (2**n,) and found.dtype.kind == "c"
        assert np.abs(found - expected).max() < 1e-7
        assert np.abs(found - state).max() < 1e-7


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("form", [form for form in VECTORS if form not in ("named", "records")])
def test_probabilities_are_read_as_they_were_measured(form: str, n: int) -> None:
    for seed in range(12):
        weights = np.abs(draw_state(np.random.default_rng(seed), n)) ** 2
        raw = VECTORS[form](weights, n)
        expected = measured(raw, n, "probabilities")
        assert expected is not None, "the probe does not read it"
        found = checked_probabilities(raw, n)
        assert found.dtype == np.float64 and found.min() >= 0
        assert np.abs(found - expected).max() < 1e-6


MATRICES = {
    "array": lambda m: m,
    "single": lambda m: m.astype(np.complex64),
    "fortran": np.asfortranarray,
    "list": lambda m: m.tolist(),
    "axes": lambda m: m.reshape((2,) * (m.size.bit_length() - 1)),
    "axes_list": lambda m: m.reshape((2,) * (m.size.bit_length() - 1)).tolist(),
    "tensor": Tensor,
    "listed": Listed,
    "symbols": lambda m: [[Symbol(complex(one)) for one in row] for row in m],
}


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("form", MATRICES)
def test_matrices_are_read_as_they_were_measured(form: str, n: int) -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        psi, phi = draw_state(rng, n), draw_state(rng, n)
        density = 0.7 * np.outer(psi, psi.conj()) + 0.3 * np.outer(phi, phi.conj())
        raw = MATRICES[form](density)
        expected = measured(raw, n, "density")
        assert expected is not None and np.abs(checked_density(raw, n) - expected).max() < 1e-6
        unitary = np.linalg.qr(rng.normal(size=(2**n, 2**n)) + 1j * rng.normal(size=(2**n, 2**n)))[
            0
        ]
        raw = MATRICES[form](unitary)
        expected = measured(raw, n, "unitary")
        assert expected is not None
        assert np.abs(checked_state(first_column(raw, n), n) - expected[:, 0]).max() < 1e-6


def test_one_qubit_has_matrices_too() -> None:
    """The probe leaves them out, as it does not know the kind: two rows of two are two pairs there."""
    assert np.allclose(checked_density([[0.5, 0.5], [0.5, 0.5]], 1), 0.5)
    assert np.allclose(first_column([[0.6, 0.8], [0.8, -0.6]], 1), [0.6, 0.8])
    assert np.allclose(checked_state([[0.6, 0], [0, 0.8]], 1), [0.6, 0.8j])


SHOTS = 67
"""More than there are outcomes, and no power of two: then the probe, which does not know it, has nothing to guess."""
COUNTS = {
    **{
        f"dict_{name}": lambda t, n, key=key: {key(i, n): x for i, x in nonzero(t)}
        for name, key in KEYS.items()
    },
    "counter": lambda t, n: Counter({bits(i, n): x for i, x in nonzero(t)}),
    "floats": lambda t, n: {bits(i, n): float(x) for i, x in nonzero(t)},
    "numpy_times": lambda t, n: {bits(i, n): np.int64(x) for i, x in nonzero(t)},
    "all": lambda t, n: t,
    "all_array": lambda t, n: np.array(t),
    "all_tensor": lambda t, n: Tensor(t),
    "axes": lambda t, n: np.array(t).reshape((2,) * n),
    "pairs": lambda t, n: [(bits(i, n), x) for i, x in nonzero(t)],
    "records": lambda t, n: [{"bitstring": bits(i, n), "count": x} for i, x in nonzero(t)],
}
SAMPLES = {
    "indexes": lambda s, n: s,
    "index_array": lambda s, n: np.array(s),
    "index_tensor": lambda s, n: Tensor(s),
    "bytes_array": lambda s, n: np.array(s, dtype=np.uint8),
    "texts": lambda s, n: [bits(i, n) for i in s],
    "kets": lambda s, n: [f"|{bits(i, n)}>" for i in s],
    "text_array": lambda s, n: np.array([bits(i, n) for i in s]),
    "rows": lambda s, n: [list(map(int, bits(i, n))) for i in s],
    "row_array": lambda s, n: np.array([list(map(int, bits(i, n))) for i in s]),
    "row_floats": lambda s, n: np.array([list(map(float, bits(i, n))) for i in s]),
    "row_tensor": lambda s, n: Tensor([list(map(int, bits(i, n))) for i in s]),
    "character_rows": lambda s, n: [list(bits(i, n)) for i in s],
    "tuples": lambda s, n: [tuple(map(int, bits(i, n))) for i in s],
    "stream": lambda s, n: (list(map(int, bits(i, n))) for i in s),
    "arrays": lambda s, n: [np.array(list(map(int, bits(i, n)))) for i in s],
}


def hits_as_array(hits: dict[int, int], n: int) -> np.ndarray:
    found = np.zeros(2**n)
    for index, times in hits.items():
        found[index] = times
    return found


@pytest.mark.parametrize("n", [2, 3, 6])
@pytest.mark.parametrize("form", [*COUNTS, *SAMPLES])
def test_samples_are_read_as_they_were_measured(form: str, n: int) -> None:
    kind, gives = ("counts", "counts") if form in COUNTS else ("samples", "outcomes")
    for seed in range(8):
        rng = np.random.default_rng(seed)
        shots = rng.choice(2**n, size=SHOTS, p=np.abs(draw_state(rng, n)) ** 2)
        # Anew each time: a stream is spent by reading it.
        first, second, third = (
            COUNTS[form](np.bincount(shots, minlength=2**n).tolist(), n)
            if form in COUNTS
            else SAMPLES[form](shots.tolist(), n)
            for _ in range(3)
        )
        expected = measured(first, n, kind)
        assert expected is not None, "the probe does not read it"
        hits = read_samples(second, n, SHOTS, False, gives)
        assert np.array_equal(hits_as_array(hits, n), expected)
        turned = read_samples(third, n, SHOTS, True, gives)
        mirrored = expected.reshape((2,) * n).transpose().reshape(-1)
        assert np.array_equal(hits_as_array(turned, n), mirrored)


def test_as_many_shots_as_outcomes_are_told_apart_by_what_the_sampler_gives() -> None:
    raw = [1, 1, 1, 1]
    assert read_samples(raw, 2, 4, False, "outcomes") == {1: 4}
    assert read_samples(raw, 2, 4, False, "counts") == {0: 1, 1: 1, 2: 1, 3: 1}


@pytest.mark.parametrize("raw", [[0, 1, 1], np.array([0, 1, 1]), ["0", "1", "1"], [[0, 1, 1]], [3]])
def test_one_shot_may_be_a_row_of_bits(raw: Any) -> None:
    assert read_samples(raw, 3, 1, False) == {3: 1}


def test_a_stream_that_never_ends_is_refused() -> None:
    def endless() -> Any:
        while True:
            yield "01"

    with pytest.raises(WrongResult, match="expected is an outcome for each of 5 shots"):
        read_samples(endless(), 2, 5, False)


def test_rows_wider_than_machine_words() -> None:
    row = [1] + [0] * 78 + [1]
    assert read_samples([row, row], 80, 2, False) == {1 << 79 | 1: 2}
    assert read_samples([[1] + [0] * 79], 80, 1, True) == {1: 1}


def test_rounded_expectations_are_drawn_from() -> None:
    asked = []

    def sample(shots: int, seed: int) -> dict[str, int]:
        asked.append(shots)
        return {"01": round(shots / 3), "10": round(2 * shots / 3)}

    drawn = [sample_with(sample, 2, 3000, seed, True, "expectations") for seed in (1, 1, 2)]
    assert min(asked) > 10**6 and drawn[0] == drawn[1] != drawn[2]
    assert set(drawn[0]) == {1, 2} and sum(drawn[0].values()) == 3000
    assert abs(drawn[0][1] - 2000) < 150, "the bits were to be reversed"
    with pytest.raises(WrongResult, match="expects"):
        sample_with(lambda shots, seed: {"01": 7}, 2, 10, 1, False, "expectations")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (None, "is a NoneType"),
        ([0.5] * 3, "is a list of 3 entries, the first of float, expected are 2\\^2 numbers"),
        (np.ones((4, 4)), "of shape \\(4, 4\\), type float64"),
        ({"002": 1.0}, "the outcome '002' for 2 qubits"),
        (
            {0: 0.5, 1: 0.5, 2: 0.5, 3: 0.25, "11": 0.25},
            "a dict of 5 entries, the first of int and",
        ),
        ({"00": "one"}, "the outcome '00' is a str, no number"),
        ({"00": 0.5}, "has the norm 0.25, expected is one"),
        ([{"who": 1}], "the first of dict"),
        ({4: 1.0}, "the outcome 4 for 2 qubits"),
        ({True: 1.0}, "the outcome True"),
        ({}, "has the norm 0"),
        (iter(()), "iterator"),
        (lambda: None, "is a function"),
    ],
)
def test_errors_say_what_came(raw: Any, message: str) -> None:
    with pytest.raises(WrongResult, match=message):
        checked_state(raw, 2)


@pytest.mark.parametrize(
    "raw", [[0.5, 0.6, -0.1, 0], [0.5, 0.5j, 0, 0.5], [1, 1, 0, 0], [np.nan] * 4]
)
def test_what_are_no_probabilities_is_refused(raw: Any) -> None:
    with pytest.raises(WrongResult, match="probabilities"):
        checked_probabilities(raw, 2)


def scribble(rng: random.Random, depth: int = 0) -> Any:
    """Some value, of the kind that an attribute of a simulator may have."""
    numbers = (0, 1, 0.6, 0.8, 1j, -1, 0.5, 2)
    texts = ("0", "01", "10", "1", "|11>", "x", b"01")
    leaves = (*numbers, *texts, None, True, (0, 1), float("nan"))
    if depth > 2 or rng.random() < 0.35:
        return rng.choice(leaves)
    size = rng.choice((0, 1, 2, 2, 3, 4, 4, 8))
    if rng.random() < 0.5:  # regular, as results are
        one = scribble(rng, depth + 1)
        inner = [one if rng.random() < 0.5 else scribble(rng, depth + 1) for _ in range(size)]
    else:
        inner = [rng.choice(numbers) for _ in range(size)]
    kind = rng.randrange(6)
    if kind == 0:
        return tuple(inner)
    if kind == 1:
        return {rng.choice(("00", "01", "10", "11", 0, 3, (0, 1), "q", "2")): one for one in inner}
    if kind == 2 and all(isinstance(one, int | float | complex) for one in inner):
        return np.array(inner)
    if kind == 3:
        return [Record(rng.choice(("00", "11", "1x")), one) for one in inner]
    return inner


def test_nothing_is_read_in_another_way_than_it_was_measured() -> None:
    """Nonsense: what the probe reads, the bridge reads alike; everything else it refuses in words."""
    readers = {
        "state": checked_state,
        "probabilities": checked_probabilities,
        "density": checked_density,
    }
    rng = random.Random(5)
    agreed = Counter()
    for _ in range(6_000):
        raw = scribble(rng)
        for kind, reader in readers.items():
            expected = measured(raw, 2, kind)
            try:
                found = reader(raw, 2)
            except WrongResult:
                assert expected is None, f"{raw!r} was measured as {kind}"
                continue
            if expected is None:
                # The probe takes the first number of a record; the bridge looks on for what was asked for.
                assert isinstance(raw, list) and isinstance(raw[0], Record), f"{raw!r} is no {kind}"
                continue
            agreed[kind] += 1
            assert np.abs(found - expected).max() < 1e-9, f"{raw!r} was measured as {expected}"
    assert all(agreed[kind] > 10 for kind in ("state", "probabilities"))
