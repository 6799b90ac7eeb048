"""From a state or a simulator's own samples to counts over the measured qubits.

Indexes here are in the bridge's order: qubit 0 is the most significant bit. Bits that were not measured are dropped
from the indexes that were hit, never from the whole distribution, so that counting costs nothing beside drawing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import numpy as np

from .errors import WrongResult
from .native import as_array, describe, listed, numbers, pairs
from .outcomes import outcome, reversed_index
from .program import Measurement

Hits = dict[int, int]
"""How often each index was drawn."""

SampleKind = Literal["outcomes", "counts", "expectations"]
"""What a simulator's sampler gives: an outcome a shot, how often each outcome came, or the latter without chance."""

EXPECTATION_SHOTS = 1 << 20
"""Asked of a sampler that gives rounded expectations; the probabilities are then exact to a millionth."""


def draw(probabilities: np.ndarray, shots: int, generator: np.random.Generator) -> Hits:
    """One multinomial sample.

    Args:
        probabilities: 2^n numbers ≥ 0; their sum is taken as one (single precision is off by 1e-6).
        shots: How many indexes to draw.
        generator: Source of randomness.

    Returns:
        The indexes that were hit; one of probability zero never is.
    """
    ascending = np.cumsum(probabilities, dtype=np.float64)
    if shots >= probabilities.size:
        shares = np.asarray(probabilities, dtype=np.float64) / ascending[-1]
        # Rounding of the last bit is put into the largest share: numpy refuses a sum above one.
        largest = int(np.argmax(shares))
        shares[largest] += 1 - shares.sum()
        times = generator.multinomial(shots, shares)
        hit = np.flatnonzero(times)
        return dict(zip(hit.tolist(), times[hit].tolist(), strict=True))
    # Fewer shots than outcomes: the same distribution by inversion. "right" skips outcomes of probability zero.
    points = generator.random(shots) * ascending[-1]
    hit, times = np.unique(np.searchsorted(ascending, points, side="right"), return_counts=True)
    return dict(zip(hit.tolist(), times.tolist(), strict=True))


def sample_with(
    sample: Callable[[int, int], Any],
    qubits: int,
    shots: int,
    seed: int | None,
    reverse: bool,
    gives: SampleKind,
) -> Hits:
    """Hits from a simulator's own sampler.

    Args:
        sample: Function of shots and seed.
        qubits: Number of qubits of the circuit.
        shots: How many hits are wanted.
        seed: None: any.
        reverse: Whether the sampler's bits stand in the opposite order.
        gives: What the sampler gives. From rounded expectations, which have no chance in them, the hits are drawn here.

    Raises:
        WrongResult: What it gave are no samples; see `read_samples`.
    """
    generator = np.random.default_rng(seed)
    chosen = seed if seed is not None else int(generator.integers(2**31))
    if gives != "expectations":
        return read_samples(sample(shots, chosen), qubits, shots, reverse, gives)
    # Rounded one by one, the expectations need not add up to what was asked for.
    raw = sample(EXPECTATION_SHOTS, chosen)
    expected = dict(tally(raw, qubits, EXPECTATION_SHOTS, gives))
    if not 0.99 < sum(expected.values()) / EXPECTATION_SHOTS < 1.01:
        raise WrongResult(
            f"the simulator expects {sum(expected.values())} outcomes of {EXPECTATION_SHOTS} shots"
        )
    indexes = [reversed_index(one, qubits) if reverse else one for one in expected]
    drawn = draw(np.array(list(expected.values()), dtype=np.float64), shots, generator)
    return {indexes[place]: times for place, times in drawn.items()}


def count(hits: Hits, qubits: int, measured: list[Measurement]) -> dict[str, int]:
    """Counts by bit string: the keys one after the other, within a key the bits as measured.

    Args:
        hits: What was drawn, on all qubits.
        qubits: Number of qubits of the circuit.
        measured: The keys in the order in which they are reported; none means all qubits.
    """
    order = [qubit for key in measured for qubit in key.qubits] or list(range(qubits))
    inverted = [flag for key in measured for flag in key.inverted] or [False] * qubits
    width = len(order)
    flips = sum(1 << (width - 1 - place) for place, flag in enumerate(inverted) if flag)
    if order == list(range(qubits)):
        return {format(index ^ flips, f"0{width}b"): times for index, times in sorted(hits.items())}
    counts: dict[int, int] = {}
    for index, times in zip(_pick(list(hits), qubits, order), hits.values(), strict=True):
        counts[index ^ flips] = counts.get(index ^ flips, 0) + times
    return {format(index, f"0{width}b"): times for index, times in sorted(counts.items())}


