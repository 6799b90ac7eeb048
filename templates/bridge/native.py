"""What simulators hand back, as numbers: arrays of any library, nested lists, dictionaries, lists of records.

The caller says what is wanted (2^n amplitudes, a matrix, …), so that little is left to guess. What could still be read
in two ways is read so:

- 2^n numbers in any shape, `(2^n, 1)` and `(2,) * n` too, are the entries in C order.
- 2·2^n numbers whose last axis has length two are (real, imaginary) pairs; of two rows the first has the real parts.
- A dictionary with the two keys of `PARTS` holds the real and the imaginary parts of what is wanted.
- What gives its entries one by one and neither a length nor an iterator is asked for the entries 0 to 2^n - 1.
- 4^n numbers are a matrix, the first half of the axes being its rows; they are read only where one is asked for.
- A dictionary maps outcomes (see `outcomes`) to numbers; what it leaves out is zero.
- A list of pairs `(outcome, number)`, or of records with fields for both, is the same; of several fields for the
  number the first of `VALUE_FIELDS` counts that gives what is wanted.

Indexes are the simulator's own: nothing is permuted here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .errors import WrongResult
from .outcomes import outcome

KEY_FIELDS = (
    ("state",), ("state", "int"), ("state", "lsb_int"), ("lsb_int",), ("bitstring",), ("bits",),
    ("basis",), ("basis_state",), ("index",), ("key",), ("label",),
)  # fmt: skip
VALUE_FIELDS = ("amplitude", "amp", "probability", "prob", "count", "value")

PARTS = (("re", "im"), ("real", "imag"), ("real", "imaginary"))
"""Keys of the parts of complex numbers that are given apart, as JSON, which has no such numbers, makes it needed."""

_CONVERSIONS = ("detach", "resolve_conj", "cpu", "toarray", "full", "to_numpy", "numpy")
"""Methods, in this order, that lead from tensors, sparse matrices and tables to arrays of numpy."""


def vectors(raw: Any, qubits: int, what: str) -> Iterator[np.ndarray]:
    """Readings as 2^n numbers in the simulator's order, the likeliest first; at least one.

    Args:
        raw: What the simulator gave.
        qubits: Number of qubits n.
        what: What was asked for, for the error: "state".

    Raises:
        WrongResult: There is none; the message says what came.
    """
    size = 1 << qubits
    apart = _parts(raw)
    if apart is not None:
        raw = np.stack([_row(part, size, what) for part in apart], axis=-1)
    array = None if _is_mapping(raw) else numbers(raw)
    if array is None and _is_subscripted(raw):
        array = numbers([raw[index] for index in range(size)])
    if array is not None and array.size == size:
        yield array.reshape(-1)
    elif array is not None and array.shape == (2, size) and size != 2:
        yield array[0] + 1j * array[1]
    elif array is not None and array.size == 2 * size and array.shape[-1] == 2:
        parts = array.reshape(size, 2)
        yield parts[:, 0] + 1j * parts[:, 1]
    else:
        none = True
        for found in pairs(raw, qubits) if array is None else ():
            entries = np.zeros(size, dtype=complex)
            for index, value in found:
                entries[index] += value
            none = False
            yield entries
        if none:
            raise WrongResult(
                f"the simulator's {what} is {describe(raw)}, expected are 2^{qubits} numbers"
            )


def _is_subscripted(raw: Any) -> bool:
    """Whether entries are only given one by one, `state[5]`, without a length or an iterator."""
    kind = type(raw)
    return hasattr(kind, "__getitem__") and not (
        hasattr(kind, "__len__") or hasattr(kind, "__iter__")
    )


def matrix(raw: Any, qubits: int, what: str) -> np.ndarray:
    """A complex matrix of 2^n rows and columns.

    Raises:
        WrongResult: It is none; the message says what came.
    """
    size = 1 << qubits
    array = numbers(raw)
    if array is None or array.size != size * size:
        raise WrongResult(
            f"the simulator's {what} is {describe(raw)}, expected is a matrix of 2^{qubits} rows and columns"
        )
    return array.reshape(size, size).astype(complex, copy=False)


def first_column(raw: Any, qubits: int) -> np.ndarray:
    """What a circuit's unitary makes of |0…0⟩: for simulators that give the unitary and no state.

    Raises:
        WrongResult: It is no matrix of 2^n rows.
    """
    return matrix(raw, qubits, "unitary")[:, 0]


def numbers(raw: Any) -> np.ndarray | None:
    """The numbers of an array-like with at least one axis; None for anything else."""
    array = as_array(raw)
    if array is None or array.dtype != object:
        return array if array is not None and array.dtype.kind in "iufc" else None
    try:
        return np.array([number(one) for one in array.ravel()]).reshape(array.shape)
    except (TypeError, ValueError, AttributeError):
        return None


def as_array(raw: Any) -> np.ndarray | None:
    """An array-like of any library, of numbers or texts, that is not empty; None for anything else."""
    for name in _CONVERSIONS:
        convert = None if isinstance(raw, np.ndarray) else getattr(raw, name, None)
        if callable(convert):
            try:
                raw = convert()
            except Exception:  # noqa: BLE001, S112 - another library's method of that name does something else
                continue
    if not isinstance(raw, list | tuple) and not hasattr(raw, "__array__"):
        raw = raw.tolist() if callable(getattr(raw, "tolist", None)) else raw
    try:
        array = np.asarray(raw)
    except (TypeError, ValueError, AttributeError):
        return None  # rows of different lengths, or objects that only look like sequences
    return array if array.ndim and array.size else None


def number(value: Any) -> complex:
    """One number of any library: scalars, arrays of one element, (re, im) pairs, symbols, objects with both parts.

    Raises:
        TypeError: It is none.
    """
    if isinstance(value, complex | float | int) and not isinstance(value, bool):
        return complex(value)
    if isinstance(value, bool | str | bytes) or value is None:
        raise TypeError(f"{type(value).__name__} is no number")
    if callable(getattr(value, "item", None)):
        value = value.item()
    if isinstance(value, list | tuple):
        if len(value) == 1:
            return number(value[0])
        if len(value) == 2:
            return complex(float(value[0]), float(value[1]))
        raise TypeError("a sequence is no number")
    apart = _parts(value)
    if apart is not None:
        return complex(float(apart[0]), float(apart[1]))
    if hasattr(value, "__complex__") or hasattr(value, "__float__"):
        return complex(value)
    if hasattr(value, "real") and hasattr(value, "imag"):
        real, imag = (part() if callable(part) else part for part in (value.real, value.imag))
        return complex(float(real), float(imag))
    raise TypeError(f"{type(value).__name__} is no number")


def pairs(raw: Any, qubits: int) -> Iterator[list[tuple[int, complex]]]:
    """Readings of a dictionary or a list of records as (index, number), the likeliest first.

    Raises:
        WrongResult: A dictionary with a key that is no outcome, or with a value that is no number.
    """
    if _is_mapping(raw):
        found = _numbered(raw.items(), qubits)
        if len(found) > 1 << qubits:
            raise WrongResult(
                f"the simulator gave {describe(raw)}, expected are at most 2^{qubits} outcomes"
            )
        yield found
        return
    records = listed(raw, 1 << qubits)
    if records and all(isinstance(one, tuple) and len(one) == 2 for one in records):
        named = {outcome(key, qubits): value for key, value in records}
        yield _numbered(named.items(), qubits)
        return
    for fields, name in itertools.product(KEY_FIELDS, VALUE_FIELDS) if records else ():
        try:
            named = {outcome(_field(one, *fields), qubits): _field(one, name) for one in records}
            found = _numbered(named.items(), qubits)
        except (WrongResult, TypeError, ValueError, KeyError, AttributeError):
            continue  # records without these fields
        yield found


def listed(raw: Any, limit: int) -> list[Any]:
    """The entries of anything that has entries; none where there are more than the limit (some streams never end)."""
    if isinstance(raw, str | bytes) or not (
        hasattr(raw, "__iter__") or (hasattr(raw, "__len__") and hasattr(raw, "__getitem__"))
    ):
        return []
    entries = iter(raw) if hasattr(raw, "__iter__") else (raw[i] for i in range(len(raw)))
    found = list(itertools.islice(entries, min(limit, 1 << 60) + 1))
    return found if len(found) <= limit else []


def describe(raw: Any) -> str:
    """What came, for an error: type, shape or number of entries, and what the first one is."""
    kind = type(raw).__name__
    shape = getattr(raw, "shape", None)
    if isinstance(shape, tuple):
        return f"a {kind} of shape {shape}, type {getattr(raw, 'dtype', 'unknown')}"
    if not isinstance(raw, list | tuple | dict) or not raw:
        return f"a {kind}" + (" without entries" if isinstance(raw, list | tuple | dict) else "")
    first = next(iter(raw.items())) if isinstance(raw, dict) else raw[0]
    inner = first if isinstance(first, tuple) else (first,)
    return f"a {kind} of {len(raw)} entries, the first of {' and '.join(type(one).__name__ for one in inner[:3])}"


def _is_mapping(raw: Any) -> bool:
    return callable(getattr(raw, "items", None))


def _parts(raw: Any) -> tuple[Any, Any] | None:
    if isinstance(raw, Mapping):
        for real, imaginary in PARTS:
            if len(raw) == 2 and real in raw and imaginary in raw:
                return raw[real], raw[imaginary]
    return None


def _row(part: Any, size: int, what: str) -> np.ndarray:
    row = numbers(part)
    if row is None or row.size != size:
        raise WrongResult(
            f"a part of the simulator's {what} is {describe(part)}, expected are {size} numbers"
        )
    return row.reshape(-1)


def _numbered(items: Iterable[tuple[Any, Any]], qubits: int) -> list[tuple[int, complex]]:
    found = []
    for key, value in items:
        try:
            found.append((outcome(key, qubits), number(value)))
        except (TypeError, ValueError) as error:
            raise WrongResult(
                f"the simulator's value of the outcome {str(key)[:80]!r} is a {type(value).__name__}, no number"
            ) from error
    return found


def _field(record: Any, *names: str) -> Any:
    for name in names:
        record = record[name] if isinstance(record, Mapping) else getattr(record, name)
    return record
