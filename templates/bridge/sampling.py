"""From a state or a simulator's own samples to counts over the measured qubits.

Indexes here are in the bridge's order: qubit 0 is the most significant bit. Bits that were not measured are dropped
from the indexes that were hit, never from the whole distribution, so that counting costs nothing beside drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .errors import WrongResult
from .program import Measurement

Hits = dict[int, int]
"""How often each index was drawn."""


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


def read_samples(raw: Any, qubits: int, shots: int, reverse: bool) -> Hits:
    """What a simulator's own sampler gave back, as hits in the bridge's order.

    Args:
        raw: Indexes, one a shot; or rows of bits, one a shot; or `{bits: times}`, the bits as text, sequence or index.
        qubits: Number of qubits of the circuit.
        shots: How many there must be.
        reverse: Whether the bits stand in the opposite order.

    Raises:
        WrongResult: Something else, or not as many as asked for.
    """
    hits: Hits = {}
    for bits, times in _tally(raw):
        index = _index(bits, qubits, reverse)
        if not float(times).is_integer():
            raise WrongResult(
                f"the simulator counted {times} shots of one outcome: these are no samples"
            )
        hits[index] = hits.get(index, 0) + int(times)
    hits = {index: times for index, times in hits.items() if times}
    total = sum(hits.values())
    if total != shots or min(hits.values(), default=0) < 0:
        raise WrongResult(f"the simulator gave {total} outcomes for {shots} shots")
    return hits


def _tally(raw: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(raw, Mapping):
        return raw.items()
    array = np.asarray(raw)
    if array.ndim in (1, 2) and array.size and array.dtype.kind in "iubU":
        # Rows of bits, which may be texts of one character, or one index or text a shot.
        values, times = np.unique(array, axis=0, return_counts=True)
        found = values.tolist() if array.ndim == 1 else map(tuple, values.tolist())
        return zip(found, times.tolist(), strict=True)
    raise WrongResult(
        f"the simulator's samples are a {type(raw).__name__} of shape {array.shape}, type {array.dtype}"
    )


def _index(bits: Any, qubits: int, reverse: bool) -> int:
    if isinstance(bits, int | np.integer):
        index = int(bits)
        if not 0 <= index < 1 << qubits:
            raise WrongResult(f"the simulator gave the outcome {index} for {qubits} qubits")
        text = format(index, f"0{qubits}b")
    else:
        text = (
            bits.replace(" ", "")
            if isinstance(bits, str)
            else "".join(str(int(bit)) for bit in bits)
        )
        if len(text) != qubits or text.strip("01"):
            raise WrongResult(f"the simulator gave the outcome {text[:80]!r} for {qubits} qubits")
    return int(text[::-1] if reverse else text, 2)