def _pick(indexes: list[int], qubits: int, order: list[int]) -> list[int]:
    """The bits of each index at `order`, the first one becoming the most significant."""
    if qubits > 62 or len(order) > 62 or len(indexes) < 8:
        picked = []
        for index in indexes:
            value = 0
            for qubit in order:
                value = value << 1 | (index >> (qubits - 1 - qubit)) & 1
            picked.append(value)
        return picked
    array = np.array(indexes, dtype=np.int64)
    values = np.zeros_like(array)
    for qubit in order:
        values = values << 1 | (array >> (qubits - 1 - qubit)) & 1
    return values.tolist()


def read_samples(
    raw: Any, qubits: int, shots: int, reverse: bool, gives: SampleKind = "outcomes"
) -> Hits:
    """What a simulator's own sampler gave back, as hits in the bridge's order.

    Args:
        raw: A dictionary `{outcome: times}`; or, with `gives="outcomes"`, one outcome a shot: rows of bits or names of
            basis states (see `outcomes`); or else 2^n numbers of times, or records of outcome and times.
        qubits: Number of qubits of the circuit.
        shots: How many there must be. With one shot, n bits in a row are that shot's; otherwise a flat sequence holds
            an entry for each shot.
        reverse: Whether the bits stand in the opposite order.
        gives: What a plain sequence holds: 2^n whole numbers may be one or the other.

    Raises:
        WrongResult: Something else, or not as many as asked for.
    """
    hits: Hits = {}
    for index, times in tally(raw, qubits, shots, gives):
        if times < 0:
            raise WrongResult(f"the simulator counted {times} shots of one outcome")
        if times:
            place = reversed_index(index, qubits) if reverse else index
            hits[place] = hits.get(place, 0) + times
    total = sum(hits.values())
    if total != shots:
        raise WrongResult(f"the simulator gave {total} outcomes for {shots} shots")
    return hits


def tally(raw: Any, qubits: int, shots: int, gives: SampleKind) -> Iterable[tuple[int, int]]:
    """What a sampler gave as (index, times), in its own order of bits; an index may come more than once.

    Raises:
        WrongResult: It are no outcomes; see `read_samples`.
    """
    if callable(getattr(raw, "items", None)):
        return _whole(next(pairs(raw, qubits)))
    if gives == "outcomes":
        return _one_by_one(raw, qubits, shots)
    array = numbers(raw)
    if array is not None and array.size == 1 << qubits:
        return _whole(enumerate(array.reshape(-1).tolist()))
    for found in pairs(raw, qubits) if array is None else ():
        # Of several numbers of a record it is the one that adds up to the shots; expectations do so only roughly.
        if (
            abs(sum(times for _, times in found) / shots - 1)
            < (gives == "expectations") * 0.01 + 1e-9
        ):
            return _whole(found)
    raise WrongResult(
        f"the simulator's counts are {describe(raw)}, expected are outcomes of {qubits} qubits and how often each came"
    )


def _whole(found: Iterable[tuple[int, complex]]) -> Iterator[tuple[int, int]]:
    for index, times in found:
        if times.imag or not float(times.real).is_integer():
            raise WrongResult(
                f"the simulator counted {times} shots of one outcome: these are no samples"
            )
        yield index, int(times.real)


def _one_by_one(raw: Any, qubits: int, shots: int) -> Iterable[tuple[int, int]]:
    array = as_array(raw)
    if array is not None and array.ndim == 1 and shots == 1 and array.size == qubits > 1:
        array = array.reshape(1, qubits)
    if array is None or array.ndim > 2 or array.dtype.kind not in "iubfU":
        entries = listed(raw, shots)
        if not entries:
            raise WrongResult(
                f"the simulator's samples are {describe(raw)}, expected is an outcome for each of {shots} shots"
            )
        return Counter(outcome(one, qubits) for one in entries).items()
    if array.ndim == 2:
        return _rows(array, qubits)
    if array.dtype.kind in "iu" and array.min() >= 0 and array.max() < 1 << qubits:
        hit, times = np.unique(array, return_counts=True)
        return zip(hit.tolist(), times.tolist(), strict=True)
    return [(outcome(one, qubits), many) for one, many in Counter(array.tolist()).items()]


def _rows(array: np.ndarray, qubits: int) -> Iterable[tuple[int, int]]:
    """Rows of bits, one a shot."""
    zero, one = ("0", "1") if array.dtype.kind == "U" else (0, 1)
    ones = array == one
    if array.shape[1] != qubits or not np.all(ones | (array == zero)):
        raise WrongResult(
            f"the simulator's samples are {describe(array)}, expected is a bit for each of {qubits} qubits in a row"
        )
    if qubits <= 62:
        values = ones @ (1 << np.arange(qubits - 1, -1, -1, dtype=np.int64))
        hit, times = np.unique(values, return_counts=True)
        return zip(hit.tolist(), times.tolist(), strict=True)
    return [
        (outcome(row, qubits), many)
        for row, many in Counter(map(tuple, ones.astype(int).tolist())).items()
    ]
